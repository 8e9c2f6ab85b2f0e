"""Preparing in the database: who gets which edition of an issue, in which batch, frozen in one statement.

Readers are looked through once: a million of them cost more than everything else about an issue. So the statement
counts them, makes the batches that they fill, numbers the editions that they need, and writes the deliveries.
"""

# ruff: noqa: S608  the SQL that is put together here is all of our own; what people wrote goes in as values

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Integer, MetaData, Table, insert, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from ..issues.block import Only
from ..issues.issue import Issue, IssueKind
from ..issues.newsletter import Newsletter
from ..readers import segment
from ..readers.subscriber import Subscriber, Subscription
from ..store.base import Base
from ..store.clock import now
from . import correction
from .claim import EXCLUSION_REASON, prefer_hash_joins

# The subscriptions that the segment of an issue means, until the commit.
_SEGMENT = Table(
    "chosen",
    MetaData(),
    Column("id", BigInteger, primary_key=True),
    prefixes=["TEMPORARY"],
    postgresql_on_commit="DROP",
)
# What the statement that freezes has counted, as its own answer is the number of deliveries.
_GROUPS = Table(
    "counted",
    MetaData(),
    Column("lane_id", Integer),
    Column("met", BigInteger),
    Column("edition", Integer),
    Column("left_out", Boolean),
    Column("size", Integer),
    prefixes=["TEMPORARY"],
)


class Preparation(Base):
    """What was counted when an issue was frozen: the sum that its certificate must come to. Never changed."""

    __tablename__ = "preparation"

    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"), primary_key=True)
    targeted: Mapped[int]
    """Readers who got a delivery, those left out among them."""
    left_out: Mapped[int]
    editions: Mapped[int]
    batches: Mapped[int]
    at: Mapped[datetime] = mapped_column(default=now)


class DeliveryGroup(NamedTuple):
    """Readers who get the same edition over the same lane."""

    lane_id: int
    met: int
    """Which of the issue's conditions they meet: bit *i* for condition *i*."""
    edition: int
    """Its number, from 1 in the order of :attr:`met`. 0 where all who meet these are left out, and need none."""
    left_out: bool
    size: int


def freeze(
    session: Session, issue: Issue, conditions: Sequence[Only], size: int, starts: Mapping[int, datetime]
) -> list[DeliveryGroup]:
    """Write a delivery for every reader of *issue*, and the batches that they fill; what was counted meanwhile.

    The editions that it numbers are still to be made, in the same transaction.

    Arguments:
        conditions: of the issue's blocks.
        size: deliveries in a batch.
        starts: when the letters of a lane may go out, where that is not at once.

    Raises:
        Invalid: the issue's segment cannot be read.
    """
    if issue.segment:
        _select_segment(session, issue)
    prefer_hash_joins(session)
    # Nor by merging: of the lists that the statement makes on its way, PostgreSQL knows no sizes.
    session.execute(text("SET LOCAL enable_mergejoin = off"))
    # Sorting a million rows in memory takes half as long as on disk.
    session.execute(text("SET LOCAL work_mem = '128MB'"))
    _GROUPS.create(session.connection())
    values = {"issue": issue.id, "size": size, "now": now(), "lanes": list(starts), "starts": list(starts.values())}
    result = session.execute(text(_freeze_sql(issue, conditions)), values | _values(session, issue, conditions))
    groups = [DeliveryGroup(*row) for row in session.execute(select(_GROUPS))]
    _GROUPS.drop(session.connection())
    assert result.rowcount == sum(group.size for group in groups)  # type: ignore[attr-defined]
    return groups


def _select_segment(session: Session, issue: Issue) -> None:
    wanted = segment.conditions(issue.newsletter_id, segment.parse(issue.segment))
    found = select(Subscription.id).join(Subscriber, Subscriber.id == Subscription.subscriber_id)
    found = found.where(Subscription.newsletter_id == issue.newsletter_id, *wanted)
    _SEGMENT.create(session.connection())
    session.execute(insert(_SEGMENT).from_select(["id"], found))


