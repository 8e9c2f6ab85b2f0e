"""Preparing: which batch a reader's copy is in, and in what order the copies are written."""

from __future__ import annotations

from itertools import product

import pytest
from sqlalchemy import select, text

from models.deliveries.delivery import Batch, Delivery
from models.deliveries.edition import Edition
from models.deliveries.lane import Lane
from models.issues.block import Only, Prose
from models.issues.issue import Issue
from models.readers.subscriber import Subscriber
from models.readers.suppression import Suppression, SuppressionReason
from models.store import db
from templates.content.variant import Variant
from tests.sample import make_reader
from worker.preparing import prepare

from ..issue_sending import ChangeSettings, make_issue

pytestmark = pytest.mark.usefixtures("own_services")

DOMAINS = ("gmail.com", "town.example", "docomo.ne.jp", "city.example")


def suppress(every: int) -> None:
    """Suppress the readers whose number can be divided by *every*."""
    with db.session_scope() as session:
        for hashed in session.scalars(select(Subscriber.address_hash).where(Subscriber.id % every == 0)):
            session.add(Suppression(address_hash=hashed, reason=SuppressionReason.STAFF, note=""))


def test_the_readers_of_a_lane_fill_its_batches_in_order(change_settings: ChangeSettings) -> None:
    change_settings(BATCH_SIZE="7")
    issue = make_issue(200, domains=DOMAINS)
    suppress(every=5)
    prepare.prepare(issue)
    query = select(Lane.slug, Batch.number, Batch.size).join(Batch, Batch.lane_id == Lane.id)
    query = query.join(Delivery, (Delivery.batch_id == Batch.id) & (Delivery.lane_id == Lane.id))
    left_out = select(Delivery.batch_id, Delivery.answer).where(Delivery.subscriber_id % 5 == 0)
    with db.session_scope() as session:
        found = session.execute(query.where(Delivery.issue_id == issue).order_by(Delivery.subscriber_id)).all()
        assert len(found) == 160
        for slug in ("gmail", "docomo", "other"):
            numbers = [number for lane, number, _ in found if lane == slug]
            assert numbers == [place // 7 for place in range(len(numbers))]
            assert all(numbers.count(number) == size for lane, number, size in found if lane == slug)
        assert [tuple(row) for row in session.execute(left_out)] == [(None, "suppressed: staff")] * 40


def test_copies_are_written_in_the_order_of_lane_and_reader(change_settings: ChangeSettings) -> None:
    """Also where the plan is made blindly, as no table has statistics."""
    change_settings(BATCH_SIZE="50")
    issue = make_issue(400, domains=DOMAINS)
    with db.session_scope() as session:
        session.execute(text("DELETE FROM pg_statistic WHERE starelid = 'subscription'::regclass"))
    prepare.prepare(issue)
    query = select(Delivery.lane_id, Delivery.subscriber_id).where(Delivery.issue_id == issue)
    with db.session_scope() as session:
        written = [tuple(row) for row in session.execute(query.order_by(text("delivery.ctid")))]
    assert len(written) == 400
    assert written == sorted(written)


def test_readers_get_the_variant_that_python_says(change_settings: ChangeSettings) -> None:
    """The rule of who meets a block's condition stands in SQL and in Python; each kind of reader is compared."""
    conditions = [
        Only(audiences=audiences, topics=topics)
        for audiences in ((), ("official",), ("citizen", "gone"))
        for topics in ((), ("dx",), ("dx", "privacy"), ("gone",))
        if audiences or topics
    ]
    number = make_issue(0, blocks=[Prose(text=f"段落{i}", only=one) for i, one in enumerate(conditions)])
    with db.session_scope() as session:
        issue = session.get_one(Issue, number)
        audiences = {one.slug: one.id for one in issue.newsletter.audiences} | {"": None}
        topics = {one.slug: one.id for one in issue.newsletter.topics}
        chosen = [(), ("dx",), ("rpa",), ("privacy", "rpa"), ("dx", "privacy", "rpa")]
        expected = {}
        for place, (audience, wanted) in enumerate(product(audiences, chosen)):
            reader = make_reader(session, issue.newsletter, f"r{place}@town.example")
            reader.audience_id, reader.topic_ids = audiences[audience], [topics[slug] for slug in wanted]
            expected[reader.subscriber_id] = Variant.of_reader(issue, audience, wanted).stored(conditions)
    prepare.prepare(number)
    query = select(Delivery.subscriber_id, Edition.variant).join(
        Edition, (Edition.issue_id == Delivery.issue_id) & (Edition.number == Delivery.edition)
    )
    with db.session_scope() as session:
        assert dict(session.execute(query).all()) == expected
