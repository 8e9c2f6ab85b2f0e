"""Consent records (同意記録): who agreed to what text, when and how. Rows are only ever added.

特定電子メール法 wants the record kept while mail is sent and for a time after. Erasure takes the personal
part (client address, user agent, link to the person) out of the row; nothing else can be changed.
"""

from __future__ import annotations

import enum
from datetime import datetime
from hashlib import sha256

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, Session, mapped_column

from ..store.base import Base, after_create
from ..store.clock import now
from ..store.token import address_hash
from .subscriber import Subscription


class ConsentKind(enum.Enum):
    """What the reader did."""

    REQUESTED = "asked"
    CONFIRMED = "confirmed"
    IMPORTED = "imported"
    CHANGED = "changed"
    WITHDRAWN = "withdrawn"


GIVEN_BACK = "what a list had stopped goes on"
"""The text of a change of ours: a list had said that the reader left, and that was wrong."""
OF_LIST = "list "
"""How the source of a withdrawal begins that a list tells; its name follows."""
TRACKING_REFUSED, TRACKING_ALLOWED = "individual tracking refused", "individual tracking allowed"
"""The text of a change of what is kept about reading."""


class Consent(Base):
    """One piece of evidence."""

    __tablename__ = "consent"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    subscriber_id: Mapped[int | None] = mapped_column(ForeignKey("subscriber.id"), index=True)
    newsletter_id: Mapped[int] = mapped_column(ForeignKey("newsletter.id"))
    address_hash: Mapped[str] = mapped_column(String(64))
    kind: Mapped[ConsentKind]
    text: Mapped[str] = mapped_column(default="")
    """The words that the reader agreed to."""
    text_digest: Mapped[str] = mapped_column(String(64))
    source: Mapped[str] = mapped_column(String(200), default="")
    """``form``, ``one-click``, or where an imported consent came from."""
    client: Mapped[str | None] = mapped_column(String(45))
    user_agent: Mapped[str | None] = mapped_column(String(500))
    at: Mapped[datetime] = mapped_column(default=now)

    __table_args__ = (Index("ix_consent_address_hash", "address_hash", postgresql_using="hash"),)


after_create(
    Consent,
    """
    CREATE FUNCTION consent_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN
      IF TG_OP = 'UPDATE' AND NEW.subscriber_id IS NULL AND NEW.client IS NULL AND NEW.user_agent IS NULL
         AND ROW(NEW.id, NEW.newsletter_id, NEW.address_hash, NEW.kind, NEW.text, NEW.text_digest, NEW.source, NEW.at)
             = ROW(OLD.id, OLD.newsletter_id, OLD.address_hash, OLD.kind, OLD.text, OLD.text_digest, OLD.source, OLD.at)
      THEN RETURN NEW; END IF;
      RAISE EXCEPTION 'consent records are append-only';
    END $$
    """,
    """
    CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON consent
    FOR EACH ROW EXECUTE FUNCTION consent_is_append_only()
    """,
)


def record(
    session: Session,
    subscription: Subscription,
    kind: ConsentKind,
    *,
    text: str = "",
    source: str = "form",
    client: str = "",
    user_agent: str = "",
) -> Consent:
    """Write down what a reader did.

    Arguments:
        subscription: whose, and to what; its subscriber must still have an address.
        text: the words agreed to, as shown.
        client, user_agent: the address and agent of the request, where there was one.
    """
    subscriber = subscription.subscriber
    assert subscriber.address_key is not None
    consent = Consent(
        subscriber_id=subscriber.id,
        newsletter_id=subscription.newsletter_id,
        address_hash=address_hash(subscriber.address_key),
        kind=kind,
        text=text,
        text_digest=sha256(text.encode()).hexdigest(),
        source=source[:200],
        client=client[:45] or None,
        user_agent=user_agent[:500] or None,
    )
    session.add(consent)
    return consent
