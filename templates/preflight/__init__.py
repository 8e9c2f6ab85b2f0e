"""What must not go out: rules over a letter and its rendering, one family a file.

A letter with an error cannot be approved; a warning is for a person to weigh. See ``docs/preflight.md``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sqlalchemy.orm import Session

from models.deliveries import recipients
from models.deliveries.recipients import Recipients
from models.deliveries.relays import relay_limit
from models.issues.issue import Issue
from models.store.errors import Invalid

from ..content import compose
from ..content.errors import CannotRender, RenderFault
from ..content.letter import Letter
from ..render import edition
from ..render.edition import Rendered
from ..translations import phrase
from . import (
    archive_links,
    character_rules,
    dates,
    honorific_rules,
    left_marks,
    legal,
    link_rules,
    lost_words,
    recipient_rules,
    size,
    structure,
    text_rules,
    theme_rules,
)
from .finding import LETTER, Finding, Location, Severity, error
from .http_check import Reached

__all__ = ["Finding", "Location", "Severity", "blocks_approval", "check", "check_issue"]


Count = Callable[[Session, Issue], Recipients | None]


def check(letter: Letter, *further: Callable[[Rendered], Iterable[Finding]]) -> list[Finding]:
    """Everything that is wrong with *letter*, errors first.

    Arguments:
        letter: with every block that any reader may get (:func:`templates.content.compose.everything`).
        further: rules over its rendering that need more than the letter: a database, a network.
    """
    found: list[Finding] = []
    try:
        rendered = edition.render(letter)
    except CannotRender as fault:
        found.append(_cannot_render(fault))
        if fault.fault is RenderFault.LETTER_LONG:
            return found
    except Invalid as fault:
        found.append(error("template.broken", LETTER, reason=fault))
    else:
        found += _of_rendering(letter, rendered)
        for rule in further:
            found += rule(rendered)
    for family in (structure, character_rules, text_rules, left_marks, dates, link_rules):
        found += family.check(letter)
    unique: dict[object, Finding] = {}
    for one in found:
        unique.setdefault((one.rule, one.where, tuple(one.values.items()), one.severity), one)
    return sorted(unique.values(), key=lambda one: (one.severity is Severity.WARNING, one.where.block))


def check_issue(
    session: Session, issue: Issue, reach: Callable[[str], Reached] | None = None, *, count: Count | None = None
) -> list[Finding]:
    """:func:`check` for everything that any reader of *issue* may get, its links into our archive, and its way there.

    Arguments:
        reach: asks the addresses of all other links (:func:`.http_check.ask`); None leaves the network alone.
        count: tells who gets the issue, or None where nobody has counted; without it, all readers are counted, which
            takes long where there are many.
    """
    letter = compose.everything(session, issue)

    def archive(rendered: Rendered) -> Iterable[Finding]:
        return archive_links.check(session, issue, letter, rendered)

    def readers(_rendered: Rendered) -> Iterable[Finding]:
        return recipient_rules.check(session, issue, count or recipients.count)

    def relays(rendered: Rendered) -> Iterable[Finding]:
        return size.check_relays(rendered, relay_limit.known(session), len(issue.newsletter.dkim))

    def network(rendered: Rendered) -> Iterable[Finding]:
        return link_rules.check_reachable(letter, rendered, reach) if reach else ()

    return check(letter, archive, readers, relays, network)


def blocks_approval(findings: list[Finding]) -> bool:
    """Whether any of *findings* is an error."""
    return any(finding.severity is Severity.ERROR for finding in findings)


def _of_rendering(letter: Letter, rendered: Rendered) -> list[Finding]:
    return [
        *legal.check(letter, rendered),
        *size.check(letter, rendered),
        *theme_rules.check(letter, rendered),
        *lost_words.check(letter, rendered),
        *honorific_rules.check(letter, rendered),
    ]


def _cannot_render(fault: CannotRender) -> Finding:
    where = Location(phrase("block {number}", number=fault.block), fault.block) if fault.block else LETTER
    return error("template.broken", where, reason=fault.phrase)
