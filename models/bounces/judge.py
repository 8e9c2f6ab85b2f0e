"""Judging what came in: read it, find out whose letter it is about, and let that have its consequences; once.

A message is judged in the transaction that marks it judged, so that a process which dies on the way leaves it as it
was. Messages that nobody has tried are judged together, which takes a quarter of the time; where that fails, or dies,
each of them goes on alone: how often somebody began is counted right before then, in a transaction of its own. So a
message that kills whoever reads it is left alone after :data:`MOST_TRIES`, and spends no try of another.

A message is read before anything is locked; then its reader is, and then its row, as everywhere: erasing a reader
empties the rows of their messages.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import structlog
from sqlalchemy import ARRAY, ColumnElement, Row, String, all_, cast, func, or_, select, text, update
from sqlalchemy.orm import Session, undefer
from sqlalchemy.orm.attributes import flag_modified

from ..issues.newsletter import Newsletter
from ..readers.subscriber import Subscriber
from ..store.clock import now
from ..store.db import array_literal, rows_changed
from ..store.log_redaction import redact
from . import bounce, consequences, mail_leave, ownership, reasons
from .bounce_class import BounceClass
from .bounce_reading import Reading, RecipientReading
from .consequences import ReportedLetter
from .mail_text import addresses
from .ownership import LetterOwner
from .returned_mail import ReturnedMail, storable
from .returned_message import ReturnedMessage, take_apart

log = structlog.get_logger(__name__)

MOST_TRIES = 10
MOST_TOGETHER = 4_000_000
"""Bytes of messages that are judged together at most."""
LARGEST_UNPROVED = 200_000
"""Bytes of a message up to which it is kept as it came where it proves nothing."""
UNPROVED = "unproved"
"""The consequence of a report that nothing proves: it is shown, and counts for nobody."""
_TEXTS = ARRAY(String)
_WAITS = ReturnedMail.judged_at.is_(None)


class WaitingMail(NamedTuple):
    """Digests of messages that wait to be judged."""

    together: list[str]
    """Which nobody has tried before."""
    alone: list[str]


def begin(session: Session, limit: int, without: Collection[str] = ()) -> WaitingMail:
    """Messages that wait to be judged, the oldest first; the caller commits before it judges any.

    What was tried :data:`MOST_TRIES` times alone is marked as unreadable instead.

    Arguments:
        without: digests of those that have to wait longer.
    """
    waiting = (
        select(ReturnedMail.digest, ReturnedMail.tries, ReturnedMail.size)
        .where(ReturnedMail.judged_at.is_(None), ReturnedMail.digest != all_(cast(list(without), _TEXTS)))
        .order_by(ReturnedMail.received_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    found = _portion(session.execute(waiting).all())
    spent = [one.digest for one in found if one.tries > MOST_TRIES]
    new = [one.digest for one in found if not one.tries]
    _set(session, spent, {"judged_at": now(), "kind": BounceClass.OTHER.value, "rule": "it could not be read"})
    for digest in spent:
        log.error("a returned message is given up after many tries; its bytes are kept for now", digest=digest[:12])
    _set(session, new, {"tries": 1})
    return WaitingMail(new, [one.digest for one in found if 0 < one.tries <= MOST_TRIES])


def _portion(found: Sequence[Row[str, int, int]]) -> Sequence[Row[str, int, int]]:
    """The first ones, as many as :data:`MOST_TOGETHER` has room for, and one in any case."""
    room = MOST_TOGETHER
    for place, one in enumerate(found):
        room -= one.size
        if room < 0:
            return found[: max(1, place)]
    return found


def _set(session: Session, digests: Sequence[str], values: Mapping[str, object]) -> None:
    if digests:
        change = update(ReturnedMail).where(ReturnedMail.digest.in_(digests)).values(**values)
        session.execute(change.execution_options(synchronize_session=False))


def count_try(session: Session, digest: str) -> bool:
    """Count that somebody is about to judge a message; whether it waits for them. The caller commits at once."""
    if not _claim(session, [digest]):
        return False
    free = select(ReturnedMail.digest).where(ReturnedMail.digest == digest, ReturnedMail.judged_at.is_(None))
    mine = free.with_for_update(skip_locked=True).scalar_subquery()
    counted = update(ReturnedMail).where(ReturnedMail.digest == mine).values(tries=ReturnedMail.tries + 1)
    return rows_changed(session.execute(counted.execution_options(synchronize_session=False))) == 1


def judge(session: Session, digest: str) -> bool:
    """Judge one message; whether it still waited. The caller commits. Twice at once, one does it and one does not."""
    return bool(_judge(session, [digest], _WAITS))


def judge_together(session: Session, digests: Sequence[str]) -> set[str]:
    """Judge many messages as :func:`judge` does; those that are judged. Each of the others has to be judged alone.

    The caller commits. Whatever is raised, none is judged.
    """
    return _judge(session, _claim(session, digests), _WAITS)


def _claim(session: Session, digests: Sequence[str]) -> list[str]:
    """Those that nobody else judges together now: others pass them by until the transaction ends, and wait for nothing.

    Without that, two processes would undo each other's transactions.
    """
    keys = {int.from_bytes(bytes.fromhex(digest[:16]), "big", signed=True): digest for digest in digests}
    free = session.scalars(_CLAIM, {"keys": array_literal(keys)})
    return [keys[key] for key in free]


_CLAIM = text("SELECT key FROM unnest(CAST(:keys AS bigint[])) AS key WHERE pg_try_advisory_xact_lock(key)")


def judge_again(session: Session, digest: str) -> str | None:
    """Judge a message by the present rules; its former class where that has changed. The caller commits.

    What a new class calls for follows. What followed from the former one stays: a suppression is lifted by staff.
    """
    other_rules = ReturnedMail.rules_version != reasons.version()
    is_outdated = ReturnedMail.judged_at.is_not(None) & ReturnedMail.raw.is_not(None) & other_rules
    mail = next(iter(_find(session, [digest], is_outdated)), None)
    if mail is None:
        return None
    former = mail.kind
    reading = bounce.read_message(take_apart(mail.delivered))
    if reading.kind.value != former:
        return former if _judge(session, [digest], is_outdated) else None
    if _lock(session, [digest], is_outdated):
        mail.rule, mail.rules_version = storable(reading.rule, 200), reading.rules_version
    return None


def outdated(session: Session) -> Sequence[str]:
    """Digests of messages that other rules have judged and that are still kept as they came, the oldest first."""
    judged = ReturnedMail.judged_at.is_not(None), ReturnedMail.raw.is_not(None)
    query = select(ReturnedMail.digest).where(*judged, ReturnedMail.rules_version != reasons.version())
    return session.scalars(query.order_by(ReturnedMail.received_at)).all()


def _find(session: Session, digests: Sequence[str], condition: ColumnElement[bool]) -> list[ReturnedMail]:
    query = select(ReturnedMail).where(ReturnedMail.digest.in_(digests), condition).order_by(ReturnedMail.received_at)
    query = query.options(undefer(ReturnedMail.raw)).execution_options(populate_existing=True)
    return list(session.scalars(query))


def _lock(session: Session, digests: Sequence[str], condition: ColumnElement[bool]) -> set[str]:
    """Those of which *condition* still holds, as they are now."""
    query = select(ReturnedMail).where(ReturnedMail.digest.in_(digests), condition).with_for_update(skip_locked=True)
    return {one.digest for one in session.scalars(query.execution_options(populate_existing=True))}


class _ReadMail(NamedTuple):
    mail: ReturnedMail
    message: ReturnedMessage
    reading: Reading
    owner: LetterOwner | None

    @property
    def asks(self) -> bool:
        """Whether it asks to leave."""
        return self.reading.kind is BounceClass.UNSUBSCRIBE_REQUEST

    def reader(self, locked: Mapping[int, Subscriber]) -> Subscriber | None:
        """Whose letter it is about."""
        return locked.get(self.owner.subscriber_id) if self.owner else None


def _judge(session: Session, digests: Sequence[str], condition: ColumnElement[bool]) -> set[str]:
    """Judge messages of which *condition* holds, still after they are locked; those that are judged."""
    read = [one for mail in _find(session, digests, condition) if (one := _read(session, mail, len(digests) == 1))]
    about = {one.owner.subscriber_id for one in read if one.owner}
    about |= {leaving for one in read if one.asks and (leaving := _leaving(session, one)) is not None}
    readers = consequences.lock_readers(session, about) if about else {}
    locked = _lock(session, [one.mail.digest for one in read], condition)
    _conclude(session, [one for one in read if one.mail.digest in locked], readers)
    return locked


def _read(session: Session, mail: ReturnedMail, alone: bool) -> _ReadMail | None:
    """Read a message; None where that has to be done alone: it asks to leave, which is answered, or cannot be read."""
    try:
        message = take_apart(mail.delivered)
        reading = bounce.read_message(message)
    except Exception:
        if alone:
            raise
        return None
    if reading.kind is BounceClass.UNSUBSCRIBE_REQUEST and not alone:
        return None
    return _ReadMail(mail, message, reading, ownership.find(session, message, mail.recipients))


def _leaving(session: Session, read: _ReadMail) -> int | None:
    return mail_leave.reader_of(session, read.message, read.mail.recipients)


def _conclude(session: Session, read: Sequence[_ReadMail], readers: Mapping[int, Subscriber]) -> None:
    about, told = [], dict[int, ReportedLetter]()
    for place, one in enumerate(read):
        reader = one.reader(readers)
        about.append(_about(one.reading, reader))
        if one.owner and one.owner.proof and reader and not one.asks:
            told[place] = _reported(one.mail, reader, one.owner.issue.id, about[place])
    followed = dict(zip(told, consequences.follow_each(session, list(told.values())), strict=True))
    for place, one in enumerate(read):
        mail, reader = one.mail, one.reader(readers)
        _write(session, one, about[place])
        if one.asks:
            reader = readers.get(_leaving(session, one) or 0, reader)
            _leave(session, mail, one.message)
        else:
            what = UNPROVED if about[place].kind.has_consequences else consequences.Consequence.NOTHING.value
            mail.consequence = followed[place].value if place in followed else what
        if reader is not None and reader.address is None:
            mail.forget()  # Erased while it waited, or before: it says who the reader was.
        if not mail.proof and mail.size > LARGEST_UNPROVED:
            mail.raw = None  # Anybody may send it.
        log.info("returned mail judged", digest=mail.digest[:12], kind=mail.kind, rule=mail.rule, proof=mail.proof,
                 consequence=mail.consequence)  # fmt: skip


def _write(session: Session, read: _ReadMail, about: RecipientReading) -> None:
    """Write what was read."""
    mail, owner = read.mail, read.owner
    mail.judged_at, mail.kind, mail.rule = now(), read.reading.kind.value, storable(read.reading.rule, 200)
    mail.rules_version = read.reading.rules_version
    mail.status, mail.said = storable(about.status, 11), storable(redact(about.said), 300)
    mail.address = storable(about.address, 320)
    mail.proof = owner.proof.value if owner and owner.proof else ""
    mail.issue_id = owner.issue.id if owner else None
    mail.newsletter_id = owner.issue.newsletter_id if owner else _written_to(session, read.message, mail.recipients)
    mail.subscriber_id = owner.subscriber_id if owner and owner.proof else None
    for column in _WRITTEN:  # Also what stays as it was, so that one statement writes them all.
        flag_modified(mail, column)


_WRITTEN = ("status", "said", "address", "proof", "issue_id", "newsletter_id", "subscriber_id", "consequence")


def _about(reading: Reading, reader: Subscriber | None) -> RecipientReading:
    """What a message says of a reader, or of whoever is worst off where it does not name them."""
    whole = RecipientReading("", reading.kind, reading.rule)
    own = [one for one in reading.recipients if reader and one.address.lower() == reader.address_key]
    worst = [one for one in reading.recipients if one.kind is reading.kind]
    return next(iter((*own, *worst, *reading.recipients)), whole)


def _reported(mail: ReturnedMail, reader: Subscriber, issue_id: int, about: RecipientReading) -> ReportedLetter:
    source = f"mail/{mail.digest[:32]}"
    return ReportedLetter(
        reader, issue_id, about.kind, source, mail.received_at, about.said, about.status, about.address, about.final
    )


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
