"""A year of a large newsletter, made by SQL in minutes: readers, issues, deliveries, hits, and roll-ups of them.

Each issue goes to a twentieth of the readers, some of whom read much more than others; two of its eight articles were
in the issue before, too. Client, agent and headers are empty, as they are after ``HIT_DETAIL_DAYS``. The roll-ups are
counted from the hits by statements of this file, not by Kairan's: an evidence sheet compares both.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from models.reports import reach
from models.store import db
from models.tracking.hit import ensure_partitions
from models.tracking.rules import SURE

from . import sample_data

PARTS = 20
_NEW = sample_data.ARTICLES - 2
"""Articles of an issue that the one before did not have."""


def fill(year: int, *, readers: int, issues: int, hits: int) -> list[int]:
    """Fill an empty database; returns the issues' ids in the order in which they went out."""
    with db.session_scope() as session:
        sample_data.readers(session, readers)
        made = _issues(session, year, issues)
        ensure_partitions(session, [date(year, 1, 1) + timedelta(days=31 * n) for n in range(13)])
        for statement in _WITHOUT_INDEXES:
            session.execute(text(statement))
    values = {"sure": SURE, "readers": readers // PARTS, "hits": hits // issues, "parts": PARTS}
    _at_once([(_DELIVERIES, values | {"issue": one, "part": n % PARTS}) for n, one in enumerate(made)])
    _at_once([(_HITS, values | {"issue": one, "part": n % PARTS}) for n, one in enumerate(made)])
    _at_once([(statement, {}) for statement in _INDEXES])
    _at_once(
        [(statement, values) for statement in (_READING, _DAILY_HIT_COUNT, _UNIQUE_READER_COUNT, _DAILY_READER_COUNT)]
    )
    _at_once([(_READERSHIP, {"some": n}) for n in range(4)])
    with db.session_scope() as session:
        reach.refresh(session, made)
    with db.engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")
    return made


def _issues(session: Session, year: int, count: int) -> list[int]:
    """Issues spread over a year, the last one some days before its end."""
    of = sample_data.newsletter(session)
    articles = sample_data.articles(session, of, count * _NEW + sample_data.ARTICLES)
    first, apart = datetime(year, 1, 4, 1, tzinfo=UTC), timedelta(days=340) / count
    return [
        sample_data.issue(session, of, first + n * apart, articles[n * _NEW : n * _NEW + sample_data.ARTICLES]).id
        for n in range(count)
    ]


def _at_once(work: Sequence[tuple[str, dict[str, int]]]) -> None:
    """Run statements two at a time, each in its own transaction."""
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(_run, work))


def _run(work: tuple[str, dict[str, int]]) -> None:
    statement, values = work
    with db.session_scope() as session:
        session.execute(text("SET LOCAL synchronous_commit = off"))
        session.execute(text("SET LOCAL work_mem = '512MB'"))
        session.execute(text("SET LOCAL maintenance_work_mem = '1GB'"))
        session.execute(text(statement), values)


