"""What is known of who sends: domains, keys, and the servers that letters leave from."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session

import settings
from models.deliveries.letters import return_path
from models.deliveries.relays import relay as relay_rows
from models.deliveries.relays import relay_address
from models.issues import signing_keys
from models.issues.newsletter import Newsletter
from models.issues.signing_keys import NamedKey
from models.store import mail_address
from models.store.errors import Invalid
from models.store.lookup.dns_answers import DnsAnswers, DnsSilent
from models.store.public_address import is_public

SERVICES = {
    "amazonaws.com": "amazonses.com",
    "sendgrid.net": "sendgrid.net",
    "mailgun.org": "mailgun.org",
    "postmarkapp.com": "spf.mtasv.net",
    "brevo.com": "spf.brevo.com",
    "sendinblue.com": "spf.brevo.com",
    "outlook.com": "spf.protection.outlook.com",
    "office365.com": "spf.protection.outlook.com",
    "gmail.com": "_spf.google.com",
    "google.com": "_spf.google.com",
}
"""What the SPF record of a customer includes, by the end of the relay's name, as each service says."""


@dataclass(frozen=True, slots=True)
class SendingServer:
    """A server from which receivers get letters."""

    address: str
    name: str = ""
    """What it greets with (HELO); empty where nobody said."""


@dataclass(frozen=True, slots=True)
class SendingPlaces:
    """Where letters leave from, as far as known."""

    servers: tuple[SendingServer, ...] = ()
    includes: tuple[str, ...] = ()
    """Names for the SPF record that stand for the addresses of services."""
    unreadable: str = ""
    """The part of SENDING_SERVERS that is none."""

    @property
    def name(self) -> str:
        """The name of a server that has one."""
        return next((one.name for one in self.servers if "." in one.name), "")


@dataclass(frozen=True, slots=True)
class SenderFacts:
    """A newsletter, as its letters show it to receivers."""

    newsletter: str
    """Its slug."""
    sender: str
    """The address in From."""
    return_path: str
    """Where letters come back to."""
    keys: tuple[NamedKey, ...]
    """What its letters are signed with."""
    contact: str = ""
    """The mailbox of people for whatever is told about the domain."""

    @property
    def sender_domain(self) -> str:
        """Of From, in ASCII."""
        return domain_of(self.sender)

    @property
    def return_domain(self) -> str:
        """Of the return path, in ASCII."""
        return domain_of(self.return_path)


def domain_of(address: str) -> str:
    """The domain of a mail address, in ASCII."""
    return mail_address.addr_spec(address).rpartition("@")[2].lower()


def facts_of(newsletter: Newsletter) -> SenderFacts:
    """What letters of *newsletter* show."""
    back = return_path.maker(newsletter, 0)(0)
    contact = newsletter.bounce_address or newsletter.sender_address
    keys = tuple(signing_keys.in_use(newsletter))
    return SenderFacts(newsletter.slug, newsletter.sender_address, back, keys, contact)


def places(session: Session, answers: DnsAnswers) -> SendingPlaces:
    """Where letters leave from: SENDING_SERVERS, else the public addresses of the relays' names."""
    relays = [row.url for row in relay_rows.list_active(session)] or [settings.get().smtp_url]
    hosts = list(dict.fromkeys(_hosts(relays)))
    includes = tuple(dict.fromkeys(filter(None, map(service_of, hosts))))
    if named := settings.get().sending_servers.split():
        return _named(named, includes)
    found = [
        SendingServer(address, host if "." in host and not _is_address(host) else "")
        for host in hosts
        if not service_of(host)
        for address in _public_addresses(host, answers)
    ]
    return SendingPlaces(tuple(found), includes)


def service_of(host: str) -> str:
    """What the SPF record includes for a relay of a known service; empty for any other."""
    return next((include for end, include in SERVICES.items() if f".{host}".lower().endswith(f".{end}")), "")


def _named(named: Iterable[str], includes: tuple[str, ...]) -> SendingPlaces:
    servers = []
    for one in named:
        name, _, address = one.rpartition("/")
        if not _is_address(address):
            return SendingPlaces((), includes, one)
        servers.append(SendingServer(str(ipaddress.ip_address(address)), name.lower().rstrip(".")))
    return SendingPlaces(tuple(servers), includes)


def _hosts(urls: Iterable[str]) -> Iterable[str]:
    for url in urls:
        try:
            yield relay_address.of_url(url).host.strip("[]")
        except Invalid:
            continue  # another check says so


def _public_addresses(host: str, answers: DnsAnswers) -> list[str]:
    if _is_address(host):
        return [host] if is_public(host) else []
    try:
        return [one for one in answers.addresses(host) if is_public(one)] if "." in host else []
    except DnsSilent:
        return []


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
