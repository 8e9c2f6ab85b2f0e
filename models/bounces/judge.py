"""Judging what came in: read it, find out whose letter it is about, and let that have its consequences; once.

A message is judged in the transaction that marks it judged, so that a process which dies on the way leaves it as it
was. How often somebody began is counted right before, in a transaction of its own: a message that kills whoever reads
it is left alone after :data:`MOST_TRIES`, and no other with it.

A message is read before anything is locked; then its reader is, and then its row, as everywhere: erasing a reader
empties the rows of their messages.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import structlog
from sqlalchemy import ColumnElement, Select, func, or_, select, update
from sqlalchemy.orm import Session, undefer

from ..issues.newsletter import Newsletter
from ..readers.subscriber import Subscriber
from ..store.clock import now
from ..store.db import rows_changed
from ..store.log_redaction import redact
from . import bounce, consequences, mail_leave, ownership, reasons
from .bounce_class import BounceClass
from .bounce_reading import Reading, RecipientReading
from .mail_text import addresses
from .ownership import LetterOwner
from .returned_mail import ReturnedMail, storable
from .returned_message import ReturnedMessage, take_apart

log = structlog.get_logger(__name__)

MOST_TRIES = 10
LARGEST_UNPROVED = 200_000
"""Bytes of a message up to which it is kept as it came where it proves nothing."""
UNPROVED = "unproved"
"""The consequence of a report that nothing proves: it is shown, and counts for nobody."""


def begin(session: Session, limit: int, without: Collection[str] = ()) -> Sequence[str]:
    """Digests of messages that wait to be judged, the oldest first; the caller commits before it judges any.

    What was tried :data:`MOST_TRIES` times is marked as unreadable instead.

    Arguments:
        without: digests of those that have to wait longer.
    """
    waiting = (
        select(ReturnedMail.digest)
        .where(ReturnedMail.judged_at.is_(None), ReturnedMail.digest.not_in(without))
        .order_by(ReturnedMail.received_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    found = list(session.scalars(waiting))
    given_up = {"judged_at": now(), "kind": BounceClass.OTHER.value, "rule": "it could not be read"}
    spent = ReturnedMail.digest.in_(found), ReturnedMail.tries >= MOST_TRIES
    gone = set(session.scalars(update(ReturnedMail).where(*spent).values(**given_up).returning(ReturnedMail.digest)))
    for digest in gone:
        log.error("a returned message is given up after many tries; its bytes are kept for now", digest=digest[:12])
    return [digest for digest in found if digest not in gone]


def count_try(session: Session, digest: str) -> bool:
    """Count that somebody is about to judge a message; whether it waits for them. The caller commits at once."""
    free = select(ReturnedMail.digest).where(ReturnedMail.digest == digest, ReturnedMail.judged_at.is_(None))
    mine = free.with_for_update(skip_locked=True).scalar_subquery()
    counted = update(ReturnedMail).where(ReturnedMail.digest == mine).values(tries=ReturnedMail.tries + 1)
    return rows_changed(session.execute(counted.execution_options(synchronize_session=False))) == 1


def judge(session: Session, digest: str) -> bool:
    """Judge one message; whether it still waited. The caller commits. Twice at once, one does it and one does not."""
    return _judge(session, digest, ReturnedMail.judged_at.is_(None))


def judge_again(session: Session, digest: str) -> str | None:
    """Judge a message by the present rules; its former class where that has changed. The caller commits.

    What a new class calls for follows. What followed from the former one stays: a suppression is lifted by staff.
    """
    other_rules = ReturnedMail.rules_version != reasons.version()
    is_outdated = ReturnedMail.judged_at.is_not(None) & ReturnedMail.raw.is_not(None) & other_rules
    mail = _find(session, digest, is_outdated)
    if mail is None:
        return None
    former = mail.kind
    reading = bounce.read_message(take_apart(mail.message or b""))
    if reading.kind.value != former:
        return former if _judge(session, digest, is_outdated) else None
    if (locked := _lock(session, digest, is_outdated)) is not None:
        locked.rule, locked.rules_version = storable(reading.rule, 200), reading.rules_version
    return None


def outdated(session: Session) -> Sequence[str]:
    """Digests of messages that other rules have judged and that are still kept as they came, the oldest first."""
    judged = ReturnedMail.judged_at.is_not(None), ReturnedMail.raw.is_not(None)
    query = select(ReturnedMail.digest).where(*judged, ReturnedMail.rules_version != reasons.version())
    return session.scalars(query.order_by(ReturnedMail.received_at)).all()


def _one(digest: str, condition: ColumnElement[bool]) -> Select[ReturnedMail]:
    query = select(ReturnedMail).where(ReturnedMail.digest == digest, condition)
    return query.execution_options(populate_existing=True)


def _find(session: Session, digest: str, condition: ColumnElement[bool]) -> ReturnedMail | None:
    return session.scalars(_one(digest, condition).options(undefer(ReturnedMail.raw))).one_or_none()


def _lock(session: Session, digest: str, condition: ColumnElement[bool]) -> ReturnedMail | None:
    return session.scalars(_one(digest, condition).with_for_update(skip_locked=True)).one_or_none()


def _judge(session: Session, digest: str, condition: ColumnElement[bool]) -> bool:
    """Judge a message of which *condition* holds, still after it is locked; whether it does."""
    mail = _find(session, digest, condition)
    if mail is None:
        return False
    message = take_apart(mail.message or b"")
    reading, owner = bounce.read_message(message), ownership.find(session, message, mail.recipients)
    asks = reading.kind is BounceClass.UNSUBSCRIBE_REQUEST
    leaving = mail_leave.reader_of(session, message, mail.recipients) if asks else None
    about_them = {one for one in (owner.subscriber_id if owner else None, leaving) if one is not None}
    readers = {one: consequences.lock_reader(session, one) for one in sorted(about_them)}
    if _lock(session, digest, condition) is None:
        return False
    _conclude(session, mail, message, reading, owner, readers.get(owner.subscriber_id) if owner else None)
    return True


def _conclude(
    session: Session, mail: ReturnedMail, message: ReturnedMessage, reading: Reading, owner: LetterOwner | None,
    reader: Subscriber | None,
) -> None:  # fmt: skip
    about = _about(reading, reader)
    mail.judged_at, mail.kind, mail.rule = now(), reading.kind.value, storable(reading.rule, 200)
    mail.rules_version = reading.rules_version
    mail.status, mail.said = storable(about.status, 11), storable(redact(about.said), 300)
    mail.address = storable(about.address, 320)
    mail.proof = owner.proof.value if owner and owner.proof else ""
    mail.issue_id = owner.issue.id if owner else None
    mail.newsletter_id = owner.issue.newsletter_id if owner else _written_to(session, message, mail.recipients)
    mail.subscriber_id = owner.subscriber_id if owner and owner.proof else None
    if reader is not None and reader.address is None:
        mail.forget()  # Erased while it waited: it says who the reader was.
    if reading.kind is BounceClass.UNSUBSCRIBE_REQUEST:
        _leave(session, mail, message)
    else:
        mail.consequence = _follow(session, mail, owner, reader, about)
    if not mail.proof and mail.size > LARGEST_UNPROVED:
        mail.raw = None  # Anybody may send it.
    log.info("returned mail judged", digest=mail.digest[:12], kind=mail.kind, rule=mail.rule, proof=mail.proof,
             consequence=mail.consequence)  # fmt: skip


def _about(reading: Reading, reader: Subscriber | None) -> RecipientReading:
    """What a message says of a reader, or of whoever is worst off where it does not name them."""
    whole = RecipientReading("", reading.kind, reading.rule)
    own = [one for one in reading.recipients if reader and one.address.lower() == reader.address_key]
    worst = [one for one in reading.recipients if one.kind is reading.kind]
    return next(iter((*own, *worst, *reading.recipients)), whole)


def _follow(
    session: Session, mail: ReturnedMail, owner: LetterOwner | None, reader: Subscriber | None, about: RecipientReading
) -> str:
    if not (about.kind.is_failure or about.kind is BounceClass.COMPLAINT):
        return consequences.Consequence.NOTHING.value
    if owner is None or owner.proof is None or reader is None:
        return UNPROVED
    return consequences.follow(
        session,
        reader,
        owner.issue.id,
        about.kind,
        source=f"mail/{mail.digest[:32]}",
        at=mail.received_at,
        reason=about.said,
        status=about.status,
        address=about.address,
        final=about.final,
    ).value


def _leave(session: Session, mail: ReturnedMail, message: ReturnedMessage) -> None:
    leaving, subscription = mail_leave.leave(session, message, mail.recipients, way=mail.way)
    mail.consequence = leaving.value
    if subscription is not None:
        mail.newsletter_id = subscription.newsletter_id
        if leaving is mail_leave.Leaving.LEFT:
            mail.subscriber_id = subscription.subscriber_id


def _written_to(session: Session, message: ReturnedMessage, recipients: Sequence[str]) -> int | None:
    """The newsletter to one of whose addresses a message went; None where that is not one alone."""
    fields = [value for name in ("to", "delivered-to", "x-original-to") for value in message.top.all(name)]
    to = {one.lower() for one in (*recipients, *(one for value in fields for one in addresses(value)))}
    if not to:
        return None
    # The address for what comes back says more than the sender's, which newsletters may share.
    columns = (Newsletter.bounce_address, Newsletter.sender_address, Newsletter.reply_to)
    query = select(Newsletter.id, *(func.lower(one).in_(to) for one in columns))
    rows = session.execute(query.where(or_(*(func.lower(one).in_(to) for one in columns)))).all()
    for place in range(1, len(columns) + 1):
        found = [row[0] for row in rows if row[place]]
        if len(found) == 1:
            return int(found[0])
    return None
