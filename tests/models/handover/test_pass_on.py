"""A handover: everything passes once and whole or not at all, and nobody comes to approve what they wrote."""

from __future__ import annotations

from datetime import timedelta
from threading import Thread
from typing import NamedTuple

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from models.deliveries import handover, proposal
from models.deliveries.proposal import Proposal, ProposalKind
from models.handover import approvers_left, authorship, pass_on, unheld
from models.handover.holding import HoldingKind, StayReason, list_held, list_waiting
from models.handover.pass_on import Departure, HoldingsChanged
from models.issues import approval, workflow
from models.issues import issue as issues
from models.issues.block import Prose
from models.issues.issue import Issue
from models.issues.issue_state import IssueState
from models.issues.newsletter import Newsletter
from models.staff import audit_check, invitation, membership
from models.staff import member as members
from models.staff.audit import AuditEntry
from models.staff.invitation import Invitation
from models.staff.member import Member
from models.staff.permission import EVERY_NEWSLETTER, Role
from models.store import clock, db
from models.store.errors import Forbidden, Invalid
from templates.content import digest
from tests.sample import make_newsletter, make_sent, working_morning

PASSWORD = "a long enough password"
ALL = frozenset(HoldingKind)
BY = "kairan staff handover"
A, B, C = "leaver@example.jp", "successor@example.jp", "third@example.jp"


class Office(NamedTuple):
    """A leaver who does everything, a successor who may, and somebody who approves."""

    newsletter: Newsletter
    leaver: Member
    successor: Member
    third: Member
    draft: Issue
    reviewed: Issue
    """By the third, waiting for approval."""
    scheduled: Issue
    """By the leaver as author and sender, approved by the third."""


def make(session: Session, address: str, *roles: Role) -> Member:
    return members.create(session, address, address.partition("@")[0], set(roles), PASSWORD)


def write(session: Session, newsletter: Newsletter, subject: str, author: Member) -> Issue:
    return issues.create(session, newsletter, subject=subject, preheader="前文", blocks=(Prose(text="本文です。"),),
                         author_id=author.id)  # fmt: skip


def say_yes(session: Session, issue: Issue, member: Member) -> None:
    workflow.approve(session, issue, member, digest.of(session, issue))


def make_office(session: Session) -> Office:
    everything = [role for role in Role if role is not Role.ANALYST]
    newsletter = make_newsletter(session)
    leaver, successor, third = (make(session, address, *everything) for address in (A, B, C))
    draft, reviewed, scheduled = (
        write(session, newsletter, subject, author)
        for subject, author in (("下書き", leaver), ("決裁待ち", third), ("予約", leaver))
    )
    workflow.submit(session, reviewed, third)
    workflow.submit(session, scheduled, leaver)
    say_yes(session, scheduled, third)
    workflow.schedule(session, scheduled, working_morning(), leaver)
    invitation.make(session, members.create(session, "new@example.jp", "新任", {Role.AUTHOR}), leaver)
    session.flush()
    return Office(newsletter, leaver, successor, third, draft, reviewed, scheduled)


@pytest.fixture
def office(session: Session) -> Office:
    return make_office(session)


def entries(session: Session, action: str) -> list[tuple[str, object]]:
    found = session.scalars(select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.number))
    return [(one.subject, one.detail.get("changed")) for one in found]


def propose(session: Session, newsletter: Newsletter, by: Member) -> tuple[Issue, Proposal]:
    sent = make_sent(session, newsletter, "済んだ号", author_id=by.id)
    made = proposal.propose(session, sent, ProposalKind.NOTE, "日付に誤りがありました。", by)
    assert made is not None
    return sent, made


