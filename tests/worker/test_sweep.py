"""Sign-ups that nobody confirmed are forgotten, however many there are; and a sweep that does not come is noticed."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from datetime import timedelta

from redis import Redis
from sqlalchemy import Engine, func, select

from models.readers.subscriber import Subscriber, SubscriptionState
from models.store import clock, db, last_sweep
from ops.run.child_process import ChildProcess
from tests.last_sweep import set_back
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


def test_case_d2_a_stopped_worker_is_noticed_until_it_goes_on(redis_client: Redis, celery_worker: ChildProcess) -> None:
    wait_for(lambda: last_sweep.age() is not None)
    assert last_sweep.overdue() is None
    os.killpg(celery_worker.pid, signal.SIGSTOP)
    try:
        # What was on its way to the broker when they were stopped may still arrive once.
        wait_for(lambda: is_overdue_when_set_back(redis_client))
        assert celery_worker.returncode is None, "nobody hears of it by an end"
    finally:
        os.killpg(celery_worker.pid, signal.SIGCONT)
    wait_for(lambda: last_sweep.overdue() is None)


def is_overdue_when_set_back(redis_client: Redis) -> bool:
    set_back(redis_client, 200)
    return last_sweep.overdue() is not None


def wait_for(condition: Callable[[], bool]) -> None:
    while not condition():
        time.sleep(0.1)
