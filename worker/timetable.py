"""Celery's timetable, made to go on when the clock is set back, or its file cannot be read."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import structlog
from celery.beat import PersistentScheduler

log = structlog.get_logger(__name__)


class Timetable(PersistentScheduler):
    """Counts an interval from now where the clock says that its task ran in the future.

    A clock that was ahead (a machine that started with a wrong one, say) and is put right would keep everything
    waiting for as long as it was ahead, whether this process saw the change or read those times from its file.

    A file that a power cut has spoiled is made anew: it holds only when each task ran last, and every task may run
    once too often. Celery does so itself for some of the errors that such a file can raise.
    """

    _store: Any
    _remove_db: Callable[[], None]

    def setup_schedule(self) -> None:
        """Read the file.

        Raises:
            OSError: the disk does not take it, or it may not be read; it is left as it is then.
        """
        try:
            super().setup_schedule()
        except OSError:
            raise
        except Exception as error:  # bytes that are no pickle raise whatever they happen to spell
            log.warning("the timetable's file cannot be read and is made anew", error=repr(error))
            with suppress(Exception):
                self._store.close()  # or its end would write over the new file
            self._remove_db()
            super().setup_schedule()

    def tick(self, *arguments: Any, **more: Any) -> float:
        """Run what is due; answer the seconds until something is due next."""
        now = self.app.now()
        ahead = [entry for entry in self.schedule.values() if entry.last_run_at and entry.last_run_at > now]
        for entry in ahead:
            entry.last_run_at = now
        if ahead:
            self._heap = None  # it is ordered by the times of before
        return float(super().tick(*arguments, **more))
