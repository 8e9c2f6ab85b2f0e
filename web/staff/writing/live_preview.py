"""The preview and the findings beside the block editor, of a text that is not saved yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeVar

from flask import Response, jsonify
from flask.typing import ResponseReturnValue

from models.issues import issue as model
from models.manuscript import edit as manuscript
from templates import live_page, preflight, preview
from templates.content import compose
from templates.content.errors import CannotRender
from templates.content.letter import Letter
from templates.content.variant import Variant
from templates.render import edition

from ...language import language
from ...request import session
from ..login_session import blueprint
from ..preview import raw_source
from . import live_finding, unsaved_issue
from .block_document import Place, Problem
from .unsaved_issue import UnsavedIssue

One = TypeVar("One")

RAW = "raw"
MAX_LEFT_OUT = 20
"""Blocks that a preview goes without, each for its own reason, before it gives up."""
FRAME_POLICY = (
    "default-src 'none'; img-src http: https: data:; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'self'; sandbox allow-same-origin"
)
"""No script of any origin runs in the frame; the editor's own may look into it, to keep the place where one reads."""


@blueprint.get("/issues/<int:issue_id>/live-preview/frame")
def live_preview_frame(issue_id: int) -> ResponseReturnValue:
    """An empty page into which the editor puts the letter. What may happen in it is said by its own policy."""
    model.get(session(), issue_id)
    response = Response("<!DOCTYPE html><html><head><title></title></head><body></body></html>", mimetype="text/html")
    response.headers["Content-Security-Policy"] = FRAME_POLICY
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response


@blueprint.post("/issues/<int:issue_id>/live-preview")
def live_preview(issue_id: int) -> ResponseReturnValue:
    """The letter as a kind of reader would get it, as a page, and which block of the text each of its blocks is."""
    written = unsaved_issue.sent()
    one = model.get(session(), issue_id)
    manuscript.check_changeable(one)
    unsaved = unsaved_issue.make(session(), one, written)
    letter, places = _of_reader(unsaved, written)
    shown, places, left_out = _page(letter, places, str(written.get("mode")))
    problems = [{"place": place, "message": why.say(language())} for place, why in [*unsaved.problems, *left_out]]
    return jsonify(html=shown, places=[place[0] for place in places], problems=problems)


@blueprint.post("/issues/<int:issue_id>/live-findings")
def live_findings(issue_id: int) -> ResponseReturnValue:
    """What preflight finds in the text, each with its block, and what may be written instead where that is certain."""
    written = unsaved_issue.sent()
    one = model.get(session(), issue_id)
    manuscript.check_changeable(one)
    unsaved = unsaved_issue.make(session(), one, written)
    found = preflight.check_issue(session(), unsaved.issue, count=lambda *_: None)
    said = [live_finding.of_problem(place, why, language()) for place, why in unsaved.problems]
    said += [live_finding.of(one, unsaved.places, language()) for one in found]
    return jsonify(findings=said)


def _of_reader(unsaved: UnsavedIssue, written: dict[str, Any]) -> tuple[Letter, list[Place]]:
    """The letter that the chosen kind of reader gets, and the place of each of its blocks."""
    topics = written.get("topics")
    chosen = [str(slug) for slug in topics] if isinstance(topics, list) else []
    variant = Variant.of_reader(unsaved.issue, str(written.get("audience") or ""), chosen)
    whole = compose.everything(session(), unsaved.issue)
    places = [place for block, place in zip(whole.blocks, unsaved.places, strict=True) if variant.includes(block)]
    return compose.narrow(whole, variant), places


def _page(letter: Letter, places: list[Place], mode: str) -> tuple[str, list[Place], list[Problem]]:
    """The page without the blocks that cannot be shown, the places of the others, and why those are left out."""
    left_out: list[Problem] = []
    while True:
        try:
            return _shown(letter, mode), places, left_out
        except CannotRender as error:
            if not error.block or len(left_out) == MAX_LEFT_OUT:
                raise
            at = error.block - 1
            left_out.append((places[at], error.fault.value.filled(**error.details)))
            places = _without(places, at)
            letter = replace(letter, blocks=tuple(_without(letter.blocks, at)))


def _shown(letter: Letter, mode: str) -> str:
    # A browser has no pictures that travel with a letter, so it is shown those of our archive.
    if mode != RAW:
        return live_page.show(replace(letter, embed_images=False), mode)
    rendered = edition.render(letter)
    return preview.text_only(rendered.neutral_html, raw_source(rendered).decode("ascii", "replace"))


def _without(all_of_them: Sequence[One], at: int) -> list[One]:
    return [*all_of_them[:at], *all_of_them[at + 1 :]]
