"""What a nameless hit fired is readable under its issue's salt, and nothing else stands beside it."""

from __future__ import annotations

from datetime import timedelta

from redis import Redis
from sqlalchemy import select, update
from sqlalchemy.orm import Session

import settings
from models.issues.newsletter import Newsletter, Tracking
from models.tracking import anonymity, ingest, reclassify, salt, seal
from models.tracking.hit import Hit, IncomingHit
from models.tracking.rules import KEPT, RETIRED, RULES, Verdict

from . import sample_newsletter
from .sample_newsletter import PUBLISHED, SampleNewsletter

DEVICES = {
    "desktop": {},
    "text": {"agent": "Lynx/2.8.9rel.1 libwww-FM/2.14"},
    "old": {"agent": "Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1)"},
    "program": {"agent": "python-requests/2.32"},
    "proxy": {"agent": "Mozilla/5.0 (Windows NT 5.1) Firefox/11.0 (via ggpht.com GoogleImageProxy)"},
}


def test_a_seal_opens_under_its_salt_alone_and_tells_nothing_by_its_length() -> None:
    mine, other = b"m" * 32, b"o" * 32
    for marks in ((), ("browser", "reader-language"), tuple(sorted(RULES))[:12], tuple(sorted(RETIRED))):
        text = seal.seal(mine, marks)
        assert seal.open_seal(mine, text) == marks
        assert seal.open_seal(other, text) is None
        assert len(text) == len(seal.seal(mine, ()))
        assert text != seal.seal(mine, marks)
    assert [seal.open_seal(mine, f"{seal.PREFIX}{broken}") for broken in ("", "AAAA", "あ", "A" * 72)] == [None] * 4
    assert len(seal._NAMES) == len(RULES | RETIRED)


def test_case_t10_nothing_beside_a_nameless_hit_tells_its_device(session: Session, valkey: str) -> None:
    """Neither agent nor network, language, mail service or time since the delivery: who has which is elsewhere."""
    made = sample_newsletter.create(session, reader_count=36, issue_count=1, tracking=Tracking.AGGREGATE)
    for place, more in enumerate(DEVICES.values()):
        for seconds in (4, 9, 4000):
            at = PUBLISHED + timedelta(seconds=seconds + place / 100)
            hit = sample_newsletter.click(made.issues[0].id, made.readers[place], 1, at, **more)
            ingest.store_incoming(session, [hit])
    kept = {f"{name}@1" for name in KEPT.values()}
    hits = session.scalars(select(Hit)).all()
    assert len(hits) == 3 * len(DEVICES)
    assert {hit.verdict for hit in hits} >= {Verdict.HUMAN, Verdict.SCANNER}
    for hit in hits:
        assert len(hit.rules) == 1
        assert hit.rules[0] in kept
        assert (hit.client, hit.agent) == (None, None)
    assert len({(hit.verdict, hit.certainty) for hit in hits}) == len({hit.verdict for hit in hits})
    assert len({len(hit.headers or "") for hit in hits}) == 1


def scan(made: SampleNewsletter) -> list[IncomingHit]:
    """A person's click, and a machine in a cloud that goes through the letter in a whole browser."""
    start, reader, issue = PUBLISHED + timedelta(hours=1), made.readers[0], made.issues[0].id
    found = [sample_newsletter.click(issue, reader, 2, start + timedelta(minutes=40))]
    for link in range(1, 8):
        at = start + timedelta(seconds=0.4 * link)
        found.append(sample_newsletter.click(issue, reader, link, at, client="3.112.10.20"))
    return found


def verdicts(session: Session) -> list[tuple[int, Verdict]]:
    return [(hit.link, hit.verdict) for hit in session.scalars(select(Hit).order_by(Hit.at))]


def test_what_is_sealed_is_judged_as_if_it_were_named(session: Session, redis_client: Redis) -> None:
    """Hit after hit, while the salt lives; and all stays as it was afterwards."""
    made = sample_newsletter.create(session, reader_count=36, issue_count=1)
    hits = scan(made)
    with session.begin_nested() as savepoint:
        for hit in hits:
            ingest.store_incoming(session, [hit])
        named = verdicts(session)
        savepoint.rollback()
    assert Verdict.SCANNER in dict(named[:-1]).values()
    assert named[-1] == (2, Verdict.HUMAN)
    session.execute(update(Newsletter).values(tracking=Tracking.AGGREGATE))
    anonymity.forget()
    for hit in hits:
        ingest.store_incoming(session, [hit])
    assert verdicts(session) == named
    copies = reclassify.next_copies(session, PUBLISHED)
    assert reclassify.reclassify(session, copies) == 0
    Redis.from_url(settings.get().salts_url).flushall()
    salt.forget()
    assert reclassify.reclassify(session, copies) == 0
    assert verdicts(session) == named
