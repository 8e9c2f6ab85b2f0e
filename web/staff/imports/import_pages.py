"""A newsletter's imports: their list with the form for the next one, each one's page, and its refused lines."""

from __future__ import annotations

from typing import Any

from flask import jsonify, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from models.imports import encoding, import_job, import_steps, list_sweep, refused_rows, undo_import
from models.imports.import_job import BEFORE, ENDED, LEAST_EVIDENCE, MOST_EVIDENCE, WORKING, ImportJob, ImportState
from models.issues import newsletter as newsletters
from models.issues.newsletter import Newsletter
from models.store.errors import Invalid

from ...language import _, language
from ...request import session
from ..csv_download import attachment, workbook_attachment
from ..login_session import blueprint, member
from . import column_choices

ENCODINGS = {"UTF-16LE": "UTF-16", "UTF-16BE": "UTF-16 (BE)", "Windows-1252": "Windows-1252"}


@blueprint.get("/newsletters/<slug>/imports")
def imports(slug: str) -> ResponseReturnValue:
    """The imports of a newsletter, and the form that takes the next list."""
    return _list(newsletters.find(session(), slug))


@blueprint.post("/newsletters/<slug>/imports")
def upload_list(slug: str) -> ResponseReturnValue:
    """Keep a list, and show how it was read."""
    newsletter, sent = newsletters.find(session(), slug), request.files.get("file")
    evidence = request.form.get("evidence", "")
    try:
        if sent is None or not sent.filename:
            raise Invalid("choose a file", field="file")
        job = import_steps.upload(session(), newsletter, member(), sent.filename, sent.stream, evidence)
    except Invalid as error:
        session().rollback()
        return _list(newsletter, evidence, {error.field or "file": error.say(language())}, 422)
    return redirect(url_for("staff.list_import", slug=slug, import_id=job.id))


@blueprint.get("/newsletters/<slug>/imports/<int:import_id>")
def list_import(slug: str, import_id: int) -> ResponseReturnValue:
    """One import: what is to be done next, or how far it is, or what became of it."""
    return page(find(slug, import_id))


@blueprint.get("/newsletters/<slug>/imports/<int:import_id>/progress.json")
def import_progress(slug: str, import_id: int) -> ResponseReturnValue:
    """How far it is, for a script."""
    job = find(slug, import_id)
    return jsonify(state=job.state.value, settled=job.settled, records=job.records)


@blueprint.get("/newsletters/<slug>/imports/<int:import_id>/refused.<any(csv, xlsx):form>")
def refused_lines(slug: str, import_id: int, form: str) -> ResponseReturnValue:
    """The refused lines with the reason beside each, to be mended and imported again."""
    job = find(slug, import_id)
    rows = (refused_rows.heading(job), *refused_rows.rows(session(), job))
    name = f"{slug}-import-{job.id}-refused.{form}"
    if form == "csv":
        return attachment(name, refused_rows.as_csv(rows))
    return workbook_attachment(name, rows)


def find(slug: str, import_id: int, *, lock: bool = False) -> ImportJob:
    """The import that an address names."""
    newsletter = newsletters.find(session(), slug)
    return import_job.get(session(), newsletter.id, import_id, lock=lock)


def page(job: ImportJob, errors: dict[str, str] | None = None, status: int = 200, **typed: Any) -> ResponseReturnValue:
    """The page of an import, with what somebody has typed where that was refused."""
    states, may_undo = ImportState, _may_undo(job)
    shown = render_template(
        "staff/imports/import.html", edited=job.newsletter, job=job, states=states, errors=errors or {},
        state_name=column_choices.STATES[job.state], working=job.state in WORKING, before=job.state in BEFORE,
        encodings=_encodings(), audiences=_audiences(job.newsletter), fields=column_choices.fields(job.newsletter),
        words=column_choices.states(), trial=column_choices.counted(job.trial),
        counts=column_choices.counted(job.counts), may_undo=may_undo, list_days=list_sweep.LIST_DAYS,
        undo_days=import_job.KEPT_DAYS, staying=undo_import.count_staying(session(), job) if may_undo else 0,
        most_refused=refused_rows.MOST, **{**_choices(job), **typed},
    )  # fmt: skip
    return make_response(shown, status)


def _may_undo(job: ImportJob) -> bool:
    return job.state in ENDED and undo_import.is_possible(session(), job)


def _choices(job: ImportJob) -> dict[str, Any]:
    """What the form of columns shows at first: what was said of this list, or of the last one like it, or a guess."""
    if job.state not in (ImportState.READ, ImportState.CHECKED):
        return {"columns": [], "chosen_words": {}, "remembered": False, "audience": "", "list_language": "ja"}
    last = import_job.remembered(session(), job)
    before = job.mapping or last
    return {
        "columns": before.get("columns") or [one if one != "second_address" else "nothing" for one in job.guesses],
        "chosen_words": _merged(last.get("words", {}), before.get("words", {})),
        "remembered": bool(before) and not job.mapping,
        "audience": before.get("audience", ""),
        "list_language": before.get("language", "ja"),
    }


def _merged(first: dict[str, dict[str, str]], then: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    """What was said of words in each column; what was said later counts."""
    return {place: {**first.get(place, {}), **then.get(place, {})} for place in first | then}


def _encodings() -> list[tuple[str, str]]:
    return [("", _("Find it")), *((name, ENCODINGS.get(name, name)) for name in encoding.CHOICES)]


def _audiences(newsletter: Newsletter) -> list[tuple[str, str]]:
    return [("", _("None")), *((one.slug, one.name) for one in newsletter.audiences)]


def _list(
    newsletter: Newsletter, evidence: str = "", errors: dict[str, str] | None = None, status: int = 200
) -> ResponseReturnValue:
    shown = render_template(
        "staff/imports/list.html", edited=newsletter, jobs=import_job.list_of(session(), newsletter.id),
        state_names=column_choices.STATES, evidence=evidence, errors=errors or {}, least=LEAST_EVIDENCE,
        most=MOST_EVIDENCE, list_days=list_sweep.LIST_DAYS,
    )  # fmt: skip
    return make_response(shown, status)
