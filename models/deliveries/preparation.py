"""Preparing in the database: who gets which edition of an issue, counted first, then frozen in one statement.

Both read the same snapshot (REPEATABLE READ), so that the count is the count of what is frozen: :func:`survey`,
:func:`make_batches` and :func:`freeze` are called in this order in one transaction.
"""

# ruff: noqa: S608  the SQL that is put together here is all of our own; what people wrote goes in as values

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import BigInteger, Column, ForeignKey, MetaData, Table, insert, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from ..issues.block import Only
from ..issues.issue import Issue, IssueKind
from ..issues.newsletter import Newsletter
from ..readers import segment
from ..readers.subscriber import Subscriber, Subscription
from ..store.base import Base
from ..store.clock import now
from . import correction
from .delivery import Batch
from .window import LEFT_OUT, plan_by_hashing

# The subscriptions that the segment of an issue means, until the commit.
_CHOSEN = Table(
    "chosen",
    MetaData(),
    Column("id", BigInteger, primary_key=True),
    prefixes=["TEMPORARY"],
    postgresql_on_commit="DROP",
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


class Group(NamedTuple):
    """Readers who get the same edition over the same lane."""

    lane_id: int
    met: int
    """Which of the issue's conditions they meet: bit *i* for condition *i*."""
    left_out: bool
    size: int


def survey(session: Session, issue: Issue, conditions: Sequence[Only]) -> list[Group]:
    """Count the readers of *issue* by lane and by the conditions that they meet.

    Raises:
        Invalid: the issue's segment cannot be read.
    """
    if issue.segment:
        _choose(session, issue)
    plan_by_hashing(session)
    # Nor by merging: of the batches, which have no statistics either, it would read all for each reader.
    session.execute(text("SET LOCAL enable_mergejoin = off"))
    # Sorting a million rows in memory takes half as long as on disk.
    session.execute(text("SET LOCAL work_mem = '128MB'"))
    rows = session.execute(
        text(
            f"{_recipients(issue, conditions)} "
            "SELECT lane_id, met, left_out IS NOT NULL, count(*) FROM recipient GROUP BY 1, 2, 3"
        ),
        _values(session, issue, conditions),
    )
    return [Group(*row) for row in rows]


def _choose(session: Session, issue: Issue) -> None:
    wanted = segment.conditions(issue.newsletter_id, segment.read(issue.segment))
    found = select(Subscription.id).join(Subscriber, Subscriber.id == Subscription.subscriber_id)
    found = found.where(Subscription.newsletter_id == issue.newsletter_id, *wanted)
    _CHOSEN.create(session.connection())
    session.execute(insert(_CHOSEN).from_select(["id"], found))


def make_batches(
    session: Session, issue: Issue, groups: Sequence[Group], size: int, starts: Mapping[int, datetime]
) -> int:
    """Make the batches that *groups* fill, and return how many.

    Arguments:
        size: deliveries in a batch.
        starts: when the letters of a lane may go out, where that is not at once.
    """
    letters: dict[int, int] = {}
    for group in groups:
        if not group.left_out:
            letters[group.lane_id] = letters.get(group.lane_id, 0) + group.size
    rows = [
        {
            "issue_id": issue.id,
            "lane_id": lane_id,
            "number": number,
            "size": min(size, count - number * size),
            "due_at": starts.get(lane_id, now()),
        }
        for lane_id, count in letters.items()
        for number in range(-(-count // size))
    ]
    if rows:
        session.execute(insert(Batch), rows)
    return len(rows)


def freeze(session: Session, issue: Issue, conditions: Sequence[Only], editions: Mapping[int, int], size: int) -> int:
    """Write a delivery for every reader, and return how many.

    Arguments:
        editions: the number of the edition by the conditions that its readers meet.
        size: deliveries in a batch.
    """
    result = session.execute(
        text(f"""
            {_recipients(issue, conditions)}
            INSERT INTO delivery (issue_id, subscriber_id, batch_id, edition, lane_id, audience_id, state, answer, at)
            SELECT :issue, r.subscriber_id, b.id, e.number, r.lane_id, r.audience_id,
                   CASE WHEN r.left_out IS NULL THEN 'queued' ELSE 'suppressed' END, r.left_out,
                   CASE WHEN r.left_out IS NOT NULL THEN CAST(:now AS timestamptz) END
            FROM (
                SELECT *, row_number() OVER (PARTITION BY lane_id, left_out IS NULL ORDER BY subscriber_id) - 1 AS place
                FROM recipient
            ) r
            JOIN unnest(CAST(:mets AS bigint[]), CAST(:numbers AS smallint[])) AS e (met, number) ON e.met = r.met
            LEFT JOIN batch b ON b.issue_id = :issue AND b.lane_id = r.lane_id AND b.number = r.place / :size
                             AND r.left_out IS NULL
        """),
        {
            **_values(session, issue, conditions),
            "issue": issue.id,
            "mets": list(editions),
            "numbers": list(editions.values()),
            "size": size,
            "now": now(),
        },
    )
    return int(result.rowcount)  # type: ignore[attr-defined]


def _recipients(issue: Issue, conditions: Sequence[Only]) -> str:
    """SQL of the common table ``recipient``; everything that comes from people goes in as a value."""
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
        WITH home AS MATERIALIZED (
            SELECT domain, COALESCE(
                (SELECT l.id FROM lane l, unnest(l.domains) AS d
                 WHERE h.domain = d OR h.domain LIKE '%.' || d ORDER BY length(d) DESC LIMIT 1),
                (SELECT id FROM lane WHERE domains = '{{}}' ORDER BY position DESC LIMIT 1)) AS lane_id
            FROM (SELECT DISTINCT domain FROM subscriber) h
        ), barred AS MATERIALIZED (
            SELECT address_hash, min(reason) AS reason FROM suppression
            WHERE newsletter_id IS NULL OR newsletter_id = :newsletter GROUP BY address_hash
        ), recipient AS (
            SELECT s.id AS subscriber_id, h.lane_id, x.audience_id, {met or "0::bigint"} AS met, {LEFT_OUT} AS left_out
            FROM subscription x
            JOIN subscriber s ON s.id = x.subscriber_id
            JOIN home h ON h.domain = s.domain
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


def of(session: Session, issue_id: int) -> Preparation | None:
    """What was counted when the issue was frozen; None while it is not."""
    return session.scalar(select(Preparation).where(Preparation.issue_id == issue_id))
