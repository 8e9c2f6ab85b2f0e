"""`kairan issue schedule, test`, `kairan newsletter test-group`: warnings, a number that is typed, test letters."""

from __future__ import annotations

from datetime import timedelta

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, select

from models.deliveries.preparation import Preparation
from models.issues import issue as issues
from models.issues import newsletter as newsletters
from models.issues import workflow
from models.issues.block import Prose
from models.issues.issue_state import IssueState
from models.outbox.transactional import TransactionalLetter
from models.staff import member as members
from models.staff.permission import Role
from models.store import db
from models.store.errors import Invalid, NotFound
from ops.cli import kairan
from tests.sample import make_newsletter, make_reader, make_sent, working_morning

AUTHOR = "author@example.jp"


def run(*words: str, typed: str = "") -> Result:
    return CliRunner().invoke(kairan, words, input=typed)


@pytest.fixture
def issue_id(database: Engine) -> int:
    """An approved issue for 103 readers of a newsletter whose issues usually go to 2."""
    with db.session_scope() as session:
        members.create(session, AUTHOR, "起案", {Role.AUTHOR})
        newsletter = make_newsletter(session, approvals_needed=0)
        for place in range(103):
            make_reader(session, newsletter, f"reader{place}@example.jp")
        for place in range(3):
            before = make_sent(session, newsletter, f"前の号{place}")
            session.add(Preparation(issue_id=before.id, targeted=2, left_out=0, editions=1, batches=1))
        one = issues.create(session, newsletter, subject="説明会のお知らせ", blocks=(Prose(text="本文です。"),))
        workflow.submit(session, one, "test")
        return one.id


def state(issue_id: int) -> IssueState:
    with db.session_scope() as session:
        return issues.get(session, issue_id).state


def test_the_number_is_typed_and_the_full_hour_only_told(issue_id: int) -> None:
    at = f"{working_morning():%Y-%m-%d %H:%M}"
    refused = run("issue", "schedule", str(issue_id), "--at", at, typed="3\n")
    assert "on the full hour" in refused.output
    assert isinstance(refused.exception, Invalid)
    assert state(issue_id) is IssueState.APPROVED
    assert run("issue", "schedule", str(issue_id), "--at", at, typed="103\n").exit_code == 0
    assert state(issue_id) is IssueState.SCHEDULED
    assert run("issue", "send", str(issue_id), typed="y\n").exit_code == 1


def test_another_issue_of_the_day_is_named_and_asked_about(issue_id: int) -> None:
    at = working_morning() + timedelta(minutes=10)
    with db.session_scope() as session:
        other = issues.create(session, newsletters.single(session), subject="同じ日の号")
        workflow.submit(session, other, "test")
        workflow.schedule(session, other, at + timedelta(hours=3), "test")
    asked = run("issue", "schedule", str(issue_id), "--at", f"{at:%Y-%m-%d %H:%M}", typed="n\n")
    assert "同じ日の号" in asked.output
    assert state(issue_id) is IssueState.APPROVED
    assert run("issue", "schedule", str(issue_id), "--at", f"{at:%Y-%m-%d %H:%M}", "--yes").exit_code == 0


def test_tests_go_to_whoever_asks_or_to_a_group(issue_id: int) -> None:
    assert isinstance(run("issue", "test", str(issue_id)).exception, Invalid)
    assert isinstance(run("issue", "test", str(issue_id), "--group", "広報係").exception, NotFound)
    assert run("newsletter", "test-group", "ict", "広報係", "a@city.example", "b@city.example").exit_code == 0
    assert isinstance(run("newsletter", "test-group", "ict", "広報係").exception, Invalid)
    sent = run("issue", "test", str(issue_id), "--group", "広報係", "--audience", "official")
    assert "Test letters of issue" in sent.output
    assert run("issue", "test", str(issue_id), "--as", AUTHOR).exit_code == 0
    with db.session_scope() as session:
        found = session.scalars(select(TransactionalLetter.address).order_by(TransactionalLetter.id)).all()
    assert found == ["a@city.example", "b@city.example", AUTHOR]
    assert run("newsletter", "test-group", "ict", "広報係", "--remove").exit_code == 0
    assert isinstance(run("newsletter", "test-group", "ict", "広報係", "--remove").exception, NotFound)
