"""Reach: how many readers received an issue, and how many different ones an article, issue by issue.

A reader received an article where the edition of the reader's copy links to it: a block for officials alone reaches no
citizen. An article's reach after its third issue is the number of different readers who received it in any of the
three: what a ranking's rate is divided by. The worker counts deliveries while an issue goes out and for two weeks
after, since late bounces still change them; where its numbers are not final, readers of this module count the
deliveries themselves.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ARRAY, ColumnElement, Integer, any_, cast, delete, func, or_, select, text
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session, mapped_column

from ..deliveries import preparation
from ..deliveries.delivery import Batch, BatchState
from ..deliveries.edition import Link
from ..deliveries.letters import letter_report
from ..issues.issue import Issue
from ..issues.issue_state import IssueState
from ..store.base import Base
from ..store.clock import now
from ..tracking.readership import ALL_AUDIENCES

LATE_BOUNCES = timedelta(days=14)
FEW = 20_000
"""Letters of an issue up to which a report counts them while they go out."""
WENT_OUT = """(issue.state <> 'cancelled' OR EXISTS (
  SELECT FROM delivery WHERE delivery.issue_id = issue.id AND delivery.state NOT IN ('queued', 'suppressed')))"""
"""SQL: whether an ``issue`` that was prepared may have reached anybody: not if it was cancelled before it began."""


_FINISHED = Issue.state.in_((IssueState.SENT, IssueState.CANCELLED))
_OPEN = select(Batch.id).where(Batch.issue_id == Issue.id, Batch.state == BatchState.OPEN).exists()
GOES_OUT = Issue.state.in_((IssueState.SENDING, IssueState.PAUSED)) | (_FINISHED & _OPEN)
"""Whether letters of an issue may still get outcomes: also one that was cancelled has some on the wire for a moment."""


def is_final(counted_at: ColumnElement[datetime] | InstrumentedAttribute[datetime]) -> ColumnElement[bool]:
    """Whether a count of an issue's letters stands: nothing of it goes out, and none has changed since.

    Whatever changes letters of an issue that is sent or cancelled says so (:func:`models.issues.issue.touch`); those
    that come back later are counted within the hour.
    """
    return _FINISHED & ~_OPEN & (counted_at >= Issue.updated_at)


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


class Carrier(NamedTuple):
    """An issue that carries an article to some of its readers, or to all."""

    issue: int
    lacking: tuple[int, ...] = ()
    """Numbers of the editions that do not link to the article."""


# Copies that a reader has: of the issues, without those whose edition lacks the article.
_COPIES = """
    FROM delivery WHERE issue_id = ANY(:issues) AND state = 'accepted'
      AND (issue_id, edition) NOT IN (SELECT * FROM unnest(CAST(:lacking_in AS int[]), CAST(:lacking AS int[])))
