"""Findings: what is wrong, where, why it matters and how to mend it, in Japanese and English."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field

from models.store.language import Language

from .messages import WORDS


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
    """

    rule: str
    severity: Severity
    where: Location
    values: dict[str, str] = field(default_factory=dict)

    def message(self, language: Language = "ja") -> str:
        """What is wrong, and why it matters."""
        return WORDS[self.rule][language][0].format(**self.values)

    def remedy(self, language: Language = "ja") -> str:
        """How to mend it."""
        return WORDS[self.rule][language][1].format(**self.values)


@dataclass(frozen=True, slots=True)
class Location:
    """Where in a letter: the part's name in two languages, and the block counted from 1 (0: none)."""

    ja: str
    en: str
    block: int = 0

    def name(self, language: Language = "ja") -> str:
        """The place as a person calls it."""
        return self.ja if language == "ja" else self.en


SUBJECT = Location("件名", "subject")
PREHEADER = Location("プリヘッダー", "preheader")
LETTER = Location("メール全体", "the whole letter")
FOOTER = Location("フッター", "footer")
THEME = Location("メールマガジンのデザイン", "look of the newsletter")
HTML_PART = Location("HTMLパート", "HTML part")
TEXT_PART = Location("テキストパート", "text part")


def error(rule: str, where: Location, **values: object) -> Finding:
    """A finding that blocks approval."""
    return Finding(rule, Severity.ERROR, where, {name: str(value) for name, value in values.items()})


def warning(rule: str, where: Location, **values: object) -> Finding:
    """A finding that does not block approval."""
    return Finding(rule, Severity.WARNING, where, {name: str(value) for name, value in values.items()})
