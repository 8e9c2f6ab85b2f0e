"""Which encoding a list is in, and its lines as text: those of Japan's mail, Windows, Unix and spreadsheets.

A file says it by the mark at its beginning, by the bytes that only UTF-16 and ISO-2022-JP have, or by being UTF-8.
Between Shift_JIS and EUC-JP a detector decides (charset-normalizer). Lists are often glued together from several files,
so each line is looked at, too: one that is not in the file's encoding, but in another, is read in that and told.
"""

from __future__ import annotations

import codecs
import os
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import AnyStr, NamedTuple

from charset_normalizer import from_bytes

from ..store.errors import Invalid
from ..store.phrase import phrase
from .bounds import foreign_file
from .japanese_encodings import JIS_ESCAPE, LOST, euc_jp, jis_piece, shift_jis

CHUNK = 1 << 20
MOST_LINE = 1_000_000
"""Bytes of a line (in UTF-16 and UTF-32, letters) after which a file is no list, if the line has no end yet."""
_PACKED = b"PK\x03\x04"
"""How workbooks (xlsx, ods, numbers) begin."""
_SAMPLE = 1 << 17
"""Bytes of lines beyond ASCII that the detector is shown."""
UTF_8, SHIFT_JIS, EUC_JP, ISO_2022_JP, WESTERN = "UTF-8", "Shift_JIS", "EUC-JP", "ISO-2022-JP", "Windows-1252"
CHOICES = (UTF_8, SHIFT_JIS, EUC_JP, ISO_2022_JP, "UTF-16LE", "UTF-16BE", WESTERN)
"""What somebody may choose among who sees broken letters."""
_MARKS = (
    (codecs.BOM_UTF8, UTF_8),
    (codecs.BOM_UTF32_LE, "UTF-32LE"),
    (codecs.BOM_UTF32_BE, "UTF-32BE"),
    (codecs.BOM_UTF16_LE, "UTF-16LE"),
    (codecs.BOM_UTF16_BE, "UTF-16BE"),
)
_LINE = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_CUT_SHORT = re.compile(rb"[\x00-\x7f]*(?:[\xc2-\xdf]|[\xe0-\xef][\x80-\xbf]?|[\xf0-\xf4][\x80-\xbf]{0,2})[\x00-\x7f]*")
"""A line that one letter of UTF-8 would complete."""
_JAPANESE = re.compile("[\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]")
# A name whose escape characters a gateway took away (RFC 1468).
_BARE_JIS = re.compile(r"\$[@B](?:[!-~]{2})+\([BJ]")

# The first letter beyond ASCII of UTF-8 that was read as something else: no letter of UTF-8 begins with another byte.
# Most names begin with a letter that none of these bytes can be.
_BEGINNINGS = {
    *(bytes((byte,)).decode(wrong, "ignore") for byte in range(0xC2, 0xF5) for wrong in ("cp932", "cp1252")),
    *(bytes((byte, next_)).decode("cp932", "ignore") for byte in range(0xE0, 0xF5) for next_ in range(0x80, 0xC0)),
} - {""}
_PERHAPS_GARBLED = re.compile(f"[\x00-\x7f]*[{''.join(sorted(one for one in _BEGINNINGS if len(one) == 1))}]")


class Line(NamedTuple):
    """One physical line with its line end; *other* is the encoding that it is in, where it is not the file's."""

    text: str
    other: str = ""


@dataclass(slots=True)
class FileEncoding:
    """What a file is in.

    Arguments:
        name: as people call it.
        skip: bytes of the mark at its beginning.
        guessed: whether the detector had to choose between two that fit.
    """

    name: str
    skip: int = 0
    guessed: bool = False


def name_of(path: Path) -> str:
    """What a file is called, as text: an archive made on Windows leaves names in Shift_JIS on Unix."""
    raw = os.fsencode(path.name)
    return raw.decode("utf-8") if _is_utf_8(raw) else raw.decode("cp932", "replace")


