"""Audiences and topics in a cell, by slug or by name, in the way people write several of them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Protocol

_SEPARATORS = re.compile(r"[\s,;、，；|｜]*[,;、，；|｜\n][\s,;、，；|｜]*")
_QUOTES = {'"': '"', "“": "”", "「": "」", "『": "』", "'": "'"}


class Named(Protocol):
    """An audience or a topic."""

    slug: str
    name: str


def slug(typed: str, known: Iterable[Named]) -> str:
    """The slug of the one that *typed* names by slug or by name; *typed* itself where there is none."""
    plain = _fold(typed)
    return next((one.slug for one in known if plain in (_fold(one.slug), _fold(one.name))), typed.strip())


def slugs(cell: str, known: Iterable[Named]) -> list[str]:
    """The slugs of all that a cell names; what names none stays as it is.

    A name may hold a separator, as 防災、防犯 does: of the names that fit, the longest counts. One may stand between
    quotation marks, too.
    """
    names = {_fold(name): one.slug for one in known for name in (one.slug, one.name)}
    found, rest = [], _fold(cell)
    while rest := rest.lstrip(" ,;、|\n"):
        if (closing := _QUOTES.get(rest[0])) and (end := rest.find(closing, 1)) > 0:
            name, rest = rest[1:end].strip(), rest[end + 1 :]
        else:
            name, rest = _first(rest, names)
        if name:
            found.append(names.get(name, name))
    return found


def _first(text: str, names: Iterable[str]) -> tuple[str, str]:
    """The first name in *text*, and what is behind it."""
    fitting = [name for name in names if text.startswith(name) and _ends(text, len(name))]
    if fitting:
        name = max(fitting, key=len)
        return name, text[len(name) :]
    stop = _SEPARATORS.search(text)
    return (text[: stop.start()].strip(), text[stop.end() :]) if stop else (text.strip(), "")


def _ends(text: str, at: int) -> bool:
    return at == len(text) or _SEPARATORS.match(text, at) is not None or not text[at:].strip()


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().casefold()
