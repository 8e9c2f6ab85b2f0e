"""DMARC (RFC 7489): a record of the domain in From, and what agrees with it. The organisation's domain is found by
walking up the name, as the successor of RFC 7489 does, so no list of public suffixes is needed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from models.issues.dkim_record import tags_of
from models.sender_domain.domain_finding import DomainFinding, finding
from models.store.lookup.dns_answers import DnsAnswers

from . import zone_line
from .sender_facts import SenderFacts

_MOST_LABELS = 8


class DmarcPolicy(NamedTuple):
    """The record that holds for a domain."""

    domain: str
    """Where it stands."""
    organisation: str
    """Below which names agree with each other; empty where no record says so."""
    tags: dict[str, str]
    text: str
    records: int
    """Records at that name; receivers take none of several."""

    @property
    def policy(self) -> str:
        """none, quarantine or reject, for the domain that was asked about."""
        return self.tags.get("p", "").lower()


def find(domain: str, answers: DnsAnswers) -> DmarcPolicy | None:
    """The record of *domain*, or of the nearest domain above it.

    Raises:
        DnsSilent: nobody answered.
    """
    labels = domain.split(".")
    first = len(labels) - _MOST_LABELS if len(labels) > _MOST_LABELS else 0
    nearest: DmarcPolicy | None = None
    organisation = ""
    for at in [0, *range(max(first, 1), len(labels))]:
        name = ".".join(labels[at:])
        found = [one for one in answers.texts(f"_dmarc.{name}") if one.replace(" ", "").lower().startswith("v=dmarc1")]
        if not found:
            continue
        tags = tags_of(found[0])
        if tags.get("psd", "").lower() == "y" and at:
            organisation = organisation or ".".join(labels[at - 1 :])
            break
        organisation = name
        nearest = nearest or DmarcPolicy(name, "", tags, found[0], len(found))
        if tags.get("psd", "").lower() == "n":
            break
    return nearest._replace(organisation=organisation) if nearest else None


def is_aligned(domain: str, sender: str, policy: DmarcPolicy | None, tag: str) -> bool:
    """Whether *domain* agrees with the domain in From (RFC 7489, 3.1).

    Arguments:
        tag: ``adkim`` for a signature, ``aspf`` for the return path.
    """
    if domain == sender:
        return True
    if policy is None or not f".{sender}".endswith(f".{policy.organisation}"):
        return f".{domain}".endswith(f".{sender}") or f".{sender}".endswith(f".{domain}")
    if policy.tags.get(tag, "r").lower() == "s":
        return False
    return f".{domain}".endswith(f".{policy.organisation}")


def examine(facts: SenderFacts, answers: DnsAnswers) -> Iterator[DomainFinding]:
    """The record, and whether return path and signatures agree with From.

    Raises:
        DnsSilent: nobody answered.
    """
    policy = find(facts.sender_domain, answers)
    wrong = [*_record(facts, policy, answers), *_alignment(facts, policy)]
    yield from wrong or [finding("dmarc.good", domain=facts.sender_domain, policy=policy.policy if policy else "")]


def _record(facts: SenderFacts, policy: DmarcPolicy | None, answers: DnsAnswers) -> Iterator[DomainFinding]:
    domain = facts.sender_domain
    fresh = zone_line.txt(f"_dmarc.{domain}", f"v=DMARC1; p=none; rua=mailto:{facts.contact or facts.sender}")
    if policy is None:
        yield finding("dmarc.missing", fresh, domain=domain)
        return
    own = f"_dmarc.{policy.domain}"
    if policy.records > 1:
        yield finding("dmarc.several", zone_line.txt(own, policy.text), domain=policy.domain, count=policy.records)
        return
    if policy.policy not in ("none", "quarantine", "reject") or not policy.text.startswith("v=DMARC1"):
        yield finding("dmarc.wrong", fresh, domain=policy.domain, record=policy.text[:200])
        return
    if policy.policy == "none":
        changed = with_tags(policy, p="quarantine")
        yield finding("dmarc.none", zone_line.txt(own, changed), domain=policy.domain)
    if "rua" not in policy.tags:
        changed = with_tags(policy, rua=f"mailto:{facts.contact or facts.sender}")
        yield finding("dmarc.no_reports", zone_line.txt(own, changed), domain=policy.domain)
    for target in _foreign(policy):
        name = f"{policy.domain}._report._dmarc.{target}"
        if not any(one.replace(" ", "").startswith("v=DMARC1") for one in answers.texts(name)):
            yield finding("dmarc.report_refused", zone_line.txt(name, "v=DMARC1"), domain=policy.domain, other=target)


def _foreign(policy: DmarcPolicy) -> list[str]:
    """Domains that reports go to and that must say that they want them (RFC 7489, 7.1)."""
    addresses = [one.partition("!")[0] for one in policy.tags.get("rua", "").split(",")]
    domains = {one.rpartition("@")[2].lower() for one in addresses if one.lower().startswith("mailto:") and "@" in one}
    return sorted(one for one in domains if not f".{one}".endswith(f".{policy.organisation or policy.domain}"))


def with_tags(policy: DmarcPolicy, **tags: str) -> str:
    """The record with some tags changed, the others as they stand."""
    kept = {name: value for name, value in policy.tags.items() if name}
    first = {"v": "DMARC1", "p": tags.get("p", kept.get("p", "none"))}
    return "; ".join(f"{name}={value}" for name, value in {**first, **kept, **tags, **first}.items())


def _alignment(facts: SenderFacts, policy: DmarcPolicy | None) -> Iterator[DomainFinding]:
    sender = facts.sender_domain
    by_path = is_aligned(facts.return_domain, sender, policy, "aspf")
    by_key = any(is_aligned(one.domain.lower(), sender, policy, "adkim") for one in facts.keys)
    keys = ", ".join(dict.fromkeys(one.domain for one in facts.keys))
    if not by_path and not by_key:
        yield finding("dmarc.unaligned", domain=sender, path=facts.return_domain, keys=keys or "–")
    elif not by_path:
        yield finding("dmarc.path_unaligned", domain=sender, path=facts.return_domain)
    elif facts.keys and not by_key:
        yield finding("dmarc.key_unaligned", domain=sender, keys=keys)