def test_everything_passes_at_once_and_again_nothing_case_e50(session: Session, office: Office) -> None:
    newsletter, leaver, successor, third, draft, reviewed, scheduled = office
    sent, proposed = propose(session, newsletter, leaver)
    assert list_waiting(session, leaver) == [reviewed]
    passed = pass_on.pass_on(session, leaver, successor, ALL, BY)
    assert {kind.value: len(passed.of(kind)) for kind in passed.kinds} == {
        "issues": 2, "corrections": 1, "approvals": 2, "schedules": 1, "invitations": 1,
    }  # fmt: skip
    assert [draft.author_id, scheduled.author_id, scheduled.scheduler_id] == [successor.id] * 3
    assert sent.author_id == leaver.id, "what is out keeps its author"
    assert (reviewed.author_id, scheduled.state) == (third.id, IssueState.SCHEDULED)
    assert approval.progress(session, scheduled, digest.of(session, scheduled)).yeses[0].member_id == third.id
    assert authorship.of(session, draft) == (successor, (leaver,))
    assert (proposed.proposer_id, proposed.former_proposer_ids) == (successor.id, [leaver.id])
    assert session.scalars(select(Invitation.invited_by_id)).all() == [successor.id]
    assert Role.APPROVER not in leaver.roles(newsletter.id)
    assert list_waiting(session, leaver) == []
    assert list_waiting(session, successor) == [reviewed]

    pair = [A, B]
    assert entries(session, "hand over issue") == [
        (f"issue/{one.id}", {"author_id": pair}) for one in (draft, scheduled)
    ]
    assert entries(session, "hand over review") == [(f"issue/{reviewed.id}", {"approver_id": pair})]
    assert entries(session, "hand over schedule") == [(f"issue/{scheduled.id}", {"scheduler_id": pair})]
    assert entries(session, "hand over correction") == [(f"issue/{sent.id}", {"proposer_id": pair})]
    assert entries(session, "hand over place of approval") == [(f"member/{leaver.id}", {"approver_id": pair})]
    assert [change for _, change in entries(session, "hand over invitation")] == [{"invited_by_id": pair}]
    assert [subject for subject, _ in entries(session, "hand over")] == [f"member/{leaver.id}"]
    assert audit_check.check(session).faults == []

    assert pass_on.pass_on(session, leaver, successor, ALL, BY).passing == ()
    assert len(entries(session, "hand over")) == len(entries(session, "hand over review")) == 1
    assert draft.former_author_ids == [leaver.id]


def test_nobody_comes_to_approve_what_they_wrote_case_e50(session: Session, office: Office) -> None:
    """Neither who gave it away nor who took it; not after several handovers, nor by handing it back."""
    newsletter, leaver, successor, third, draft, _reviewed, _scheduled = office
    sent, proposed = propose(session, newsletter, leaver)
    pass_on.pass_on(session, leaver, successor, {HoldingKind.ISSUES, HoldingKind.CORRECTIONS}, BY)
    fourth = make(session, "fourth@example.jp", *Role)
    pass_on.pass_on(session, successor, fourth, {HoldingKind.ISSUES}, BY)
    workflow.submit(session, draft, fourth)
    assert approval.asked(session, draft, digest.of(session, draft)) == [third]
    for one in (leaver, successor, fourth):
        with pytest.raises(Forbidden, match="cannot approve"):
            say_yes(session, draft, one)
    for one in (leaver, successor):
        with pytest.raises(Forbidden, match="cannot approve"):
            proposal.approve(session, sent, proposed.id, one)
    pass_on.pass_on(session, fourth, leaver, {HoldingKind.ISSUES}, BY)
    assert authorship.of(session, draft) == (leaver, (successor, fourth))
    with pytest.raises(Forbidden):
        say_yes(session, draft, successor)
    say_yes(session, draft, third)
    assert draft.state is IssueState.APPROVED


def test_who_approved_an_issue_does_not_become_its_author(session: Session, office: Office) -> None:
    leaver, third, scheduled = office.leaver, office.third, office.scheduled
    held = list_held(session, leaver, third, EVERY_NEWSLETTER)
    assert [(one.issue, one.stays) for one in held.staying] == [(scheduled, StayReason.APPROVED_BY_SUCCESSOR)]
    pass_on.pass_on(session, leaver, third, ALL, BY)
    assert (office.draft.author_id, scheduled.author_id) == (third.id, leaver.id)
    assert scheduled.scheduler_id == third.id
    pass_on.pass_on(session, leaver, office.successor, ALL, BY)
    assert scheduled.author_id == office.successor.id


