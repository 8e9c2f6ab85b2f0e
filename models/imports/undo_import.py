"""Taking an import back, while nothing was sent to the readers whom it added.

- Readers who came by it alone are removed as if they had never been here. Their consent records lose the link to them.
- A reader who was here before keeps what they had: a subscription that the import added is removed, one that had waited
  to be confirmed waits again, and blanks that it filled are blank again, unless they were changed since.
- A reader whom another import names, too, stays as if that one had added them: it is noted there, with its evidence.
- Whoever has done something themselves since (confirmed, chosen, left) stays as they are.
- Whom the list named as having left is mailed again (:mod:`.left_readers`).
"""

# ruff: noqa: S608  the SQL here is made of constants of this file

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from ..readers.consent import GIVEN_BACK, OF_LIST
from ..store.clock import now
from ..store.db import rows_changed
from ..store.errors import WrongState
from ..store.phrase import phrase
from . import import_job, left_readers
from .import_job import KEPT_DAYS, ImportChange, ImportJob, ImportStop

PORTION = 5_000
"""Readers of one transaction."""


def is_possible(session: Session, job: ImportJob) -> bool:
    """Whether the import can be taken back now."""
    try:
        check(session, job)
    except WrongState:
        return False
    return True


def check(session: Session, job: ImportJob) -> None:
    """See to it that an import can be taken back.

    Raises:
        WrongState: with what speaks against it.
    """
    undone = phrase("be undone")
    if job.ended_at is not None and job.ended_at < now() - timedelta(days=KEPT_DAYS):
        raise WrongState(phrase("the import"), phrase("longer ago than {days} days", days=KEPT_DAYS), undone)
    changes = (select(kind.import_id).where(kind.import_id == job.id).limit(1) for kind in (ImportChange, ImportStop))
    if all(session.scalar(one) is None for one in changes):
        raise WrongState(phrase("the import"), phrase("one that changed nothing"), undone)
    if session.scalar(_SENT, {"import": job.id, "newsletter": job.newsletter_id, "since": job.started_at}):
        raise WrongState(phrase("the import"), phrase("one whose readers were sent a letter"), undone)


def count_staying(session: Session, job: ImportJob) -> int:
    """How many readers whom the import added stay when it is undone, as another one names them."""
    others = import_job.ended_others(session, job.newsletter_id, job.id)
    return (session.scalar(_COUNT_STAYING, {"import": job.id, "others": others}) or 0) if others else 0


def take_back(session: Session, job: ImportJob) -> int:
    """Take back a portion of what an import changed; returns how many readers that was, 0 once all is done.

    Raises:
        WrongState: meanwhile a letter was sent.
    """
    # Whoever freezes an issue's readers waits until this is committed, or was here first and is found by the check.
    session.execute(_LOCK_ISSUES, {"newsletter": job.newsletter_id})
    changes = session.scalars(
        select(ImportChange.subscriber_id).where(ImportChange.import_id == job.id).limit(PORTION)
    ).all()
    if not changes:
        return left_readers.give_back(session, job, PORTION)
    check(session, job)
    values = {
        "import": job.id, "newsletter": job.newsletter_id, "ids": list(changes), "since": job.started_at,
        "others": import_job.ended_others(session, job.newsletter_id, job.id),
    }  # fmt: skip
    for statement in _BEGIN:
        session.execute(statement, values)
    kept = rows_changed(session.execute(_HAND_OVER, values))
    for statement in _STATEMENTS:
        session.execute(statement, values)
    if kept:
        job.counts = {**job.counts, "kept": job.counts.get("kept", 0) + kept}
    return len(changes)


