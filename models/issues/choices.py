"""What readers choose among: a newsletter's topics (テーマ) and audiences (読者区分), added, renamed and ordered.

None is ever deleted: readers, articles, letters and rankings name them. Topics are merged
(:mod:`models.readers.topic_merge`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..staff import audit
from ..staff.member import Member
from ..store.errors import Invalid
from ..store.phrase import Phrase, phrase
from .block import SLUG
from .newsletter import Audience, Newsletter, Topic
from .newsletter_edit import digest_of

LONGEST_NAME = 200


class TypedChoice(NamedTuple):
    """One topic or audience as a form has it, in the order in which they shall stand."""

    slug: str
    """Its name in addresses and manuscripts. It stays; of a new one it may be empty."""
    name: str
    is_new: bool = False


def of(newsletter: Newsletter, kind: type[Topic] | type[Audience]) -> Sequence[Topic | Audience]:
    """The newsletter's topics or audiences that can be chosen."""
    return newsletter.topics if kind is Topic else newsletter.audiences


def version(newsletter: Newsletter, kind: type[Topic] | type[Audience]) -> str:
    """A digest of the present ones, for a form that shows them."""
    return digest_of([[row.slug, row.name] for row in of(newsletter, kind)])


def faults(
    newsletter: Newsletter, kind: type[Topic] | type[Audience], typed: Sequence[TypedChoice]
) -> dict[int, Phrase]:
    """What is wrong with *typed*, by place."""
    found: dict[int, Phrase] = {}
    taken = set(newsletter.known_topics) if kind is Topic else {row.slug for row in newsletter.audiences}
    names: set[str] = set()
    for place, one in enumerate(typed):
        if not one.name.strip():
            found[place] = phrase("this must not be empty")
        elif len(one.name) > LONGEST_NAME:
            found[place] = phrase("this is longer than {longest} characters: shorten it", longest=LONGEST_NAME)
        elif one.name in names:
            found[place] = phrase("two have the same name “{name}”: readers could not tell them apart", name=one.name)
        elif one.is_new and one.slug and not re.fullmatch(SLUG, one.slug):
            found[place] = phrase("write small letters a to z, digits and hyphens, such as koho")
        elif one.is_new and one.slug in taken:
            found[place] = phrase("“{slug}” is in use already: choose another", slug=one.slug)
        names.add(one.name)
        if one.is_new and one.slug:
            taken.add(one.slug)
    return found


def save(
    session: Session,
    newsletter: Newsletter,
    kind: type[Topic] | type[Audience],
    typed: Sequence[TypedChoice],
    by: Member | str,
) -> bool:
    """Take names and order from *typed*, and add what is new; those that it leaves out stay, behind the others.

    Returns:
        whether anything has changed.

    Raises:
        Invalid: the first thing that is wrong.
    """
    for why in faults(newsletter, kind, typed).values():
        raise Invalid(why)
    rows = {row.slug: row for row in of(newsletter, kind)}
    before = [[row.slug, row.name] for row in rows.values()]
    order: list[Topic | Audience] = []
    for one in typed:
        row = None if one.is_new else rows.pop(one.slug, None)
        if row is None:
            row = kind(newsletter_id=newsletter.id, slug=one.slug or _free_slug(session, newsletter, kind), name="")
            session.add(row)
        row.name = one.name.strip()
        order.append(row)
        session.flush()
    for place, row in enumerate([*order, *rows.values()]):
        row.position = place
    session.flush()
    session.expire(newsletter, ["topics", "audiences"])
    after = [[row.slug, row.name] for row in of(newsletter, kind)]
    if after != before:
        what = "topics" if kind is Topic else "audiences"
        audit.record(session, by, f"edit {what}", f"newsletter/{newsletter.id}", changed={what: [before, after]})
    return after != before


def _free_slug(session: Session, newsletter: Newsletter, kind: type[Topic] | type[Audience]) -> str:
    taken = set(session.scalars(select(kind.slug).where(kind.newsletter_id == newsletter.id)))
    word = "topic" if kind is Topic else "audience"
    return next(slug for number in range(1, len(taken) + 2) if (slug := f"{word}-{number}") not in taken)
