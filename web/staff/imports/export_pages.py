"""A newsletter's readers as a file: asked for here, written by a worker, handed to the one who asked for a day."""

from __future__ import annotations

from flask import Response, flash, jsonify, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from models.exports import reader_export
from models.exports.reader_export import HOURS, ExportFormat, ExportState
from models.issues import newsletter as newsletters
from models.issues.newsletter import Newsletter
from models.issues.segments import saved_segment
from models.store import kept_file
from models.store.clock import TOKYO
from models.store.errors import NotFound

from ...language import _, language
from ...request import session
from ..csv_download import WORKBOOK, attachment
from ..login_session import blueprint, member


@blueprint.get("/newsletters/<slug>/exports")
def exports(slug: str) -> ResponseReturnValue:
    """What the person asked for, and the form that asks for one."""
    return _page(newsletters.find(session(), slug))


@blueprint.post("/newsletters/<slug>/exports")
def ask_for_export(slug: str) -> ResponseReturnValue:
    """Have a file written."""
    newsletter, chosen = newsletters.find(session(), slug), request.form.get("segment", "")
    try:
        format_ = ExportFormat(request.form.get("format", ""))
        segment_id = int(chosen) if chosen else None
        reader_export.ask(session(), newsletter, member(), format_, segment_id, language())
    except ValueError:
        return _page(newsletter, {"format": _("Choose a kind of file and, if you like, a segment.")}, 422)
    except NotFound:
        return _page(newsletter, {"segment": _("Choose a saved segment.")}, 422)
    flash(_("The file is being written. Its link stands below."))
    return redirect(url_for("staff.exports", slug=slug))


@blueprint.get("/newsletters/<slug>/exports/progress.json")
def export_progress(slug: str) -> ResponseReturnValue:
    """Whether a file is being written, for a script."""
    return jsonify(state=_state(newsletters.find(session(), slug)))


@blueprint.get("/newsletters/<slug>/exports/<int:export_id>/file")
def download_export(slug: str, export_id: int) -> Response:
    """The file, for the one who asked for it."""
    newsletter = newsletters.find(session(), slug)
    found = reader_export.open_own(session(), newsletter.id, export_id, member())
    assert found.ready_at is not None
    assert found.file_id is not None
    day = found.ready_at.astimezone(TOKYO).strftime("%Y%m%d")
    media_type = WORKBOOK if found.format is ExportFormat.XLSX else "text/csv"
    content = kept_file.read(session(), found.file_id)
    return attachment(f"{slug}-readers-{day}.{found.format.value}", content, media_type)


def _state(newsletter: Newsletter) -> str:
    own = reader_export.list_own(session(), newsletter.id, member())
    return ",".join(str(one.id) for one in own if one.state is ExportState.WAITING)


def _page(newsletter: Newsletter, errors: dict[str, str] | None = None, status: int = 200) -> ResponseReturnValue:
    saved = [(str(one.id), one.name) for one in saved_segment.list_shown(session(), newsletter)]
    shown = render_template(
        "staff/imports/exports.html", edited=newsletter, errors=errors or {}, states=ExportState, hours=HOURS,
        own=reader_export.list_own(session(), newsletter.id, member()), waiting=_state(newsletter),
        segments=[("", _("All readers")), *saved],
        formats=[("xlsx", _("Excel workbook (.xlsx)")), ("csv", _("CSV (UTF-8), which Excel opens, too"))],
        chosen=request.form.get("format", "xlsx"), segment=request.form.get("segment", ""),
    )  # fmt: skip
    return make_response(shown, status)
