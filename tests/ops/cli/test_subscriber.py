"""``kairan subscriber``: lists in, readers out."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from models.readers import subscriber, suppression
from models.readers.consent import Consent
from models.readers.subscriber import Subscriber
from models.readers.suppression import Suppression
from models.staff.audit import AuditEntry
from models.store.errors import Invalid
from ops.cli.subscriber import subscriber_
from tests.sample import make_newsletter, make_reader


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(subscriber_, [str(word) for word in words])


def home(database: Engine) -> None:
    with Session(database) as session, session.begin():
        make_newsletter(session)


def test_list_is_taken_in_and_refusals_are_written_down(database: Engine, tmp_path: Path) -> None:
    home(database)
    file = tmp_path / "list.csv"
    file.write_bytes("メールアドレス,氏名,区分\r\nhanako@example.jp,花子,住民\r\n=broken,x,住民\r\n".encode("cp932"))
    result = run("import", file, "--source", "窓口")
    assert result.exit_code == 1
    assert "1 added, 0 known already, 0 suppressed, 0 stopped, 0 repeated, 1 refused" in result.output
    report = (tmp_path / "list.errors.csv").read_text(encoding="utf-8-sig").splitlines()
    assert report[0] == "kairan_line,kairan_problem,メールアドレス,氏名,区分"
    assert report[1].startswith("3,")
    assert report[1].endswith(",'=broken,x,住民")
    again = run("import", file, "--source", "窓口")
    assert "0 added, 1 known already" in again.output
    with Session(database) as session:
        entries = session.query(AuditEntry).all()
        assert [(entry.detail["added"], entry.detail["refused"]) for entry in entries] == [(1, 1), (0, 1)]


def test_case_g23_lists_are_asked_about_and_refused_in_japanese(
    database: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home(database)
    monkeypatch.setenv("LANGUAGE", "ja")
    file = tmp_path / "list.csv"
    file.write_text("メール,状態,血液型\na@example.jp,謎,A\n", encoding="utf-8")
    error = run("import", file, "--source", "窓口").exception
    assert isinstance(error, Invalid)
    asked = error.say("ja")
    assert "内容の分からない列があります: “血液型”" in asked
    assert "「状態」の列に「謎」とあります（2行目）" in asked
    file.write_text("メール,氏名\na@example.jp,花子\nb@,太郎,課長\n", encoding="utf-8")
    said = run("import", file, "--source", "窓口", "--errors", tmp_path / "errors.csv").output
    assert "list.csv: UTF-8、コンマ区切り、3行（うち空行0行）に2件" in said
    assert "追加1件、" in said
    assert "1行を取り込めませんでした" in said
    assert "見出しよりセルが多くあります" in (tmp_path / "errors.csv").read_text(encoding="utf-8-sig")


def test_case_i8_error_file_is_mended_and_taken_in(database: Engine, tmp_path: Path) -> None:
    """Whatever was wrong, it holds the line's own cells: names, topics and audience are not lost."""
    home(database)
    file = tmp_path / "list.csv"
    file.write_text(
        '名簿,,,\nメールアドレス,"氏名\n(漢字)",区分,テーマ\na@,"＝花子 ""A""",住民,"RPA、個人情報"\n'
        "b@example.jp,\"閉じない,自治体職員,RPA\nc@example.jp,次郎,住民,水道\n'-d@,'=x,,\n",
        encoding="utf-8",
    )
    assert "0 added" in run("import", file, "--source", "窓口").output
    errors = tmp_path / "list.errors.csv"
    text = errors.read_text(encoding="utf-8-sig")
    errors.write_text(
        text.replace(",a@,", ",a@example.jp,")
        .replace('""閉じない', "太郎")
        .replace("水道", "RPA")
        .replace("-d@", "-d@example.jp"),
        encoding="utf-8-sig",
    )
    result = run("import", errors, "--source", "窓口")
    assert "4 added, 0 known already, 0 suppressed, 0 stopped, 0 repeated, 0 refused" in result.output
    with Session(database) as session:
        found = {
            one.address: (one.name, one.subscriptions[0].audience and one.subscriptions[0].audience.slug,
                          len(one.subscriptions[0].topic_ids))
            for one in session.query(Subscriber)
        }  # fmt: skip
    assert found == {
        "a@example.jp": ('＝花子 "A"', "citizen", 2),
        "b@example.jp": ("太郎", "official", 1),
        "c@example.jp": ("次郎", "citizen", 1),
        "-d@example.jp": ("=x", None, 0),
    }


def test_error_file_is_never_the_list_itself(database: Engine, tmp_path: Path) -> None:
    home(database)
    file = tmp_path / "list.csv"
    file.write_text("address\na@\n")
    result = run("import", file, "--source", "x", "--errors", file)
    assert "--errors" in str(result.exception)
    assert file.read_text() == "address\na@\n"


def test_errors_that_cannot_be_written_are_told_before_anything_is_taken_in(database: Engine, tmp_path: Path) -> None:
    home(database)
    file = tmp_path / "list.csv"
    file.write_text("address\na@\nb@example.jp\n")
    for place in (tmp_path, tmp_path / "none" / "there.csv", file / "there.csv"):
        result = run("import", file, "--source", "x", "--errors", place)
        assert "choose another file with --errors" in str(result.exception)
    with Session(database) as session:
        assert session.query(Subscriber).count() == 0


