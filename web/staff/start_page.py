"""The first page of staff: what waits for the person, what goes out next and now, and how the last issue did."""

from __future__ import annotations

from datetime import datetime

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import format_timedelta

from models.issues import newsletter as newsletters
from models.issues.notifications import inbox
from models.reports import first_page
from models.staff.permission import Permission
from models.store.clock import now
from templates.content import notification_words

from ..language import language
from ..request import session
from . import access
from .login_session import blueprint, member

MOST_WAITING = 8
"""Notifications that are shown here; the page behind the bell has all."""


@blueprint.get("/")
def home() -> ResponseReturnValue:
    """The page; whoever has no role yet is told so."""
    if not member().grants:
        return render_template("staff/no_role.html")
    issues, reports = access.scope(Permission.READ_ISSUES), access.scope(Permission.READ_REPORTS)
    waiting = inbox.page(session(), member(), 1)
    next_out = first_page.next_out(session(), issues)
    on_the_way = first_page.on_the_way(session(), issues)
    last = first_page.last_sent(session(), reports)
    empty = not (next_out or on_the_way or last)
    seen = newsletters.list_all(session(), issues) if empty else ()
    return render_template(
        "staff/home.html", waiting=waiting.notifications[:MOST_WAITING], words=notification_words, spoken=language(),
        more_waiting=waiting.more or len(waiting.notifications) > MOST_WAITING, next_out=next_out,
        on_the_way=on_the_way, last=last, empty=empty, newsletters=seen, until=_until,
    )  # fmt: skip


def _until(moment: datetime | None) -> str:
    """How long it is until a time, in words; it is as old as the page."""
    if moment is None:
        return ""
    return str(format_timedelta(moment - now(), granularity="minute", add_direction=True, threshold=1.1))
