"""Who is told of what, what vanishes when, and that nobody is told twice or of what is not theirs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from models.deliveries import handover, lane, orphan_notifications
from models.issues import issue as issues
from models.issues import repair, workflow
from models.issues.block import Prose
from models.issues.content_digest import ContentDigest
from models.issues.issue import Issue
from models.issues.issue_state import IssueState
from models.issues.notifications import inbox, notification, notification_events
from models.issues.notifications.notification import Notification
from models.issues.notifications.notification import NotificationKind as K
from models.manuscript import import_issue
from models.staff import audit, membership
from models.staff import member as members
from models.staff.member import Member
from models.staff.permission import Role
from models.store import clock
from models.store.clock import now, today
from tests.sample import make_newsletter

CONTENT = ContentDigest({"subject": "1" * 64})
AUTHOR, APPROVER, SECOND, SENDER, BOTH, ADMIN = "author", "approver", "second", "sender", "both", "admin"


class Office:
    """A newsletter of two approvals, whoever works for it, and people who must hear nothing."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.newsletter = make_newsletter(session, approvals_needed=2)
        other = make_newsletter(session, "other")
        self.people: dict[str, Member] = {}
        for name, roles in {
            AUTHOR: {Role.AUTHOR}, APPROVER: {Role.APPROVER}, SECOND: {Role.APPROVER, Role.ANALYST},
            SENDER: {Role.SENDER}, BOTH: {Role.AUTHOR, Role.APPROVER, Role.SENDER}, "none": set(),
        }.items():  # fmt: skip
            self.people[name] = members.create(session, f"{name}@example.jp", name, set())
            membership.set_roles(session, self.people[name], roles, self.newsletter.id, by="test")
        self.people[ADMIN] = members.create(session, "admin@example.jp", ADMIN, {Role.ADMINISTRATOR})
        for name in ("elsewhere", "gone", "over"):
            self.people[name] = members.create(session, f"{name}@example.jp", name, set())
            where = other if name == "elsewhere" else self.newsletter
            membership.set_roles(session, self.people[name], {Role.APPROVER, Role.SENDER}, where.id, by="test")
        self.people["gone"].deactivate()
        self.people["over"].term_ends_on = today() - timedelta(days=1)
        self.issue = issues.create(session, self.newsletter, subject="題名", blocks=(Prose(text="本文"),),
                                   author_id=self.people[AUTHOR].id)  # fmt: skip
        session.flush()

    def waiting(self) -> dict[str, list[str]]:
        """By name: the kinds of what waits for them unread, the newest first."""
        self.session.flush()
        found = {name: inbox.page(self.session, one, 1).notifications for name, one in self.people.items()}
        return {name: [one.kind.value for one in rows] for name, rows in found.items() if rows}

    def submit(self, by: str = AUTHOR) -> None:
        workflow.submit(self.session, self.issue, self.people[by])

    def approve(self, *names: str) -> None:
        for name in names:
            workflow.approve(self.session, self.issue, self.people[name], CONTENT)

    def schedule(self, by: str = SENDER) -> None:
        workflow.schedule(self.session, self.issue, now() + timedelta(days=1), self.people[by])


@pytest.fixture
def office(session: Session) -> Office:
    return Office(session)


def test_from_the_draft_to_the_timetable_each_hears_what_waits_for_them_case_b10(office: Office) -> None:
    office.submit()
    assert office.waiting() == {name: ["approval_asked"] for name in (APPROVER, SECOND, BOTH)}
    office.approve(APPROVER)
    assert office.waiting() == {name: ["approval_asked"] for name in (SECOND, BOTH)}, "said yes; another is wanted"
    office.approve(BOTH)
    assert office.waiting() == {AUTHOR: ["approved"], SENDER: ["ready_to_send"]}, "nobody is told of their own doing"
    office.schedule()
    assert office.waiting() == {AUTHOR: ["approved"]}
    office.issue.state = IssueState.SENT
    assert office.waiting() == {}, "once it is out that is no news"


def test_authors_are_not_asked_whoever_said_yes_is_not_asked_again(office: Office) -> None:
    office.submit(by=BOTH)
    assert set(office.waiting()) == {APPROVER, SECOND}, "whoever submits it answers for it"
    office.approve(APPROVER)
    office.issue.edit(subject="別の題名")
    assert office.waiting() == {}, "what was edited waits for nobody"
    office.issue.edit(subject="題名")
    office.submit()
    assert set(office.waiting()) == {APPROVER, SECOND, BOTH}, "who was asked anew says a new yes"
    office.issue.editor_id = office.people[SECOND].id
    assert set(office.waiting()) == {APPROVER, BOTH}, "as where a successor takes over the authorship"