@pytest.mark.parametrize(
    ("kind", "taken"),
    [
        (HoldingKind.ISSUES, Role.AUTHOR),
        (HoldingKind.CORRECTIONS, Role.SENDER),
        (HoldingKind.APPROVALS, Role.APPROVER),
        (HoldingKind.SCHEDULES, Role.SENDER),
        (HoldingKind.INVITATIONS, Role.ADMINISTRATOR),
    ],
)
def test_a_successor_without_the_role_takes_nothing_case_e50(
    session: Session, office: Office, kind: HoldingKind, taken: Role
) -> None:
    propose(session, office.newsletter, office.leaver)
    membership.revoke(session, office.successor, taken, None, by=BY)
    before = list_held(session, office.leaver, office.successor, EVERY_NEWSLETTER)
    with pytest.raises(Invalid, match=taken.value) as refused:
        pass_on.pass_on(session, office.leaver, office.successor, {kind}, BY, departure=Departure(at_once=True))
    assert refused.value.field == kind.value
    assert list_held(session, office.leaver, office.successor, EVERY_NEWSLETTER).digest == before.digest
    assert office.leaver.active
    assert entries(session, "hand over") == []
    others = {one for one in HoldingKind if pass_on.NEEDS[one] is not pass_on.NEEDS[kind]}
    assert pass_on.pass_on(session, office.leaver, office.successor, others, BY).passing


def test_who_cannot_be_a_successor(session: Session, office: Office) -> None:
    leaver, successor = office.leaver, office.successor
    with pytest.raises(Invalid, match="somebody else"):
        pass_on.pass_on(session, leaver, leaver, ALL, BY)
    elsewhere = make(session, "elsewhere@example.jp")
    other = make_newsletter(session, "other")
    for role in Role:
        membership.grant(session, elsewhere, role, other.id, by=BY)
    with pytest.raises(Invalid, match="自治体ICTだより") as refused:
        pass_on.pass_on(session, leaver, elsewhere, ALL, BY)
    assert refused.value.field == "issues"
    with pytest.raises(Invalid, match="tick"):
        pass_on.pass_on(session, leaver, successor, set(), BY)
    membership.deactivate(session, successor, by=BY)
    with pytest.raises(Invalid, match="cannot come in"):
        pass_on.pass_on(session, leaver, successor, ALL, BY)
    assert office.draft.author_id == leaver.id


def test_what_changed_meanwhile_is_shown_first(session: Session, office: Office) -> None:
    seen = list_held(session, office.leaver, office.successor, EVERY_NEWSLETTER).digest
    write(session, office.newsletter, "新しい下書き", office.leaver)
    with pytest.raises(HoldingsChanged):
        pass_on.pass_on(session, office.leaver, office.successor, ALL, BY, seen=seen)
    assert office.draft.author_id == office.leaver.id
    now = list_held(session, office.leaver, office.successor, EVERY_NEWSLETTER)
    assert len(pass_on.pass_on(session, office.leaver, office.successor, ALL, BY, seen=now.digest).passing) == 7


def test_an_administrator_of_one_newsletter_hands_over_what_is_its_own(session: Session, office: Office) -> None:
    other = make_newsletter(session, "other")
    foreign = write(session, other, "別の号", office.leaver)
    boss = make(session, "boss@example.jp")
    membership.grant(session, boss, Role.ADMINISTRATOR, office.newsletter.id, by=BY)
    held = list_held(session, office.leaver, office.successor, pass_on.managed_by(boss))
    assert [one.stays for one in held.staying] == [StayReason.EVERY_NEWSLETTER], "they approve for all newsletters"
    with pytest.raises(Forbidden):
        pass_on.pass_on(session, office.leaver, office.successor, ALL, boss, departure=Departure(at_once=True))
    with pytest.raises(Forbidden, match="only an administrator"):
        pass_on.pass_on(session, office.leaver, office.successor, ALL, make(session, "plain@example.jp", Role.AUTHOR))
    passed = pass_on.pass_on(session, office.leaver, office.successor, ALL, boss)
    assert foreign.author_id == office.leaver.id
    assert HoldingKind.INVITATIONS not in passed.kinds, "whoever is invited works for all newsletters"
    assert Role.APPROVER in office.leaver.roles(None)
    assert office.leaver.active