_WITHOUT_INDEXES = ("DROP INDEX ix_hit_issue_id_reader", "ALTER TABLE hit DROP CONSTRAINT pk_hit")
_INDEXES = (
    "ALTER TABLE hit ADD CONSTRAINT pk_hit PRIMARY KEY (at, id)",
    "CREATE INDEX ix_hit_issue_id_reader ON hit (issue_id, reader)",
)
_READER = "1 + n * :parts + :part"
_AUDIENCE = "(SELECT min(id) FROM audience) + (reader % 3)::int"
_DELIVERIES = f"""
INSERT INTO delivery (issue_id, subscriber_id, edition, lane_id, audience_id, state, attempts, at)
SELECT issue.id, reader, 1, 7, {_AUDIENCE}, 'accepted', 1, prepared_at
FROM issue, LATERAL (SELECT {_READER} AS reader FROM generate_series(0, :readers - 1) AS n) AS taken
WHERE issue.id = :issue
"""
# Half of all hits are opens. Readers, links and times are far from evenly distributed.
_HITS = f"""
INSERT INTO hit (at, id, issue_id, reader, kind, method, link, article_id, audience_id, verdict, certainty, rules)
SELECT issue.prepared_at + passed, gen_random_uuid(), issue.id, reader, drawn.kind, 'GET', drawn.link, link.article_id,
  {_AUDIENCE}, verdict, certainty, rules
FROM issue, LATERAL (
  SELECT {_READER} AS reader, kind, CASE kind WHEN 'click' THEN link ELSE 0 END AS link, passed,
    CASE WHEN chance < 0.18 THEN 'scanner' WHEN chance < 0.2 THEN 'unknown'
      WHEN chance < 0.5 AND kind = 'open' THEN 'proxy' ELSE 'human' END AS verdict,
    CASE WHEN chance < 0.18 THEN 95 WHEN chance < 0.2 THEN 50 WHEN chance < 0.5 AND kind = 'open' THEN 85 ELSE 90 END
      AS certainty,
    CASE WHEN chance < 0.12 THEN '{{tool-agent@1}}' WHEN chance < 0.18 THEN '{{every-link@1,burst@1}}'
      WHEN chance < 0.2 THEN '{{no-language@1}}' WHEN chance < 0.5 AND kind = 'open' THEN '{{image-proxy@1}}'
      ELSE '{{}}' END::text[] AS rules
  FROM (
    SELECT floor(:readers * random() ^ 1.5)::bigint AS n, random() AS chance,
      least({sample_data.LINKS - 1}, 1 + floor(-3 * ln(1 - random())))::int AS link,
      (60 - 86400 * ln(1 - random())) * interval '1 second' AS passed,
      CASE WHEN random() < 0.5 THEN 'open' ELSE 'click' END AS kind
    FROM generate_series(1, :hits)) AS one
  ORDER BY passed) AS drawn
LEFT JOIN link ON link.issue_id = :issue AND link.number = drawn.link
WHERE issue.id = :issue
"""
_DAY = "(at AT TIME ZONE 'Asia/Tokyo')::date"
_READING = f"""
INSERT INTO reading (article_id, reader, day, audience_id, human, unknown)
SELECT article_id, reader, {_DAY}, audience_id, count(*) FILTER (WHERE verdict = 'human'),
  count(*) FILTER (WHERE verdict = 'unknown')
FROM hit WHERE kind = 'click' AND article_id IS NOT NULL AND verdict IN ('human', 'unknown')
GROUP BY 1, 2, 3, 4
"""
_DAILY_HIT_COUNT = f"""
INSERT INTO tally (issue_id, kind, link, day, audience_id, verdict, reason, sure, hits)
SELECT issue_id, kind, link, {_DAY}, audience_id, verdict, coalesce(split_part(rules[1], '@', 1), ''),
  certainty >= :sure, count(*)
FROM hit GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
"""
_UNIQUE_READER_COUNT = """
INSERT INTO turnout (issue_id, kind, link, audience_id, readers, wide)
SELECT issue_id, kind, place, audience_id, count(*) FILTER (WHERE person), count(*) FILTER (WHERE person OR perhaps)
FROM (
  SELECT issue_id, kind, place, audience_id, reader, bool_or(person) AS person,
    bool_or(verdict = 'unknown') AS perhaps
  FROM (SELECT *, verdict = 'human' OR (verdict = 'proxy' AND kind = 'open') AS person FROM hit) AS hit
    CROSS JOIN LATERAL (SELECT link::int AS place UNION SELECT 0) AS places
  GROUP BY 1, 2, 3, 4, 5) AS reader
GROUP BY 1, 2, 3, 4
"""
_DAILY_READER_COUNT = f"""
INSERT INTO daily_reader_count (issue_id, kind, link, day, readers, wide)
SELECT issue_id, kind, link, day, count(*) FILTER (WHERE person), count(*) FILTER (WHERE person OR perhaps)
FROM (
  SELECT issue_id, kind, link, {_DAY} AS day, reader, bool_or(person) AS person,
    bool_or(verdict = 'unknown') AS perhaps
  FROM (SELECT *, verdict = 'human' OR (verdict = 'proxy' AND kind = 'open') AS person FROM hit) AS hit
  GROUP BY 1, 2, 3, 4, 5) AS reader
WHERE person OR perhaps GROUP BY 1, 2, 3, 4
"""
_READERSHIP = """
INSERT INTO readership (article_id, scope, policy, day, before, readers)
SELECT article_id, scope, policy, day, coalesce(before, '0001-01-01'), count(*)
FROM (
  SELECT article_id, scope, policy, day, lag(day) OVER (PARTITION BY article_id, reader, scope, policy ORDER BY day)
    AS before
  FROM reading
    CROSS JOIN LATERAL (VALUES (0), (audience_id)) AS scopes (scope)
    CROSS JOIN LATERAL (VALUES ('human', human > 0), ('human+unknown', TRUE)) AS policies (policy, counts)
  WHERE counts AND article_id % 4 = :some) AS chain
GROUP BY 1, 2, 3, 4, 5
"""
