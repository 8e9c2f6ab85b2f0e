"""The way in beside the identity provider: a link that whoever runs the server makes (`kairan staff enter`)."""

from __future__ import annotations

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from models.staff.single_sign_on import entry_link

from ...request import session
from ..account import login_steps
from ..login_session import blueprint


@blueprint.get("/enter/<token>")
def ask_to_enter(token: str) -> ResponseReturnValue:
    """Show whom the link lets in, with a button: programs that only look at links use none up."""
    person = entry_link.find_member(session(), token)
    return render_template("staff/single_sign_on/enter.html", person=person, token=token)


@blueprint.post("/enter/<token>")
def enter(token: str) -> ResponseReturnValue:
    """Log in by a link, once; a second factor is asked for as always."""
    person = entry_link.find_member(session(), token)
    entry_link.use(token)
    return login_steps.after_first_step(person, "kairan staff enter", url_for("staff.home"))
