"""Words that a reader is looked for by: in the address, the name, its reading, as a domain, or the reader's number.

A name is found by any form of its characters. Nothing is kept for this but indexes that compare beginnings. An index of
pairs of characters, as the archive has it, would take longer to write for each reader than an import may take for the
whole row (decision 77).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from sqlalchemy import ColumnElement, Select, case, false, or_, select, true, union_all
from sqlalchemy.orm import Session

from ...issues import search_index
from ...store.input_rule import MAX_INTEGER
from ..subscriber import Subscriber, Subscription
from . import name_variants

MAX_LENGTH = 100
"""Characters of a search that are looked at."""
MAX_TERMS = 4
_TO_HIRAGANA = {code + 0x60: code for code in range(0x3041, 0x3097)}


def terms(typed: str) -> list[str]:
    """The words of a search: normalised (NFKC), at most :data:`MAX_TERMS`; a reader has all of them."""
    return unicodedata.normalize("NFKC", typed[:MAX_LENGTH]).split()[:MAX_TERMS]


def holds(term: str) -> ColumnElement[bool]:
    """SQL: whether a row of Subscriber has a word anywhere.

    Written so that PostgreSQL takes it for true of every second reader: it thinks of words as rare, and would rather
    look for them among all readers first than ask those whom a page looks at.
    """
    return case((_holds(term), true()), else_=false())


def _holds(term: str) -> ColumnElement[bool]:
    if domain := _domain(term):
        return or_(Subscriber.domain == domain, Subscriber.domain.endswith(f".{domain}", autoescape=True))
    found = [Subscriber.address_key.contains(term.lower(), autoescape=True)]
    if name_variants.has_variants(term):
        found.append(Subscriber.name.regexp_match(name_variants.pattern(term)))
    else:
        found += [Subscriber.name.contains(one, autoescape=True) for one in _spellings(term)]
    found += [Subscriber.kana.contains(one, autoescape=True) for one in _readings(term)]
    return or_(*found, *_number(term))


def beginnings(session: Session, newsletter_id: int, wanted: list[str], most: int) -> tuple[list[int], bool]:
    """The ids of a newsletter's readers whose address, name or reading begins with the first word, by indexes alone.

    A domain, and a reader's number, are looked up as a whole. The other words may stand anywhere.

    Arguments:
        wanted: what :func:`terms` gave; at least one.
        most: how many ids are worth having.

    Returns:
        the ids, and whether there are more.
    """
    first, rest = wanted[0], [holds(term) for term in wanted[1:]]
    here = (Subscription.subscriber_id == Subscriber.id) & (Subscription.newsletter_id == newsletter_id)
    parts: list[Select[int]] = [
        select(Subscriber.id).join(Subscription, here).where(condition, *rest).limit(most + 1)
        for condition in _beginning(first)
    ]
    # Each part has an index of its own; one condition with "or" would be looked for in every row.
    found = {one for (one,) in session.execute(union_all(*(select(part.subquery()) for part in parts)))}
    return sorted(found)[-most:], len(found) > most


def _beginning(term: str) -> Iterable[ColumnElement[bool]]:
    if domain := _domain(term):
        return [Subscriber.domain == domain]
    whole = [Subscriber.domain == term.lower()] if "." in term else []
    return [
        Subscriber.address_key.startswith(term.lower(), autoescape=True),
        *(condition for one in _spellings(term) for condition in _name_begins(one)),
        *(Subscriber.kana.startswith(one, autoescape=True) for one in _readings(term)),
        *whole,
        *_number(term),
    ]


def _name_begins(term: str) -> Iterable[ColumnElement[bool]]:
    """For each way to write the term, or its first characters, which an index finds, whether a name begins so."""
    for one in name_variants.beginnings(term):
        found = Subscriber.name.startswith(one, autoescape=True)
        whole = len(one) == len(term)
        yield found if whole else found & Subscriber.name.regexp_match(f"^{name_variants.pattern(term)}")


def _domain(term: str) -> str:
    """The domain that is looked for by ``@city.example.jp``; else empty."""
    return term[1:].lower() if term.startswith("@") else ""


def _number(term: str) -> list[ColumnElement[bool]]:
    """Whether it is the number by which the audit log names a reader."""
    digits = term.removeprefix("#")
    known = digits.isascii() and digits.isdigit() and len(digits) <= 10 and digits[0] != "0"
    return [Subscriber.id == int(digits)] if known and int(digits) <= MAX_INTEGER else []


def _spellings(term: str) -> list[str]:
    """The word as it was typed, and with other capitals; each once."""
    return list(dict.fromkeys((term, term.lower(), term.upper(), term.capitalize())))


def _readings(term: str) -> list[str]:
    """The word in katakana and in hiragana, as :func:`models.issues.search_index.fold` finds both in the archive."""
    katakana = search_index.fold(term)
    return list(dict.fromkeys((katakana, katakana.translate(_TO_HIRAGANA), term)))
