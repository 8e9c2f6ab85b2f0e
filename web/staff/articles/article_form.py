"""The form of an article: what it shows of one, and what was entered as an article."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any

from flask import request

from models.issues import image
from models.manuscript import block_check
from models.manuscript.article_edit import InvalidArticle
from models.manuscript.article_file import ArticleFile
from models.store import input_rule
from models.store.errors import Invalid
from models.store.phrase import phrase

from ...language import language
from ...request import session
from ..writing import article_document

LINES = ("title", "slug", "language", "published", "address", "figure", "figure_alt", "figure_caption", "figure_source")
TEXTS = ("recap", "body", "related", "addresses")
_READERS = {"recap": article_document.read_recap, "body": article_document.read}
_MOST_WRITTEN = 8_000_000
"""Characters of both documents: a text of 200,000 takes a tenth of it, unless each of its signs looks another way."""
_BLANK_LINES = re.compile(r"\A(?:[ \t\u3000]*\n)+")
Values = dict[str, Any]
"""By field what it holds: a text, or the slugs of topics. Where the block editor sent a text that cannot be kept, it
stands under ``documents``, and what is wrong with it under ``problems``."""


def shown(found: ArticleFile) -> Values:
    """What the form shows of an article."""
    return {
        "title": found.title,
        "slug": found.slug,
        "language": found.language,
        "published": found.published.isoformat() if found.published else "",
        "address": found.address,
        "figure": found.figure_image,
        "figure_alt": found.figure_alt,
        "figure_caption": found.figure_caption,
        "figure_source": found.figure_source,
        "recap": found.recap,
        "body": found.body,
        "related": "\n".join(found.related),
        "addresses": "\n".join(f"{address} {of}".strip() for address, of in found.addresses),
        "topics": list(found.topics),
    }


def entered() -> Values:
    """What was entered, as it is shown again; a picture that came along is stored.

    Raises:
        Invalid: the picture cannot be taken; everything else is in ``request.form`` still.
    """
    values = typed()
    if upload := request.files.get("picture"):
        if data := upload.read(image.MAX_BYTES + 1):
            values["figure"] = image.store(session(), data).digest
    elif request.form.get("no_figure"):
        values |= {"figure": "", "figure_alt": "", "figure_caption": "", "figure_source": ""}
    return values


def typed() -> Values:
    """What was entered, without a picture."""
    values: Values = {name: input_rule.line(request.form.get(name, "")) for name in LINES}
    values |= {name: _trimmed(request.form.get(name, "").replace("\r\n", "\n")) for name in TEXTS}
    values |= {"topics": request.form.getlist("topics"), "documents": {}, "problems": {}}
    for name, document in _written().items():
        try:
            found = _READERS[name](document, values[name])
        except Invalid as error:
            values["problems"][name] = error.phrase
            continue
        text = found.body if found.body == values[name] else _trimmed(input_rule.normalised(found.body))
        wrong = found.problems[0][1] if found.problems else block_check.text_fault(text)
        if wrong:
            values["problems"][name] = wrong
            values["documents"][name] = document
        else:
            values[name] = text
    return values


def _written() -> dict[str, Any]:
    """By field the document that the block editor sends beside the text that it was made of."""
    written = request.form.get("written") or "{}"
    try:
        sent = json.loads(written) if len(written) < _MOST_WRITTEN else None
    except (ValueError, RecursionError):
        sent = None
    return {name: sent.get(name) if isinstance(sent, dict) else None for name in _READERS
            if not isinstance(sent, dict) or name in sent}  # fmt: skip


def _trimmed(text: str) -> str:
    """*text* without blank lines around it; what its first line begins with stays (字下げ)."""
    return _BLANK_LINES.sub("", text).rstrip()


def read(values: Values) -> ArticleFile:
    """What was entered as an article.

    Raises:
        InvalidArticle: a text cannot be kept, or there is no such day.
    """
    if values.get("problems"):
        raise InvalidArticle(values["problems"])
    try:
        published = date.fromisoformat(values["published"]) if values["published"] else None
    except ValueError:
        wrong = phrase("“{text}” is no day: write it as 2026-04-01", text=values["published"][:40])
        raise InvalidArticle({"published": wrong}) from None
    return ArticleFile(
        slug=values["slug"],
        title=values["title"],
        language=values["language"] if values["language"] in ("ja", "en") else "",
        published=published,
        topics=tuple(dict.fromkeys(values["topics"])),
        recap=values["recap"],
        address=values["address"],
        body=values["body"],
        figure_image=values["figure"],
        figure_alt=values["figure_alt"] if values["figure"] else "",
        figure_caption=values["figure_caption"] if values["figure"] else "",
        figure_source=values["figure_source"] if values["figure"] else "",
        related=tuple(dict.fromkeys(filter(None, map(str.strip, values["related"].split("\n"))))),
        addresses=tuple(_addresses(values["addresses"]).items()),
    )


def _addresses(text: str) -> dict[str, str]:
    """Other addresses, one a line, each with its language behind it or none."""
    found: dict[str, str] = {}
    for line in filter(None, map(str.strip, text.split("\n"))):
        address, _space, of = line.rpartition(" ")
        found[address if of in ("ja", "en") and address else line] = of if of in ("ja", "en") and address else ""
    return found


def errors_of(error: Invalid) -> dict[str, str]:
    """By field what is wrong, in the language of the page."""
    if isinstance(error, InvalidArticle):
        return {name: why.say(language()) for name, why in error.faults.items()}
    return {error.field or "": error.say(language())}
