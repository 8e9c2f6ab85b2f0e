"""Leaving by mail: by a token, by who wrote as our mail server says, or by one letter with a link."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import settings
from models.bounces import judge, returned_mail
from models.bounces.authenticated_sender import is_authenticated
from models.bounces.returned_mail import ReturnedMail
from models.bounces.returned_message import take_apart
from models.issues.newsletter import Newsletter
from models.outbox.transactional import TransactionalLetter
from models.privacy import own_data
from models.readers import unsubscribe
from models.readers.consent import Consent
from models.readers.subscriber import Subscription, SubscriptionState
from models.store import token
from models.store.token import Purpose
from tests.worker.inbound import report_writer as writer

from ...sample import make_newsletter, make_reader, make_sent

OFFICE, LEAVE = "ict@example.lg.jp", "unsubscribe@bounce.news.example"
READER = "reader@example.jp"


@pytest.fixture(autouse=True)
def intake() -> None:
    settings.reload(RETURN_DOMAIN="bounce.news.example", RETURNS_AUTHSERV_ID="mx.example.lg.jp")


@pytest.fixture
def home(session: Session) -> Newsletter:
    return make_newsletter(session)


@pytest.fixture
def reader(session: Session, home: Newsletter) -> Subscription:
    return make_reader(session, home, READER)


def came(session: Session, raw: bytes, *recipients: str, way: str = "lmtp") -> str:
    """Judge a message; what followed."""
    assert returned_mail.take_in(session, raw, way=way, sender=READER, recipients=recipients)
    [digest] = judge.begin(session, 5).together
    assert judge.judge(session, digest)
    assert not judge.judge(session, digest), "judged once"
    return session.get_one(ReturnedMail, digest).consequence


def results(*said: str, name: str = "mx.example.lg.jp") -> dict[str, str]:
    return {"Authentication_Results": "; ".join((name, *said))}


def letters(session: Session) -> list[tuple[str, str]]:
    return [(one.kind, one.address) for one in session.scalars(select(TransactionalLetter))]


def asks(subject: str = "配信停止をお願いします", sender: str = READER, to: str = OFFICE, **fields: str) -> bytes:
    return writer.mail(sender=sender, to=to, subject=subject, text="配信停止をお願いします。", **fields)


def test_the_tokens_of_letters_end_the_newsletter_of_the_letter_whoever_sends_them(
    session: Session, home: Newsletter, reader: Subscription
) -> None:
    other = make_reader(session, make_newsletter(session, "other"), "second@example.jp")
    issue = make_sent(session, home, "一")
    made = token.make(Purpose.UNSUBSCRIBE, issue.id, reader.subscriber_id)
    wrong = token.make(Purpose.PREFERENCES, issue.id, reader.subscriber_id)
    stranger = "stranger@elsewhere.example"
    assert came(session, asks(f"unsubscribe {wrong}", stranger, LEAVE), LEAVE) == "unproved"
    assert came(session, asks(f"unsubscribe {made[:-1]}_", stranger, LEAVE), LEAVE) == "unproved"
    assert reader.state is SubscriptionState.ACTIVE
    # Programs mark what they write for their user (RFC 3834), Apple's and Exchange's among them.
    by_program = asks(f"unsubscribe {made}", stranger, LEAVE, Auto_Submitted="auto-generated")
    assert came(session, by_program, LEAVE) == "left"
    assert reader.state is SubscriptionState.ENDED
    assert [one.source for one in session.scalars(select(Consent))] == ["mail"]
    assert came(session, asks(f"unsubscribe {made}", stranger, LEAVE, X_Again="1"), LEAVE) == "had left"
    assert other.state is SubscriptionState.ACTIVE
    single = asks(f"unsubscribe {unsubscribe.link(other)}", stranger, LEAVE)
    assert came(session, single, LEAVE) == "left"
    assert letters(session) == []


@pytest.mark.parametrize(
    "said",
    [
        results("dmarc=pass (p=none dis=none) header.from=example.jp"),
        results("spf=fail smtp.mailfrom=x.example", 'dkim=pass header.d=example.jp header.b="aBc"'),
        results("dkim=pass header.i=@example.jp"),
        results('spf=pass (a (b \\) " ;) c) smtp.mailfrom=x', 'dmarc=pass reason="a;b" header.from="example.jp"'),
    ],
)
def test_a_sender_whom_our_server_knows_is_believed(
    session: Session, reader: Subscription, said: dict[str, str]
) -> None:
    assert came(session, asks(**said), OFFICE) == "left"
    assert reader.state is SubscriptionState.ENDED
    assert letters(session) == []


@pytest.mark.parametrize(
    "said",
    [
        {},
        results("dmarc=fail header.from=example.jp"),
        results("dmarc=pass header.from=elsewhere.example"),
        results("dkim=pass header.d=jp"),
        results("spf=pass smtp.mailfrom=reader@example.jp"),
        results("dmarc=pass header.from=example.jp", name="mx.elsewhere.example"),
        results("none", "x=y (dmarc=pass header.from=example.jp)"),
        # What others wrote in quotes and comments.
        results('spf=fail smtp.mailfrom="x; dmarc=pass header.from=example.jp; "@evil.example'),
        results('spf=fail smtp.mailfrom="x\\"; dmarc=pass header.from=example.jp; "'),
        results("spf=fail (HELO (x); dmarc=pass header.from=example.jp; (y)) smtp.mailfrom=z"),
        results("spf=fail (a (b (c); dmarc=pass header.from=example.jp; (d)))"),
        results('spf=fail (") smtp.mailfrom="; dmarc=pass header.from=example.jp; " x=(")'),
        results("spf=fail (no end", "dmarc=pass header.from=example.jp"),
        results("spf=fail no begin)", "dmarc=pass header.from=example.jp"),
        results('spf=fail "no end', "dmarc=pass header.from=example.jp"),
        # Two that cannot both be true, and properties that only look like one.
        results("dmarc=fail header.from=example.jp", "dmarc=pass header.from=example.jp"),
        results("dmarc=fail header.from=example.jp", "dkim=pass header.d=example.jp"),
        results("dmarc=pass header.from=evil.example header.from=example.jp"),
        results("dmarc=pass header.from=evil.example smtp.mailfrom=a-header.from=example.jp"),
    ],
)
def test_anybody_else_causes_one_letter_to_the_reader(
    session: Session, reader: Subscription, said: dict[str, str]
) -> None:
    assert came(session, asks(**said), OFFICE) == "link sent"
    assert reader.state is SubscriptionState.ACTIVE
    assert letters(session) == [("fresh_link", READER)]
    assert came(session, asks(subject="配信停止 お願い", **said), OFFICE) == "unproved", "one letter a day"
    assert len(letters(session)) == 1


def test_what_anybody_sent_has_no_results_of_our_server(session: Session, reader: Subscription) -> None:
    passed = results("dmarc=pass header.from=example.jp")
    ways = ("lmtp", "smtp", "maildir", "imap", "import")
    assert [is_authenticated(take_apart(asks(**passed)), READER, way) for way in ways] == [
        True,
        False,
        True,
        True,
        True,
    ]
    assert came(session, asks(**passed), OFFICE, way="smtp") == "link sent"
    assert reader.state is SubscriptionState.ACTIVE
    word = b"=?utf-8?q?=3B_dmarc=3Dpass_header=2Efrom=3Dexample=2Ejp?="
    encoded = asks(**results("spf=fail smtp.helo=WORD")).replace(b"WORD", b"x " + word)
    assert came(session, encoded, OFFICE) == "unproved", "the server has written no encoded word"
    hidden = f'{READER}, "x y"@example.jp'  # whose results they are cannot be read
    assert came(session, asks(sender="x@example.jp", **passed).replace(b"x@example.jp", hidden.encode())) == "unproved"
    assert came(session, asks(X_Again="3", **passed), OFFICE, way="maildir") == "left"


def test_nobody_else_is_written_to(session: Session, home: Newsletter, reader: Subscription) -> None:
    passed = results("dmarc=pass header.from=example.jp")
    assert came(session, asks(sender="unknown@example.jp", **passed), OFFICE) == "unproved"
    assert came(session, asks(sender=f"{READER}, other@example.jp", **passed), OFFICE) == "unproved"
    assert came(session, asks(Auto_Submitted="auto-generated", Precedence="bulk"), OFFICE) == "unproved"
    link = unsubscribe.link(reader)
    own_data.erase(session, reader.subscriber)
    assert came(session, asks(X_Again="2", **passed), OFFICE) == "unproved"
    assert came(session, asks(f"unsubscribe {link}", READER, LEAVE, X_Again="4"), LEAVE) == "unproved"
    last = session.scalars(select(ReturnedMail).order_by(ReturnedMail.judged_at.desc()).limit(1)).one()
    assert (last.raw, last.sender, last.address) == (None, "", ""), "it says who the reader was"
    letter = token.make(Purpose.MESSAGE, make_sent(session, home, "一").id, reader.subscriber_id)
    answered = asks(sender="elsewhere@example.jp", In_Reply_To=f"<{letter}@example.lg.jp>")
    assert came(session, answered, OFFICE) == "unproved"
    last = session.scalars(select(ReturnedMail).order_by(ReturnedMail.judged_at.desc()).limit(1)).one()
    assert (last.raw, last.sender) == (None, ""), "so does an answer to the reader's letter"
    assert letters(session) == []


def test_with_several_newsletters_the_one_that_was_written_to_is_meant(
    session: Session, home: Newsletter, reader: Subscription
) -> None:
    other = make_newsletter(session, "other", sender_address="bousai@example.lg.jp")
    second = Subscription(subscriber=reader.subscriber, newsletter=other, state=SubscriptionState.ACTIVE)
    session.add(second)
    session.flush()
    passed = results("dmarc=pass header.from=example.jp")
    assert came(session, asks(to=LEAVE, **passed), LEAVE) == "link sent", "which one is not said"
    assert came(session, asks(to="bousai@example.lg.jp", **passed), "bousai@example.lg.jp") == "left"
    assert (reader.state, second.state) == (SubscriptionState.ACTIVE, SubscriptionState.ENDED)