def _freeze_sql(issue: Issue, conditions: Sequence[Only]) -> str:
    """SQL that freezes everything at once. A reader's *line* is the lane, or its negative for who gets no letter.

    Batches are looked up by their place in an array. A join with them, planned without knowing how many rows there are,
    would turn the order of the deliveries about, and a primary key that is not filled in order has twice the size.
    """
    return f"""
        WITH {_recipients_sql(issue, conditions)},
        kind AS MATERIALIZED (
            SELECT domain, met, left_out IS NOT NULL AS left_out, count(*) AS size FROM recipient GROUP BY 1, 2, 3
        ), home AS MATERIALIZED (
            SELECT domain, COALESCE(
                (SELECT l.id FROM lane l, unnest(l.domains) AS d
                 WHERE h.domain = d OR h.domain LIKE '%.' || d ORDER BY length(d) DESC LIMIT 1),
                (SELECT id FROM lane WHERE domains = '{{}}' ORDER BY position DESC LIMIT 1)) AS lane_id
            FROM (SELECT DISTINCT domain FROM kind) h
        ), version AS MATERIALIZED (
            SELECT met, CASE WHEN needed THEN row_number() OVER (PARTITION BY needed ORDER BY met) ELSE 0 END AS number
            FROM (SELECT met, NOT bool_and(left_out) AS needed FROM kind GROUP BY met) m
        ), route AS MATERIALIZED (
            SELECT domain, met, left_out, size, lane_id, number AS edition,
                   CASE WHEN left_out THEN -lane_id ELSE lane_id END AS line
            FROM kind JOIN home USING (domain) JOIN version USING (met)
        ), counting AS (
            INSERT INTO counted (lane_id, met, edition, left_out, size)
            SELECT lane_id, met, edition, left_out, sum(size) FROM route GROUP BY 1, 2, 3, 4
        ), made AS (
            INSERT INTO batch (issue_id, lane_id, number, size, state, due_at, epoch)
            SELECT :issue, lane_id, n, least(:size, letters - n * :size), 'open', COALESCE(s.start, :now), 0
            FROM (SELECT lane_id, sum(size)::int AS letters FROM route WHERE NOT left_out GROUP BY 1) l
            LEFT JOIN unnest(CAST(:lanes AS int[]), CAST(:starts AS timestamptz[])) s (lane_id, start) USING (lane_id)
            CROSS JOIN generate_series(0, (letters - 1) / :size) AS n
            ORDER BY lane_id, n
            RETURNING id, lane_id, number
        ), listed AS (
            SELECT id, lane_id, row_number() OVER (ORDER BY lane_id, number) AS place FROM made
        ), target AS MATERIALIZED (
            SELECT route.*, first FROM route
            LEFT JOIN (SELECT lane_id, min(place) AS first FROM listed GROUP BY 1) l ON l.lane_id = line
        )
        INSERT INTO delivery (issue_id, subscriber_id, batch_id, edition, lane_id, audience_id, state, answer, at)
        SELECT :issue, subscriber_id, (SELECT array_agg(id ORDER BY place) FROM listed)[first + place / :size],
               edition, lane_id, audience_id,
               CASE WHEN left_out IS NULL THEN 'queued' ELSE 'suppressed' END, left_out,
               CASE WHEN left_out IS NOT NULL THEN CAST(:now AS timestamptz) END
        FROM (
            SELECT subscriber_id, first, edition, lane_id, audience_id, r.left_out,
                   row_number() OVER (PARTITION BY line ORDER BY subscriber_id) - 1 AS place
            FROM recipient r
            JOIN target t ON t.domain = r.domain AND t.met = r.met AND t.left_out = (r.left_out IS NOT NULL)
        ) r
    """


def _recipients_sql(issue: Issue, conditions: Sequence[Only]) -> str:
    """SQL of the common table ``recipient`` and what it needs; all that comes from people goes in as a value."""
    met = " + ".join(
        f"CASE WHEN (cardinality(CAST(:audiences{i} AS int[])) = 0 OR x.audience_id = ANY(:audiences{i})) "
        f"AND (NOT :topical{i} OR x.topic_ids = '{{}}' OR x.topic_ids && CAST(:topics{i} AS int[])) "
        f"THEN {1 << i}::bigint ELSE 0 END"
        for i in range(len(conditions))
    )
    audience = "AND x.audience_id = (SELECT id FROM audience WHERE newsletter_id = :newsletter AND slug = :audience)"
    # A correction goes to those who have, or may have, the letter that was wrong.
    wrong = """
            JOIN delivery w ON w.issue_id = :corrected AND w.subscriber_id = s.id AND w.edition = ANY(:wrong)
                           AND w.state IN ('accepted', 'unknown')
    """
    return f"""
        barred AS MATERIALIZED (
            SELECT address_hash, min(reason) AS reason FROM suppression
            WHERE newsletter_id IS NULL OR newsletter_id = :newsletter GROUP BY address_hash
        ), recipient AS MATERIALIZED (
            SELECT s.id AS subscriber_id, s.domain, x.audience_id, {met or "0::bigint"} AS met,
                   {EXCLUSION_REASON} AS left_out
            FROM subscription x
            JOIN subscriber s ON s.id = x.subscriber_id
            LEFT JOIN barred p ON p.address_hash = s.address_hash
            {"JOIN chosen ON chosen.id = x.id" if issue.segment else ""}
            {wrong if _corrected(issue) else ""}
            WHERE x.newsletter_id = :newsletter AND x.state = 'active' {audience if issue.audience else ""}
        )
    """


def _values(session: Session, issue: Issue, conditions: Sequence[Only]) -> dict[str, object]:
    newsletter = session.get_one(Newsletter, issue.newsletter_id)
    audiences = {audience.slug: audience.id for audience in newsletter.audiences}
    topics = {topic.slug: topic.id for topic in newsletter.topics}
    values: dict[str, object] = {"newsletter": newsletter.id, "audience": issue.audience}
    if corrected := _corrected(issue):
        numbers = correction.wrong_editions(session, corrected, everybody=issue.corrects_all)
        values |= {"corrected": corrected.id, "wrong": numbers}
    for i, condition in enumerate(conditions):
        # What no longer exists matches nobody: 0 is no number of anything.
        values[f"audiences{i}"] = [audiences.get(slug, 0) for slug in condition.audiences]
        values[f"topics{i}"] = [topics.get(slug, 0) for slug in condition.topics]
        values[f"topical{i}"] = bool(condition.topics)
    return values


def _corrected(issue: Issue) -> Issue | None:
    return issue.correction_of if issue.kind is IssueKind.CORRECTION else None


def find(session: Session, issue_id: int) -> Preparation | None:
    """What was counted when the issue was frozen; None while it is not."""
    return session.scalar(select(Preparation).where(Preparation.issue_id == issue_id))
