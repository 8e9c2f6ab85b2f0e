"""Every finding about a domain is provoked by a zone of its own; where lines are offered, pasting them mends it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import pytest

from models.issues.dkim_key import Key, KeyKind
from models.issues.signing_keys import NamedKey
from models.sender_domain.domain_finding import DomainFinding, Grade
from models.store.lookup.dns_answers import DnsAnswers
from templates.sender_domain import finding_words
from templates.sender_domain.domain_words import DOMAIN_WORDS
from templates.sender_domain.server_words import SERVER_WORDS
from tests.name_server import NameServer
from worker.sender_domain import examination
from worker.sender_domain.sender_facts import SenderFacts, SendingPlaces, SendingServer, service_of

from . import right_zone
from .right_zone import DMARC, PLACES, SPF, ed25519, examine, facts, named, rsa, short

OURS = PLACES.servers
FOREIGN = Key.new("other.jp", "k", KeyKind.RSA)


class Case(NamedTuple):
    """What is wrong, and who sends."""

    kind: str
    change: Callable[[NameServer], object] | str = ""
    """Lines that replace right ones, or what is done to the zone."""
    sender: SenderFacts | None = None
    places: SendingPlaces = PLACES
    mends: bool = True
    """Whether pasting what is offered into the zone is all there is to do."""


def spf(text: str) -> str:
    return f'bounce.example.jp. TXT "{text}"'


def dmarc(text: str) -> str:
    return f'_dmarc.example.jp. TXT "{text}"'


def record(key: Key, text: str) -> str:
    return f'{key.record_name}. TXT "{text}"'


def key_text(key: Key, more: str) -> Callable[[NameServer], None]:
    return lambda zone: zone.set_texts(key.record_name, key.record + more)


def drop(name: str, *kinds: str) -> Callable[[NameServer], None]:
    return lambda zone: zone.drop(name, *kinds)


def silence(zone: NameServer) -> None:
    zone.silent = {"_dmarc.example.jp"}


MANY = "\n".join(f'h{place}.example.jp. TXT "v=spf1 a:mx.example.jp ~all"' for place in range(6))
INCLUDES = " ".join(f"include:h{place}.example.jp" for place in range(6))
LONE_V6 = SendingPlaces((SendingServer("2001:db8::10"),))
LOCAL = SendingPlaces((SendingServer("192.0.2.10", "relay.localdomain"), OURS[1]))
V6_NAME = "0.1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa"
NO_KEY = NamedKey("example.jp", "gone", "gone.pem", None)
ELSEWHERE = SendingPlaces((SendingServer("192.0.2.10", "mx.example.jp"), OURS[1]))

CASES = (
    Case("dns.silent", silence, mends=False),
    Case("return.no_host", drop("bounce.example.jp", "MX")),
    Case("return.null_mx", "bounce.example.jp. MX 0 ."),
    Case("return.mx_nowhere", "bounce.example.jp. MX 10 gone.example.jp."),
    Case("return.mx_nowhere", "bounce.example.jp. MX 10 gone.example.jp.", places=SendingPlaces()),
    Case("return.mx_alias", "bounce.example.jp. MX 10 www.example.jp.\nwww.example.jp. CNAME mx.example.jp."),
    Case("return.mx_private", "mx.example.jp. A 192.168.0.5", mends=False),
    Case("from.no_host", drop("example.jp", "MX")),
    Case("spf.missing", drop("bounce.example.jp", "TXT")),
    Case("spf.missing", 'bounce.example.jp. TXT "v=spf10 all" "V=SPF2 x"'),
    Case("spf.missing", drop("bounce.example.jp", "TXT"), places=SendingPlaces()),
    Case("spf.several", f'bounce.example.jp. TXT "{SPF}"\nbounce.example.jp. TXT "v=spf1 -all"'),
    Case("spf.wrong", spf("v=spf1 ipv4:192.0.2.10 ~all")),
    Case("spf.wrong", spf("v=spf1 ip4:192.0.2.10/33 ~all")),
    Case("spf.wrong", spf("v=spf1 ip4:192.0.2.300 ~all")),
    Case("spf.wrong", spf("v=spf1 ip4:2001:db8::10 ~all")),
    Case("spf.wrong", spf("v=spf1 include: ~all")),
    Case("spf.wrong", spf("v=spf1 a:/33 ~all")),
    Case("spf.wrong", spf("v=spf1 all:example.jp")),
    Case("spf.wrong", spf("v=spf1 redirect=")),
    Case("spf.lookups", f"{MANY}\n{spf(f'{SPF[:-5]} {INCLUDES} ~all')}"),
    Case("spf.lookups", f"{MANY}\n{spf(f'v=spf1 {INCLUDES} ~all')}"),
    Case("spf.lookups", spf("v=spf1 include:bounce.example.jp ~all")),
    Case("spf.empty", spf("v=spf1 a:g1.example.jp a:g2.example.jp a:g3.example.jp ip4:192.0.2.10 ~all")),
    Case("spf.include", spf("v=spf1 include:mx.example.jp ~all")),
    Case("spf.include", spf("v=spf1 redirect=mx.example.jp")),
    Case("spf.open", spf("v=spf1 ip4:192.0.2.10 ip6:2001:db8::10 +all")),
    Case("spf.open", spf("v=spf1 ip6:2001:db8::10 ip4:0.0.0.0/1 ip4:192.0.2.10 ~all")),
    Case("spf.open", f'{spf(f"{SPF[:-5]} include:o.example.jp ~all")}\no.example.jp. TXT "v=spf1 all"', mends=False),
    Case("spf.no_end", spf("v=spf1 ip4:192.0.2.10 ip6:2001:db8::10")),
    Case("spf.no_end", spf("v=spf1 ip4:192.0.2.10 ip6:2001:db8::10 ?all")),
    Case("spf.ptr", spf("v=spf1 ip4:192.0.2.10 ip6:2001:db8::10 ptr:example.jp ~all")),
    Case("spf.refuses", spf("v=spf1 ip4:192.0.2.11 ~all")),
    Case("spf.refuses", spf("v=spf1 a:mail.example.jp -all")),
    Case("spf.refuses", spf("v=spf1 -ip4:192.0.2.0/24 ip6:2001:db8::/32 -all"), mends=False),
    Case("spf.service", places=SendingPlaces(OURS, ("amazonses.com",)), change='amazonses.com. TXT "v=spf1 -all"'),
    Case("spf.only_ipv6", places=LONE_V6, mends=False),
    Case("spf.from", 'example.jp. TXT "v=spf1 a:mx.example.jp ~all"'),
    Case("spf.from", drop("example.jp", "TXT")),
    Case("spf.several", lambda zone: zone.set_texts("example.jp", SPF, f"{SPF} exp=a.jp")),
    Case("dkim.unsigned", sender=facts(keys=()), mends=False),
    Case("dkim.unreadable", sender=facts(keys=(*named(rsa()), NO_KEY)), mends=False),
    Case("dkim.missing", drop(rsa().record_name)),
    Case("dkim.missing", drop(ed25519().record_name)),
    Case("dkim.wrong", key_text(ed25519(), "A")),
    Case("dkim.wrong", lambda zone: zone.set_texts(rsa().record_name, short().record)),
    Case("dkim.several", lambda zone: zone.set_texts(rsa().record_name, rsa().record, short().record)),
    Case("dkim.revoked", record(rsa(), "v=DKIM1; p=")),
    Case("dkim.testing", key_text(rsa(), "; t=s:y")),
    Case("dkim.restricted", key_text(rsa(), "; h=sha1")),
    Case("dkim.restricted", key_text(ed25519(), "; s=tlsrpt")),
    Case("dkim.short", sender=facts(keys=named(short())), mends=False),
    Case("dkim.ed25519_alone", sender=facts(keys=named(ed25519())), mends=False),
    Case("dmarc.missing", drop("_dmarc.example.jp")),
    Case("dmarc.several", lambda zone: zone.set_texts("_dmarc.example.jp", DMARC, f"{DMARC}; pct=50")),
    Case("dmarc.wrong", dmarc("v=DMARC1; p=refuse")),
    Case("dmarc.wrong", dmarc("V=DMARC1; p=none")),
    Case("dmarc.none", dmarc("v=DMARC1; p=none; adkim=s; rua=mailto:d@example.jp")),
    Case("dmarc.no_reports", dmarc("v=DMARC1; p=reject; aspf=r")),
    Case("dmarc.report_refused", dmarc("v=DMARC1; p=reject; rua=mailto:d@example.jp,mailto:r@other.jp!5m")),
    Case("dmarc.unaligned", sender=facts(path="b@other.jp", keys=named(FOREIGN)), mends=False),
    Case("dmarc.unaligned", sender=facts(path="b@other.jp", keys=()), mends=False),
    Case("dmarc.path_unaligned", sender=facts(path="b@other.jp"), mends=False),
    Case("dmarc.path_unaligned", dmarc(f"{DMARC}; aspf=s"), mends=False),
    Case("dmarc.key_unaligned", sender=facts(keys=named(FOREIGN)), mends=False),
    Case("bimi.none", drop("default._bimi.example.jp"), mends=False),
    Case("bimi.wrong", 'default._bimi.example.jp. TXT "v=BIMI1; l=http://example.jp/mark.png"'),
    Case("bimi.no_certificate", 'default._bimi.example.jp. TXT "v=BIMI1; l=https://example.jp/m.svg"', mends=False),
    Case("bimi.policy", dmarc("v=DMARC1; p=none; rua=mailto:d@example.jp")),
    Case("bimi.policy", drop("_dmarc.example.jp")),
    Case("servers.unknown", places=SendingPlaces(), mends=False),
    Case("servers.unreadable", places=SendingPlaces(unreadable="mail/x"), mends=False),
    Case("ptr.missing", drop("10.2.0.192.in-addr.arpa")),
    Case("ptr.missing", drop(V6_NAME), places=LONE_V6),
    Case("ptr.astray", "10.2.0.192.in-addr.arpa. PTR other.example.jp."),
    Case("ptr.generic", "10.2.0.192.in-addr.arpa. PTR h192-0-2-10.isp.jp.\nh192-0-2-10.isp.jp. A 192.0.2.10"),
    Case("helo.local", places=LOCAL, mends=False),
    Case("helo.no_host", drop("mail.example.jp", "A")),
    Case("helo.elsewhere", places=ELSEWHERE),
)  # fmt: skip


def kinds(case: Case) -> dict[str, DomainFinding]:
    return {one.kind: one for one in examine(case.sender or facts(), case.places)}


def test_a_zone_that_is_right_is_good(zone: NameServer) -> None:
    found = kinds(Case(""))
    assert set(found) == {
        "return.good", "spf.good", "dkim.good", "dmarc.good", "bimi.good", "ptr.good", "helo.good"
    }  # fmt: skip
    assert all(finding_words.grade(one) is Grade.GOOD and not one.zone for one in found.values())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.kind)
def test_a_finding_is_provoked_and_mended(zone: NameServer, case: Case) -> None:
    assert case.kind not in kinds(case._replace(sender=None, places=PLACES)), "the right zone has it not"
    if callable(case.change):
        case.change(zone)
    else:
        zone.paste(case.change)
    found = kinds(case)[case.kind]
    for language in ("ja", "en"):
        assert "{" not in finding_words.message(found, language)
        assert finding_words.remedy(found, language) or finding_words.grade(found) is Grade.GOOD
    assert not any(line.endswith('"v=spf1 ~all"') for line in found.zone), "nobody would pass"
    if case.mends:
        assert found.zone
        zone.paste("\n".join(found.zone))
        assert case.kind not in kinds(case), found.zone


def test_every_finding_about_a_domain_has_a_case(zone: NameServer) -> None:
    others = {"sender.wrong"} | {one for one in SERVER_WORDS if one.startswith(("tls.", "unsubscribe."))}
    told = {case.kind for case in CASES} | set(kinds(Case("")))
    assert told == (set(DOMAIN_WORDS) | set(SERVER_WORDS)) - others


def test_a_long_record_comes_over_tcp(zone: NameServer) -> None:
    zone.set_texts("bounce.example.jp", SPF, *("x" * 250 + str(place) for place in range(8)))
    assert "spf.good" in kinds(Case(""))
    assert ("bounce.example.jp", "tcp") in zone.asked


def test_a_server_that_is_silent_costs_a_bounded_time_and_each_name_once(zone: NameServer) -> None:
    zone.refuses = True
    found = examine(facts(), PLACES)
    assert {one.kind for one in found} == {"dns.silent"}
    assert all(finding_words.grade(one) is Grade.DOUBTFUL for one in found)
    zone.refuses = False
    late = examination.of_newsletter(facts(), PLACES, DnsAnswers(total=0))
    assert {one.kind for one in late} == {"dns.silent"}, "there is no time left"


def test_the_organisation_is_found_by_walking_up(zone: NameServer) -> None:
    below = facts("news@a.b.example.jp", "back@bounce.example.jp")
    assert {one.kind for one in examine(below, PLACES)} >= {"dmarc.good"}
    zone.paste(dmarc(f"{DMARC}; psd=y"))
    assert {one.kind for one in examine(below, PLACES)} >= {"dmarc.missing"}
    right_zone.fill(zone)
    zone.paste('_dmarc.jp. TXT "v=DMARC1; p=reject; psd=y"')
    assert {one.kind for one in examine(facts(path="b@other.jp"), PLACES)} >= {"dmarc.path_unaligned"}


def test_known_services_are_known_by_the_end_of_a_name() -> None:
    assert service_of("email-smtp.ap-northeast-1.amazonaws.com") == "amazonses.com"
    assert service_of("smtp.sendgrid.net") == "sendgrid.net"
    assert service_of("notsendgrid.net") == service_of("mail.example.jp") == ""