"""
_RECEIVED = text(
    f"""
    SELECT audience_id, count(DISTINCT subscriber_id) {_COPIES} AND audience_id IS NOT NULL GROUP BY audience_id
    UNION ALL
    SELECT {ALL_AUDIENCES}, count(DISTINCT subscriber_id) {_COPIES}
    """
)
# A reader has one copy of an issue, so nothing has to be distinct, and one pass counts each audience and the total.
_RECEIVED_ONE = text(
    f"""
    SELECT coalesce(audience_id, {ALL_AUDIENCES}), count(*) FROM delivery
    WHERE issue_id = :issue AND state = 'accepted' AND edition <> ALL(CAST(:lacking AS int[]))
    GROUP BY GROUPING SETS ((audience_id), ())
    HAVING audience_id IS NOT NULL OR GROUPING(audience_id) = 1
    """  # noqa: S608
)


def count(session: Session, carriers: Sequence[Carrier]) -> dict[int, int]:
    """How many different readers received any of *carriers*, by audience, and under ALL_AUDIENCES in all; as of now."""
    if len(carriers) == 1:
        rows = session.execute(_RECEIVED_ONE, {"issue": carriers[0].issue, "lacking": list(carriers[0].lacking)})
    else:
        pairs = [(one.issue, edition) for one in carriers for edition in one.lacking]
        values = {
            "issues": [one.issue for one in carriers],
            "lacking_in": [issue for issue, _ in pairs],
            "lacking": [edition for _, edition in pairs],
        }
        rows = session.execute(_RECEIVED, values)
    return {ALL_AUDIENCES: 0, **{scope: int(received) for scope, received in rows}}


# Editions of which nobody knows what they link to, and issues without stored editions, lack nothing.
_CARRIERS = text(
    """
    WITH linked AS (
      SELECT link.article_id, issue.id AS issue_id, issue.prepared_at, array_agg(link.number) AS numbers
      FROM link JOIN issue ON issue.id = link.issue_id
      WHERE link.article_id = ANY(:articles) AND issue.prepared_at IS NOT NULL
        AND (CAST(:before AS timestamptz) IS NULL OR issue.prepared_at < :before)
      GROUP BY link.article_id, issue.id)
    SELECT linked.article_id, linked.issue_id,
      array_agg(edition.number ORDER BY edition.number) FILTER (WHERE NOT edition.link_numbers && numbers) AS lacking
    FROM linked LEFT JOIN edition ON edition.issue_id = linked.issue_id
    GROUP BY linked.article_id, linked.issue_id, linked.prepared_at
    HAVING count(edition.number) = 0 OR bool_or(edition.link_numbers IS NULL OR edition.link_numbers && numbers)
    ORDER BY linked.prepared_at, linked.issue_id
    """
)


def carriers_of_articles(
    session: Session, articles: Iterable[int], *, before: datetime | None = None
) -> dict[int, list[Carrier]]:
    """By article, the issues that carry it and have been prepared (earlier than *before*), in that order."""
    found: dict[int, list[Carrier]] = {}
    for article, issue, lacking in session.execute(_CARRIERS, {"articles": list(articles), "before": before}):
        found.setdefault(article, []).append(Carrier(issue, tuple(lacking or ())))
    return found


def refresh(session: Session, issue_ids: Iterable[int]) -> None:
    """Count the deliveries of issues, and of the articles in them, and save the numbers."""
    for issue_id in issue_ids:
        received = count(session, [Carrier(issue_id)])
        session.execute(delete(Reach).where(Reach.issue_id == issue_id))
        session.add_all(Reach(issue_id=issue_id, scope=scope, received=n) for scope, n in received.items())
        session.flush()
        articles = session.scalars(
            select(Link.article_id).where(Link.issue_id == issue_id, Link.article_id.is_not(None)).distinct()
        )
        known: dict[tuple[Carrier, ...], dict[int, int]] = {(Carrier(issue_id),): received}
        for article_id, carriers in carriers_of_articles(session, [a for a in articles if a is not None]).items():
            _refresh_article(session, article_id, carriers, issue_id, known)


def _refresh_article(
    session: Session,
    article_id: int,
    carriers: Sequence[Carrier],
    issue_id: int,
    known: dict[tuple[Carrier, ...], dict[int, int]],
) -> None:
    """Save the numbers of an article from one issue on: later ones of the article add to what this one changes."""
    issues = [one.issue for one in carriers]
    for place in range(issues.index(issue_id), len(issues)) if issue_id in issues else ():
        key = tuple(carriers[: place + 1])
        if key not in known:
            known[key] = count(session, key)
        kept = (ArticleReach.article_id == article_id, ArticleReach.issue_id == issues[place])
        # An audience that nobody of is left has no number any more.
        session.execute(delete(ArticleReach).where(*kept, ArticleReach.scope.not_in(known[key])))
        session.execute(
            _SAVE,
            [
                {"article": article_id, "issue": issues[place], "scope": scope, "received": number}
                for scope, number in known[key].items()
            ],
        )


_SAVE = text(
    """
    INSERT INTO article_reach (article_id, issue_id, scope, received) VALUES (:article, :issue, :scope, :received)
    ON CONFLICT (article_id, issue_id, scope) DO UPDATE SET received = excluded.received
    """
)


def stale(session: Session) -> list[int]:
    """The issues whose deliveries should be counted again: never counted, still going out, or out not long ago.

    And those of which letters have come back in the last hours, however old they are.
    """
    counted = Reach.counted_at
    amended = letter_report.last_amended(session, timedelta(hours=3))
    ended_at = func.coalesce(Issue.sent_at, Issue.updated_at)
    return list(
        session.scalars(
            select(Issue.id)
            .outerjoin(Reach, (Reach.issue_id == Issue.id) & (Reach.scope == ALL_AUDIENCES))
            .where(
                or_(GOES_OUT, _FINISHED),
                Issue.prepared_at.is_not(None),
                or_(
                    counted.is_(None),
                    GOES_OUT & (counted < now() - timedelta(minutes=1)),
                    _FINISHED & (counted < Issue.updated_at),
                    _FINISHED & (ended_at > now() - LATE_BOUNCES) & (counted < now() - timedelta(hours=1)),
                    Issue.id.in_(list(amended)) & (counted < now() - timedelta(hours=1)),
                ),
            )
            .order_by(Issue.id)
        )
    )


class Received(NamedTuple):
    """How many readers received an issue."""

    by_scope: Mapping[int, int]
    """By audience, and under ALL_AUDIENCES in all."""
    at: datetime | None = None
    """When they were counted, where that was not just now and letters still go out."""


def of_issue(session: Session, issue: Issue) -> Received:
    """How many readers received an issue; while one with many letters goes out, as the worker has counted last."""
    rows = session.execute(
        select(Reach.scope, Reach.received, Reach.counted_at, is_final(Reach.counted_at).label("final"))
        .join(Issue, Issue.id == Reach.issue_id)
        .where(Reach.issue_id == issue.id)
    ).all()
    kept = {row.scope: row.received for row in rows}
    if rows and rows[0].final:
        return Received(kept)
    if rows and _is_large(session, issue.id):
        return Received(kept, rows[0].counted_at)
    return Received(count(session, [Carrier(issue.id)]))


def _is_large(session: Session, issue_id: int) -> bool:
    counted = preparation.find(session, issue_id)
    return counted is not None and counted.targeted > FEW


def of_articles(session: Session, carried: Mapping[int, Sequence[Carrier]], scope: int) -> dict[int, int]:
    """How many different readers of *scope* received each article.

    Arguments:
        carried: by article the issues to look at: the first ones that carried it, in their order.
    """
    return of_articles_by_scope(session, carried, [scope])[scope]


def of_articles_by_scope(
    session: Session, carried: Mapping[int, Sequence[Carrier]], scopes: Collection[int]
) -> dict[int, dict[int, int]]:
    """The same as :func:`of_articles` for each of *scopes*."""
    final = _final_issues(session, {one.issue for carriers in carried.values() for one in carriers})
    kept = {
        (scope, article_id, issue_id): received
        for scope, article_id, issue_id, received in session.execute(
            select(ArticleReach.scope, ArticleReach.article_id, ArticleReach.issue_id, ArticleReach.received).where(
                # One array: a parameter for each of a year's articles takes longer to write than to look up.
                ArticleReach.article_id == any_(cast(list(carried), ARRAY(Integer))),
                ArticleReach.scope.in_(scopes),
            )
        )
    }
    counted: dict[tuple[Carrier, ...], dict[int, int]] = {}
    found: dict[int, dict[int, int]] = {scope: {} for scope in scopes}
    for article_id, carriers in carried.items():
        key = tuple(carriers)
        is_final = final.issuperset(one.issue for one in key)
        if not is_final and key not in counted:
            counted[key] = count(session, key)
        for scope, received in found.items():
            if not key:
                received[article_id] = 0
            elif is_final:
                received[article_id] = kept.get((scope, article_id, key[-1].issue), 0)
            else:
                received[article_id] = counted[key].get(scope, 0)
    return found


def _final_issues(session: Session, wanted: Iterable[int]) -> set[int]:
    """Those of the issues whose numbers, as they are kept, are final."""
    final = (
        select(Issue.id)
        .join(Reach, (Reach.issue_id == Issue.id) & (Reach.scope == ALL_AUDIENCES))
        .where(Issue.id.in_(wanted), is_final(Reach.counted_at))
    )
    return set(session.scalars(final))
