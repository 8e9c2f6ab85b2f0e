"""Asterisks: which of them are mark-up (``**weight**``, ``*stress*``) and which are signs that arrive as typed.

Officials write footnotes (``開館*1``), sums (``3*4``) and masks (``090-****-1234``) with them. So runs of one, two or
three asterisks are mark-up only in pairs of the same length, and only where neither looks like one of these.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

_STOPS = frozenset("、。，．,.;；:：!！?？…・/\\")
"""Nothing of weight begins with them. Before a stroke asterisks stand for names of files: ``src/**/*.py``."""
_OPENING = frozenset("（(［[｛{〔〈《「『【〖〘\"'“‘<＜")
_CLOSING = frozenset("）)］]｝}〕〉》」』】〗〙\"'”’>＞")
_BOTH = _OPENING & _CLOSING
_PAIRS = dict(zip("（(［[｛{〔〈《「『【〖〘“‘", "）)］]｝}〕〉》」』】〗〙”’", strict=True))
_SENTENCE_SIGNS = re.compile(r"[、。，！？!?；;\n]")
_LOOK_BACK = 8
"""How many open runs a closing one is tried with: a paste of a hundred thousand asterisks must not take for ever."""


@dataclass(slots=True)
class _Run:
    """One, two or three asterisks: where they stand in the text, and their first token."""

    start: int
    end: int
    token: int
    opens: bool
    closes: bool

    @property
    def length(self) -> int:
        return self.end - self.start


def read_signs(state: StateInline, silent: bool) -> bool:
    """Inline rule: put asterisks down as text, and remember those that may turn out to be mark-up."""
    src, start = state.src, state.pos
    if src[start] != "*" or silent:
        return False
    end = start
    while end < state.posMax and src[end] == "*":
        end += 1
    length = end - start
    before = src[start - 1] if start else ""
    behind = src[end] if end < state.posMax else ""
    # Three asterisks get two tokens, as they may become the tags of weight and of stress.
    for signs in ("*", "**") if length == 3 else ("*" * length,):
        state.push("text", "", 0).content = signs
    if length <= 3 and not (_is_latin(before) and _is_latin(behind)):
        first = len(state.tokens) - (2 if length == 3 else 1)
        run = _Run(start, end, first, _may_open(before, behind, length), _may_close(before, behind, length))
        state.delimiters.append(run)  # type: ignore[arg-type]
    state.pos = end
    return True


def pair(state: StateInline) -> None:
    """Rule behind the inline rules: make tags of the runs that belong together, at every level of the text."""
    for runs in (state.delimiters, *(meta["delimiters"] for meta in state.tokens_meta if meta)):
        _pair_level(state, runs)


def _pair_level(state: StateInline, runs: list[_Run]) -> None:
    waiting: list[_Run] = []
    for run in runs:
        for at in range(len(waiting) - 1, max(-1, len(waiting) - 1 - _LOOK_BACK), -1) if run.closes else ():
            if _belong_together(state.src, waiting[at], run):
                _tag(state.tokens, waiting[at], run)
                del waiting[at:]
                break
        else:
            if run.opens:
                waiting.append(run)


def _may_open(before: str, behind: str, length: int) -> bool:
    """Whether words of weight or stress may begin between these two characters."""
    if not behind or behind.isspace() or behind in _STOPS or (behind in _CLOSING and behind not in _BOTH):
        return False
    if length == 2:
        return True
    if length == 3:
        return not _joins(before) and not behind.isdigit() and behind != "-"
    return not behind.isdigit() and not (_joins(before) and not _is_hiragana(before) and behind not in _OPENING)


def _may_close(before: str, behind: str, length: int) -> bool:
    """Whether words of weight or stress may end between these two characters."""
    if not before or before.isspace() or (before in _OPENING and before not in _BOTH):
        return False
    if length == 2:
        return True
    return not behind.isdigit() and not (_joins(behind) and not _is_hiragana(behind) and length == 1)


def _belong_together(src: str, opening: _Run, closing: _Run) -> bool:
    """Whether two runs of asterisks mean what stands between them, and not themselves."""
    if opening.length != closing.length:
        return False
    inside = src[opening.end : closing.start]
    before = src[opening.start - 1 : opening.start]
    behind = src[closing.end : closing.end + 1]
    if opening.length == 2:
        if inside[0].isdigit() and behind.isdigit():
            return False  # “**12と**34”: a mask
        return not (_joins(before) and _joins(behind) and "。" in inside[:-1])  # “料金**は…。送料**は…”: footnotes
    if not _is_balanced(inside):
        return False
    signs = _SENTENCE_SIGNS.search(inside)
    return signs is None or (signs.end() == len(inside) and not _joins(before) and not _joins(behind))


def _tag(tokens: list[Token], opening: _Run, closing: _Run) -> None:
    kinds = {1: ("em",), 2: ("strong",), 3: ("em", "strong")}[opening.length]
    for at, kind in enumerate(kinds):
        marks = "**" if kind == "strong" else "*"
        for token, nesting, name in (
            (tokens[opening.token + at], 1, "open"),
            (tokens[closing.token + len(kinds) - 1 - at], -1, "close"),
        ):
            token.type, token.tag, token.markup, token.content = f"{kind}_{name}", kind, marks, ""
            token.nesting = nesting  # type: ignore[assignment]


def _is_balanced(text: str) -> bool:
    waiting: list[str] = []
    for sign in text:
        if sign in _PAIRS:
            waiting.append(_PAIRS[sign])
        elif sign in _PAIRS.values() and (not waiting or waiting.pop() != sign):
            return False
    return not waiting


def _joins(character: str) -> bool:
    """Whether a word goes on at *character*: a letter or a figure."""
    return character.isalnum()


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalnum()


def _is_hiragana(character: str) -> bool:
    return "ぁ" <= character <= "ゖ"
