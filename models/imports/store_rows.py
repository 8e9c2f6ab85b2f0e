"""The rows of a list on their way into the tables: by COPY into a temporary table, then a statement for all of them.

A subscriber is new or gets blanks filled in; a subscription is new, or pending and now agreed to. A subscription that
has ended stays ended, whatever a list says; so do readers who are suppressed. An address that nobody has now, and that
a reader of the newsletter had before, stands for that reader: consent records keep its hash.

What is done is written down in ``import_change`` where the import is a stored one, so that it can be undone; and who is
named that came by an earlier import which can be undone still, so that its undoing leaves them here.
"""

# ruff: noqa: S608  the SQL here is made of constants of this file

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Any, NamedTuple

from psycopg import Connection
from psycopg.errors import DeadlockDetected, UniqueViolation
from sqlalchemy import TextClause, text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from ..readers.suppression import APPLIES_SQL
from ..store.clock import now
from ..store.db import rows_changed
from . import import_job

_TRIES = 5
"""How often a batch is begun again where somebody signs up with one of its addresses at the same moment, or where it
and another one want the same readers in another order."""


class ReaderRow(NamedTuple):
    """A reader as a list says, checked; in the order of the columns of the temporary table."""

    address: str
    key: str
    hash: str
    domain: str
    name: str
    kana: str
    organisation: str
    language: str
    fields: str
    """JSON."""
    audience_id: str
    """A number, or nothing."""
    topic_ids: str
    """As PostgreSQL writes an array."""
    source: str


class Stored(NamedTuple):
    """What became of a batch; the others were known."""

    added: int
    suppressed: int
    filled: int = 0
    """Readers who were known and get blanks filled in, as :func:`foresee` counts them."""


def store(session: Session, newsletter_id: int, rows: Sequence[ReaderRow], import_id: int | None = None) -> Stored:
    """Store a batch of readers, none of whom is in it twice.

    Arguments:
        import_id: the stored import that this is part of, where it is one.
    """
    for attempt in range(1, _TRIES + 1):
        try:
            with session.begin_nested():
                return _store(session, newsletter_id, rows, import_id)
        except (IntegrityError, OperationalError) as error:
            if attempt == _TRIES or not isinstance(error.orig, (UniqueViolation, DeadlockDetected)):
                raise
    raise AssertionError("unreachable")


def _store(session: Session, newsletter_id: int, rows: Sequence[ReaderRow], import_id: int | None) -> Stored:
    values = _values(newsletter_id, import_id)
    suppressed = _begin(session, rows, values)
    added = 0
    if rows_changed(session.execute(_FIND_KNOWN, values)):
        session.execute(_ANALYZE_KNOWN)
        earlier = import_job.ended_others(session, newsletter_id, import_id) if import_id else []
        added += session.scalar(_KNOWN, {**values, "earlier": earlier}) or 0
        session.execute(_WITHOUT_KNOWN)
    added += session.scalar(_FRESH, values) or 0
    for statement in _LEAVE:
        session.execute(statement)
    return Stored(added, suppressed)


def foresee(session: Session, newsletter_id: int, rows: Sequence[ReaderRow]) -> Stored:
    """What :func:`store` would do; nothing is changed."""
    values = _values(newsletter_id, None)
    suppressed = _begin(session, rows, values)
    session.execute(_FIND_KNOWN, values)
    session.execute(_ANALYZE_KNOWN)
    added, filled = session.execute(_FORESEEN, values).one()
    for statement in _LEAVE:
        session.execute(statement)
    return Stored(added, suppressed, filled)


def _values(newsletter_id: int, import_id: int | None) -> dict[str, Any]:
    no_text = sha256(b"").hexdigest()
    return {"newsletter": newsletter_id, "now": now(), "no_text": no_text, "import": import_id}


def _begin(session: Session, rows: Sequence[ReaderRow], values: dict[str, Any]) -> int:
    """Fill the temporary table; returns how many rows are left out of it again, as their address is suppressed."""
    for statement in _PREPARE:
        session.execute(statement)
    _copy(session, rows)
    session.execute(_ANALYZE)
    return rows_changed(session.execute(_SUPPRESSED, values))


def _copy(session: Session, rows: Sequence[ReaderRow]) -> None:
    """Write rows as COPY reads them; what it would take for something else is escaped."""
    driver = session.connection().connection.driver_connection
    assert isinstance(driver, Connection)
    with driver.cursor() as cursor, cursor.copy("COPY import_row FROM STDIN") as copy:
        for start in range(0, len(rows), 500):
            copy.write(_text(rows[start : start + 500], start))


