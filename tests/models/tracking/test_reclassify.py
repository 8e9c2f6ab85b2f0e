"""Better rules change old verdicts; roll-ups and rankings follow as if the rules had always been so."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from models.reports import period, ranking
from models.reports.ranking import Query
from models.store.clock import moved, now
from models.tracking import ingest, reclassify, retention
from models.tracking.hit import Hit
from models.tracking.judging import odds
from models.tracking.rules import RULES, Family, Rule, Verdict
from tests import sample_requests

from . import sample_newsletter
from .sample_newsletter import PUBLISHED, SampleNewsletter
from .test_ingest import IN_DATABASE, check, entries_of, made, some_hits, undone  # noqa: F401  a fixture


def reclassify_since(session: Session, since: datetime) -> int:
    """Judge everything since a time again, as the command does; returns how many verdicts changed."""
    changed, after = 0, (0, -(2**63))
    while chosen := reclassify.next_copies(session, since, after):
        changed += reclassify.reclassify(session, chosen)
        after = chosen[-1]
    return changed


@IN_DATABASE
@given(drawn=some_hits())
def test_rules_that_change(
    session: Session,
    made: SampleNewsletter,  # noqa: F811
    drawn: list[tuple[int, int, sample_requests.SampleRequest]],
) -> None:
    """Everything equals the brute force under the new rules, and under the old ones when they come back."""
    entries = entries_of(made, drawn)
    before = dict(RULES)
    with undone(session):
        ingest.store_incoming(session, entries)
        try:
            RULES["cloud"] = Rule("cloud", 9, Verdict.SCANNER, 30, Family.NETWORK)
            RULES["scanner-range"] = Rule("scanner-range", 9, Verdict.SCANNER, 1, Family.NETWORK)
            odds.forget()
            reclassify_since(session, PUBLISHED - timedelta(days=2))
            session.expire_all()
            check(session, made, entries)
        finally:
            RULES.update(before)
            odds.forget()
        reclassify_since(session, PUBLISHED - timedelta(days=2))
        session.expire_all()
        check(session, made, entries)


def test_again_with_the_same_rules_nothing_changes(session: Session, made: SampleNewsletter) -> None:  # noqa: F811
    for name in sample_requests.KINDS:
        for requests in sample_requests.traffic(name, 1, links=8):
            issue = made.issues[0].id
            hits = [
                sample_newsletter.incoming_hit(issue, made.readers[0], request, made.delivered(issue))
                for request in requests
            ]
            ingest.store_incoming(session, hits)
    assert reclassify_since(session, PUBLISHED - timedelta(days=2)) == 0
    assert reclassify_since(session, PUBLISHED + timedelta(days=4000)) == 0


def test_what_was_told_by_details_stays_told_when_they_are_cut(session: Session, made: SampleNewsletter) -> None:  # noqa: F811
    issue, reader = made.issues[0].id, made.readers[0]
    at = PUBLISHED + timedelta(days=1)
    ingest.store_incoming(
        session,
        [
            sample_newsletter.click(issue, reader, 8, at),  # the honeypot
            sample_newsletter.click(issue, reader, 1, at + timedelta(minutes=5)),  # the same device
            sample_newsletter.click(issue, reader, 2, at + timedelta(hours=5), agent="curl/8"),
        ],
    )
    with moved(PUBLISHED + timedelta(days=100) - now()):
        retention.apply_retention(session)
    assert session.scalars(select(Hit.agent)).all() == [None] * 3
    ingest.store_incoming(session, [sample_newsletter.click(issue, reader, 3, at + timedelta(days=3))])
    assert reclassify_since(session, PUBLISHED) == 0
    kept = session.execute(select(Hit.link, Hit.verdict).order_by(Hit.link)).all()
    assert [tuple(row) for row in kept] == [
        (1, Verdict.SCANNER), (2, Verdict.SCANNER), (3, Verdict.HUMAN), (8, Verdict.SCANNER),
    ]  # fmt: skip


def test_details_are_cut_after_their_days(session: Session, made: SampleNewsletter) -> None:  # noqa: F811
    issue = made.issues[0].id
    with moved(-timedelta(days=2000)):
        recent, old = now() - timedelta(days=89), now() - timedelta(days=91)
        made.issues[0].prepared_at = old - timedelta(days=1)
        session.flush()
        hits = [
            sample_newsletter.click(issue, made.readers[0], 1, recent),
            sample_newsletter.click(issue, made.readers[1], 1, old),
        ]
        ingest.store_incoming(session, hits)
        retention.apply_retention(session)
        assert session.execute(select(Hit.agent.is_(None)).order_by(Hit.at)).scalars().all() == [True, False]
        # Older ones that come in later, as imports do, are found by the next cut.
        ingest.store_incoming(session, [sample_newsletter.click(issue, made.readers[2], 1, old - timedelta(days=100))])
        retention.apply_retention(session)
        assert session.execute(select(Hit.agent.is_(None)).order_by(Hit.at)).scalars().all() == [True, True, False]


def test_old_months_go_and_rankings_stay(session: Session, made: SampleNewsletter) -> None:  # noqa: F811
    ingest.store_incoming(
        session, [sample_newsletter.click(made.issues[0].id, made.readers[0], 1, PUBLISHED + timedelta(days=1))]
    )
    query = Query(made.newsletter.slug, period.year(2021))
    before = ranking.compute(session, query).places
    retention.apply_retention(session)
    assert session.scalar(text("SELECT count(*) FROM hit")) == 0
    assert session.scalar(text("SELECT count(*) FROM reading")) == 0
    assert ranking.compute(session, query).places == before


@pytest.mark.parametrize("months", [1, 13, 36])
def test_the_oldest_month(monkeypatch: pytest.MonkeyPatch, months: int) -> None:
    first = retention.first_month_kept()
    assert first.day == 1
