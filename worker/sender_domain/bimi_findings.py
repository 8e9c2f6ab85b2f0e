"""BIMI: the mark that some receivers show beside a letter. Nobody has to have one."""

from __future__ import annotations

from collections.abc import Iterator

from models.issues.dkim_record import tags_of
from models.sender_domain.domain_finding import DomainFinding, finding
from models.store.lookup.dns_answers import DnsAnswers

from . import dmarc_findings, zone_line
from .sender_facts import SenderFacts


def examine(facts: SenderFacts, answers: DnsAnswers) -> Iterator[DomainFinding]:
    """The record, where there is one.

    Raises:
        DnsSilent: nobody answered.
    """
    domain = facts.sender_domain
    name = f"default._bimi.{domain}"
    found = [one for one in answers.texts(name) if one.replace(" ", "").lower().startswith("v=bimi1")]
    if not found:
        yield finding("bimi.none", domain=domain)
        return
    yield from list(_wrong(domain, name, found, answers)) or [finding("bimi.good", domain=domain)]


def _wrong(domain: str, name: str, found: list[str], answers: DnsAnswers) -> Iterator[DomainFinding]:
    tags = tags_of(found[0])
    picture = tags.get("l", "")
    if len(found) > 1 or not picture.startswith("https://") or not picture.lower().endswith((".svg", ".svgz")):
        zone = zone_line.txt(name, f"v=BIMI1; l=https://{domain}/bimi.svg; a={tags.get('a', '')}")
        yield finding("bimi.wrong", zone, domain=domain)
        return
    if not tags.get("a"):
        yield finding("bimi.no_certificate", domain=domain)
    policy = dmarc_findings.find(domain, answers)
    if policy is None or policy.policy not in ("quarantine", "reject"):
        record = dmarc_findings.with_tags(policy, p="quarantine") if policy else "v=DMARC1; p=quarantine"
        yield finding(
            "bimi.policy", zone_line.txt(f"_dmarc.{policy.domain if policy else domain}", record), domain=domain
        )