def test_access_ends_in_the_same_step(session: Session, office: Office) -> None:
    last = clock.today() + timedelta(days=3)
    with pytest.raises(Invalid):
        pass_on.pass_on(session, office.leaver, office.successor, ALL, BY,
                        departure=Departure(last_day=clock.today() - timedelta(days=1)))  # fmt: skip
    pass_on.pass_on(session, office.leaver, office.successor, ALL, BY, departure=Departure(last_day=last))
    assert (office.leaver.active, office.leaver.term_ends_on) == (True, last)
    pass_on.pass_on(session, office.leaver, office.successor, ALL, BY, departure=Departure(at_once=True))
    assert not office.leaver.active


def test_a_schedule_that_missed_its_time_does_not_go_out_by_a_handover(session: Session, office: Office) -> None:
    membership.deactivate(session, office.leaver, by=BY)
    assert handover.is_orphaned(session, office.scheduled)
    with clock.moved(working_morning() - clock.now() + timedelta(hours=1)):
        pass_on.pass_on(session, office.leaver, office.successor, ALL, BY)
    assert (office.scheduled.state, office.scheduled.scheduler_id) == (IssueState.APPROVED, office.successor.id)


def test_what_somebody_left_behind_is_named_until_it_has_passed(session: Session, office: Office) -> None:
    assert unheld.list_unheld(session, EVERY_NEWSLETTER) == []
    office.leaver.term_ends_on = clock.today() - timedelta(days=1)
    session.flush()
    counts = {HoldingKind.ISSUES: 2, HoldingKind.SCHEDULES: 1, HoldingKind.INVITATIONS: 1}
    assert unheld.list_unheld(session, EVERY_NEWSLETTER) == [(office.leaver, counts)]
    pass_on.pass_on(session, office.leaver, office.successor, ALL, BY)
    assert unheld.list_unheld(session, EVERY_NEWSLETTER) == []


def test_too_few_who_may_approve_are_seen_before(session: Session, office: Office) -> None:
    workflow.withdraw(session, office.reviewed, "test")
    office.newsletter.approvals_needed = 2
    for one in (office.draft, office.reviewed):
        workflow.submit(session, one, office.leaver if one is office.draft else office.third)
    held = list_held(session, office.leaver, office.successor, EVERY_NEWSLETTER)
    found = approvers_left.look(session, held, office.leaver, office.successor)
    assert (found.newsletters, found.issues) == ([], [office.draft, office.reviewed])
    make(session, "fourth@example.jp", Role.APPROVER)
    found = approvers_left.look(session, held, office.leaver, office.successor)
    assert found.issues == []


def test_two_who_hand_over_at_once_hand_over_once(database: Engine) -> None:
    """The second waits, and then finds another list than they saw."""
    with db.session_scope() as session:
        office = make_office(session)
        ids = office.leaver.id, office.successor.id, office.third.id
        seen = [
            list_held(session, office.leaver, one, EVERY_NEWSLETTER).digest for one in (office.successor, office.third)
        ]
    refused: list[str] = []

    def second() -> None:
        with Session(db.engine()) as session:
            try:
                one, other = (session.get_one(Member, ids[at]) for at in (0, 2))
                pass_on.pass_on(session, one, other, ALL, BY, seen=seen[1])
                session.commit()
            except HoldingsChanged as error:
                refused.append(str(error))

    waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    with Session(db.engine()) as session:
        one, other = (session.get_one(Member, ids[at]) for at in (0, 1))
        pass_on.pass_on(session, one, other, ALL, BY, seen=seen[0])
        thread = Thread(target=second)
        thread.start()
        with db.engine().connect() as looking:
            while not looking.scalar(text(waiting)):
                looking.rollback()
        session.commit()
        thread.join()
    assert len(refused) == 1
    with Session(db.engine()) as session:
        assert set(session.scalars(select(Issue.author_id))) == {ids[1], ids[2]}, "the third wrote the reviewed one"
        assert len(entries(session, "hand over")) == 1
