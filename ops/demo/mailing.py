"""An issue of the demo's past goes out: prepared, mailed and written down by what the worker does it with.

All of it is one transaction. The worker, whose clock shows the present, would find an issue that missed its time long
ago; this way it finds one that was sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

import settings
from models.deliveries import claim as claims
from models.deliveries import lease, outcome
from models.deliveries.claim import ClaimedDelivery
from models.deliveries.delivery import Batch
from models.deliveries.delivery_result import DeliveryResult
from models.deliveries.reply_code import Stage, classify
from models.issues import due_issue, workflow
from models.issues.issue import Issue
from models.issues.newsletter import Newsletter
from models.mailbox import Mailbox
from models.staff.member import Member
from models.store import clock
from models.store.errors import Invalid
from worker.preparing import prepare
from worker.sending import batch_store, dkim_keys, relay_shares, retry, single_letters, transactional
from worker.sending.batch_store import Assignment
from worker.sending.letter_maker import LetterMaker
from worker.smtp.envelope import Envelope, Outcome

from . import come_back, past, personas

WORKER = "demo"
LEASE_SECONDS = 600.0
PAUSE = timedelta(minutes=25)
GONE = (550, "5.1.1", "5.1.1 <{address}>: Recipient address rejected: User unknown")
"""What a mail server says of a mailbox that nobody has any more."""


def send(session: Session, issue: Issue, sender: Member, *, paused: bool = False) -> None:
    """Mail an approved issue now, by the clock of this process.

    Arguments:
        sender: whoever puts it into the timetable.
        paused: whether the sender stops it once, and lets it go on later.
    """
    workflow.schedule(session, issue, clock.now(), sender)
    due_issue.begin_preparing(session, issue.id)
    session.refresh(issue)
    counts = prepare.freeze(session, issue)
    prepare.record_prepared(session, issue.id, counts)
    if paused:
        workflow.pause(session, issue, sender)
    with past.at(clock.now() + (PAUSE if paused else timedelta())):
        if paused:
            workflow.resume(session, issue, sender)
        for batch_id in session.scalars(select(Batch.id).where(Batch.issue_id == issue.id).order_by(Batch.id)).all():
            _send_batch(session, batch_id, issue.number)
        batch_store.finish_issue(session, issue.id)
        come_back.come_back(session, issue, caught_letters())


def caught_letters() -> Mailbox:
    """Where letters are caught.

    Raises:
        Invalid: nothing catches them; the demo has invented readers, and nobody mails to these.
    """
    folder = settings.get().kairan_mailbox
    if not folder:
        raise Invalid("the demo is for an installation that catches its letters: start `kairan run` without SMTP_URL")
    return Mailbox(folder)


def _send_batch(session: Session, batch_id: int, number: int) -> None:
    acquired = lease.acquire(session, batch_id, WORKER, LEASE_SECONDS)
    assert acquired is not None, "nobody else can see the batch yet"
    taken, status = acquired
    newsletter = session.get_one(Newsletter, taken.newsletter_id)
    relays, readers = relay_shares.relays_in_use(session), claims.pending(session, taken)
    maker = LetterMaker(Assignment(taken, status, relays, newsletter, dkim_keys.signer(newsletter), readers, 1))
    window = claims.claim(session, taken, [reader for reader, _ in readers])
    maker.load_from(session, {one.edition for one in window.copies})
    results = _deliver(window.copies, maker, number, relays[0])
    outcome.record(session, taken, results, retry.give_up())
    lease.release(session, taken)


def _deliver(
    copies: Sequence[ClaimedDelivery], maker: LetterMaker, number: int, relay: relay_shares.WeightedRelay
) -> list[DeliveryResult]:
    """Hand letters to the mail catcher; it takes all, so that those to mailboxes which are gone are answered here."""
    by_reader = {one.subscriber_id: one for one in copies}
    made = [maker.envelope(one) for one in copies]
    results = [one for one in made if isinstance(one, DeliveryResult)]
    envelopes = [one for one in made if isinstance(one, Envelope)]
    living = [one for one in envelopes if not personas.is_gone(one.recipient, number)]
    outcomes = single_letters.deliver(relay.relay, living) if living else []
    outcomes += [(one.key, _refusal(one.recipient, relay)) for one in envelopes if one not in living]
    return results + [retry.result(key, by_reader[key].attempt, answer) for key, answer in outcomes]


def _refusal(address: str, relay: relay_shares.WeightedRelay) -> Outcome:
    code, enhanced, said = GONE
    text = said.format(address=address)
    kind = classify(code, enhanced, text, Stage.RCPT)
    return Outcome(kind, Stage.RCPT, code, enhanced, text, relay.relay.name, clock.now())


def send_single_letters(session: Session) -> None:
    """Mail what forms have put into the outbox, by the clock of this process."""
    relay = relay_shares.relays_in_use(session)[0].relay
    while (envelopes := transactional.claim(session)) is not None:
        if envelopes:
            transactional.settle(session, single_letters.deliver(relay, envelopes))
