"""A sender whose zone is right, from which each test takes one thing away."""

from __future__ import annotations

from functools import cache

from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

from models.issues.dkim_key import Key, KeyKind
from models.issues.signing_keys import NamedKey
from models.sender_domain.domain_finding import DomainFinding
from models.store.lookup.dns_answers import DnsAnswers
from tests.name_server import NameServer
from worker.sender_domain import examination
from worker.sender_domain.sender_facts import SenderFacts, SendingPlaces, SendingServer

PLACES = SendingPlaces((SendingServer("192.0.2.10", "mail.example.jp"), SendingServer("2001:db8::10")))
SPF = "v=spf1 ip4:192.0.2.10 ip6:2001:db8::10 ~all"
DMARC = "v=DMARC1; p=quarantine; rua=mailto:d@example.jp"
RECORDS = f"""
example.jp. MX 10 mx.example.jp.
bounce.example.jp. MX 10 mx.example.jp.
mx.example.jp. A 11.22.33.44
example.jp. TXT "{SPF}"
bounce.example.jp. TXT "{SPF}"
_dmarc.example.jp. TXT "{DMARC}"
default._bimi.example.jp. TXT "v=BIMI1; l=https://example.jp/mark.svg; a=https://example.jp/mark.pem"
mail.example.jp. A 192.0.2.10
mail6.example.jp. AAAA 2001:db8::10
10.2.0.192.in-addr.arpa. PTR mail.example.jp.
0.1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa. PTR mail6.example.jp.
"""


@cache
def rsa() -> Key:
    """The key that is published as kairan."""
    return Key.new("example.jp", "kairan", KeyKind.RSA)


@cache
def ed25519() -> Key:
    """The key that is published as kairane."""
    return Key.new("example.jp", "kairane", KeyKind.ED25519)


@cache
def short() -> Key:
    """A key of 1,024 bits, published as short."""
    return Key("example.jp", "short", generate_private_key(65537, 1024))


def named(*keys: Key) -> tuple[NamedKey, ...]:
    """Keys as a newsletter names them."""
    return tuple(NamedKey(one.domain, one.selector, f"{one.selector}.pem", one) for one in keys)


def facts(
    sender: str = "ict@example.jp", path: str = "back@bounce.example.jp", keys: tuple[NamedKey, ...] | None = None
) -> SenderFacts:
    """A sender whose zone is right, unless told otherwise."""
    return SenderFacts("ict", sender, path, named(rsa(), ed25519()) if keys is None else keys)


def fill(server: NameServer) -> None:
    """Make the zone right."""
    server.clear()
    server.paste(RECORDS)
    for key in (rsa(), ed25519(), short()):
        server.paste(key.zone_line)


def examine(sender: SenderFacts, places: SendingPlaces) -> list[DomainFinding]:
    """What is found about domains and servers."""
    answers = DnsAnswers(seconds=2)
    return [
        *examination.of_newsletter(sender, places, answers),
        *examination.of_servers(places, answers, sender.sender_domain),
    ]
