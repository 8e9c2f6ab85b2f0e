"""Reach: how many readers received an issue, and how many different ones an article, issue by issue.

An article's reach after its third issue is the number of different readers who received any of the three: what a
ranking's rate is divided by. The worker counts deliveries while an issue goes out and for two weeks after, since late
bounces still change them; where its numbers are not final, readers of this module count the deliveries themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from ..deliveries.edition import Link
from ..issues.issue import Issue
from ..issues.issue_state import IssueState
from ..store.base import Base
from ..store.clock import now
from ..tracking.readership import ALL_AUDIENCES

LATE_BOUNCES = timedelta(days=14)


class Reach(Base):
    """How many readers of an audience (0: all) received an issue."""

    __tablename__ = "reach"

    issue_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    scope: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    received: Mapped[int]
    counted_at: Mapped[datetime] = mapped_column(default=now)


class ArticleReach(Base):
    """How many different readers of an audience (0: all) had received an article once this issue was out."""

    __tablename__ = "article_reach"

    article_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    issue_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    scope: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    received: Mapped[int]


_RECEIVED = text(
    f"""
    SELECT audience_id, count(DISTINCT subscriber_id) FROM delivery
    WHERE issue_id = ANY(:issues) AND state = 'accepted' AND audience_id IS NOT NULL GROUP BY audience_id
    UNION ALL
    SELECT {ALL_AUDIENCES}, count(DISTINCT subscriber_id) FROM delivery
    WHERE issue_id = ANY(:issues) AND state = 'accepted'
    """  # noqa: S608  only a constant is put in
)
# A reader has one copy of an issue, so nothing has to be distinct, and one pass counts each audience and the total.
_RECEIVED_ONE = text(
    f"""
    SELECT coalesce(audience_id, {ALL_AUDIENCES}), count(*) FROM delivery
    WHERE issue_id = :issue AND state = 'accepted' GROUP BY GROUPING SETS ((audience_id), ())
    HAVING audience_id IS NOT NULL OR GROUPING(audience_id) = 1
    """  # noqa: S608
)


def count(session: Session, issues: Sequence[int]) -> dict[int, int]:
    """How many different readers received any of *issues*, by audience, and under ALL_AUDIENCES in all; counted now."""
    if len(issues) == 1:
        rows = session.execute(_RECEIVED_ONE, {"issue": issues[0]})
    else:
        rows = session.execute(_RECEIVED, {"issues": list(issues)})
    return {ALL_AUDIENCES: 0, **{scope: int(received) for scope, received in rows}}


def issues_of_articles(
    session: Session, articles: Iterable[int], *, before: datetime | None = None
) -> dict[int, list[int]]:
    """By article, the issues that carry it and have been prepared (earlier than *before*), in that order."""
    rows = session.execute(
        select(Link.article_id, Issue.id)
        .join(Issue, Issue.id == Link.issue_id)
        .where(
            Link.article_id.in_(list(articles)),
            Issue.prepared_at.is_not(None) if before is None else Issue.prepared_at < before,
        )
        .group_by(Link.article_id, Issue.id, Issue.prepared_at)
        .order_by(Issue.prepared_at, Issue.id)
    )
    found: dict[int, list[int]] = {}
    for article_id, issue_id in rows:
        if article_id is not None:
            found.setdefault(article_id, []).append(issue_id)
    return found


def refresh(session: Session, issue_ids: Iterable[int]) -> None:
    """Count the deliveries of issues, and of the articles in them, and save the numbers."""
    for issue_id in issue_ids:
        received = count(session, [issue_id])
        session.execute(delete(Reach).where(Reach.issue_id == issue_id))
        session.add_all(Reach(issue_id=issue_id, scope=scope, received=n) for scope, n in received.items())
        session.flush()
        articles = session.scalars(
            select(Link.article_id).where(Link.issue_id == issue_id, Link.article_id.is_not(None)).distinct()
        )
        _refresh_articles(
            session, issues_of_articles(session, [a for a in articles if a is not None]), issue_id, received
        )


def _refresh_articles(
    session: Session, carried: Mapping[int, Sequence[int]], issue_id: int, received: dict[int, int]
) -> None:
    known: dict[tuple[int, ...], dict[int, int]] = {(issue_id,): received}
    for article_id, issues in carried.items():
        # Later issues of the article add to what this one changes.
        for place in range(issues.index(issue_id), len(issues)) if issue_id in issues else ():
            key = tuple(issues[: place + 1])
            if key not in known:
                known[key] = count(session, key)
            values = [
                {"article_id": article_id, "issue_id": issues[place], "scope": scope, "received": number}
                for scope, number in known[key].items()
            ]
            statement = insert(ArticleReach).values(values)
            session.execute(
                statement.on_conflict_do_update(
                    index_elements=["article_id", "issue_id", "scope"],
                    set_={"received": statement.excluded.received},
                )
            )


def stale(session: Session) -> list[int]:
    """The issues whose deliveries should be counted again: never counted, still going out, or out not long ago."""
    counted = Reach.counted_at
    sending = Issue.state.in_((IssueState.SENDING, IssueState.PAUSED))
    finished = Issue.state.in_((IssueState.SENT, IssueState.CANCELLED))
    return list(
        session.scalars(
            select(Issue.id)
            .outerjoin(Reach, (Reach.issue_id == Issue.id) & (Reach.scope == ALL_AUDIENCES))
            .where(
                or_(sending, finished),
                Issue.prepared_at.is_not(None),
                or_(
                    counted.is_(None),
                    sending & (counted < now() - timedelta(minutes=1)),
                    counted < Issue.sent_at,
                    (Issue.sent_at > now() - LATE_BOUNCES) & (counted < now() - timedelta(hours=1)),
                ),
            )
            .order_by(Issue.id)
        )
    )


def of_issue(session: Session, issue: Issue) -> dict[int, int]:
    """How many readers received an issue, by audience, and under ALL_AUDIENCES in all."""
    rows = session.execute(
        select(Reach.scope, Reach.received, Reach.counted_at).where(Reach.issue_id == issue.id)
    ).all()
    if rows and _final(issue.state, issue.sent_at, rows[0].counted_at):
        return {scope: received for scope, received, _ in rows}
    return count(session, [issue.id])


def of_articles(session: Session, carried: Mapping[int, Sequence[int]], scope: int) -> dict[int, int]:
    """How many different readers of *scope* received each article.

    Arguments:
        carried: by article the issues to look at: the first ones that carried it, in their order.
    """
    wanted = {issue for issues in carried.values() for issue in issues}
    final = {
        issue_id
        for issue_id, state, sent_at, counted_at in session.execute(
            select(Issue.id, Issue.state, Issue.sent_at, Reach.counted_at)
            .join(Reach, (Reach.issue_id == Issue.id) & (Reach.scope == ALL_AUDIENCES))
            .where(Issue.id.in_(wanted))
        )
        if _final(state, sent_at, counted_at)
    }
    kept = {
        (article_id, issue_id): received
        for article_id, issue_id, received in session.execute(
            select(ArticleReach.article_id, ArticleReach.issue_id, ArticleReach.received).where(
                ArticleReach.article_id.in_(list(carried)), ArticleReach.scope == scope
            )
        )
    }
    counted: dict[tuple[int, ...], dict[int, int]] = {}
    found = {}
    for article_id, issues in carried.items():
        key = tuple(issues)
        if not key:
            found[article_id] = 0
        elif final.issuperset(key):
            found[article_id] = kept.get((article_id, key[-1]), 0)
        else:
            if key not in counted:
                counted[key] = count(session, key)
            found[article_id] = counted[key].get(scope, 0)
    return found


def _final(state: IssueState, sent_at: datetime | None, counted_at: datetime) -> bool:
    return state is IssueState.SENT and sent_at is not None and counted_at >= sent_at
