"""What was found about a sender's domain: a kind, which has its words elsewhere, and what they are filled with."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


class Grade(enum.Enum):
    """How a part does."""

    GOOD = "good"
    DOUBTFUL = "doubtful"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class DomainFinding:
    """One thing that was found.

    Arguments:
        kind: such as ``spf.missing``; the words are looked up by it.
        values: what the words are filled with.
        zone: lines for a zone file, ready to be pasted (RFC 1035, 5).
        newsletter: the slug of the newsletter that it is about; empty where it is about all.
    """

    kind: str
    values: Mapping[str, str] = field(default_factory=dict)
    zone: tuple[str, ...] = ()
    newsletter: str = ""

    def plain(self) -> dict[str, Any]:
        """The same as JSON has it."""
        return asdict(self)

    @classmethod
    def of_plain(cls, plain: Mapping[str, Any]) -> DomainFinding:
        """What :meth:`plain` made."""
        return cls(str(plain["kind"]), dict(plain["values"]), tuple(plain["zone"]), str(plain["newsletter"]))


def finding(kind: str, *zone: str, **values: object) -> DomainFinding:
    """A finding about no newsletter yet: *kind*, lines of a zone, and values for the words."""
    return DomainFinding(kind, {name: str(value) for name, value in values.items()}, zone)