def test_case_i5_only_the_wishes_that_were_asked_about_are_told(database: Engine, tmp_path: Path) -> None:
    """The answer for those who ticked nothing must not end those who have no day of leaving."""
    home(database)
    file = tmp_path / "list.csv"
    file.write_text("mail,メルマガ希望,退会日\na@example.jp,○,\nb@example.jp,,\nc@example.jp,○,2024-01-05\n")
    result = run("import", file, "--source", "窓口", "--status", "=unsubscribed")
    assert "1 added, 0 known already, 0 suppressed, 2 stopped" in result.output


def test_list_whose_name_is_in_shift_jis(database: Engine, tmp_path: Path) -> None:
    home(database)
    file = tmp_path / os.fsdecode("名簿.csv".encode("cp932"))
    file.write_text("mail,状態\na@example.jp,\nb@example.jp,退会\nc@,\n", encoding="utf-8")
    result = run("import", file, "--source", "窓口")
    assert "名簿.csv: UTF-8" in result.output
    assert "1 added, 0 known already, 0 suppressed, 1 stopped, 0 repeated, 1 refused" in result.output
    with Session(database) as session:
        assert session.query(AuditEntry).one().detail["file"] == "名簿.csv"


def test_a_source_of_blanks_is_none(database: Engine, tmp_path: Path) -> None:
    home(database)
    file = tmp_path / "list.csv"
    file.write_text("address\na@example.jp\n")
    assert "0 added" in run("import", file, "--source", " \u3000").output


def test_dry_run_says_the_same_and_changes_nothing(database: Engine, tmp_path: Path) -> None:
    home(database)
    file = tmp_path / "list.csv"
    lines = [
        *(f"r{at}@example.jp,配信中" for at in range(1100)),
        "gone@example.jp,解除",
        "r7@example.jp,配信中",
        "x,配信中",
    ]
    file.write_text("\n".join(["mail,状態", *lines]), encoding="utf-8")
    dry = run("import", file, "--source", "窓口", "--dry-run")
    sums = "1100 added, 0 known already, 0 suppressed, 1 stopped, 1 repeated, 1 refused"
    assert f"Nothing was changed. It would be: {sums}" in dry.output
    with Session(database) as session:
        for table in (Subscriber, Consent, Suppression, AuditEntry):
            assert session.query(table).count() == 0
    assert sums in run("import", file, "--source", "窓口").output


def test_case_i6_columns_are_asked_about_and_said(database: Engine, tmp_path: Path) -> None:
    home(database)
    file = tmp_path / "list.csv"
    file.write_text(
        "れんらく先,よび名,備考,かたち\na@example.jp,花子,x,休止\nb@example.jp,太郎,,通常\n", encoding="utf-8"
    )
    words = ["import", file, "--source", "窓口"]
    assert "--map “HEADING=address”" in str(run(*words).exception)
    words += ["--map", "れんらく先=email"]
    assert "“よび名”, “備考”, “かたち”" in str(run(*words).exception)
    words += ["--map", "よび名=name", "--ignore", "備考", "--map", "かたち=status"]
    asked = str(run(*words).exception)
    assert "“休止” (line 2)" in asked
    assert "“通常” (line 3)" in asked
    words += ["--status", "休止=unsubscribed", "--status", "通常=active"]
    result = run(*words)
    assert "1 added, 0 known already, 0 suppressed, 1 stopped, 0 repeated, 0 refused" in result.output
    assert "not taken in: “備考”" in result.output
    assert "of the form --map “…=…”" in str(run("import", file, "--map", "備考").exception)


def test_file_without_headings(database: Engine, tmp_path: Path) -> None:
    home(database)
    file = tmp_path / "list.txt"
    file.write_text("a@example.jp\nb@example.jp\n")
    assert "--headings" in str(run("import", file, "--source", "x").exception)
    assert "2 added" in run("import", file, "--source", "x", "--headings", "address").output


def test_wrong_audience_is_told_before_anything_is_read(database: Engine, tmp_path: Path) -> None:
    with Session(database) as session, session.begin():
        make_newsletter(session)
    file = tmp_path / "list.csv"
    file.write_text("address\na@example.jp\n")
    result = run("import", file, "--source", "x", "--audience", "nobody")
    assert "nobody" in str(result.exception)


def test_readers_are_listed_shown_suppressed_and_erased(database: Engine) -> None:
    with Session(database) as session, session.begin():
        newsletter = make_newsletter(session)
        make_reader(session, newsletter, "hanako@example.jp", name="花子")
        make_reader(session, newsletter, "taro@example.jp", name="太郎")
    listed = run("list", "--json", "--search", "hana").output.splitlines()
    assert [json.loads(line)["address"] for line in listed] == ["hanako@example.jp"]
    assert "taro@example.jp" in run("list").output
    assert json.loads(run("show", "hanako@example.jp").output)["subscriber"]["name"] == "花子"
    assert run("suppress", "taro@example.jp", "--note", "電話での申し出").exit_code == 0
    assert run("erase", "hanako@example.jp", "--yes").output == "Erased.\n"
    with Session(database) as session:
        assert subscriber.find(session, "hanako@example.jp") is None
        assert suppression.blocks_signup(session, "taro@example.jp", 1)
    assert "nobody has the address" in str(run("erase", "hanako@example.jp", "--yes").exception)
