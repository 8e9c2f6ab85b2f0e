"""What follows from reports on letters: who is suppressed, when, and what becomes of outcome and certificate."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.bounces import consequences, streak
from models.bounces.bounce_class import BounceClass
from models.bounces.consequences import Consequence
from models.deliveries import certificate, kept_certificate
from models.deliveries.delivery import Attempt, Batch, Delivery, DeliveryState
from models.deliveries.letters import failed, letter_list
from models.deliveries.letters.letter_list import LetterKind
from models.deliveries.letters.letter_report import LetterReport
from models.deliveries.preparation import Preparation
from models.issues.issue import Issue
from models.issues.newsletter import Newsletter
from models.issues.notifications.notification import Notification
from models.privacy import own_data
from models.readers import suppression
from models.readers.address_change import AddressChange
from models.readers.by_staff import mail_stop
from models.readers.subscriber import Subscription, SubscriptionState
from models.readers.suppression import SuppressionReason
from models.reports import reach
from models.staff import member as members
from models.staff.permission import Role
from models.store import clock

from ...sample import make_newsletter, make_reader, make_sent

B = BounceClass
SOFT = [B.MAILBOX_FULL, B.REFUSED_BY_READER, B.REFUSED_AS_SPAM, B.POLICY, B.TOO_LARGE, B.CONTENT, B.NETWORK,
        B.UNKNOWN_FAILURE]  # fmt: skip


@pytest.fixture
def home(session: Session) -> Newsletter:
    return make_newsletter(session)


@pytest.fixture
def reader(session: Session, home: Newsletter) -> Subscription:
    return make_reader(session, home)


def deliver(
    session: Session, issue: Issue, *readers: Subscription, state: DeliveryState = DeliveryState.ACCEPTED
) -> Issue:
    for one in readers:
        session.add(
            Delivery(issue_id=issue.id, subscriber_id=one.subscriber_id, edition=1, lane_id=1, state=state, attempts=1,
                     code=250, enhanced="2.0.0", answer="queued as 4711", relay="relay.example:25", at=issue.sent_at)
        )  # fmt: skip
    session.merge(Preparation(issue_id=issue.id, targeted=len(readers), left_out=0, editions=1, batches=1))
    session.flush()
    return issue


def report(
    session: Session, issue: Issue, reader: Subscription, kind: BounceClass, address: str = "", reason: str = "no"
) -> Consequence:
    person = consequences.lock_reader(session, reader.subscriber_id)
    assert person is not None
    return consequences.follow(
        session, person, issue.id, kind, source="mail/1", at=clock.now(), reason=reason, status="5.1.1",
        address=address,
    )  # fmt: skip


def reasons(session: Session, reader: Subscription) -> list[SuppressionReason]:
    key = reader.subscriber.address_key
    return [one.reason for one in suppression.find(session, key or "", reader.newsletter_id)]


@pytest.mark.parametrize("kind", [B.NO_SUCH_MAILBOX, B.DISABLED])
def test_an_address_that_is_gone_is_suppressed_at_once_and_the_certificate_tells_both(
    session: Session, home: Newsletter, reader: Subscription, kind: BounceClass
) -> None:
    other = make_reader(session, home, "other@example.jp")
    issue = deliver(session, make_sent(session, home, "一"), reader, other)
    last_at = certificate.compute(session, issue).last_at
    assert (
        report(session, issue, reader, kind, "Reader@EXAMPLE.jp", "<reader@example.jp> gone") is Consequence.SUPPRESSED
    )
    assert report(session, issue, reader, kind) is Consequence.KNOWN
    assert (reasons(session, reader), reader.state) == ([SuppressionReason.BOUNCED], SubscriptionState.ENDED)
    assert (reasons(session, other), other.state) == ([], SubscriptionState.ACTIVE)
    drawn = certificate.compute(session, issue)
    assert drawn.counts == {DeliveryState.ACCEPTED: 1, DeliveryState.BOUNCED: 1}
    assert (drawn.returned, drawn.difference, drawn.last_at) == (1, 0, last_at)
    kept = session.scalars(select(LetterReport)).one()
    assert (kept.first_state, kept.first_answer, kept.first_at) == (
        DeliveryState.ACCEPTED, "queued as 4711", issue.sent_at,
    )  # fmt: skip
    assert "reader@example.jp" not in kept.reason
    [listed] = letter_list.of(session, issue, LetterKind.BOUNCED)
    assert listed.subscriber_id == reader.subscriber_id
    # Staff lift it with a note, and the reader gets letters again.
    by = members.create(session, "a@example.jp", "職員", {Role.ADMINISTRATOR})
    mail_stop.lift(session, reader, "電話で確認", by)
    assert (reasons(session, reader), reader.state) == ([], SubscriptionState.ACTIVE)


def test_a_mailbox_elsewhere_is_not_the_readers(session: Session, home: Newsletter, reader: Subscription) -> None:
    issue = deliver(session, make_sent(session, home, "一"), reader)
    assert report(session, issue, reader, B.NO_SUCH_MAILBOX, "forwarded@mail.example") is Consequence.NOTED
    assert (reasons(session, reader), reader.state) == ([], SubscriptionState.ACTIVE)
    assert session.scalars(select(LetterReport.kind)).all() == ["unknown_failure"]


def test_one_letter_that_came_back_for_passing_reasons_ends_nothing_and_is_not_sent_again(
    session: Session, home: Newsletter
) -> None:
    issue = make_sent(session, home, "一")
    readers = [make_reader(session, home, f"reader{number}@example.jp") for number in range(len(SOFT))]
    deliver(session, issue, *readers)
    for one, kind in zip(readers, SOFT, strict=True):
        assert report(session, issue, one, kind) is Consequence.NOTED
        assert (reasons(session, one), one.state) == ([], SubscriptionState.ACTIVE)
    assert set(session.scalars(select(Delivery.state))) == {DeliveryState.FAILED}
    assert len(letter_list.of(session, issue, LetterKind.FAILED)) == len(SOFT)
    assert failed.count_by_lane(session, issue) == []


@pytest.mark.parametrize(
    ("kind", "days_ago", "ends"),
    [
        (B.NETWORK, [40, 20, 1], True),
        (B.NETWORK, [25, 13, 1], False),  # too few days
        (B.NETWORK, [60, 1], False),  # too few issues
        (B.MAILBOX_FULL, [60, 40, 20, 1], False),
        (B.MAILBOX_FULL, [80, 60, 40, 20, 1], True),
        (B.REFUSED_BY_READER, [120, 100, 80, 60, 40, 20, 1], False),
        (B.POLICY, [120, 100, 80, 60, 40, 20, 1], False),
        (B.REFUSED_AS_SPAM, [120, 100, 80, 60, 40, 20, 1], False),
    ],
)
def test_several_issues_in_a_row_over_a_month(
    session: Session, home: Newsletter, reader: Subscription, kind: BounceClass, days_ago: list[int], ends: bool
) -> None:
    followed = []
    for number, ago in enumerate(days_ago):
        issue = deliver(session, make_sent(session, home, str(number), days_ago=ago), reader)
        followed.append(report(session, issue, reader, kind))
    assert followed == [Consequence.NOTED] * (len(days_ago) - 1) + [
        Consequence.SUPPRESSED if ends else Consequence.NOTED
    ]
    assert reasons(session, reader) == ([SuppressionReason.BOUNCED] if ends else [])
    assert (reader.state is SubscriptionState.ENDED) is ends


def test_a_letter_that_was_taken_begins_anew_whatever_newsletter_it_is_of(
    session: Session, home: Newsletter, reader: Subscription
) -> None:
    other = make_newsletter(session, "other")
    for number, ago in enumerate([100, 80]):
        report(
            session, deliver(session, make_sent(session, home, str(number), days_ago=ago), reader), reader, B.NETWORK
        )
    assert streak.of(session, reader.subscriber_id)[:2] == (2, 0)
    # Neither one that the reader's filter refused, nor one that a relay refused, says anything.
    report(session, deliver(session, make_sent(session, home, "x", days_ago=70), reader), reader, B.REFUSED_BY_READER)
    deliver(session, make_sent(session, home, "y", days_ago=65), reader, state=DeliveryState.BOUNCED)
    assert streak.of(session, reader.subscriber_id).issues == 2
    deliver(session, make_sent(session, other, "taken", days_ago=60), reader)
    assert streak.of(session, reader.subscriber_id).issues == 0
    last = deliver(session, make_sent(session, home, "z", days_ago=1), reader)
    assert report(session, last, reader, B.NETWORK) is Consequence.NOTED
    assert streak.of(session, reader.subscriber_id).issues == 1


def test_reports_on_a_daily_newsletter_lag_by_some_issues(
    session: Session, home: Newsletter, reader: Subscription
) -> None:
    issues, followed, lag = [], [], 3
    for day in range(-60, 0):
        with clock.moved(timedelta(days=day)):
            issues.append(deliver(session, make_sent(session, home, str(day), days_ago=0), reader))
            if len(issues) > lag:
                followed.append(report(session, issues[-1 - lag], reader, B.MAILBOX_FULL))
        if followed[-1:] == [Consequence.SUPPRESSED]:
            break
    assert len(followed) == 31, "thirty days lie between the first and the last"
    assert set(followed[:-1]) == {Consequence.NOTED}


def test_a_daily_newsletter_that_arrives_again_begins_anew_once_nothing_can_come_back(
    session: Session, home: Newsletter, reader: Subscription
) -> None:
    for day in range(-40, 0):
        with clock.moved(timedelta(days=day)):
            issue = deliver(session, make_sent(session, home, str(day), days_ago=0), reader)
            if day < -31 or day == -1:
                assert report(session, issue, reader, B.MAILBOX_FULL) is Consequence.NOTED
            if day in (-31, -26, -24):
                assert streak.of(session, reader.subscriber_id).issues == (0 if day == -24 else 9)
    assert streak.of(session, reader.subscriber_id).issues == 1


def test_a_complaint_ends_this_newsletter_for_its_reader_and_staff_hear_of_it_once(
    session: Session, home: Newsletter, reader: Subscription
) -> None:
    sender = members.create(session, "s@example.jp", "配信 担当", {Role.SENDER})
    other = make_newsletter(session, "other")
    second = make_reader(session, home, "second@example.jp")
    issue = deliver(session, make_sent(session, home, "一"), reader, second)
    assert report(session, issue, reader, B.COMPLAINT) is Consequence.SUPPRESSED
    assert report(session, issue, second, B.COMPLAINT) is Consequence.SUPPRESSED
    assert reasons(session, reader) == [SuppressionReason.COMPLAINED]
    assert suppression.find(session, "reader@example.jp", other.id) == []
    assert session.get_one(Delivery, (issue.id, reader.subscriber_id)).state is DeliveryState.ACCEPTED
    told = session.scalars(select(Notification)).all()
    assert [(one.member_id, one.kind.value, one.issue_id) for one in told] == [(sender.id, "complained", issue.id)]


@pytest.mark.parametrize("kind", [B.DELAYED, B.DELIVERED, B.AUTO_REPLY, B.UNSUBSCRIBE_REQUEST, B.OTHER])
def test_what_is_no_failure_changes_nothing(
    session: Session, home: Newsletter, reader: Subscription, kind: BounceClass
) -> None:
    issue = deliver(session, make_sent(session, home, "一"), reader)
    assert report(session, issue, reader, kind) is Consequence.NOTHING
    assert session.scalars(select(LetterReport)).all() == []
    assert session.get_one(Delivery, (issue.id, reader.subscriber_id)).state is DeliveryState.ACCEPTED


def test_letters_that_were_never_sent_have_no_reports(session: Session, home: Newsletter, reader: Subscription) -> None:
    issue = deliver(session, make_sent(session, home, "一"), reader, state=DeliveryState.SUPPRESSED)
    assert report(session, issue, reader, B.NO_SUCH_MAILBOX) is Consequence.NOTHING
    other = make_reader(session, home, "other@example.jp")
    assert report(session, issue, other, B.COMPLAINT) is Consequence.NOTHING
    assert consequences.lock_reader(session, 10**9) is None
    assert reasons(session, reader) == []


def test_a_report_before_the_outcome_waits_for_it(session: Session, home: Newsletter, reader: Subscription) -> None:
    issue = deliver(session, make_sent(session, home, "一"), reader, state=DeliveryState.SENDING)
    assert report(session, issue, reader, B.NO_SUCH_MAILBOX) is Consequence.SUPPRESSED
    delivery = session.get_one(Delivery, (issue.id, reader.subscriber_id))
    assert delivery.state is DeliveryState.SENDING
    delivery.state = DeliveryState.ACCEPTED
    assert consequences.amend_waiting(session, issue.id) == 1
    assert consequences.amend_waiting(session, issue.id) == 0
    assert delivery.state is DeliveryState.BOUNCED
    assert session.scalars(select(Attempt.kind)).all() == ["returned"]


def test_a_report_on_an_erased_readers_letter_does_no_harm(
    session: Session, home: Newsletter, reader: Subscription
) -> None:
    issue = deliver(session, make_sent(session, home, "一"), reader)
    own_data.erase(session, reader.subscriber)
    assert report(session, issue, reader, B.NO_SUCH_MAILBOX) is Consequence.NOTED
    assert report(session, issue, reader, B.COMPLAINT) is Consequence.NOTED
    assert reader.ended_reason == "erased"
    assert certificate.compute(session, issue).counts == {DeliveryState.BOUNCED: 1}


def test_where_a_tenth_of_a_lane_is_gone_our_sender_is_suspected(session: Session, home: Newsletter) -> None:
    issue = make_sent(session, home, "一")
    readers = [make_reader(session, home, f"reader{number}@example.jp") for number in range(23)]
    deliver(session, issue, *readers)
    session.add(Batch(issue_id=issue.id, lane_id=1, number=1, size=len(readers)))
    followed = [report(session, issue, one, B.NO_SUCH_MAILBOX) for one in readers]
    assert followed == [Consequence.SUPPRESSED] * 20 + [Consequence.NOTED] * 3


def test_an_address_that_the_reader_has_given_up_says_nothing_of_the_new_one(
    session: Session, home: Newsletter, reader: Subscription
) -> None:
    issue = deliver(session, make_sent(session, home, "一"), reader)
    session.add(AddressChange(subscriber_id=reader.subscriber_id, done_at=clock.now() - timedelta(hours=1)))
    assert report(session, issue, reader, B.NO_SUCH_MAILBOX) is Consequence.NOTED
    assert reasons(session, reader) == []


def test_kept_certificates_and_counts_follow_within_the_hour(
    session: Session, home: Newsletter, reader: Subscription
) -> None:
    issue = deliver(session, make_sent(session, home, "一", days_ago=60), reader)
    session.merge(Preparation(issue_id=issue.id, targeted=kept_certificate.FEW + 1, left_out=0, editions=1, batches=1))
    reach.refresh(session, [issue.id])
    assert kept_certificate.draw(session, issue).returned == 0
    assert issue.id not in {*kept_certificate.undrawn(session), *reach.stale(session)}
    report(session, issue, reader, B.NO_SUCH_MAILBOX)
    shown = kept_certificate.find(session, issue)
    assert shown is not None
    assert (shown.returned, shown.counts) == (0, {DeliveryState.ACCEPTED: 1}), "as it was when it was drawn"
    assert issue.id not in {*kept_certificate.undrawn(session), *reach.stale(session)}
    with clock.moved(timedelta(minutes=61)):
        assert issue.id in kept_certificate.undrawn(session)
        assert issue.id in reach.stale(session)
        drawn = kept_certificate.draw(session, issue)
        reach.refresh(session, [issue.id])
        assert issue.id not in {*kept_certificate.undrawn(session), *reach.stale(session)}
    assert (drawn.returned, drawn.counts) == (1, {DeliveryState.BOUNCED: 1})
