"""What the command line says of a wrong call and of an error, in the language of the environment."""

from __future__ import annotations

import sys

import pytest
from sqlalchemy import Engine

from models.issues import issue as issues
from models.issues import newsletter as newsletters
from models.issues.block import Prose
from models.staff import member as members
from models.staff.permission import Role
from models.store import db
from ops import cli
from ops.cli.messages import spoken
from tests.sample import make_newsletter


@pytest.fixture
def japanese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "ja")


def run(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["kairan", *words])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0)


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"LANG": "ja_JP.UTF-8"}, "ja"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "C.UTF-8"}, "ja"),
        ({"LANG": "C.UTF-8", "DEFAULT_LANGUAGE": "en"}, "en"),
        ({}, "ja"),
        ({"LC_ALL": "en_US.UTF-8", "LANG": "ja_JP.UTF-8"}, "en"),
        ({"LC_MESSAGES": "ja_JP.UTF-8", "LANG": "en_US.UTF-8"}, "ja"),
        ({"LANGUAGE": "ja:en", "LANG": "en_US.UTF-8"}, "ja"),
        ({"LANGUAGE": "de:en", "LANG": "ja_JP.UTF-8"}, "en"),
    ],
)
def test_case_g23_language_is_the_environments(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], language: str
) -> None:
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG", "DEFAULT_LANGUAGE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert spoken.language() == language


@pytest.mark.usefixtures("japanese")
@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("nothing",), "「nothing」というコマンドはありません"),
        (("issue", "check"), "'ID'を指定してください"),
        (("issue", "check", "x"), "'ID'の値が正しくありません。「x」は数ではありません"),
        (("issue", "check", "1", "2"), "余分な指定があります: 2"),
        (("issue", "check", "1", "--lnks"), "--lnksというオプションはありません(--linksではありませんか)"),
        (("issue", "check", "1", "--language"), "オプション--languageに値を指定してください"),
        (("issue", "check", "1", "--language", "fr"), "「fr」はここでは使えません。使えるもの: 'ja', 'en'"),
        (("issue", "approve", "1"), "'--as'を指定してください"),
        (("subscriber", "import", "/nowhere.csv"), "/nowhere.csvがありません"),
        (("subscriber", "show", "外字\ue000"), "3番目の引数に使えない文字があります"),
        (("drill", "--smtp", "smtp://x", "--faults", "disk"), "--smtpを外してください"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_case_g23_wrong_calls_are_told_in_japanese(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], says: str
) -> None:
    assert run(monkeypatch, *words) == 2
    said = capsys.readouterr().err
    assert says in said
    assert "エラー: " in said
    assert "Usage" not in said
    assert "Error" not in said


@pytest.fixture
def draft(database: Engine) -> int:
    """The ID of a draft whose number is another one."""
    with db.session_scope() as session:
        newsletter = make_newsletter(session)
        members.create(session, "approver@example.jp", "名", {Role.APPROVER}, "a long enough password")
        return issues.create(session, newsletter, number=101, subject="題", blocks=(Prose(text="本文"),)).id


def test_case_g24_a_refusal_names_number_and_id_and_what_to_do_first(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], draft: int
) -> None:
    approve = ("issue", "approve", str(draft), "--as", "approver@example.jp")
    assert run(monkeypatch, *approve) == 1
    assert capsys.readouterr().err == (
        f"Error: issue 101 (ID {draft}) is a draft: cannot be decided on. "
        f"Have it submitted first (`kairan issue submit {draft}`)\n"
    )
    monkeypatch.setenv("LANGUAGE", "ja")
    assert run(monkeypatch, *approve) == 1
    assert capsys.readouterr().err == (
        f"エラー: 第101号(ID {draft})は下書きのため、決裁はできません。"
        f"先に決裁へ提出してください(`kairan issue submit {draft}`)\n"
    )


@pytest.mark.parametrize("step", ["pause", "resume", "unschedule"])
def test_case_g24_every_step_says_what_to_do_first(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], draft: int, step: str
) -> None:
    assert run(monkeypatch, "issue", step, str(draft)) == 1
    said = capsys.readouterr().err
    assert f"issue 101 (ID {draft}) is a draft: cannot " in said
    assert "`kairan issue " in said


@pytest.mark.usefixtures("japanese", "draft")
@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("issue check 99999", "IDが99999の号はありません"),
        ("newsletter show nothing", "メールマガジン「nothing」はありません"),
        ("subscriber show nobody@example.jp", "アドレスnobody@example.jpの購読者はいません"),
        ("ranking --quarter 9", "四半期は1から4です"),
    ],
)
def test_case_g23_errors_are_told_in_japanese(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: str, says: str
) -> None:
    assert run(monkeypatch, *words.split()) in (1, 2)
    assert says in capsys.readouterr().err
    with db.session_scope() as session:
        assert newsletters.find(session, "ict")
