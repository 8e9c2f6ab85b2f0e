"""Pages for staff. Each module hangs its views on the blueprint."""

from __future__ import annotations

from . import corrections, editor, issues, login, newsletters, preview, progress, rankings, reports, scheduling
from .login_session import blueprint

__all__ = [
    "blueprint",
    "corrections",
    "editor",
    "issues",
    "login",
    "newsletters",
    "preview",
    "progress",
    "rankings",
    "reports",
    "scheduling",
]
