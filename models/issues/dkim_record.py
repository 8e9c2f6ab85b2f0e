"""What the DNS says of a signing key: whether its record is there, and is the key's own (RFC 6376, 3.6)."""

from __future__ import annotations

import enum
from typing import NamedTuple

import dns.exception
import dns.nameserver
import dns.resolver
from dns.rdatatype import RdataType

import settings

SECONDS = 4.0
"""What one look-up may take; somebody waits for the page."""
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


def look_up(name: str, wanted: str) -> RecordAnswer:
    """Compare the TXT record at a name with the one that belongs there.

    Arguments:
        name: such as ``kairan2026._domainkey.example.lg.jp``.
        wanted: the record's text (:attr:`~models.issues.dkim_key.Key.record`).
    """
    try:
        answer = _resolver().resolve(name, RdataType.TXT, lifetime=SECONDS, search=False)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return RecordAnswer(RecordState.MISSING)
    except (dns.exception.DNSException, OSError, ValueError):
        return RecordAnswer(RecordState.UNKNOWN)
    texts = tuple(b"".join(one.strings).decode("utf-8", "replace") for one in answer)
    # Of several records at one name verifiers take any (RFC 6376, 3.6.2.2), so there must be one.
    right = len(texts) == 1 and _means(texts[0]) == _means(wanted)
    return RecordAnswer(RecordState.RIGHT if right else RecordState.WRONG, tuple(one[:_SHOWN] for one in texts))


def _resolver() -> dns.resolver.Resolver:
    """Asks the machine's name servers, or those of DNS_SERVERS."""
    named = settings.get().dns_servers.split()
    if not named:
        return dns.resolver.Resolver()
    resolver = dns.resolver.Resolver(configure=False)
    places = [one.rpartition(":") if one.count(":") == 1 else (one, "", "53") for one in named]
    resolver.nameservers = [dns.nameserver.Do53Nameserver(host, int(port)) for host, _, port in places]
    return resolver


def _means(record: str) -> tuple[str, str, str]:
    """Version, kind and key of a record (RFC 6376, 3.6.1), however blanks and the order of its tags are written."""
    tags = {}
    for part in record.split(";"):
        name, _, value = part.partition("=")
        tags[name.strip()] = "".join(value.split())
    return tags.get("v", "DKIM1"), tags.get("k", "rsa"), tags.get("p", "")
