"""The text of a reply in whatever encoding: servers in Japan also write ISO-2022-JP, Shift_JIS and EUC-JP."""

from __future__ import annotations

import re

_SHIFTED = re.compile(rb"\x1b[$(]")
"""What ISO-2022-JP begins another set of characters with (RFC 1468)."""
_JAPANESE = re.compile(r"[ぁ-んァ-ヶー一-龠々、。]")
_PRIVATE = re.compile(r"[\ue000-\uf8ff]")
"""What bytes of something else look like when they are read as Shift_JIS."""


def decode(line: bytes) -> str:
    """One line of a reply as text. What is in no known encoding keeps its ASCII, with U+FFFD for the rest."""
    if _SHIFTED.search(line):
        return line.decode("iso2022_jp_2", "replace")
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        readings = [text for name in ("cp932", "euc_jp") if (text := _decoded(line, name)) is not None]
        best = max(readings, key=_likeness, default="")
        return best if readings and _likeness(best) >= 0 else line.decode("utf-8", "replace")


def _decoded(line: bytes, encoding: str) -> str | None:
    try:
        return line.decode(encoding)
    except UnicodeDecodeError:
        return None


def _likeness(text: str) -> int:
    """How much *text* looks like Japanese."""
    return len(_JAPANESE.findall(text)) - len(_PRIVATE.findall(text))
