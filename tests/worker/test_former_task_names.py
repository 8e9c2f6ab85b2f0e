"""A queue that an older version has filled: its tasks bear their former names, and are done all the same."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from models.outbox import transactional
from models.readers.subscriber import Subscriber, SubscriptionState
from models.reports.reach import Reach
from models.store import broker, clock, db
from models.tracking.hit import STREAM
from tests.models.tracking import sample_newsletter
from tests.sample import make_reader
from worker.app import make_celery

from .issue_sending import ChangeSettings, running_worker, smtp_server, url, wait_for

pytestmark = pytest.mark.usefixtures("own_services")


def count(*conditions: object) -> int:
    with db.session_scope() as session:
        return session.scalar(select(func.count()).where(*conditions)) or 0  # type: ignore[arg-type]


def test_a_queue_of_former_names_is_done(change_settings: ChangeSettings, tmp_path: Path) -> None:
    with smtp_server() as server:
        change_settings(SMTP_URL=url(server))
        with db.session_scope() as session:
            made = sample_newsletter.create(session)
            with clock.moved(-timedelta(days=9)):
                make_reader(session, made.newsletter, "unconfirmed@example.jp", SubscriptionState.PENDING)
            transactional.post(
                session,
                "confirmation",
                "new@example.jp",
                newsletter_id=made.newsletter.id,
                link="https://mail.city.example.jp/confirm/x",
                expires="2099-12-01T09:00:00+09:00",
            )
        broker.client().flushdb()  # Posting has named its task by the present name.
        hit = sample_newsletter.click(made.issues[0].id, made.readers[0], 1, sample_newsletter.PUBLISHED)
        broker.client().xadd(STREAM, {"h": hit.pack()})
        celery = make_celery()
        for name in ("notices", "move_hits", "tend_hits", "tend_readers"):
            celery.send_task(f"worker.tasks.{name}")
        with running_worker(tmp_path, "worker", beat=False) as worker:
            wait_for(lambda: [letter.recipient for letter in server.accepted] == ["new@example.jp"], worker=worker)
            wait_for(lambda: broker.client().xlen(STREAM) == 0, worker=worker)
            wait_for(lambda: count(Reach.scope == 0) > 0, worker=worker)
            wait_for(lambda: count(Subscriber.address == "unconfirmed@example.jp") == 0, worker=worker)