def detect(path: Path, called: str = "") -> FileEncoding:
    """The encoding of most of a file.

    Arguments:
        called: what it is called for people, where that is not the name of *path*.

    Raises:
        Invalid: it is no text, but a workbook, an archive, a picture or anything else.
    """
    with path.open("rb") as file:
        start = file.read(4096)
    name = called or name_of(path)
    if start.startswith(_PACKED):
        raise Invalid(foreign_file.DOCUMENT, file=name)
    foreign_file.refuse(start, name)
    for mark, marked in _MARKS:
        if start.startswith(mark):
            return FileEncoding(marked, len(mark))
    if b"\0" in start and (wide := _wide(start)):
        foreign_file.refuse_bytes(start.decode(wide, "replace"), name, wide=True)
        return FileEncoding(wide)
    foreign_file.refuse_bytes(start.decode("latin-1"), name)
    found = _Tally()
    for line in _byte_lines(path, 0):
        found.add(line)
    return found.verdict()


def chosen(path: Path, name: str) -> FileEncoding:
    """The encoding that somebody chose, one of :data:`CHOICES`, with the mark that the file may begin with."""
    with path.open("rb") as file:
        start = file.read(4)
    return FileEncoding(name, next((len(mark) for mark, of in _MARKS if of == name and start.startswith(mark)), 0))


def _wide(start: bytes) -> str:
    """UTF-16 without a mark: of its ASCII letters every other byte is nothing."""
    even, odd = start[0::2].count(0), start[1::2].count(0)
    if max(even, odd) < len(start) / 8:
        return ""
    return "UTF-16LE" if odd > even else "UTF-16BE"


@dataclass(slots=True)
class _Tally:
    """What the lines beyond ASCII speak for."""

    utf_8: int = 0
    jis: int = 0
    others: int = 0
    sample: list[bytes] = field(default_factory=list)
    size: int = 0

    def add(self, line: bytes) -> None:
        if line.isascii():
            self.jis += JIS_ESCAPE.search(line) is not None
        elif _is_utf_8(line):
            self.utf_8 += 1
        else:
            self.others += 1
            if self.size < _SAMPLE:
                self.sample.append(line)
                self.size += len(line)

    def verdict(self) -> FileEncoding:
        if self.jis > self.utf_8 + self.others:
            return FileEncoding(ISO_2022_JP)
        if self.others > self.utf_8:
            return _legacy(self.sample)
        return FileEncoding(UTF_8)


def _is_utf_8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _legacy(lines: list[bytes]) -> FileEncoding:
    """Shift_JIS or EUC-JP, whichever fewer lines speak against; where that is even, the detector decides."""
    broken = {name: sum(LOST in _DECODERS[name](line) for line in lines) for name in (SHIFT_JIS, EUC_JP)}
    if broken[SHIFT_JIS] != broken[EUC_JP]:
        best = min(broken, key=lambda name: broken[name])
        if broken[best] * 2 <= len(lines):
            return FileEncoding(best)
    found = from_bytes(b"".join(lines), cp_isolation=["cp932", "euc_jp"])
    if len(found):
        first, second = found[0], found[1] if len(found) > 1 else None
        name = EUC_JP if first.encoding == "euc_jp" else SHIFT_JIS
        return FileEncoding(name, guessed=second is not None and second.chaos <= first.chaos)
    if min(broken.values()) and all(LOST not in _western(line) for line in lines):
        return FileEncoding(WESTERN, guessed=True)
    return FileEncoding(SHIFT_JIS, guessed=True)


def lines(path: Path, encoding: FileEncoding) -> Iterator[Line]:
    """The physical lines of a file, the mark at its beginning left out. CR, LF and CR LF end a line, nothing else."""
    if encoding.name.startswith(("UTF-16", "UTF-32")):
        yield from _wide_lines(path, encoding)
        return
    if encoding.name == ISO_2022_JP:
        yield from _jis_lines(path)
        return
    for raw in _byte_lines(path, encoding.skip):
        yield Line(raw.decode("ascii")) if raw.isascii() else _line(raw, encoding.name)


def _line(raw: bytes, name: str) -> Line:
    """A line beyond ASCII, in the file's encoding or in the one that it is in."""
    text = _DECODERS[name](raw)
    if name != UTF_8 and _is_utf_8(raw) and _is_japanese(raw.decode("utf-8")):
        return Line(raw.decode("utf-8"), UTF_8)
    if LOST not in text:
        return Line(text)
    if name == UTF_8 and not _is_broken_utf_8(raw, text):
        other = _legacy([raw]).name
        guess = _DECODERS[other](raw)
        if LOST not in guess and (_is_japanese(guess) or all(one.isalpha() for one in guess if one > "\x7f")):
            return Line(guess, other)
    return Line(text)


