"""A year of a newsletter with real rows: readers who join and leave, twelve issues, bounces, clicks and opens."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from models.deliveries.delivery import Delivery, DeliveryState
from models.deliveries.edition import Edition
from models.deliveries.preparation import Preparation
from models.readers.subscriber import Subscription, SubscriptionState
from models.reports import reach
from models.reports.kept import issue_sums, reader_months
from models.tracking import ingest
from models.tracking.hit import IncomingHit
from models.tracking.rules import HitKind
from tests.models.tracking import sample_newsletter
from tests.models.tracking.sample_newsletter import SampleNewsletter

READERS, ISSUES = 60, 12
PERIOD = "from=2021-04-01&until=2022-03-31"
DAYS = (date(2021, 4, 1), date(2022, 3, 31))
_PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 "
    "Mobile/15E148 Safari/604.1"
)
_LETTER = """<!DOCTYPE html><html lang="ja"><head><title>第1号</title></head><body>
<p><a href="https://news.example.jp/c/1/">記事0を読む</a></p>
<p><a href="https://news.example.jp/c/2/">記事1を読む</a></p>
<img class="dot" src="https://news.example.jp/o/.gif" alt=""></body></html>"""


def make(session: Session) -> SampleNewsletter:
    """Everything, counted as the worker counts it."""
    made = sample_newsletter.create(session, issue_count=ISSUES, reader_count=READERS)
    _subscribe(session, made)
    hits: list[IncomingHit] = []
    for place, issue in enumerate(made.issues):
        hits += _hits(made, issue.id, readers=READERS // 2 if place == 3 else 12 + place)
        session.add(Preparation(issue_id=issue.id, targeted=READERS, left_out=0, editions=1, batches=1))
        session.add(
            Edition(issue_id=issue.id, number=1, frozen=b"", html=_LETTER, text="", size=1, digest="0" * 64)
        )  # fmt: skip
    lost = Delivery.subscriber_id.in_(made.readers[-2:])
    session.execute(
        update(Delivery).where(Delivery.issue_id == made.issues[2].id, lost).values(state=DeliveryState.BOUNCED)
    )
    ingest.lock(session)
    ingest.store_incoming(session, sorted(hits, key=lambda hit: hit.at))
    for issue in made.issues:
        reach.refresh(session, [issue.id])
        issue_sums.refresh(session, [issue.id])
    reader_months.refresh(session)
    return made


def _subscribe(session: Session, made: SampleNewsletter) -> None:
    """Two thirds were there before; the others join month by month; four leave."""
    for place, reader in enumerate(made.readers):
        month = max(1, place - 39) if place >= 40 else 0
        joined = datetime(2021, 2, 10, tzinfo=UTC) + timedelta(days=31 * (month // 2))
        one = Subscription(
            subscriber_id=reader, newsletter_id=made.newsletter.id, audience_id=made.audience_of[reader],
            state=SubscriptionState.ACTIVE, created_at=joined, confirmed_at=joined,
        )  # fmt: skip
        if place in (0, 1, 2, 3):
            one.state, one.ended_at = SubscriptionState.ENDED, datetime(2021, 6 + place // 2, 20, tzinfo=UTC)
            one.ended_reason = "bounced" if place == 3 else "unsubscribed"
        session.add(one)
    session.flush()


def _hits(made: SampleNewsletter, issue: int, readers: int) -> list[IncomingHit]:
    found = []
    for place, reader in enumerate(made.readers[:readers]):
        at = made.delivered(issue) + timedelta(hours=1 + place // 4, minutes=13 * (place % 4) + 3)
        client = f"198.51.{100 + place}.{7 + place}"
        agent = {"agent": _PHONE} if place % 2 else {}
        found.append(sample_newsletter.click(issue, reader, 0, at, client=client, kind=HitKind.OPEN, **agent))
        for link in range(1, 2 + place % 2):
            later = at + timedelta(minutes=2, seconds=37 * link + place)
            found.append(sample_newsletter.click(issue, reader, link, later, client=client, **agent))
    for link in range(1, 9):
        at = made.delivered(issue) + timedelta(seconds=link)
        found += [
            sample_newsletter.click(issue, made.readers[-1], link, at, client="192.0.2.7", method=method)
            for method in ("HEAD", "GET")
        ]
    return found
