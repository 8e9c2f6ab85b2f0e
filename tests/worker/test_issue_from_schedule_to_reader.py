"""An issue on its way through real parts: scheduled, prepared, sent by a real worker to a real SMTP server."""

from __future__ import annotations

import email
import time
from collections.abc import Callable
from email import policy

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.deliveries import progress
from models.deliveries.delivery import DeliveryState
from models.issues import issue as issues
from models.issues import workflow
from models.issues.block import Heading, Only, Prose
from models.issues.issue import Issue
from models.issues.issue_state import IssueState
from models.issues.newsletter import Audience, Newsletter
from models.outbox import transactional
from models.outbox.transactional import TransactionalLetter, TransactionalState
from models.readers.subscriber import Subscriber, Subscription, SubscriptionState, set_address
from models.readers.suppression import SuppressionReason, suppress
from models.store import db, mail_address
from models.store.clock import now
from ops.run.child_process import ChildProcess

from ..servers import SmtpCatcher

READERS = 60


def wait_for(what: Callable[[], bool], seconds: float = 120) -> None:
    until = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.1)


def fill(session: Session, readers: int = READERS) -> Newsletter:
    """A newsletter with active readers; every third is an official."""
    newsletter = Newsletter(
        slug="ict",
        name="自治体ICTだより",
        sender_name="あおば市 情報政策課",
        sender_address="news@city.example.jp",
        postal_address="あおば市中央1-1",
        contact="https://city.example.jp/contact",
        approvals_needed=0,
    )
    official = Audience(newsletter=newsletter, slug="official", name="自治体職員")
    session.add_all([newsletter, official])
    session.flush()
    for number in range(readers):
        reader = Subscriber(name=f"読者{number}" if number % 2 else "")
        set_address(
            reader, mail_address.parse(f"reader{number}@{'docomo.ne.jp' if number % 5 == 0 else 'mail.example'}")
        )
        session.add(
            Subscription(
                subscriber=reader,
                newsletter=newsletter,
                state=SubscriptionState.ACTIVE,
                audience_id=official.id if number % 3 == 0 else None,
            )
        )
    return newsletter


def write(session: Session, newsletter: Newsletter, **content: object) -> Issue:
    blocks = (
        Heading(text="今月の話題"),
        Prose(text='{{ reader.name | default("皆さま") }}、こんにちは。[手引を読む](https://city.example.jp/tebiki)'),
        Prose(text="職員の方だけへのお知らせです。", only=Only(audiences=("official",))),
    )
    return issues.create(session, newsletter, subject="窓口のデジタル化", blocks=blocks, **content)


def state_of(issue_id: int) -> IssueState:
    with Session(db.engine()) as session:
        return issues.get(session, issue_id).state


def test_an_issue_reaches_every_reader_once(celery_worker: ChildProcess, smtp_catcher: SmtpCatcher) -> None:
    with db.session_scope() as session:
        newsletter = fill(session)
        suppress(session, "reader7@mail.example", SuppressionReason.COMPLAINED)
        issue = write(session, newsletter)
        workflow.submit(session, issue, "test")
        workflow.schedule(session, issue, now(), "test")
    wait_for(lambda: state_of(issue.id) is IssueState.SENT)

    recipients = [letter.recipients for letter in smtp_catcher.letters]
    assert sorted(recipients) == sorted(
        (f"reader{number}@{'docomo.ne.jp' if number % 5 == 0 else 'mail.example'}",)
        for number in range(READERS)
        if number != 7
    )
    with Session(db.engine()) as session:
        counts = progress.count(session, issue.id)
    assert counts == {DeliveryState.ACCEPTED: READERS - 1, DeliveryState.SUPPRESSED: 1}
    for letter in smtp_catcher.letters:
        message = email.message_from_bytes(letter.content, policy=policy.default)
        assert message["To"] == letter.recipients[0]
        assert message["Subject"] == "窓口のデジタル化"
        number = int(letter.recipients[0].split("@")[0].removeprefix("reader"))
        body = message.get_body(("plain",))
        assert body is not None
        text = body.get_content()
        assert (f"読者{number}" if number % 2 else "皆さま") in text
        assert ("職員の方だけ" in text) is (number % 3 == 0)
        others = [f"reader{other}@" for other in range(READERS) if other != number]
        assert not any(other in str(message) for other in others)


def test_an_issue_that_cannot_be_rendered_stays_unsent(celery_worker: ChildProcess, smtp_catcher: SmtpCatcher) -> None:
    with db.session_scope() as session:
        newsletter = fill(session, 3)
        blocks = (Prose(text="{{ reader.shoe_size_unknown }}"),)
        issue = issues.create(session, newsletter, subject="壊れた号", blocks=blocks)
        workflow.submit(session, issue, "test")
        workflow.schedule(session, issue, now(), "test")
    wait_for(lambda: state_of(issue.id) is IssueState.DRAFT)
    with Session(db.engine()) as session:
        assert "shoe_size_unknown" in issues.get(session, issue.id).trouble
        assert progress.count(session, issue.id) == {}
    assert smtp_catcher.letters == []


def test_single_letters_go_out_and_what_they_said_is_forgotten(
    celery_worker: ChildProcess, smtp_catcher: SmtpCatcher
) -> None:
    with db.session_scope() as session:
        newsletter = fill(session, 0)
        session.flush()
        posted = transactional.post(
            session,
            "confirmation",
            "new@mail.example",
            newsletter_id=newsletter.id,
            link="https://mail.city.example.jp/confirm/x",
            expires="2099-12-01T09:00:00+09:00",
        )
    wait_for(lambda: len(smtp_catcher.letters) == 1)

    def finished() -> TransactionalLetter | None:
        with Session(db.engine()) as session:
            query = select(TransactionalLetter).where(
                TransactionalLetter.id == posted.id, TransactionalLetter.state == TransactionalState.ACCEPTED
            )
            return session.scalar(query)

    wait_for(lambda: finished() is not None)
    kept = finished()
    assert kept is not None
    assert kept.values == {}


@pytest.mark.parametrize("kind", ["confirmation", "no-such-kind"])
def test_a_single_letter_that_cannot_be_written_fails_with_its_reason(kind: str, celery_worker: ChildProcess) -> None:
    with db.session_scope() as session:
        newsletter = fill(session, 0)
        session.flush()
        posted = transactional.post(session, kind, "new@mail.example", newsletter_id=newsletter.id)

    def failed() -> str:
        with Session(db.engine()) as session:
            query = select(TransactionalLetter.answer).where(
                TransactionalLetter.id == posted.id, TransactionalLetter.state == TransactionalState.FAILED
            )
            return session.scalar(query) or ""

    wait_for(lambda: failed() != "")
