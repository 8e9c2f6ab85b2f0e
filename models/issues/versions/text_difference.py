"""How two texts differ: the words that one has and the other has not. Texts and tuples only, no database.

Japanese puts no spaces between words, so a text is cut where the kind of letter changes: kanji, katakana, hiragana,
Latin letters and figures. Long texts are compared by sentences first, and words only where sentences differ, so that
the work grows with what was changed.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple


class Mark(enum.Enum):
    """Whether a piece of text stands in both texts, or in one only."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"


class Piece(NamedTuple):
    """A piece of text and where it stands."""

    text: str
    mark: Mark


_SENTENCE = re.compile(r"[^\n。！？!?]*(?:\n|[。！？!?]+\n?)|[^\n。！？!?]+")
_WORD = re.compile(
    r"[A-Za-zＡ-Ｚａ-ｚ\u00c0-\u024f]+|[0-9０-９]+(?:[.,:/，．：／][0-9０-９]+)*|[ァ-ヺー]+|[\u3400-\u9fff々〆]+"
    r"|[ぁ-ゖ]|\s+|.",
    re.DOTALL,
)
_MOST_SENTENCES = 2000
_MOST_WORDS = 500
"""Beyond these two, what differs is shown as taken out and put in whole: nobody reads so many marks."""


def compare_texts(before: str, after: str) -> tuple[Piece, ...]:
    """The pieces of both texts in order; those of *before* alone stand before what took their place."""
    if before == after:
        return (Piece(before, Mark.SAME),) if before else ()
    return tuple(_joined(_by_sentence(before, after)))


def _by_sentence(before: str, after: str) -> Iterator[Piece]:
    old, new = _SENTENCE.findall(before), _SENTENCE.findall(after)
    for same, was, now in _runs(old, new, _MOST_SENTENCES):
        if same:
            yield Piece("".join(now), Mark.SAME)
        else:
            yield from _by_word("".join(was), "".join(now))


def _by_word(before: str, after: str) -> Iterator[Piece]:
    old, new = _WORD.findall(before), _WORD.findall(after)
    runs = list(_runs(old, new, _MOST_WORDS))
    kept = sum(len("".join(now).strip()) for same, _was, now in runs if same)
    if kept * 4 < min(len(before), len(after)):  # two sentences that share a few particles are two sentences
        runs = [(False, old, new)]
    for same, was, now in runs:
        if same:
            yield Piece("".join(now), Mark.SAME)
            continue
        yield Piece("".join(was), Mark.REMOVED)
        yield Piece("".join(now), Mark.ADDED)


_Run = tuple[bool, Sequence[str], Sequence[str]]


def _runs(old: Sequence[str], new: Sequence[str], most: int) -> Iterator[_Run]:
    """Stretches of both lists: the same in both, or else what stands in each."""
    head = _common(old, new)
    tail = _common(old[head:][::-1], new[head:][::-1])
    yield True, old[:head], new[:head]
    was, now = old[head : len(old) - tail], new[head : len(new) - tail]
    if max(len(was), len(now)) > most:
        yield False, was, now
    else:
        for name, i1, i2, j1, j2 in SequenceMatcher(None, was, now).get_opcodes():
            yield name == "equal", was[i1:i2], now[j1:j2]
    yield True, old[len(old) - tail :], new[len(new) - tail :]


def _common(old: Sequence[str], new: Sequence[str]) -> int:
    """How many entries both lists begin with."""
    return next((at for at, (one, other) in enumerate(zip(old, new, strict=False)) if one != other),
                min(len(old), len(new)))  # fmt: skip


def _joined(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """Neighbours of one mark as one piece; of neighbours that differ, what was taken out stands first."""
    waiting = {Mark.REMOVED: "", Mark.ADDED: ""}
    same = ""
    for piece in pieces:
        if not piece.text:
            continue
        if piece.mark is Mark.SAME:
            for mark, text in waiting.items():
                if text:
                    yield Piece(text, mark)
            waiting = dict.fromkeys(waiting, "")
            same += piece.text
            continue
        if same:
            yield Piece(same, Mark.SAME)
            same = ""
        waiting[piece.mark] += piece.text
    if same:
        yield Piece(same, Mark.SAME)
    for mark, text in waiting.items():
        if text:
            yield Piece(text, mark)
