"""The number of readers on pages: exact for few, and for many what was counted last, with its moment."""

from __future__ import annotations

from datetime import timedelta

import pytest
from redis import Redis
from sqlalchemy.orm import Session

import settings
from models.deliveries import recipients
from models.deliveries.scheduling import recipient_count
from models.issues import issue as issues
from models.issues.block import Prose
from models.issues.issue import Issue
from models.store import broker, clock
from models.store.errors import Invalid

from ...sample import make_newsletter, make_reader


@pytest.fixture
def issue(session: Session, redis_client: Redis) -> Issue:
    """A draft with three readers, of whom two read Japanese."""
    home = make_newsletter(session)
    for number, language in enumerate(("ja", "ja", "en")):
        make_reader(session, home, f"reader{number}@town.example", language=language)
    return issues.create(session, home, subject="号", blocks=[Prose(text="本文です。")])


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two readers are many."""
    monkeypatch.setattr(recipient_count, "FEW", 2)


def test_few_are_counted_for_every_page(session: Session, issue: Issue) -> None:
    for expected in (3, 4):
        found = recipient_count.known(session, issue)
        assert found is not None
        assert (found.found.mailed, found.at) == (expected, None)
        make_reader(session, issue.newsletter, f"another{expected}@town.example")


@pytest.mark.usefixtures("many")
def test_many_are_told_as_they_were_counted_last(session: Session, issue: Issue) -> None:
    assert recipient_count.known(session, issue) is None
    before = clock.now()
    counted = recipient_count.count(session, issue)
    assert (counted.found.mailed, counted.at) == (3, None)
    make_reader(session, issue.newsletter, "another@town.example")
    with clock.moved(timedelta(minutes=10)):
        found = recipient_count.known(session, issue)
    assert found is not None
    assert found.at is not None
    assert before <= found.at < before + timedelta(minutes=5)
    assert found.found == counted.found
    assert recipient_count.count(session, issue).found.mailed == 4


@pytest.mark.usefixtures("many")
def test_other_conditions_have_a_number_of_their_own(session: Session, issue: Issue) -> None:
    recipient_count.count(session, issue)
    issue.segment = {"languages": ["ja"]}
    assert recipient_count.known(session, issue) is None
    assert recipient_count.count(session, issue).found.mailed == 2
    issue.audience = "official"
    assert recipient_count.known(session, issue) is None
    for_other = recipients.as_if(None, make_newsletter(session, "other"), "", {})
    found = recipient_count.known(session, for_other)
    assert found is not None
    assert found.found.mailed == 0, "a newsletter of few readers is counted, whatever others have"


@pytest.mark.usefixtures("many")
def test_a_segment_that_cannot_be_read_is_told_without_counting(session: Session, issue: Issue) -> None:
    issue.segment = {"topics": ["moon"]}
    with pytest.raises(Invalid):
        recipient_count.known(session, issue)


@pytest.mark.usefixtures("many")
def test_no_reader_is_named_in_the_broker(session: Session, issue: Issue) -> None:
    recipient_count.count(session, issue)
    [key] = broker.client().keys("kairan:recipients:*")
    kept = broker.client().get(key)
    assert isinstance(kept, bytes)
    assert b"town.example" not in kept
    assert 0 < int(broker.client().ttl(key)) <= recipient_count.KEEP_SECONDS


@pytest.mark.usefixtures("many")
def test_without_a_broker_somebody_must_ask(session: Session, issue: Issue) -> None:
    before = settings.get().redis_url
    settings.reload(REDIS_URL="unix:///nonexistent/valkey?db=0")
    broker.forget()
    try:
        assert recipient_count.known(session, issue) is None
        assert recipient_count.count(session, issue).found.mailed == 3
    finally:
        settings.reload(REDIS_URL=before)
        broker.forget()
