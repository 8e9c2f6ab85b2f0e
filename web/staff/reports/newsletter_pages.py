"""A newsletter over a period: readers and issues; articles and topics by audience; each table as a file."""

from __future__ import annotations

from collections.abc import Callable

from flask import make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from models.reports.tables import newsletter_tables, reading_tables
from models.store.errors import Invalid, NotFound

from ...request import session
from .. import access
from ..login_session import blueprint
from . import ranking_form, table_files
from .ranking_form import RankingForm

MOST_ARTICLES = MOST_ISSUES = 100
"""Articles, and issues, that a page lists; files have all of them."""


@blueprint.get("/reports")
def newsletter_report() -> ResponseReturnValue:
    """Readers, joining and leaving, best and worst issues, cohorts."""
    return _page("staff/reports/newsletter.html", _newsletter_page)


def _newsletter_page(form: RankingForm) -> dict[str, object]:
    newsletter, period = form.newsletter, form.query.period
    lines = newsletter_tables.issue_lines(session(), newsletter.id, period)
    return {
        "lines": lines,
        "issues": newsletter_tables.issues(lines),
        "listed": newsletter_tables.issues(lines[-MOST_ISSUES:]),
        "left_out": max(0, len(lines) - MOST_ISSUES),
        "best": newsletter_tables.best(lines),
        "worst": newsletter_tables.worst(lines),
        "months": newsletter_tables.months(session(), newsletter.id, period),
        "leaving": newsletter_tables.leaving(session(), newsletter.id, period),
        "cohorts": newsletter_tables.cohorts(session(), newsletter.id, period),
    }


@blueprint.get("/reports/reading")
def reading_report() -> ResponseReturnValue:
    """What was read: articles by audience, topics by month."""
    return _page("staff/reports/reading.html", _reading_page)


def _reading_page(form: RankingForm) -> dict[str, object]:
    newsletter, query = form.newsletter, form.query
    articles = reading_tables.articles(session(), newsletter, query.period)
    left_out = max(0, len(articles.rows) - MOST_ARTICLES)
    articles.rows = articles.rows[:MOST_ARTICLES]
    return {
        "articles": articles,
        "left_out": left_out,
        "topics": reading_tables.topics(session(), newsletter, query.period, query.audience),
        "audience": reading_tables.audience_name(newsletter.audiences, query.audience),
    }


@blueprint.get("/reports/tables/<table>.<ending>")
def newsletter_table(table: str, ending: str) -> ResponseReturnValue:
    """One table of a newsletter's report as a file."""
    form = ranking_form.from_request()
    newsletter, query = form.newsletter, form.query
    found = newsletter_tables.find(session(), newsletter, query.period, table) or reading_tables.find(
        session(), newsletter, query.period, query.audience, table
    )
    return table_files.download(found, f"{table}-{form.file_name}", ending)


def _page(template: str, values: Callable[[RankingForm], dict[str, object]]) -> ResponseReturnValue:
    """A page of a newsletter and period; where what was asked for is not there, the form says so."""
    every = access.list_newsletters()
    if not every:
        return render_template(template, form=None, errors={})
    form, errors = ranking_form.default(), {}
    try:
        form = ranking_form.from_request()
    except NotFound:
        errors = {"": _("There is no such newsletter, audience or topic any more. Choose another one.")}
    except Invalid:
        errors = {"": _("This is no period. Write its first and its last day.")}
    page = render_template(
        template,
        form=form,
        errors=errors,
        newsletters=every,
        periods=ranking_form.period_choices(form),
        asked=request.args,
        **({} if errors else values(form)),
    )
    return make_response(page, 422 if errors else 200)
