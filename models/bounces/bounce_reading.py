"""What was read in a returned message: the whole, and each recipient."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from . import reasons
from .bounce_class import BounceClass


class RecipientReading(NamedTuple):
    """What a message says of one recipient."""

    address: str
    """As it was named; it describes and proves nothing. Empty where only a class is known."""
    kind: BounceClass
    rule: str
    status: str = ""
    said: str = ""
    """What was answered, at most 300 characters."""
    final: str = ""
    """Where the letter ended up, where that is told: another one where *address* stands for a group or is forwarded."""


class Reading(NamedTuple):
    """What a message says."""

    kind: BounceClass
    """Of the whole: that of the recipient who is worst off."""
    rule: str
    recipients: tuple[RecipientReading, ...]
    rules_version: str


_WORST = (
    BounceClass.COMPLAINT,
    BounceClass.NO_SUCH_MAILBOX,
    BounceClass.DISABLED,
    BounceClass.MAILBOX_FULL,
    BounceClass.REFUSED_BY_READER,
    BounceClass.REFUSED_AS_SPAM,
    BounceClass.POLICY,
    BounceClass.TOO_LARGE,
    BounceClass.CONTENT,
    BounceClass.NETWORK,
    BounceClass.UNKNOWN_FAILURE,
    BounceClass.DELAYED,
    BounceClass.DELIVERED,
)


def whole(found: Iterable[RecipientReading]) -> Reading | None:
    """One reading per address, the worst of its own; None where nobody is named and nothing known."""
    best: dict[str, RecipientReading] = {}
    for one in found:
        known = best.get(one.address.lower())
        if known is None or _WORST.index(one.kind) < _WORST.index(known.kind):
            best[one.address.lower()] = one
    if not best:
        return None
    worst = min(best.values(), key=lambda one: _WORST.index(one.kind))
    return Reading(worst.kind, worst.rule, tuple(best.values()), reasons.version())


def nobody(kind: BounceClass, rule: str) -> Reading:
    """A reading that names nobody."""
    return Reading(kind, rule, (), reasons.version())
