"""What a chosen kind of reader would get, on a desktop, a phone, in the dark, behind a gateway."""

from __future__ import annotations

from dataclasses import replace
from email.utils import format_datetime

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from models.issues import issue as model
from models.issues.issue import Issue
from models.store.clock import now
from models.store.errors import Invalid
from templates import preview
from templates.content import compose
from templates.content.letter import Letter
from templates.content.variant import Variant
from templates.message import mime, stamp
from templates.render import edition
from templates.render.edition import Rendered

from ..language import language
from ..request import session
from .login_session import blueprint

MODES = {
    "desktop": lazy_gettext("Desktop"),
    "phone": lazy_gettext("Phone"),
    "dark": lazy_gettext("Dark"),
    "no-images": lazy_gettext("Images off"),
    "text": lazy_gettext("Text only"),
    "sanitised": lazy_gettext("After a gateway (sanitised)"),
    "raw": lazy_gettext("Raw source"),
}
# The letter is somebody's HTML: it may show pictures and its own styles, and do nothing.
FRAME_POLICY = (
    "default-src 'none'; img-src http: https: data:; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox"
)


@blueprint.get("/issues/<int:issue_id>/preview")
def preview_page(issue_id: int) -> ResponseReturnValue:
    """The frame around a preview, with the choice of reader and of view."""
    one = model.get(session(), issue_id)
    mode = request.args.get("mode", "desktop")
    size, problem = 0, ""
    try:
        size = len(raw_source(edition.render(_letter(one))))
    except Invalid as error:
        problem = error.say(language())
    return render_template(
        "staff/preview.html", issue=one, mode=mode if mode in MODES else "desktop", modes=MODES, size=size,
        problem=problem, audience=request.args.get("audience", ""), topics=request.args.getlist("topic"),
    )  # fmt: skip


@blueprint.get("/issues/<int:issue_id>/preview/frame")
def preview_frame(issue_id: int) -> ResponseReturnValue:
    """The letter itself, for the frame."""
    one = model.get(session(), issue_id)
    mode, letter = request.args.get("mode", "desktop"), _letter(one)
    try:
        # A browser has no pictures that travel with a letter, so it is shown those of our archive.
        rendered = edition.render(letter if mode == "raw" else replace(letter, embed_images=False))
    except Invalid as error:
        return _text(_("This issue cannot be shown: %(reason)s", reason=error.say(language())))
    html = rendered.neutral_html
    match mode:
        case "text":
            return _text(rendered.neutral_text)
        case "raw":
            return _text(raw_source(rendered).decode("ascii", "replace"))
        case "dark":
            html = preview.dark(html)
        case "no-images":
            html = preview.without_images(html)
        case "sanitised":
            html = preview.sanitised(html)
    return framed(Response(html, mimetype="text/html"))


def _letter(one: Issue) -> Letter:
    """As the reader who was chosen gets it; with every block for approvers, who answer for all of them."""
    if request.args.get("whole") == "yes":
        return compose.everything(session(), one)
    variant = Variant.of_reader(one, request.args.get("audience", ""), request.args.getlist("topic"))
    return compose.compose(session(), one, variant)


def raw_source(rendered: Rendered) -> bytes:
    """The whole message, for a reader who does not exist."""
    reader = stamp.Reader(0, "reader@example.jp")
    return mime.write(rendered.message, stamp.slot_values(reader, 0, format_datetime(now()).encode())).raw


def _text(text: str) -> Response:
    return framed(Response(text, mimetype="text/plain"))


def framed(response: Response) -> Response:
    """*response* so that it may stand in a frame of ours, show pictures, and do nothing."""
    response.headers["Content-Security-Policy"] = FRAME_POLICY
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response
