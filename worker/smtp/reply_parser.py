"""Bytes from a relay, cut into replies (RFC 5321, 4.2), however they arrive."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .reply_text import decode

MAX_LINE = 4096
"""Bytes of one line; RFC 5321 allows 512, and some relays do not count."""
MAX_LINES = 256
"""Lines of one reply."""
MAX_TEXT = 500
"""Characters of a reply's text that are kept."""

ENHANCED = re.compile(r"\A([245]\.\d{1,3}\.\d{1,3})(?=\s|:|\Z)")
_QMAIL = re.compile(r"\(?#([245]\.\d{1,3}\.\d{1,3})\)?")
_BETWEEN = frozenset([b" ", b"-", b""])
_LINE_BREAK = re.compile(r"\s*[\r\n]\s*")


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply: its code, and the lines after the code as they came."""

    code: int
    lines: tuple[bytes, ...]

    @property
    def text(self) -> str:
        """All lines as one printable line of at most 500 characters, without enhanced codes that repeat."""
        return printable(" ".join(self._pieces()))

    @property
    def enhanced(self) -> str:
        """The enhanced status code (RFC 2034), also where qmail writes it, ``(#5.1.1)``; empty where there is none."""
        for line in self.lines:
            text = line.decode("ascii", "replace")
            if found := ENHANCED.match(text) or _QMAIL.search(text):
                return found[1]
        return ""

    def _pieces(self) -> list[str]:
        pieces = [decode(line).strip() for line in self.lines]
        if len(pieces) > 1 and (enhanced := self.enhanced):
            pieces[1:] = [piece.removeprefix(enhanced).lstrip() for piece in pieces[1:]]
        return pieces


def printable(text: str) -> str:
    """*text* on one line, without control characters, cut at 500 characters."""
    if not text.isprintable():
        text = "".join(c if c.isprintable() else " " for c in _LINE_BREAK.sub(" ", text[: 4 * MAX_TEXT]))
    return text[:MAX_TEXT].strip()


class ReplyReader:
    """Takes bytes as they come and gives whole replies. Accepts a bare LF as the end of a line."""

    __slots__ = ("_lines", "_rest", "problem")

    def __init__(self) -> None:
        self._rest = b""
        self._lines: list[bytes] = []
        self.problem = ""
        """What is no SMTP in what came; set once, and nothing is read after it."""

    @property
    def pending(self) -> bool:
        """Whether a reply has begun and not ended."""
        return bool(self._rest or self._lines)

    def feed(self, data: bytes) -> list[Reply]:
        """The replies that *data* completes, up to the first byte that makes no sense (see :attr:`problem`)."""
        if self._rest:
            data = self._rest + data
        *lines, self._rest = data.split(b"\n")
        replies = []
        for line in lines:
            if self.problem:
                break
            if (reply := self._take(line)) is not None:
                replies.append(reply)
        if len(self._rest) > MAX_LINE:
            self.problem = self.problem or f"a line of more than {MAX_LINE} bytes"
        return replies

    def _take(self, line: bytes) -> Reply | None:
        if line[-1:] == b"\r":
            line = line[:-1]
        code, between = line[:3], line[3:4]
        if not (code.isdigit() and len(code) == 3 and b"2" <= code[:1] <= b"5" and between in _BETWEEN):
            self.problem = f"not an SMTP reply: {printable(line[:80].decode('ascii', 'replace'))!r}"
        elif len(line) > MAX_LINE:
            self.problem = f"a line of more than {MAX_LINE} bytes"
        elif between == b"-" or self._lines:
            return self._take_more(code, line)
        else:
            return Reply(int(code), (line[4:],))
        return None

    def _take_more(self, code: bytes, line: bytes) -> Reply | None:
        self._lines.append(line)
        if len(self._lines) > MAX_LINES:
            self.problem = f"a reply of more than {MAX_LINES} lines"
        elif self._lines[0][:3] != code:
            self.problem = "the lines of one reply have different codes"
        elif line[3:4] != b"-":
            lines, self._lines = self._lines, []
            return Reply(int(code), tuple(other[4:] for other in lines))
        return None
