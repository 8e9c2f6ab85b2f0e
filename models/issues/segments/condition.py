"""Conditions on readers, and how they are combined: two levels, which people can still say in a sentence.

A :class:`Tree` holds conditions and groups of conditions; groups hold no groups. So no form and no query has to look
for the end of a tree, and every one can be shown on a page. What JSON keeps is ``{"match": "all", "of": […]}``.
"""

from __future__ import annotations

import enum
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from ...store import input_rule, mail_address
from ...store.errors import Invalid
from ...store.language import LANGUAGES
from ...store.phrase import Phrase, phrase
from ..block import SLUG

MOST_CONDITIONS = 30
"""Conditions in one tree, those in groups included: more nobody can check."""
MOST_VALUES = 50
MOST_ISSUES = 24
"""How many of the last issues can be asked for: two years of a monthly newsletter."""
MOST_DAYS = 3650

_NO_DAY = phrase("write a day that exists, such as 2026-04-01")
_NO_DOMAIN = phrase("write what addresses end with, such as lg.jp or city.example.jp")
_NO_SLUG = phrase("a name is made of small letters, digits and hyphens")
_NO_LANGUAGE = phrase("a language is ja or en")
_NO_ISSUE = phrase("write the number of an issue, such as 12")
_NO_COUNT = phrase("write how many of the last issues, from 1 to 24")
_NO_DAYS = phrase("write a number of days, from 1 to 3650")
_NO_VALUE = phrase("this condition lacks a value: choose or write one, or take the condition away")
_ONE_VALUE = phrase("this condition takes one value")
_TOO_MANY = phrase("there are too many conditions or values: divide them, or leave some out")
_WRONG_HOW = phrase("this condition cannot be asked in this way")
_NAMED = phrase("a question to readers (field) needs its name, and nothing else has one")


def day(value: object) -> date:
    """A day as people write it; a bare number is none, though pydantic would count seconds since 1970."""
    try:
        return date.fromisoformat(unicodedata.normalize("NFKC", str(value)).strip())
    except ValueError:
        raise ValueError(_NO_DAY.message) from None


def domain(value: str) -> str:
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


Day = Annotated[date, BeforeValidator(day), Field(ge=date(1900, 1, 1), le=date(2999, 12, 31))]
Domain = Annotated[str, AfterValidator(domain)]
Value = Annotated[str, Field(min_length=1, max_length=1000, pattern=r"^[^\x00]*$")]


class Match(enum.Enum):
    """How many of its conditions a reader must meet."""

    ALL = "all"
    ANY = "any"


class What(enum.Enum):
    """What a condition asks about."""

    AUDIENCE = "audience"
    TOPIC = "topic"
    """Chosen topics; a reader who chose none wants all."""
    LANGUAGE = "language"
    DOMAIN = "domain"
    FIELD = "field"
    """An answer to one of the newsletter's own questions."""
    JOINED = "joined"
    READ_ISSUE = "read_issue"
    """Opened, or followed a link of, one of the issues with these numbers."""
    READ_TOPIC = "read_topic"
    """Followed a link to an article with one of these topics."""
    READ_RECENT = "read_recent"
    """Opened, or followed a link of, any of the last so many issues."""


READING = frozenset({What.READ_ISSUE, What.READ_TOPIC, What.READ_RECENT})
"""What is known only of readers whose opens and clicks are recorded by name."""


class How(enum.Enum):
    """In which way a condition compares."""

    IS = "is"
    """One of the values."""
    CONTAINS = "contains"
    BEGINS = "begins"
    EMPTY = "empty"
    FROM = "from"
    """That day or later."""
    UNTIL = "until"
    """That day or before."""
    WITHIN = "within"
    """In the last so many days."""


HOWS: Mapping[What, tuple[How, ...]] = {
    **dict.fromkeys(What, (How.IS,)),
    What.FIELD: (How.IS, How.CONTAINS, How.BEGINS, How.EMPTY),
    What.JOINED: (How.FROM, How.UNTIL, How.WITHIN),
}
"""The ways in which each thing can be asked, the usual one first."""


def _slug(value: str) -> str:
    if not re.fullmatch(SLUG, value):
        raise ValueError(_NO_SLUG.message)
    return value


def _language(value: str) -> str:
    if value not in LANGUAGES:
        raise ValueError(_NO_LANGUAGE.message)
    return value


