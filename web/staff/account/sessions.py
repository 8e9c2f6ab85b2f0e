"""My account: where I am logged in, and how to end that."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from models.staff import audit, login_session
from models.store.errors import NotFound

from ...request import client_address, session
from ..login_session import blueprint, member, session_key


@blueprint.get("/account/sessions")
def sessions() -> ResponseReturnValue:
    """The list."""
    running = login_session.list_running(session(), member())
    own = next((one.id for one in running if login_session.is_of(one, session_key())), 0)
    return render_template("staff/account/sessions.html", running=running, own=own, here=client_address())


@blueprint.post("/account/sessions/<int:session_id>/end")
def end_session(session_id: int) -> ResponseReturnValue:
    """End one of one's own sessions."""
    person = member()
    if not login_session.end_one(session(), person, session_id):
        raise NotFound("there is no such session")
    audit.record(session(), person, "end session", f"member/{person.id}", number=session_id)
    flash(_("That device has been logged out."))
    return redirect(url_for("staff.sessions"))


@blueprint.post("/account/sessions/end-others")
def end_other_sessions() -> ResponseReturnValue:
    """End every session but this one."""
    person = member()
    count = login_session.end_others(session(), person, session_key())
    audit.record(session(), person, "end other sessions", f"member/{person.id}", count=count)
    flash(ngettext("%(num)s other device has been logged out.", "%(num)s other devices have been logged out.", count))
    return redirect(url_for("staff.sessions"))
