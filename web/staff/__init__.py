"""Pages for staff. Each module hangs its views on the blueprint."""

from __future__ import annotations

from . import (
    access,
    articles,
    calendar_page,
    corrections,
    editor,
    issues,
    login,
    newsletters,
    people,
    preview,
    scheduling,
    start_page,
    starting,
    test_letters,
    versions,
)
from .account import factors, forgotten_password, login_steps, notifications, own_account, sessions, step_up
from .approval import decision, draft_paper
from .audit import audit_log
from .imports import export_pages, import_pages, import_steps_pages
from .login_session import blueprint
from .readers import reader_acts, reader_form, reader_list_page, reader_page
from .reports import click_map_page, compare_page, issue_pages, month_page, newsletter_pages, rankings
from .returns import event_pages, lane_days_page, returned_mail_pages
from .segments import readers_page, segment_pages
from .sending import letter_pages, progress
from .single_sign_on import back_channel, entry, onward, own_identity, sign_in
from .writing import live_preview, pictures, working_copies, writing_page

__all__ = [
    "access",
    "articles",
    "audit_log",
    "back_channel",
    "blueprint",
    "calendar_page",
    "click_map_page",
    "compare_page",
    "corrections",
    "decision",
    "draft_paper",
    "editor",
    "entry",
    "event_pages",
    "export_pages",
    "factors",
    "forgotten_password",
    "import_pages",
    "import_steps_pages",
    "issue_pages",
    "issues",
    "lane_days_page",
    "letter_pages",
    "live_preview",
    "login",
    "login_steps",
    "month_page",
    "newsletter_pages",
    "newsletters",
    "notifications",
    "onward",
    "own_account",
    "own_identity",
    "people",
    "pictures",
    "preview",
    "progress",
    "rankings",
    "reader_acts",
    "reader_form",
    "reader_list_page",
    "reader_page",
    "readers_page",
    "returned_mail_pages",
    "scheduling",
    "segment_pages",
    "sessions",
    "sign_in",
    "start_page",
    "starting",
    "step_up",
    "test_letters",
    "versions",
    "working_copies",
    "writing_page",
]
