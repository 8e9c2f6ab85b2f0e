"""The letter itself, with the readers of each link drawn over it."""

from __future__ import annotations

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import format_decimal

from models.deliveries import edition as editions
from models.deliveries.edition import Edition
from models.reports.issue_report import LinkReport
from models.reports.tables.issue_tables import IssueTables
from models.store.errors import NotFound
from models.store.phrase import phrase
from templates.charts import click_map as drawing
from templates.charts.click_map import LinkMark

from ...language import _
from ...request import session
from ..login_session import blueprint
from ..preview import framed
from .issue_pages import prepared_issue


@blueprint.get("/issues/<int:issue_id>/click-map")
def click_map(issue_id: int) -> ResponseReturnValue:
    """The frame around the letter, with a choice of edition and the same numbers as a table."""
    one = prepared_issue(issue_id)
    variants = editions.variants(session(), one.id)
    wanted = request.args.get("edition", type=int)
    return render_template(
        "staff/reports/click_map.html",
        issue=one,
        tables=IssueTables(session(), one),
        editions=[(str(number), _edition_name(number, variants[number])) for number in sorted(variants)],
        edition=wanted if wanted in variants else min(variants, default=None),
    )


@blueprint.get("/issues/<int:issue_id>/click-map/frame")
def click_map_frame(issue_id: int) -> ResponseReturnValue:
    """The letter with its marks, for the frame."""
    one = prepared_issue(issue_id)
    edition = session().get(Edition, (one.id, request.args.get("edition", 1, type=int)))
    if edition is None:
        raise NotFound(phrase("there is no such edition"))
    links = {link.number: link for link in IssueTables(session(), one).shown_links()}
    marks = {number: LinkMark(link.readers.readers, _readers(link)) for number, link in links.items()}
    html = drawing.draw(edition.html, marks, lambda number: _("Link %(number)s", number=number))
    return framed(Response(html, mimetype="text/html"))


def _edition_name(number: int, variant: dict[str, object]) -> str:
    audience = str(variant.get("audience") or "")
    name = _("Edition %(number)s", number=number)
    return f"{name} ({audience})" if audience else name


def _readers(link: LinkReport) -> str:
    counted = link.readers
    number = format_decimal(counted.readers)
    if counted.is_sure:
        return _("%(number)s readers", number=number)
    return _("%(number)s readers [%(least)s to %(most)s]", number=number, least=format_decimal(counted.at_least),
             most=format_decimal(counted.at_most))  # fmt: skip
