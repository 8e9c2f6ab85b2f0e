"""How articles are read: the different people who have followed a link to each since it was first sent.

From the table that rankings are drawn from. A reader has one day on which they came for the first time, so the sum of
those days is the number of different readers, without reading a single click.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..tracking.readership import ALL_AUDIENCES, NEVER, Policy, Readership
from .issue_report import Readers


def count(session: Session, article_ids: Collection[int]) -> dict[int, Readers]:
    """The readers of each of these articles, in one query; articles without any are missing."""
    if not article_ids:
        return {}
    query = select(Readership.article_id, Readership.policy, func.sum(Readership.readers)).where(
        Readership.article_id.in_(article_ids),
        Readership.scope == ALL_AUDIENCES,
        Readership.policy.in_(Policy),
        Readership.before == NEVER,
    )
    found: dict[int, Readers] = {}
    for article_id, policy, readers in session.execute(query.group_by(Readership.article_id, Readership.policy)):
        of_article = found.setdefault(article_id, Readers())
        if policy is Policy.HUMAN:
            of_article.readers = int(readers)
        else:
            of_article.wide = int(readers)
    return found
