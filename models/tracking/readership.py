"""Who read an article on which day, and from that the number of different readers in any period.

``reading`` has a row for each day on which a reader followed a link to an article. ``readership`` counts these rows by
their day and by the same reader's previous day. Every reader has exactly one first day in a period, so the different
readers of days A to B are the rows with a day from A to B and a previous day before A. One sum over a small table
gives the exact number for any period, and a reader who came through several issues counts once.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from datetime import date

from sqlalchemy import BigInteger, SmallInteger, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from ..store.base import Base
from ..store.db import array_literal
from .pseudonym import NOBODIES

ALL_AUDIENCES = 0
"""In a column ``scope``: readers of every audience, and those who have none."""
NO_AUDIENCE = 0
"""In a column ``audience_id`` of a roll-up: readers who have no audience. No audience has the id 0."""
NEVER = date(1, 1, 1)


COUNTS_READER = f"""(hit.reader > 0 OR (hit.reader < -{NOBODIES} AND NOT EXISTS (
  SELECT FROM link AS other JOIN issue AS earlier ON earlier.id = other.issue_id
    JOIN issue AS this ON this.id = hit.issue_id
  WHERE other.article_id = hit.article_id
    AND (earlier.prepared_at, earlier.id) < (this.prepared_at, this.id))))"""
"""SQL: whether a click in ``hit`` counts its reader for its article.

Nobody's do not, nor do those of a pseudonym in any but the first issue with the article: its reader may have another
pseudonym there.
"""


class Policy(enum.Enum):
    """Which verdicts count as a reader's."""

    HUMAN = "human"
    WIDE = "human+unknown"


class ArticleRead(Base):
    """A day (Asia/Tokyo) on which a reader followed a link to an article. Dropped with the raw hits' retention."""

    __tablename__ = "reading"

    article_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    reader: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(primary_key=True)
    audience_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    human: Mapped[int] = mapped_column(SmallInteger)
    """Clicks with that verdict."""
    unknown: Mapped[int] = mapped_column(SmallInteger)


class Readership(Base):
    """How many readers read an article on a day and, before it, last on another (or NEVER)."""

    __tablename__ = "readership"

    article_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    scope: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """An audience, or ALL_AUDIENCES."""
    policy: Mapped[Policy] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    before: Mapped[date] = mapped_column(primary_key=True)
    readers: Mapped[int]


def apply_changes(session: Session, differences: Sequence[tuple[int, int, date, int, int, int]]) -> None:
    """Change readings, and the readership by the difference that this makes.

    Arguments:
        differences: article, reader, day, audience (0 for none), clicks by people and unknown clicks added; negative
            where they are taken away. The first four together occur at most once.
    """
    if not differences:
        return
    # In the order of the key, so that two transactions cannot deadlock.
    columns = dict(zip("abcdef", map(array_literal, zip(*sorted(differences), strict=True)), strict=True))
    session.execute(_READERSHIP, {**columns, "never": NEVER})
    session.execute(_READING, columns)
    if any(human < 0 or unknown < 0 for *_, human, unknown in differences):
        session.execute(_EMPTY, columns)


_DIFFERENCES = """
    diff AS (
      SELECT * FROM unnest(CAST(:a AS int[]), CAST(:b AS bigint[]), CAST(:c AS date[]), CAST(:d AS int[]),
        CAST(:e AS smallint[]), CAST(:f AS smallint[])) AS d (article_id, reader, day, audience_id, human, unknown))
"""
# For every reader of an article in the differences: the days as they were and as they will be, each with the
# reader's previous day (lag). The pairs as they were are subtracted from readership and the new ones are added, so that
# the table stays right without counting any other reader. Most readers came once: readers with equal days are grouped
# into one history first, which leaves few rows for the window functions however many readers there are.
_READERSHIP = text(
    f"""
    WITH {_DIFFERENCES},
    pair AS (SELECT DISTINCT article_id, reader FROM diff),
    reader_day AS (
      SELECT article_id, reader, day, audience_id, sum(h) AS h0, sum(u) AS u0, sum(h + dh) AS h1, sum(u + du) AS u1
      FROM (
        SELECT article_id, reader, day, audience_id, human AS h, unknown AS u, 0 AS dh, 0 AS du
        FROM pair JOIN reading USING (article_id, reader)
        UNION ALL
        SELECT article_id, reader, day, audience_id, 0, 0, human, unknown FROM diff) AS both_sides
      GROUP BY article_id, reader, day, audience_id),
    history AS (
      SELECT article_id, days, count(*) AS readers, row_number() OVER () AS number
      FROM (
        SELECT article_id, array_agg(ROW(day, audience_id, h0 > 0, u0 > 0, h1 > 0, u1 > 0) ORDER BY day, audience_id)
        FROM reader_day GROUP BY article_id, reader) AS one (article_id, days)
      GROUP BY article_id, days),
    presence AS (
      SELECT number, article_id, readers, scope, wide, day,
        bool_or(h0 OR (wide AND u0)) AS was_there, bool_or(h1 OR (wide AND u1)) AS is_there
      FROM history
        CROSS JOIN unnest(days) AS days (day date, audience_id int, h0 boolean, u0 boolean, h1 boolean, u1 boolean)
        CROSS JOIN LATERAL (VALUES ({ALL_AUDIENCES}), (audience_id)) AS scopes (scope)
        CROSS JOIN (VALUES (FALSE), (TRUE)) AS policies (wide)
      GROUP BY number, article_id, readers, scope, wide, day),
    chain AS (
      SELECT article_id, scope, wide, day, lag(day) OVER one AS before, -readers AS readers
      FROM presence WHERE was_there WINDOW one AS (PARTITION BY number, scope, wide ORDER BY day)
      UNION ALL
      SELECT article_id, scope, wide, day, lag(day) OVER one AS before, readers
      FROM presence WHERE is_there WINDOW one AS (PARTITION BY number, scope, wide ORDER BY day))
    INSERT INTO readership (article_id, scope, policy, day, before, readers)
    SELECT article_id, scope, CASE WHEN wide THEN '{Policy.WIDE.value}' ELSE '{Policy.HUMAN.value}' END, day,
      coalesce(before, :never), sum(readers)
    FROM chain GROUP BY 1, 2, 3, 4, 5 HAVING sum(readers) <> 0
    ON CONFLICT (article_id, scope, policy, day, before)
    DO UPDATE SET readers = readership.readers + excluded.readers
    """  # noqa: S608  only constants of this file are put in
)
_READING = text(
    f"""
    WITH {_DIFFERENCES}
    INSERT INTO reading (article_id, reader, day, audience_id, human, unknown) SELECT * FROM diff
    ON CONFLICT (article_id, reader, day, audience_id)
    DO UPDATE SET human = reading.human + excluded.human, unknown = reading.unknown + excluded.unknown
    """  # noqa: S608
)
_EMPTY = text(
    f"""
    WITH {_DIFFERENCES}
    DELETE FROM reading USING diff
    WHERE reading.article_id = diff.article_id AND reading.reader = diff.reader AND reading.day = diff.day
      AND reading.audience_id = diff.audience_id AND reading.human = 0 AND reading.unknown = 0
    """  # noqa: S608
)
