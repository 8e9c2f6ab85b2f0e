"""A reader's new address: asked for on the page of preferences, taken over when its owner confirms it."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import BigInteger, ForeignKey, String, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

import settings

from ..outbox import transactional
from ..store import token
from ..store.base import Base
from ..store.clock import now
from ..store.errors import WrongState
from ..store.mail_address import MailAddress
from ..store.token import BadToken, Purpose
from . import consent, subscriber, suppression
from .consent import ConsentKind
from .subscriber import Subscriber, SubscriptionState

ADDRESS_CHANGE = "address_change"
ADDRESS_CHANGED = "address_changed"
REQUESTS_PER_DAY = 3
"""So many letters to new addresses one reader may cause in a day."""
DAY = 24 * 3600


class AddressChange(Base):
    """One wish for a new address."""

    __tablename__ = "address_change"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    subscriber_id: Mapped[int] = mapped_column(ForeignKey("subscriber.id"), index=True)
    address: Mapped[str | None] = mapped_column(String(320))
    """None once it was taken over or the reader's data were erased."""
    asked_at: Mapped[datetime] = mapped_column(default=now)
    done_at: Mapped[datetime | None]

    subscriber: Mapped[Subscriber] = relationship()


def request(session: Session, reader: Subscriber, address: MailAddress) -> None:
    """Write to the new address, so that its owner can confirm. Says nothing about whether it is known.

    An address that another reader has, or that is never mailed, gets no letter.
    """
    if address.key == reader.address_key or _limit_reached(session, reader):
        return
    change = AddressChange(subscriber=reader, address=address.text)
    session.add(change)
    session.flush()
    taken = subscriber.find(session, address.key) is not None
    if taken or any(suppression.blocks_signup(session, address.key, one.newsletter_id) for one in reader.subscriptions):
        return
    seconds = settings.get().confirm_days * DAY
    link = token.make_expiring(Purpose.ADDRESS, change.id, seconds)
    newsletter_id = next((one.newsletter_id for one in reader.subscriptions), None)
    transactional.post(
        session,
        ADDRESS_CHANGE,
        address.text,
        language=reader.language,
        newsletter_id=newsletter_id,
        subscriber_id=reader.id,
        link=f"{settings.get().base_url.rstrip('/')}/address/{link}",
        expires=(now() + timedelta(seconds=seconds)).isoformat(),
        old_address=reader.address or "",
    )


def find_by_link(session: Session, confirmation: str, *, lock: bool = False) -> AddressChange:
    """The change that a confirmation link is about.

    Raises:
        ExpiredToken: the link's time is over.
        BadToken: it was never good, or the reader's data were erased.
    """
    number = token.read_expiring(Purpose.ADDRESS, confirmation)
    change = session.get(AddressChange, number, with_for_update=lock or None)
    if change is None or change.subscriber.address is None or (change.address is None and change.done_at is None):
        raise BadToken("the link is about nobody that we know")
    return change


def confirm(
    session: Session, confirmation: str, address: MailAddress, *, client: str = "", user_agent: str = ""
) -> AddressChange:
    """The owner of the new address has pressed the button. Doing it twice changes nothing.

    Arguments:
        address: ``AddressChange.address``, parsed.

    Raises:
        ExpiredToken, BadToken: as :func:`asked_for`.
        WrongState: another reader has the address by now.
    """
    change = find_by_link(session, confirmation, lock=True)
    if change.done_at is not None:
        return change
    if subscriber.find(session, address.key) is not None:
        raise WrongState("the address", "another reader's", "be taken over")
    reader = change.subscriber
    for subscription in reader.subscriptions:
        if subscription.state is SubscriptionState.ACTIVE:
            consent.record(
                session,
                subscription,
                ConsentKind.CHANGED,
                text="address",
                source="address change",
                client=client,
                user_agent=user_agent,
            )
    _notify_old_address(session, reader, address)
    subscriber.set_address(reader, address)
    change.done_at, change.address = now(), None
    return change


def _notify_old_address(session: Session, reader: Subscriber, new: MailAddress) -> None:
    """Whoever has a forwarded letter could have asked; the owner of the old address must learn of it."""
    assert reader.address is not None
    transactional.post(
        session,
        ADDRESS_CHANGED,
        reader.address,
        language=reader.language,
        newsletter_id=next((one.newsletter_id for one in reader.subscriptions), None),
        subscriber_id=reader.id,
        new_address=new.text,
        name=reader.name,
    )


def _limit_reached(session: Session, reader: Subscriber) -> bool:
    count = session.scalar(
        select(func.count()).where(
            AddressChange.subscriber_id == reader.id, AddressChange.asked_at > now() - timedelta(days=1)
        )
    )
    return (count or 0) >= REQUESTS_PER_DAY
