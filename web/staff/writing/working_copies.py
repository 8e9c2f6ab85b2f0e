"""What the editor keeps on the server between two saves, and who else is writing: one message for both."""

from __future__ import annotations

import json
from typing import Any

from flask import jsonify
from flask.typing import ResponseReturnValue

from models.issues import issue as model
from models.issues.issue import Issue
from models.issues.versions import content_version
from models.issues.writing import working_copy
from models.manuscript import edit as manuscript
from models.store.clock import TOKYO
from models.store.errors import Invalid, WrongState

from ...language import language
from ...request import session
from ..login_session import blueprint, member
from .writing_page import clock_time, sent_text

MOST_DROPPED = 1_000
"""Texts that a page throws away with one message: it is offered a few."""


@blueprint.post("/issues/<int:issue_id>/write/copy")
def keep_copy(issue_id: int) -> ResponseReturnValue:
    """Hear that a tab is open, or closing, and keep the text that it sends; answer who else is there.

    It locks no issue and takes a text in whatever state the issue is: what somebody writes is not lost because
    somebody else has sent or cancelled it.
    """
    sent = sent_text()
    one = model.get(session(), issue_id)
    closing = sent.get("closing") is True
    who = session(), issue_id, member(), sent["tab"], sent["version"]
    working_copy.drop(session(), issue_id, member(), _dropped(sent))
    if isinstance(sent.get("document"), dict):
        text = json.dumps({"document": sent["document"], "fields": sent["fields"]}, separators=(",", ":"))
        working_copy.keep(*who, sent["step"], text, closing=closing)
    else:
        working_copy.hear(*who, closing=closing)
    if closing:
        working_copy.sweep(session(), issue_id)
    return jsonify(_state(one, sent["tab"]))


def _dropped(sent: dict[str, Any]) -> list[str]:
    """The tabs whose texts were thrown away in the page."""
    tabs = sent.get("drop") or []
    if not isinstance(tabs, list) or len(tabs) > MOST_DROPPED or not all(map(working_copy.is_tab, tabs)):
        raise Invalid("this is no text of the editor: open the page anew")
    return tabs


@blueprint.get("/issues/<int:issue_id>/write/copies/<tab>")
def left_copy(issue_id: int, tab: str) -> ResponseReturnValue:
    """What the person who asks wrote in a tab and never saved; nothing where it was saved or thrown away."""
    found = working_copy.find(session(), issue_id, member(), tab)
    if found is None:
        return jsonify({})
    return jsonify(json.loads(found.text or "{}") | {"version": found.version, "step": found.step})


def _state(one: Issue, tab: str) -> dict[str, Any]:
    """What the page shows beside its text."""
    last = content_version.last_number(session(), one)
    refused = ""
    try:
        manuscript.check_changeable(one)
    except WrongState as error:
        refused = error.say(language())
    return {
        "time": clock_time(),
        "version": last,
        "refused": refused,
        "writers": [
            {"name": writer.name, "own": writer.member_id == member().id}
            for writer in working_copy.writers(session(), one.id, tab)
        ],
        "live": list(working_copy.live_tabs(session(), one.id, member())),
        "left": [
            {"tab": copy.tab, "step": copy.step, "when": f"{copy.kept_at.astimezone(TOKYO):%Y/%m/%d %H:%M}"}
            for copy in working_copy.left(session(), one.id, member(), tab)
            if copy.kept_at
        ],
    }
