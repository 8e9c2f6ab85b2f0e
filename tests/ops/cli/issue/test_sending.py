"""`kairan issue send … unknown`, `lane`, `relay` and `dkim`, as a person types them."""

from __future__ import annotations

import json
import re
import stat
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, select, update

from models.deliveries.delivery import Batch, Delivery, DeliveryState
from models.deliveries.lane import Lane
from models.issues import issue as issues
from models.issues import workflow
from models.issues.block import Prose
from models.issues.dkim_key import Key
from models.issues.issue import Issue
from models.issues.issue_state import IssueState
from models.staff.audit import AuditEntry
from models.store import db
from models.store.clock import now
from models.store.errors import Invalid, KairanError, WrongState
from ops.cli import kairan
from ops.run.child_process import ChildProcess
from tests.sample import make_newsletter, make_reader
from tests.servers import SmtpCatcher


def run(*words: str, ok: bool = True) -> Result:
    """One command; its output."""
    result = CliRunner().invoke(kairan, words)
    if ok:
        assert result.exit_code == 0, f"{result.output}\n{result.exception!r}"
    return result


def fails(*words: str) -> KairanError:
    """The error that a command ends with."""
    problem = run(*words, ok=False).exception
    assert isinstance(problem, KairanError), problem
    return problem


def approved(readers: int = 3) -> int:
    with db.session_scope() as session:
        home = make_newsletter(session, approvals_needed=0)
        for number in range(readers):
            make_reader(session, home, f"reader{number}@town.example")
        issue = issues.create(session, home, subject="号", blocks=[Prose(text="本文です。")])
        workflow.submit(session, issue, "test")
        return issue.id


def test_from_send_to_certificate(celery_worker: ChildProcess, smtp_catcher: SmtpCatcher, tmp_path: Path) -> None:
    issue = str(approved())
    assert "goes out now" in run("issue", "send", issue, "--yes").output
    said = run("issue", "watch", issue).output
    assert f"Issue {issue} is sent: 3 accepted" in said
    assert len(smtp_catcher.letters) == 3

    text = run("issue", "certificate", issue).output
    assert re.search(r"targeted +3\n", text)
    assert re.search(r"- accepted +3\n", text)
    assert re.search(r"= difference +0\n", text)
    lines = tmp_path / "letters.csv"
    sheet = json.loads(run("issue", "certificate", issue, "--json", "--csv", str(lines)).output)
    assert (sheet["targeted"], sheet["accepted"], sheet["difference"], sheet["final"]) == (3, 3, 0, True)
    assert sheet["digest"] in text
    in_log = {line.split(",")[-1] for line in lines.read_text().splitlines()[1:]}
    assert in_log == {re.search(rb"(?mi)^Message-ID: (\S+)", one.content)[1].decode() for one in smtp_catcher.letters}  # type: ignore[index]
    with db.session_scope() as session:
        actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions[-6:] == [
        "schedule issue", "begin preparing", "prepare issue", "finish issue", "issue certificate", "issue certificate"
    ]  # fmt: skip


def test_pause_resume_cancel(database: Engine) -> None:
    issue = approved()
    with db.session_scope() as session:
        session.execute(update(Issue).values(state=IssueState.SENDING))
        # Without a batch to come, a sweep of a worker beside us would find that all is sent.
        lane = session.scalars(select(Lane.id).limit(1)).one()
        due = now() + timedelta(days=1)
        session.add(Batch(issue_id=issue, lane_id=lane, number=0, size=1, due_at=due))
    run("issue", "pause", str(issue))
    assert isinstance(fails("issue", "pause", str(issue)), WrongState)
    run("issue", "resume", str(issue))
    assert run("issue", "cancel", str(issue), ok=False).exit_code == 1, "it must ask first"
    run("issue", "cancel", str(issue), "--yes")
    with db.session_scope() as session:
        assert issues.get(session, issue).state is IssueState.CANCELLED
        actors = session.scalars(select(AuditEntry.actor).order_by(AuditEntry.id)).all()
    assert actors[-3:] == ["kairan issue pause", "kairan issue resume", "kairan issue cancel"]
    watched = run("issue", "watch", str(issue), ok=False)
    assert (watched.exit_code, "is cancelled" in watched.output) == (1, True)


def test_certificate_of_a_draft(database: Engine) -> None:
    assert "no letters yet" in str(fails("issue", "certificate", str(approved())))


