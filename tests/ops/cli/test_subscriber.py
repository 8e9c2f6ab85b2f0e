"""``kairan subscriber``: lists in, readers out."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner, Result
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from models.readers import subscriber, suppression
from models.staff.audit import AuditEntry
from ops.cli.subscriber import subscriber_
from tests.sample import make_newsletter, make_reader


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(subscriber_, [str(word) for word in words])


def test_list_is_taken_in_and_refusals_are_written_down(database: Engine, tmp_path: Path) -> None:
    with Session(database) as session, session.begin():
        make_newsletter(session)
    file = tmp_path / "list.csv"
    file.write_bytes("メールアドレス,氏名,区分\r\nhanako@example.jp,花子,住民\r\n=broken,x,住民\r\n".encode("cp932"))
    result = run("import", file, "--source", "窓口")
    assert result.exit_code == 1
    assert "1 added, 0 known already, 0 suppressed, 0 repeated, 1 refused" in result.output
    report = (tmp_path / "list.errors.csv").read_text(encoding="utf-8-sig").splitlines()
    assert report[0] == "line,address,problem"
    assert report[1].startswith("3,'=broken,")
    again = run("import", file, "--source", "窓口")
    assert "0 added, 1 known already" in again.output
    with Session(database) as session:
        entries = session.query(AuditEntry).all()
        assert [entry.detail["added"] for entry in entries] == [1, 0]


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
