"""Findings: what is wrong, where, why it matters and how to correct it."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass, field

from models.store.errors import KairanError
from models.store.language import Language

from ..translations import Phrase, phrase
from .messages import MESSAGES

Mend = tuple[str, str]
"""A text as it stands, and what to write instead."""


class Severity(enum.Enum):
    """An error blocks approval, a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a rule found.

    Arguments:
        rule: its name, such as ``legal.sender``; the words are looked up by it.
        severity: whether it blocks approval.
        where: a :class:`Location` of the letter.
        values: what the words are filled with.
        mends: texts of its place and what to write instead, where that is certain. Nothing else may change by it.
    """

    rule: str
    severity: Severity
    where: Location
    values: dict[str, str | Phrase] = field(default_factory=dict)
    mends: tuple[Mend, ...] = ()

    def message(self, language: Language = "ja") -> str:
        """What is wrong, and why it matters."""
        return MESSAGES[self.rule][0].filled(**self.values).say(language)

    def remedy(self, language: Language = "ja") -> str:
        """How to correct it."""
        return MESSAGES[self.rule][1].filled(**self.values).say(language)


@dataclass(frozen=True, slots=True)
class Location:
    """Where in a letter: the part as a person calls it, and the block counted from 1 (0: none)."""

    words: Phrase
    block: int = 0

    def name(self, language: Language = "ja") -> str:
        """The place as a person calls it."""
        return self.words.say(language)


SUBJECT = Location(phrase("subject"))
PREHEADER = Location(phrase("preheader"))
LETTER = Location(phrase("the whole letter"))
THEME = Location(phrase("look of the newsletter"))
HTML_PART = Location(phrase("HTML part"))
TEXT_PART = Location(phrase("text part"))


def error(rule: str, where: Location, **values: object) -> Finding:
    """A finding that blocks approval."""
    return Finding(rule, Severity.ERROR, where, _values(values))


def warning(rule: str, where: Location, *, mends: Iterable[Mend] = (), **values: object) -> Finding:
    """A finding that does not block approval."""
    return Finding(rule, Severity.WARNING, where, _values(values), tuple(mends))


def _values(values: dict[str, object]) -> dict[str, str | Phrase]:
    found: dict[str, str | Phrase] = {}
    for name, value in values.items():
        words = value.phrase if isinstance(value, KairanError) else value
        found[name] = words if isinstance(words, Phrase) else str(words)
    return found
