"""How many clicks of a ranking's period one device made with many readers' links, so that they are not people's."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..deliveries.edition import Link
from ..issues.issue import Issue
from ..tracking import across_copies
from ..tracking.readership import ALL_AUDIENCES
from ..tracking.rollup import DailyHitCount
from ..tracking.rules import HitKind, Verdict
from .ranking import Query, scope


def count(session: Session, query: Query) -> int:
    """The clicks on articles that were replays, in the days of the query's period, by all or one of the audiences.

    Raises:
        NotFound: there is no such newsletter or audience.
    """
    found = scope(session, query)
    chosen = (
        select(func.coalesce(func.sum(DailyHitCount.hits), 0))
        .join(Issue, Issue.id == DailyHitCount.issue_id)
        .join(Link, (Link.issue_id == DailyHitCount.issue_id) & (Link.number == DailyHitCount.link))
        .where(
            Issue.newsletter_id == found.newsletter.id,
            Link.article_id.is_not(None),
            DailyHitCount.kind == HitKind.CLICK,
            DailyHitCount.verdict == Verdict.UNKNOWN,
            DailyHitCount.reason == across_copies.RULE,
            DailyHitCount.day >= query.period.start,
            DailyHitCount.day < query.period.end,
        )
    )
    if found.audience != ALL_AUDIENCES:
        chosen = chosen.where(DailyHitCount.audience_id == found.audience)
    return int(session.scalar(chosen) or 0)
