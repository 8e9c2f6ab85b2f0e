"""The whole examination: every newsletter's domain, the servers, our address, and the newest letters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from sqlalchemy.orm import Session

from models.issues import issue_list
from models.issues import newsletter as newsletters
from models.issues.issue import Issue
from models.sender_domain.domain_finding import DomainFinding, finding
from models.store.errors import Invalid
from models.store.language import Language
from models.store.lookup.dns_answers import DnsAnswers, DnsSilent

from . import (
    bimi_findings,
    dkim_findings,
    dmarc_findings,
    host_findings,
    letter_findings,
    server_findings,
    spf_findings,
    web_findings,
)
from .sender_facts import SenderFacts, SendingPlaces, facts_of, places

_LETTER_SECONDS = 10.0
"""What asking for DMARC may take, for all letters together."""


def examine(session: Session, language: Language, seconds: float = 60.0) -> list[DomainFinding]:
    """What receivers would find wrong with those who send from here. None of it raises, and nothing is changed.

    Arguments:
        language: of reasons that others give.
        seconds: what asking the DNS may take altogether; what is not asked by then counts as not answered.
    """
    answers = DnsAnswers(total=seconds)
    where = places(session, answers)
    found: list[DomainFinding] = []
    domain = "example.jp"
    for newsletter in newsletters.list_all(session):
        try:
            facts = facts_of(newsletter)
            domain = facts.sender_domain
            found += of_newsletter(facts, where, answers)
        except Invalid as error:
            found.append(replace(finding("sender.wrong", reason=error.say(language)), newsletter=newsletter.slug))
    return [*found, *of_servers(where, answers, domain), *web_findings.examine()]


def of_newsletter(facts: SenderFacts, where: SendingPlaces, answers: DnsAnswers) -> list[DomainFinding]:
    """What is found about the domains of one newsletter.

    Raises:
        Invalid: its sender or return path is no mail address.
    """
    facts.sender_domain, facts.return_domain  # noqa: B018  (raises once for all)
    parts: Iterable[Callable[[], Iterator[DomainFinding]]] = (
        lambda: host_findings.examine(facts, where, answers),
        lambda: spf_findings.examine(facts, where, answers),
        lambda: dkim_findings.examine(facts, answers),
        lambda: dmarc_findings.examine(facts, answers),
        lambda: bimi_findings.examine(facts, answers),
    )
    return [replace(one, newsletter=facts.newsletter) for part in parts for one in _asked(part)]


def of_servers(where: SendingPlaces, answers: DnsAnswers, domain: str) -> list[DomainFinding]:
    """What is found about the servers that letters leave from; *domain* is that of a sender."""
    return _asked(lambda: server_findings.examine(where, answers, domain))


def of_letter(
    session: Session, issue: Issue, language: Language, answers: DnsAnswers | None = None
) -> list[DomainFinding]:
    """What is found about the letter of an issue; *language* as in :func:`examine`."""
    from . import sample_letter  # what renders takes 16 MB that a sender has no use for

    try:
        facts = facts_of(issue.newsletter)
        letter, path = sample_letter.write(session, issue), facts.return_domain
        dmarc = _policy(facts, answers or DnsAnswers(total=_LETTER_SECONDS))
        found = letter_findings.examine(letter, path, dmarc)
    except Invalid as error:
        found = [finding("letter.unwritten", reason=error.say(language))]
    return [replace(one, newsletter=issue.newsletter.slug) for one in found]


def of_newest_letters(session: Session, language: Language) -> list[DomainFinding]:
    """What is found about the letter of each newsletter's newest issue."""
    newest = [issue_list.latest(session, one.id) for one in newsletters.list_all(session)]
    answers = DnsAnswers(total=_LETTER_SECONDS)
    return [found for issue in newest if issue for found in of_letter(session, issue, language, answers)]


def _policy(facts: SenderFacts, answers: DnsAnswers) -> dmarc_findings.DmarcPolicy | None:
    try:
        return dmarc_findings.find(facts.sender_domain, answers)
    except DnsSilent:
        return None


def _asked(part: Callable[[], Iterator[DomainFinding]]) -> list[DomainFinding]:
    """What a part finds; where the DNS is silent in the middle, what it found by then, and that."""
    found: list[DomainFinding] = []
    try:
        found.extend(part())
    except DnsSilent as silent:
        found.append(finding("dns.silent", name=silent.name))
    return found
