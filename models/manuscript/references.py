"""What a manuscript names must exist, and its ranking must be in order. All that is wrong is said at once."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from sqlalchemy import select
from sqlalchemy.orm import Session

import settings

from ..issues.article import Article
from ..issues.block import Only, RankingEntry
from ..issues.issue import Issue
from ..issues.newsletter import Newsletter
from ..store import link_address
from ..store.errors import Invalid
from ..store.phrase import Phrase, joined, phrase
from . import Manuscript, Reference
from .bare_address import canonical
from .parse_context import suggestion

Problem = tuple[int, Phrase]
"""A line and what is wrong there."""

NO_SUCH = {
    "article": phrase("there is no article “{name}”{hint}"),
    "audience": phrase("there is no audience “{name}”{hint}"),
    "topic": phrase("there is no topic “{name}”{hint}"),
    "field": phrase("there is no field “{name}”{hint}"),
}


def check(session: Session, newsletter: Newsletter, found: Manuscript, file: str) -> None:
    """Look up everything that a manuscript names.

    Raises:
        Invalid: with one line for each thing that there is not, or that is out of order.
    """
    hold_articles(session, newsletter, found.references)
    raise_problems(list_problems(session, newsletter, found), file)


def list_problems(session: Session, newsletter: Newsletter, found: Manuscript) -> list[Problem]:
    """Everything that a manuscript names and that there is not, and what is out of order in its ranking."""
    known = _known(session, newsletter)
    missing = [problem for reference in found.references for problem in _missing(reference, known)]
    return missing + list(_order(found))


def check_links(
    session: Session, newsletter: Newsletter, references: tuple[Reference, ...], own: str, file: str
) -> None:
    """Look up what the text of an article names; *own* is its slug, which it may name before it is there."""
    hold_articles(session, newsletter, references)
    known = _known(session, newsletter)
    known["article"].add(own)
    raise_problems([problem for reference in references for problem in _missing(reference, known)], file)


def raise_problems(problems: list[Problem], file: str) -> None:
    """Raise :class:`Invalid` with every problem, unless there is none."""
    ordered = sorted(set(problems), key=lambda problem: (problem[0], str(problem[1])))
    if ordered:
        (line, first), rest = ordered[0], ordered[1:]
        others = [joined([f"{file}:{at}: ", message], "") for at, message in rest]
        raise Invalid(joined([first, *others], "\n"), file=file, line=line)


def hold_articles(session: Session, newsletter: Newsletter, references: tuple[Reference, ...]) -> None:
    """Let nobody delete or rename an article until what names it is saved."""
    names = {one.name.removeprefix("article:") for one in references if one.what in ("article", "address")}
    held = select(Article.id).where(Article.newsletter_id == newsletter.id, Article.slug.in_(names))
    session.execute(held.order_by(Article.id).with_for_update(read=True, key_share=True))


def _known(session: Session, newsletter: Newsletter) -> dict[str, set[str]]:
    issues = session.scalars(select(Issue.number).where(Issue.newsletter_id == newsletter.id))
    numbers = {str(number) for number in issues}
    return {
        "article": set(session.scalars(select(Article.slug).where(Article.newsletter_id == newsletter.id))),
        "audience": {audience.slug for audience in newsletter.audiences},
        "topic": set(newsletter.known_topics),
        "field": {str(field["name"]) for field in newsletter.fields},
        "corrects": numbers,
        "read": numbers,
    }


def _missing(reference: Reference, known: dict[str, set[str]]) -> Iterator[Problem]:
    what, name = reference.what, reference.name
    if what == "address":
        if name.startswith("article:"):
            what, name = "article", name.removeprefix("article:")
        elif wrong := link_address.fault(canonical(name), settings.get().base_url):
            yield reference.line, wrong
    if what in known and name not in known[what]:
        if what == "corrects":
            yield reference.line, phrase("there is no issue {name} that could be corrected", name=name)
        elif what == "read":
            yield reference.line, phrase("there is no issue {name} that somebody could have read", name=name)
        else:
            yield reference.line, NO_SUCH[what].filled(name=name, hint=suggestion(name, known[what]))


def _order(found: Manuscript) -> Iterator[Problem]:
    """Each ranking (one for each kind of reader) counts down to 1, or up from 1, and has an article only once."""
    lines = iter([reference.line for reference in found.references if reference.what == "place"])
    rankings: dict[Only, list[tuple[int, RankingEntry]]] = {}
    for block in found.blocks:
        if isinstance(block, RankingEntry):
            rankings.setdefault(block.only, []).append((next(lines), block))
    for entries in rankings.values():
        yield from _order_of_one(entries)


def _order_of_one(entries: list[tuple[int, RankingEntry]]) -> Iterator[Problem]:
    places = [entry.place for _, entry in entries]
    step = 1 if places[0] == 1 else -1
    for (_, before), (line, entry) in pairwise(entries):
        if entry.place != before.place + step:
            yield (
                line,
                phrase(
                    "place {place} follows place {before}: count down to 1 without a gap",
                    place=entry.place,
                    before=before.place,
                ),
            )
            return
    if 1 not in places:
        yield entries[-1][0], phrase("the ranking ends with place {place}: count down to 1", place=places[-1])
    seen: set[str] = set()
    for line, entry in entries:
        if entry.article in seen:
            yield line, phrase("the article “{slug}” has two places", slug=entry.article)
        seen.add(entry.article)
