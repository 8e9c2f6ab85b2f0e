"""The order of a letter's headings, which both of its parts share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from models.issues.block import (
    ArticleCard,
    Block,
    Heading,
    RankingEntry,
    RelatedProducts,
    SearchCall,
    SignupCall,
    TopicLinks,
)

_SECTIONS = (RankingEntry, RelatedProducts, TopicLinks, SearchCall, SignupCall)
"""Blocks that bring a heading of level 2 of their own."""


def levels(blocks: Iterable[Block]) -> Iterator[int]:
    """The level of each block's heading (0 where it has none), so that no level below the subject's 1 is skipped."""
    above = 1
    section = False
    for block in blocks:
        match block:
            case Heading(level=wanted):
                above = min(wanted, above + 1)
                section = True
                yield above
            case ArticleCard():
                # A card belongs to the section that staff opened; after a block with its own heading it stands alone.
                yield 3 if section else 2
                above = max(above, 2)
            case _ if isinstance(block, _SECTIONS):
                above, section = 2, False
                yield 2
            case _:
                yield 0