def _is_broken_utf_8(raw: bytes, text: str) -> bool:
    """Whether a line is UTF-8 that lost a byte, and not in another encoding: the rest of it is UTF-8."""
    return _JAPANESE.search(text) is not None or _CUT_SHORT.fullmatch(raw) is not None


def _is_japanese(text: str) -> bool:
    """Whether most of what is beyond ASCII is Japanese."""
    beyond = [letter for letter in text if letter > "\x7f"]
    return bool(beyond) and sum(_JAPANESE.match(letter) is not None for letter in beyond) * 2 > len(beyond)


def is_garbled(text: str) -> bool:
    """Whether a text was read in a wrong encoding before it came into the file: ``螻ｱ逕ｰ`` for 山田, ``$B;3ED(B``."""
    if "$" in text and _BARE_JIS.search(text):
        return True
    if not _PERHAPS_GARBLED.match(text) or LOST in text:
        return False
    for wrong in ("cp932", "cp1252"):
        try:
            right = text.encode(wrong).decode("utf-8")
        except UnicodeError:
            continue
        if _is_japanese(right):
            return True
    return False


def _byte_lines(path: Path, skip: int) -> Iterator[bytes]:
    """The lines of a file as bytes, cut at CR LF, CR and LF, which are part of no letter in any of these encodings."""
    with path.open("rb") as file:
        file.seek(skip)
        rest = b""
        while chunk := file.read(CHUNK):
            whole = rest + chunk
            end = max(whole.rfind(b"\n"), whole.rfind(b"\r", 0, -1)) + 1  # a CR at the very end may be half a line end
            yield from _LINE.findall(whole[:end])
            rest = _bounded(whole[end:])
        yield from _LINE.findall(rest)


def _bounded(begun: AnyStr) -> AnyStr:
    """The beginning of a line that goes on.

    Raises:
        Invalid: it is too long already: no list has such lines, and only memory ends one.
    """
    if len(begun) > MOST_LINE:
        raise Invalid(
            phrase("a line of this file is longer than {most} MB: a list has a line for each person",
                   most=MOST_LINE // 1_000_000),
            field="file",
        )  # fmt: skip
    return begun


def _text_lines(pieces: Iterable[str]) -> Iterator[Line]:
    rest = ""
    for piece in pieces:
        whole = rest + piece
        end = max(whole.rfind("\n"), whole.rfind("\r", 0, -1)) + 1
        yield from map(Line, re.findall(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+", whole[:end]))
        rest = _bounded(whole[end:])
    yield from map(Line, re.findall(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+", rest))


def _wide_lines(path: Path, encoding: FileEncoding) -> Iterator[Line]:
    decoder = codecs.getincrementaldecoder(encoding.name)("replace")

    def pieces() -> Iterator[str]:
        with path.open("rb") as file:
            file.seek(encoding.skip)
            while chunk := file.read(CHUNK):
                yield decoder.decode(chunk)
            left = decoder.getstate()[0]
            if left.strip(b"\0") in (b"\n", b"\r"):  # the file lacks the last byte of its last line end
                yield left.strip(b"\0").decode()
            else:
                yield decoder.decode(b"", final=True)

    yield from _text_lines(pieces())


def _jis_lines(path: Path) -> Iterator[Line]:
    """ISO-2022-JP: escape sequences say what the bytes after them mean, until the next one."""
    mode = b"\x1b(B"
    for raw in _byte_lines(path, 0):
        if not raw.isascii():
            yield Line(_DECODERS[SHIFT_JIS](raw)) if _DECODERS[SHIFT_JIS](raw).isascii() else _line(raw, UTF_8)
            continue
        text, at = "", 0
        for escape in JIS_ESCAPE.finditer(raw):
            text += jis_piece(mode, raw[at : escape.start()])
            mode, at = escape[0], escape.end()
        body = raw[at:].rstrip(b"\r\n")
        yield Line(text + jis_piece(mode, body) + raw[at + len(body) :].decode("ascii"))


def _western(raw: bytes) -> str:
    return raw.decode("cp1252", "replace")


_DECODERS: dict[str, Callable[[bytes], str]] = {
    UTF_8: partial(str, encoding="utf-8", errors="replace"),
    SHIFT_JIS: shift_jis,
    EUC_JP: euc_jp,
    WESTERN: _western,
}
