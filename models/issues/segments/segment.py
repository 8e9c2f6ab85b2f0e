"""Segments: which readers of a newsletter an issue goes to.

There are two forms: a few keys that all must hold, which manuscripts have had from the beginning, and a tree of
conditions (:mod:`.condition`), which the form writes. One segment has one of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator
from sqlalchemy.orm import Session

from ...store.errors import Invalid
from ...store.language import Language
from ...store.phrase import phrase
from ..block import Slug
from ..newsletter import Newsletter
from . import reading
from .condition import Condition, Day, Domain, How, Tree, Value, What

EITHER = phrase("write all of it into “conditions”, or nothing of it: the two forms do not go together")


class Segment(BaseModel):
    """Conditions that all must hold; an empty one holds for everybody. What ``Issue.segment`` keeps as JSON."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    audiences: tuple[Slug, ...] = ()
    topics: tuple[Slug, ...] = ()
    """Readers who chose one of these; who chose none wants all."""
    languages: tuple[Language, ...] = ()
    domains: tuple[Domain, ...] = ()
    """What the address ends with: a domain or one above it."""
    joined_from: Day | None = None
    joined_until: Day | None = None
    """First and last day of confirmation, in Asia/Tokyo."""
    fields: dict[str, Value] = {}
    """Custom fields and the value that each must have."""
    conditions: Tree | None = None
    """Conditions with and, or and not; then all the others are empty."""

    @model_validator(mode="after")
    def _one_form(self) -> Segment:
        if self.conditions is not None and len(self.model_dump(exclude_defaults=True)) > 1:
            raise ValueError(EITHER.message)
        return self

    @property
    def tree(self) -> Tree | None:
        """All of it as one tree; None where it holds for everybody."""
        if self.conditions is not None:
            return self.conditions
        found = tuple(_flat_conditions(self))
        # Not checked again: what was kept before there were bounds holds on.
        return Tree.model_construct(of=found) if found else None

    def kept(self) -> dict[str, Any]:
        """As an issue keeps it."""
        return self.model_dump(mode="json", exclude_defaults=True)


def _flat_conditions(segment: Segment) -> Iterator[Condition]:
    def condition(what: What, *values: object, how: How = How.IS, name: str = "") -> Condition:
        return Condition.model_construct(what=what, name=name, how=how, values=tuple(map(str, values)))

    lists = {
        What.AUDIENCE: segment.audiences,
        What.TOPIC: segment.topics,
        What.LANGUAGE: segment.languages,
        What.DOMAIN: segment.domains,
    }
    for what, values in lists.items():
        if values:
            yield condition(what, *values)
    if segment.joined_from:
        yield condition(What.JOINED, segment.joined_from, how=How.FROM)
    if segment.joined_until:
        yield condition(What.JOINED, segment.joined_until, how=How.UNTIL)
    for name, value in segment.fields.items():
        yield condition(What.FIELD, value, name=name)


def of_tree(tree: Tree | None) -> dict[str, Any]:
    """A tree as an issue keeps it; None is everybody."""
    return Segment(conditions=tree).kept()


_NAMING = {What.AUDIENCE: "audience", What.TOPIC: "topic", What.READ_TOPIC: "topic"}
"""Conditions whose values are slugs, and of what."""


def parse(kept: Mapping[str, Any]) -> Segment:
    """The segment that an issue keeps.

    Raises:
        Invalid: it has conditions that there are not.
    """
    try:
        return Segment.model_validate(dict(kept))
    except ValidationError as error:
        wrong = ", ".join(".".join(str(step) for step in detail["loc"]) for detail in error.errors())
        raise Invalid(phrase("the segment cannot be read: see {wrong}", wrong=wrong), field="segment") from error


def unknown(newsletter: Newsletter, wanted: Segment, audience: str = "") -> Iterator[tuple[str, str]]:
    """The names in a segment that the newsletter does not have: kind and name.

    Arguments:
        audience: slug of the audience that alone gets the issue; empty for all.
    """
    known = {
        "audience": {one.slug for one in newsletter.audiences},
        "topic": set(newsletter.known_topics),
        "field": {str(field["name"]) for field in newsletter.fields},
    }
    named: dict[str, list[str]] = {"audience": [audience] if audience else [], "topic": [], "field": []}
    for condition in wanted.tree.conditions() if wanted.tree else ():
        if condition.what is What.FIELD:
            named["field"].append(condition.name)
        elif condition.what in _NAMING:
            named[_NAMING[condition.what]] += condition.values
    for kind, names in named.items():
        yield from ((kind, name) for name in names if name not in known[kind])


def check(session: Session, newsletter: Newsletter, kept: Mapping[str, Any], audience: str = "") -> None:
    """Refuse a segment that cannot be read, that names what there is not, or asks what nobody can know.

    Raises:
        Invalid: with what is wrong.
    """
    wanted = parse(kept)
    for kind, name in unknown(newsletter, wanted, audience):
        raise Invalid(
            phrase("the newsletter has no {kind} “{name}”, which says who gets the issue", kind=kind, name=name),
            field="segment",
        )
    reading.check(session, newsletter, wanted.tree)
