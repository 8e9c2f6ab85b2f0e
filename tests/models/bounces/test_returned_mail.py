"""Messages that came in: stored once, judged once, judged again, forgotten; and whose letters they prove."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

import settings
from models.bounces import judge, returned_mail, returned_mail_list
from models.bounces.returned_mail import ReturnedMail
from models.deliveries.delivery import Delivery, DeliveryState, message_id_maker
from models.deliveries.letters import return_path
from models.issues.issue import Issue
from models.issues.newsletter import Newsletter
from models.privacy import own_data
from models.readers.subscriber import Subscription, SubscriptionState
from models.store import clock, token
from models.store.token import BadToken, Claim, Purpose
from tests.worker.inbound import report_writer as writer

from ...sample import make_newsletter, make_reader, make_sent

OFFICE, READER = "ict@example.lg.jp", "reader@example.jp"


@pytest.fixture(autouse=True)
def intake() -> None:
    settings.reload(RETURN_DOMAIN="bounce.news.example")


@pytest.fixture
def home(session: Session) -> Newsletter:
    return make_newsletter(session)


@pytest.fixture
def reader(session: Session, home: Newsletter) -> Subscription:
    return make_reader(session, home, READER)


@pytest.fixture
def issue(session: Session, home: Newsletter, reader: Subscription) -> Issue:
    made = make_sent(session, home, "一")
    session.add(Delivery(issue_id=made.id, subscriber_id=reader.subscriber_id, edition=1, lane_id=1, attempts=1,
                         state=DeliveryState.ACCEPTED, at=made.sent_at))  # fmt: skip
    session.flush()
    return made


def letter_of(issue: Issue, reader: Subscription) -> bytes:
    message_id = message_id_maker(issue)(reader.subscriber_id)
    return f"From: {OFFICE}\r\nTo: {READER}\r\nMessage-ID: {message_id}\r\nSubject: x\r\n\r\nx\r\n".encode()


def came(session: Session, raw: bytes, *recipients: str) -> ReturnedMail:
    returned_mail.take_in(session, raw, way="lmtp", recipients=recipients)
    for digest in judge.begin(session, 5).together:
        judge.judge(session, digest)
    return session.scalars(select(ReturnedMail).order_by(ReturnedMail.judged_at.desc()).limit(1)).one()


def test_who_sent_it_is_heard_where_the_message_does_not_say(session: Session) -> None:
    """A gateway may write nothing of its own but the null sender (RFC 5321, 4.5.5), that LMTP and SMTP tell."""
    said = f"以下のメールは宛先不明のため配送できませんでした。\r\n宛先: {READER}\r\n"
    head = "From: mailgw@city.example.lg.jp\r\nSubject: お知らせ\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    notice = (head + said).encode()
    assert came(session, notice, OFFICE).kind == "no_such_mailbox"
    returned_mail.take_in(session, notice + b"\r\n", way="lmtp", sender="staff@city.example.lg.jp", recipients=[OFFICE])
    [digest] = judge.begin(session, 5).together
    judge.judge(session, digest)
    assert session.get_one(ReturnedMail, digest).kind == "other", "a person has written it"


def test_return_paths_survive_capitals_and_nothing_else(issue: Issue, reader: Subscription) -> None:
    path = return_path.maker(issue.newsletter, issue.id)(reader.subscriber_id)
    local, _at, domain = path.partition("@")
    assert (domain, path.isascii(), len(local) <= 44) == ("bounce.news.example", True, True)
    claim = Claim(issue.id, reader.subscriber_id)
    for one in (path, path.upper(), f"<{path}>", path.replace("+", "-"), f"{local}@rewritten.example"):
        assert return_path.read(one) == claim, one
    digits = [at for at, letter in enumerate(local) if at > 1 and letter in "0123456789abcdef"]
    for at in digits:
        changed = local[:at] + ("0" if local[at] != "0" else "1") + local[at + 1 :]
        assert return_path.read(f"{changed}@{domain}") is None, changed
    for wrong in (
        "",
        "b",
        "b+",
        "b@bounce.news.example",
        f"c{local[1:]}@{domain}",
        f"{local}0@{domain}",
        "b+1-2-" + "0" * 20,
    ):
        assert return_path.read(wrong) is None, wrong
    with pytest.raises(BadToken):
        token.read_folded(Purpose.OPEN, local[2:])
    largest = token.folded_maker(Purpose.RETURN, 2**32 - 1)(2**48 - 1)
    assert token.read_folded(Purpose.RETURN, largest.upper()) == Claim(2**32 - 1, 2**48 - 1)
    assert len(f"b+{largest}") <= 64


def test_a_newsletter_may_do_without_and_then_has_its_fixed_address(issue: Issue) -> None:
    issue.newsletter.own_return_path = False
    assert return_path.maker(issue.newsletter, issue.id)(1) == OFFICE
    issue.newsletter.bounce_address = "returns@example.lg.jp"
    assert return_path.maker(issue.newsletter, issue.id)(1) == "returns@example.lg.jp"
    issue.newsletter.own_return_path = True
    settings.reload(RETURN_DOMAIN="")
    assert return_path.maker(issue.newsletter, issue.id)(1) == "returns@example.lg.jp"


def test_a_proof_ends_ninety_days_after_its_letter(session: Session, issue: Issue, reader: Subscription) -> None:
    path = return_path.maker(issue.newsletter, issue.id)(reader.subscriber_id)
    report = writer.bounce(letter_of(issue, reader), READER, to=path)
    with clock.moved(timedelta(days=91)):
        mail = came(session, report, path)
    assert (mail.proof, mail.consequence, mail.newsletter_id, mail.subscriber_id) == (
        "", "unproved", issue.newsletter_id, None,
    )  # fmt: skip
    assert reader.state is SubscriptionState.ACTIVE


@pytest.mark.parametrize(
    "form",
    [
        "--- Original message ---\nFrom: x\nMessage-ID:\n {id}\n",
        "> Received: x\n> From: x\n> Message-ID: {id}\n",
        "メッセージID:{id}\n",
        "Message-ID: {bare}\n",
        "Message-ID: [{bare}]\n",
    ],
)
def test_a_message_id_proves_its_letter_however_a_notice_writes_it(
    session: Session, issue: Issue, reader: Subscription, form: str
) -> None:
    message_id = message_id_maker(issue)(reader.subscriber_id)
    head = f"Return-Path: <>\nFrom: MAILER-DAEMON@x.example\nTo: {OFFICE}\nSubject: Undelivered mail\n\n"
    told = f"{head}<{READER}>: 550 5.1.1 User unknown\n\n" + form.format(id=message_id, bare=message_id.strip("<>"))
    forged = told.replace(message_id[20:28], message_id[20:28].swapcase())
    assert came(session, forged.encode()).consequence == "unproved"
    mail = came(session, told.encode())
    assert (mail.kind, mail.proof, mail.consequence) == ("no_such_mailbox", "message id", "suppressed")


def test_a_message_is_stored_once_judged_once_and_judged_again_by_other_rules(
    session: Session, issue: Issue, reader: Subscription
) -> None:
    report = writer.bounce(letter_of(issue, reader), READER, to=OFFICE)
    assert returned_mail.take_in(session, report, way="lmtp")
    assert not returned_mail.take_in(session, report, way="import", recipients=["x@y.example"])
    mail = came(session, report)
    assert (mail.kind, mail.proof, mail.consequence, mail.message) == (
        "no_such_mailbox", "message id", "suppressed", report,
    )  # fmt: skip
    assert judge.outdated(session) == []
    # As if an older version had taken it for something else.
    session.execute(update(ReturnedMail).values(rules_version="old", kind="other", consequence="nothing"))
    assert judge.outdated(session) == [mail.digest]
    assert judge.judge_again(session, mail.digest) == "other"
    assert (mail.kind, mail.consequence) == ("no_such_mailbox", "known")
    assert judge.judge_again(session, mail.digest) is None


def test_what_kills_its_reader_is_left_alone_after_some_tries(session: Session) -> None:
    returned_mail.take_in(session, b"x", way="lmtp")
    [digest] = judge.begin(session, 5).together
    for _ in range(judge.MOST_TRIES):
        assert judge.begin(session, 5) == ([], [digest])
        assert judge.count_try(session, digest)
    assert judge.begin(session, 5) == ([], [])
    assert session.scalars(select(ReturnedMail.rule)).all() == ["it could not be read"]


@pytest.mark.parametrize(
    "raw", [b"", b"\0" * 5000, b"\xff\xfe", b"Subject: =?x?q?=00=ED=A0=80?=\r\n\r\n\0", b"From \r\n" * 9]
)
def test_whatever_comes_is_kept_and_judged(session: Session, home: Newsletter, raw: bytes) -> None:
    mail = came(session, raw, "a\0b@example.jp" * 50)
    assert mail.judged_at is not None
    assert mail.message == raw


def test_messages_are_forgotten_in_two_steps_and_an_erased_readers_at_once(
    session: Session, issue: Issue, reader: Subscription
) -> None:
    mail = came(session, writer.bounce(letter_of(issue, reader), READER, to=OFFICE))
    other = came(session, writer.mail(sender="x@example.jp", to=OFFICE, subject="他の用件"))
    own_data.erase(session, reader.subscriber)
    session.expire_all()
    assert (mail.raw, mail.address, mail.said, mail.recipients) == (None, "", "", [])
    assert other.raw is not None
    with clock.moved(timedelta(days=31)):
        assert returned_mail.forget_old(session) == 1
    session.expire_all()
    assert other.raw is None
    assert returned_mail_list.counts(session, issue.newsletter) == {"no_such_mailbox": 1, "other": 1}
    with clock.moved(timedelta(days=401)):
        returned_mail.forget_old(session)
    assert session.scalars(select(ReturnedMail)).all() == []
