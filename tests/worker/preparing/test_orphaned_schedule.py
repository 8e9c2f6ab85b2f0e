"""An issue goes out in the name of whoever scheduled it, or waits until somebody takes it over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from models.deliveries import handover
from models.deliveries.delivery import Delivery
from models.issues import approval, workflow
from models.issues import issue as issues
from models.issues.block import Prose
from models.issues.issue_state import IssueState
from models.issues.newsletter import Newsletter
from models.staff import member as members
from models.staff import membership
from models.staff.permission import Role, Scope
from models.store import db
from models.store.clock import now
from models.store.errors import WrongState
from templates.content import digest
from tests.sample import make_newsletter, make_reader
from worker.preparing import prepare

pytestmark = pytest.mark.usefixtures("own_services")
SENDER, SUCCESSOR, APPROVER = "sender@example.jp", "successor@example.jp", "approver@example.jp"


@pytest.fixture
def scheduled() -> int:
    """An issue that is approved and due, scheduled by somebody who may send this newsletter alone."""
    with db.session_scope() as session:
        newsletter = make_newsletter(session)
        make_reader(session, newsletter)
        approver = members.create(session, APPROVER, "決裁 太郎", {Role.APPROVER})
        members.create(session, SUCCESSOR, "後任", {Role.SENDER})
        sender = members.create(session, SENDER, "前任", set())
        membership.grant(session, sender, Role.SENDER, newsletter.id, by="test")
        issue = issues.create(session, newsletter, subject="題名", blocks=(Prose(text="本文"),))
        workflow.submit(session, issue, "test")
        workflow.approve(session, issue, approver, digest.of(session, issue))
        workflow.schedule(session, issue, now(), sender)
        return issue.id


def prepared(issue_id: int) -> tuple[IssueState, int]:
    """The state, and the number of letters, after a worker has had the issue."""
    prepare.prepare(issue_id)
    with db.session_scope() as session:
        return issues.get(session, issue_id).state, session.scalar(select(func.count()).select_from(Delivery)) or 0


def leave(address: str) -> None:
    with db.session_scope() as session:
        membership.deactivate(session, members.find(session, address), by="test")


def lose_role(address: str) -> None:
    """They send another newsletter from now on."""
    with db.session_scope() as session:
        person, other = members.find(session, address), make_newsletter(session, "other")
        own = session.scalar(select(Newsletter.id).where(Newsletter.slug == "ict"))
        membership.set_roles(session, person, set(), own, by="test")
        membership.set_roles(session, person, {Role.AUTHOR}, own, by="test")
        membership.set_roles(session, person, {Role.SENDER}, other.id, by="test")


def take_over(issue_id: int) -> bool:
    with db.session_scope() as session:
        return handover.take_over(session, issues.get(session, issue_id, lock=True), members.find(session, SUCCESSOR))


def test_it_goes_out_while_its_sender_is_there(scheduled: int) -> None:
    with pytest.raises(WrongState, match="taken it over meanwhile"):
        take_over(scheduled)
    assert prepared(scheduled) == (IssueState.SENDING, 1)


@pytest.mark.parametrize("go", [leave, lose_role])
def test_it_waits_for_somebody_who_takes_it_over(scheduled: int, go: Callable[[str], None]) -> None:
    go(SENDER)
    with db.session_scope() as session:
        newsletter_id = issues.get(session, scheduled).newsletter_id
        assert [one.id for one in handover.list_orphaned(session)] == [scheduled]
        assert [one.id for one in handover.list_orphaned(session, Scope(False, frozenset({newsletter_id})))] == [
            scheduled
        ]
        assert handover.list_orphaned(session, Scope(False, frozenset({newsletter_id + 1000}))) == []
    assert prepared(scheduled) == (IssueState.SCHEDULED, 0)
    with db.session_scope() as session:
        issues.get(session, scheduled).scheduled_at = now() + timedelta(hours=1)
    assert take_over(scheduled)
    with db.session_scope() as session:
        one = issues.get(session, scheduled)
        assert handover.list_orphaned(session) == []
        [given] = approval.history(session, one)
        assert given.member.name == "決裁 太郎"
        one.scheduled_at = now()
    assert prepared(scheduled) == (IssueState.SENDING, 1)


def test_one_that_is_taken_over_too_late_waits_for_a_time(scheduled: int) -> None:
    leave(SENDER)
    assert prepared(scheduled) == (IssueState.SCHEDULED, 0)
    assert not take_over(scheduled)
    assert prepared(scheduled) == (IssueState.APPROVED, 0)


def test_an_approver_who_has_left_has_still_approved(scheduled: int) -> None:
    leave(APPROVER)
    assert prepared(scheduled) == (IssueState.SENDING, 1)


def test_what_a_command_has_scheduled_waits_for_nobody(scheduled: int) -> None:
    with db.session_scope() as session:
        workflow.schedule(session, issues.get(session, scheduled), now(), "kairan issue schedule")
    leave(SENDER)
    assert prepared(scheduled) == (IssueState.SENDING, 1)
