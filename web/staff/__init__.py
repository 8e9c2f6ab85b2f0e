"""Pages for staff. Each module hangs its views on the blueprint."""

from __future__ import annotations

from . import corrections, desk, door, issues, preview, progress, rankings, reports
from .room import blueprint

__all__ = ["blueprint", "corrections", "desk", "door", "issues", "preview", "progress", "rankings", "reports"]
