"""Readers of whom a list says that they left, or cannot be reached: whatever another list says, they are not mailed."""

# ruff: noqa: S608  the SQL here is made of constants

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import exists, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ..readers import consent, subscriber, suppression
from ..readers.consent import Consent, ConsentKind
from ..readers.subscriber import Subscriber, Subscription, SubscriptionState
from ..readers.suppression import APPLIES_SQL, Suppression, SuppressionReason
from . import import_job
from .import_job import ImportJob, ImportStop
from .reader_status import ReaderStatus

REASONS = {
    ReaderStatus.UNSUBSCRIBED: SuppressionReason.UNSUBSCRIBED,
    ReaderStatus.BOUNCED: SuppressionReason.BOUNCED,
    ReaderStatus.COMPLAINED: SuppressionReason.COMPLAINED,
    ReaderStatus.BLOCKED: SuppressionReason.STAFF,
}


def stop(
    session: Session, newsletter_id: int, left: Mapping[str, ReaderStatus], name: str, import_id: int | None = None
) -> int:
    """Suppress addresses for this newsletter, and end subscriptions that only a list began; returns how many.

    Who confirmed the address on our own pages stays: that was said to us. So does a sign-up that waits for its
    confirmation.

    Arguments:
        left: why, by hash of the address.
        name: what the list is called.
        import_id: the stored import that this is part of, where it is one: there it is noted whom it has stopped.
    """
    if not left:
        return 0
    kept, ended = _end(session, newsletter_id, left, name)
    stopped = {hashed: REASONS[status] for hashed, status in left.items() if hashed not in kept}
    if not stopped:
        return 0
    note = consent.OF_LIST + name
    if import_id is None:
        of = suppression.UNKNOWN_LIST
    else:
        of = import_id
        _note_stops(session, newsletter_id, import_id, stopped, ended)
    suppression.suppress_hashes(session, stopped, newsletter_id=newsletter_id, note=note, import_id=of)
    return len(stopped)


def _end(
    session: Session, newsletter_id: int, left: Mapping[str, ReaderStatus], name: str
) -> tuple[set[str], dict[str, datetime | None]]:
    """End subscriptions that only a list began; by hash, who stays, and when each of the others ended."""
    confirmed = exists().where(
        Consent.subscriber_id == Subscription.subscriber_id,
        Consent.newsletter_id == newsletter_id,
        Consent.kind == ConsentKind.CONFIRMED,
    )
    found = session.execute(
        select(Subscriber.address_hash, Subscription, confirmed)
        .join(Subscriber, Subscriber.id == Subscription.subscriber_id)
        .where(
            Subscriber.address_hash.in_(left),
            Subscription.newsletter_id == newsletter_id,
            Subscription.state == SubscriptionState.ACTIVE,
        )
        .order_by(Subscriber.id)
    ).all()
    kept, ended = set[str](), dict[str, datetime | None]()
    for hashed, subscription, is_own in found:
        assert hashed is not None
        if is_own:
            kept.add(hashed)
        elif subscriber.lock(session, subscription.subscriber_id) is not None:
            subscription.end(left[hashed].value)
            consent.record(session, subscription, ConsentKind.WITHDRAWN, source=consent.OF_LIST + name)
            ended[hashed] = subscription.ended_at
    return kept, ended


def _note_stops(
    session: Session, newsletter_id: int, import_id: int, stopped: Mapping[str, SuppressionReason],
    ended: Mapping[str, datetime | None],
) -> None:  # fmt: skip
    """Note what an import stops, and over which milder reason, so that it can be undone; before it is done."""
    was = _overwritten(session, newsletter_id, stopped)
    noted = []
    for hashed in stopped:
        reason, note = was.get(hashed, (None, None))
        noted.append({"import_id": import_id, "address_hash": hashed, "ended_at": ended.get(hashed),
                      "was_reason": reason, "was_note": note})  # fmt: skip
    session.execute(insert(ImportStop).values(noted).on_conflict_do_nothing())


def _overwritten(
    session: Session, newsletter_id: int, stopped: Mapping[str, SuppressionReason]
) -> dict[str, tuple[str, str]]:
    """By hash the reason and note of suppressions to which a graver reason is given now."""
    graver = [hashed for hashed, reason in stopped.items() if reason not in suppression.LIFTED_BY_READER]
    milder = select(Suppression.address_hash, Suppression.reason, Suppression.note).where(
        Suppression.address_hash.in_(graver),
        Suppression.newsletter_id == newsletter_id,
        Suppression.reason.in_(suppression.LIFTED_BY_READER),
    )
    return {hashed: (reason.value, note) for hashed, reason, note in session.execute(milder)} if graver else {}


