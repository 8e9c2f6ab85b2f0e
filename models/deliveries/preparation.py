"""Preparing in the database: who gets which edition of an issue, in which batch, frozen in one statement.

Reading a million readers costs more than everything else about an issue, so they are read once: one statement counts
them, makes the batches that they fill, numbers the editions that they need, and writes the deliveries.
"""

# ruff: noqa: S608  the SQL here is made of constants of this package; what people wrote is passed as values

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Integer, MetaData, Table, insert, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

import settings

from ..issues.block import Only
from ..issues.issue import Issue
from ..issues.issue_state import IssueKind
from ..issues.newsletter import Newsletter
from ..issues.segments import segment
from ..readers import segment_query
from ..readers.suppression import APPLIES_SQL
from ..store import db
from ..store.base import Base
from ..store.clock import now
from ..store.db import rows_changed
from ..store.errors import Invalid
from ..store.phrase import phrase
from . import correction
from .claim import EXCLUSION_REASON, prefer_hash_joins

# The subscriptions in the issue's segment, until the commit. Without a key: it is joined by its hash, and filling an
# index with a million rows takes longer than finding them.
_SEGMENT = Table(
    "segment_subscription",
    MetaData(),
    Column("id", BigInteger),
    prefixes=["TEMPORARY"],
    postgresql_on_commit="DROP",
)
# What the freezing statement has counted, as its own result is the number of deliveries.
_GROUPS = Table(
    "delivery_group",
    MetaData(),
    Column("lane_id", Integer),
    Column("met", BigInteger),
    Column("edition", Integer),
    Column("left_out", Boolean),
    Column("size", Integer),
    prefixes=["TEMPORARY"],
)


class Preparation(Base):
    """What was counted when an issue was frozen: the sum that its certificate must equal. Never changed."""

    __tablename__ = "preparation"

    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"), primary_key=True)
    targeted: Mapped[int]
    """Readers who got a delivery, including those left out."""
    left_out: Mapped[int]
    editions: Mapped[int]
    batches: Mapped[int]
    at: Mapped[datetime] = mapped_column(default=now)


def seconds_for_segment() -> float:
    """Within how many seconds the readers of a segment must be found: sooner than a page gives up, so that it says why.

    Before sending it is the same, so that what can be counted can be sent.
    """
    return settings.get().database_seconds * 2 / 3


LARGE = {"enable_nestloop": "off", "work_mem": "128MB"}
"""How PostgreSQL reads all readers. A nested loop would look a million of them up one by one (prefer_hash_joins)."""


class TakesTooLong(Invalid):
    """Finding the readers takes longer than it may."""

    def __init__(self) -> None:
        seconds = f"{seconds_for_segment():.0f}"
        super().__init__(
            phrase(
                "working out who gets it takes longer than {seconds} seconds: use fewer conditions, above all on what "
                "was read, or have DATABASE_SECONDS raised",
                seconds=seconds,
            ),
            field="segment",
        )


class DeliveryGroup(NamedTuple):
    """Readers who get the same edition over the same lane."""

    lane_id: int
    met: int
    """Which of the issue's conditions they meet: bit *i* for condition *i*."""
    edition: int
    """Its number, from 1 in the order of :attr:`met`. 0 where all who meet these conditions are left out."""
    left_out: bool
    size: int


def freeze(
    session: Session, issue: Issue, conditions: Sequence[Only], size: int, starts: Mapping[int, datetime]
) -> list[DeliveryGroup]:
    """Write a delivery for every reader of *issue* and the batches that they fill; returns the groups of readers.

    The caller adds the editions that are numbered here in the same transaction.

    Arguments:
        conditions: of the issue's blocks; :attr:`DeliveryGroup.met` counts them in this order.
        size: deliveries in a batch.
        starts: by lane, when its letters may go out, where that is not at once.

    Raises:
        Invalid: the issue's segment cannot be read.
    """
    if issue.segment:
        select_segment(session, issue)
    prefer_hash_joins(session)
    # Nor merge joins: PostgreSQL does not know the sizes of the statement's intermediate results.
    session.execute(text("SET LOCAL enable_mergejoin = off"))
    # Sorting a million rows takes half as long in memory as on disk.
    session.execute(text("SET LOCAL work_mem = '128MB'"))
    _GROUPS.create(session.connection())
    values = {"issue": issue.id, "size": size, "now": now(), "lanes": list(starts), "starts": list(starts.values())}
    result = session.execute(
        text(_freeze_sql(issue, conditions)), values | recipient_values(session, issue, conditions)
    )
    groups = [DeliveryGroup(*row) for row in session.execute(select(_GROUPS))]
    _GROUPS.drop(session.connection())
    assert rows_changed(result) == sum(group.size for group in groups)
    return groups


