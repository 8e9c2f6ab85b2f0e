"""Lists of values of a newsletter: questions to its readers, products that a ranking shows, groups of testers."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext

from models.issues import newsletter_edit
from models.issues.newsletter import Newsletter
from models.issues.test_letters import test_group

from ...language import language
from ...request import session
from ..login_session import blueprint, member
from . import row_form, slot_columns
from . import section as frame
from .row_form import Row, RowColumn

COLUMNS: dict[str, tuple[RowColumn, ...]] = {
    "fields": (
        RowColumn("label", lazy_gettext("Question"), lazy_gettext("As readers see it on the sign-up form.")),
        RowColumn("name", lazy_gettext("Name in manuscripts"),
                  lazy_gettext("Small letters and digits, such as department. It stays."), fixed=True),
        RowColumn("required", lazy_gettext("Must be answered"), kind="switch"),
    ),
    "products": (
        RowColumn("name", lazy_gettext("Name that readers see")),
        RowColumn("address", lazy_gettext("Address of its page"), lazy_gettext("Begins with https://")),
        RowColumn("text", lazy_gettext("In one sentence")),
    ),
    "testers": (
        RowColumn("name", lazy_gettext("Name of the group"), lazy_gettext("As staff see it, such as 広報係.")),
        RowColumn("addresses", lazy_gettext("Mail addresses"),
                  lazy_gettext("Up to 20, with commas or spaces between them.")),
    ),
    "slots": slot_columns.COLUMNS,
}  # fmt: skip
STORED = {"fields": "fields", "products": "related_products", "testers": "test_groups", "slots": "slots"}
"""Pages, and the columns of a newsletter that they change."""


@blueprint.get("/newsletters/<slug>/fields", defaults={"kind": "fields"}, endpoint="newsletter_fields")
@blueprint.get("/newsletters/<slug>/products", defaults={"kind": "products"}, endpoint="newsletter_products")
@blueprint.get("/newsletters/<slug>/slots", defaults={"kind": "slots"}, endpoint="newsletter_slots")
@blueprint.get("/newsletters/<slug>/testers", defaults={"kind": "testers"}, endpoint="newsletter_testers")
def newsletter_values(slug: str, kind: str) -> ResponseReturnValue:
    """One list of values of the newsletter."""
    return _page(frame.find(slug), kind)


@blueprint.post("/newsletters/<slug>/fields", defaults={"kind": "fields"}, endpoint="save_newsletter_fields")
@blueprint.post("/newsletters/<slug>/products", defaults={"kind": "products"}, endpoint="save_newsletter_products")
@blueprint.post("/newsletters/<slug>/slots", defaults={"kind": "slots"}, endpoint="save_newsletter_slots")
@blueprint.post("/newsletters/<slug>/testers", defaults={"kind": "testers"}, endpoint="save_newsletter_testers")
def save_newsletter_values(slug: str, kind: str) -> ResponseReturnValue:
    """Save them as they stand on the page."""
    newsletter, rows = frame.find(slug, lock=True), row_form.typed(COLUMNS[kind])
    column, standing = STORED[kind], row_form.filled(rows)
    values = {column: [_stored(kind, row) for row in standing]}
    errors = {
        f"{COLUMNS[kind][0].name}-{row.key}": why.say(language())
        for row, value in zip(standing, values[column], strict=True)
        for why in newsletter_edit.faults({column: [value]}).values()
    } or frame.said(newsletter_edit.faults(values))
    if errors:
        return _page(newsletter, kind, 422, rows=rows, errors=errors, version=request.form.get("version", ""))
    if frame.is_stale(newsletter_edit.version(newsletter, [column])):
        return _page(newsletter, kind, 409, rows=rows, errors=frame.stale_error(), stale=True,
                     version=request.form.get("version", ""))  # fmt: skip
    change = partial(newsletter_edit.change, session(), newsletter, values, member())
    if question := frame.keep(newsletter, change):
        return _page(newsletter, kind, 409, rows=rows, question=question)
    return frame.done(frame.address_of(kind, newsletter))


def _stored(kind: str, row: Row) -> dict[str, Any]:
    if kind == "products":
        return dict(row.values)
    if kind == "testers":
        return {"name": row.values["name"], "addresses": test_group.split(row.values["addresses"])}
    if kind == "slots":
        return slot_columns.stored(row)
    return {"name": row.values["name"], "label": row.values["label"], "required": row.values["required"] == "yes"}


def _as_typed(value: dict[str, Any]) -> dict[str, Any]:
    """A stored value as its row shows it: lists in one line."""
    return {name: ", ".join(map(str, part)) if isinstance(part, list) else part for name, part in value.items()}


def _page(
    newsletter: Newsletter, kind: str, status: int = 200, *, rows: list[Row] | None = None, **values: Any
) -> ResponseReturnValue:
    kept = [_as_typed(one) for one in getattr(newsletter, STORED[kind]) if isinstance(one, dict)]
    version = newsletter_edit.version(newsletter, [STORED[kind]])
    first = COLUMNS[kind][0].name
    return frame.page("rows", newsletter, kind, status, columns=COLUMNS[kind], removable=True,
                      rows=rows or row_form.shown(COLUMNS[kind], kept), kept=[one.get(first, "") for one in kept],
                      current=version, **{"version": version, **values})  # fmt: skip
