"""Undoing a change of address: the old mailbox gets its subscriptions back."""

from __future__ import annotations

from sqlalchemy.orm import Session

from ..store import mail_address, token
from ..store.clock import now
from ..store.token import BadToken, Purpose
from . import address_change, consent, erasure, subscriber
from .address_change import AddressChange
from .consent import ConsentKind
from .subscriber import Subscriber, Subscription, SubscriptionState

RESTORED = "restored"
"""Why a subscription ended that another mailbox began."""


def find_by_link(session: Session, link: str, *, lock: bool = False) -> AddressChange:
    """The change that an undo link is about.

    Raises:
        ExpiredToken: the link's time is over.
        BadToken: it was never good, or the reader's data were erased.
    """
    change = address_change.find_locked(session, token.read_expiring(Purpose.UNDO, link), lock=lock)
    if change is None or not (change.old_address or change.undone_at):
        raise BadToken("the link is about nobody that we know")
    return change


def undo(session: Session, link: str, *, client: str = "", user_agent: str = "") -> AddressChange:
    """The owner of the old mailbox has pressed the button. Doing it twice changes nothing.

    Letters' links that were out before may only leave from now on: one of them was in other hands.

    Raises:
        ExpiredToken, BadToken: as :func:`find_by_link`.
    """
    change = find_by_link(session, link, lock=True)
    if change.old_address is None:
        return change
    reader, address = change.subscriber, mail_address.parse(change.old_address)
    address_change.record(session, reader, "address restored", client=client, user_agent=user_agent)
    _end_what_began(session, reader, change, client=client, user_agent=user_agent)
    if newer := subscriber.find(session, address.key):
        _take_back(session, reader, newer)
    subscriber.take_address(session, reader, address)
    change.undone_at, change.old_address = now(), None
    session.flush()
    address_change.give_up_open(session, reader)
    return change


def _end_what_began(
    session: Session, reader: Subscriber, change: AddressChange, *, client: str, user_agent: str
) -> None:
    """End what was subscribed to from the other mailbox; the owner of this one has agreed to none of it."""
    assert change.done_at is not None
    for one in reader.subscriptions:
        if one.state is SubscriptionState.ACTIVE and one.created_at > change.done_at:
            consent.record(
                session, one, ConsentKind.WITHDRAWN, source="address restored", client=client, user_agent=user_agent
            )
            one.end(RESTORED)
        elif one.state is SubscriptionState.PENDING:
            one.end(RESTORED)


def _take_back(session: Session, reader: Subscriber, newer: Subscriber) -> None:
    """The old address was signed up again meanwhile: what its owner confirmed there goes on under the older reader."""
    running = [one for one in newer.subscriptions if one.state is SubscriptionState.ACTIVE]
    kept = {one.newsletter_id: one for one in reader.subscriptions}
    for one in running:
        mine = kept.get(one.newsletter_id) or Subscription(subscriber=reader, newsletter=one.newsletter)
        session.add(mine)
        if mine.state is SubscriptionState.ENDED:
            mine.reopen()
        if mine.state is not SubscriptionState.ACTIVE:
            mine.audience_id, mine.topic_ids = one.audience_id, list(one.topic_ids)
            mine.activate()
    reader.tracking_refused |= newer.tracking_refused
    erasure.erase(session, newer, suppress=False)
