"""Data for tests of hits: a newsletter, articles, issues with links, readers and their copies."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate, pairwise
from random import Random

from sqlalchemy import insert
from sqlalchemy.orm import Session

from models.deliveries.delivery import Delivery, DeliveryState
from models.deliveries.edition import Link, LinkKind
from models.issues import issue as issues
from models.issues.article import Article
from models.issues.issue import Issue
from models.issues.issue_state import IssueState
from models.issues.newsletter import Audience, Newsletter, Topic, Tracking
from models.readers.subscriber import Subscriber
from models.tracking.hit import IncomingHit, format_headers, new_id, to_microseconds
from models.tracking.privacy_filter import TrackingRequest
from models.tracking.rules import HitKind
from tests import sample_requests

PUBLISHED = datetime(2021, 4, 15, 0, 0, tzinfo=UTC)


@dataclass
class SampleNewsletter:
    """A newsletter and what belongs to it."""

    newsletter: Newsletter
    articles: list[Article]
    issues: list[Issue]
    readers: list[int]
    audience_of: dict[int, int | None]
    links: dict[int, dict[int, int | None]] = field(default_factory=dict)
    """By issue and number: the article."""

    def delivered(self, issue: int) -> datetime:
        """When the relay accepted every copy of an issue."""
        return self.issues[[found.id for found in self.issues].index(issue)].prepared_at or PUBLISHED


def create(
    session: Session,
    *,
    issue_count: int = 2,
    article_count: int = 5,
    reader_count: int = 6,
    plain_links: int = 2,
    tracking: Tracking = Tracking.INDIVIDUAL,
    slug: str = "dx-letter",
) -> SampleNewsletter:
    """Issues a month apart; each carries all articles, some plain links and, last, the honeypot."""
    newsletter = Newsletter(
        slug=slug, name="自治体DX通信", sender_name="情報政策課", sender_address="dx@example.lg.jp", tracking=tracking
    )
    newsletter.audiences = [
        Audience(slug="citizen", name="住民", position=1),
        Audience(slug="official", name="自治体職員", position=2),
    ]
    newsletter.topics = [Topic(slug="rpa", name="RPA", position=1), Topic(slug="cloud", name="クラウド", position=2)]
    session.add(newsletter)
    session.flush()
    articles = [
        Article(
            newsletter_id=newsletter.id,
            slug=f"article-{n}",
            title=f"記事{n}",
            published_on=date(2021, 4, 1 + n),
            topics=[newsletter.topics[n % 2]],
            recap=f"記事{n}の要点です。",
            address=f"https://www.example.lg.jp/{slug}/{n}",
        )
        for n in range(article_count)
    ]
    session.add_all(articles)
    subscribers = [
        Subscriber(address=f"r{n}@example.jp", address_key=f"{slug}-r{n}@example.jp") for n in range(reader_count)
    ]
    session.add_all(subscribers)
    session.flush()
    readers = [subscriber.id for subscriber in subscribers]
    choices = [newsletter.audiences[0].id, newsletter.audiences[1].id, None]
    sample = SampleNewsletter(
        newsletter, articles, [], readers, {reader: choices[n % 3] for n, reader in enumerate(readers)}
    )
    for n in range(issue_count):
        add_issue(session, sample, PUBLISHED + timedelta(days=31 * n), articles, plain_links=plain_links)
    return sample


def add_issue(
    session: Session, sample: SampleNewsletter, at: datetime, articles: Sequence[Article], *, plain_links: int = 2
) -> Issue:
    """An issue that went out at *at* to every reader."""
    issue = issues.create(session, sample.newsletter, subject="第1号")
    issue.state, issue.prepared_at, issue.sent_at = IssueState.SENT, at, at + timedelta(minutes=5)
    kinds = (
        [("article", article.id) for article in articles]
        + [("product", None)] * plain_links
        + [(LinkKind.HONEYPOT.value, None)]
    )
    sample.links[issue.id] = {}
    for number, (kind, article_id) in enumerate(kinds, 1):
        session.add(
            Link(
                issue_id=issue.id,
                number=number,
                url=f"https://www.example.lg.jp/{number}",
                kind=kind,
                article_id=article_id,
            )
        )
        sample.links[issue.id][number] = article_id
    session.flush()
    session.execute(
        insert(Delivery),
        [
            {"issue_id": issue.id, "subscriber_id": reader, "edition": 1, "lane_id": 1, "at": at,
             "audience_id": sample.audience_of[reader], "state": DeliveryState.ACCEPTED}
            for reader in sample.readers
        ],
    )  # fmt: skip
    sample.issues.append(issue)
    return issue


def incoming_hit(issue: int, reader: int, request: sample_requests.SampleRequest, delivered: datetime) -> IncomingHit:
    """A labelled request as the tracker writes it."""
    at = to_microseconds(delivered) + round(request.at * 1e6)
    return IncomingHit(
        new_id(), at, request.kind, request.method, issue, reader, request.link, request.client, request.agent,
        dict(request.headers),
    )  # fmt: skip


def click(issue: int, reader: int, link: int, at: datetime, **more: object) -> IncomingHit:
    """A person's click."""
    values = {
        "kind": HitKind.CLICK,
        "method": "GET",
        "client": "198.51.100.7",
        "agent": sample_requests.CHROME,
        **more,
    }
    headers = dict(sample_requests.BROWSER)
    return IncomingHit(
        id=new_id(), at=to_microseconds(at), issue=issue, reader=reader, link=link, headers=headers, **values
    )  # type: ignore[arg-type]


def moments(count: int, apart: float) -> list[float]:
    """Seconds at which so many people come, independently of each other and so to no beat.

    Arguments:
        apart: seconds between two, on average.
    """
    rng = Random(count)
    return list(accumulate(rng.expovariate(1 / apart) for _ in range(count)))


def request(of: IncomingHit) -> TrackingRequest:
    """The request that an entry was made from."""
    return TrackingRequest(of.kind, of.method, of.issue, of.reader, of.link, of.client, of.agent, of.headers)


def batches(entries: Sequence[IncomingHit], cuts: Iterable[int]) -> list[list[IncomingHit]]:
    """*entries* cut into pieces."""
    places = sorted({0, len(entries), *(cut % (len(entries) + 1) for cut in cuts)})
    return [list(entries[a:b]) for a, b in pairwise(places)]


def headers(of: IncomingHit) -> str | None:
    """Its headers as the table keeps them."""
    return format_headers(of.headers)