def test_whoever_comes_to_be_an_approver_later_is_asked_too(office: Office) -> None:
    office.submit()
    office.approve(APPROVER)
    inbox.read_all(office.session, office.people[BOTH], 2**31)
    for name in (AUTHOR, "none"):
        membership.set_roles(office.session, office.people[name], {Role.APPROVER}, office.newsletter.id, by="test")
    for _ in "12":
        notification_events.keep_asking(office.session)
    assert office.waiting() == {name: ["approval_asked"] for name in (SECOND, BOTH, "none")}
    assert inbox.count_unread(office.session, office.people[BOTH]) == 0, "who was told is not told again"
    office.session.execute(delete(Notification))
    notification_events.keep_asking(office.session)
    assert set(office.waiting()) == {SECOND, BOTH, "none"}, "as after an upgrade: whoever has said yes is not asked"


def test_sent_back_with_its_reason_until_it_is_submitted_anew(office: Office) -> None:
    office.issue.editor_id = office.people[BOTH].id
    office.submit()
    workflow.send_back(office.session, office.issue, office.people[APPROVER], CONTENT, "日付を a@example.jp に確認")
    assert office.waiting() == {AUTHOR: ["sent_back"], BOTH: ["sent_back"]}
    (told,) = inbox.page(office.session, office.people[AUTHOR], 1).notifications
    assert (told.by, told.reason) == (APPROVER, "日付を a@example.jp に確認")
    office.submit()
    assert set(office.waiting()) == {APPROVER, SECOND}
    workflow.cancel(office.session, office.issue, office.people[SENDER])
    assert office.waiting() == {}, "a cancelled issue waits for nobody"


def test_what_goes_wrong_on_the_way_reaches_whoever_can_mend_it(office: Office) -> None:
    session, issue = office.session, office.issue
    office.submit()
    office.approve(APPROVER, SECOND)
    office.schedule(BOTH)
    issue.trouble = "予定の時刻を過ぎました"
    workflow.unschedule(session, issue, workflow.TIMETABLE)
    assert office.waiting() == {name: ["not_prepared"] for name in (AUTHOR, SENDER, BOTH)}
    office.schedule()
    assert office.waiting() == {}
    workflow.return_changed(session, issue, office.people[SENDER], "記事が変わりました")
    assert office.waiting() == {AUTHOR: ["sent_back"]}
    issue.state, issue.trouble = IssueState.SENDING, "550 no mail for reader@example.jp"
    workflow.pause(session, issue, office.people[SENDER])
    assert office.waiting() == {}, "somebody's own pause is no alarm"
    workflow.resume(session, issue, office.people[SENDER])
    issue.trouble = "550 no mail for reader@example.jp"
    workflow.pause(session, issue, workflow.SENDER)
    assert office.waiting() == {SENDER: ["issue_stopped"], BOTH: ["issue_stopped"]}
    (told,) = inbox.page(session, office.people[SENDER], 1).notifications
    assert told.reason == "550 no mail for [address]", "a relay's answer may name a reader"
    workflow.resume(session, issue, office.people[SENDER])
    workflow.pause(session, issue, office.people[SENDER])
    assert office.waiting() == {}, "it went on since"


def test_a_repair_is_asked_about_once_for_each_content(office: Office) -> None:
    session, issue = office.session, office.issue
    issue.state, issue.frozen_digest = IssueState.PAUSED, issue.digest

    def change(subject: str) -> None:
        content = {"subject": subject, "blocks": issue.blocks}
        import_issue.change(session, issue, content, office.people[AUTHOR])

    change("直した題名")
    change("直した題名")
    assert office.waiting() == {name: ["approval_asked"] for name in (APPROVER, SECOND, BOTH)}
    change("題名")
    assert office.waiting() == {}, "it is again as readers have it"
    change("直した題名")
    workflow.send_back(session, issue, office.people[APPROVER], CONTENT, "もう一度")
    assert office.waiting() == {AUTHOR: ["sent_back"]}
    change("さらに直した題名")
    office.approve(APPROVER)
    assert set(office.waiting()) == {SECOND, BOTH}
    office.approve(SECOND)
    assert office.waiting() == {name: ["approved"] for name in (AUTHOR, SENDER, BOTH)}
    issue.in_repair = False
    assert repair.request(session, issue, office.people[SENDER], ContentDigest({"article:x": "2" * 64})) is False
    assert set(office.waiting()) == {APPROVER, SECOND, BOTH}, "an article was mended, which nobody has approved"


