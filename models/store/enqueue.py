"""Enqueueing tasks, once the rows that they are about are committed.

A task that gets lost does no harm: the sweep finds its row. So a broker that is down is not an error here.
"""

from __future__ import annotations

from functools import cache

import structlog
from celery import Celery
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError
from sqlalchemy import event
from sqlalchemy.orm import Session

from .broker import celery_url

log = structlog.get_logger(__name__)

PREPARE = "worker.tasks.prepare"
DELIVER = "worker.tasks.deliver"
REPAIR = "worker.tasks.repair"
TRANSACTIONAL = "worker.tasks.send_transactional"
SWEEP = "worker.tasks.sweep"
TEST_RELAY = "worker.tasks.test_relay"
WORK_ON_IMPORT = "worker.tasks.work_on_import"
EXPORT_READERS = "worker.tasks.export_readers"
FOLLOW_EVENTS = "worker.tasks.follow_events"
EXAMINE_DOMAINS = "worker.tasks.examine_domains"

# Letters have a queue of their own, so that a confirmation need not wait behind an issue.
ROUTES = {DELIVER: {"queue": "deliver"}}

_PENDING = "tasks to enqueue"


@cache
def _sender() -> Celery:
    app = Celery("kairan", broker=celery_url())
    app.conf.update(
        broker_connection_timeout=1,
        # One try: somebody waits for a page, and the sweep finds what this loses.
        broker_transport_options={
            "socket_connect_timeout": 1,
            "socket_timeout": 2,
            "max_retries": 1,
            "interval_start": 0,
            "interval_step": 0,
            "interval_max": 0,
        },
        task_ignore_result=True,
        task_routes=ROUTES,
    )
    return app


def forget_broker() -> None:
    """Drop the connection to the broker, after its address has changed in this process."""
    _sender.cache_clear()


def enqueue(session: Session, task: str, *ids: int) -> None:
    """Send *task* to the broker once *session* has committed; a rollback drops it.

    Arguments:
        task: its registered name, one of the constants above.
        ids: its arguments, numbers of rows.
    """
    session.info.setdefault(_PENDING, []).append((task, ids))


@event.listens_for(Session, "after_commit")
def _send(session: Session) -> None:
    for task, ids in session.info.pop(_PENDING, ()):
        try:
            _sender().send_task(task, args=ids, retry=False)
        except (OperationalError, RedisError, OSError) as error:
            log.warning("task not enqueued, the sweep will find it", task=task, ids=ids, error=str(error))


@event.listens_for(Session, "after_soft_rollback")
def _forget(session: Session, _previous: object) -> None:
    session.info.pop(_PENDING, None)
