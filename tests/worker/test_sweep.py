"""Sign-ups that nobody confirmed are forgotten, however many there are."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Engine, func, select

from models.readers.subscriber import Subscriber, SubscriptionState
from models.store import clock, db
from tests.sample import make_newsletter, make_reader
from worker import sweep


def test_all_portions_are_forgotten(database: Engine) -> None:
    with db.session_scope() as session:
        newsletter = make_newsletter(session)
        for number in range(5):
            make_reader(session, newsletter, f"r{number}@example.jp", SubscriptionState.PENDING)
        make_reader(session, newsletter, "active@example.jp")
    assert sweep.forget_unconfirmed(portion=2) == 0
    with clock.moved(timedelta(days=9)):
        assert sweep.forget_unconfirmed(portion=2) == 5
    with db.session_scope() as session:
        known = select(func.count()).select_from(Subscriber).where(Subscriber.address.is_not(None))
        assert session.scalar(known) == 1
