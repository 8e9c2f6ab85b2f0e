"""What a hit under a pseudonym may tell without telling of fewer than ten readers (k-anonymity).

Whoever has the database knows who got which edition of an issue and when, who belongs to which audience, and who
refused. So a pseudonym is looked for among alike copies (:mod:`.alike_copies`), and what its hits tell (an audience,
links that not every edition has, a time) must leave ten of them at least, alone and together. What is left out must not
be a difference either: where all that is not told belongs to fewer than ten, the next smallest group is not told, too.
A hit that tells of fewer all the same is not kept, and leaves no trace.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from sqlalchemy import Connection, text

from . import alike_copies, salt
from .alike_copies import MIN_READERS, AnonymitySet, Group, NamelessCopies

_MAX_ISSUES = 256

Links = frozenset[int] | None
"""Numbers of links; None for all."""


class Telling(NamedTuple):
    """What the hits of a group's readers tell."""

    audience: int | None
    links: Links
    """Clicks on others are not kept, as they would tell of the group."""


class CopyFacts(NamedTuple):
    """What is known of the copy of a reader who must not be identified."""

    salt: bytes | None = None
    """None where it is gone: the reader is not counted."""
    telling: Telling | None = None
    """None where fewer than ten readers could have had the hit: nothing of it is kept."""
    delivered: float | None = None
    """Seconds since 1970, the same for all copies that are alike."""


def tellings(groups: Mapping[Group, int], links_of: Callable[[int], Links]) -> dict[Group, Telling]:
    """What each group's hits tell; nothing where there are fewer than ten readers in all.

    Arguments:
        groups: how many readers.
        links_of: the links of an edition.
    """
    if sum(groups.values()) < MIN_READERS:
        return {}
    hidden = _hidden_audiences(groups)
    found = {group: None if group[0] in hidden else group[0] for group in groups}
    return {
        group: Telling(audience, _links(group, audience, found, groups, links_of)) for group, audience in found.items()
    }


def _hidden_audiences(groups: Mapping[Group, int]) -> set[int]:
    """The audiences that are not told: those of few, and as many more as hide these."""
    sizes: Counter[int] = Counter()
    for (audience, _), readers in groups.items():
        sizes[audience] += readers
    shown = sorted((size, audience) for audience, size in sizes.items() if audience and size >= MIN_READERS)
    hidden = set(sizes) - {audience for _, audience in shown}
    while hidden and shown and sum(sizes[audience] for audience in hidden) < MIN_READERS:
        hidden.add(shown.pop(0)[1])
    return hidden


def _links(
    group: Group,
    audience: int | None,
    told: Mapping[Group, int | None],
    groups: Mapping[Group, int],
    links_of: Callable[[int], Links],
) -> Links:
    """Whoever follows several links is one who has them all: either of ten in this edition, or what everybody has."""
    same_edition = sum(
        groups[other] for other, name in told.items() if name == audience and other[1] == group[1]
    )  # fmt: skip
    if same_edition >= MIN_READERS:
        return links_of(group[1])
    every = [links_of(other[1]) for other, name in told.items() if name == audience]
    some = [links for links in every if links is not None]
    return frozenset.intersection(*some) if some else None


class _Counted(NamedTuple):
    tellings: dict[Group, Telling]
    sets: dict[Telling, AnonymitySet]
    copies: NamelessCopies


_counted: dict[tuple[str, int, bool], _Counted] = {}


def find(connection: Connection, issue: int, reader: int, at: int, *, everybody: bool) -> CopyFacts:
    """What is known of a reader's copy.

    Arguments:
        at: when the hit came (microseconds since 1970).
        everybody: whether the newsletter identifies nobody; else only those who refused are looked at.
    """
    copy = alike_copies.find(connection, issue, reader, everybody=everybody)
    if copy is None or copy.slot is None:
        return CopyFacts()
    for wanting in (False, True):
        counted = _count(connection, issue, everybody, wanting=wanting)
        telling = counted.tellings.get(copy.group)
        if telling is not None:
            delivered = counted.sets[telling].moment(copy.slot, at / 1e6)
            if delivered is not None:
                return CopyFacts(salt.find(connection.engine, issue), telling, delivered)
    return CopyFacts()


def forget() -> None:
    """Count again; for tests."""
    _counted.clear()


def _count(connection: Connection, issue: int, everybody: bool, *, wanting: bool) -> _Counted:
    """What is told, and the copies, counted again where they are old; the last argument is that of ``is_old``."""
    key = (str(connection.engine.url), issue, everybody)
    known = _counted.get(key)
    if known is None or known.copies.is_old(wanting=wanting):
        copies = alike_copies.count(connection, issue, everybody=everybody)
        editions = {edition for _, edition in copies.sizes}
        told = tellings(copies.sizes, _edition_links(connection, issue, editions))
        known = _counted[key] = _Counted(told, _anonymity_sets(told, copies), copies)
        while len(_counted) > _MAX_ISSUES:
            del _counted[next(iter(_counted))]
    return known


def _edition_links(connection: Connection, issue: int, editions: Iterable[int]) -> Callable[[int], Links]:
    """The links of each edition and of those that replaced it; all where there is one edition only."""
    if len(set(editions)) < 2:
        return lambda _edition: None
    found: dict[str, set[int] | None] = {}
    names: dict[int, str] = {}
    for number, variant, links in connection.execute(_EDITIONS, {"issue": issue}):
        names[number] = variant
        before = found.get(variant, set())
        found[variant] = None if before is None or links is None else before | set(links)

    def of_edition(edition: int) -> Links:
        links = found.get(names.get(edition, ""))
        return None if links is None else frozenset(links)

    return of_edition


def _anonymity_sets(told: Mapping[Group, Telling], copies: NamelessCopies) -> dict[Telling, AnonymitySet]:
    """The copies by what their hits tell."""
    found: defaultdict[Telling, AnonymitySet] = defaultdict(AnonymitySet)
    for group, telling in told.items():
        found[telling].slots += copies.slots.get(group, Counter())
    for mine, one in found.items():
        one.wider = [other for theirs, other in found.items() if theirs != mine and _is_wider(theirs, mine)]
    return found


def _is_wider(theirs: Telling, mine: Telling) -> bool:
    """Whether the hits of some may tell all that those of others do."""
    if theirs.audience != mine.audience or mine.links is None:
        return False
    return theirs.links is None or mine.links < theirs.links


_EDITIONS = text("SELECT number, variant::text, link_numbers FROM edition WHERE issue_id = :issue")
