"""Web addresses that stand in Japanese prose as people type them: where each begins and ends, and how it is asked for.

Japanese puts no spaces around words, so an address runs into what follows it. Letters after a slash, an equals sign
or letters of the path belong to the address (``/wiki/回覧板``), unless they read on as a sentence
(``/をご覧ください``): a noun is followed by a particle, and a particle begins no name of a page. Where both are
possible, :attr:`Found.unsure` says so, and preflight asks for a space.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from markdown_it.common.normalize_url import normalizeLink

MAX_LENGTH = 2000
"""Characters of an address; no link takes more."""

_LETTER = r"(?:[^\x00-\x7f\W]|[\u3099\u309a\ufe00-\ufe0f\U000e0100-\U000e01ef]|(?<=[ァ-ヺー])・(?=[ァ-ヺ]))"
_LETTERS = re.compile(rf"{_LETTER}+")
_SCHEME = re.compile(r"(?<![A-Za-z0-9])https?://", re.IGNORECASE)
_USER = r"(?:[A-Za-z0-9._~%!$&'*+,;=:-]+@)?"
_HOST = re.compile(rf"{_USER}(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)(?::[0-9]+)?")
_FOREIGN_HOST = re.compile(rf"{_USER}(?:[\w-]+\.)+[A-Za-z]{{2,24}}(?![A-Za-z0-9-])(?::[0-9]+)?")
"""With letters of any script (IDNA), which end before a domain of ASCII letters."""
_TAIL = re.compile(r"[A-Za-z0-9\-._~:/?#@!$'*+,;=%]+|[&()\[\]]")
_STOP = re.compile(r"&(?:lt|gt|quot|nbsp|#39);|\*\*|\*(?![A-Za-z0-9/._?&=%*-])|https?://", re.IGNORECASE)
"""What no address holds: marks of a page's source, the end of words of weight, the next address."""
_LONGEST_STOP = 8
_CARRIES = re.compile(r"(?:=|/\d{4,14}(?:[a-z]{2}_)?/)$")
"""Behind this an address stands inside of another one: ``?next=https://…``, ``/web/2026/https://…``."""
_ENDING = r"\.(?:pdf|docx?|xls[xm]?|pptx?|html?|csv|zip|txt|jpe?g|png|gif|ics|php|aspx?|jsp)(?![A-Za-z0-9])"
_BRACKETED = re.compile(
    rf"(?:\([^()\s]{{1,60}}\)|（[^（）\s]{{1,60}}）|【[^【】\s]{{1,60}}】|「[^「」\s]{{1,60}}」)(?={_ENDING})",
    re.IGNORECASE,
)
"""A part of a file's name: ``要綱(案).pdf``."""
_REST_OF_NAME = re.compile(
    rf"[（(【「『〈《［・|｜^〜～\"](?:(?!https?:)[^\s。、，]){{0,60}}?(?:{_ENDING}|/(?=[\w]))", re.IGNORECASE
)
"""What nobody writes behind an address, unless it belongs to it."""
_TRAILING = ".,:;!?'*"
_CLOSING = {")": "(", "]": "["}
_FILE = re.compile(r"\.[a-z][a-z0-9]{1,4}$", re.IGNORECASE)

_HIRAGANA = re.compile(r"[ぁ-ゖ]")
_PARTICLE = re.compile(
    r"[をにではがのとへもや]|から|まで|より|にて|など|または|および|もしくは|です|だ|ま[すで]|ください|こちら|ほか"
)
"""What follows the name of a page in a sentence. No name begins with it."""
_ENDS_NAME = re.compile(r"(?<=[^ぁ-ゖ])(?:[をはがへにで]|から|まで|より|にて|です)")
_SENTENCE = re.compile(r"[をはがへ]|から|まで|です|ます|ください|した$|して|にて|では|には|で[、。]?$|に$")
_WORDS_BEHIND = re.compile(
    r"(?:を?参照|参考|内|等|上|他|外|宛て?|経由|掲載|公開|配布|配信|受付|以下|より)(?:中|分|先)?(?:(?!\w)|(?=[をにではがの]))"
)
"""Words that stand right behind an address, and name no page by themselves."""
_GOES_ON = re.compile(r"[/?#&=_%+(\[-]|\.[A-Za-z0-9]|[A-Za-z0-9]")

_AMPERSAND = re.compile(r"&(?:amp|#38|#x26);", re.IGNORECASE)
_SPACE = re.compile(r"[ \t\u00a0\u3000]")


@dataclass(frozen=True, slots=True)
class Found:
    """An address in a text: ``text[start:end]``. ``unsure`` where what follows could belong to it as well."""

    start: int
    end: int
    unsure: bool = False


