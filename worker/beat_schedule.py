"""What is done at intervals. Celery's beat names these tasks; each may be named twice."""

from __future__ import annotations

from typing import Any

from settings import Settings


def beat_schedule(chosen: Settings) -> dict[str, dict[str, Any]]:
    """What beat names, and how often. A task that nobody takes in time is dropped: the next one does the same."""
    return {
        "sweep": _every(chosen.sweep_seconds, "worker.tasks.sweep"),
        "ingest hits": _every(chosen.hit_move_seconds, "worker.tasks.ingest_hits"),
        "maintain hits": _every(60.0, "worker.tasks.maintain_hits"),
        # Each relay is asked again only after some minutes.
        "ask relays": _every(60.0, "worker.tasks.ask_relays"),
        "forget unconfirmed": _every(3600.0, "worker.tasks.forget_unconfirmed"),
        "post notifications": _every(60.0, "worker.tasks.post_notifications"),
        "draw certificates": _every(60.0, "worker.tasks.draw_certificates"),
        "open drafts": _every(600.0, "worker.tasks.open_drafts"),
        "forget lists": _every(3600.0, "worker.tasks.forget_lists"),
        "forget returned mail": _every(3600.0, "worker.tasks.forget_returned_mail"),
        "maintain audit log": _every(3600.0, "worker.tasks.maintain_audit_log"),
    }


def _every(seconds: float, task: str) -> dict[str, Any]:
    return {"task": task, "schedule": seconds, "options": {"expires": max(seconds, 1.0)}}
