"""Addresses that are never mailed (配信停止), found by a keyed hash that outlives the erasure of the address."""

from __future__ import annotations

import enum
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    ForeignKey,
    String,
    UniqueConstraint,
    and_,
    bindparam,
    case,
    delete,
    exists,
    false,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session, mapped_column

from ..issues.newsletter import Newsletter
from ..staff import audit
from ..staff.member import Member
from ..store.base import Base
from ..store.clock import now
from ..store.db import rows_changed
from ..store.errors import WrongState
from ..store.phrase import phrase
from ..store.token import address_hash
from .subscriber import Subscriber, Subscription


class SuppressionReason(enum.Enum):
    """Why an address is not mailed."""

    UNSUBSCRIBED = "unsubscribed"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    ERASED = "erased"
    STAFF = "staff"


LIFTED_BY_READER = frozenset({SuppressionReason.UNSUBSCRIBED, SuppressionReason.ERASED})
"""What the reader asked for, and may undo by signing up again. The others stay until staff lift them."""
LIFTED_BY_STAFF = frozenset(SuppressionReason) - LIFTED_BY_READER


MUST_GO = frozenset(
    {
        "goodbye",
        "address_changed",
        "fresh_link",
        "own_data",
        "erasure",
        "staff_invitation",
        "staff_password",
        "staff_login_failures",
        "staff_notifications",
        "account_changed",
        "correction_proposed",
        "correction_decided",
    }
)
"""Single letters that go to suppressed addresses, too.

Two tell the owner of a mailbox what somebody else may have done in their name. Three answer a wish to see, correct or
erase one's own data, which a complaint does not take away (個人情報保護法 33 to 35). Staff are no subscribers.
"""


UNKNOWN_LIST = 0
"""Stands for a list of which nothing is kept that could be undone."""


class AddressSuppressed(WrongState):
    """The address is never mailed, for a reason that only staff can lift."""

    def __init__(self, newsletter: Newsletter) -> None:
        self.contact = newsletter.contact or newsletter.sender_address
        super().__init__(phrase("the address"), phrase("suppressed"), phrase("be subscribed"))


class Suppression(Base):
    """One address, for one newsletter or (without one) for all."""

    __tablename__ = "suppression"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    address_hash: Mapped[str] = mapped_column(String(64))
    newsletter_id: Mapped[int | None] = mapped_column(ForeignKey("newsletter.id"))
    reason: Mapped[SuppressionReason]
    note: Mapped[str] = mapped_column(String(500), default="")
    at: Mapped[datetime] = mapped_column(default=now)
    import_id: Mapped[int | None]
    """The import whose list alone says so; :data:`UNKNOWN_LIST` where nothing more is known of it. None as soon as the
    reader, staff or a server says so, too."""

    __table_args__ = (UniqueConstraint("address_hash", "newsletter_id", postgresql_nulls_not_distinct=True),)


def applies_to(newsletter_id: ColumnElement[int] | InstrumentedAttribute[int] | int | None) -> ColumnElement[bool]:
    """SQL: whether a row of Suppression is about all newsletters or about this one."""
    return or_(Suppression.newsletter_id.is_(None), Suppression.newsletter_id == newsletter_id)


APPLIES_SQL = f"({applies_to(bindparam('newsletter'))})"
"""The same for statements written as text, with the newsletter's id as ``:newsletter``; call the table by its name."""


def is_suppressed() -> ColumnElement[bool]:
    """SQL: whether a row of Subscription joined with Subscriber must not be mailed."""
    return exists().where(Suppression.address_hash == Subscriber.address_hash, applies_to(Subscription.newsletter_id))


def suppress(
    session: Session,
    address_key: str,
    reason: SuppressionReason,
    *,
    newsletter_id: int | None = None,
    note: str = "",
) -> None:
    """Never mail this address again. Doing it twice keeps the first reason, unless that was the reader's own wish."""
    suppress_hash(session, address_hash(address_key), reason, newsletter_id=newsletter_id, note=note)


def suppress_each(
    session: Session,
    address_keys: Collection[str],
    reason: SuppressionReason,
    *,
    newsletter_id: int | None = None,
    note: str = "",
) -> None:
    """As :func:`suppress`, of many addresses at once."""
    if address_keys:
        hashes = dict.fromkeys(map(address_hash, address_keys), reason)
        suppress_hashes(session, hashes, newsletter_id=newsletter_id, note=note)


def suppress_hash(
    session: Session,
    hashed: str,
    reason: SuppressionReason,
    *,
    newsletter_id: int | None = None,
    note: str = "",
) -> None:
    """As :func:`suppress`, by :func:`models.store.token.address_hash` of an address that is not kept any more."""
    suppress_hashes(session, {hashed: reason}, newsletter_id=newsletter_id, note=note)


