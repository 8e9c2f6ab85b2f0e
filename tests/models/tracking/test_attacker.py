"""Whoever has the whole database, the list of readers and the time names nobody who must not be identified.

The attacker knows our code, each reader's audience, edition and answers about tracking, when each copy was delivered,
and to the microsecond when each hit came: the order of rows and the stream's append-only file tell that. So he asks of
every reader what would be stored, had it been this one. Whoever would have left the same is a candidate, for a hit and
for all hits that a pseudonym joins. Letters go out slowly here, some alone, some late, some once more.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from random import Random
from typing import NamedTuple

import pytest
from redis import Redis
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.deliveries.delivery import Delivery, DeliveryState
from models.deliveries.edition import Edition
from models.issues.newsletter import Tracking
from models.readers import consent
from models.readers.consent import Consent, ConsentKind
from models.readers.subscriber import Subscriber
from models.tracking import anonymity, ingest, salt, seal
from models.tracking.alike_copies import MIN_READERS
from models.tracking.hit import Hit, IncomingHit, to_microseconds
from models.tracking.privacy_filter import pseudonymous
from models.tracking.pseudonym import is_nobody
from models.tracking.rules import HitKind

from . import sample_newsletter
from .sample_newsletter import PUBLISHED, SampleNewsletter

READERS = 100
SOON = [0.4, 1.5, 5, 8, 14, 20, 50, 110, 121, 130, 400, 900, 5000, 90_000]
"""Seconds after a delivery at which a reader, or a machine, may follow a link."""


class Request(NamedTuple):
    """Something that a reader's copy is asked for: the truth."""

    at: datetime
    issue: int
    reader: int
    link: int


Left = tuple[object, ...] | None
"""What a request leaves for everybody to see; None for nothing."""


class Trial(NamedTuple):
    """What an attacker concludes."""

    fitting: dict[int, list[set[int]]]
    """By the number that hits have: for each of them the readers who would have left the same."""
    truth: dict[int, int]
    lost: int
    """Requests of which nothing was kept."""

    def candidates(self) -> dict[int, set[int]]:
        """By number: whose all of its hits may be."""
        return {number: set.intersection(*fitting) for number, fitting in self.fitting.items()}


@pytest.fixture(autouse=True)
def forgetful(redis_client: Redis) -> None:
    salt.forget()
    anonymity.forget()


