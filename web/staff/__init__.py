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
from .account import factors, forgotten_password, login_steps, notifications, own_account, sessions, step_up
from .audit import audit_log
from .login_session import blueprint
from .segments import readers_page, segment_pages
from .single_sign_on import back_channel, entry, onward, own_identity, sign_in

__all__ = [
    "access",
    "audit_log",
    "back_channel",
    "blueprint",
    "corrections",
    "editor",
    "entry",
    "factors",
    "forgotten_password",
    "issues",
    "login",
    "login_steps",
    "newsletters",
    "notifications",
    "onward",
    "own_account",
    "own_identity",
    "people",
    "preview",
    "progress",
    "rankings",
    "readers_page",
    "reports",
    "scheduling",
    "segment_pages",
    "sessions",
    "sign_in",
    "step_up",
]
