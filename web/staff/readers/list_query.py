"""The query of a list of readers: what a form or an address asks for, and the same carried on to a reader's page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import request

from models.issues.newsletter import Newsletter
from models.issues.segments import saved_segment, segment
from models.issues.segments.segment import Segment
from models.readers.finding.reader_filter import NO_AUDIENCE, ReaderFilter
from models.readers.finding.search_words import MAX_LENGTH
from models.readers.subscriber import SubscriptionState
from models.store.clock import start_of_day
from models.store.errors import Invalid, NotFound

from ...language import _, language
from ...request import session
from . import sealed_words

WORDS = "find"
"""The name in an address of words that are sealed."""
PLAIN = ("state", "audience", "topic", "from", "to", "confirmed", "stopped", "segment", "within")
"""Filters, which tell nothing of anybody."""
NONE = "-"
"""Stands for readers without an audience."""
_YES_NO = {"yes": True, "no": False}


@dataclass(slots=True)
class ListQuery:
    """A query as it was typed, what it means, and by field what is wrong with it."""

    typed: dict[str, str]
    filter: ReaderFilter = field(default_factory=ReaderFilter)
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def is_narrow(self) -> bool:
        """Whether anything is asked for at all."""
        return any(self.typed.values())

    @property
    def has_filters(self) -> bool:
        """Whether more than words and a state is asked for."""
        return any(value for name, value in self.typed.items() if name not in ("words", "state", "within"))


def of_address(newsletter: Newsletter) -> ListQuery:
    """The query in the address of this request."""
    words = sealed_words.opened(newsletter.id, request.args.get(WORDS, ""))
    return _read(newsletter, words, request.args)


def of_form(newsletter: Newsletter) -> ListQuery:
    """The query of a form that was sent."""
    return _read(newsletter, " ".join(request.form.get("words", "").split())[:MAX_LENGTH], request.form)


def for_address(newsletter: Newsletter, query: ListQuery) -> dict[str, Any]:
    """A query as the values of an address."""
    plain = {name: query.typed[name] for name in PLAIN if query.typed[name]}
    words = sealed_words.seal(newsletter.id, query.typed["words"])
    return {**plain, WORDS: words} if words else plain


def carried() -> dict[str, Any]:
    """The query of the list from which somebody has come to a reader, as it stands in this page's address."""
    return {name: value[:2000] for name in (*PLAIN, WORDS, "after") if (value := request.args.get(name, ""))}


def _read(newsletter: Newsletter, words: str, values: Mapping[str, str]) -> ListQuery:
    typed = {"words": words, **{name: values.get(name, "").strip()[:100] for name in PLAIN}}
    query = ListQuery(typed)
    topics = {slug: one.id for slug, one in newsletter.known_topics.items()}
    audiences = {NONE: NO_AUDIENCE, **{one.slug: one.id for one in newsletter.audiences}}
    query.filter = ReaderFilter(
        words=words,
        within=typed["within"] == "yes",
        state=next((one for one in SubscriptionState if one.value == typed["state"]), None),
        audience=audiences.get(typed["audience"]),
        topic=topics.get(typed["topic"]),
        first=_day(query, "from"),
        last=_day(query, "to"),
        confirmed=_YES_NO.get(typed["confirmed"]),
        suppressed=_YES_NO.get(typed["stopped"]),
        segment=_segment(newsletter, query),
    )
    return query


def _day(query: ListQuery, name: str) -> date | None:
    if not query.typed[name]:
        return None
    try:
        day = date.fromisoformat(query.typed[name])
        start_of_day(day)
        return day
    except ValueError:
        query.errors[name] = _("Write days like 2026-12-01.")
    except Invalid as error:
        query.errors[name] = error.say(language())
    return None


def _segment(newsletter: Newsletter, query: ListQuery) -> Segment | None:
    chosen = query.typed["segment"]
    if not chosen:
        return None
    try:
        number = int(chosen) if chosen.isascii() and chosen.isdecimal() and len(chosen) < 10 else 0
        kept = saved_segment.get(session(), newsletter, number).latest.segment
        segment.check(session(), newsletter, kept)
        return segment.parse(kept)
    except NotFound:
        query.errors["segment"] = _("Choose a saved segment.")
    except Invalid as error:
        query.errors["segment"] = error.say(language())
    return None
