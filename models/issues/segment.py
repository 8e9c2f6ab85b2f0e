"""Segments: which readers of a newsletter an issue goes to, as its manuscript says it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from ..store import mail_address
from ..store.errors import Invalid
from ..store.language import Language
from ..store.phrase import phrase
from .block import Slug
from .newsletter import Newsletter

_NO_DAY = phrase("write a day that exists, such as 2026-04-01")
_NO_DOMAIN = phrase("write what addresses end with, such as lg.jp or city.example.jp")


def _day(value: object) -> date:
    """A day as people write it; a bare number is none, though pydantic would count seconds since 1970."""
    try:
        return date.fromisoformat(unicodedata.normalize("NFKC", str(value)).strip())
    except ValueError:
        raise ValueError(_NO_DAY.message) from None


def _domain(value: str) -> str:
    """A domain as readers' addresses have it: in ASCII and lower case, without the mark for “and all below”.

    What could be no reader's domain would shut out everybody whom it was meant for, and beside others nobody would see.
    """
    typed = mail_address.normalise(value).lower()
    try:
        found = mail_address.a_labels(typed.removeprefix("*").lstrip("@.").removesuffix("."))
    except Invalid:
        found = ""
    if not mail_address.is_domain(found):
        raise ValueError(_NO_DOMAIN.message)
    return found


Day = Annotated[date, BeforeValidator(_day), Field(ge=date(1900, 1, 1), le=date(2999, 12, 31))]
Domain = Annotated[str, AfterValidator(_domain)]
Value = Annotated[str, Field(min_length=1, max_length=1000, pattern=r"^[^\x00]*$")]


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
    named = {
        "audience": (*((audience,) if audience else ()), *wanted.audiences),
        "topic": wanted.topics,
        "field": tuple(wanted.fields),
    }
    for kind, names in named.items():
        yield from ((kind, name) for name in names if name not in known[kind])


def check(newsletter: Newsletter, kept: Mapping[str, Any], audience: str = "") -> None:
    """Refuse a segment that cannot be read, or that names what there is not.

    Raises:
        Invalid: with what is wrong.
    """
    for kind, name in unknown(newsletter, parse(kept), audience):
        raise Invalid(
            phrase("the newsletter has no {kind} “{name}”, which says who gets the issue", kind=kind, name=name),
            field="segment",
        )
