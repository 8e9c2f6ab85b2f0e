"""/dev/mailbox: the letters that were caught instead of mailed. Registered only where KAIRAN_MAILBOX names them."""

from __future__ import annotations

from flask import Blueprint, Response, abort, render_template, request

import settings
from models.mailbox import Mailbox
from models.store.clock import TOKYO

from ..input_check import page_number
from ..request import is_own_host, is_own_network

blueprint = Blueprint("mailbox", __name__, url_prefix="/dev/mailbox")

PER_PAGE = 50
SHOWN_BYTES = 200_000
VIEWS = ("html", "phone", "text", "raw")
# A letter is a stranger's page: no script, no form, no origin of its own; pictures load, as in a reader's mail program.
LETTER_POLICY = (
    "default-src 'none'; img-src http: https: data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
)


def _mailbox() -> Mailbox:
    folder = settings.get().kairan_mailbox
    if folder is None:
        abort(404)
    return Mailbox(folder)


@blueprint.before_request
def _only_own() -> None:
    """Letters hold links that act for readers: only this machine, or METRICS_NETWORKS, may see them."""
    if not (is_own_network() and is_own_host()):
        abort(404)


@blueprint.app_template_filter("tokyo")
def _tokyo(moment: object) -> object:
    return moment.astimezone(TOKYO) if hasattr(moment, "astimezone") else moment


@blueprint.get("")
def inbox() -> str:
    """List the letters, newest first, those that match ``?search=`` only."""
    words = request.args.get("search", "").strip()
    entries = _mailbox().entries(words)
    last = max(1, -(-len(entries) // PER_PAGE))
    number = min(page_number(), last)
    shown = entries[(number - 1) * PER_PAGE : number * PER_PAGE]
    return render_template(
        "mailbox/inbox.html", entries=shown, total=len(entries), words=words, number=number, last=last
    )


@blueprint.get("/<int:number>")
def letter(number: int) -> str:
    """One letter: its headers, and ``?view=`` of it as HTML, at the width of a phone, as text, or raw."""
    opened = _mailbox().letter(number)
    view = request.args.get("view", "")
    if view not in VIEWS:
        view = "html" if opened.html else "text"
    raw = opened.raw[:SHOWN_BYTES].decode("utf-8", errors="replace")
    return render_template("mailbox/letter.html", letter=opened, view=view, raw=raw, cut=len(opened.raw) > SHOWN_BYTES)


@blueprint.get("/<int:number>/html")
def html(number: int) -> Response:
    """The letter's HTML alone, for the frame: sandboxed, its links in a new window, embedded pictures in place."""
    response = Response(_mailbox().letter(number).standalone_html())
    response.headers["Content-Security-Policy"] = LETTER_POLICY
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


@blueprint.get("/<int:number>.eml")
def raw(number: int) -> Response:
    """The letter's bytes, to be kept or opened in a mail program."""
    response = Response(_mailbox().raw(number), mimetype="message/rfc822")
    response.headers["Content-Disposition"] = f'attachment; filename="letter-{number}.eml"'
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