def give_back(session: Session, job: ImportJob, portion: int) -> int:
    """Take back what an import has stopped, some at a time; returns how many addresses that was, 0 once all is done.

    Who has left, complained or been erased since is not mailed: what they said has made the suppression theirs. Whom
    another import names as well stays stopped by that one.

    Arguments:
        portion: addresses of one transaction.
    """
    query = select(ImportStop.address_hash).where(ImportStop.import_id == job.id).limit(portion)
    hashes = list(session.scalars(query))
    values = {
        "import": job.id, "newsletter": job.newsletter_id, "hashes": hashes,
        "others": import_job.ended_others(session, job.newsletter_id, job.id), "mark": consent.GIVEN_BACK,
        "note": (consent.OF_LIST + job.name)[:500],
    }  # fmt: skip
    if hashes:
        for statement in _GIVE_BACK:
            session.execute(statement, values)
    return len(hashes)


_GIVE_BACK = tuple(
    text(one)
    for one in (
        "SELECT id FROM subscriber WHERE address_hash = ANY(:hashes) ORDER BY id FOR NO KEY UPDATE",
        """
        WITH other AS (
            SELECT DISTINCT ON (o.address_hash) o.address_hash, o.import_id, t.ended_at
            FROM import_stop o JOIN import_stop t ON t.address_hash = o.address_hash AND t.import_id = :import
            WHERE o.import_id = ANY(CAST(:others AS int[])) AND o.address_hash = ANY(:hashes)
            ORDER BY o.address_hash, o.import_id
        ), noted AS (
            UPDATE import_stop o SET ended_at = COALESCE(o.ended_at, other.ended_at)
            FROM other WHERE o.import_id = other.import_id AND o.address_hash = other.address_hash
        )
        UPDATE suppression SET import_id = other.import_id FROM other
        WHERE suppression.address_hash = other.address_hash AND newsletter_id = :newsletter
          AND suppression.import_id = :import
        """,
        """
        DELETE FROM suppression
        WHERE address_hash = ANY(:hashes) AND newsletter_id = :newsletter AND import_id = :import
        """,
        """
        UPDATE suppression s SET reason = t.was_reason, note = t.was_note
        FROM import_stop t
        WHERE t.import_id = :import AND t.address_hash = ANY(:hashes) AND t.was_reason IS NOT NULL
          AND s.address_hash = t.address_hash AND s.newsletter_id = :newsletter AND s.note = :note
          AND NOT EXISTS (SELECT FROM import_stop o
                          WHERE o.import_id = ANY(CAST(:others AS int[])) AND o.address_hash = t.address_hash)
        """,
        f"""
        WITH resumed AS (
            UPDATE subscription x SET state = 'active', ended_at = NULL, ended_reason = ''
            FROM import_stop t JOIN subscriber s ON s.address_hash = t.address_hash
            WHERE t.import_id = :import AND t.address_hash = ANY(:hashes) AND x.subscriber_id = s.id
              AND x.newsletter_id = :newsletter AND x.state = 'ended' AND x.ended_at = t.ended_at
              AND NOT EXISTS (
                SELECT FROM consent c WHERE c.subscriber_id = s.id AND c.newsletter_id = :newsletter
                  AND c.kind = 'withdrawn' AND c.at >= t.ended_at AND NOT starts_with(c.source, '{consent.OF_LIST}'))
              AND NOT EXISTS (
                SELECT FROM suppression WHERE suppression.address_hash = s.address_hash AND {APPLIES_SQL})
            RETURNING s.id, s.address_hash
        )
        INSERT INTO consent (subscriber_id, newsletter_id, address_hash, kind, text, text_digest, source, at)
        SELECT id, :newsletter, address_hash, 'changed',
               CAST(:mark AS text), encode(sha256(convert_to(CAST(:mark AS text), 'UTF8')), 'hex'),
               'import undone', clock_timestamp()
        FROM resumed
        """,
        "DELETE FROM import_stop WHERE import_id = :import AND address_hash = ANY(:hashes)",
    )
)
