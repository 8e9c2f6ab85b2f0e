"""Many complaints about an issue, many unknown mailboxes in a lane: when staff are told, and what pauses."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from pydantic import ValidationError
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

import settings
from models import migrations
from models.bounces import consequences
from models.bounces.alarms import complaint_alarm, lane_alarm
from models.bounces.alarms.complaint_alarm import ComplaintAlarm
from models.bounces.bounce_class import BounceClass
from models.deliveries import lane as lanes
from models.deliveries.delivery import Delivery, DeliveryState
from models.deliveries.lane import Lane
from models.deliveries.lease import Lease
from models.deliveries.letters import letter_tally
from models.deliveries.letters.letter_report import LetterReport
from models.deliveries.letters.letter_tally import LetterTally
from models.issues import workflow
from models.issues.issue import Issue
from models.issues.issue_state import IssueState
from models.issues.newsletter import Newsletter
from models.issues.notifications.notification import Notification, NotificationKind
from models.readers.subscriber import Subscription, SubscriptionState
from models.staff import member as members
from models.staff.audit import AuditEntry
from models.staff.permission import Role
from models.store import clock, db

from ...sample import make_newsletter, make_reader, make_sent
from .test_consequences import report

B, K = BounceClass, NotificationKind
LANE = 1


def handed_over(session: Session, issue: Issue, **kinds: int) -> None:
    """Letters of an issue that relays have answered."""
    letter_tally.add(session, Lease(issue.id, issue.id, issue.newsletter_id, LANE, 1), kinds)


def sending(
    session: Session, home: Newsletter, readers: list[Subscription], subject: str = "号", **kinds: int
) -> Issue:
    """An issue on its way, of which *readers* have got letters."""
    issue = make_sent(session, home, subject, days_ago=0)
    issue.state = IssueState.SENDING
    for one in readers:
        session.add(Delivery(issue_id=issue.id, subscriber_id=one.subscriber_id, edition=1, lane_id=LANE, attempts=1,
                             batch_id=issue.id, state=DeliveryState.ACCEPTED, at=clock.now()))  # fmt: skip
    handed_over(session, issue, **kinds)
    session.flush()
    return issue


def make_readers(session: Session, home: Newsletter, count: int) -> list[Subscription]:
    return [make_reader(session, home, f"reader{number}@example.jp") for number in range(count)]


def acts(session: Session, *names: str) -> list[str]:
    query = select(AuditEntry.action).where(AuditEntry.action.in_(names))
    return list(session.scalars(query.order_by(AuditEntry.number)))


def told(session: Session) -> list[NotificationKind]:
    """What waits for the only person who sends."""
    query = select(Notification.kind).where(Notification.ended_at.is_(None)).order_by(Notification.id)
    return list(session.scalars(query))


ALARMS = ("warn of complaints", "pause issue", "resume issue")


def test_complaints_warn_then_pause_and_pause_again_only_where_they_have_grown(session: Session) -> None:
    home = make_newsletter(session)
    members.create(session, "s@example.jp", "配信 担当", {Role.SENDER})
    readers = make_readers(session, home, 38)
    issue = sending(session, home, readers, accepted=4000)
    complaining = iter(readers)

    def complain(count: int) -> None:
        for _ in range(count):
            assert report(session, issue, next(complaining), B.COMPLAINT) is consequences.Consequence.SUPPRESSED

    complain(4)
    assert (told(session), acts(session, *ALARMS)) == ([K.COMPLAINED], []), "four are chance"
    complain(1)
    assert (told(session), acts(session, *ALARMS)) == ([K.COMPLAINTS_MANY], ["warn of complaints"])
    complain(7)
    assert issue.state is IssueState.SENDING, "0.3 % is not over 0.3 %"
    assert told(session) == [K.COMPLAINTS_MANY], "told once"
    complain(1)
    assert (issue.state, issue.trouble[:2]) == (IssueState.PAUSED, "この")
    assert "4,000" in issue.trouble
    assert "0.33" in issue.trouble
    assert (told(session), acts(session, *ALARMS)) == ([K.ISSUE_STOPPED], ["warn of complaints", "pause issue"])
    # What comes while it is paused is known when it goes on, and is no reason to pause it for.
    complain(3)
    workflow.resume(session, issue, "test")
    complain(4)
    complaint_alarm.judge(session, issue.id)
    assert (issue.state, told(session)) == (IssueState.SENDING, [])
    # Further ones alone are over the share, of all letters so far.
    handed_over(session, issue, accepted=3000)
    complain(17)
    assert issue.state is IssueState.SENDING, "21 of 7,000"
    complain(1)
    assert issue.state is IssueState.PAUSED
    assert acts(session, *ALARMS) == ["warn of complaints", "pause issue", "resume issue", "pause issue"]
    assert told(session) == [K.ISSUE_STOPPED]
    # Once it is out, staff are told no more of it.
    workflow.resume(session, issue, "test")
    issue.state = IssueState.SENT
    for number in range(6):
        late = make_reader(session, home, f"late{number}@example.jp")
        session.add(Delivery(issue_id=issue.id, subscriber_id=late.subscriber_id, edition=1, lane_id=LANE, attempts=1,
                             batch_id=issue.id, state=DeliveryState.ACCEPTED, at=clock.now()))  # fmt: skip
        report(session, issue, late, B.COMPLAINT)
    assert (told(session), acts(session, *ALARMS)[-1]) == ([], "resume issue")
    detail = session.scalars(select(AuditEntry.detail).where(AuditEntry.action == "warn of complaints")).one()
    assert (detail["complaints"], detail["letters"], detail["percent"]) == (5, 4000, 0.12)


def test_an_issue_that_is_out_is_told_of_and_not_paused(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    home = make_newsletter(session)
    members.create(session, "s@example.jp", "配信 担当", {Role.SENDER})
    readers = make_readers(session, home, 12)
    issue = sending(session, home, readers, accepted=50)
    issue.state = IssueState.SENT
    report(session, issue, readers[0], B.COMPLAINT)
    assert told(session) == [K.COMPLAINED], "one of fifty is chance"
    for one in readers:
        report(session, issue, one, B.COMPLAINT)
    assert session.get_one(ComplaintAlarm, issue.id).complaints == 12, "one for a letter, however often told"
    assert (issue.state, told(session)) == (IssueState.SENT, [K.COMPLAINTS_MANY])
    assert acts(session, *ALARMS) == ["warn of complaints"]
    # Of letters that were never counted, nothing is a share.
    old = sending(session, home, readers, "旧号")
    for one in readers:
        report(session, old, one, B.COMPLAINT)
    assert old.state is IssueState.SENDING


def test_complaints_that_come_at_once_pause_once(database: Engine) -> None:
    with db.session_scope() as session:
        home = make_newsletter(session)
        members.create(session, "s@example.jp", "配信 担当", {Role.SENDER})
        readers = make_readers(session, home, 24)
        issue_id = sending(session, home, readers, accepted=8000).id
        ids = [one.subscriber_id for one in readers]

    def complain(subscriber_id: int) -> None:
        with db.session_scope() as session:
            person = consequences.lock_reader(session, subscriber_id)
            assert person is not None
            consequences.follow(session, person, issue_id, B.COMPLAINT, source="mail/1", at=clock.now())

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(complain, [*ids, *ids]))
    with db.session_scope() as session:
        assert session.get_one(ComplaintAlarm, issue_id).complaints == 24
        assert acts(session, *ALARMS) == ["warn of complaints"], "0.3 % is not over"
        last = make_reader(session, session.get_one(Issue, issue_id).newsletter, "last@example.jp").subscriber_id
        session.add(Delivery(issue_id=issue_id, subscriber_id=last, edition=1, lane_id=LANE, attempts=1,
                             state=DeliveryState.ACCEPTED, at=clock.now()))  # fmt: skip
    # Whoever holds the issue is not waited for: the sweep pauses it.
    with db.session_scope() as busy:
        busy.scalars(select(Issue.id).with_for_update(key_share=True)).all()
        complain(last)
    with db.session_scope() as session:
        assert complaint_alarm.on_their_way(session) == [issue_id]
        complaint_alarm.judge(session, issue_id)
    with db.session_scope() as session:
        assert session.get_one(Issue, issue_id).state is IssueState.PAUSED
        assert acts(session, *ALARMS) == ["warn of complaints", "pause issue"]
        assert told(session) == [K.ISSUE_STOPPED]
        counted = select(func.sum(LetterTally.letters)).where(LetterTally.kind == "complaint")
        assert session.scalar(counted) == 25


def test_unknown_mailboxes_pause_a_lane_whether_told_at_once_or_later(session: Session) -> None:
    home = make_newsletter(session)
    person = members.create(session, "a@example.jp", "管理 担当", {Role.ADMINISTRATOR})
    lane = session.get_one(Lane, LANE)
    readers = make_readers(session, home, 60)
    large = sending(session, home, [], "大", accepted=100_000)
    small = sending(session, home, readers, "小", accepted=290, no_such_mailbox=10)
    unknown = iter(readers)

    def come_back(count: int, kind: BounceClass = B.NO_SUCH_MAILBOX) -> None:
        for _ in range(count):
            report(session, small, next(unknown), kind)

    lane_alarm.judge(session)
    come_back(20)
    come_back(5, B.MAILBOX_FULL)
    assert lane.paused_at is None, "a tenth is not over a tenth; a full mailbox is somebody's"
    assert session.get_one(Lane, 2).paused_at is None
    come_back(1)
    assert lane.pause_reason == "直近の300通のうち31通が、宛先不明で戻りました"
    assert (told(session), acts(session, "pause lane")) == ([K.LANE_STOPPED], ["pause lane"])
    come_back(1)
    assert acts(session, "pause lane") == ["pause lane"]
    # Who lets it go on knows of what was handed over before, also where that comes back later.
    lanes.resume(session, lane, by=person)
    come_back(20)
    lane_alarm.judge(session)
    assert (lane.paused_at, told(session)) == (None, [])
    handed_over(session, large, accepted=150, no_such_mailbox=49)
    lane_alarm.judge(session)
    assert lane.paused_at is None, "199 letters are too few"
    handed_over(session, small, accepted=1)
    lane_alarm.judge(session, LANE)
    assert lane.pause_reason == "直近の200通のうち49通が、宛先不明で戻りました", "of two issues together"
    assert acts(session, "pause lane", "resume lane") == ["pause lane", "resume lane", "pause lane"]


def test_refusals_of_the_sender_pause_a_lane_and_end_no_reader(session: Session) -> None:
    home = make_newsletter(session)
    members.create(session, "a@example.jp", "管理 担当", {Role.ADMINISTRATOR})
    lane = session.get_one(Lane, LANE)
    readers = make_readers(session, home, 12)
    issue = sending(session, home, readers, accepted=200)
    for number, reader in enumerate(readers[:10]):
        report(session, issue, reader, B.POLICY if number % 2 else B.REFUSED_AS_SPAM)
    report(session, issue, readers[11], B.CONTENT)
    assert lane.paused_at is None, "a twentieth is not over a twentieth; what a letter holds is not who sends it"
    report(session, issue, readers[10], B.POLICY)
    assert lane.pause_reason == "直近の200通のうち11通が、迷惑メール判定や受信側の規則による拒否で戻りました"
    assert (told(session), acts(session, "pause lane")) == ([K.LANE_STOPPED], ["pause lane"])
    assert lane_alarm.has_paused(lane)
    assert not lane_alarm.is_unknown(lane.pause_reason)
    assert all(reader.state is SubscriptionState.ACTIVE for reader in readers)
    assert acts(session, "suppress") == []


def test_a_letter_counts_on_the_day_on_which_it_was_handed_over(session: Session) -> None:
    home = make_newsletter(session)
    readers = make_readers(session, home, 4)
    noon = clock.now().astimezone(clock.TOKYO).replace(hour=12, minute=0, second=0, microsecond=0)
    with clock.moved(noon - clock.now()):
        issue = sending(session, home, readers, accepted=4)
        with clock.moved(timedelta(days=3)):
            report(session, issue, readers[0], B.NO_SUCH_MAILBOX)
            report(session, issue, readers[0], B.NETWORK)
            report(session, issue, readers[1], B.NETWORK)
            report(session, issue, readers[2], B.COMPLAINT)
            lane_alarm.judge(session)
    rows = session.execute(select(LetterTally.since, LetterTally.kind, LetterTally.later, LetterTally.letters))
    day = noon.replace(hour=0)
    assert {tuple(row) for row in rows} == {
        (day, "accepted", False, 4), (day, "no_such_mailbox", True, 1), (day, "network", True, 1),
        (day, "complaint", True, 1),
    }  # fmt: skip
    assert len(session.scalars(select(LetterReport)).all()) == 4
    with clock.moved(timedelta(days=410)):
        assert letter_tally.forget_old(session) == 4
    assert session.scalars(select(LetterTally)).all() == []


def test_a_report_that_came_before_the_answer_counts_once_it_is_recorded(session: Session) -> None:
    home = make_newsletter(session)
    [reader] = make_readers(session, home, 1)
    issue = sending(session, home, [reader])
    delivery = session.scalars(select(Delivery)).one()
    delivery.state = DeliveryState.SENDING
    report(session, issue, reader, B.NO_SUCH_MAILBOX)
    assert session.scalars(select(LetterTally)).all() == []
    delivery.state = DeliveryState.ACCEPTED
    session.flush()
    assert consequences.amend_waiting(session, issue.id) == 1
    assert session.scalars(select(LetterTally.kind)).all() == ["no_such_mailbox"]


def test_thresholds_are_settings(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = settings.get().model_copy(update={"complaint_least": 1, "complaint_pause_percent": 100.0,
                                               "complaint_warning_percent": 50.0})  # fmt: skip
    monkeypatch.setattr(settings, "get", lambda: chosen)
    home = make_newsletter(session)
    readers = make_readers(session, home, 2)
    issue = sending(session, home, readers, accepted=2)
    report(session, issue, readers[0], B.COMPLAINT)
    assert acts(session, *ALARMS) == [], "a half is not over a half"
    report(session, issue, readers[1], B.COMPLAINT)
    assert (issue.state, acts(session, *ALARMS)) == (IssueState.SENDING, ["warn of complaints"]), "100: never"


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"complaint_warning_percent": 0.5}, "at least the 0.5 of COMPLAINT_WARNING_PERCENT"),
        ({"complaint_pause_percent": 0}, "greater than 0"),
        ({"unknown_pause_percent": 101}, "less than or equal to 100"),
        ({"complaint_least": 0}, "greater than or equal to 1"),
        ({"hook_limit": "often"}, "hook_limit"),
    ],
)
def test_thresholds_that_make_no_sense_are_refused(values: dict[str, object], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        settings.Settings(**values)  # type: ignore[arg-type]


def test_sums_of_the_last_days_are_made_by_the_migration(session: Session) -> None:
    home = make_newsletter(session)
    readers = make_readers(session, home, 6)
    issue = sending(session, home, readers[:5], accepted=5, no_such_mailbox=1)
    session.add(Delivery(issue_id=issue.id, subscriber_id=readers[5].subscriber_id, edition=1, lane_id=LANE, attempts=1,
                         batch_id=issue.id, state=DeliveryState.BOUNCED, at=clock.now()))  # fmt: skip
    for reader, kind in zip(readers, (B.NO_SUCH_MAILBOX, B.NETWORK, B.COMPLAINT), strict=False):
        report(session, issue, reader, kind)
    old = sending(session, home, readers[:1], "旧号")
    old.prepared_at = clock.now() - timedelta(days=20)
    session.flush()

    def counted() -> list[tuple[object, ...]]:
        rows = session.execute(text("SELECT * FROM letter_tally ORDER BY kind, later"))
        return [tuple(row) for row in rows]

    before, revision = counted(), ScriptDirectory.from_config(migrations.configuration()).get_revision("0045").module
    assert len(before) == 5
    with Operations.context(MigrationContext.configure(session.connection())):
        revision.downgrade()
        revision.upgrade()
    assert counted() == before
    session.expire_all()
    assert session.get_one(ComplaintAlarm, issue.id).complaints == 1
