"""The steps of an import, each a button: another encoding, what the columns hold, take in, cancel, undo."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from models.imports import import_steps
from models.imports.headings import NOTHING
from models.imports.import_job import ImportJob
from models.store.errors import Invalid

from ...language import _, language
from ...request import session
from ..login_session import blueprint, member
from .import_pages import find, page


@blueprint.post("/newsletters/<slug>/imports/<int:import_id>/encoding")
def choose_list_encoding(slug: str, import_id: int) -> ResponseReturnValue:
    """Read the list again in another encoding."""
    job = find(slug, import_id, lock=True)
    try:
        import_steps.choose_encoding(session(), job, request.form.get("encoding", ""))
    except Invalid as error:
        session().rollback()
        return page(find(slug, import_id), {"encoding": error.say(language())}, 422)
    return _back(job)


@blueprint.post("/newsletters/<slug>/imports/<int:import_id>/columns")
def map_list_columns(slug: str, import_id: int) -> ResponseReturnValue:
    """Take what the columns hold, and try the list without changing anything."""
    job = find(slug, import_id, lock=True)
    rest = NOTHING if request.form.get("rest") else ""
    columns = [request.form.get(f"column-{place}", "") or rest for place in range(len(job.headings))]
    words: dict[str, dict[str, str]] = {}
    answered = 0
    for at, (place, word, *_shown) in enumerate(job.asked):
        if chosen := request.form.get(f"word-{at}", ""):
            words.setdefault(str(place), {})[word] = chosen
            answered += 1
    audience, list_language = request.form.get("audience", ""), request.form.get("language", "")
    try:
        if answered < len(job.asked):
            raise Invalid("say of every word what it means", field="words")
        _check_open(job, columns)
        import_steps.map_columns(session(), job, member(), columns, words, audience, list_language)
    except Invalid as error:
        session().rollback()
        field = error.field if error.field.startswith("column-") else "columns" if error.field == "columns" else "words"
        return page(
            find(slug, import_id), {field: error.say(language())}, 422,
            columns=columns, chosen_words=words, audience=audience, list_language=list_language, remembered=False,
        )  # fmt: skip
    return _back(job)


def _check_open(job: ImportJob, columns: list[str]) -> None:
    """Ask about the first column of which nothing was said, as it may say that somebody wants no letters.

    Raises:
        Invalid: there is one.
    """
    if "" in columns:
        raise Invalid("say what this column holds, or that it is not taken in", field=f"column-{columns.index('')}")


@blueprint.post("/newsletters/<slug>/imports/<int:import_id>/run")
def run_import(slug: str, import_id: int) -> ResponseReturnValue:
    """Take the list in."""
    job = find(slug, import_id, lock=True)
    import_steps.start(session(), job, member())
    return _back(job)


@blueprint.post("/newsletters/<slug>/imports/<int:import_id>/cancel")
def cancel_import(slug: str, import_id: int) -> ResponseReturnValue:
    """Stop it."""
    job = find(slug, import_id, lock=True)
    import_steps.cancel(session(), job, member())
    flash(_("The import was cancelled."))
    return _back(job)


@blueprint.post("/newsletters/<slug>/imports/<int:import_id>/undo")
def undo_list_import(slug: str, import_id: int) -> ResponseReturnValue:
    """Take back what it changed."""
    job = find(slug, import_id, lock=True)
    import_steps.undo(session(), job, member())
    return _back(job)


def _back(job: ImportJob) -> ResponseReturnValue:
    return redirect(url_for("staff.list_import", slug=job.newsletter.slug, import_id=job.id))
