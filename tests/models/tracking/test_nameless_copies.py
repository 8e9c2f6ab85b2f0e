"""Hits of readers who must not be identified: the same by both ways in, and nameless where they are set aside."""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from models.issues.newsletter import Newsletter, Tracking
from models.readers.subscriber import Subscriber
from models.reports import hit_export
from models.store import token
from models.store.token import Purpose
from models.tracking import access_log, anonymity, ingest, rejected_hit
from models.tracking.hit import Hit, IncomingHit, RejectedHit
from models.tracking.privacy_filter import TrackingRequest, pseudonymous
from models.tracking.rules import HitKind
from tests import sample_requests

from . import sample_newsletter
from .sample_newsletter import PUBLISHED, SampleNewsletter

MARK = "RecognisableAgent/1.0"


@pytest.fixture
def made(session: Session, valkey: str) -> SampleNewsletter:
    return sample_newsletter.create(session, reader_count=33, issue_count=1, tracking=Tracking.AGGREGATE)


def line(made: SampleNewsletter, reader: int, link: int, seconds: int) -> str:
    at = PUBLISHED + timedelta(days=1, seconds=seconds)
    path = f"/c/{link}/{token.make(Purpose.CLICK, made.issues[0].id, reader)}"
    headers = {"user-agent": sample_requests.CHROME, **sample_requests.BROWSER}
    values = {"time": at.isoformat(), "url": path, "method": "GET", "client": "198.51.100.7", "headers": headers}
    return json.dumps(values)


def imported(session: Session, lines: list[str]) -> ingest.IngestResult:
    entries = [entry for entry in access_log.read_lines(lines, "log") if isinstance(entry, IncomingHit)]
    assert len(entries) == len(lines)
    return ingest.store_incoming(session, entries, imported=True)


def kept(session: Session) -> Counter[tuple[object, ...]]:
    columns = (Hit.at, Hit.reader, Hit.kind, Hit.link, Hit.article_id, Hit.audience_id, Hit.verdict, Hit.certainty)
    return Counter(tuple(row) for row in session.execute(select(*columns, Hit.client, Hit.agent)))


def test_case_t4_imported_hits_are_what_live_ones_are(session: Session, made: SampleNewsletter) -> None:
    lines = [line(made, reader, 1 + n % 5, 100 * n) for n, reader in enumerate(made.readers)]
    with session.begin_nested() as savepoint:
        imported(session, lines)
        by_import = kept(session)
        savepoint.rollback()
    live = []
    for entry in access_log.read_lines(lines, "log"):
        assert isinstance(entry, IncomingHit)
        request = TrackingRequest(
            entry.kind, entry.method, entry.issue, entry.reader, entry.link, entry.client, entry.agent, entry.headers
        )
        connection = session.connection()
        copy = anonymity.find(connection, entry.issue, entry.reader, entry.at, everybody=True)
        found = pseudonymous(request, entry.at, copy)
        assert found
        live.append(found)
    ingest.store_incoming(session, live)
    assert by_import == kept(session)
    assert {row[5] for row in by_import} == {None, *(audience.id for audience in made.newsletter.audiences)}


def test_case_t4_two_imports_of_one_log_are_one(session: Session, made: SampleNewsletter) -> None:
    lines = [line(made, reader, 1, n) for n, reader in enumerate(made.readers)]
    assert imported(session, lines).new == 33
    assert imported(session, lines[::-1]).new == 0
    assert imported(session, [*lines[20:], line(made, made.readers[0], 2, 5000)]).new == 1
    ids = [code.hex for code in session.scalars(select(Hit.id))]
    entries = list(access_log.read_lines(lines, "log"))
    assert not {entry.id for entry in entries if isinstance(entry, IncomingHit)} & set(ids), "an id tells the request"


def test_a_log_of_what_came_in_live_changes_nothing(session: Session, made: SampleNewsletter) -> None:
    session.execute(update(Newsletter).values(tracking=Tracking.INDIVIDUAL))
    lines = [line(made, reader, 1, n) for n, reader in enumerate(made.readers)]
    at = PUBLISHED + timedelta(days=1, microseconds=345_678)
    hits = [
        sample_newsletter.click(made.issues[0].id, reader, 1, at + timedelta(seconds=n))
        for n, reader in enumerate(made.readers)
    ]
    ingest.store_incoming(session, hits)
    stored = imported(session, lines)
    assert (stored.new, stored.repeated) == (0, 33)
    assert imported(session, [line(made, made.readers[0], 1, 40)]).new == 1


@pytest.mark.parametrize("change", ["aggregate", "refused", "unknown reader", "unknown issue"])
def test_case_t5_what_is_set_aside_is_nameless(session: Session, made: SampleNewsletter, change: str) -> None:
    reader, issue = made.readers[0] + (7_700_000_000 if change == "unknown reader" else 0), made.issues[0].id
    if change != "aggregate":
        session.execute(update(Newsletter).values(tracking=Tracking.INDIVIDUAL))
    if change == "refused":
        session.execute(update(Subscriber).values(tracking_refused=True))
    issue += 1_000_000 if change == "unknown issue" else 0
    hit = sample_newsletter.click(issue, reader, 99, PUBLISHED + timedelta(days=1), agent=MARK)
    assert ingest.store_incoming(session, [hit]).rejected == 1
    [entry] = session.scalars(select(RejectedHit.entry))
    found = IncomingHit.unpack(entry)
    assert (found.reader, found.client, found.agent, found.headers) == (0, "", None, {})
    assert MARK not in entry


def test_of_a_known_reader_all_is_set_aside(session: Session, made: SampleNewsletter) -> None:
    session.execute(update(Newsletter).values(tracking=Tracking.INDIVIDUAL))
    hit = sample_newsletter.click(made.issues[0].id, made.readers[0], 99, PUBLISHED + timedelta(days=1), agent=MARK)
    ingest.store_incoming(session, [hit])
    assert MARK in session.scalars(select(RejectedHit.entry)).one()


def test_case_t5_of_what_is_no_hit_only_the_shape_is_kept(session: Session, postgres: object) -> None:
    broken = '["0123",17,"click","198.51.100.7","Mozilla/5.0","回覧'
    rejected_hit.store_unreadable(session, [(broken, "this is no hit")])
    assert session.scalars(select(RejectedHit.entry)).one() == '["9999",99,"aaaaa","999.99.999.9","aaaaaaa/9.9","aa'


def test_case_t6_exports_link_nobody_unless_asked(session: Session, made: SampleNewsletter) -> None:
    session.execute(update(Newsletter).values(tracking=Tracking.INDIVIDUAL))
    second = sample_newsletter.add_issue(session, made, PUBLISHED + timedelta(days=31), made.articles)
    both = [made.issues[0].id, second.id]
    at = PUBLISHED + timedelta(days=40, seconds=77, microseconds=5)
    ingest.store_incoming(session, [sample_newsletter.click(issue, made.readers[0], 1, at) for issue in both])
    plain, again = list(hit_export.rows(session, both)), list(hit_export.rows(session, both))
    assert {row.time for row in plain} == {"2021-05-25T00:01Z"}
    assert len({row.reader for row in [*plain, *again]}) == 4
    linked = [*hit_export.rows(session, both, linkable=True), *hit_export.rows(session, both, linkable=True)]
    assert {row.time for row in linked} == {"2021-05-25T00:01:17.000005Z"}
    assert len({row.reader for row in linked}) == 1
    assert session.scalar(text("SELECT count(*) FROM hit")) == 2
    assert all(row.kind == HitKind.CLICK.value for row in plain)
