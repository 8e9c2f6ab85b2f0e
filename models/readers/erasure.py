"""Erasure: a reader's row is emptied, never deleted, so that counts and certificates of old issues stay true.

This wing's part of it; what deliveries and hits hold about a reader is emptied by
:mod:`models.privacy.own_data`, which the pages and commands call.
"""

from __future__ import annotations

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session, aliased

from ..outbox.transactional import TransactionalLetter, TransactionalState
from ..store.clock import now
from . import suppression
from .address_change import AddressChange
from .consent import Consent
from .subscriber import Subscriber, Subscription, SubscriptionState
from .suppression import SuppressionReason

ERASED = "erased"


def erase(session: Session, reader: Subscriber, *, suppress: bool = True) -> None:
    """Empty everything that tells who the reader is. Doing it twice changes nothing.

    What stays: a keyed hash of the address in the suppressions (unless not *suppress*) and in the consent records,
    which the law wants kept; neither can be turned back into the address.
    """
    if reader.address_key is None:
        return
    if suppress:
        suppression.suppress(session, reader.address_key, SuppressionReason.ERASED)
        for hashed in _earlier_addresses(session, reader):
            suppression.suppress_hash(session, hashed, SuppressionReason.ERASED)
    _end(session, reader)
    session.flush()
    session.execute(
        update(Consent)
        .where(Consent.subscriber_id == reader.id)
        .values(subscriber_id=None, client=None, user_agent=None)
    )
    session.execute(
        update(TransactionalLetter)
        .where(
            TransactionalLetter.subscriber_id == reader.id,
            TransactionalLetter.state.in_((TransactionalState.QUEUED, TransactionalState.SENDING)),
        )
        .values(state=TransactionalState.FAILED, finished_at=now())
    )
    session.execute(
        update(TransactionalLetter)
        .where(TransactionalLetter.subscriber_id == reader.id)
        .values(address="", values={}, answer="")
    )
    session.execute(
        update(AddressChange).where(AddressChange.subscriber_id == reader.id).values(address=None, old_address=None)
    )
    _empty(reader)
    session.flush()


def _earlier_addresses(session: Session, reader: Subscriber) -> list[str]:
    """Hashes of addresses that the reader had before and nobody has now: an old list must not bring the reader back."""
    other = aliased(Subscriber)
    query = (
        select(Consent.address_hash)
        .distinct()
        .where(
            Consent.subscriber_id == reader.id,
            Consent.address_hash != reader.address_hash,
            ~exists().where(other.address_hash == Consent.address_hash),
        )
    )
    return list(session.scalars(query))


def _end(session: Session, reader: Subscriber) -> None:
    for subscription in session.scalars(select(Subscription).where(Subscription.subscriber_id == reader.id)):
        if subscription.state is not SubscriptionState.ENDED:
            subscription.end(ERASED)
        subscription.topic_ids, subscription.pending_answers = [], {}


def _empty(reader: Subscriber) -> None:
    reader.address = reader.address_key = reader.address_hash = None
    reader.domain = reader.name = reader.kana = reader.organisation = ""
    reader.fields = {}
    reader.erased_at = now()
