"""Single letters: the outbox of :mod:`models.outbox.transactional`, sent by the same client as issues.

A letter is claimed before it is sent. One whose worker died in between is unknown and not sent again by itself:
whoever waits for a confirmation asks for another.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from models.deliveries.reply_code import OutcomeKind
from models.issues import issue as issues
from models.issues.newsletter import Newsletter
from models.issues.notifications import notification_letters
from models.outbox.transactional import TransactionalLetter, TransactionalState
from models.readers import suppression, test_letter_request
from models.store.clock import now
from models.store.db import session_scope
from models.store.errors import Invalid
from models.store.language import known
from templates.content.letter import Theme
from templates.message.mime import StampedLetter
from worker.smtp.envelope import Envelope, Outcome

from .. import timeouts
from . import dkim_keys, relay_shares, retry, single_letters
from .dkim import Signer
from .letter_maker import signed

log = structlog.get_logger(__name__)

CLAIM_SIZE = 100
CLAIM_LASTS = timedelta(minutes=10)
"""After this time a claimed letter without an answer is unknown."""
KEEP = timedelta(days=30)
"""How long a finished letter is remembered; what it said is forgotten at once."""

SUPPRESSED = "the address is suppressed"
SETTLED = "nothing that it tells of waits any more"

_TRY_AGAIN = frozenset(
    {OutcomeKind.DEFERRED, OutcomeKind.POLICY, OutcomeKind.RATE, OutcomeKind.HELD, OutcomeKind.RETURNED}
)
_FINAL = {
    OutcomeKind.ACCEPTED: TransactionalState.ACCEPTED,
    OutcomeKind.UNKNOWN: TransactionalState.UNKNOWN,
    OutcomeKind.BOUNCED: TransactionalState.FAILED,
    OutcomeKind.FILTERED: TransactionalState.FAILED,
    OutcomeKind.FAILED: TransactionalState.FAILED,
}


def is_due(session: Session) -> bool:
    """Whether a letter of the outbox is due."""
    query = (
        select(TransactionalLetter.id)
        .where(TransactionalLetter.state == TransactionalState.QUEUED, TransactionalLetter.due_at <= now())
        .limit(1)
    )
    return session.scalar(query) is not None


def send() -> None:
    """Send what is due, until nothing is. Asking twice does no harm."""
    _clean_up()
    while (envelopes := _claim()) is not None:
        if not envelopes:
            continue  # All that was due is suppressed or could not be written; there may be more.
        with session_scope() as session:
            relay = relay_shares.relays_in_use(session)[0].relay
        outcomes = single_letters.deliver(relay, envelopes)
        with session_scope() as session:
            settle(session, outcomes)
        if all(outcome.kind is OutcomeKind.RETURNED for _, outcome in outcomes):
            return


def _claim() -> list[Envelope] | None:
    with session_scope() as session:
        return claim(session)


def claim(session: Session) -> list[Envelope] | None:
    """Mark letters as on their way and write them; None where nothing is due.

    One that cannot be written, whose address has come to be suppressed, or that tells of nothing that still waits, has
    failed, with the reason.
    """
    due = session.scalars(
        select(TransactionalLetter)
        .where(TransactionalLetter.state == TransactionalState.QUEUED, TransactionalLetter.due_at <= now())
        .order_by(TransactionalLetter.due_at)
        .limit(CLAIM_SIZE)
        .with_for_update(skip_locked=True)
    ).all()
    if not due:
        return None
    envelopes = []
    for letter in due:
        if suppression.blocks_letter(session, letter.kind, letter.address, letter.newsletter_id):
            _finish(letter, TransactionalState.FAILED, SUPPRESSED)
            continue
        if (values := _values(session, letter)) is None:
            _finish(letter, TransactionalState.FAILED, SETTLED)
            continue
        letter.attempts += 1
        if (envelope := _envelope(session, letter, values)) is not None:
            envelopes.append(envelope)
            letter.state, letter.due_at = TransactionalState.SENDING, now() + CLAIM_LASTS
    return envelopes


def settle(session: Session, outcomes: Iterable[tuple[int, Outcome]]) -> None:
    """Write down what became of letters, by their numbers."""
    for number, outcome in outcomes:
        _settle(session.get_one(TransactionalLetter, number), outcome)


def _values(session: Session, letter: TransactionalLetter) -> Mapping[str, Any] | None:
    """What fills the letter; None where there is nothing to tell any more. Of notifications the outbox has numbers."""
    if letter.kind != notification_letters.KIND or "notifications" not in letter.values:
        return letter.values
    from templates.transactional import notification_values

    return notification_values.values(session, letter.values, known(letter.language) or "en")


def _envelope(session: Session, letter: TransactionalLetter, values: Mapping[str, Any]) -> Envelope | None:
    """The letter, ready to be sent; None where it waits for its newsletter's key, or has failed."""
    try:
        newsletter = _newsletter(session, letter)
        try:
            signer = dkim_keys.signer(newsletter)
        except Invalid as error:
            log.error("single letter waits for its key", letter=letter.id, newsletter=newsletter.slug, error=str(error))
            _try_again(letter, str(error), retry.next_try(letter.attempts))
            return None
        return _envelope_of(newsletter, letter, _written(session, newsletter, letter, values), signer)
    except Invalid as error:
        # The error's text may repeat a name; it stands with the letter.
        log.error("single letter cannot be written", letter=letter.id, kind=letter.kind, field=error.field)
        _finish(letter, TransactionalState.FAILED, str(error))
        return None


