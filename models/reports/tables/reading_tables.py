"""What was read over a period: articles by audience, and topics by month.

A reader counts once for an article in the period, or in a month. A topic's number is the sum over its articles.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Date, cast, func, select
from sqlalchemy.orm import Session

from ...issues.article import Article, article_topic
from ...issues.newsletter import Audience, Newsletter
from ...tracking.readership import ALL_AUDIENCES, Policy, Readership
from ..issue_report import Readers
from ..kept.reader_months import next_month
from ..period import Period
from . import small_groups
from .table import ColumnKind, ReportTable, TableColumn

_K = ColumnKind


def find(session: Session, newsletter: Newsletter, period: Period, audience: str, key: str) -> ReportTable | None:
    """The table of this name.

    Arguments:
        audience: slug of the audience whose topics are shown; empty for everyone.
    """
    match key:
        case "reading":
            return articles(session, newsletter, period)
        case "topics":
            return topics(session, newsletter, period, audience)
    return None


def articles(session: Session, newsletter: Newsletter, period: Period) -> ReportTable:
    """Articles that were read in *period*, with their readers of each audience; a number of few people is not told."""
    read = _read(session, newsletter, period)
    named = {
        row.id: row
        for row in session.execute(
            select(Article.id, Article.slug, Article.title).where(Article.newsletter_id == newsletter.id)
        )
    }
    every = {article: readers for (article, scope), readers in read.items() if scope == ALL_AUDIENCES}
    order = sorted(every, key=lambda article: (-every[article].readers, named[article].slug))
    columns = (
        TableColumn("article", _K.TEXT),
        TableColumn("title", _K.TEXT),
        TableColumn("readers", _K.READERS),
        *(TableColumn(f"readers_{one.slug}", _K.READERS, one.name) for one in newsletter.audiences),
    )
    rows: list[Sequence[Any]] = [
        (
            named[article].slug,
            named[article].title,
            every[article],
            *_told([read.get((article, one.id)) for one in newsletter.audiences], every[article]),
        )
        for article in order
    ]
    return ReportTable("reading", columns, rows)


def _told(of_audiences: Sequence[Readers | None], every: Readers) -> list[Readers | None]:
    """Numbers of ten people or more; and no number where the rest of the total would be that of fewer."""
    told = [one if one is not None and one.wide >= small_groups.MIN_READERS else None for one in of_audiences]
    while 0 < every.wide - sum(one.wide for one in told if one) < small_groups.MIN_READERS and any(told):
        smallest = min((one for one in told if one), key=lambda one: one.wide)
        told[told.index(smallest)] = None
    return told


def _read(session: Session, newsletter: Newsletter, period: Period) -> dict[tuple[int, int], Readers]:
    rows = session.execute(
        select(Readership.article_id, Readership.scope, Readership.policy, func.sum(Readership.readers))
        .where(
            Readership.article_id.in_(select(Article.id).where(Article.newsletter_id == newsletter.id)),
            Readership.day >= period.start,
            Readership.day < period.end,
            Readership.before < period.start,
        )
        .group_by(Readership.article_id, Readership.scope, Readership.policy)
    )
    found: dict[tuple[int, int], Readers] = {}
    for article, scope, policy, readers in rows:
        one = found.setdefault((article, scope), Readers())
        if policy is Policy.HUMAN:
            one.readers = int(readers)
        else:
            one.wide = int(readers)
    return {key: one for key, one in found.items() if one.wide}


def topics(session: Session, newsletter: Newsletter, period: Period, audience: str = "") -> ReportTable:
    """Readers of each topic's articles, month by month, of one audience or of everyone."""
    scope = next((one.id for one in newsletter.audiences if one.slug == audience), ALL_AUDIENCES)
    read = _read_by_month(session, newsletter, period, scope)
    months, rows = [], []
    month = min((month for month, _ in read), default=date.max)
    last = max((month for month, _ in read), default=date.min)
    while month <= last:
        months.append(month)
        month = next_month(month)
    for month in months:
        numbers = [read.get((month, topic.id), Readers()) for topic in newsletter.topics]
        rows.append(
            (month, *(one if one.wide >= small_groups.MIN_READERS or not one.wide else None for one in numbers))
        )
    columns = (
        TableColumn("month", _K.MONTH),
        *(TableColumn(f"topic_{topic.slug}", _K.READERS, topic.name) for topic in newsletter.topics),
    )
    return ReportTable("topics", columns, list(rows))


def _read_by_month(
    session: Session, newsletter: Newsletter, period: Period, scope: int
) -> dict[tuple[date, int], Readers]:
    month = cast(func.date_trunc("month", cast(Readership.day, Date)), Date)
    per_article = (
        select(
            Readership.article_id,
            month.label("month"),
            Readership.policy,
            func.sum(Readership.readers).label("readers"),
        )
        .where(
            Readership.article_id.in_(select(Article.id).where(Article.newsletter_id == newsletter.id)),
            Readership.scope == scope,
            Readership.day >= period.start,
            Readership.day < period.end,
            # Their first day in that month, and in the period, which may begin within a month.
            Readership.before < func.greatest(month, period.start),
        )
        .group_by(Readership.article_id, month, Readership.policy)
        .subquery()
    )
    rows = session.execute(
        select(per_article.c.month, article_topic.c.topic_id, per_article.c.policy, func.sum(per_article.c.readers))
        .join(article_topic, article_topic.c.article_id == per_article.c.article_id)
        .group_by(per_article.c.month, article_topic.c.topic_id, per_article.c.policy)
    )
    found: dict[tuple[date, int], Readers] = {}
    for at, topic, policy, readers in rows:
        one = found.setdefault((at, topic), Readers())
        if policy is Policy.HUMAN:
            one.readers = int(readers)
        else:
            one.wide = int(readers)
    return found


def audience_name(audiences: Sequence[Audience], slug: str) -> str:
    """What an audience is called; empty for everyone."""
    return next((one.name for one in audiences if one.slug == slug), "")
