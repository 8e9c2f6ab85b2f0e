"""Whether the domains of return path and From are there for receivers: MX and A (RFC 5321, 5.1; RFC 7505)."""

from __future__ import annotations

from collections.abc import Iterator

from models.sender_domain.domain_finding import DomainFinding, finding
from models.store.lookup.dns_answers import DnsAnswers
from models.store.public_address import is_public

from . import zone_line
from .sender_facts import SenderFacts, SendingPlaces


def examine(facts: SenderFacts, places: SendingPlaces, answers: DnsAnswers) -> Iterator[DomainFinding]:
    """MX and addresses of the return path's domain, and of From's where that is another one.

    Raises:
        DnsSilent: nobody answered.
    """
    domain = facts.return_domain
    own = _mail_server(facts, places, answers)
    yield from list(_mail_way(domain, own, places, answers)) or [finding("return.good", domain=domain)]
    sender = facts.sender_domain
    if sender != domain and not answers.mail_servers(sender) and not answers.addresses(sender):
        yield finding("from.no_host", zone_line.mail_server(sender, own), domain=sender)


def _mail_server(facts: SenderFacts, places: SendingPlaces, answers: DnsAnswers) -> str:
    """The server to write into an MX record: that of From, or one of ours, or the name that one would choose."""
    theirs = [one for one in answers.mail_servers(facts.sender_domain) if one != "." and answers.addresses(one)]
    return theirs[0] if theirs else places.name or f"mail.{facts.return_domain}"


def _mail_way(domain: str, own: str, places: SendingPlaces, answers: DnsAnswers) -> Iterator[DomainFinding]:
    servers = answers.mail_servers(domain)
    zone = zone_line.mail_server(domain, own)
    if servers == ["."]:
        yield finding("return.null_mx", zone, domain=domain)
    elif not servers and not answers.addresses(domain):
        yield finding("return.no_host", zone, domain=domain)
    for server in (one for one in servers if one != "."):
        if target := answers.alias(server):
            yield finding("return.mx_alias", zone_line.mail_server(domain, target), domain=domain, server=server)
        addresses = answers.addresses(server)
        known = [zone_line.address(server, one.address) for one in places.servers]
        if not addresses:
            yield finding("return.mx_nowhere", *(known or [zone]), domain=domain, server=server)
        elif not any(map(is_public, addresses)):
            shown = ", ".join(addresses)
            yield finding("return.mx_private", *known, domain=domain, server=server, addresses=shown)
