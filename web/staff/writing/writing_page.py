"""The page on which an issue is written with the block editor, and saving what was written."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from flask import jsonify, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf
from werkzeug.exceptions import RequestEntityTooLarge

from models.issues import image as images
from models.issues import issue as model
from models.issues.articles import article_list
from models.issues.block import Block
from models.issues.issue import Issue
from models.issues.versions import content_version
from models.issues.writing import working_copy
from models.manuscript import block_check
from models.manuscript import edit as manuscript
from models.store import input_rule
from models.store.clock import TOKYO, now
from models.store.errors import Invalid, WrongState
from models.store.phrase import Phrase

from ...language import language
from ...request import session
from ..login_session import blueprint, member
from ..preview import MODES
from . import block_document, editor_bundle, editor_words, pictures, text_merge
from .block_document import Place, ReadDocument

MAX_DOCUMENT = 12 * 1024 * 1024
"""Bytes of a saved text: 500 blocks take one."""
_MOST_VERSIONS, _MOST_STEPS = 2**31 - 1, 2**53 - 1
"""What a column holds, and what a browser counts exactly."""
_PUBLIC = {"": None, "yes": True, "no": False}
_MAX_LINE = 500


@blueprint.get("/issues/<int:issue_id>/write")
def write(issue_id: int) -> ResponseReturnValue:
    """The block editor of an issue. Where it is not built, the page says how, and leads to the manuscript."""
    one = model.get(session(), issue_id)
    manuscript.check_changeable(one)
    bundle = editor_bundle.find()
    audiences = [(audience.slug, audience.name) for audience in one.newsletter.audiences]
    data = _data(one) if bundle else None
    return render_template("staff/write.html", issue=one, bundle=bundle, audiences=audiences, data=data)


@blueprint.post("/issues/<int:issue_id>/write")
def save_written(issue_id: int) -> ResponseReturnValue:
    """Take the document of the editor. Whatever is wrong is told with its block; what was written stays in the page.

    Where somebody else has saved since, nothing is stored: the page gets both texts joined, and saves that.
    """
    sent = sent_text()
    one = model.get(session(), issue_id, lock=True)
    try:
        return _save(one, sent)
    except WrongState as error:
        session().rollback()
        return _answer(409, message=error.say(language()))
    except Invalid as error:
        session().rollback()
        return _answer(422, message=error.say(language()))


def sent_text() -> dict[str, Any]:
    """What a page of the editor has sent: its ``fields`` and ``document``, its ``tab``, ``version`` and ``step``."""
    data = request.get_data()
    if len(data) > MAX_DOCUMENT:
        raise RequestEntityTooLarge
    try:
        sent = json.loads(data)
    except (ValueError, RecursionError):
        sent = None
    known = {"fields": dict, "tab": str, "version": int, "step": int}
    if not isinstance(sent, dict) or not all(type(sent.get(name)) is kind for name, kind in known.items()):
        raise Invalid("this is no text of the editor: open the page anew")
    if not (0 <= sent["version"] <= _MOST_VERSIONS and 0 <= sent["step"] <= _MOST_STEPS):
        raise Invalid("this is no text of the editor: open the page anew")
    return sent


def _save(one: Issue, sent: dict[str, Any]) -> ResponseReturnValue:
    read = block_document.read(sent.get("document"))
    blocks, odd = _in_one_form(read, one.blocks)
    content, wrong = _content(one, sent["fields"])
    found = block_check.list_problems(session(), one.newsletter, blocks, hold=True)
    problems = sorted([*read.problems, *odd, *((read.places[number], why) for number, why in found)], key=_place)
    if problems or wrong:
        told = [{"place": place, "message": why.say(language())} for place, why in problems]
        return _answer(422, problems=told, fields=wrong)
    manuscript.check_changeable(one)
    if joined := text_merge.join(
        one, sent["version"], content, [(block, place[0]) for block, place in zip(blocks, read.places, strict=True)]
    ):
        session().rollback()
        return _answer(409, merge=joined)
    saved = manuscript.save_content(session(), one, content | {"blocks": tuple(blocks)}, member())
    version = content_version.last_number(session(), one)
    working_copy.saved(session(), one.id, member(), sent["tab"], version, sent["step"])
    words = _("Saved. The issue is a draft again, as its content has changed.") if saved.returned else _("Saved.")
    return _answer(200, message=words, version=version, time=clock_time())


def _place(problem: tuple[Place, Phrase]) -> tuple[Place, str]:
    return problem[0], str(problem[1])


def _in_one_form(read: ReadDocument, stored: tuple[Block, ...]) -> tuple[list[Block], list[tuple[Place, Phrase]]]:
    """The blocks in the one form of texts; those that are stored as they are stay so, sign by sign."""
    known = set(map(repr, stored))
    blocks: list[Block] = []
    problems: list[tuple[Place, Phrase]] = []
    for block, place in zip(read.blocks, read.places, strict=True):
        values = block_check.normalised(block.model_dump(mode="json"))
        try:
            blocks.append(block if repr(block) in known else type(block).model_validate(values))
        except ValueError:
            blocks.append(block)
            problems.append((place, Phrase("this block cannot be read: remove it, or open the page anew")))
    return blocks, problems


def _content(one: Issue, fields: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """Attributes of the issue from the page's fields, and what is wrong with them by name."""
    texts = {name: input_rule.line(str(value)) for name, value in fields.items()}
    content: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for name in ("subject", "preheader"):
        content[name] = texts.get(name, "")
        if not input_rule.is_line(content[name]) or len(content[name]) > _MAX_LINE:
            wrong[name] = _("Write it in one line of at most 500 characters, without control characters.")
    if not input_rule.is_visible(content["subject"]):
        wrong["subject"] = _("The issue needs a subject.")
    audience = texts.get("audience", "")
    if audience and audience != one.audience and audience not in {a.slug for a in one.newsletter.audiences}:
        wrong["audience"] = _("There is no such audience any more. Choose another one.")
    content["audience"] = audience
    content["public"] = _PUBLIC.get(texts.get("public", ""))
    content["dated"] = None
    if day := texts.get("dated", ""):
        try:
            content["dated"] = _day(day)
        except ValueError:
            wrong["dated"] = _("Write a day that exists, such as 2026-04-01.")
    return content, wrong


