"""A reader's new address: asked for on the page of preferences, taken over when its owner confirms it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import BigInteger, ForeignKey, String, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

import settings

from ..outbox import transactional
from ..store import mail_address, token
from ..store.base import Base
from ..store.clock import now
from ..store.errors import WrongState
from ..store.mail_address import MailAddress
from ..store.phrase import phrase
from ..store.token import BadToken, Claim, Purpose
from . import consent, signup_limit, subscriber, suppression
from .consent import ConsentKind
from .signup_limit import ADDRESS_CHANGE
from .subscriber import Subscriber, SubscriptionState

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
    """None once it was taken over or given up, or the reader's data were erased."""
    old_address: Mapped[str | None] = mapped_column(String(320))
    """What it was before, as long as that can be had back."""
    asked_at: Mapped[datetime] = mapped_column(default=now)
    done_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]

    subscriber: Mapped[Subscriber] = relationship()


HELD_SQL = """
    EXISTS (SELECT FROM address_change c WHERE c.subscriber_id = s.id AND c.old_address IS NOT NULL
            AND c.undone_at IS NULL AND c.done_at > :undoable)
"""
"""SQL: what :func:`held_until` finds of subscriber ``s``; ``:undoable`` is :func:`undoable_since`."""


class AddressHeld(WrongState):
    """The address was changed lately and the old mailbox may still undo that; what was asked for has to wait."""

    def __init__(self, until: datetime) -> None:
        self.until = until
        super().__init__(phrase("the address"), phrase("new"), phrase("be used for this yet"))


def held_until(session: Session, reader: Subscriber) -> datetime | None:
    """Until when the last change of the reader's address can be undone; None where none can."""
    done_at = session.scalar(
        select(func.max(AddressChange.done_at)).where(
            AddressChange.subscriber_id == reader.id,
            AddressChange.old_address.is_not(None),
            AddressChange.undone_at.is_(None),
            AddressChange.done_at > undoable_since(),
        )
    )
    return done_at + _undo_time() if done_at else None


def undoable_since() -> datetime:
    """Changes from before this moment cannot be undone any more."""
    return now() - _undo_time()


def _undo_time() -> timedelta:
    return timedelta(days=settings.get().address_undo_days)


def check_not_held(session: Session, reader: Subscriber) -> None:
    """Let nothing but choosing and leaving happen while the old mailbox may undo a change.

    Raises:
        AddressHeld: it may.
    """
    if until := held_until(session, reader):
        raise AddressHeld(until)


def name_in_letters(session: Session, reader: Subscriber) -> str:
    """The name that a letter to the reader begins with; none while the mailbox may be a stranger's."""
    return "" if held_until(session, reader) else reader.name


class LastSwitch(NamedTuple):
    """When a reader's address last became another one, and when that was last undone."""

    switched_at: datetime | None
    undone_at: datetime | None


def last_switch(session: Session, reader: Subscriber) -> LastSwitch:
    """Links that were mailed before it went to another mailbox."""
    return last_switches(session, [reader.id])[reader.id]


def last_switches(session: Session, readers: Collection[int]) -> dict[int, LastSwitch]:
    """The same of many readers, by their ids."""
    columns = AddressChange.subscriber_id, func.max(AddressChange.done_at), func.max(AddressChange.undone_at)
    query = select(*columns).where(AddressChange.subscriber_id.in_(readers)).group_by(AddressChange.subscriber_id)
    found = dict.fromkeys(readers, LastSwitch(None, None))
    for reader, done, undone in session.execute(query):
        found[reader] = LastSwitch(max((one for one in (done, undone) if one), default=None), undone)
    return found


def list_of(session: Session, reader: Subscriber) -> Sequence[AddressChange]:
    """A reader's latest wishes for another address, the newest first."""
    query = select(AddressChange).where(AddressChange.subscriber_id == reader.id)
    return session.scalars(query.order_by(AddressChange.id.desc()).limit(20)).all()


def went_elsewhere(session: Session, reader: Subscriber, claim: Claim, seconds: int) -> bool:
    """Whether a link was mailed to another address than the reader has now.

    Arguments:
        claim: of a token that :func:`models.store.token.make_expiring` made for so many *seconds*.
    """
    return is_before(claim, seconds, last_switch(session, reader).switched_at)


def is_before(claim: Claim, seconds: int, moment: datetime | None) -> bool:
    """Whether a link was made before *moment*, or within the same second, as tokens count whole ones."""
    return moment is not None and token.made_at(claim, seconds) <= moment.timestamp()


def give_up_open(session: Session, reader: Subscriber) -> None:
    """Links to confirm other new addresses work no more."""
    session.execute(
        update(AddressChange)
        .where(AddressChange.subscriber_id == reader.id, AddressChange.done_at.is_(None))
        .values(address=None)
    )


