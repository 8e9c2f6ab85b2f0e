"""The table of answers (``answers.toml``): the first row that fits an answer says what it speaks of."""

from __future__ import annotations

import enum
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files
from typing import Any

from .rule_pattern import compiled

_URL = re.compile(r"\w+://\S+")
_ADDRESS = re.compile(r"<?[^\s<>@:;,()]+@[^\s<>@:;,()]+>?")
_HOST = re.compile(r"<?\b(?:[\w-]+\.)+[a-z][a-z0-9-]+\b>?", re.IGNORECASE)
_IP = re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}\b|(?<![\w:])(?:[0-9a-f]{1,4}:){2,7}[0-9a-f:]{0,4}", re.IGNORECASE)
_FIRST_CODE = re.compile(r"\A[245]\.\d{1,3}\.\d{1,3}\b[ :-]*")


class AnswerSubject(enum.Enum):
    """What an answer speaks of. Only the first says anything about the reader."""

    RECIPIENT = "recipient"
    SENDER = "sender"
    RELAY = "relay"
    LOGIN = "login"
    CONTENT = "content"
    RATE = "rate"
    UNKNOWN = "unknown"


class Stop(enum.Enum):
    """What stops for an answer that is not about the reader."""

    NOTHING = ""
    LANE = "lane"
    """Until somebody resumes it."""
    REST = "rest"
    """The lane, for a time; it goes on by itself."""
    ISSUE = "issue"


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One row of the table."""

    name: str
    subject: AnswerSubject
    kind: str
    stop: Stop
    gone: bool
    transient: bool
    stages: frozenset[str]
    codes: frozenset[int]
    enhanced: tuple[str, ...]
    words: re.Pattern[str] | None
    unless: re.Pattern[str] | None
    raw: re.Pattern[str] | None

    def fits(self, code: int, enhanced: str, text: str, plain: str, stage: str) -> bool:
        """Whether the row is meant for an answer.

        Arguments:
            text: as it came.
            plain: without its enhanced code, addresses, hosts and links.
        """
        if (self.stages and stage not in self.stages) or (self.codes and code not in self.codes):
            return False
        if self.enhanced and not any(fnmatchcase(enhanced, one) for one in self.enhanced):
            return False
        if self.unless and self.unless.search(plain):
            return False
        if self.raw:
            return self.raw.search(text) is not None
        return self.words is None or self.words.search(plain) is not None


def find(code: int, enhanced: str, text: str, stage: str, *, transient: bool) -> AnswerRow | None:
    """The row for an answer; None for one that may be tried again and has none.

    Arguments:
        transient: whether the answer says that the letter may be tried again (4.x.x).
    """
    plain = plain_words(text)
    for row in rows():
        if (row.transient or not transient) and row.fits(code, enhanced, text, plain, stage):
            return row
    return None


def plain_words(text: str) -> str:
    """*text* without what is only a name: names of hosts and addresses must not be taken for words such as spam."""
    text = _FIRST_CODE.sub("", text.strip())
    for pattern, word in ((_URL, "URL"), (_ADDRESS, "ADDRESS"), (_IP, "IP"), (_HOST, "HOST")):
        text = pattern.sub(word, text)
    return text


@cache
def rows() -> tuple[AnswerRow, ...]:
    """The table, in its order."""
    found = tomllib.loads((files(__package__) / "answers.toml").read_text(encoding="utf-8"))["answer"]
    return tuple(_row(entry) for entry in found)


def _row(entry: Mapping[str, Any]) -> AnswerRow:
    return AnswerRow(
        name=entry["name"],
        subject=AnswerSubject(entry["about"]),
        kind=entry["kind"],
        stop=Stop(entry.get("stops", "")),
        gone=entry.get("gone", False),
        transient=entry.get("transient", False),
        stages=frozenset(entry.get("stages", ())),
        codes=frozenset(entry.get("codes", ())),
        enhanced=tuple(entry.get("enhanced", ())),
        words=_pattern(entry.get("words")),
        unless=_pattern(entry.get("unless")),
        raw=_pattern(entry.get("raw")),
    )


def _pattern(expression: str | None) -> re.Pattern[str] | None:
    return compiled(expression, re.IGNORECASE) if expression else None
