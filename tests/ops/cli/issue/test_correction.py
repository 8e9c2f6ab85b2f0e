"""`kairan issue repair, correct, stamp, relink`, as a person types them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from models.deliveries import correction
from models.deliveries.delivery import Delivery, DeliveryState
from models.issues import issue as issues
from models.issues import workflow
from models.issues.block import Prose
from models.issues.issue import Issue
from models.issues.issue_state import IssueState
from models.issues.newsletter import Newsletter
from models.staff import member as members
from models.staff.permission import Role
from models.store import db
from models.store.clock import now
from models.store.errors import Forbidden, Invalid, NotFound, WrongState
from ops.cli import kairan
from templates.content import digest
from tests.sample import make_newsletter, make_reader
from worker.preparing.prepare import prepare

WRONG = "説明会は3月1日に開きます。[地図](https://example.jp/wrong)"


def run(*words: str, ok: bool = True) -> Result:
    """One command; its output."""
    result = CliRunner().invoke(kairan, words)
    if ok:
        assert result.exit_code == 0, f"{result.output}\n{result.exception!r}"
    return result


@pytest.fixture
def paused(database: Engine, redis_client: object) -> Issue:
    """A paused issue, really prepared: two of its three letters are out."""
    with db.session_scope() as session:
        members.create(session, "approver@example.jp", "approver", {Role.APPROVER})
        members.create(session, "author@example.jp", "author", {Role.AUTHOR})
        members.create(session, "sender@example.jp", "sender", {Role.SENDER, Role.APPROVER, Role.AUTHOR})
        newsletter = make_newsletter(session)
        for place in range(3):
            make_reader(session, newsletter, f"reader{place}@example.jp")
        issue = issues.create(session, newsletter, subject="説明会", preheader="日程", blocks=(Prose(text=WRONG),))
        workflow.submit(session, issue, "test")
        workflow.approve(session, issue, members.find(session, "approver@example.jp"), digest.of(session, issue))
        workflow.schedule(session, issue, now(), "test")
    prepare(issue.id)
    with db.session_scope() as session:
        one = issues.get(session, issue.id)
        readers = session.scalars(select(Delivery.subscriber_id).order_by(Delivery.subscriber_id)).all()
        out = Delivery.subscriber_id.in_(readers[:2])
        session.execute(update(Delivery).where(out).values(state=DeliveryState.ACCEPTED))
        one.pause()
        return one


AUTHOR = ("--as", "author@example.jp")


def manuscript(paused: Issue, folder: Path, day: str = "3月10日") -> str:
    file = Path(run("issue", "export", str(paused.id), "--out", str(folder)).output.strip())
    file.write_text(file.read_text("utf-8").replace("3月1日", day), "utf-8")
    return str(file)


def test_a_paused_issue_is_repaired(paused: Issue, tmp_path: Path) -> None:
    number, file = str(paused.id), manuscript(paused, tmp_path)
    assert "waits for approval" in run("issue", "repair", number, "--file", file, *AUTHOR).output
    assert isinstance(run("issue", "repair", number, ok=False).exception, WrongState)
    run("issue", "approve", number, "--as", "approver@example.jp")
    assert "have the new content" in run("issue", "repair", number).output
    with Session(db.engine()) as session:
        rows = correction.list_editions(session, issues.get(session, paused.id))
        used = session.scalars(select(Delivery.edition).order_by(Delivery.subscriber_id)).all()
        assert [("3月10日" in row.text, row.superseded_at is None) for row in rows] == [(False, False), (True, True)]
    assert list(used) == [1, 1, 2]
    run("issue", "resume", number)
    output = run("issue", "correct", number, "--note", "日付が誤っていました。").output
    assert "【訂正】説明会" in output
    assert "for 2 readers" in output


def test_who_repairs_cannot_approve_case_b5(paused: Issue, tmp_path: Path) -> None:
    number, file = str(paused.id), manuscript(paused, tmp_path)
    nameless = run("issue", "repair", number, "--file", file, ok=False)
    assert isinstance(nameless.exception, Invalid), "it must say who repairs"
    assert "--as" in str(nameless.exception)
    run("issue", "repair", number, "--file", file, "--as", "sender@example.jp")
    assert isinstance(run("issue", "approve", number, "--as", "sender@example.jp", ok=False).exception, Forbidden)


def test_who_asks_for_a_mended_article_cannot_approve_it_case_b5(paused: Issue) -> None:
    number = str(paused.id)
    with db.session_scope() as session:
        session.execute(update(Newsletter).values(postal_address="別の住所"))
    assert isinstance(run("issue", "repair", number, ok=False).exception, Invalid), "it must say who asks"
    assert "waits for approval" in run("issue", "repair", number, "--as", "sender@example.jp").output
    assert isinstance(run("issue", "approve", number, "--as", "sender@example.jp", ok=False).exception, Forbidden)
    run("issue", "approve", number, "--as", "approver@example.jp")
    assert "have the new content" in run("issue", "repair", number).output


def test_the_same_file_changes_nothing(paused: Issue, tmp_path: Path) -> None:
    file = manuscript(paused, tmp_path, "3月1日")
    assert "unchanged" in run("issue", "repair", str(paused.id), "--file", file, *AUTHOR).output
    wrong = manuscript(paused, tmp_path)
    run("issue", "repair", str(paused.id), "--file", wrong, *AUTHOR)
    again = manuscript(paused, tmp_path / "again")
    Path(again).write_text(Path(again).read_text("utf-8").replace("3月10日", "3月1日"), "utf-8")
    assert "says again what its letters say" in run("issue", "repair", str(paused.id), "--file", again, *AUTHOR).output


def test_another_issue_s_file_is_refused(paused: Issue, tmp_path: Path) -> None:
    file = Path(manuscript(paused, tmp_path))
    file.write_text(file.read_text("utf-8").replace("number: 1", "number: 2"), "utf-8")
    assert isinstance(run("issue", "repair", str(paused.id), "--file", str(file), *AUTHOR, ok=False).exception, Invalid)
    imported = run("issue", "import", manuscript(paused, tmp_path), ok=False).exception
    assert isinstance(imported, WrongState)
    assert f"kairan issue repair {paused.id}" in str(imported)


def waiting_proposal(issue: str) -> str:
    """The number of the one correction that waits for approval."""
    [line] = run("issue", "decide", issue).output.splitlines()
    return str(line.split()[0])


def test_links_are_listed_and_mended_case_b8(paused: Issue) -> None:
    number = str(paused.id)
    [line] = [line for line in run("issue", "relink", number).output.splitlines() if "wrong" in line]
    link = line.split()[0]
    assert isinstance(run("issue", "relink", number, link, "https://example.jp/right", ok=False).exception, Invalid)
    said = run("issue", "relink", number, link, "https://example.jp/right", "--as", "sender@example.jp").output
    assert "waits for approval" in said
    assert "→" not in run("issue", "relink", number).output
    assert "https://example.jp/right" in run("issue", "decide", number).output
    waiting = waiting_proposal(number)
    own = run("issue", "decide", number, waiting, "--as", "sender@example.jp", ok=False).exception
    assert isinstance(own, Forbidden)
    assert "within a minute" in run("issue", "decide", number, waiting, "--as", "approver@example.jp").output
    assert "→ https://example.jp/right" in run("issue", "relink", number).output
    assert isinstance(run("issue", "relink", number, link, ok=False).exception, Invalid)
    assert isinstance(run("issue", "relink", number, "99", "https://example.jp/", ok=False).exception, NotFound)


def test_a_process_of_its_own_proposes_a_note_case_b8(paused: Issue) -> None:
    """What a command alone loads is enough for the letters about it."""
    command = [sys.executable, "-m", "ops.cli", "issue", "stamp", str(paused.id), "--note", "日付が誤っていました。"]
    said = subprocess.run([*command, "--as", "sender@example.jp"], capture_output=True, text=True, check=False)
    assert "waits for approval" in said.stdout, said.stderr


def test_the_archive_is_stamped_case_b8(paused: Issue) -> None:
    sender, approver = ("--as", "sender@example.jp"), ("--as", "approver@example.jp")
    run("issue", "stamp", str(paused.id), "--note", "日付が誤っていました。", *sender)
    with Session(db.engine()) as session:
        assert issues.get(session, paused.id).correction_note == ""
    run("issue", "decide", str(paused.id), waiting_proposal(str(paused.id)), *approver)
    with Session(db.engine()) as session:
        assert issues.get(session, paused.id).correction_note == "日付が誤っていました。"
        assert issues.get(session, paused.id).state is IssueState.PAUSED
    run("issue", "stamp", str(paused.id), "--note", "", *sender)
    run("issue", "decide", str(paused.id), waiting_proposal(str(paused.id)), *approver)
    with Session(db.engine()) as session:
        assert issues.get(session, paused.id).correction_note == ""
