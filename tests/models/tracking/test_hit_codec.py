"""The quick way through a waiting line gives what decoding its JSON gives, and refuses what that refuses."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from models.store.errors import Invalid
from models.tracking import hit_codec
from models.tracking.hit import IncomingHit
from models.tracking.rules import HitKind

CODE = "0123456789abcdef" * 2
HIT = IncomingHit(
    CODE, 1_790_000_000_123_456, HitKind.CLICK, "GET", 7, 12, 3, "203.0.113.9", "Mozilla/5.0, 'like' Gecko",
    {"accept": "text/html", "accept-language": "ja"},
)  # fmt: skip
LINE = HIT.pack().decode()


@pytest.mark.parametrize(
    "line",
    [
        LINE,
        LINE.replace("203.0.113.9", ""),
        LINE.replace("203.0.113.9", "2001:db8::1"),
        LINE.replace("203.0.113.9", "out, of [place]"),
        LINE.replace('"GET"', '"get, or HEAD"'),
        LINE.replace(",12,", ",0,"),
        LINE.replace(",12,", ", 12 ,"),
        LINE.replace(",12,", f",-{2**63},"),
        LINE.replace(",12,", ",-45,").replace(",null,[]]", ',4,["browser","cloud"]]'),
        LINE.replace("Mozilla", "\N{HIRAGANA LETTER A}"),
        LINE.replace(CODE, CODE.upper()),
    ],
)
def test_a_line_is_read_as_its_json_says(line: str) -> None:
    assert hit_codec.unpack(line) == hit_codec.to_record(IncomingHit.unpack(line)) == hit_codec.unpack(line.encode())


@pytest.mark.parametrize(
    "spoil",
    [
        lambda line: line.replace(",12,", ",1_2,"),
        lambda line: line.replace(",12,", ",-,"),
        lambda line: line.replace(",12,", ",\N{ARABIC-INDIC DIGIT ONE},"),
        lambda line: line.replace(",12,", ","),
        lambda line: line.replace(",12,", f",{'9' * 5000},"),
        lambda line: line.replace(CODE, f"{CODE[:-1]}g"),
        lambda line: line.replace('"click"', '["click"]'),
        lambda line: line.replace('"GET"', "[1,2]"),
        lambda line: line[:-1],
        lambda line: line + "]",
        lambda line: "",
    ],
)
def test_garbage_is_no_hit(spoil: Callable[[str], str]) -> None:
    with pytest.raises(Invalid):
        hit_codec.unpack(spoil(LINE))
