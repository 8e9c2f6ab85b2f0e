"""Celery's timetable, made to go on when the clock is set back."""

from __future__ import annotations

from typing import Any

from celery.beat import PersistentScheduler


class Timetable(PersistentScheduler):
    """Counts an interval from now where the clock says that its task ran in the future.

    A clock that was ahead (a machine that started with a wrong one, say) and is put right would keep everything
    waiting for as long as it was ahead, whether this process saw the change or read those times from its file.
    """

    def tick(self, *arguments: Any, **more: Any) -> float:
        """Run what is due; answer the seconds until something is due next."""
        now = self.app.now()
        ahead = [entry for entry in self.schedule.values() if entry.last_run_at and entry.last_run_at > now]
        for entry in ahead:
            entry.last_run_at = now
        if ahead:
            self._heap = None  # it is ordered by the times of before
        return float(super().tick(*arguments, **more))