def _written(
    session: Session, newsletter: Newsletter, letter: TransactionalLetter, values: Mapping[str, Any]
) -> StampedLetter:
    # Loaded by the process that writes one: it takes 12 MB that the others have no use for.
    from templates.content import compose
    from templates.render import test_letter
    from templates.transactional import render

    if letter.kind == test_letter_request.KIND:
        one = issues.get(session, values["issue"])
        tested = test_letter.compose_test(session, one, values["audience"], values["topics"])
        return test_letter.write(tested, to=letter.address, number=letter.id, moment=now())
    return render.render(
        letter.kind,
        letter.language,
        values,
        to=letter.address,
        sender=compose.sender(newsletter),
        number=letter.id,
        moment=now(),
        colours=Theme(**newsletter.look),
    )


def _envelope_of(
    newsletter: Newsletter, letter: TransactionalLetter, written: StampedLetter, signer: Signer | None
) -> Envelope:
    return Envelope(
        key=letter.id,
        sender=newsletter.bounce_address or newsletter.sender_address,
        recipient=letter.address,
        data=signed(written, signer),
        needs_stuffing=False,
        smtputf8=not (letter.address.isascii() and newsletter.sender_address.isascii()),
    )


def _newsletter(session: Session, letter: TransactionalLetter) -> Newsletter:
    """Whose name stands on the letter: the newsletter's that it is about, for staff's own letters the first one's."""
    if letter.newsletter_id is not None:
        return session.get_one(Newsletter, letter.newsletter_id)
    first = session.scalar(select(Newsletter).order_by(Newsletter.id).limit(1))
    if first is None:
        raise Invalid("no newsletter exists yet, so nobody can sign a letter: make one first")
    return first


def _settle(letter: TransactionalLetter, outcome: Outcome) -> None:
    answer = f"{outcome.code or ''} {outcome.enhanced} {outcome.text}".strip()
    if outcome.kind not in _TRY_AGAIN:
        _finish(letter, _FINAL[outcome.kind], answer)
    else:
        # A relay that could not be reached has said nothing about this letter: it may go as soon as one answers.
        unreached = outcome.kind is OutcomeKind.RETURNED
        due_at = now() + timedelta(seconds=timeouts.UNREACHED) if unreached else retry.next_try(letter.attempts)
        _try_again(letter, answer, due_at)


def _try_again(letter: TransactionalLetter, answer: str, due_at: datetime) -> None:
    if now() - letter.created_at > retry.give_up():
        _finish(letter, TransactionalState.FAILED, answer)
    else:
        letter.state, letter.answer, letter.due_at = TransactionalState.QUEUED, answer[:500], due_at


def _finish(letter: TransactionalLetter, state: TransactionalState, answer: str) -> None:
    letter.state, letter.finished_at, letter.answer = state, now(), answer[:500]
    letter.values = {}  # its links are keys to the reader's details


def _clean_up() -> None:
    """Call lost letters unknown, and forget finished ones in time."""
    with session_scope() as session:
        session.execute(
            update(TransactionalLetter)
            .where(TransactionalLetter.state == TransactionalState.SENDING, TransactionalLetter.due_at < now())
            .values(
                state=TransactionalState.UNKNOWN,
                finished_at=now(),
                values={},
                answer="the worker died while it was sent",
            )
        )
        session.execute(delete(TransactionalLetter).where(TransactionalLetter.finished_at < now() - KEEP))
