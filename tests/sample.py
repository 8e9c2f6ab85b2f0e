"""A newsletter with topics, audiences and readers, for tests."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from models.issues import issue as issues
from models.issues import send_time
from models.issues.article import Article
from models.issues.block import ArticleCard, Block, Prose
from models.issues.issue import Issue
from models.issues.issue_state import IssueState
from models.issues.newsletter import Audience, Newsletter, Topic
from models.readers.subscriber import Subscriber, Subscription, SubscriptionState, set_address
from models.store import mail_address
from models.store.clock import TOKYO, now


def make_newsletter(session: Session, slug: str = "ict", **values: Any) -> Newsletter:
    """A newsletter with two topics and two audiences."""
    newsletter = Newsletter(
        **{
            "slug": slug,
            "name": "自治体ICTだより",
            "description": "自治体のICTの今を、月に一度お届けします。",
            "sender_name": "みなと市 情報政策課",
            "sender_address": "ict@example.lg.jp",
            "postal_address": "〒000-0000 みなと市中央1-1",
            "contact": "ict@example.lg.jp",
            **values,
        }
    )
    session.add(newsletter)
    for place, (topic, name) in enumerate([("dx", "DX推進"), ("privacy", "個人情報"), ("rpa", "RPA")]):
        session.add(Topic(newsletter=newsletter, slug=topic, name=name, position=place))
    for place, (audience, name) in enumerate([("official", "自治体職員"), ("citizen", "住民")]):
        session.add(Audience(newsletter=newsletter, slug=audience, name=name, position=place))
    session.flush()
    return newsletter


def make_reader(
    session: Session,
    newsletter: Newsletter,
    typed: str = "reader@example.jp",
    state: SubscriptionState = SubscriptionState.ACTIVE,
    **values: Any,
) -> Subscription:
    """A subscriber with a subscription."""
    reader = Subscriber(**values)
    set_address(reader, mail_address.parse(typed))
    confirmed = now() if state is SubscriptionState.ACTIVE else None
    subscription = Subscription(subscriber=reader, newsletter=newsletter, state=state, confirmed_at=confirmed)
    session.add_all([reader, subscription])
    session.flush()
    return subscription


def make_article(session: Session, newsletter: Newsletter, slug: str, title: str, **values: Any) -> Article:
    """An article; hosted where it has no address."""
    article = Article(newsletter_id=newsletter.id, slug=slug, title=title, **values)
    session.add(article)
    session.flush()
    return article


def make_sent(
    session: Session, newsletter: Newsletter, subject: str, *blocks: Block, days_ago: int = 1, **values: Any
) -> Issue:
    """An issue that has been sent."""
    when = now() - timedelta(days=days_ago)
    issue = issues.create(session, newsletter, subject=subject, blocks=blocks or (Prose(text="本文です。"),), **values)
    issue.state = IssueState.SENT
    issue.prepared_at = issue.sent_at = when
    session.flush()
    return issue


def card(slug: str) -> ArticleCard:
    """A block that shows an article."""
    return ArticleCard(article=slug)


def working_morning(days: int = 7) -> datetime:
    """9 o'clock in Tokyo on the first day, at least so many days from now, about which nobody would be asked."""
    at = (now() + timedelta(days=days)).astimezone(TOKYO).replace(hour=9, minute=0, second=0, microsecond=0)
    while send_time.unusual(at):
        at += timedelta(days=1)
    return at