def test_a_lane_that_stops_by_itself_until_somebody_lets_it_go_on(office: Office) -> None:
    session, found = office.session, lane.find(office.session, "docomo")
    for by in (office.people[ADMIN], "kairan lane pause"):
        lane.pause(session, found.id, "点検", by=by)
        assert office.waiting() == {}
        lane.resume(session, found, by="test")
    lane.rest(session, found.id, "421 try later", by="relay")
    assert office.waiting() == {}, "it goes on by itself"
    lane.pause(session, found.id, "550 blocked", by="relay")
    lane.pause(session, found.id, "550 blocked", by="relay")
    assert office.waiting() == {ADMIN: ["lane_stopped"]}
    lane.resume(session, found, by=office.people[ADMIN])
    assert office.waiting() == {}


def test_an_orphaned_schedule_is_told_once_each_time_somebody_goes(office: Office) -> None:
    session, issue = office.session, office.issue
    office.submit()
    office.approve(APPROVER, SECOND)
    office.schedule()
    notification.end(session, issue=issue)

    def looked() -> dict[str, list[str]]:
        orphan_notifications.update(session)
        orphan_notifications.update(session)
        return office.waiting()

    assert looked() == {}
    membership.set_roles(session, office.people[SENDER], set(), office.newsletter.id, by="test")
    assert looked() == {BOTH: ["orphaned"]}
    membership.set_roles(session, office.people["none"], {Role.SENDER}, office.newsletter.id, by="test")
    assert looked() == {BOTH: ["orphaned"], "none": ["orphaned"]}, "whoever comes later is told, too"
    inbox.read_all(session, office.people[BOTH], 2**31)
    membership.set_roles(session, office.people[SENDER], {Role.SENDER}, office.newsletter.id, by="test")
    assert looked() == {}, "they are back"
    membership.set_roles(session, office.people[SENDER], set(), office.newsletter.id, by="test")
    assert looked() == {BOTH: ["orphaned"], "none": ["orphaned"]}
    assert inbox.count_unread(session, office.people[BOTH]) == 1, "gone again is news again"
    handover.take_over(session, issue, office.people[BOTH])
    assert office.waiting() == {}


def test_what_somebody_may_not_do_any_more_is_not_shown_to_them(office: Office) -> None:
    office.submit()
    approver = office.people[APPROVER]
    membership.set_roles(office.session, approver, {Role.AUTHOR}, office.newsletter.id, by="test")
    assert set(office.waiting()) == {SECOND, BOTH}
    membership.set_roles(office.session, approver, {Role.APPROVER}, office.newsletter.id, by="test")
    assert set(office.waiting()) == {APPROVER, SECOND, BOTH}
    approver.active = False
    assert inbox.count_unread(office.session, approver) == 0
    approver.active, approver.term_ends_on = True, today() - timedelta(days=1)
    assert inbox.count_unread(office.session, approver) == 0


def test_an_event_that_is_told_twice_is_one_notification(office: Office) -> None:
    entry = audit.record(office.session, "test", "fail preparing", f"issue/{office.issue.id}")
    for _ in "12":
        notification.end(office.session, issue=office.issue)
        notification_events.not_prepared(office.session, office.issue, entry, "理由")
    rows = select(Notification.member_id, func.count()).group_by(Notification.member_id)
    assert {count for _, count in office.session.execute(rows)} == {1}


def test_old_ones_are_removed_and_newer_ones_stay(office: Office) -> None:
    office.submit()
    with clock.moved(inbox.KEEP - timedelta(minutes=1)):
        assert inbox.forget_old(office.session) == 0
        notification.tell(office.session, K.APPROVED, "later", [office.people[AUTHOR]], issue=office.issue)
    with clock.moved(inbox.KEEP + timedelta(minutes=1)):
        assert inbox.forget_old(office.session) == 3
    left = office.session.scalars(select(Notification.event)).all()
    assert left == ["later"]


def test_nothing_is_told_of_an_event_that_was_taken_back(office: Office) -> None:
    with office.session.begin_nested() as step:
        office.submit()
        assert office.waiting()
        step.rollback()
    office.session.expire_all()
    assert office.waiting() == {}
    assert office.session.get_one(Issue, office.issue.id).state is IssueState.DRAFT
