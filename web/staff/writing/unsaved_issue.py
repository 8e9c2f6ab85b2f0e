"""What stands in the editor as an issue that no session knows of: for looking at it, never for saving it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import request
from sqlalchemy.orm import Session
from werkzeug.exceptions import RequestEntityTooLarge

from models.issues.block import Block
from models.issues.issue import Issue
from models.issues.writing.unsaved_copy import unsaved_copy
from models.manuscript import block_check
from models.store import input_rule
from models.store.errors import Invalid

from . import block_document
from .block_document import Place, Problem

MAX_BYTES = 4 * 1024 * 1024
"""Of a text that is looked at while it is written: 500 blocks take one million."""
_MAX_LINE = 500


@dataclass(frozen=True, slots=True)
class UnsavedIssue:
    """An issue with the text of the editor.

    Arguments:
        issue: a copy that is in no session.
        places: where each of its blocks stands in the document.
        problems: the blocks that had to be left out, and why.
    """

    issue: Issue
    places: list[Place]
    problems: list[Problem]


def sent() -> dict[str, Any]:
    """What the editor has sent with this request.

    Raises:
        Invalid: the editor never sends anything like that.
        RequestEntityTooLarge: it is longer than :data:`MAX_BYTES`.
    """
    body = request.get_data()
    if len(body) > MAX_BYTES:
        raise RequestEntityTooLarge
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or not isinstance(found.get("fields"), dict):
        raise Invalid("this is no text of the editor: open the page anew")
    return found


def make(session: Session, one: Issue, written: dict[str, Any]) -> UnsavedIssue:
    """*one* as it would be with what is *written* (:func:`sent`). Blocks that could not be saved are left out.

    Raises:
        Invalid: it holds no document of the editor.
    """
    read = block_document.read(written.get("document"))
    blocks = [_in_one_form(block) for block in read.blocks]
    wrong = block_check.list_problems(session, one.newsletter, blocks)
    out = {number for number, _ in wrong}
    kept = [
        (block, place)
        for number, (block, place) in enumerate(zip(blocks, read.places, strict=True))
        if number not in out
    ]
    problems = sorted(
        [*read.problems, *((read.places[number], why) for number, why in wrong)], key=lambda found: found[0]
    )
    copy = unsaved_copy(one)
    copy.set_content(_content(one, written["fields"]) | {"blocks": [block for block, _ in kept]})
    return UnsavedIssue(copy, [place for _, place in kept], problems)


def _in_one_form(block: Block) -> Block:
    values = block.model_dump(mode="json")
    normalised = block_check.normalised(values)
    if normalised == values:  # as nearly all are, and reading them anew takes a while
        return block
    try:
        return type(block).model_validate(normalised)
    except ValueError:
        return block


def _content(one: Issue, fields: dict[str, Any]) -> dict[str, Any]:
    """Attributes of the issue from the page's fields; what cannot be read is as it is stored."""
    texts = {str(name): input_rule.line(str(value)) for name, value in fields.items()}
    content: dict[str, Any] = {}
    for name in ("subject", "preheader"):
        typed = texts.get(name, getattr(one, name))
        content[name] = typed[:_MAX_LINE] if input_rule.is_line(typed) else getattr(one, name)
    if texts.get("audience", "") in {"", *(audience.slug for audience in one.newsletter.audiences)}:
        content["audience"] = texts.get("audience", "")
    content["public"] = {"yes": True, "no": False}.get(texts.get("public", ""))
    try:
        content["dated"] = date.fromisoformat(texts["dated"]) if texts.get("dated") else None
    except ValueError:
        content["dated"] = one.dated
    return content
