"""Pages of a newsletter that are made of single settings: shown, checked, asked about, saved."""

from __future__ import annotations

from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from models.issues import newsletter_edit
from models.issues.issue_state import IssueKind
from models.issues.newsletter import Newsletter, Tracking
from models.issues.review import approval_route
from models.readers import consent_history, subscriber
from models.staff import member as members

from ... import consent_text
from ...request import session
from ..login_session import blueprint, member
from . import section as frame
from . import setting_fields
from .setting_fields import PAGES, SettingField


@blueprint.get(
    "/newsletters/<slug>/<any(basics,sender,imprint,publication,consent,tracking,approval,quiet,ranking):section>"
)
def newsletter_settings(slug: str, section: str) -> ResponseReturnValue:
    """Some settings of a newsletter."""
    newsletter = frame.find(slug)
    return _page(newsletter, section, setting_fields.shown(newsletter, _fields(newsletter, section)))


@blueprint.post(
    "/newsletters/<slug>/<any(basics,sender,imprint,publication,consent,tracking,approval,quiet,ranking):section>"
)
def save_newsletter_settings(slug: str, section: str) -> ResponseReturnValue:
    """Save them; issues that wait and would need another approval are named first."""
    newsletter = frame.find(slug, lock=True)
    fields = _fields(newsletter, section)
    typed = {field.name: request.form.get(field.name, "") for field in fields}
    values, wrong = setting_fields.read(fields)
    if faults := {**newsletter_edit.faults(values), **wrong}:
        return _page(
            newsletter, section, typed, 422, errors=frame.said(faults), version=request.form.get("version", "")
        )
    if frame.is_stale(newsletter_edit.version(newsletter, values)):
        return _page(newsletter, section, typed, 409, errors=frame.stale_error(), stale=True,
                     version=request.form.get("version", ""))  # fmt: skip
    warnings = _warnings(newsletter, values)
    question = frame.keep(newsletter, lambda: newsletter_edit.change(session(), newsletter, values, member()), warnings)
    if question:
        return _page(newsletter, section, typed, 409, question=question)
    return frame.done(frame.address_of(section, newsletter))


def _fields(newsletter: Newsletter, section: str) -> tuple[SettingField, ...]:
    """Those of a page; without the number of approvals where a route says more than a number does."""
    plain = approval_route.of_kind(newsletter.approval_routes, IssueKind.REGULAR).is_number
    return tuple(one for one in PAGES[section] if plain or one.name != "approvals_needed")


def _page(
    newsletter: Newsletter, section: str, typed: dict[str, str], status: int = 200, **values: Any
) -> ResponseReturnValue:
    fields = _fields(newsletter, section)
    more: dict[str, Any] = {"version": newsletter_edit.version(newsletter, [field.name for field in fields])}
    kept = setting_fields.shown(newsletter, fields)
    return frame.page("settings", newsletter, section, status, fields=fields, typed=typed, kept=kept,
                      current=more["version"], **_about(newsletter, section), **{**more, **values})  # fmt: skip


def _about(newsletter: Newsletter, section: str) -> dict[str, Any]:
    """What a page tells beside its form."""
    if section == "consent":
        return {
            "paragraphs": consent_text.paragraphs(newsletter),
            "versions": consent_history.of(session(), newsletter),
        }
    if section == "tracking":
        return {"words": {mode.value: consent_text.tracking(mode) for mode in Tracking}, "modes": Tracking}
    if section == "approval":
        return {"approvers": members.list_approvers(session(), newsletter.id)}
    return {}


def _warnings(newsletter: Newsletter, values: dict[str, Any]) -> list[str]:
    """What must be said before, though it touches no issue."""
    found = []
    mode = values.get("tracking")
    if not isinstance(mode, Tracking) or not _records_more(newsletter.tracking, mode):
        readers = 0
    else:
        readers = subscriber.count_active(session(), newsletter.id)
    if readers:
        found.append(ngettext(
            "%(num)s reader signed up when less was recorded and agreed to that. Tell readers in an issue before you "
            "change this.",
            "%(num)s readers signed up when less was recorded and agreed to that. Tell readers in an issue before you "
            "change this.", readers,
        ))  # fmt: skip
    needed = values.get("approvals_needed")
    if needed is not None and needed > (there := len(members.list_approvers(session(), newsletter.id))):
        found.append(_("Only %(count)s people can approve at present: with %(needed)s approvals nothing could be sent.",
                       count=there, needed=needed))  # fmt: skip
    return found


def _records_more(before: Tracking, after: Tracking) -> bool:
    order = (Tracking.OFF, Tracking.AGGREGATE, Tracking.INDIVIDUAL)
    return order.index(after) > order.index(before)