def _day(typed: str) -> date:
    """The day that a form says; one that no newsletter ever saw is a slip of the keyboard."""
    day = date.fromisoformat(typed)
    if not 1900 <= day.year <= 2200:
        raise ValueError(typed)
    return day


def clock_time() -> str:
    """Now, as the page says when something was saved: by the server's clock."""
    return f"{now().astimezone(TOKYO):%H:%M}"


def _answer(status: int, **said: Any) -> ResponseReturnValue:
    return make_response(jsonify(said), status)


def _data(one: Issue) -> dict[str, Any]:
    """What the editor's scripts get with the page."""
    newsletter = one.newsletter
    return {
        "kind": "issue",
        "key": f"issue-{one.id}",
        "member": member().id,
        "version": content_version.last_number(session(), one),
        "language": language(),
        "document": block_document.of(one.blocks),
        "words": editor_words.words(one),
        "audiences": [{"slug": audience.slug, "name": audience.name} for audience in newsletter.audiences],
        "modes": [{"slug": slug, "name": str(name)} for slug, name in MODES.items()],
        "topics": [{"slug": topic.slug, "name": topic.name} for topic in newsletter.topics],
        "articles": article_list.titles(session(), newsletter.id, one.blocks),
        "pictures": {picture.digest: pictures.address(picture) for picture in images.shown(session(), one.blocks)},
        "addresses": {
            "save": url_for("staff.save_written", issue_id=one.id),
            "copy": url_for("staff.keep_copy", issue_id=one.id),
            "articles": url_for("staff.article_search", newsletter=newsletter.slug),
            "pictures": url_for("staff.upload_picture", issue_id=one.id),
            "page": url_for("staff.write", issue_id=one.id),
            "preview": url_for("staff.live_preview", issue_id=one.id),
            "previewFrame": url_for("staff.live_preview_frame", issue_id=one.id),
            "findings": url_for("staff.live_findings", issue_id=one.id),
        },
        "csrf": generate_csrf(),
    }
