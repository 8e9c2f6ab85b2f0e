"""Kinds of readers of an issue: which of its conditions they meet, and which blocks they get.

This is the only place that evaluates a block's condition (``block.only``) in Python. Preparing evaluates the same rule
in SQL for all readers at once (:mod:`models.deliveries.preparation`) and hands the result to :meth:`Variant.of_bits`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from models.issues.block import EVERYONE, Block, Only, RankingEntry, conditions
from models.issues.issue import Issue
from models.store.language import Language, known


@dataclass(frozen=True, slots=True)
class Variant:
    """One kind of reader of an issue.

    ``met`` are those of the issue's conditions that such a reader meets; blocks under any other are left out.
    The language is the issue's: an issue is written in one.
    """

    language: Language
    met: frozenset[Only] = frozenset()

    @classmethod
    def of_reader(cls, issue: Issue, audience: str = "", topics: Iterable[str] = ()) -> Variant:
        """What a reader of *audience* who chose *topics* (slugs) gets. Without both: what anybody may see."""
        chosen = set(topics)
        if chosen:  # a text may name a topic that was merged into one of these
            chosen |= {slug for slug, topic in issue.newsletter.known_topics.items() if topic.slug in chosen}
        return cls._of(issue, (one for one in conditions(issue.blocks) if meets(one, audience, frozenset(chosen))))

    @classmethod
    def of_bits(cls, issue: Issue, among: Sequence[Only], met: int) -> Variant:
        """Those of the conditions *among* whose bits are set in *met*: bit *i* for condition *i*."""
        return cls._of(issue, (one for place, one in enumerate(among) if met >> place & 1))

    @classmethod
    def of_stored(cls, issue: Issue, stored: Mapping[str, Any]) -> Variant:
        """What :meth:`stored` wrote down with an edition."""
        return cls._of(issue, map(Only.model_validate, stored["met"]))

    @classmethod
    def _of(cls, issue: Issue, met: Iterable[Only]) -> Variant:
        return cls(known(issue.language) or "ja", frozenset(met))

    def stored(self, among: Sequence[Only]) -> dict[str, Any]:
        """As JSON for the edition: those of the conditions *among* that are met, in their order."""
        return {"met": [one.model_dump(mode="json") for one in among if one in self.met]}

    def includes(self, block: Block) -> bool:
        """Whether such a reader gets *block*."""
        return block.only == EVERYONE or block.only in self.met

    def blocks(self, blocks: Iterable[Block]) -> Iterator[Block]:
        """Those of *blocks* that such a reader gets, ranking entries without the news that they do not get."""
        for block in filter(self.includes, blocks):
            if isinstance(block, RankingEntry):
                yield block.model_copy(update={"news": tuple(filter(self.includes, block.news))})
            else:
                yield block


def meets(condition: Only, audience: str, topics: frozenset[str]) -> bool:
    """Whether a reader of *audience* (slug or empty) who chose *topics* (slugs; none means all) meets it."""
    return (not condition.audiences or audience in condition.audiences) and (
        not condition.topics or not topics or not topics.isdisjoint(condition.topics)
    )
