"""Lists of values of a newsletter: the questions that it asks its readers, and the products that a ranking shows."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext

from models.issues import newsletter_edit
from models.issues.newsletter import Newsletter

from ...language import language
from ...request import session
from ..login_session import blueprint, member
from . import row_form
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
}  # fmt: skip
STORED = {"fields": "fields", "products": "related_products"}
"""Pages, and the columns of a newsletter that they change."""


@blueprint.get("/newsletters/<slug>/fields", defaults={"kind": "fields"}, endpoint="newsletter_fields")
@blueprint.get("/newsletters/<slug>/products", defaults={"kind": "products"}, endpoint="newsletter_products")
def newsletter_values(slug: str, kind: str) -> ResponseReturnValue:
    """The newsletter's questions to readers, or its related products."""
    return _page(frame.find(slug), kind)


@blueprint.post("/newsletters/<slug>/fields", defaults={"kind": "fields"}, endpoint="save_newsletter_fields")
@blueprint.post("/newsletters/<slug>/products", defaults={"kind": "products"}, endpoint="save_newsletter_products")
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
    return {"name": row.values["name"], "label": row.values["label"], "required": row.values["required"] == "yes"}


def _page(
    newsletter: Newsletter, kind: str, status: int = 200, *, rows: list[Row] | None = None, **values: Any
) -> ResponseReturnValue:
    kept = [one for one in getattr(newsletter, STORED[kind]) if isinstance(one, dict)]
    version = newsletter_edit.version(newsletter, [STORED[kind]])
    first = COLUMNS[kind][0].name
    return frame.page("rows", newsletter, kind, status, columns=COLUMNS[kind], removable=True,
                      rows=rows or row_form.shown(COLUMNS[kind], kept), kept=[one.get(first, "") for one in kept],
                      current=version, **{"version": version, **values})  # fmt: skip
