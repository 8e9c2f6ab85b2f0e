"""Blocks that were written without a manuscript: what they name must exist, as if a file had named it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..issues.block import Block, Figure, with_news
from ..issues.image import Image
from ..issues.newsletter import Newsletter
from ..store import input_rule
from ..store.errors import Invalid
from ..store.input_rule import TextFault
from ..store.phrase import Phrase, phrase
from . import Manuscript, references
from .parse_context import ParseContext
from .references import Problem

_FAULTS = {
    TextFault.PRIVATE_USE: phrase(
        "it holds a character that only your own machine can show (外字): write another one, or the word in kana"
    ),
    TextFault.MARKS: phrase("it holds a letter with more marks than any text has"),
}
_NO_TEXT = phrase("it holds characters that no text can have, such as control characters: write the words anew")


_GONE = phrase("an article that it names has been deleted or renamed since: choose another one, or take it out")
_NOBODY = phrase("an audience or a topic that it names is not there any more: choose anew")
_IN_OTHER_WORDS = {references.NO_SUCH["article"].message: _GONE, references.NO_SUCH["audience"].message: _NOBODY,
                   references.NO_SUCH["topic"].message: _NOBODY}  # fmt: skip
"""Whoever chose them by their titles knows no names of a manuscript."""


def list_problems(
    session: Session, newsletter: Newsletter, blocks: Sequence[Block], *, hold: bool = False
) -> list[Problem]:
    """What is wrong with *blocks*: the number of each block from 0, and why.

    A ranking's place stands for the blocks inside of it.

    Arguments:
        hold: whether nobody may delete or rename an article that they name before this transaction ends.
    """
    found: list[Problem] = []
    context = ParseContext("", lambda path, line: path)
    for number, block in enumerate(blocks):
        for part in with_news(block):
            try:
                context.note(part, number)
            except Invalid as error:
                found.append((number, Invalid(error.message).phrase))
        if fault := text_fault(block.model_dump()):
            found.append((number, fault))
    named = tuple(context.references)
    if hold:
        references.hold_articles(session, newsletter, named)
    missing = references.list_problems(session, newsletter, Manuscript("", tuple(blocks), references=named))
    found += [(number, _IN_OTHER_WORDS.get(why.message, why)) for number, why in missing]
    return sorted({*found, *_pictures(session, blocks)}, key=lambda problem: (problem[0], str(problem[1])))


def normalised(value: Any) -> Any:
    """Plain data with every text in it in the one form (:mod:`models.store.input_rule`)."""
    if isinstance(value, str):
        return input_rule.normalised(value)
    if isinstance(value, dict):
        return {key: normalised(part) for key, part in value.items()}
    return [normalised(part) for part in value] if isinstance(value, list | tuple) else value


def text_fault(value: Any) -> Phrase | None:
    """What is wrong with a text in plain data that is :func:`normalised`; None where all can be kept."""
    if isinstance(value, str):
        fault = input_rule.fault(value)
        return _FAULTS.get(fault, _NO_TEXT) if fault else None
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    return next(filter(None, map(text_fault, parts)), None)


def _pictures(session: Session, blocks: Sequence[Block]) -> list[Problem]:
    named = [
        (number, part.image)
        for number, block in enumerate(blocks)
        for part in with_news(block)
        if isinstance(part, Figure)
    ]
    known = set(session.scalars(select(Image.digest).where(Image.digest.in_({digest for _, digest in named}))))
    return [
        (number, phrase("its picture is not there any more: choose it again"))
        for number, digest in named
        if digest not in known
    ]
