"""Characters that do not arrive: lost ones, private-use ones, and those that old mail clients garble; each with advice.

What even ISO-2022-JP carries (ASCII and JIS X 0208, RFC 1468) arrives everywhere.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator

import regex

from models.store import input_rule

from ..content.letter import Letter
from .finding import Finding, error, warning
from .passages import Passage, passages
from .text_rules import plain

# Windows and Unix disagree on how these signs of JIS X 0208 map to Unicode; every client shows them.
_TWO_MAPPINGS = frozenset("～－∥￠￡￢—―〜−‖¢£¬")
_LOST = "\ufffd"
_HALF_WIDTH_KANA = regex.compile(r"[\uff61-\uff9f]+")
_EMOJI = regex.compile(r"[\p{Extended_Pictographic}\p{Emoji_Presentation}]")
_KANJI = regex.compile(r"\p{Han}")
_CLUSTER = regex.compile(r"\X")


def check(letter: Letter) -> Iterator[Finding]:
    """Every passage: what is lost is an error in any language, what old clients garble a hint in Japanese ones."""
    for passage in passages(letter):
        yield from _lost(passage)
        if letter.language == "ja":
            yield from _garbled(passage)


def _lost(passage: Passage) -> Iterator[Finding]:
    private = dict.fromkeys(sign for sign in passage.text if input_rule.fault(sign) is input_rule.TextFault.PRIVATE_USE)
    if private:
        yield error("words.private", passage.where, characters=" ".join(f"U+{ord(sign):04X}" for sign in private))
    if _LOST in passage.text:
        at = passage.text.index(_LOST)
        yield error("words.lost", passage.where, text=" ".join(passage.text[max(0, at - 10) : at + 10].split()))


def _garbled(passage: Passage) -> Iterator[Finding]:
    text = plain(passage.text)
    kana = list(dict.fromkeys(_HALF_WIDTH_KANA.findall(text)))
    if kana:
        instead = " ".join(unicodedata.normalize("NFKC", word) for word in kana)
        mends = ((word, unicodedata.normalize("NFKC", word)) for word in sorted(kana, key=len, reverse=True))
        yield warning("words.kana", passage.where, mends=mends, characters=" ".join(kana), instead=instead)
    signs = dict.fromkeys(one for one in _CLUSTER.findall(_HALF_WIDTH_KANA.sub("", text)) if not _arrives(one))
    for rule, belongs in _KINDS.items():
        found = [sign for sign in signs if belongs(sign)]
        signs = dict.fromkeys(sign for sign in signs if sign not in found)
        if found:
            instead = " ".join(f"{sign}→{_in_plain_characters(sign)}" for sign in found)
            mends = ((sign, _in_plain_characters(sign)) for sign in found if _says_the_same_in_plain(sign))
            yield warning(rule, passage.where, mends=mends, characters=" ".join(found), instead=instead)


def _arrives(cluster: str) -> bool:
    return all(
        sign in _TWO_MAPPINGS
        or sign.isspace()
        or sign == _LOST  # told by itself
        or input_rule.fault(sign) is not None
        or unicodedata.category(sign) == "Cf"
        or _is_plain(sign)
        for sign in cluster
    )


def _is_plain(sign: str) -> bool:
    try:
        sign.encode("iso2022_jp")
    except UnicodeEncodeError:
        return False
    return True


def _is_enclosed(sign: str) -> bool:
    """Whether *sign* stands for others: a figure in a circle, several letters in a square, a Roman number."""
    return len(sign) == 1 and unicodedata.decomposition(sign).startswith("<")


def _says_the_same_in_plain(sign: str) -> bool:
    """Whether nothing is lost in plain characters, as the square would be of m²."""
    kind = unicodedata.decomposition(sign).partition(" ")[0] if len(sign) == 1 else ""
    return kind in ("<circle>", "<square>", "<compat>", "<wide>", "<narrow>") and all(
        map(_is_plain, _in_plain_characters(sign))
    )


def _in_plain_characters(sign: str) -> str:
    inside = unicodedata.normalize("NFKC", sign)
    return f"({inside})" if unicodedata.decomposition(sign[0]).startswith("<circle>") else inside


_KINDS: dict[str, Callable[[str], object]] = {
    "words.enclosed": _is_enclosed,
    "words.emoji": _EMOJI.search,
    "words.kanji": _KANJI.match,
    "words.characters": bool,
}
"""Rules, and which characters belong to each; the first one that takes a character has it."""
