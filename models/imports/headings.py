"""What a column holds, by its heading: one that people and tools give (``headings.toml``), or what we are told."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from ..store import input_rule
from ..store.errors import Invalid
from ..store.phrase import phrase

NOTHING = "nothing"
"""What a column holds that is known, and not kept."""
STATUS = ("status", "stopped", "bounced", "wanted")
"""What says whether a reader is mailed. A list may say it in several columns."""
FIELDS = (
    *("address", "second_address", "name", "family_name", "given_name", "middle_name", "nickname", "kana"),
    *("family_kana", "given_kana", "organisation", "department", "audience", "topics", "source", "language"),
    *STATUS,
)
"""What ``--map`` takes, beside a newsletter's own fields and any heading that we know."""

_LEFT_OUT = re.compile(r"[\s_\-‐‑‒–—―−./・:;*※●○◎■□◆◇'\"“”\u200b-\u200f\ufeff\u2060]+")
_LONG_VOWEL_FOR_HYPHEN = re.compile(r"(?<=[a-z])ー(?=[a-z])")
_BRACKETS = re.compile(r"[(\[【〔「{<]([^()\[\]【】〔〕「」{}<>]*)[)\]】〕」}>]")
_REMARK = re.compile(
    r"(入力)?(必須|任意|要入力).*|required|optional|半角.*|全角|全角文字|漢字|例.*|入力例.*|複数(選択)?可|"
)
_KANA = re.compile(r".*(カタカナ|カナ|ひらがな|フリガナ|ふりがな|かな|よみ|読み).*")
_NUMBERED = re.compile(r"([^\d]*?)(\d{1,2})([^\d]*)")


class Column(NamedTuple):
    """What stands under a heading.

    Arguments:
        place: which column it is, counted from 0.
        heading: as the file writes it, on one line.
        holds: one of :data:`FIELDS`, a newsletter's own field, :data:`NOTHING`, or empty where nobody knows.
        rank: which of several that hold the same counts first: E-mail 1 before E-mail 2.
    """

    place: int
    heading: str
    holds: str
    rank: int = 0


def fold(heading: str) -> str:
    """*heading* without what people write in different ways: width, case, spaces, marks, remarks such as ``(必須)``."""
    plain = _LEFT_OUT.sub("", unicodedata.normalize("NFKC", heading).casefold())
    plain = _LONG_VOWEL_FOR_HYPHEN.sub("", plain)
    kana = False
    while (found := _BRACKETS.search(plain)) is not None:
        remark = found[1]
        kana = kana or _KANA.fullmatch(remark) is not None
        kept = "" if _REMARK.fullmatch(remark) or _KANA.fullmatch(remark) else remark
        plain = plain[: found.start()] + kept + plain[found.end() :]
    return plain + "カナ" if kana and not _KANA.fullmatch(plain) else plain


def one_line(heading: str) -> str:
    """*heading* as a person would say it, on one line."""
    return " ".join(heading.replace("\ufeff", "").split())


def name_of(place: int, heading: str) -> str:
    """What a column is called; one without a heading is called by its number."""
    return one_line(heading) or f"({place + 1})"


@cache
def _known() -> tuple[dict[str, str], re.Pattern[str]]:
    table = tomllib.loads(files(__package__).joinpath("headings.toml").read_text(encoding="utf-8"))
    fields = {unicodedata.normalize("NFKC", name): field for field, names in table["fields"].items() for name in names}
    return fields, re.compile("|".join(f"(?:{one})" for one in table["nothing"]["tools"]))


def what(heading: str, custom: Mapping[str, str]) -> tuple[str, int]:
    """What a heading says, and its rank; empty where nobody knows.

    Arguments:
        custom: the newsletter's own fields, by their folded names and labels.
    """
    plain = fold(heading)
    fields, nothing = _known()
    if not plain:
        return "", 0
    if plain in custom:
        return custom[plain], 0
    if plain in fields:
        return fields[plain], 0
    if (numbered := _NUMBERED.fullmatch(plain)) and fields.get(numbered[1] + numbered[3]) == "address":
        return "address", int(numbered[2])
    return (NOTHING, 0) if nothing.fullmatch(plain) else ("", 0)


def columns(
    headings: Sequence[str], custom: Mapping[str, str], mapped: Mapping[str, str], ignored: Sequence[str]
) -> list[Column]:
    """What each column holds.

    Arguments:
        mapped: what we are told, field by heading.
        ignored: headings of columns that are to be left out.

    Raises:
        Invalid: a heading that we are told of is not there, or a field that we are told of does not exist.
    """
    wanted = {_told(heading, headings): _field(holds, custom) for heading, holds in mapped.items()}
    left_out = {_told(heading, headings) for heading in ignored}
    found = []
    for place, heading in enumerate(headings):
        name = name_of(place, heading)
        if name in left_out:
            holds, rank = NOTHING, 0
        elif name in wanted:
            holds, rank = wanted[name], 0
        else:
            holds, rank = what(heading, custom)
        if holds == "second_address":
            holds, rank = "address", rank + 100
        found.append(Column(place, name, holds, rank))
    return found


def known_columns(headings: Sequence[str], holds: Sequence[str]) -> list[Column]:
    """Columns of which somebody has said what each of them holds, in their order."""
    named = [name_of(place, heading) for place, heading in enumerate(headings)]
    return [Column(place, name, one) for place, (name, one) in enumerate(zip(named, holds, strict=True))]


def _told(heading: str, headings: Sequence[str]) -> str:
    """The heading that somebody means who typed *heading*."""
    names = [name_of(place, one) for place, one in enumerate(headings)]
    if one_line(heading) in names:
        return one_line(heading)
    alike = [name for name in names if fold(name) == fold(heading)]
    if len(alike) == 1:
        return alike[0]
    raise Invalid(
        phrase("there is no heading “{heading}”; the file has {listed}", heading=heading, listed=listed(names))
    )


def _field(typed: str, custom: Mapping[str, str]) -> str:
    if typed in FIELDS:
        return typed
    holds, _ = what(typed, custom)
    if holds and holds != NOTHING:
        return holds
    own = f", {', '.join(sorted(set(custom.values())))}" if custom else ""
    raise Invalid(
        phrase(
            "there is no field “{typed}” to map to; the fields are {names}{own}",
            typed=typed,
            names=", ".join(FIELDS),
            own=own,
        )
    )


def listed(names: Sequence[str]) -> str:
    """Headings in a sentence."""
    return ", ".join(f"“{shown(name)}”" for name in names if name) or "none"


def shown(text: str) -> str:
    """A heading or a word of a list as a message may show it: cut, and without what a terminal would obey."""
    return input_rule.without_controls(one_line(text))[:80]