def test_unknown_letters_are_settled_one_by_one(
    celery_worker: ChildProcess, smtp_catcher: SmtpCatcher, tmp_path: Path
) -> None:
    issue = str(approved())
    run("issue", "send", issue, "--yes")
    run("issue", "watch", issue)
    assert "No letter" in run("issue", "unknown", issue).output
    with db.session_scope() as session:
        session.execute(update(Delivery).values(state=DeliveryState.UNKNOWN, answer="the worker ended"))
    first, second, _ = [json.loads(line) for line in run("issue", "unknown", issue, "--json").output.splitlines()]
    assert first["address"] == "reader0@town.example"
    assert first["message_id"].encode() in b"".join(letter.content for letter in smtp_catcher.letters)
    assert isinstance(
        fails("issue", "unknown", issue, "--accepted", str(first["reader"]), "--accepted", "99"), KairanError
    )
    assert len(run("issue", "unknown", issue).output.splitlines()) == 3, "a command that fails changes nothing"

    smtp_catcher.letters.clear()
    settled = run("issue", "unknown", issue, "--accepted", str(first["reader"]), "--send-again", str(second["reader"]),
                  "--note", "log of today")  # fmt: skip
    assert len([line for line in settled.output.splitlines() if "<" in line]) == 1
    celery_worker.wait_until(lambda: len(smtp_catcher.letters) == 1, seconds=120)
    assert smtp_catcher.letters[0].recipients == (second["address"],)
    assert second["message_id"].encode() in smtp_catcher.letters[0].content
    with db.session_scope() as session:
        actions = session.scalars(select(AuditEntry.action)).all()
    assert {"accept letter", "send letter again"} <= set(actions)


def lane(slug: str = "gmail") -> Lane:
    with db.session_scope() as session:
        return session.scalars(select(Lane).where(Lane.slug == slug)).one()


def test_lanes(database: Engine) -> None:
    assert "docomo.ne.jp" in run("lane", "list").output
    run("lane", "set", "gmail", "--connections", "3", "--per-second", "2.5", "--quiet", "21:00-8:00", "--jitter", "60",
        "--warmup", "1000,5000")  # fmt: skip
    found = lane()
    assert (found.connections, found.per_second, found.jitter_seconds, found.warmup) == (3, 2.5, 60, [1000, 5000])
    assert str(found.quiet_until) == "08:00:00"
    assert found.warmup_from is not None
    assert "quiet 21:00-08:00" in run("lane", "list").output
    run("lane", "set", "gmail", *(f"--{name}=none" for name in ("connections", "per-second", "quiet", "warmup")))
    found = lane()
    assert (found.connections, found.per_second, found.quiet_from, found.warmup_from) == (None, None, None, None)
    run("lane", "pause", "gmail", "--reason", "blocked since nine")
    assert "blocked since nine" in run("lane", "list").output
    assert json.loads(run("lane", "list", "--json").output.splitlines()[3])["pause_reason"] == "blocked since nine"
    run("lane", "resume", "gmail")
    assert lane().paused_at is None
    run("lane", "add", "lgwan", "--name", "LGWAN", "--domain", "lg.jp")
    assert lane("lgwan").domains == ["lg.jp"]


@pytest.mark.parametrize(
    "words",
    [
        ("set", "gmail"),
        ("set", "no-such-lane", "--jitter", "1"),
        ("set", "gmail", "--connections", "0"),
        ("set", "gmail", "--connections", "many"),
        ("set", "gmail", "--quiet", "night"),
        ("set", "gmail", "--warmup", "100,0"),
        ("set", "gmail", "--domain", "docomo.ne.jp"),
        ("set", "gmail", "--domain", "no domain"),
        ("set", "other", "--domain", "town.example"),
        ("add", "gmail", "--name", "x", "--domain", "x.example"),
        ("add", "Große", "--name", "x", "--domain", "x.example"),
    ],
)
def test_what_a_lane_cannot_be(words: tuple[str, ...], database: Engine) -> None:
    fails("lane", *words)


def test_relays(database: Engine, tmp_path: Path) -> None:
    assert "SMTP_URL" in run("relay", "list").output
    run("relay", "add", "first", "smtp+starttls://user:secret@relay.example:587", "--weight", "3")
    run("relay", "add", "second", "smtps://relay.example")
    said = run("relay", "list").output
    assert "75%" in said
    assert "smtp+starttls://user@relay.example:587" in said
    assert "secret" not in said
    with db.session_scope() as session:
        assert not any("secret" in str(one.detail) for one in session.scalars(select(AuditEntry)))
    assert isinstance(fails("relay", "add", "first", "smtp://relay.example"), Invalid)
    assert isinstance(fails("relay", "add", "third", "http://relay.example"), Invalid)
    assert "cannot be read" in str(fails("relay", "add", "third", "smtps://u:file:%2Fnonexistent@relay.example"))
    run("relay", "remove", "first")
    run("relay", "remove", "second")
    assert "SMTP_URL" in run("relay", "list").output
    fails("relay", "remove", "first")


def test_dkim_keys(tmp_path: Path) -> None:
    said = run("dkim", "new", "Example.jp", "--kind", "both", "--selector", "k1", "--out", str(tmp_path)).output
    for selector in ("k1", "k1e"):
        file = tmp_path / f"{selector}.example.jp.pem"
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        key = Key.load(file, "example.jp", selector)
        assert key.zone_line in said
        assert str(file) in said
    assert "kairan dkim set NEWSLETTER" in said
    assert "PRIVATE" not in said
    assert "“k1” already" in str(fails("dkim", "new", "example.jp", "--selector", "k1", "--out", str(tmp_path)))
    fails("dkim", "new", "not a domain", "--out", str(tmp_path))
