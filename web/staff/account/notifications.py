"""The bell on every page of the staff, and the page behind it: what waits for the person who asks."""

from __future__ import annotations

from typing import cast

from flask import g, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from models.issues.notifications import inbox
from models.issues.notifications.notification import Notification
from models.store import input_rule
from templates.content import notification_words

from ...input_check import page_number
from ...language import language
from ...request import session
from ..login_session import blueprint, member


@blueprint.get("/notifications")
def notifications() -> ResponseReturnValue:
    """The list, the newest first."""
    number = page_number()
    shown = inbox.page(session(), member(), number)
    return render_template(
        "staff/account/notifications.html",
        notifications=shown.notifications,
        more=shown.more,
        page=number,
        last=inbox.newest_id(session(), member()),
        words=notification_words,
        spoken=language(),
        several=len({one.newsletter_id for one in shown.notifications}) > 1,
    )


@blueprint.get("/notifications/<int:notification_id>")
def open_notification(notification_id: int) -> ResponseReturnValue:
    """The way to the thing. Whoever has gone there has read it."""
    return redirect(_address(inbox.read(session(), member(), notification_id)))


@blueprint.post("/notifications/<int:notification_id>/read")
def read_notification(notification_id: int) -> ResponseReturnValue:
    """Mark one as read."""
    inbox.read(session(), member(), notification_id)
    return redirect(url_for("staff.notifications"))


@blueprint.post("/notifications/read")
def read_all_notifications() -> ResponseReturnValue:
    """Mark all as read that were there when the page was shown."""
    typed = request.form.get("last", "")
    if typed.isascii() and typed.isdigit() and int(typed) <= input_rule.MAX_INTEGER:
        inbox.read_all(session(), member(), int(typed))
    return redirect(url_for("staff.notifications"))


def unread_count() -> int:
    """How many notifications the bell shows; asked once a request."""
    if "unread_notifications" not in g:
        g.unread_notifications = inbox.count_unread(session(), member())
    return cast(int, g.unread_notifications)


def _address(told: Notification) -> str:
    if told.issue_id is None:
        return url_for("staff.lane", slug=told.lane)
    return url_for("staff.issue", issue_id=told.issue_id)


@blueprint.record_once
def _prepare(state: BlueprintSetupState) -> None:
    state.app.jinja_env.globals.update(unread_notifications=unread_count, most_notifications=inbox.MOST_COUNTED)
