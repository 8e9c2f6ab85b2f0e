"""The ranking of a period: drawn, opened to what it stands on, taken away as files, made into an issue."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import flash, json, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from models.reports import evidence, hit_export, ranking_key, replayed_clicks
from models.reports import ranking as model
from models.reports import ranking_issue as drafts
from models.reports.period import PeriodKind
from models.reports.ranking import Measure, Ranking
from models.staff import audit
from models.store import db
from models.store.errors import Invalid, NotFound, Unavailable
from models.tracking.readership import Policy

from ...navigation import with_query
from ...request import commit, session
from .. import access
from ..csv_download import attachment, csv_attachment
from ..login_session import blueprint, member
from . import ranking_form
from .ranking_form import RankingForm


@blueprint.get("/rankings")
def rankings() -> ResponseReturnValue:
    """The form, and the ranking that it asks for."""
    if not access.list_newsletters():
        return render_template("staff/ranking.html", form=None, errors={})
    try:
        form = ranking_form.from_request()
        return _page(form, model.compute(session(), form.query))
    except NotFound:
        wrong = _("There is no such newsletter, audience or topic any more. Choose another one.")
    except Invalid as error:
        wrong = _("There is no such measure.")
        if error.field == "period":
            wrong = _("This is no period. Write its first and its last day.")
    return _page(ranking_form.default(), None, {"": wrong}, 422)


@blueprint.get("/rankings/ranking.csv")
def ranking_csv() -> ResponseReturnValue:
    """The ranking for a spreadsheet, with every place."""
    form = ranking_form.from_request()
    drawn = model.compute(session(), form.query)
    heading = (
        "place", "last_place", "article", "title", "readers", "at_least", "at_most", "received", "rate", "published",
        "first_sent",
    )  # fmt: skip
    rows = (
        (place.number, place.last_number or "", place.slug, place.title, place.readers, place.at_least, place.at_most,
         place.received, "" if place.rate is None else f"{place.rate:.4f}", place.published_on or "",
         place.first_sent_on or "")
        for place in drawn.places
    )  # fmt: skip
    return csv_attachment(f"ranking-{form.file_name}.csv", heading, rows)


@blueprint.get("/rankings/evidence")
def ranking_evidence() -> ResponseReturnValue:
    """What each place stands on: all clicks, without those that rules excluded; where they are many, when asked."""
    form = ranking_form.from_request()
    if request.args.get("draw") != "now" and not evidence.is_quick(session(), form.query):
        return render_template("staff/evidence.html", form=form, sheet=None, draw_address=with_query(draw="now"))
    try:
        drawn, sheet = _compute(form)
    except (Invalid, Unavailable) as error:
        return _no_evidence(form, error)
    places = {place.slug: place for place in drawn.places}
    return render_template("staff/evidence.html", form=form, sheet=sheet, places=places)


@blueprint.get("/rankings/evidence.json")
def ranking_evidence_json() -> ResponseReturnValue:
    """The sheet that `kairan ranking verify` and docs/verify/ranking-verify.py count again."""
    form = ranking_form.from_request()
    try:
        _drawn, sheet = _compute(form)
    except (Invalid, Unavailable) as error:
        return _no_evidence(form, error)
    content = json.dumps(sheet, ensure_ascii=False, indent=1) + "\n"
    return attachment(f"evidence-{form.file_name}.json", [content.encode()], "application/json")


@blueprint.get("/rankings/clicks.csv")
def ranking_clicks_csv() -> ResponseReturnValue:
    """The clicks that the sheet is counted from, as they are exported; readers have numbers that lead to nobody."""
    form = ranking_form.from_request()

    def lines() -> Iterator[bytes]:
        # It goes on after the view has ended, so it has a session of its own.
        with db.snapshot() as opened:
            yield (",".join(hit_export.COLUMNS) + "\n").encode()
            for row in evidence.rows_for(opened, form.query):
                yield (",".join(row) + "\n").encode()

    return attachment(f"clicks-{form.file_name}.csv", lines())


@blueprint.get("/rankings/reach.json")
def ranking_reach_json() -> ResponseReturnValue:
    """What there was to rank, and how many received it: the file of which the sheet has the digest."""
    form = ranking_form.from_request()
    with db.snapshot() as opened:
        content = json.dumps(evidence.reach_for(opened, form.query), ensure_ascii=False, indent=1) + "\n"
    return attachment(f"reach-{form.file_name}.json", [content.encode()], "application/json")


@blueprint.post("/rankings/draft")
def draft_ranking() -> ResponseReturnValue:
    """Make the ranking issue of what is shown, as a draft."""
    form = ranking_form.from_request()
    try:
        drawn, sheet = _compute(form)
    except (Invalid, Unavailable) as error:
        return _no_evidence(form, error)
    if not drawn.places:
        return _page(form, drawn, {"": _("No article had a reader in this period, so there is nothing to rank.")}, 422)
    try:
        made = drafts.draft(session(), drawn, top=form.top, evidence_digest=sheet["digest"], author=member())
    except Invalid:
        wrong = _("The newsletter's related products need a name and an address each. An administrator can fix them.")
        return _page(form, drawn, {"": wrong}, 422)
    audit.record(session(), member(), "draft ranking", f"issue/{made.id}", query=form.query.as_json())
    flash(_("This is the draft of the ranking. Say for each place what has changed since, then ask for approval."))
    return redirect(url_for("staff.issue", issue_id=made.id))


def _page(
    form: RankingForm, drawn: Ranking | None, errors: dict[str, str] | None = None, status: int = 200
) -> ResponseReturnValue:
    places = drawn.top(form.top) if drawn else ()
    page = render_template(
        "staff/ranking.html",
        form=form,
        newsletters=access.list_newsletters(),
        periods=ranking_form.period_choices(form),
        free=form.query.period.kind is PeriodKind.FREE,
        measures=Measure,
        policies=Policy,
        ranking=drawn,
        places=places,
        most=max((place.readers for place in places), default=0),
        replays=replayed_clicks.count(session(), form.query) if drawn else 0,
        compared=any(place.last_number for place in places),
        errors=errors or {},
    )
    return make_response(page, status)


def _compute(form: RankingForm) -> tuple[Ranking, dict[str, Any]]:
    # The first evidence of a newsletter makes its key, which must be kept before anything is signed with it.
    ranking_key.current(session(), form.newsletter)
    commit()
    with db.snapshot() as opened:
        found = evidence.draw(opened, form.query, top=form.top)
        return found.ranking, found.sheet


def _no_evidence(form: RankingForm, error: Invalid | Unavailable) -> ResponseReturnValue:
    """The ranking, and why nobody can open it to what it stands on."""
    wrong, status = _("Clicks came in while they were counted. Try again."), 503
    if isinstance(error, Invalid):
        wrong = _("The clicks of that period are no longer kept, so what the places stand on cannot be shown.")
        status = 422
    return _page(form, model.compute(session(), form.query), {"": wrong}, status)
