"""The encodings of Japanese text by the one table that programs in Japan mean (Microsoft's code page 932).

What is written under the names EUC-JP and ISO-2022-JP has ①, ㈱ and 髙, which the standards (JIS X 0208, RFC 1468) do
not have: rows that NEC and IBM added.
"""

from __future__ import annotations

import re
from itertools import islice

LOST = "\ufffd"
"""What a letter becomes that is in no encoding."""
JIS_ESCAPE = re.compile(rb"\x1b(?:\$[@B]|\([BJI]|\$\(D)")
"""The escape sequences of ISO-2022-JP: what the bytes after them mean, until the next one."""
_EUC_PIECES = re.compile(rb"[\x00-\x7f]+|(?:[\xa1-\xfe]{2})+|\x8e[\xa1-\xdf]|\x8f[\xa1-\xfe]{2}|.", re.DOTALL)
# What cp932 gives for bytes that stand for nothing.
_NOTHING = re.compile("[\x80-\xa0\uf8f0-\uf8ff]")


def jis_piece(mode: bytes, piece: bytes) -> str:
    """Bytes of ISO-2022-JP after the escape sequence *mode*."""
    if mode in (b"\x1b$@", b"\x1b$B"):
        return jis_pairs(piece)
    if mode == b"\x1b$(D":
        shifted = bytes(one | 0x80 for one in piece)
        return b"".join(b"\x8f" + shifted[at : at + 2] for at in range(0, len(shifted), 2)).decode("euc_jp", "replace")
    if mode == b"\x1b(I":
        return shift_jis(bytes(one | 0x80 for one in piece))
    return piece.decode("ascii", "replace")


def jis_pairs(piece: bytes) -> str:
    """Pairs of bytes of JIS X 0208, with the rows that NEC and IBM added, by the table of cp932."""
    shifted = bytearray()
    for row, cell in zip(*(islice(piece, start, None, 2) for start in (0, 1)), strict=False):
        high = ((row - 0x21) >> 1) + 0x81
        shifted.append(high + 0x40 if high > 0x9F else high)
        shifted.append(cell + (0x1F + (cell >= 0x60) if row & 1 else 0x7E))
    return shift_jis(bytes(shifted)) + (LOST if len(piece) % 2 else "")


def shift_jis(raw: bytes) -> str:
    """Shift_JIS, as Microsoft's code page 932 has it."""
    return _NOTHING.sub(LOST, raw.decode("cp932", "replace"))


def euc_jp(raw: bytes) -> str:
    """EUC-JP, with the rows of cp932, the half-width kana and JIS X 0212."""
    return "".join(map(_euc_piece, _EUC_PIECES.findall(raw)))


def _euc_piece(piece: bytes) -> str:
    if piece.isascii():
        return piece.decode("ascii")
    if piece[0] == 0x8F:
        return piece.decode("euc_jp", "replace")
    if piece[0] == 0x8E and len(piece) > 1:
        return shift_jis(piece[1:])
    return jis_pairs(bytes(one & 0x7F for one in piece)) if len(piece) > 1 else LOST