def suppress_hashes(
    session: Session,
    reasons: Mapping[str, SuppressionReason],
    *,
    newsletter_id: int | None = None,
    note: str = "",
    import_id: int | None = None,
) -> None:
    """As :func:`suppress_hash`, of many addresses at once: the reason for each hash.

    Arguments:
        import_id: of the list that says so, or :data:`UNKNOWN_LIST`. What was said by anybody else stays theirs; and
            what only a list has said is theirs from now on where somebody else says it.
    """
    common = {"newsletter_id": newsletter_id, "note": note[:500], "at": now(), "import_id": import_id}
    # In one order, so that two lists at once do not wait for each other in a circle.
    rows = [{"address_hash": hashed, "reason": reasons[hashed], **common} for hashed in sorted(reasons)]
    add = insert(Suppression).values(rows)
    by_reader = Suppression.reason.in_(LIFTED_BY_READER)
    graver = and_(by_reader, add.excluded.reason.not_in(LIFTED_BY_READER))
    session.execute(
        add.on_conflict_do_update(
            index_elements=[Suppression.address_hash, Suppression.newsletter_id],
            set_={
                "reason": case((by_reader, add.excluded.reason), else_=Suppression.reason),
                "note": case((by_reader, add.excluded.note), else_=Suppression.note),
                "at": add.excluded.at,
                "import_id": None if import_id is None else Suppression.import_id,
            },
            where=graver if import_id is not None else or_(graver, Suppression.import_id.is_not(None)),
        )
    )


def make_own(session: Session, subscription: Subscription) -> bool:
    """Note that a reader leaves whom a list has stopped before, so that undoing the list changes nothing for them.

    Returns whether there was anything to note.
    """
    key = subscription.subscriber.address_key
    assert key is not None
    stopped = update(Suppression).where(
        Suppression.address_hash == address_hash(key),
        Suppression.newsletter_id == subscription.newsletter_id,
        Suppression.import_id.is_not(None),
    )
    return rows_changed(session.execute(stopped.values(import_id=None, at=now()))) > 0


def is_lifted_by_staff(one: Suppression) -> bool:
    """Whether staff may lift it: what the reader has asked for only where it is a list that says so."""
    return one.reason in LIFTED_BY_STAFF or one.import_id is not None


def find(session: Session, address_key: str, newsletter_id: int | None = None) -> Sequence[Suppression]:
    """What keeps an address from being mailed by all newsletters, and by this one where one is given."""
    return session.scalars(select(Suppression).where(_for_address(address_key, newsletter_id))).all()


def blocks_signup(session: Session, address_key: str, newsletter_id: int) -> bool:
    """Whether the address is suppressed for a reason that signing up again does not undo."""
    return any(one.reason not in LIFTED_BY_READER for one in find(session, address_key, newsletter_id))


def check(session: Session, address_key: str | None, newsletter: Newsletter) -> None:
    """Let nobody begin whose address is never mailed.

    Raises:
        AddressSuppressed: it is, for a reason that signing up does not undo.
    """
    if address_key is not None and blocks_signup(session, address_key, newsletter.id):
        raise AddressSuppressed(newsletter)


def blocks_letter(session: Session, kind: str, address: str, newsletter_id: int | None) -> bool:
    """Whether a single letter must not go to an address, for a reason other than the reader's own leaving."""
    if kind in MUST_GO:
        return False
    return any(one.reason not in LIFTED_BY_READER for one in find(session, address.casefold(), newsletter_id))


def lift(
    session: Session,
    reader: Subscriber,
    newsletter_id: int,
    *,
    actor: Member | str,
    why: str,
    reasons: Collection[SuppressionReason] = LIFTED_BY_READER,
    of_lists: bool = False,
) -> int:
    """Undo what the reader once asked for, or what has other *reasons*. The rest stays. Returns how many were lifted.

    The row goes; the audit log keeps its reason, its note and its time, and who lifted it and why. Where it was about
    all newsletters, it goes on for each of the others: no list shall bring back whom this one may mail again.

    Arguments:
        reader: whose address it is; it must be known.
        newsletter_id: the newsletter that may be mailed again; a suppression for all newsletters goes too.
        actor: who does it, as in :func:`~models.staff.audit.record`.
        why: in words.
        of_lists: whether that is undone as well which only a list says, whatever its reason.
    """
    by_list = Suppression.import_id.is_not(None) if of_lists else false()
    assert reader.address_key is not None
    lifted = session.execute(
        delete(Suppression)
        .where(_for_address(reader.address_key, newsletter_id), or_(Suppression.reason.in_(list(reasons)), by_list))
        .returning(Suppression.newsletter_id, Suppression.reason, Suppression.note, Suppression.at)
    ).all()
    for newsletter, reason, note, at in lifted:
        if newsletter is None:
            _keep_for_others(session, reader.address_key, newsletter_id, reason, note)
        audit.record(
            session,
            actor,
            "lift suppression",
            f"subscriber/{reader.id}",
            newsletter=newsletter,
            reason=reason.value,
            note=note,
            since=at.isoformat(),
            why=why,
        )
    return len(lifted)


def _keep_for_others(
    session: Session, address_key: str, newsletter_id: int, reason: SuppressionReason, note: str
) -> None:
    for other in session.scalars(select(Newsletter.id).where(Newsletter.id != newsletter_id)):
        suppress(session, address_key, reason, newsletter_id=other, note=note)


def _for_address(address_key: str, newsletter_id: int | None) -> ColumnElement[bool]:
    return and_(
        Suppression.address_hash == address_hash(address_key),
        applies_to(newsletter_id),
    )