def forget_old_addresses(session: Session) -> None:
    """Empty earlier addresses that nobody can have back any more."""
    session.execute(
        update(AddressChange)
        .where(AddressChange.old_address.is_not(None), AddressChange.done_at <= undoable_since())
        .values(old_address=None)
    )


def request(session: Session, reader: Subscriber, address: MailAddress) -> None:
    """Write to the new address, so that its owner can confirm. Says nothing about whether it is known.

    An address that another reader has, or that is never mailed, gets no letter.

    Raises:
        AddressHeld: the address was changed lately.
        SignUpsBusy: more is asked for than letters may go out.
    """
    check_not_held(session, reader)
    signup_limit.check_busy(session, address.domain)
    if address.key == reader.address_key or _limit_reached(session, reader):
        return
    change = AddressChange(subscriber=reader, address=address.text)
    session.add(change)
    session.flush()
    taken = subscriber.find(session, address.key) is not None
    if taken or any(suppression.blocks_signup(session, address.key, one.newsletter_id) for one in reader.subscriptions):
        return
    newsletter_id = next((one.newsletter_id for one in reader.subscriptions), None)
    if newsletter_id is None or signup_limit.is_reached(session, address.key, newsletter_id):
        return
    seconds = settings.get().confirm_days * DAY
    link = token.make_expiring(Purpose.ADDRESS, change.id, seconds)
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


def find_locked(session: Session, number: int, *, lock: bool) -> AddressChange | None:
    """A change whose reader's data were not erased; with *lock*, the reader is locked, and both are read afresh."""
    if lock:
        owner = session.scalar(select(AddressChange.subscriber_id).where(AddressChange.id == number))
        subscriber.lock(session, owner)
    change = session.get(AddressChange, number, populate_existing=lock)
    return change if change is not None and change.subscriber.address is not None else None


def find_by_link(session: Session, confirmation: str, *, lock: bool = False) -> AddressChange:
    """The change that a confirmation link is about.

    Raises:
        ExpiredToken: the link's time is over.
        BadToken: it was never good, or the reader's data were erased.
    """
    change = find_locked(session, token.read_expiring(Purpose.ADDRESS, confirmation), lock=lock)
    if change is None or (change.address is None and change.done_at is None):
        raise BadToken("the link is about nobody that we know")
    return change


def confirm(session: Session, confirmation: str, *, client: str = "", user_agent: str = "") -> AddressChange:
    """The owner of the new address has pressed the button. Doing it twice changes nothing.

    Raises:
        ExpiredToken, BadToken: as :func:`find_by_link`.
        AddressHeld: the address was changed lately.
        AddressSuppressed: the new address came to be one that is never mailed.
        WrongState: another reader has the address by now.
    """
    change = find_by_link(session, confirmation, lock=True)
    if change.address is None:
        return change
    reader, address = change.subscriber, mail_address.parse(change.address)
    check_not_held(session, reader)
    if subscriber.find(session, address.key) is not None:
        raise WrongState(phrase("the address"), phrase("another reader's"), phrase("be taken over"))
    for one in reader.subscriptions:
        suppression.check(session, address.key, one.newsletter)
    record(session, reader, "address", client=client, user_agent=user_agent)
    _notify_old_address(session, change, address)
    change.old_address = reader.address
    subscriber.take_address(session, reader, address)
    change.done_at, change.address = now(), None
    session.flush()
    give_up_open(session, reader)
    return change


def record(session: Session, reader: Subscriber, text: str, *, client: str, user_agent: str) -> None:
    """Write down as evidence, for every subscription that runs, that the address becomes another one."""
    for subscription in reader.subscriptions:
        if subscription.state is SubscriptionState.ACTIVE:
            consent.record(
                session,
                subscription,
                ConsentKind.CHANGED,
                text=text,
                source="address change",
                client=client,
                user_agent=user_agent,
            )


def _notify_old_address(session: Session, change: AddressChange, new: MailAddress) -> None:
    """Whoever has a forwarded letter could have asked; the owner of the old address must learn of it, and can undo."""
    reader = change.subscriber
    assert reader.address is not None
    seconds = settings.get().address_undo_days * DAY
    link = token.make_expiring(Purpose.UNDO, change.id, seconds)
    transactional.post(
        session,
        ADDRESS_CHANGED,
        reader.address,
        language=reader.language,
        newsletter_id=next((one.newsletter_id for one in reader.subscriptions), None),
        subscriber_id=reader.id,
        new_address=new.text,
        link=f"{settings.get().base_url.rstrip('/')}/address/undo/{link}",
        expires=(now() + timedelta(seconds=seconds)).isoformat(),
        name=reader.name,
    )


def _limit_reached(session: Session, reader: Subscriber) -> bool:
    count = session.scalar(
        select(func.count()).where(
            AddressChange.subscriber_id == reader.id, AddressChange.asked_at > now() - timedelta(days=1)
        )
    )
    return (count or 0) >= REQUESTS_PER_DAY
