"""The servers that letters leave from: their names by address (PTR), and what they greet with (HELO)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from models.sender_domain.domain_finding import DomainFinding, finding
from models.store.lookup.dns_answers import DnsAnswers
from models.store.mail_address import is_domain

from . import zone_line
from .sender_facts import SendingPlaces, SendingServer

_DYNAMIC = re.compile(r"(^|[.-])(dynamic|dyn|dhcp|ppp|dialup|adsl|flets)", re.IGNORECASE)


def examine(places: SendingPlaces, answers: DnsAnswers, domain: str) -> Iterator[DomainFinding]:
    """Every server that is known.

    Arguments:
        domain: of a sender, for a name where a server has none.

    Raises:
        DnsSilent: nobody answered.
    """
    if places.unreadable:
        yield finding("servers.unreadable", part=places.unreadable)
    elif not places.servers and not places.includes:
        yield finding("servers.unknown")
    for server in places.servers:
        yield from list(_pointer(server, answers, domain)) or [finding("ptr.good", address=server.address)]
        if server.name:
            yield from list(_helo(server, answers)) or [finding("helo.good", name=server.name)]


def _pointer(server: SendingServer, answers: DnsAnswers, domain: str) -> Iterator[DomainFinding]:
    address, names = server.address, answers.pointers(server.address)
    own = server.name if is_domain(server.name) else f"mail.{domain}"
    if not names:
        yield finding("ptr.missing", zone_line.pointer(address, own), address=address)
        return
    if not any(_leads_to(one, address, answers) for one in names):
        yield finding("ptr.astray", zone_line.address(names[0], address), address=address, name=names[0])
    elif any(_is_generic(one, address) for one in names):
        yield finding("ptr.generic", zone_line.pointer(address, own), zone_line.address(own, address), address=address,
                      name=names[0])  # fmt: skip


def _helo(server: SendingServer, answers: DnsAnswers) -> Iterator[DomainFinding]:
    name = server.name
    if not is_domain(name) or "." not in name or name.endswith((".local", ".localdomain", ".internal", ".lan")):
        yield finding("helo.local", name=name, address=server.address)
    elif not (found := answers.addresses(name)):
        yield finding("helo.no_host", zone_line.address(name, server.address), name=name)
    elif not _has(found, server.address):
        zone = zone_line.address(name, server.address)
        yield finding("helo.elsewhere", zone, name=name, address=server.address, addresses=", ".join(found))


def _leads_to(name: str, address: str, answers: DnsAnswers) -> bool:
    return _has(answers.addresses(name), address)


def _has(addresses: list[str], address: str) -> bool:
    return address in addresses  # both are in the short form (RFC 5952): dnspython and ipaddress write it


def _is_generic(name: str, address: str) -> bool:
    """Whether a name looks like one that a provider gives to everybody's line."""
    parts = address.split(".") if ":" not in address else []
    numbered = bool(parts) and all(re.search(rf"(?<!\d)0*{one}(?!\d)", name) for one in parts)
    return numbered or bool(_DYNAMIC.search(name))