def select_segment(session: Session, issue: Issue, among: Sequence[int] | None = None) -> None:
    """Keep the subscriptions in the issue's segment in a table until the commit, or :func:`forget_segment`.

    Arguments:
        among: ids of few readers that are asked about; None: all.

    Raises:
        Invalid: the segment cannot be read, names what the newsletter does not have, or takes too long.
    """
    segment.check(session, issue.newsletter, issue.segment, issue.audience)
    found = segment_query.subscriptions(session, issue.newsletter, segment.parse(issue.segment), among)
    try:
        with db.time_limit(session, seconds_for_segment(), **({} if among else LARGE)):
            _SEGMENT.create(session.connection())
            session.execute(insert(_SEGMENT).from_select(["id"], found))
            session.execute(text("ANALYZE segment_subscription"))
    except db.TooSlow as error:
        raise TakesTooLong from error


def forget_segment(session: Session) -> None:
    """Drop the table of :func:`select_segment`."""
    _SEGMENT.drop(session.connection())


def _freeze_sql(issue: Issue, conditions: Sequence[Only]) -> str:
    """SQL that freezes an issue in one statement.

    It is one statement because the readers are the large part: read once, a million of them take seconds, and every
    further query over them would take as long again. Each step is a common table expression (CTE):

    1. ``suppressed_address`` and ``recipient`` (:func:`recipients_sql`): every reader of the issue, with the
       conditions that the reader meets and, for who gets no letter, the reason.
    2. ``recipient_group``: how many readers have the same domain, conditions and exclusion. There are few groups
       however many readers there are, so that all steps from here to the last one are cheap.
    3. ``domain_lane``: the lane of each domain, by its longest suffix; else the lane without domains.
    4. ``edition_number``: a number from 1 for each set of conditions that somebody who gets a letter meets.
    5. ``route``: the groups with lane and edition. *stream* is the lane, or its negative for readers who get no
       letter: each stream is numbered by itself, so that those readers leave no gaps in batches.
    6. ``write_groups``: keeps the groups for Python in a temporary table, since the statement's own result is only
       the number of rows that it wrote.
    7. ``new_batch``: as many batches in each lane as its letters fill; ``numbered_batch`` gives them places in one
       array, and ``target`` says where in it a stream begins.
    8. The last step numbers the readers within their stream and writes the deliveries. Reader *n* of a stream is in
       batch *n* / size.

    ``MATERIALIZED`` (PostgreSQL documentation, 7.8.3) keeps the planner from running a CTE several times. Batches are
    looked up by their place in an array, not joined: PostgreSQL does not know how many rows a CTE has, and the join
    that it would choose mixes up the order of the deliveries. A primary key that is not filled in order becomes twice
    as large.
    """
    return f"""
        WITH {recipients_sql(issue, conditions)},
        recipient_group AS MATERIALIZED (
            SELECT domain, met, reason IS NOT NULL AS left_out, count(*) AS size FROM recipient GROUP BY 1, 2, 3
        ), domain_lane AS MATERIALIZED (
            SELECT domain, COALESCE(
                (SELECT l.id FROM lane l, unnest(l.domains) AS suffix
                 WHERE d.domain = suffix OR d.domain LIKE '%.' || suffix ORDER BY length(suffix) DESC LIMIT 1),
                (SELECT id FROM lane WHERE domains = '{{}}' ORDER BY position DESC LIMIT 1)) AS lane_id
            FROM (SELECT DISTINCT domain FROM recipient_group) d
        ), edition_number AS MATERIALIZED (
            SELECT met, CASE WHEN needed THEN row_number() OVER (PARTITION BY needed ORDER BY met) ELSE 0 END AS edition
            FROM (SELECT met, NOT bool_and(left_out) AS needed FROM recipient_group GROUP BY met) m
        ), route AS MATERIALIZED (
            SELECT domain, met, left_out, size, lane_id, edition,
                   CASE WHEN left_out THEN -lane_id ELSE lane_id END AS stream
            FROM recipient_group JOIN domain_lane USING (domain) JOIN edition_number USING (met)
        ), write_groups AS (
            INSERT INTO delivery_group (lane_id, met, edition, left_out, size)
            SELECT lane_id, met, edition, left_out, sum(size) FROM route GROUP BY 1, 2, 3, 4
        ), new_batch AS (
            INSERT INTO batch (issue_id, lane_id, number, size, state, due_at, epoch)
            SELECT :issue, lane_id, n, least(:size, letters - n * :size), 'open', COALESCE(s.start, :now), 0
            FROM (SELECT lane_id, sum(size)::int AS letters FROM route WHERE NOT left_out GROUP BY 1) l
            LEFT JOIN unnest(CAST(:lanes AS int[]), CAST(:starts AS timestamptz[])) s (lane_id, start) USING (lane_id)
            CROSS JOIN generate_series(0, (letters - 1) / :size) AS n
            ORDER BY lane_id, n
            RETURNING id, lane_id, number
        ), numbered_batch AS (
            SELECT id, lane_id, row_number() OVER (ORDER BY lane_id, number) AS place FROM new_batch
        ), target AS MATERIALIZED (
            SELECT route.*, first FROM route
            LEFT JOIN (SELECT lane_id, min(place) AS first FROM numbered_batch GROUP BY 1) b ON b.lane_id = stream
        )
        INSERT INTO delivery (issue_id, subscriber_id, batch_id, edition, lane_id, audience_id, state, answer, at)
        SELECT :issue, subscriber_id, (SELECT array_agg(id ORDER BY place) FROM numbered_batch)[first + place / :size],
               edition, lane_id, audience_id,
               CASE WHEN reason IS NULL THEN 'queued' ELSE 'suppressed' END, reason,
               CASE WHEN reason IS NOT NULL THEN CAST(:now AS timestamptz) END
        FROM (
            SELECT subscriber_id, first, edition, lane_id, audience_id, r.reason,
                   row_number() OVER (PARTITION BY stream ORDER BY subscriber_id) - 1 AS place
            FROM recipient r
            JOIN target t ON t.domain = r.domain AND t.met = r.met AND t.left_out = (r.reason IS NOT NULL)
        ) r
    """


