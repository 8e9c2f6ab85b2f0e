"""Undoing a change of address: the old mailbox gets its subscriptions back."""

from __future__ import annotations

from sqlalchemy.orm import Session

from ..store import mail_address, token
from ..store.clock import now
from ..store.token import BadToken, Purpose
from . import address_change, erasure, subscriber
from .address_change import AddressChange
from .subscriber import Subscriber, Subscription, SubscriptionState


def find_by_link(session: Session, link: str, *, lock: bool = False) -> AddressChange:
    """The change that an undo link is about.

    Raises:
        ExpiredToken: the link's time is over.
        BadToken: it was never good, or the reader's data were erased.
    """
    number = token.read_expiring(Purpose.UNDO, link)
    change = session.get(AddressChange, number, with_for_update=lock or None)
    if change is None or change.subscriber.address is None or not (change.old_address or change.undone_at):
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
    if newer := subscriber.find(session, address.key):
        _take_back(session, reader, newer)
    subscriber.set_address(reader, address)
    change.undone_at, change.old_address = now(), None
    session.flush()
    address_change.give_up_open(session, reader)
    return change


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
