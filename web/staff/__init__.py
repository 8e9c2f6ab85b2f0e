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
from .account import factors, forgotten_password, login_steps, own_account, sessions, step_up
from .audit import audit_log
from .login_session import blueprint

__all__ = [
    "access",
    "audit_log",
    "blueprint",
    "corrections",
    "editor",
    "factors",
    "forgotten_password",
    "issues",
    "login",
    "login_steps",
    "newsletters",
    "own_account",
    "people",
    "preview",
    "progress",
    "rankings",
    "reports",
    "scheduling",
    "sessions",
    "step_up",
]