def _text(rows: Iterable[ReaderRow], start: int) -> str:
    return "".join([_line(number, row) for number, row in enumerate(rows, start)])


def _line(number: int, row: ReaderRow) -> str:
    line = "\t".join(row)
    if "\\" in line or line.count("\t") != _TABS or "\n" in line or "\r" in line:
        line = "\t".join([_escaped(value) for value in row])
    return f"{number}\t{line}\n"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


_TABS = len(ReaderRow._fields) - 1


def _statements(*many: str) -> tuple[TextClause, ...]:
    return tuple(map(text, many))


# The planner knows nothing of a table that was filled a moment ago, and would read all readers for every batch.
_PREPARE = _statements(
    """
    CREATE TEMPORARY TABLE IF NOT EXISTS import_row (
        place int, address text, key text, hash text, domain text, name text, kana text, organisation text,
        language text, fields jsonb, audience text, topic_ids int[], source text)
    """,
    """
    CREATE TEMPORARY TABLE IF NOT EXISTS import_known (
        place int, subscriber_id bigint, name text, kana text, organisation text, fields jsonb, state text,
        asked jsonb, audience_id int, topic_ids int[])
    """,
    "TRUNCATE import_row, import_known",
    "SET LOCAL enable_seqscan = off",
    "SET LOCAL jit = off",
)
_LEAVE = _statements("TRUNCATE import_row, import_known", "SET LOCAL enable_seqscan = on")
_ANALYZE = text("ANALYZE import_row (key, hash)")
_ANALYZE_KNOWN = text("ANALYZE import_known (place, subscriber_id)")
_SUPPRESSED = text(f"""
    DELETE FROM import_row r USING suppression WHERE suppression.address_hash = r.hash AND {APPLIES_SQL}
""")
# OFFSET keeps the planner from joining before it has looked by the index: of new addresses it finds nobody.
_FIND_KNOWN = text("""
    INSERT INTO import_known
    SELECT r.place, s.id, s.name, s.kana, s.organisation, s.fields, x.state, x.asked, x.audience_id, x.topic_ids
    FROM import_row r CROSS JOIN LATERAL (SELECT * FROM subscriber WHERE address_key = r.key OFFSET 0) s
    LEFT JOIN subscription x ON x.subscriber_id = s.id AND x.newsletter_id = :newsletter
""")
_WITHOUT_KNOWN = text("DELETE FROM import_row r USING import_known k WHERE k.place = r.place")
_BLANK = """
    ((k.name = '' AND r.name <> '') OR (k.kana = '' AND r.kana <> '')
     OR (k.organisation = '' AND r.organisation <> '') OR NOT k.fields @> (r.fields || k.fields))
"""
_NOBODYS = """
    NOT EXISTS (
        SELECT FROM (SELECT c.subscriber_id AS id FROM consent c WHERE c.address_hash = r.hash OFFSET 0) former
        WHERE EXISTS (SELECT FROM subscriber s WHERE s.id = former.id AND s.address_hash <> r.hash OFFSET 0)
          AND EXISTS (
            SELECT FROM subscription x
            WHERE x.subscriber_id = former.id AND x.newsletter_id = :newsletter OFFSET 0))
"""
_FORESEEN = text(f"""
    SELECT count(*) FILTER (WHERE CASE WHEN k.place IS NULL THEN {_NOBODYS}
                                       ELSE k.state IS NULL OR k.state = 'pending' END),
           count(*) FILTER (WHERE k.place IS NOT NULL AND {_BLANK})
    FROM import_row r LEFT JOIN import_known k USING (place)
""")
_KNOWN = text(
    """
    WITH blank AS MATERIALIZED (
        SELECT k.subscriber_id, CASE WHEN k.name = '' THEN r.name ELSE '' END AS name,
            CASE WHEN k.kana = '' THEN r.kana ELSE '' END AS kana,
            CASE WHEN k.organisation = '' THEN r.organisation ELSE '' END AS organisation,
            r.fields - ARRAY(SELECT jsonb_object_keys(k.fields)) AS fields
        FROM import_known k JOIN import_row r USING (place)
        WHERE """
    + _BLANK
    + """
    ), filled AS (
        UPDATE subscriber s SET
            name = COALESCE(NULLIF(s.name, ''), b.name), kana = COALESCE(NULLIF(s.kana, ''), b.kana),
            organisation = COALESCE(NULLIF(s.organisation, ''), b.organisation), fields = b.fields || s.fields
        FROM blank b WHERE s.id = b.subscriber_id RETURNING s.id
    ), joined AS (
        INSERT INTO subscription AS x (subscriber_id, newsletter_id, audience_id, topic_ids, state, created_at,
                                       confirmed_at, ended_reason, asked)
        SELECT k.subscriber_id, :newsletter, NULLIF(r.audience, '')::int, r.topic_ids, 'active', :now, :now, '', '{}'
        FROM import_known k JOIN import_row r USING (place) WHERE k.state IS NULL OR k.state = 'pending'
        ON CONFLICT (subscriber_id, newsletter_id) DO UPDATE SET
            state = 'active', confirmed_at = :now, ended_at = NULL, ended_reason = '', asked = '{}',
            audience_id = COALESCE(x.audience_id, excluded.audience_id),
            topic_ids = CASE WHEN x.topic_ids = '{}' THEN excluded.topic_ids ELSE x.topic_ids END
        WHERE x.state = 'pending'
        RETURNING subscriber_id
    ), evidence AS (
        INSERT INTO consent (subscriber_id, newsletter_id, address_hash, kind, text, text_digest, source, at)
        SELECT j.subscriber_id, :newsletter, r.hash, 'imported', '', :no_text, r.source, :now
        FROM joined j JOIN import_known k USING (subscriber_id) JOIN import_row r USING (place)
    ), noted AS (
        INSERT INTO import_change (import_id, subscriber_id, kind, filled, was)
        SELECT CAST(:import AS int), k.subscriber_id,
            CASE WHEN j.subscriber_id IS NULL THEN CASE WHEN b.subscriber_id IS NULL THEN 'named' ELSE 'filled' END
                 WHEN k.state IS NULL THEN 'subscription' ELSE 'agreed' END,
            COALESCE(jsonb_strip_nulls(jsonb_build_object(
                'name', NULLIF(b.name, ''), 'kana', NULLIF(b.kana, ''), 'organisation', NULLIF(b.organisation, ''),
                'fields', NULLIF(b.fields, '{}'))), '{}'),
            CASE WHEN k.state = 'pending' THEN jsonb_build_object(
                'asked', k.asked, 'audience_id', k.audience_id, 'topic_ids', k.topic_ids) ELSE '{}' END
        FROM import_known k LEFT JOIN joined j USING (subscriber_id) LEFT JOIN blank b USING (subscriber_id)
        WHERE CAST(:import AS int) IS NOT NULL AND (j.subscriber_id IS NOT NULL OR b.subscriber_id IS NOT NULL
            OR EXISTS (SELECT FROM import_change c WHERE c.import_id = ANY(CAST(:earlier AS int[]))
                AND c.subscriber_id = k.subscriber_id AND c.kind IN ('reader', 'subscription', 'agreed')))
        ON CONFLICT DO NOTHING
    )
    SELECT count(*) FROM joined
"""
)
# All rows of new readers get the reader's number beforehand, so that no table is asked again for what was written.
_FRESH = text(
    """
    WITH fresh AS MATERIALIZED (
        SELECT nextval(pg_get_serial_sequence('subscriber', 'id')) AS id, r.* FROM import_row r
        WHERE """
    + _NOBODYS
    + """
    ), put AS (
        INSERT INTO subscriber (id, address, address_key, address_hash, domain, name, kana, organisation, language,
                                fields, tracking_refused, created_at)
        SELECT id, address, key, hash, domain, name, kana, organisation, language, fields, false, :now FROM fresh
    ), joined AS (
        INSERT INTO subscription (subscriber_id, newsletter_id, audience_id, topic_ids, state, created_at,
                                  confirmed_at, ended_reason, asked)
        SELECT id, :newsletter, NULLIF(audience, '')::int, topic_ids, 'active', :now, :now, '', '{}' FROM fresh
    ), evidence AS (
        INSERT INTO consent (subscriber_id, newsletter_id, address_hash, kind, text, text_digest, source, at)
        SELECT id, :newsletter, hash, 'imported', '', :no_text, source, :now FROM fresh
    ), noted AS (
        INSERT INTO import_change (import_id, subscriber_id, kind, filled, was)
        SELECT CAST(:import AS int), id, 'reader', '{}', '{}' FROM fresh WHERE CAST(:import AS int) IS NOT NULL
    )
    SELECT count(*) FROM fresh
"""
)
