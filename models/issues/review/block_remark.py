"""Remarks of an approver who sends an issue back (差戻し), each at the block that it is about.

Blocks have no names that outlast an edit. So a remark keeps the number and the first words of its block for people, and
a digest for finding it again: the author sees the remark at the block for as long as that is as it was, and afterwards
at the place where it was.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any, NamedTuple

from ...store.errors import Invalid
from ...store.phrase import phrase
from ..block import Block

LONGEST = 2000
FIRST_WORDS = 40
"""Characters of a block by which people know it."""


class BlockRemark(NamedTuple):
    """A remark, and where its block is now."""

    number: int
    """Of the block as it was sent back, from 1."""
    kind: str
    words: str
    text: str
    now: int | None
    """Its number now; None where it has been changed or taken out since."""


def of_blocks(blocks: Sequence[Block], remarks: Mapping[int, str], words: Sequence[str] = ()) -> list[Any]:
    """Remarks as a decision keeps them, in the order of the blocks.

    Arguments:
        remarks: what to change, by the number of the block, from 1. Empty ones are left out.
        words: what each block says in the letter, where that is known.

    Raises:
        Invalid: there is no such block, or a remark is too long.
    """
    found = []
    for number, text in sorted(remarks.items()):
        if not text.strip():
            continue
        if not 1 <= number <= len(blocks):
            raise Invalid(phrase("the issue has no block {number}: it has {count}", number=number, count=len(blocks)),
                          field="remarks")  # fmt: skip
        if len(text) > LONGEST:
            raise Invalid(
                phrase("this is longer than {longest} characters: shorten it", longest=LONGEST), field="remarks"
            )
        block = blocks[number - 1]
        said = shortened(words[number - 1]) if len(words) == len(blocks) else ""
        found.append({"number": number, "kind": block.kind, "words": said, "digest": _digest(block),
                      "text": text.strip()})  # fmt: skip
    return found


def located(stored: Sequence[Any], blocks: Sequence[Block]) -> Iterator[BlockRemark]:
    """Remarks with where their blocks are among *blocks* now."""
    digests = [_digest(block) for block in blocks]
    for one in stored:
        there = [place for place, digest in enumerate(digests, 1) if digest == one["digest"]]
        nearest = min(there, key=lambda place: abs(place - one["number"])) if there else None
        yield BlockRemark(one["number"], one["kind"], one["words"], one["text"], nearest)


def shortened(words: str) -> str:
    """The first words of a block: of its first line, without what stands in brackets before it."""
    line = next((one for one in words.splitlines() if one.strip() and not one.startswith("[")), "")
    line = " ".join(line.split())
    return line if len(line) <= FIRST_WORDS else line[: FIRST_WORDS - 1] + "…"


def _digest(block: Block) -> str:
    return sha256(json.dumps(block.model_dump(mode="json"), ensure_ascii=False, sort_keys=True).encode()).hexdigest()
