"""The list of newsletters, what one is at a glance, and making a new one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext

import settings
from models.issues import newsletter_edit
from models.issues.newsletter import Newsletter
from models.staff.permission import Permission
from models.store import input_rule

from ...request import session
from .. import access
from ..login_session import blueprint, member
from . import section as frame
from . import setting_fields
from .setting_fields import PAGES, SettingField

FIRST = tuple(
    field
    for field in (*PAGES["basics"], *PAGES["sender"], *PAGES["imprint"])
    if field.name not in ("description", "bounce_address", "list_id")
)
"""What is asked of a new one."""
SWITCH = {"yes": lazy_gettext("Yes"), "": lazy_gettext("No")}


@blueprint.get("/newsletters")
def newsletters() -> ResponseReturnValue:
    """The newsletters whose settings the person may change."""
    return frame.page("list", None, "", newsletters=access.list_newsletters(), title=_("Newsletters"),
                      may_make=member().may(Permission.EDIT_NEWSLETTER, None))  # fmt: skip


@blueprint.get("/newsletters/new")
def new_newsletter() -> ResponseReturnValue:
    """The form for a new newsletter."""
    return _new({field.name: "" for field in FIRST} | {"language": "ja", "slug": ""})


@blueprint.post("/newsletters/new")
def create_newsletter() -> ResponseReturnValue:
    """Make it, and go to its page."""
    typed = {name: request.form.get(name, "") for name in (*(field.name for field in FIRST), "slug")}
    values, wrong = setting_fields.read(FIRST)
    slug = input_rule.line(typed["slug"]).lower()
    if wrong := {**newsletter_edit.creation_faults(session(), slug, values), **wrong}:
        return _new(typed, frame.said(wrong), 422)
    made = newsletter_edit.create(session(), slug, values, member())
    return frame.done(url_for("staff.newsletter", slug=made.slug), _("The newsletter is made. Look "
                                                                     "through its pages on the "
                                                                     "left before you send its "
                                                                     "first issue."))  # fmt: skip


@blueprint.get("/newsletters/<slug>")
def newsletter(slug: str) -> ResponseReturnValue:
    """What a newsletter is, with the way to the page of each setting."""
    found = frame.find(slug)
    return frame.page("overview", found, "", title=found.name, summaries=list(_summaries(found)))


def _new(typed: dict[str, str], errors: dict[str, str] | None = None, status: int = 200) -> ResponseReturnValue:
    example = f"{settings.get().base_url.rstrip('/')}/subscribe/koho"
    return frame.page("new", None, "", status, fields=FIRST, typed=typed, errors=errors or {}, example=example,
                      title=_("Make a new newsletter"))  # fmt: skip


def _summaries(found: Newsletter) -> Iterator[tuple[str, Any, str, list[tuple[Any, str]]]]:
    for name, label in frame.SECTIONS.items():
        facts = [(field.label, _fact(found, field)) for field in PAGES.get(name, ())]
        if name in ("audiences", "topics"):
            facts = [(label, _(", ").join(row.name for row in getattr(found, name)))]
        if name in ("consent", "ranking") or not facts:
            continue
        yield name, label, frame.address_of(name, found), facts


def _fact(found: Newsletter, field: SettingField) -> str:
    value = setting_fields.as_typed(getattr(found, field.name))
    if field.kind == "switch":
        return str(SWITCH[value])
    return str(dict(field.options).get(value, value))
