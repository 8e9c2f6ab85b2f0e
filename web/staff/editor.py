"""Writing an issue: its manuscript as text, and its pictures."""

from __future__ import annotations

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from models.issues import image
from models.issues import issue as model
from models.issues.issue import Issue
from models.manuscript import edit as manuscript
from models.store.errors import Invalid, WrongState

from ..language import language
from ..request import session
from .login_session import blueprint, member


@blueprint.get("/issues/<int:issue_id>/edit")
def edit(issue_id: int) -> ResponseReturnValue:
    """The manuscript of an issue."""
    one = model.get(session(), issue_id)
    return _form(one, manuscript.text_of(session(), one))


@blueprint.post("/issues/<int:issue_id>/edit")
def save(issue_id: int) -> ResponseReturnValue:
    """Take the changed manuscript. What was typed is never lost: an error shows it again with its line."""
    text = request.form.get("text", "").replace("\r\n", "\n")
    one = model.get(session(), issue_id, lock=True)
    opened = request.form.get("revision", "")
    if str(one.revision) not in (opened, request.form.get("overwrite")):
        problem = _("Somebody else has saved this issue since you opened it. Compare both texts: take over what "
                    "you want to keep, then choose to overwrite, and save again.")  # fmt: skip
        return _form(one, text, {"text": problem}, 409, opened=opened, theirs=manuscript.text_of(session(), one))
    try:
        if upload := request.files.get("picture"):
            stored = image.store(session(), upload.read(image.MAX_BYTES + 1))
            return _form(one, text, picture=stored.file_name, opened=opened)
        manuscript.save(session(), one, text, member())
    except (Invalid, WrongState) as error:
        session().rollback()
        return _form(model.get(session(), issue_id), text, {"text": error.say(language())}, 422, opened=opened)
    flash(_("Saved."))
    return redirect(url_for("staff.issue", issue_id=one.id))


def _form(
    one: Issue, text: str, errors: dict[str, str] | None = None, status: int = 200, **more: str
) -> ResponseReturnValue:
    """The form. *more*: the name of a stored ``picture``; the revision that was ``opened``, where it is not the present
    one, and ``theirs``, the present text."""
    manuscript.check_changeable(one)
    page = render_template("staff/edit.html", issue=one, text=text, errors=errors or {}, **more)
    return make_response(page, status)