def recipients_sql(issue: Issue, conditions: Sequence[Only], *, few: bool = False) -> str:
    """SQL of the CTE ``recipient`` and of the one that it needs; all that comes from people is passed as a value.

    Arguments:
        few: only of the readers whose ids are the value ``among``.
    """
    met = " + ".join(
        f"CASE WHEN (cardinality(CAST(:audiences{i} AS int[])) = 0 OR x.audience_id = ANY(:audiences{i})) "
        f"AND (NOT :topical{i} OR x.topic_ids = '{{}}' OR x.topic_ids && CAST(:topics{i} AS int[])) "
        f"THEN {1 << i}::bigint ELSE 0 END"
        for i in range(len(conditions))
    )
    audience = "AND x.audience_id = (SELECT id FROM audience WHERE newsletter_id = :newsletter AND slug = :audience)"
    # A correction goes to readers who have, or may have, the letter that was wrong.
    wrong = """
            JOIN delivery w ON w.issue_id = :corrected AND w.subscriber_id = s.id AND w.edition = ANY(:wrong)
                           AND w.state IN ('accepted', 'unknown')
    """
    return f"""
        suppressed_address AS MATERIALIZED (
            SELECT address_hash, min(reason) AS reason FROM suppression
            WHERE {APPLIES_SQL} GROUP BY address_hash
        ), recipient AS MATERIALIZED (
            SELECT s.id AS subscriber_id, s.domain, x.audience_id, {met or "0::bigint"} AS met,
                   {EXCLUSION_REASON} AS reason
            FROM subscription x
            JOIN subscriber s ON s.id = x.subscriber_id
            LEFT JOIN suppressed_address p ON p.address_hash = s.address_hash
            {"JOIN segment_subscription c ON c.id = x.id" if issue.segment else ""}
            {wrong if _corrected(issue) else ""}
            WHERE x.newsletter_id = :newsletter AND x.state = 'active' {audience if issue.audience else ""}
              {"AND x.subscriber_id = ANY(:among)" if few else ""}
        )
    """


def recipient_values(session: Session, issue: Issue, conditions: Sequence[Only]) -> dict[str, object]:
    """What people wrote, as values for :func:`recipients_sql`."""
    newsletter = session.get_one(Newsletter, issue.newsletter_id)
    audiences = {audience.slug: audience.id for audience in newsletter.audiences}
    topics = {slug: topic.id for slug, topic in newsletter.known_topics.items()}
    values: dict[str, object] = {"newsletter": newsletter.id, "audience": issue.audience}
    if corrected := _corrected(issue):
        numbers = correction.wrong_editions(session, corrected, everybody=issue.corrects_all)
        values |= {"corrected": corrected.id, "wrong": numbers}
    for i, condition in enumerate(conditions):
        # An audience or topic that no longer exists matches nobody: no row has the id 0.
        values[f"audiences{i}"] = [audiences.get(slug, 0) for slug in condition.audiences]
        values[f"topics{i}"] = [topics.get(slug, 0) for slug in condition.topics]
        values[f"topical{i}"] = bool(condition.topics)
    return values


def _corrected(issue: Issue) -> Issue | None:
    return issue.correction_of if issue.kind is IssueKind.CORRECTION else None


def find(session: Session, issue_id: int) -> Preparation | None:
    """What was counted when the issue was frozen; None while it is not."""
    return session.scalar(select(Preparation).where(Preparation.issue_id == issue_id))
