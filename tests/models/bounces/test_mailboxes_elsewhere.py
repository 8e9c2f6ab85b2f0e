"""True reports about a mailbox that is not the reader's: a group's member, or where mail is forwarded to."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.bounces import bounce, consequences, judge, returned_mail, streak
from models.bounces.bounce_class import BounceClass
from models.bounces.consequences import Consequence
from models.bounces.returned_mail import ReturnedMail
from models.deliveries.delivery import Delivery, DeliveryState, message_id_maker
from models.deliveries.letters.letter_report import LetterReport
from models.issues.newsletter import Newsletter
from models.readers.subscriber import Subscription, SubscriptionState
from models.store import clock

from ...sample import make_newsletter, make_reader, make_sent
from .returned_mail import fields, message, report
from .test_consequences import deliver

ALL, MEMBER, OFFICE = "all@office.example", "b@office.example", "ict@example.lg.jp"
GONE = "550 5.1.1 user unknown"
B = BounceClass


@pytest.fixture
def home(session: Session) -> Newsletter:
    return make_newsletter(session)


@pytest.fixture
def reader(session: Session, home: Newsletter) -> Subscription:
    return make_reader(session, home, ALL)


def in_two_lines(word: str) -> bytes:
    """A notice in plain text, as Exim and sendmail write it."""
    return message(
        "This message was created automatically by mail delivery software.\n\nThe following address failed:\n\n"
        f"<{MEMBER}>\n    ({word} from: <{ALL}>)\n    {GONE}\n\n------ This is a copy of the message ------\n\n"
        f"From: <{OFFICE}>\nTo: {ALL}\nMessage-ID: <1@news.example>\n\nx\n"
    )


REPORTS = {
    "Postfix, a virtual alias": report(fields(MEMBER, answer=GONE, Original_Recipient=f"rfc822;{ALL}"), to=ALL),
    "sendmail, an alias": report(fields(ALL, answer=GONE, X_Actual_Recipient=f"rfc822; {MEMBER}"), to=ALL),
    "Exim, in words": in_two_lines("generated"),
    "sendmail, in words": in_two_lines("expanded"),
    "no ORCPT": report(fields(MEMBER, answer=GONE), to=ALL),
}


@pytest.mark.parametrize("raw", REPORTS.values(), ids=REPORTS)
def test_a_group_is_not_struck_by_what_became_of_a_member(
    session: Session, home: Newsletter, reader: Subscription, raw: bytes
) -> None:
    for number, days_ago in enumerate((80, 40, 1)):
        issue = deliver(session, make_sent(session, home, str(number), days_ago=days_ago), reader)
        ours = message_id_maker(issue)(reader.subscriber_id).encode()
        told = raw.replace(b"<1.a@news.example>", ours).replace(b"<1@news.example>", ours)
        assert ours in told
        returned_mail.take_in(session, told, way="lmtp")
        [digest] = judge.begin(session, 5).together
        assert judge.judge(session, digest)
        mail = session.get_one(ReturnedMail, digest)
        assert (mail.kind, mail.proof, mail.consequence) == ("no_such_mailbox", "message id", "noted")
    assert reader.state is SubscriptionState.ACTIVE
    kept = session.execute(select(LetterReport.kind, LetterReport.elsewhere)).all()
    assert [tuple(one) for one in kept] == [("unknown_failure", True)] * 3
    assert set(session.scalars(select(Delivery.state))) == {DeliveryState.FAILED}
    assert streak.of(session, reader.subscriber_id).issues == 0
    assert streak.near(session, home.id) == []


def test_what_is_told_of_the_reader_is_read_as_before() -> None:
    [one] = bounce.read(REPORTS["Postfix, a virtual alias"]).recipients
    assert (one.address, one.final) == (ALL, MEMBER)
    [one] = bounce.read(report(fields(ALL, answer=GONE, Original_Recipient=f"rfc822;{ALL}"), to=ALL)).recipients
    assert (one.address, one.final) == (ALL, ALL)


@pytest.mark.parametrize(
    ("kind", "final", "kept", "consequence", "issues"),
    [
        (B.NO_SUCH_MAILBOX, "ALL@office.example", "no_such_mailbox", Consequence.SUPPRESSED, 0),
        (B.NO_SUCH_MAILBOX, "all+x@office.example", "no_such_mailbox", Consequence.SUPPRESSED, 0),
        # The same name elsewhere: a domain that was rewritten, or another mailbox of the same person.
        (B.NO_SUCH_MAILBOX, "all@mx1.office.example", "unknown_failure", Consequence.NOTED, 1),
        (B.MAILBOX_FULL, "all@mx1.office.example", "mailbox_full", Consequence.NOTED, 1),
        (B.NO_SUCH_MAILBOX, "all@\u2011.\u2011", "unknown_failure", Consequence.NOTED, 1),  # no domain at all
        # Another name: of any class it counts for nothing.
        (B.DISABLED, MEMBER, "unknown_failure", Consequence.NOTED, 0),
        (B.MAILBOX_FULL, MEMBER, "mailbox_full", Consequence.NOTED, 0),
        (B.NETWORK, MEMBER, "network", Consequence.NOTED, 0),
    ],
)
def test_where_a_letter_ended_up_decides(
    session: Session, home: Newsletter, reader: Subscription, kind: BounceClass, final: str, kept: str,
    consequence: Consequence, issues: int,
) -> None:  # fmt: skip
    issue = deliver(session, make_sent(session, home, "一"), reader)

    def follow(address: str, end: str) -> Consequence:
        return consequences.follow(session, reader.subscriber, issue.id, kind, source="x", at=clock.now(),
                                   address=address, final=end)  # fmt: skip

    assert follow(ALL, final) is consequence
    assert session.scalars(select(LetterReport.kind)).all() == [kept]
    assert streak.of(session, reader.subscriber_id).issues == issues
    if kind is B.MAILBOX_FULL:  # What was a member's before may be the reader's own later.
        follow(ALL, ALL)
        assert streak.of(session, reader.subscriber_id).issues == 1
        assert follow(ALL, MEMBER) is Consequence.KNOWN
        assert streak.of(session, reader.subscriber_id).issues == 1
