"""Subscribers, and their subscriptions to newsletters: ``pending → active → ended``."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, UniqueConstraint, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from ..issues.newsletter import Audience, Newsletter
from ..store.base import Base
from ..store.clock import now
from ..store.db import NO_KEY_UPDATE
from ..store.errors import WrongState
from ..store.mail_address import MailAddress
from ..store.phrase import phrase
from ..store.token import address_hash


class SubscriptionState(enum.Enum):
    """Where a subscription stands."""

    PENDING = "pending"
    ACTIVE = "active"
    ENDED = "ended"


class Subscriber(Base):
    """One mailbox with its owner's profile.

    A row is never deleted: erasure empties it, so that counts and certificates of old issues stay true.
    """

    __tablename__ = "subscriber"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    address: Mapped[str | None] = mapped_column(String(320))
    address_key: Mapped[str | None] = mapped_column(String(320), unique=True)
    """Lower case; see :class:`~models.store.mail_address.MailAddress`."""
    address_hash: Mapped[str | None] = mapped_column(String(64))
    """Of the key: what suppressions are joined by, without hashing in SQL. Set by :func:`set_address` alone."""
    domain: Mapped[str] = mapped_column(String(255), default="")
    name: Mapped[str] = mapped_column(String(200), default="")
    kana: Mapped[str] = mapped_column(String(200), default="")
    organisation: Mapped[str] = mapped_column(String(200), default="")
    language: Mapped[str] = mapped_column(String(2), default="ja")
    fields: Mapped[dict[str, Any]] = mapped_column(default=dict)
    tracking_refused: Mapped[bool] = mapped_column(default=False)
    """The reader's own opt-out from individual tracking."""
    created_at: Mapped[datetime] = mapped_column(default=now)
    erased_at: Mapped[datetime | None]

    subscriptions: Mapped[list[Subscription]] = relationship(back_populates="subscriber", order_by="Subscription.id")

    __table_args__ = (
        # By what staff look for readers: these compare beginnings, whatever the collation of the database is.
        *(
            Index(f"ix_subscriber_{column}_beginning", column, postgresql_ops={column: "varchar_pattern_ops"})
            for column in ("address_key", "name", "kana")
        ),
        Index("ix_subscriber_domain", "domain"),
        # Only ever asked whether it is the same: a tenth of the size of a tree of such long and random keys.
        Index("ix_subscriber_address_hash", "address_hash", postgresql_using="hash"),
    )


BOUNCED = "bounced"
"""Why a subscription has ended whose letters came back (:mod:`models.bounces.dead_addresses`)."""
END_SQL = "state = 'ended', ended_at = :now, ended_reason = :reason, asked = '{}'"
"""What :meth:`Subscription.end` does, for statements that end many at once: ``UPDATE subscription SET …``."""