def prepare(session: Session, random: Random, tracking: Tracking) -> tuple[SampleNewsletter, list[Delivery]]:
    """Two issues: two thirds of the copies at once, then some alone, some in crowds, minutes apart; two editions.

    Returns: the newsletter, whose readers are those who are nameless, and all copies in order of time, none sent yet.
    """
    made = sample_newsletter.create(session, reader_count=READERS, issue_count=2, tracking=tracking)
    for issue in made.issues:
        for number, links in ((1, [1, 2, 3, 4, 5, 6, 7, 8]), (2, [1, 2, 3, 6, 7, 8])):
            session.add(
                Edition(issue_id=issue.id, number=number, variant={"met": [str(number)]}, link_numbers=links,
                        frozen=b"", html="", text="", size=0, digest="")
            )  # fmt: skip
        at = 0.0
        for place, reader in enumerate(random.sample(made.readers, READERS)):
            # Outcomes are recorded twice a second, for all letters that were answered meanwhile.
            at += 0.5 * (place % 20 == 0) if place < READERS * 2 // 3 else random.choice([0, 0, 0, 0.5, 1, 4, 30, 200])
            when = (issue.prepared_at or PUBLISHED) + timedelta(seconds=at)
            values = {"at": when, "edition": random.choice([1, 1, 1, 2]), "state": DeliveryState.QUEUED}
            copy = (Delivery.subscriber_id == reader, Delivery.issue_id == issue.id)
            session.execute(update(Delivery).where(*copy).values(**values))
    late = random.sample(made.readers, 4)  # They go out again after an hour or a week.
    for reader in late:
        more = random.choice([3600, 600_000]) + random.uniform(0, 99)
        query = update(Delivery).where(Delivery.subscriber_id == reader)
        session.execute(query.values(at=Delivery.at + timedelta(seconds=more)))
    if tracking is Tracking.INDIVIDUAL:
        made.readers = random.sample(made.readers, READERS * 2 // 3)
        session.execute(update(Subscriber).where(Subscriber.id.in_(made.readers)).values(tracking_refused=True))
    session.expire_all()
    return made, list(session.scalars(select(Delivery).order_by(Delivery.at)))


def requests_for(copies: list[Delivery], made: SampleNewsletter, random: Random) -> list[Request]:
    """Nameless readers and machines follow links of their edition, mostly soon, and some several times."""
    found = []
    for copy in copies:
        if copy.subscriber_id in made.readers:
            for seconds in random.sample(SOON, random.choice([0] * 12 + [1, 4])):
                assert isinstance(copy.at, datetime)
                at = copy.at + timedelta(seconds=seconds, microseconds=1)
                links = [0, 1, 2, 3] if copy.edition == 2 else [0, 1, 2, 3, 4, 5]
                found.append(Request(at, copy.issue_id, copy.subscriber_id, random.choice(links)))
    return found


def entry_of(session: Session, made: SampleNewsletter, asked: Request, reader: int) -> IncomingHit | None:
    """What is kept of a request, had it been a reader's."""
    kind = HitKind.CLICK if asked.link else HitKind.OPEN
    hit = sample_newsletter.click(asked.issue, reader, asked.link, asked.at, kind=kind)
    everybody, at = made.newsletter.tracking is Tracking.AGGREGATE, to_microseconds(asked.at)
    facts = anonymity.find(session.connection(), asked.issue, reader, at, everybody=everybody)
    return pseudonymous(sample_newsletter.request(hit), at, facts)


def left(session: Session, entry: IncomingHit | None) -> Left:
    """All but the pseudonym and the random id, also what is sealed, as if he could open that."""
    if entry is None:
        return None
    kept, sealed = seal.split(entry.marks)
    known = salt.find(session.connection().engine, entry.issue)
    opened = seal.open_seal(known, sealed) if sealed and known else None
    told = (entry.at, entry.kind, entry.method, entry.issue, entry.link, entry.audience)
    return *told, is_nobody(entry.reader), kept, opened


def attack(session: Session, made: SampleNewsletter, copies: list[Delivery], asked: list[Request]) -> Trial:
    """Let time go by, and ask of every request who might have sent it."""
    trial, lost = Trial(defaultdict(list), {}, 0), 0
    waiting = list(copies)
    kinds: dict[int, dict[tuple[object, ...], list[int]]] = defaultdict(lambda: defaultdict(list))
    for copy in copies:
        if copy.subscriber_id in made.readers:
            kinds[copy.issue_id][copy.audience_id, copy.edition, copy.at].append(copy.subscriber_id)
    for request in sorted(asked):
        while waiting and waiting[0].at and waiting[0].at <= request.at:
            copy = waiting.pop(0)
            key = (Delivery.issue_id == copy.issue_id, Delivery.subscriber_id == copy.subscriber_id)
            session.execute(update(Delivery).where(*key).values(state=DeliveryState.ACCEPTED))
            anonymity.forget()
        entry = entry_of(session, made, request, request.reader)
        if entry is None:
            lost += 1
            continue
        fitting = set()
        for readers in kinds[request.issue].values():  # Those of one kind had the same copy at the same moment.
            if left(session, entry_of(session, made, request, readers[0])) == left(session, entry):
                fitting |= set(readers)
        trial.fitting[entry.reader].append(fitting)
        trial.truth[entry.reader] = request.reader
        ingest.store_incoming(session, [entry])
    return trial._replace(lost=lost)


@pytest.mark.parametrize("seed", [0])
@pytest.mark.parametrize("tracking", [Tracking.AGGREGATE, Tracking.INDIVIDUAL])
def test_case_t7_ten_readers_fit_whatever_a_pseudonym_did(session: Session, seed: int, tracking: Tracking) -> None:
    random = Random(seed)
    made, copies = prepare(session, random, tracking)
    asked = requests_for(copies, made, random)
    trial = attack(session, made, copies, asked)
    joined = [number for number, fitting in trial.fitting.items() if len(fitting) > 1]
    assert len(joined) > 1, "several hits of one pseudonym are among them"
    assert 0 < trial.lost < len(asked) * 2 / 3, "some could not be kept"
    few = {n: len(found) for n, found in trial.candidates().items() if len(found) < MIN_READERS}
    assert few == {}, f"{len(few)} of {len(trial.fitting)} are named by few: {sorted(few.values())}"
    assert all(trial.truth[number] in found for number, found in trial.candidates().items()), "he is not deceived"
    assert session.query(Hit).filter(Hit.reader > 0).count() == 0


def test_case_t7_who_was_known_by_name_or_changed_the_mind_leaves_nothing(session: Session) -> None:
    """That somebody has refused is written down with its time: later hits without a name would be that one's."""
    made = sample_newsletter.create(session, reader_count=40, issue_count=1)
    session.execute(update(Subscriber).where(Subscriber.id.in_(made.readers[:20])).values(tracking_refused=True))
    asked = [Request(PUBLISHED + timedelta(days=1), made.issues[0].id, reader, 1) for reader in made.readers]
    kept = [entry_of(session, made, request, request.reader) is not None for request in asked]
    assert kept == [True] * 20 + [False] * 20
    by_name, erased, refused_since = made.readers[0:3]
    session.execute(update(Subscriber).where(Subscriber.id == by_name).values(tracking_refused=False))
    ingest.store_incoming(session, [sample_newsletter.click(made.issues[0].id, by_name, 1, PUBLISHED)])
    session.execute(update(Subscriber).where(Subscriber.id == by_name).values(tracking_refused=True))
    session.execute(update(Subscriber).where(Subscriber.id == erased).values(erased_at=PUBLISHED + timedelta(hours=1)))
    session.add(
        Consent(subscriber_id=refused_since, newsletter_id=made.newsletter.id, address_hash="", text_digest="",
                kind=ConsentKind.CHANGED, text=consent.TRACKING_REFUSED, at=PUBLISHED + timedelta(minutes=1))
    )  # fmt: skip
    session.flush()
    anonymity.forget()
    kept = [entry_of(session, made, request, request.reader) is not None for request in asked]
    assert kept == [False] * 3 + [True] * 17 + [False] * 20


@pytest.mark.parametrize(("tracking", "size"), [(Tracking.AGGREGATE, 9), (Tracking.INDIVIDUAL, 1)])
def test_case_t7_of_fewer_than_ten_nothing_is_kept(session: Session, tracking: Tracking, size: int) -> None:
    """Not even that there was a hit: it would be one of theirs, or of the one who refused."""
    readers = size if tracking is Tracking.AGGREGATE else 40
    made = sample_newsletter.create(session, reader_count=readers, issue_count=1, tracking=tracking)
    session.execute(update(Subscriber).where(Subscriber.id.in_(made.readers[:size])).values(tracking_refused=True))
    hits = [
        sample_newsletter.click(made.issues[0].id, reader, 1, PUBLISHED + timedelta(days=1))
        for reader in made.readers[:size]
    ]
    stored = ingest.store_incoming(session, hits)
    assert (stored.new, stored.left_out) == (0, size)
    assert session.query(Hit).count() == 0
