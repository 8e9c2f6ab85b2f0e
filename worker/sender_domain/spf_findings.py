"""SPF (RFC 7208) of the return path's domain, and of the domain in From, which docomo and au look at."""

from __future__ import annotations

from collections.abc import Iterator

from models.sender_domain.domain_finding import DomainFinding, finding
from models.store.lookup.dns_answers import DnsAnswers

from . import zone_line
from .sender_facts import SenderFacts, SendingPlaces
from .spf_evaluation import MOST_LOOKUPS, SpfBroken, SpfEvaluation, SpfResult, records


def examine(facts: SenderFacts, places: SendingPlaces, answers: DnsAnswers) -> Iterator[DomainFinding]:
    """The record of the return path; and, where From has another domain, that of From.

    Raises:
        DnsSilent: nobody answered.
    """
    wrong = list(_wrong(facts.return_domain, facts, places, answers))
    yield from wrong or [finding("spf.good", domain=facts.return_domain, addresses=_shown(places))]
    if facts.sender_domain == facts.return_domain:
        return
    for one in _wrong(facts.sender_domain, facts, places, answers):
        if one.kind in ("spf.missing", "spf.refuses", "spf.service"):
            yield finding("spf.from", *one.zone, domain=facts.sender_domain)
        elif one.kind not in ("spf.only_ipv6", "spf.ptr", "spf.no_end"):
            yield one


def _shown(places: SendingPlaces) -> str:
    return ", ".join([*(one.address for one in places.servers), *places.includes]) or "–"


def _wrong(domain: str, facts: SenderFacts, places: SendingPlaces, answers: DnsAnswers) -> Iterator[DomainFinding]:
    found = records(answers, domain)
    if not found:
        yield finding("spf.missing", zone_line.txt(domain, _amended("v=spf1 ~all", *_terms(places))), domain=domain)
        return
    whole = SpfEvaluation(answers, sender=facts.return_path)
    try:
        end = whole.result(domain)
        refusing = [one.address for one in places.servers if not _passes(one.address, one.name, domain, facts, answers)]
    except SpfBroken as broken:
        yield _broken(broken, domain, places)
        return
    if whole.lookups > MOST_LOOKUPS:
        yield _broken(SpfBroken("spf.lookups", domain, whole.lookups), domain, places)
    if whole.open_by:
        closed = " ".join("~all" if one.lower() in ("all", "+all") else one for one in found[0].split()
                          if one != whole.open_by or one.lower() in ("all", "+all"))  # fmt: skip
        yield finding("spf.open", zone_line.txt(domain, _amended(closed)), domain=domain, term=whole.open_by)
    elif end is SpfResult.NEUTRAL:
        yield finding("spf.no_end", zone_line.txt(domain, _amended(found[0])), domain=domain)
    if whole.has_ptr:
        kept = " ".join(one for one in found[0].split() if one.lstrip("+?~-").split(":")[0].lower() != "ptr")
        yield finding("spf.ptr", zone_line.txt(domain, _amended(kept, *_terms(places))), domain=domain)
    if refusing:
        terms = [_address_term(one) for one in refusing]
        zone = zone_line.txt(domain, _amended(found[0], *terms))
        yield finding("spf.refuses", zone, domain=domain, addresses=", ".join(refusing))
    if missing := [one for one in places.includes if f"include:{one}" not in found[0].lower().split()]:
        zone = zone_line.txt(domain, _amended(found[0], *(f"include:{one}" for one in missing)))
        yield finding("spf.service", zone, domain=domain, includes=", ".join(missing))
    if places.servers and not places.includes and all(":" in one.address for one in places.servers):
        yield finding("spf.only_ipv6", addresses=_shown(places))


def _passes(address: str, helo: str, domain: str, facts: SenderFacts, answers: DnsAnswers) -> bool:
    return SpfEvaluation(answers, address, facts.return_path, helo).result(domain) is SpfResult.PASS


def _broken(broken: SpfBroken, domain: str, places: SendingPlaces) -> DomainFinding:
    """What receivers give up on: in place of it stands a record that names our servers by their addresses."""
    zone = [zone_line.txt(domain, _amended("v=spf1 ~all", *_terms(places)))]
    return finding(broken.kind, *zone, domain=domain, of=broken.domain, detail=broken.detail, most=MOST_LOOKUPS)


def _terms(places: SendingPlaces) -> list[str]:
    """Terms for our servers; those that take mail where none is known, as a record without any would refuse all."""
    known = [_address_term(one.address) for one in places.servers]
    return [*known, *(f"include:{one}" for one in places.includes)] or ["mx"]


def _address_term(address: str) -> str:
    return f"ip{'6' if ':' in address else '4'}:{address}"


def _amended(record: str, *terms: str) -> str:
    """*record* with *terms* more, before what ends it; ``~all`` at its end where nothing does."""
    words = record.split()
    kept = [one for one in words[1:] if not _ends(one)]
    end = [one for one in words[1:] if _ends(one) and one.lower() != "?all"] or ["~all"]
    return " ".join([words[0], *kept, *(one for one in terms if one not in kept), *end])


def _ends(term: str) -> bool:
    return term.lower().lstrip("+?~-") == "all" or term.lower().startswith("redirect=")
