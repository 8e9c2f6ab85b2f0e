"""The versions of an issue."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from models.issues import issue as issues
from models.issues.issue import Issue
from models.issues.issue_state import EDITABLE, IssueState
from models.manuscript import version_restore
from models.manuscript.import_issue import ImportAction
from models.staff.permission import Permission
from models.store.errors import Invalid, NotFound

from ...request import session
from .. import access
from ..login_session import blueprint, member
from . import version_pages
from .version_pages import Addresses


@blueprint.get("/issues/<int:issue_id>/versions")
def issue_versions(issue_id: int) -> ResponseReturnValue:
    """Every saved state of the issue, the latest first."""
    one = issues.get(session(), issue_id)
    return version_pages.listed(one, _addresses(one), may_restore=_may_restore(one))


@blueprint.get("/issues/<int:issue_id>/versions/compare")
def compare_issue_versions(issue_id: int) -> ResponseReturnValue:
    """Two of them side by side."""
    one = issues.get(session(), issue_id)
    return version_pages.compared(one, _addresses(one), may_restore=_may_restore(one))


@blueprint.post("/issues/<int:issue_id>/versions/<int:number>/restore")
def restore_issue_version(issue_id: int, number: int) -> ResponseReturnValue:
    """Bring one back, by an edit like any other: it voids approvals, and makes a version itself."""
    one = issues.get(session(), issue_id, lock=True)
    if version_pages.is_stale(one):
        return _refused(issue_id, version_pages.stale_error(), 409)
    try:
        restored = version_restore.restore_issue(session(), one, number, member())
    except NotFound:
        raise
    except Invalid as error:
        session().rollback()
        return _refused(issue_id, version_pages.refusal(error), 422)
    if restored.outcome is ImportAction.UNCHANGED:
        flash(_("Version %(number)s is what is there now; nothing was changed.", number=number))
    else:
        flash(_("Version %(number)s is back. What was there before is a version, too.", number=number))
    return redirect(_home(issue_id))


def _refused(issue_id: int, errors: dict[str, str], status: int) -> ResponseReturnValue:
    one = issues.get(session(), issue_id)
    return version_pages.listed(one, _addresses(one), errors, status, may_restore=_may_restore(one))


def _may_restore(one: Issue) -> bool:
    return access.may(Permission.WRITE) and (one.state in EDITABLE or one.state is IssueState.PAUSED)


def _back() -> dict[str, Any]:
    """What addresses carry on for somebody who has come from the editor, so that they find back to it."""
    return {"back": "write"} if request.args.get("back") == "write" else {}


def _home(issue_id: int) -> str:
    return url_for("staff.write" if _back() else "staff.issue", issue_id=issue_id)


def _addresses(one: Issue) -> Addresses:
    return {
        "title": one.subject or _("(no subject)"),
        "home": _home(one.id),
        "above": (_("Issues"), url_for("staff.issues")),
        "listed": lambda **more: url_for("staff.issue_versions", issue_id=one.id, **_back(), **more),
        "compared": lambda **more: url_for("staff.compare_issue_versions", issue_id=one.id, **_back(), **more),
        "restored": lambda number: url_for("staff.restore_issue_version", issue_id=one.id, number=number, **_back()),
        "voids": one.state not in (IssueState.DRAFT, IssueState.PAUSED),
        **version_pages.names(),
    }
