"""What a manuscript names must exist, and its ranking must be in order. All that is wrong is said at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..issues.article import Article
from ..issues.block import Only, RankingEntry
from ..issues.issue import Issue
from ..issues.newsletter import Newsletter
from ..store.errors import Invalid
from . import Manuscript, Reference
from .parse_context import suggestion

_WHOLE = re.compile(r"^(https?://[^\s/]|mailto:\S+@)")

Complaint = tuple[int, str]
"""A line and what is wrong there."""


def check(session: Session, home: Newsletter, found: Manuscript, file: str) -> None:
    """Look up everything that a manuscript names.

    Raises:
        Invalid: with one line for each thing that there is not, or that is out of order.
    """
    known = _known(session, home)
    complaints = [complaint for mention in found.mentions for complaint in _missing(mention, known)]
    complaints += _order(found)
    refuse(complaints, file)


def check_links(session: Session, home: Newsletter, mentions: tuple[Reference, ...], own: str, file: str) -> None:
    """Look up what the text of an article names; *own* is its slug, which it may name before it is there."""
    known = _known(session, home)
    known["article"].add(own)
    refuse([complaint for mention in mentions for complaint in _missing(mention, known)], file)


def refuse(complaints: list[Complaint], file: str) -> None:
    """Raise :class:`Invalid` with every complaint, unless there is none."""
    ordered = sorted(set(complaints))
    if ordered:
        (line, first), rest = ordered[0], ordered[1:]
        raise Invalid("\n".join([first, *(f"{file}:{at}: {message}" for at, message in rest)]), file=file, line=line)


def _known(session: Session, home: Newsletter) -> dict[str, set[str]]:
    return {
        "article": set(session.scalars(select(Article.slug).where(Article.newsletter_id == home.id))),
        "audience": {audience.slug for audience in home.audiences},
        "topic": {topic.slug for topic in home.topics},
        "corrects": {
            str(number) for number in session.scalars(select(Issue.number).where(Issue.newsletter_id == home.id))
        },
    }


def _missing(mention: Reference, known: dict[str, set[str]]) -> Iterator[Complaint]:
    what, name = mention.what, mention.name
    if what == "address":
        if name.startswith("article:"):
            what, name = "article", name.removeprefix("article:")
        elif not _WHOLE.match(name):
            yield mention.line, f"“{name}” is no whole address: begin it with https://, mailto: or article:"
    if what in known and name not in known[what]:
        if what == "corrects":
            yield mention.line, f"there is no issue {name} that could be corrected"
        else:
            yield mention.line, f"there is no {what} “{name}”{suggestion(name, known[what])}"


def _order(found: Manuscript) -> Iterator[Complaint]:
    """Each ranking (one for each kind of reader) counts down to 1, or up from 1, and has an article only once."""
    lines = iter([mention.line for mention in found.mentions if mention.what == "place"])
    rankings: dict[Only, list[tuple[int, RankingEntry]]] = {}
    for block in found.blocks:
        if isinstance(block, RankingEntry):
            rankings.setdefault(block.only, []).append((next(lines), block))
    for entries in rankings.values():
        yield from _order_of_one(entries)


def _order_of_one(entries: list[tuple[int, RankingEntry]]) -> Iterator[Complaint]:
    places = [entry.place for _, entry in entries]
    step = 1 if places[0] == 1 else -1
    for (_, before), (line, entry) in pairwise(entries):
        if entry.place != before.place + step:
            yield line, f"place {entry.place} follows place {before.place}: count down to 1 without a gap"
            return
    if 1 not in places:
        yield entries[-1][0], f"the ranking ends with place {places[-1]}: count down to 1"
    seen: set[str] = set()
    for line, entry in entries:
        if entry.article in seen:
            yield line, f"the article “{entry.article}” has two places"
        seen.add(entry.article)