def _number(most: int, message: str) -> Callable[[str], str]:
    def read(value: str) -> str:
        number = input_rule.whole_number(unicodedata.normalize("NFKC", value).strip(), most=most)
        if not number:
            raise ValueError(message)
        return str(number)

    return read


_READERS: Mapping[What, Callable[[str], str]] = {
    What.AUDIENCE: _slug,
    What.TOPIC: _slug,
    What.READ_TOPIC: _slug,
    What.LANGUAGE: _language,
    What.DOMAIN: domain,
    What.FIELD: str,
    What.READ_ISSUE: _number(input_rule.MAX_INTEGER, _NO_ISSUE.message),
    What.READ_RECENT: _number(MOST_ISSUES, _NO_COUNT.message),
    What.JOINED: lambda value: str(day(value)),
}


class Condition(BaseModel):
    """One thing that is asked of a reader."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    what: What
    name: str = Field("", max_length=100)
    """Of a question to readers; empty for anything else."""
    how: How = How.IS
    values: tuple[Value, ...] = ()
    negated: bool = False

    @field_validator("values", mode="before")
    @classmethod
    def _as_texts(cls, values: Any) -> Any:
        """YAML reads 12 as a number and 2026-04-01 as a day; here both are what stands there."""
        given = values if isinstance(values, (list, tuple)) else [values]
        return [str(one) if isinstance(one, (int, date)) and not isinstance(one, bool) else one for one in given]

    @field_validator("values")
    @classmethod
    def _fitting(cls, values: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        what, how = info.data.get("what"), info.data.get("how")
        if what is None or how is None:
            return values
        read = _number(MOST_DAYS, _NO_DAYS.message) if how is How.WITHIN else _READERS[what]
        return tuple(dict.fromkeys(read(one) for one in values))

    @model_validator(mode="after")
    def _whole(self) -> Condition:
        if self.how not in HOWS[self.what]:
            raise ValueError(_WRONG_HOW.message)
        if bool(self.name) is not (self.what is What.FIELD):
            raise ValueError(_NAMED.message)
        if len(self.values) > MOST_VALUES:
            raise ValueError(_TOO_MANY.message)
        if not self.values and self.how is not How.EMPTY:
            raise ValueError(_NO_VALUE.message)
        if len(self.values) > 1 and self.what in (What.JOINED, What.READ_RECENT):
            raise ValueError(_ONE_VALUE.message)
        return self


def fault(error: ValidationError) -> Phrase | None:
    """What is wrong with a condition or tree that could not be made; None where nothing here has better words."""
    found = error.errors(include_url=False)
    # A misspelt name is told before the missing one that it was meant to be.
    first = next((one for one in found if one["type"] == "extra_forbidden"), found[0])
    name = str(first["loc"][-1]) if first["loc"] else ""
    if first["type"] == "value_error":
        return Phrase(str(first["ctx"]["error"]))
    if first["type"] == "extra_forbidden" and name == "of":
        return phrase("a group holds conditions, and no other group: say it with two groups, or with fewer brackets")
    if first["type"] == "extra_forbidden":
        return phrase("“{name}” is not known here{known}", name=name, known=": what, name, how, values, negated")
    if first["type"] == "missing":
        return phrase("“{name}” is missing", name=name)
    if first["type"] in ("too_long", "too_short"):
        return _TOO_MANY if first["type"] == "too_long" else _NO_VALUE
    return None


class Group(BaseModel):
    """Conditions of which a reader meets all, or any; negated: does not."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    match: Match = Match.ALL
    negated: bool = False
    of: tuple[Condition, ...] = Field(min_length=1, max_length=MOST_CONDITIONS)


def _kind(value: Any) -> str:
    holds_conditions = "of" in value if isinstance(value, Mapping) else isinstance(value, Group)
    return "group" if holds_conditions else "condition"


Part = Annotated[Annotated[Condition, Tag("condition")] | Annotated[Group, Tag("group")], Discriminator(_kind)]


class Tree(BaseModel):
    """Conditions and groups of them of which a reader meets all, or any. An empty one holds for everybody."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    match: Match = Match.ALL
    of: tuple[Part, ...] = Field(min_length=1, max_length=MOST_CONDITIONS)

    @model_validator(mode="after")
    def _small(self) -> Tree:
        if sum(1 for _ in self.conditions()) > MOST_CONDITIONS:
            raise ValueError(_TOO_MANY.message)
        return self

    def conditions(self) -> Iterator[Condition]:
        """Every condition, those in groups included."""
        for part in self.of:
            yield from part.of if isinstance(part, Group) else (part,)
