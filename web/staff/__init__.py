"""Pages for staff. Each module hangs its views on the blueprint."""

from __future__ import annotations

from . import (
    access,
    corrections,
    editor,
    issues,
    login,
    newsletters,
    people,
    preview,
    progress,
    rankings,
    reports,
    scheduling,
)
from .audit import audit_log
from .login_session import blueprint

__all__ = [
    "access",
    "audit_log",
    "blueprint",
    "corrections",
    "editor",
    "issues",
    "login",
    "newsletters",
    "people",
    "preview",
    "progress",
    "rankings",
    "reports",
    "scheduling",
]
