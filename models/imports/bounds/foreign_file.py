"""Files that are no list: pictures, papers, calendars, letters. Each is refused in words that say what it is."""

from __future__ import annotations

import codecs
import re

from ...store.errors import Invalid
from ...store.phrase import Phrase, phrase

DOCUMENT = phrase("this is no CSV but a workbook, an archive or a document: open it, and save it as CSV in UTF-8")
_OLD_WORKBOOK = phrase(
    "this is an Excel workbook of the old kind (.xls), or one with a password: open it in Excel, and save it"
    " as .xlsx without a password, or as CSV"
)
_WEB_PAGE = phrase("this is a web page, even if its name ends with .xls: open it in Excel, and save it as .xlsx or CSV")
_NO_LIST = phrase("this is no list but {kind}: save the list as .xlsx or CSV, and choose that file")
_PICTURE = _NO_LIST.filled(kind=phrase("an image file"))
_LETTER = _NO_LIST.filled(kind=phrase("an e-mail"))
_FOR_PROGRAMS = _NO_LIST.filled(kind=phrase("data for programs"))
_NO_TEXT = _NO_LIST.filled(kind=phrase("a file that holds no text"))

_BY_BYTES = (
    (rb"\xd0\xcf\x11\xe0", _OLD_WORKBOOK),
    (rb"\x89PNG|\xff\xd8\xff|GIF8[79]a|BM.{4}\0\0\0\0|II\*\0|MM\0\*|RIFF....WEBP|....ftyp(?:hei|mif|avif)", _PICTURE),
    (rb"%PDF-|%!PS|\x1f\x8b|\{\\rtf|7z\xbc\xaf|Rar!|MSCF|BZh|\xfd7zXZ", DOCUMENT),
)
"""How files begin that are told by their first bytes."""
_BY_WORDS = (
    (rb"<svg", _PICTURE),
    (rb"<(?:html|!doctype|table|\?xml|meta|style|head|body|!--)", _WEB_PAGE),
    (rb"begin:vcalendar", _NO_LIST.filled(kind=phrase("a calendar"))),
    (rb"begin:vcard", _NO_LIST.filled(kind=phrase("address cards (.vcf)"))),
    # A page with its pictures in one file (RFC 2557), as browsers and Excel save it, looks like a letter.
    (rb"[a-z-]+:\s(?:.*\n)*?content-type:\s*multipart/related", _WEB_PAGE),
    (rb"(?:return-path|received|mime-version|message-id|delivered-to|content-type|x-[a-z-]+):\s", _LETTER),
    (rb"(?:from|to|subject|date):[^\n]*\n[a-z-]+:\s|from \S+@\S+ +[a-z]{3} ", _LETTER),
    (rb"\[?\s*\{\s*\"|\[\s*[\"\[]|dn: |id;p", _FOR_PROGRAMS),
)
"""The same of text, in small letters; blanks and a mark before it do not count."""
_BYTES = [(re.compile(pattern, re.DOTALL), why) for pattern, why in _BY_BYTES]
_WORDS = [(re.compile(pattern), why) for pattern, why in _BY_WORDS]
# Tabs, line ends, the separators of FileMaker and the escapes of ISO-2022-JP stand in texts.
_CONTROL = re.compile("[\x01-\x08\x0e-\x1a\x7f]")
_CONTROL_OF_WIDE = re.compile("[\x00-\x08\x0e-\x1a\x7f]")
_FEW, _SHARE = 8, 0.03
"""So many control characters, and so many of all, are in no text; compressed bytes have three times as many."""


def refuse(start: bytes, name: str) -> None:
    """Refuse what is told by its beginning.

    Arguments:
        start: the first bytes of the file, some hundred at least.
        name: what the file is called.

    Raises:
        Invalid: it is no list; the message says what it is.
    """
    _refuse(next((why for pattern, why in _BYTES if pattern.match(start)), None), name)
    words = _plain(start).lstrip(b" \r\n\t").lower()
    _refuse(next((why for pattern, why in _WORDS if pattern.match(words)), None), name)


def refuse_bytes(text: str, name: str, *, wide: bool = False) -> None:
    """Refuse what holds no text, whatever it is: a program, a film.

    Arguments:
        text: the first bytes, read one by one (as ISO 8859-1), or in twos.
        wide: whether in twos, as UTF-16; no letter of that is NUL.

    Raises:
        Invalid: it holds more control characters than any text.
    """
    count = len((_CONTROL_OF_WIDE if wide else _CONTROL).findall(text))
    _refuse(_NO_TEXT if count >= _FEW and count > len(text) * _SHARE else None, name)


def _refuse(why: Phrase | None, name: str) -> None:
    if why is not None:
        raise Invalid(why, file=name)


def _plain(start: bytes) -> bytes:
    """The beginning without a mark, its ASCII letters as bytes."""
    for mark, name in ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        if start.startswith(mark):
            return start[2:].decode(name, "replace").encode()
    return start.removeprefix(codecs.BOM_UTF8)
