"""What the DNS says of a signing key: whether its record is there, and is the key's own (RFC 6376, 3.6)."""

from __future__ import annotations

import enum
from typing import NamedTuple

from ..store.lookup.dns_answers import DnsAnswers, DnsSilent

_SHOWN = 500


class RecordState(enum.Enum):
    """What a look-up found."""

    RIGHT = "right"
    WRONG = "wrong"
    """There is a record, and it is not this key's, or there are several."""
    MISSING = "missing"
    UNKNOWN = "unknown"
    """Nobody answered; that says nothing about the record."""


class RecordAnswer(NamedTuple):
    """What the DNS says at a name."""

    state: RecordState
    texts: tuple[str, ...] = ()
    """What stands there now, each shortened to be shown."""


def look_up(name: str, wanted: str, answers: DnsAnswers | None = None) -> RecordAnswer:
    """Compare the TXT record at a name with the one that belongs there.

    Arguments:
        name: such as ``kairan2026._domainkey.example.lg.jp``.
        wanted: the record's text (:attr:`~models.issues.dkim_key.Key.record`).
        answers: what the DNS said so far, where more is asked of it.
    """
    try:
        texts = (answers or DnsAnswers()).texts(name)
    except DnsSilent:
        return RecordAnswer(RecordState.UNKNOWN)
    if not texts:
        return RecordAnswer(RecordState.MISSING)
    # Of several records at one name verifiers take any (RFC 6376, 3.6.2.2), so there must be one.
    right = len(texts) == 1 and _means(texts[0]) == _means(wanted)
    return RecordAnswer(RecordState.RIGHT if right else RecordState.WRONG, tuple(one[:_SHOWN] for one in texts))


def tags_of(record: str) -> dict[str, str]:
    """The tags of a record (RFC 6376, 3.2; DMARC has the same form), names in small letters, values without blanks."""
    tags = {}
    for part in record.split(";"):
        name, _, value = part.partition("=")
        tags[name.strip().lower()] = "".join(value.split())
    return tags


def _means(record: str) -> tuple[str, str, str]:
    """Version, kind and key of a record (RFC 6376, 3.6.1), however blanks and the order of its tags are written."""
    tags = tags_of(record)
    return tags.get("v", "DKIM1"), tags.get("k", "rsa"), tags.get("p", "")