_SENT = text("""
    SELECT EXISTS (
        SELECT FROM issue i JOIN delivery d ON d.issue_id = i.id
        JOIN import_change c ON c.subscriber_id = d.subscriber_id
        WHERE i.newsletter_id = :newsletter AND i.prepared_at >= :since AND c.import_id = :import
          AND c.kind NOT IN ('filled', 'named') AND d.state <> 'suppressed')
""")
_LOCK_ISSUES = text("""
    SELECT id FROM issue WHERE newsletter_id = :newsletter AND state IN ('approved', 'scheduled', 'preparing')
    ORDER BY id FOR NO KEY UPDATE
""")
# A subscription that goes on, but for what another list has stopped and may give back.
_GOES_ON = """
    (x.state = 'active' OR EXISTS (
        SELECT FROM import_stop t JOIN subscriber s ON s.address_hash = t.address_hash
        WHERE t.import_id = ANY(CAST(:others AS int[])) AND s.id = x.subscriber_id AND t.ended_at = x.ended_at))
"""
# A reader has done something where there is a consent record that no list has made, later than the import.
_UNTOUCHED = f"""
    NOT EXISTS (SELECT FROM consent o WHERE o.subscriber_id = c.subscriber_id AND o.newsletter_id = :newsletter
                AND o.at >= :since AND o.kind <> 'imported' AND o.text <> '{GIVEN_BACK}'
                AND NOT (o.kind = 'withdrawn' AND o.source LIKE '{OF_LIST}%'))
"""
_ADDED = "c.import_id = :import AND c.kind IN ('reader', 'subscription', 'agreed')"
_COUNT_STAYING = text(f"""
    SELECT count(*) FROM import_change c WHERE {_ADDED} AND EXISTS (
        SELECT FROM import_change o
        WHERE o.import_id = ANY(CAST(:others AS int[])) AND o.subscriber_id = c.subscriber_id)
""")
_BEGIN = tuple(
    text(one)
    for one in (
        # Each reader is locked first, so that nobody changes one meanwhile.
        "SELECT id FROM subscriber WHERE id = ANY(:ids) ORDER BY id FOR UPDATE",
        "CREATE TEMPORARY TABLE undone (id bigint, kind text) ON COMMIT DROP",
        "CREATE TEMPORARY TABLE handed (id bigint, kind text, was jsonb, import_id int) ON COMMIT DROP",
    )
)
_HAND_OVER = text(f"""
    INSERT INTO handed SELECT DISTINCT ON (c.subscriber_id) c.subscriber_id, c.kind, c.was, o.import_id
    FROM import_change c
    JOIN import_change o ON o.import_id = ANY(CAST(:others AS int[])) AND o.subscriber_id = c.subscriber_id
    WHERE c.subscriber_id = ANY(:ids) AND {_ADDED} AND {_UNTOUCHED}
    ORDER BY c.subscriber_id, o.import_id
""")
_STATEMENTS = tuple(
    text(one)
    for one in (
        "ANALYZE handed",
        """
        UPDATE import_change o SET kind = h.kind, was = h.was
        FROM handed h WHERE o.import_id = h.import_id AND o.subscriber_id = h.id
        """,
        """
        INSERT INTO consent (subscriber_id, newsletter_id, address_hash, kind, text, text_digest, source, at)
        SELECT s.id, :newsletter, s.address_hash, 'imported', '', encode(sha256(''), 'hex'),
               left(COALESCE(NULLIF(j.evidence, ''), 'list ' || j.name), 200), clock_timestamp()
        FROM handed h JOIN subscriber s ON s.id = h.id JOIN import_job j ON j.id = h.import_id
        """,
        f"""
        INSERT INTO undone SELECT c.subscriber_id, c.kind FROM import_change c
        WHERE c.subscriber_id = ANY(:ids) AND {_ADDED} AND {_UNTOUCHED}
          AND NOT EXISTS (SELECT FROM handed h WHERE h.id = c.subscriber_id)
        """,
        "ANALYZE undone",
        # Blanks that were filled, where they still hold what was filled in.
        """
        UPDATE subscriber s SET
            name = CASE WHEN s.name = c.filled->>'name' THEN '' ELSE s.name END,
            kana = CASE WHEN s.kana = c.filled->>'kana' THEN '' ELSE s.kana END,
            organisation = CASE WHEN s.organisation = c.filled->>'organisation' THEN '' ELSE s.organisation END,
            fields = CASE WHEN c.filled ? 'fields' THEN COALESCE((
                SELECT jsonb_object_agg(key, value) FROM jsonb_each(s.fields) f
                WHERE c.filled->'fields'->f.key IS DISTINCT FROM f.value), '{}') ELSE s.fields END
        FROM import_change c
        WHERE c.import_id = :import AND c.subscriber_id = ANY(:ids) AND s.id = c.subscriber_id AND c.filled <> '{}'
          AND s.address IS NOT NULL
        """,
        f"""
        UPDATE subscription x SET state = 'pending', confirmed_at = NULL, asked = c.was->'asked',
            ended_at = NULL, ended_reason = '',
            audience_id = CAST(c.was->>'audience_id' AS int),
            topic_ids = ARRAY(SELECT CAST(jsonb_array_elements_text(c.was->'topic_ids') AS int))
        FROM import_change c JOIN undone u ON u.id = c.subscriber_id AND u.kind = 'agreed'
        WHERE c.import_id = :import AND x.subscriber_id = u.id AND x.newsletter_id = :newsletter AND {_GOES_ON}
        """,
        """
        INSERT INTO consent (subscriber_id, newsletter_id, address_hash, kind, text, text_digest, source, at)
        SELECT CASE WHEN u.kind = 'reader' THEN NULL ELSE s.id END, :newsletter, s.address_hash, 'withdrawn', '',
               encode(sha256(''), 'hex'), 'import undone', clock_timestamp()
        FROM undone u JOIN subscriber s ON s.id = u.id WHERE s.address_hash IS NOT NULL
        """,
        f"""
        DELETE FROM subscription x USING undone u
        WHERE x.subscriber_id = u.id AND x.newsletter_id = :newsletter AND u.kind <> 'agreed' AND {_GOES_ON}
        """,
        """
        DELETE FROM undone u WHERE u.kind <> 'reader' OR EXISTS (
            SELECT FROM subscription x WHERE x.subscriber_id = u.id)
            OR EXISTS (SELECT FROM delivery d WHERE d.issue_id IN (SELECT id FROM issue) AND d.subscriber_id = u.id)
            OR EXISTS (SELECT FROM notice t WHERE t.subscriber_id = u.id)
            OR EXISTS (SELECT FROM address_change a WHERE a.subscriber_id = u.id)
        """,
        """
        UPDATE consent SET subscriber_id = NULL, client = NULL, user_agent = NULL
        FROM undone u WHERE consent.subscriber_id = u.id
        """,
        "DELETE FROM subscriber s USING undone u WHERE s.id = u.id",
        "DELETE FROM import_change WHERE import_id = :import AND subscriber_id = ANY(:ids)",
        "DROP TABLE undone, handed",
    )
)
