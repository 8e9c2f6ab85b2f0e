"""What a sitemap lists: every page of the public archives."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, literal, null, select, union_all
from sqlalchemy.orm import Session

from ..issues.article import Article, article_topic
from ..issues.issue import Issue
from ..issues.issue_state import SENT_STATES
from ..issues.newsletter import Newsletter, Topic
from . import published

MAX_PAGES = 50_000
"""What one sitemap may list (sitemaps.org)."""


class ArchivePageName(NamedTuple):
    """A page of an archive: its list of issues where nothing else is named, an issue, an article or a topic."""

    newsletter: str
    number: int | None
    article: str | None
    topic: str | None
    changed: datetime | None


def find(session: Session) -> Sequence[ArchivePageName]:
    """The pages that anybody may see, the ones that changed last first; at most :data:`MAX_PAGES`."""
    changed = func.coalesce(Issue.sent_at, Issue.prepared_at)
    public = (
        (Issue.newsletter_id == Newsletter.id) & Issue.state.in_(SENT_STATES) & ~Issue.in_repair & Issue.for_archive
    )
    latest = select(func.max(changed)).where(public).correlate(Newsletter).scalar_subquery()
    no_number, no_slug = literal(None, Issue.number.type).label("number"), null().label("article")
    no_topic = null().label("topic")
    homes = select(Newsletter.slug, no_number, no_slug, no_topic, latest.label("changed"))
    numbers = select(Newsletter.slug, Issue.number, no_slug, no_topic, changed).join(Issue, public)
    hosted = select(Newsletter.slug, no_number, Article.slug, no_topic, latest)
    hosted = hosted.join(Article, Article.newsletter_id == Newsletter.id).where(
        published.article_is_public(), Article.address == ""
    )
    used = select(article_topic.c.topic_id).join(Article, Article.id == article_topic.c.article_id)
    topics = select(Newsletter.slug, no_number, no_slug, Topic.slug, latest)
    topics = topics.join(Topic, Topic.newsletter_id == Newsletter.id).where(
        Topic.id.in_(used.where(published.article_is_public())), Topic.merged_into_id.is_(None)
    )
    parts = [part.where(Newsletter.public_archive) for part in (homes, numbers, hosted, topics)]
    whole = union_all(*parts).subquery()
    rows = session.execute(select(whole).order_by(whole.c.changed.desc().nulls_last()).limit(MAX_PAGES))
    return [ArchivePageName(*row) for row in rows]
