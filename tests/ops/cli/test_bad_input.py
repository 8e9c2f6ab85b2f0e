"""What no command can do anything with is one message and a status, never a traceback."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from models.issues import issue as issues
from models.issues import newsletter as newsletters
from models.issues.block import Prose
from models.issues.issue import Issue
from models.store import db
from ops import cli
from tests.sample import make_newsletter


@pytest.fixture(autouse=True)
def _newsletter(database: Engine) -> None:
    with db.session_scope() as session:
        make_newsletter(session)
        issues.create(session, newsletters.find(session, "ict"), subject="題", blocks=(Prose(text="本文"),))


def run(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    """The status with which ``kairan`` ends; an exception of ours would be a traceback."""
    monkeypatch.setattr(sys, "argv", ["kairan", *words])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0)


@pytest.mark.parametrize(
    "words",
    [
        "issue check 99999999999",
        "issue cancel 99999999999 --yes",
        "issue list --limit -1",
        "subscriber list --limit -1",
        "hits export --issue 2147483648",
        "hits reclassify --since 0001-01-01",
        "ranking --from 9999-12-31 --until 9999-12-31",
        "ranking --from 0001-01-01 --until 0001-01-02",
    ],
)
def test_case_f2_number_or_day_out_of_range(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: str
) -> None:
    assert run(monkeypatch, *words.split()) == 1
    assert "Error: " in capsys.readouterr().err


@pytest.mark.parametrize("typed", ["\udcff", "a\x01b", "\x9b"])
@pytest.mark.parametrize("words", ["issue list --newsletter", "subscriber show", "audit verify --noted"])
def test_case_f1_argument_that_is_no_text(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: str, typed: str
) -> None:
    assert run(monkeypatch, *words.split(), typed) == 2
    assert "characters that no text has" in capsys.readouterr().err


@pytest.mark.parametrize("typed", ["外字\ue000", "a\ufffe", "a" + "\u0301" * 40], ids=ascii)
def test_case_g11_argument_that_nobody_can_read(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], typed: str
) -> None:
    assert run(monkeypatch, "subscriber", "show", typed) == 2
    assert "characters that no text has" in capsys.readouterr().err


def test_case_g10_arguments_are_put_together_but_names_of_files_are_not(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """A Mac's archive unpacked elsewhere leaves names in pieces, which no other name finds."""
    with db.session_scope() as session:
        newsletter = newsletters.find(session, "ict")
        text = f"---\nnewsletter: {newsletter.slug}\nsubject: か\u3099\n---\n本文\n"
    (file := tmp_path / "か\u3099.md").write_text(text, encoding="utf-8")
    assert run(monkeypatch, "issue", "import", str(file)) == 0
    with db.session_scope() as session:
        assert "が" in session.scalars(select(Issue.subject)).all()
    assert run(monkeypatch, "newsletter", "show", "か\u3099") == 1
    assert "“が”" in capsys.readouterr().err


@pytest.mark.parametrize("words", ["issue export 1 --out", "hits export --issue 1 --out"])
def test_case_f4_file_that_cannot_be_written_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, words: str
) -> None:
    (tmp_path / "file").touch()
    with db.session_scope() as session:
        number = str(session.scalar(select(Issue.id)))
    assert run(monkeypatch, *words.replace(" 1 ", f" {number} ").split(), str(tmp_path / "file" / "x")) == 1
    assert str(tmp_path / "file") in capsys.readouterr().err
