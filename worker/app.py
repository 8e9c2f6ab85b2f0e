"""The Celery application: how tasks reach processes, how they log, and how a process learns that it must end.

Start it with ``celery -A worker.app worker``. Letters have a queue of their own (``deliver``), so that a
confirmation never waits behind an issue where a worker is started for each (``-Q deliver``, ``-Q celery``).
"""

from __future__ import annotations

import gc
import logging
import time
from typing import Any

import structlog
from celery import Celery, Task
from celery.signals import beat_init, celeryd_init, setup_logging, worker_process_init
from kombu import Queue

import settings
from models.staff import audit_origin
from models.staff.audit_origin import Origin
from models.store import broker, db, enqueue, logs, secret_key

from . import shutdown
from .beat_schedule import beat_schedule

log = structlog.get_logger(__name__)


class LoggedTask(Task):  # type: ignore[type-arg]  # generic for type checkers only
    """Every task says when it ends, how long it took and why it failed; the tasks themselves say nothing of it."""

    abstract = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run the task's body."""
        structlog.contextvars.bind_contextvars(task=self.name.rpartition(".")[2], ids=args)
        started = time.monotonic()
        try:
            with audit_origin.acting(Origin("worker", actor=self.name.rpartition(".")[2])):
                return super().__call__(*args, **kwargs)
        finally:
            log.debug("task ended", seconds=round(time.monotonic() - started, 3))
            structlog.contextvars.clear_contextvars()


def make_celery() -> Celery[Any]:
    """The application, set up from the settings of this process."""
    made: Celery[Any] = Celery("kairan", broker=broker.celery_url(), task_cls=LoggedTask, include=["worker.tasks"])
    made.conf.update(
        # A task that a dead process held is named again; each looks at the database for what is left to do.
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        worker_prefetch_multiplier=1,
        task_ignore_result=True,
        task_default_queue="celery",
        task_routes=enqueue.ROUTES,
        task_queues=[Queue("celery"), Queue("deliver")],
        broker_connection_retry_on_startup=True,
        broker_transport_options={"visibility_timeout": 3600, "queue_order_strategy": "round_robin"},
        worker_send_task_events=False,
        worker_hijack_root_logger=False,
        enable_utc=True,
        timezone="UTC",
        beat_schedule=beat_schedule(settings.get()),
        beat_scheduler="worker.timetable:Timetable",
    )
    return made


@setup_logging.connect
def _set_up_logging(**_: Any) -> None:
    """Celery's own lines go the way of all others."""
    logs.set_up()
    logging.getLogger("celery.worker.strategy").setLevel(logging.WARNING)
    logging.getLogger("celery.app.trace").setLevel(logging.WARNING)


@celeryd_init.connect
@beat_init.connect
def _check_key(**_: Any) -> None:
    """Nothing is signed with a key that can be guessed, however this program was started."""
    if wrong := secret_key.weakness():
        raise SystemExit(f"{wrong}. {secret_key.REMEDY}")


@worker_process_init.connect
def _start_process(**_: Any) -> None:
    """A forked process has connections of its own."""
    db.dispose()
    broker.forget()
    shutdown.watch()
    # What was imported stays; looking through it again and again costs time, and copies pages shared by the processes.
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


app = make_celery()
