"""A test letter through one relay, signed and enveloped as real ones are, and what the relay said to it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

import settings
from models.deliveries.relays import relay_address
from models.deliveries.relays.relay import Relay
from models.deliveries.relays.relay_address import RelayAddress
from models.deliveries.relays.relay_test import RelayTest, RelayTestState
from models.deliveries.reply_code import OutcomeKind
from models.issues.newsletter import Newsletter
from models.store.clock import now
from models.store.db import session_scope
from models.store.errors import Invalid
from worker.smtp.envelope import Envelope, Outcome

from . import dkim_keys, single_letters
from .letter_maker import signed


def send(test_id: int) -> None:
    """Send the letter of a test that waits, and write down the answer. Asking twice sends one letter."""
    with session_scope() as session:
        test = session.get(RelayTest, test_id, with_for_update={"skip_locked": True})
        if test is None or test.state is not RelayTestState.WAITING:
            return
        try:
            relay, envelope = _prepare(session, test)
        except Invalid as error:
            test.finish(RelayTestState.FAILED, error.say("ja"))
            return
        # The row stays locked while the relay is asked: a few seconds, and nobody else wants it.
        outcomes = single_letters.deliver(relay, [envelope])
        test.finish(*_result(outcomes[0][1] if outcomes else None))


def _prepare(session: Session, test: RelayTest) -> tuple[RelayAddress, Envelope]:
    row = session.get(Relay, test.relay_id) if test.relay_id is not None else None
    address = relay_address.of_url(row.url if row else settings.get().smtp_url)
    newsletter = session.scalar(select(Newsletter).order_by(Newsletter.id).limit(1))
    if newsletter is None:
        raise Invalid("no newsletter exists yet, so nobody can sign a letter: make one first")
    return address, _envelope(newsletter, test, row.name if row else address.name)


def _envelope(newsletter: Newsletter, test: RelayTest, relay: str) -> Envelope:
    # Loaded by the process that writes one, as for the outbox: it takes 12 MB.
    from templates.content import compose
    from templates.content.letter import Theme
    from templates.transactional import render

    letter = render.render(
        "relay_test",
        newsletter.language,
        {"relay": relay, "asked": test.at.isoformat()},
        to=test.address,
        sender=compose.sender(newsletter),
        number=test.id,
        moment=now(),
        colours=Theme(**newsletter.look),
    )
    return Envelope(
        key=test.id,
        sender=newsletter.bounce_address or newsletter.sender_address,
        recipient=test.address,
        data=signed(letter, dkim_keys.signer(newsletter)),
        needs_stuffing=False,
        smtputf8=not (test.address.isascii() and newsletter.sender_address.isascii()),
    )


def _result(outcome: Outcome | None) -> tuple[RelayTestState, str]:
    if outcome is None:
        return RelayTestState.UNREACHED, ""
    answer = f"{outcome.code or ''} {outcome.enhanced} {outcome.text}".strip()
    if outcome.kind is OutcomeKind.ACCEPTED:
        return RelayTestState.ACCEPTED, answer
    if outcome.kind is OutcomeKind.RETURNED:
        return RelayTestState.UNREACHED, answer
    return RelayTestState.REFUSED, answer
