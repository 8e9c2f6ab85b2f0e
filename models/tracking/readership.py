"""Who read an article when, and from it how many different readers any period had.

``reading`` keeps the days on which a reader clicked through to an article. ``readership`` counts these days by the
day before on which the same reader had been there. Since every reader has exactly one first day within a period,
the readers of days A to B are the days in it whose day before lies before A: one sum over a small table answers any
period, exactly, and a reader who came through several issues counts once.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from datetime import date

from sqlalchemy import BigInteger, SmallInteger, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from ..store.base import Base
from ..store.db import array_literal

ALL_AUDIENCES = 0
"""The scope of readers of all audiences, and of none."""
NEVER = date(1, 1, 1)


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
    """How many readers came to an article on a day and, before it, last on another (or NEVER)."""

    __tablename__ = "readership"

    article_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    scope: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """An audience, or EVERYONE."""
    policy: Mapped[Policy] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    before: Mapped[date] = mapped_column(primary_key=True)
    readers: Mapped[int]


def apply(session: Session, differences: Sequence[tuple[int, int, date, int, int, int]]) -> None:
    """Change readings and, by difference, the readership.

    Arguments:
        differences: article, reader, day, audience (0 for none), clicks by people and by nobody knows whom, which
            may be below zero. Each of the first four together at most once.
    """
    if not differences:
        return
    # In the order of the key: two transactions that ever met would wait for each other, not lock up.
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
# Both chains of days, before and after, of every reader of an article whom a difference touches. Most came only once:
# readers with the same days are counted as one history.
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