class Subscription(Base):
    """Subscriber × newsletter."""

    __tablename__ = "subscription"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    subscriber_id: Mapped[int] = mapped_column(ForeignKey("subscriber.id"))
    newsletter_id: Mapped[int] = mapped_column(ForeignKey("newsletter.id"))
    audience_id: Mapped[int | None] = mapped_column(ForeignKey("audience.id"))
    topic_ids: Mapped[list[int]] = mapped_column(ARRAY(Integer), default=list)
    """Topics that the reader chose; empty means all. An array, since preparing reads a million of them at once."""
    state: Mapped[SubscriptionState] = mapped_column(default=SubscriptionState.PENDING)
    created_at: Mapped[datetime] = mapped_column(default=now)
    confirmed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    """When it ended; kept while it is asked for again, until that is confirmed."""
    ended_reason: Mapped[str] = mapped_column(String(40), default="")
    pending_answers: Mapped[dict[str, Any]] = mapped_column("asked", default=dict)
    """What an unconfirmed sign-up says of the reader: taken over when the address's owner confirms it."""

    subscriber: Mapped[Subscriber] = relationship(back_populates="subscriptions")
    newsletter: Mapped[Newsletter] = relationship()
    audience: Mapped[Audience | None] = relationship()

    __table_args__ = (
        UniqueConstraint("subscriber_id", "newsletter_id"),
        # Along one of these a list of readers is walked through (models.readers.finding).
        Index("ix_subscription_reader", "newsletter_id", "subscriber_id"),
        Index("ix_subscription_state", "newsletter_id", "state", "subscriber_id"),
        Index("ix_subscription_audience", "newsletter_id", "audience_id", "subscriber_id"),
        Index("ix_subscription_joined", "newsletter_id", "confirmed_at", "subscriber_id"),
    )

    def activate(self) -> None:
        """The reader has confirmed. Confirming twice changes nothing.

        Raises:
            WrongState: it has ended; the reader must sign up again.
        """
        if self.state is SubscriptionState.ACTIVE:
            return
        if self.state is SubscriptionState.ENDED:
            first = phrase("Sign up again")
            raise WrongState(phrase("the subscription"), phrase("ended"), phrase("be confirmed"), first)
        self.state = SubscriptionState.ACTIVE
        self.confirmed_at = now()
        self.ended_at, self.ended_reason = None, ""
        self.pending_answers = {}

    def end(self, reason: str) -> None:
        """Stop, for a *reason* in one word (``unsubscribed``, ``bounced``, …). Stopping twice changes nothing.

        What had ended, and was asked for again by whomever, stays ended since then and for the reason of then.
        """
        if self.state is SubscriptionState.ENDED:
            return
        if self.state is SubscriptionState.ACTIVE or self.ended_at is None:
            self.ended_at, self.ended_reason = now(), reason
        self.state = SubscriptionState.ENDED
        self.pending_answers = {}

    def reopen(self) -> None:
        """An ended subscription is asked for again: pending until confirmed.

        Anybody can ask so: when and why it had ended is kept until then.

        Raises:
            WrongState: it has not ended.
        """
        if self.state is not SubscriptionState.ENDED:
            raise WrongState(phrase("the subscription"), phrase("going on"), phrase("be opened again"))
        self.state = SubscriptionState.PENDING

    def resume(self, *, by_list: bool = False) -> None:
        """Go on after mail that came back, or a list, has ended it: the reader has never left.

        Arguments:
            by_list: whether it was a list, whatever reason that has given.

        Raises:
            WrongState: it goes on, or it has ended for another reason.
        """
        if self.state is not SubscriptionState.ENDED or not (by_list or self.ended_reason == BOUNCED):
            raise WrongState(phrase("the subscription"), phrase("going on"), phrase("be opened again"))
        self.state = SubscriptionState.ACTIVE if self.confirmed_at else SubscriptionState.PENDING
        self.ended_at = None
        self.ended_reason = ""


def set_address(subscriber: Subscriber, address: MailAddress) -> None:
    """Give the subscriber an address, with all that is derived from it."""
    subscriber.address = address.text
    subscriber.address_key = address.key
    subscriber.address_hash = address_hash(address.key)
    subscriber.domain = address.domain


def take_address(session: Session, subscriber: Subscriber, address: MailAddress) -> None:
    """As :func:`set_address`, at once, where another reader may come to have the address at the same moment.

    Raises:
        WrongState: one has.
    """
    try:
        with session.begin_nested():
            set_address(subscriber, address)
            session.flush()
    except IntegrityError as error:
        raise WrongState(phrase("the address"), phrase("another reader's"), phrase("be taken over")) from error


def lock(session: Session, subscriber_id: int | None) -> Subscriber | None:
    """A reader, locked and read afresh; None where there is none, or the reader's data were erased.

    Whatever changes a reader, the subscriptions or the address begins with this: of two requests at once, the second
    then finds what the first has left, and neither waits for the other in a circle.
    """
    if subscriber_id is None:
        return None
    found = session.get(Subscriber, subscriber_id, with_for_update=NO_KEY_UPDATE, populate_existing=True)
    return found if found is not None and found.address is not None else None


def find(session: Session, address_key: str) -> Subscriber | None:
    """The subscriber with a normalised address, if there is one."""
    return session.scalar(select(Subscriber).where(Subscriber.address_key == address_key))


def count_active(session: Session, newsletter_id: int) -> int:
    """How many readers a newsletter has."""
    active = Subscription.state == SubscriptionState.ACTIVE
    return session.scalar(select(func.count()).where(Subscription.newsletter_id == newsletter_id, active)) or 0
