"""Bytes of mail → text, whatever was declared. Nothing here raises, and nothing is longer than asked for.

Carriers' notices come as ISO-2022-JP that nobody declared, with half-width kana in it (which the standard forbids), as
Shift_JIS, or under charsets that do not exist. Text is put into one form (NFKC), so that rules see ｶﾀｶﾅ as カタカナ.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import quopri
import re
import unicodedata
from email.errors import HeaderParseError
from email.header import decode_header

MOST_ENCODED = 400_000
"""Bytes of one part that are decoded; what a report says stands at its beginning."""
MOST_CHARACTERS = 60_000
_JIS_ESCAPE = re.compile(rb"\x1b[$(][@BIJD(]")
_EIGHT_BIT_JAPANESE = ("cp932", "euc_jp")
_HIRAGANA = re.compile("[\u3041-\u3096]")
_ANYTHING_FITS = frozenset(
    {
        "ascii",
        "latin_1",
        "iso8859-1",
        "unicode_escape",
        "raw_unicode_escape",
        "utf-7",
        "utf-16",
        "utf-16-le",
        "utf-16-be",
        "utf-32",
        "idna",
        "punycode",
    }
)
"""Charsets that say nothing when bytes fit them, or that mail is not written in."""
_NO_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")


def decode_body(body: bytes, encoding: str, charset: str) -> str:
    """A part's text.

    Arguments:
        body: as it came; more than :data:`MOST_ENCODED` bytes are cut off.
        encoding: the Content-Transfer-Encoding (RFC 2045), in lower case.
        charset: what was declared, or empty.
    """
    return to_text(decode_transfer(body[:MOST_ENCODED], encoding), charset)


def decode_transfer(body: bytes, encoding: str) -> bytes:
    """*body* without its transfer encoding; what is broken is read as far as it goes."""
    if encoding == "base64":
        letters = _NO_BASE64.sub(b"", body)
        try:
            return base64.b64decode(letters[: len(letters) // 4 * 4] + _last_group(letters))
        except (binascii.Error, ValueError):
            return body
    return quopri.decodestring(body) if encoding == "quoted-printable" else body


def _last_group(letters: bytes) -> bytes:
    rest = letters[len(letters) // 4 * 4 :]
    return rest + b"=" * (4 - len(rest)) if len(rest) > 1 else b""


def to_text(raw: bytes, charset: str = "") -> str:
    """*raw* as text in one form; the declared charset counts where the bytes agree with it."""
    raw = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\0", b"")
    return unicodedata.normalize("NFKC", _decode(raw, charset)[:MOST_CHARACTERS])


def _decode(raw: bytes, charset: str) -> str:
    if _JIS_ESCAPE.search(raw):
        return raw.decode("iso2022_jp_ext", "replace")
    for name in (_known(charset), "utf-8"):
        text = _strictly(raw, name)
        if text is not None:
            return text
    found = [text for name in _EIGHT_BIT_JAPANESE if (text := _strictly(raw, name)) is not None]
    # Bytes of EUC-JP are often letters of Shift_JIS, too, but then hardly ever hiragana, which every sentence has.
    return max(found, key=lambda text: len(_HIRAGANA.findall(text)), default=None) or raw.decode("latin-1")


def _strictly(raw: bytes, name: str) -> str | None:
    try:
        return raw.decode(name) if name else None
    except (UnicodeDecodeError, ValueError):
        return None


def _known(charset: str) -> str:
    """Python's name of a charset for text; empty where there is none, and for those that anything fits."""
    try:
        found = codecs.lookup(charset.strip("\"' ")[:40])
        raw_text = found._is_text_encoding
    except (LookupError, ValueError):
        return ""
    name = "cp932" if found.name == "shift_jis" else found.name
    return name if raw_text and name not in _ANYTHING_FITS else ""


def header_text(value: str) -> str:
    """A header field's text with its encoded words (RFC 2047) read; *value* holds its raw bytes as Latin-1."""
    value = value[:4000]
    if "=?" in value:
        try:
            pieces = decode_header(value)
        except (HeaderParseError, ValueError):
            pieces = [(value, None)]
        words = [
            to_text(piece, charset or "") if isinstance(piece, bytes) else _plain(piece) for piece, charset in pieces
        ]
        return "".join(words).replace("\n", " ").strip()
    return _plain(value).strip()


def _plain(value: str) -> str:
    return to_text(value.encode("latin-1", "replace")).replace("\n", " ")


def without_tags(html: str) -> str:
    """The text of HTML, roughly: tags become blanks, and those that end a line end one."""
    pieces = []
    for number, piece in enumerate(html[:MOST_CHARACTERS].split("<")):
        tag, closed, text = piece.partition(">")
        if not number or not closed:
            pieces.append(piece)
            continue
        pieces.append("\n" if tag.strip("/ ").split(" ")[0].lower() in _LINE_ENDS else " ")
        pieces.append(text)
    text = "".join(pieces)
    for entity, letter in (
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&nbsp;", " "),
        ("&#64;", "@"),
        ("&quot;", '"'),
        ("&amp;", "&"),
    ):
        text = text.replace(entity, letter)
    return text


_LINE_ENDS = frozenset({"br", "p", "div", "tr", "td", "li", "h1", "h2", "h3", "table", "br/"})
