"""A letter with its texts cleaned and its templates evaluated: what both parts are written from."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, TypeVar

from pydantic import BaseModel

from models.store import input_rule

from . import merge_tags
from .errors import CannotRender, RenderFault
from .letter import Letter
from .slot import Escape, Slots

MAX_CHARACTERS = 1_000_000
"""Characters of all texts of a letter together; more is a paste gone wrong."""
MAX_MARKS = 20_000
"""Marks and line ends of Markdown in all texts of a letter: what reading and writing it takes grows with them."""

_NOT_TEXT_FIELDS = frozenset({"kind", "image", "source_address", "address", "article", "only", "topics"})
"""Fields of blocks that hold names and addresses: nothing is filled into them."""
# Combining marks count, too: whoever normalises a text sorts them.
_MARKS = re.compile(
    "[*\\[\\]\\\\<\n\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20f0\u3099\u309a\ufe20-\ufe2f]"
)

Part = TypeVar("Part", bound=BaseModel)


def normalised(text: str) -> str:
    r"""*text* with ``\n`` as its only line end, without control characters and what nobody sees.

    Marks are left where they are, as one behind a slot must not be joined to its marker.
    """
    return input_rule.without_controls(text)


def evaluated(letter: Letter, slots: Slots, escape: Escape) -> Letter:
    """*letter* with every text cleaned and every template evaluated.

    Arguments:
        escape: how readers' details will be written: HTML for the HTML part, NONE for the text part.

    Raises:
        CannotRender: a template cannot be used, and names the block; or the letter is far too long.
    """
    if _characters((letter.subject, letter.preheader, letter.correction_note, letter.blocks)) > MAX_CHARACTERS:
        raise CannotRender(RenderFault.LETTER_LONG, limit=MAX_CHARACTERS)
    merger = _LetterMerger(letter, slots, escape)
    return replace(
        letter,
        subject=merger.text(letter.subject),
        preheader=merger.text(letter.preheader),
        correction_note=merger.text(letter.correction_note),
        blocks=tuple(merger.block(block, position) for position, block in enumerate(letter.blocks, 1)),
    )


def _characters(value: Any) -> int:
    """How many characters are in all texts of *value*, at any depth."""
    if isinstance(value, str):
        return len(value)
    if isinstance(value, BaseModel):
        return sum(_characters(part) for _, part in value)
    return sum(map(_characters, value)) if isinstance(value, tuple) else 0


class _LetterMerger:
    """Fills the texts of one letter."""

    def __init__(self, letter: Letter, slots: Slots, escape: Escape) -> None:
        self._letter, self._slots, self._escape = letter, slots, escape
        self._budget, self._marks = merge_tags.Budget(), MAX_MARKS

    def text(self, text: str) -> str:
        # A template can write what the door keeps out ("\x0b" in a string), so what it wrote is looked at again.
        composed = normalised(input_rule.normalised(text))
        filled = normalised(merge_tags.fill(composed, self._letter, self._slots, self._escape, self._budget))
        self._marks -= sum(1 for _ in _MARKS.finditer(filled))
        if self._marks < 0:
            raise CannotRender(RenderFault.MARKS_MANY, limit=MAX_MARKS)
        return filled

    def block(self, block: Part, position: int) -> Part:
        try:
            return self._part(block)
        except CannotRender as error:
            raise error.at(position) from error

    def _part(self, part: Part) -> Part:
        values = {name: getattr(part, name) for name in type(part).model_fields if name not in _NOT_TEXT_FIELDS}
        changed = {name: self._value(value) for name, value in values.items()}
        return part.model_copy(update=changed)

    def _value(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, tuple):
            return tuple(self._value(one) for one in value)
        return self._part(value) if isinstance(value, BaseModel) else value