def find_all(text: str) -> Iterator[Found]:
    """The addresses in *text*, from left to right."""
    at = 0
    while (scheme := _SCHEME.search(text, at)) is not None:
        found = match(text, scheme.start(), len(text))
        if found is not None:
            yield found
        at = found.end if found else scheme.end()


def match(text: str, start: int, limit: int) -> Found | None:
    """The address that begins at *start* of *text* and ends before *limit*; None where there is none."""
    scheme = _SCHEME.match(text, start, limit)
    limit = min(limit, start + MAX_LENGTH)
    end = _end_of_host(text, scheme.end(), limit) if scheme else None
    if scheme is None or end is None:
        return None
    unsure = False
    if end < limit and text[end] in "/?#":
        end, unsure = _end_of_path(text, end, limit)
    return Found(start, _trimmed(text, scheme.end(), end), unsure)


def canonical(address: str) -> str:
    """An address as a browser asks for it (RFC 3986, RFC 3492), whatever people leave in it.

    ``&amp;`` of a page's source becomes ``&``, spaces and letters beyond ASCII become ``%20`` and so on, a host beyond
    ASCII its ``xn--`` name. Any other address than one of the web stays as it is.
    """
    if not _SCHEME.match(address):
        return address
    return str(normalizeLink(_SPACE.sub("%20", shown(address))))


def shown(address: str) -> str:
    """What a reader sees of an address: as typed, with ``&`` where the source of a page says ``&amp;``."""
    return _AMPERSAND.sub("&", address)


def _end_of_host(text: str, start: int, limit: int) -> int | None:
    host = _HOST.match(text, start, limit)
    whole = host is not None and "." in host.group().rpartition("@")[2]
    if not whole and (foreign := _FOREIGN_HOST.match(text, start, limit)):
        return foreign.end()
    return host.end() if host else None


def _end_of_path(text: str, start: int, limit: int) -> tuple[int, bool]:
    """Where path, query and fragment end, and whether that is unsure."""
    at = start
    brackets: list[str] = []
    while at < limit:
        if part := _BRACKETED.match(text, at, limit):
            at = part.end()
        elif piece := _TAIL.match(text, at, limit):
            stop = _stop(text, at, piece.end(), limit)
            if stop is not None:
                return stop, False
            if not _fits(text, at, brackets):
                return at, _REST_OF_NAME.match(text, at) is not None
            at = piece.end()
        elif letters := _LETTERS.match(text, at, limit):
            belonging = _belonging(text, start, letters.start(), letters.end(), limit)
            if belonging is not None:
                return belonging, not _FILE.search(text[max(start, belonging - 6) : belonging])
            at = letters.end()
        else:
            break
    return at, _REST_OF_NAME.match(text, at) is not None


def _stop(text: str, at: int, end: int, limit: int) -> int | None:
    """Where between *at* and *end* something begins that no address holds; None where nothing does."""
    for found in _STOP.finditer(text, at, min(limit, end + _LONGEST_STOP)):
        if found.start() >= end:
            return None
        if found[0][:1] not in "hH" or not _CARRIES.search(text, max(0, found.start() - 20), found.start()):
            return found.start()
    return None


def _fits(text: str, at: int, brackets: list[str]) -> bool:
    """Whether the bracket at *at*, if it is one, belongs to the address; *brackets* are those open so far."""
    sign = text[at]
    if sign in "([":
        if sign == "(" and text[at - 1] != "_" and _LETTERS.match(text, at + 1):
            return False  # “(別ウィンドウ)” is a remark; “_(地名)” is part of a title
        brackets.append(sign)
    elif sign in _CLOSING:
        if not brackets or brackets[-1] != _CLOSING[sign]:
            return False
        brackets.pop()
    return True


def _belonging(text: str, first: int, start: int, end: int, limit: int) -> int | None:
    """Where the address ends within the letters ``text[start:end]``; None where all of them belong to it."""
    letters = text[start:end]
    if _PARTICLE.match(letters) or _WORDS_BEHIND.match(letters) or _FILE.search(text[max(first, start - 6) : start]):
        return start
    if end < limit and _GOES_ON.match(text, end) and not _STOP.match(text, end):
        return None
    if _HIRAGANA.search(letters) and _SENTENCE.search(letters):
        cut = _ENDS_NAME.search(letters)
        return start + cut.start() if cut else start
    return None


def _trimmed(text: str, start: int, end: int) -> int:
    """*end* without the marks of a sentence, and without brackets that stay open, before it."""
    while end > start:
        last = text[end - 1]
        if last in _TRAILING or last in "([":
            end -= 1
        else:
            break
    return end
