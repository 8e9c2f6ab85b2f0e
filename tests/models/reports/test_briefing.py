"""The briefing says what stands out, and nothing where too few have read."""

from __future__ import annotations

from datetime import timedelta
from math import isclose

import pytest
from sqlalchemy.orm import Session

from models.reports import briefing
from models.store.errors import NotFound
from models.tracking import ingest

from ..tracking import sample_newsletter
from ..tracking.sample_newsletter import PUBLISHED, SampleNewsletter


@pytest.fixture
def made(session: Session) -> SampleNewsletter:
    """Officials (every third reader) all read both articles on the cloud and one in five of the others."""
    made = sample_newsletter.create(session, issue_count=1, article_count=4, reader_count=300)
    entries = []
    for n, reader in enumerate(made.readers):
        official = n % 3 == 1
        for link in range(1, 5):
            cloud = link in (2, 4)
            if (official and cloud) or (n + link) % 5 == 0:
                at = PUBLISHED + timedelta(hours=link, minutes=n)
                entries.append(sample_newsletter.click(made.issues[0].id, reader, link, at))
    ingest.store_incoming(session, entries)
    return made


def test_what_stands_out(session: Session, made: SampleNewsletter) -> None:
    found = briefing.compute(session, "dx-letter")
    assert [(interest.audience, interest.topic) for interest in found.interests] == [("official", "cloud")]
    (interest,) = found.interests
    assert interest.readers == 200
    assert isclose(interest.expected, 40, rel_tol=0.01)
    assert interest.low < interest.ratio < interest.high
    assert isclose(interest.ratio, 5, rel_tol=0.01)


def test_it_is_silent_where_few_have_read(session: Session, made: SampleNewsletter) -> None:
    assert briefing.compute(session, "dx-letter", min_readers=201).interests == ()
    with pytest.raises(NotFound):
        briefing.compute(session, "nothing")


def test_without_issues(session: Session) -> None:
    sample_newsletter.create(session, issue_count=0)
    assert briefing.compute(session, "dx-letter").issues == ()


def test_the_interval() -> None:
    """A worked example: 30 of 100 against 10 of 100."""
    ratio, low, high = briefing.interval(30, 100, 10, 100)
    assert (round(ratio, 3), round(low, 3), round(high, 3)) == (3.0, 1.551, 5.803)
