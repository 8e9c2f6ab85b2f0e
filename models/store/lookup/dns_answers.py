"""What the DNS answers, asked with limits of time and once for each question."""

from __future__ import annotations

import time

import dns.exception
import dns.nameserver
import dns.resolver
import dns.reversename
from dns.rdatatype import RdataType
from dns.resolver import Answer, Resolver

import settings

SECONDS = 4.0
"""What one look-up may take; somebody may wait for the page."""


class DnsSilent(Exception):
    """Nobody answered, which says nothing about a record.

    Arguments:
        name: what was asked for.
    """

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class DnsAnswers:
    """Asks name servers, those of DNS_SERVERS or the machine's, and remembers what they said.

    Arguments:
        seconds: what one look-up may take.
        total: what all of them together may take; later ones count as not answered.
    """

    def __init__(self, seconds: float = SECONDS, total: float = 60.0) -> None:
        self._seconds, self._end = seconds, time.monotonic() + total
        self._known: dict[tuple[str, RdataType], Answer | None] = {}
        self._silent: set[tuple[str, RdataType]] = set()

    def texts(self, name: str) -> list[str]:
        """The TXT records at *name*, the strings of each joined; none where there is no such name.

        Raises:
            DnsSilent: nobody answered. So do all other methods.
        """
        found = self._ask(name, RdataType.TXT)
        return [b"".join(one.strings).decode("utf-8", "replace") for one in found] if found else []

    def addresses(self, name: str) -> list[str]:
        """Its IPv4 addresses, then its IPv6 addresses."""
        return self.ipv4(name) + self.ipv6(name)

    def ipv4(self, name: str) -> list[str]:
        """Its A records."""
        return [one.address for one in self._ask(name, RdataType.A) or ()]

    def ipv6(self, name: str) -> list[str]:
        """Its AAAA records."""
        return [one.address for one in self._ask(name, RdataType.AAAA) or ()]

    def mail_servers(self, name: str) -> list[str]:
        """The names of its MX records, the preferred first; ``.`` is a null MX (RFC 7505)."""
        found = sorted(self._ask(name, RdataType.MX) or (), key=lambda one: (one.preference, one.exchange))
        return [_plain(one.exchange.to_text()) for one in found]

    def pointers(self, address: str) -> list[str]:
        """The names of an IP address (PTR)."""
        found = self._ask(dns.reversename.from_address(address).to_text(), RdataType.PTR) or ()
        return [_plain(one.target.to_text()) for one in found]

    def alias(self, name: str) -> str:
        """What *name* is an alias of (CNAME); empty where it is none."""
        found = self._ask(name, RdataType.CNAME)
        return _plain(found[0].target.to_text()) if found else ""

    def _ask(self, name: str, kind: RdataType) -> Answer | None:
        key = (name.lower(), kind)
        if key in self._silent:
            raise DnsSilent(name)
        if key not in self._known:
            try:
                self._known[key] = _resolve(name, kind, min(self._seconds, self._end - time.monotonic()))
            except DnsSilent:
                self._silent.add(key)
                raise
        return self._known[key]


def _resolve(name: str, kind: RdataType, seconds: float) -> Answer | None:
    if seconds <= 0:
        raise DnsSilent(name)
    try:
        return _resolver().resolve(name, kind, lifetime=seconds, search=False, raise_on_no_answer=False)
    except (dns.resolver.NXDOMAIN, dns.resolver.YXDOMAIN):
        return None
    except (dns.resolver.NoNameservers, dns.resolver.LifetimeTimeout, dns.resolver.NoResolverConfiguration):
        raise DnsSilent(name) from None
    except (dns.exception.DNSException, UnicodeError):
        return None  # a name that cannot be one: a label that is empty or too long
    except (OSError, ValueError):
        raise DnsSilent(name) from None


def _resolver() -> Resolver:
    named = settings.get().dns_servers.split()
    if not named:
        return Resolver()
    resolver = Resolver(configure=False)
    places = [one.rpartition(":") if one.count(":") == 1 else (one, "", "53") for one in named]
    resolver.nameservers = [dns.nameserver.Do53Nameserver(host, int(port)) for host, _, port in places]
    return resolver


def _plain(name: str) -> str:
    return name.rstrip(".").lower() or "."
