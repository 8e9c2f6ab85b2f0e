"""What the pages of an issue's versions and of an article's have in common: the list, and two of them compared."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from flask import abort, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from models.issues.newsletter import Newsletter
from models.issues.versions import content_version
from models.issues.versions.block_difference import BlockChange, BlockDifference, compare_blocks, compare_fields
from models.store import input_rule
from models.store.errors import Invalid
from models.store.phrase import said, translated
from templates.content import segment_words

from ...input_check import page_number
from ...language import language
from ...request import session
from . import content_names

Addresses = Mapping[str, Any]
"""Where the pages of one issue or article are (``home``, ``listed``, ``compared``, ``restored``), and its ``title``."""


def listed(
    owner: Any, addresses: Addresses, errors: dict[str, str] | None = None, status: int = 200, *, may_restore: bool
) -> ResponseReturnValue:
    """The versions, the latest first."""
    number = page_number()
    found = content_version.page(session(), owner, number)
    shown = render_template(
        "staff/versions/list.html", owner=owner, versions=found.versions, more=found.more, page=number,
        last=content_version.last_number(session(), owner), may_restore=may_restore, errors=errors or {}, **addresses,
    )  # fmt: skip
    return make_response(shown, status)


def compared(owner: Any, addresses: Addresses, *, may_restore: bool) -> ResponseReturnValue:
    """Two versions side by side: those that the address names, else the last two."""
    last = content_version.last_number(session(), owner)
    until = _number("to", last)
    since = _number("from", max(1, until - 1))
    older, newer = (content_version.get(session(), owner, number) for number in (since, until))
    before, after = _parts(owner, older.content), _parts(owner, newer.content)
    blocks = compare_blocks(before[1], after[1])
    return render_template(
        "staff/versions/compare.html", owner=owner, older=older, newer=newer, last=last, may_restore=may_restore,
        numbers=range(last, 0, -1) if last <= 200 else range(last, last - 200, -1),
        fields=[one for one in compare_fields(before[0], after[0]) if one.changed], groups=grouped(blocks),
        counts=counted(blocks), **addresses,
    )  # fmt: skip


def _number(name: str, default: int) -> int:
    typed = request.args.get(name)
    number = input_rule.whole_number(typed) if typed else default
    if number is None:
        abort(404)
    return number


def _parts(owner: Any, content: dict[str, Any]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Values, and blocks; the text of an article as a block for each paragraph, a segment as a sentence."""
    values = {name: value for name, value in content.items() if name not in ("blocks", "body")}
    if values.get("segment"):
        values["segment"] = _sentence(owner.newsletter, values["segment"])
    if "addresses" in values:
        values["addresses"] = [" ".join(pair).strip() for pair in values["addresses"]]
    if "blocks" in content:
        return values, content["blocks"]
    paragraphs = filter(None, re.split(r"\n[ \t]*\n\s*", content["body"].strip()))
    return values, [{"kind": "paragraph", "text": one} for one in paragraphs]


def _sentence(newsletter: Newsletter, segment: dict[str, Any]) -> str:
    """Who gets an issue; what cannot be read, as from an older version, stands there as it was kept."""
    try:
        return segment_words.sentence(newsletter, "", segment, language())
    except Invalid:
        return json.dumps(segment, ensure_ascii=False)


def grouped(blocks: Sequence[BlockDifference]) -> list[tuple[bool, list[BlockDifference]]]:
    """Runs of blocks that are the same (true) and of those that are not, in order."""
    return [(same, list(run)) for same, run in groupby(blocks, lambda one: one.change is BlockChange.SAME)]


def counted(blocks: Sequence[BlockDifference]) -> dict[str, int]:
    """How many blocks were added, removed, moved and changed; what does not occur is missing."""
    found = {
        change.value: sum(one.change is change for one in blocks)
        for change in BlockChange
        if change is not BlockChange.SAME
    }
    return {name: count for name, count in found.items() if count}


def names() -> dict[str, dict[str, str]]:
    """The words that the comparison needs."""
    return {"field_names": content_names.fields(), "kind_names": content_names.kinds()}


def is_stale(owner: Any) -> bool:
    """Whether somebody has saved since the page was opened from which a version is brought back."""
    return str(owner.revision) != request.form.get("revision", "")


def stale_error() -> dict[str, str]:
    """What is said then."""
    return {"": _("Somebody has saved in the meantime. Look at the latest version before you bring another one back.")}


def refusal(error: Invalid) -> dict[str, str]:
    """Why a version cannot be brought back, without the line of a file that nobody sees."""
    message = error.message
    words = translated(message, language()) if isinstance(message, str) else said(message, language())
    return {"": _("This version cannot be brought back: %(reason)s", reason=words)}
