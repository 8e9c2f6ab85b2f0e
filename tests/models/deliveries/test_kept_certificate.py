"""Certificates that are kept are those that would be drawn now."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.deliveries import certificate, kept_certificate
from models.deliveries.delivery import Batch, BatchState, Delivery, DeliveryState
from models.deliveries.kept_certificate import KeptCertificate
from models.deliveries.lane import Lane
from models.deliveries.letters import unknown
from models.issues.issue import Issue
from models.issues.issue_state import IssueState
from models.store import clock

from .test_certificate import STATES, sent


@pytest.fixture
def issue(session: Session, monkeypatch: pytest.MonkeyPatch) -> Issue:
    """An issue that is out, with more letters than a page draws a certificate of."""
    monkeypatch.setattr(kept_certificate, "FEW", len(STATES) - 1)
    made = sent(session)
    session.add(Batch(issue_id=made.id, lane_id=1, number=0, size=len(STATES), state=BatchState.DONE))
    session.flush()
    return made


def unknown_reader(session: Session, issue: Issue) -> int:
    query = select(Delivery.subscriber_id).where(Delivery.issue_id == issue.id, Delivery.state == DeliveryState.UNKNOWN)
    return session.scalars(query).one()


def same(session: Session, issue: Issue) -> bool:
    """Whether the certificate that is found is the one that would be drawn."""
    found, drawn = kept_certificate.find(session, issue), certificate.compute(session, issue)
    assert found is not None
    return {**found.as_json(), "drawn_at": ""} == {**drawn.as_json(), "drawn_at": ""}


def test_it_is_found_as_it_was_drawn(session: Session, issue: Issue) -> None:
    assert kept_certificate.find(session, issue) is None
    assert kept_certificate.undrawn(session) == [issue.id]
    drawn = kept_certificate.draw(session, issue)
    session.expire_all()
    assert kept_certificate.find(session, issue) == drawn
    assert same(session, issue)
    assert kept_certificate.undrawn(session) == []


def test_of_few_letters_it_is_drawn_for_each_page(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_certificate, "FEW", len(STATES))
    made = sent(session)
    kept_certificate.draw(session, made)
    assert session.scalars(select(KeptCertificate)).all() == []
    assert same(session, made)


def test_what_staff_settle_draws_it_anew(session: Session, issue: Issue) -> None:
    before = kept_certificate.draw(session, issue)
    unknown.mark_accepted(session, issue, unknown_reader(session, issue), by="test")
    assert kept_certificate.find(session, issue) is None
    after = kept_certificate.draw(session, issue)
    assert after.counts[DeliveryState.ACCEPTED] == before.counts[DeliveryState.ACCEPTED] + 1
    assert same(session, issue)


def test_a_letter_that_is_sent_again_is_waited_for(session: Session, issue: Issue) -> None:
    reader = unknown_reader(session, issue)
    session.execute(
        update(Delivery).where(Delivery.issue_id == issue.id).values(batch_id=session.scalar(select(Batch.id)))
    )
    session.expire_all()
    kept_certificate.draw(session, issue)
    unknown.resend(session, issue, reader, by="test")
    session.flush()
    assert kept_certificate.find(session, issue) is None
    assert kept_certificate.draw(session, issue).open == 1
    assert kept_certificate.find(session, issue) is None, "it is kept once all letters have their outcomes"
    assert kept_certificate.undrawn(session) == []


@pytest.mark.parametrize("state", [IssueState.SENDING, IssueState.PAUSED])
def test_while_the_issue_goes_out_none_is_kept(session: Session, issue: Issue, state: IssueState) -> None:
    issue.state = state
    session.flush()
    kept_certificate.draw(session, issue)
    assert kept_certificate.find(session, issue) is None


def test_what_lines_are_made_of_draws_it_anew(session: Session, issue: Issue) -> None:
    """The name of a lane, and the sender's domain, stand in each line."""
    for change in ("lane", "domain"):
        kept_certificate.draw(session, issue)
        assert kept_certificate.find(session, issue) is not None
        if change == "lane":
            session.get_one(Lane, 1).slug = "another"
        else:
            issue.newsletter.sender_address = "news@another.example"
        session.flush()
        assert kept_certificate.find(session, issue) is None, change
        assert kept_certificate.undrawn(session) == [issue.id]


def test_its_moment_is_told(session: Session, issue: Issue) -> None:
    drawn = kept_certificate.draw(session, issue)
    with clock.moved(timedelta(days=400)):
        found = kept_certificate.find(session, issue)
    assert found is not None
    assert found.drawn_at == drawn.drawn_at
