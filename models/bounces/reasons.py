"""Why a letter failed: code, enhanced code, words, stage and provider → class, and the rule that says so.

The rules are data: ``rules/providers.toml``, ``words.toml`` and ``codes.toml``, in this order. What none of them knows
is asked of the table of answers (:mod:`models.deliveries.reply_code`), which holds what servers say at hand-over.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, NamedTuple

from ..deliveries.answer_table import plain_words
from ..deliveries.reply_code import Stage, interpret
from ..deliveries.rule_pattern import compiled
from . import recognition
from .bounce_class import BounceClass
from .mail_text import spaced

MOST_CHARACTERS = 2500
"""Of a text that are looked at."""
_FILES = ("providers.toml", "words.toml", "codes.toml")
_ALL_FILES = (*_FILES, recognition.FILE)
_ENHANCED = re.compile(r"(?<![\d.])([245]\.\d{1,2}\.\d{1,3})(?![\d.]*\d)")
_CODE = re.compile(r"(?<![\w.:/#@-])([45][0-7]\d)(?=[ -]|\Z)")


class Reason(NamedTuple):
    """A class, and why."""

    kind: BounceClass
    rule: str
    """The name of the rule that fired."""
    from_words: bool = False
    """Whether words said so; a code alone says less."""
    weak: bool = False
    """Whether the words are such that letters to people have them, too; in those they say less than a code."""


@dataclass(frozen=True, slots=True)
class BounceRule:
    """One rule of the tables."""

    name: str
    kind: BounceClass
    words: re.Pattern[str] | None
    unless: re.Pattern[str] | None
    raw: re.Pattern[str] | None
    provider: re.Pattern[str] | None
    status: tuple[str, ...]
    codes: frozenset[str]
    stages: frozenset[str]
    transient: bool
    weak: bool

    def fits(self, said: QuotedAnswer) -> bool:
        """Whether the rule is meant for what was said."""
        if (self.stages and said.stage not in self.stages) or (said.transient and not self.transient):
            return False
        if (self.codes and said.code not in self.codes) or not self._fits_status(said):
            return False
        if self.provider and not any(self.provider.fullmatch(domain) for domain in said.domains):
            return False
        if self.words and not self.words.search(said.plain):
            return False
        if self.raw and not self.raw.search(said.raw):
            return False
        return not (self.unless and self.unless.search(said.plain))

    def _fits_status(self, said: QuotedAnswer) -> bool:
        return not self.status or any(fnmatchcase(said.status, one) for one in self.status)


class QuotedAnswer(NamedTuple):
    """What was said about one recipient, prepared for rules."""

    plain: str
    raw: str
    code: str
    status: str
    stage: str
    domains: tuple[str, ...]

    @property
    def transient(self) -> bool:
        """Whether the code says that it may be tried again: then nothing about the mailbox is final."""
        return (self.code or self.status)[:1] == "4"


def reason(text: str, status: str, stage: str, domains: tuple[str, ...]) -> Reason | None:
    """The first rule that fits.

    Arguments:
        text: what was said, of any length.
        status: the enhanced code of the report, or empty; one within the text counts for more unless it is X.0.0.
        stage: the command that was answered, or empty.
        domains: of the recipient and of the server that answered, in lower case.
    """
    raw = spaced(text[: 3 * MOST_CHARACTERS])[:MOST_CHARACTERS].lower()
    return _reason(plain_words(raw), raw, status, stage, domains)


@lru_cache(2048)
def _reason(plain: str, raw: str, status: str, stage: str, domains: tuple[str, ...]) -> Reason | None:
    inner = [one for one in _ENHANCED.findall(raw) if not one.endswith(".0.0") and one[0] != "2"]
    codes = _CODE.findall(raw)
    code = next((one for one in codes if one[0] == "5"), next(iter(codes), ""))  # What is final comes last.
    said = QuotedAnswer(plain, raw, code, _chosen(status, inner), stage, domains)
    for rule in rules():
        if rule.fits(said):
            return Reason(rule.kind, rule.name, bool(rule.words or rule.raw), rule.weak)
    return _by_answer_table(said)


def _chosen(status: str, inner: list[str]) -> str:
    """The code that says more: the last in the text, where servers behind a gateway are quoted, else the report's."""
    return inner[-1] if inner else status


_SUBJECTS = {"filtered": BounceClass.REFUSED_BY_READER, "policy": BounceClass.POLICY, "rate": BounceClass.POLICY}


def _by_answer_table(said: QuotedAnswer) -> Reason | None:
    if not said.code or said.transient:
        return None
    stage = Stage(said.stage) if said.stage else Stage.RCPT
    found = interpret(int(said.code), said.status, said.raw, stage)
    if found.gone and said.stage:
        return Reason(BounceClass.NO_SUCH_MAILBOX, f"answers: {found.row}")
    if kind := _SUBJECTS.get(found.kind.value):
        return Reason(kind, f"answers: {found.row}")
    return None


@cache
def rules() -> tuple[BounceRule, ...]:
    """Every rule, in its order."""
    return tuple(_rule(entry) for name in _FILES for entry in tomllib.loads(_text(name))["rule"])


@cache
def version() -> str:
    """The version of the rules: twelve hexadecimal digits over their text. A reading keeps it."""
    return hashlib.sha256("".join(_text(name) for name in _ALL_FILES).encode()).hexdigest()[:12]


def _text(name: str) -> str:
    return (files(__package__) / "rules" / name).read_text(encoding="utf-8")


def _rule(entry: Mapping[str, Any]) -> BounceRule:
    return BounceRule(
        name=entry["name"],
        kind=BounceClass(entry["class"]),
        words=_any_of(entry.get("words")),
        unless=_any_of(entry.get("unless")),
        raw=_any_of(entry.get("raw")),
        provider=_any_of([entry["provider"]] if "provider" in entry else None),
        status=tuple(entry.get("status", ())),
        codes=frozenset(str(code) for code in entry.get("codes", ())),
        stages=frozenset(entry.get("stages", ())),
        transient=entry.get("transient", True),
        weak=entry.get("weak", False),
    )


def _any_of(patterns: list[str] | None) -> re.Pattern[str] | None:
    return compiled("|".join(f"(?:{one})" for one in patterns)) if patterns else None
