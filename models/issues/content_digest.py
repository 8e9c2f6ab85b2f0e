"""What an approval is bound to: the digest of everything that is mailed, and of each part of it.

What the parts are is worked out where the letter is composed (:mod:`templates.content.digest`). Here they are plain
values, so that they can be kept with an approval and compared later.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256

BLOCK = "block:"
"""Begins the name of a piece of words that is a block; its kind follows."""


@dataclass(frozen=True, slots=True)
class ContentDigest:
    """The digests of an issue's parts by their names, such as ``subject`` or ``article:budget``."""

    parts: Mapping[str, str]
    words: tuple[tuple[str, str], ...] = field(default=(), compare=False)
    """What approvers read, piece by piece in the letter's order: a kind of block, or another part's name, and what it
    says. Kept with an approval, to show later what has changed since."""

    @property
    def block_words(self) -> list[str]:
        """What each block says, in order; empty where that is not known."""
        return [said for name, said in self.words if name.startswith(BLOCK)]

    @property
    def whole(self) -> str:
        """SHA-256 over all parts (64 hex digits)."""
        return sha256(json.dumps(dict(self.parts), sort_keys=True).encode()).hexdigest()

    def changed_since(self, before: Mapping[str, str]) -> list[str]:
        """The names of parts that are other than *before*, or new, or gone."""
        return [name for name in sorted({*before, *self.parts}) if before.get(name, "") != self.parts.get(name, "")]
