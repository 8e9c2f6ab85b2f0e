"""Whoever has the whole database, the list of readers and the time names nobody who must not be identified.

The attacker knows each reader's audience and edition, and when each copy was delivered; that a hit comes after its
copy's delivery, and that verdicts tell how long after. Letters go out slowly here, the first ones alone.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from random import Random

import pytest
from redis import Redis
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.deliveries.delivery import Delivery
from models.deliveries.edition import Edition
from models.issues.newsletter import Tracking
from models.readers.subscriber import Subscriber
from models.tracking import anonymity, ingest, salt
from models.tracking.anonymity import MIN_READERS
from models.tracking.hit import Hit, to_microseconds
from models.tracking.privacy_filter import pseudonymous
from models.tracking.pseudonym import is_nobody

from . import sample_newsletter
from .sample_newsletter import PUBLISHED, SampleNewsletter

READERS = 80
BANDS = {"early-click": (-1e9, 6), "soon-click": (6, 15), "first-minute": (15, 120)}
"""Seconds after the delivery that a rule tells."""


@pytest.fixture(autouse=True)
def forgetful(redis_client: Redis) -> None:
    salt.forget()
    anonymity.forget()


def prepare(session: Session, random: Random, tracking: Tracking) -> SampleNewsletter:
    """A slow issue: some copies alone, some in crowds, minutes apart; two editions; a small audience."""
    made = sample_newsletter.create(session, reader_count=READERS, issue_count=1, tracking=tracking)
    issue = made.issues[0].id
    for number, links in ((1, [1, 2, 3, 4, 5, 6, 7, 8]), (2, [1, 2, 3, 6, 7, 8])):
        session.add(
            Edition(issue_id=issue, number=number, variant={"met": [str(number)]}, link_numbers=links, frozen=b"",
                    html="", text="", size=0, digest="")
        )  # fmt: skip
    at = 0.0
    for reader in random.sample(made.readers, READERS):
        at += random.choice([0, 0, 0, 0, 1, 4, 30, 200])
        values = {"at": PUBLISHED + timedelta(seconds=at), "edition": random.choice([1, 1, 2])}
        session.execute(update(Delivery).where(Delivery.subscriber_id == reader).values(**values))
    if tracking is Tracking.INDIVIDUAL:
        refusing = random.sample(made.readers, READERS // 2)
        session.execute(update(Subscriber).where(Subscriber.id.in_(refusing)).values(tracking_refused=True))
        made.readers = refusing
    return made


def follow(session: Session, made: SampleNewsletter, random: Random) -> dict[int, int]:
    """Readers follow a link of their edition, mostly soon; by the number that their hit has, who it was."""
    issue, who = made.issues[0].id, {}
    copies = session.scalars(select(Delivery).where(Delivery.subscriber_id.in_(made.readers))).all()
    for copy in copies:
        assert isinstance(copy.at, datetime)
        at = copy.at + timedelta(seconds=random.choice([0.5, 3, 8, 14, 20, 50, 110, 130, 400, 5000]))
        link = random.choice([1, 2, 3] if copy.edition == 2 else [1, 2, 3, 4, 5])
        hit = sample_newsletter.click(issue, copy.subscriber_id, link, at)
        facts = anonymity.find(
            session.connection(), issue, copy.subscriber_id, link, to_microseconds(at),
            everybody=made.newsletter.tracking is Tracking.AGGREGATE,
        )  # fmt: skip
        found = pseudonymous(sample_newsletter.request(hit), to_microseconds(at), facts)
        if found:
            ingest.store_incoming(session, [found])
            who[found.reader] = copy.subscriber_id
    return who


def candidates(session: Session, made: SampleNewsletter, hit: Hit, told: dict[int, int | None]) -> set[int]:
    """Whose hit it may have been."""
    found = set()
    audiences = {audience for audience in told.values() if audience is not None}
    for copy in session.scalars(select(Delivery).where(Delivery.subscriber_id.in_(made.readers))):
        links = {1, 2, 3, 4, 5} if copy.edition == 1 else {1, 2, 3}
        passed = (hit.at - copy.at).total_seconds() if copy.at else 0.0
        marks = [rule.partition("@")[0] for rule in hit.rules]
        low, high = next(
            (BANDS[mark] for mark in marks if mark in BANDS), (0.0 if is_nobody(hit.reader) else 120.0, 1e9)
        )
        if hit.link and hit.link not in links:
            continue
        if hit.audience_id != (copy.audience_id if copy.audience_id in audiences else None):
            continue
        if low <= passed <= high and (hit.link or passed >= -86_400):
            found.add(copy.subscriber_id)
    return found


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("tracking", [Tracking.AGGREGATE, Tracking.INDIVIDUAL])
def test_case_g7_ten_readers_fit_every_hit(session: Session, seed: int, tracking: Tracking) -> None:
    random = Random(seed)
    made = prepare(session, random, tracking)
    who = follow(session, made, random)
    hits = session.scalars(select(Hit)).all()
    told: dict[int, int | None] = defaultdict(lambda: None, {who[hit.reader]: hit.audience_id for hit in hits})
    assert len(hits) > 20
    counted = [hit for hit in hits if not is_nobody(hit.reader)]
    for hit in hits:
        if not hit.link:  # Only the day is told.
            assert is_nobody(hit.reader)
            assert hit.audience_id is None
            continue
        fitting = candidates(session, made, hit, told)
        assert who[hit.reader] in fitting, "the attacker is not deceived"
        assert len(fitting) >= MIN_READERS, (hit.at - PUBLISHED, hit.rules, len(fitting))
    assert counted, "not all are hidden"
