"""The timetable of what is done again and again. Celery's beat names these tasks; each may be named twice."""

from __future__ import annotations

from typing import Any

from settings import Settings


def timetable(chosen: Settings) -> dict[str, dict[str, Any]]:
    """What beat names, and how often. A task that nobody takes in time is dropped: the next one does the same."""
    return {
        "sweep": _every(chosen.sweep_seconds, "worker.tasks.sweep"),
        "move hits": _every(chosen.hit_move_seconds, "worker.tasks.move_hits"),
        "tend hits": _every(60.0, "worker.tasks.tend_hits"),
        "tend readers": _every(3600.0, "worker.tasks.tend_readers"),
    }


def _every(seconds: float, task: str) -> dict[str, Any]:
    return {"task": task, "schedule": seconds, "options": {"expires": max(seconds, 1.0)}}
