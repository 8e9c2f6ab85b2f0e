"""The encodings of lists are told apart, letters are read as the programs meant them, and what is in none is marked."""

from __future__ import annotations

import codecs
import itertools
from collections.abc import Callable
from pathlib import Path

import pytest

from models.imports import encoding
from models.imports.encoding import is_garbled
from models.imports.japanese_encodings import LOST, jis_pairs

TEXT = "メールアドレス,氏名,同意\r\nhanako@example.jp,髙橋①㈱ﾔﾏﾀﾞ,窓口\r\n"


def read(path: Path) -> tuple[str, str]:
    found = encoding.detect(path)
    return found.name, "".join(line.text for line in encoding.lines(path, found))


def jis_pair(letter: str) -> bytes:
    """A letter as JIS X 0208 with NEC's rows has it, in seven bits."""
    pairs = itertools.product(range(0x21, 0x7F), repeat=2)
    return next(bytes(pair) for pair in pairs if jis_pairs(bytes(pair)) == letter)


def in_jis(text: str, pair: Callable[[bytes], bytes], kana: Callable[[int], bytes]) -> bytes:
    written = b""
    for letter in text:
        shifted = letter.encode("cp932")
        if letter.isascii():
            written += letter.encode()
        else:
            written += kana(shifted[0]) if len(shifted) == 1 else pair(jis_pair(letter))
    return written


def euc(text: str) -> bytes:
    return in_jis(text, lambda pair: bytes(one | 0x80 for one in pair), lambda one: bytes([0x8E, one]))


def iso_2022_jp(text: str) -> bytes:
    return in_jis(
        text, lambda pair: b"\x1b$B" + pair + b"\x1b(B", lambda one: b"\x1b(I" + bytes([one & 0x7F]) + b"\x1b(B"
    )


@pytest.mark.parametrize(
    ("written", "name"),
    [
        (TEXT.encode("utf-8"), "UTF-8"),
        (TEXT.encode("utf-8-sig"), "UTF-8"),
        (TEXT.encode("cp932"), "Shift_JIS"),
        (euc(TEXT), "EUC-JP"),
        (iso_2022_jp(TEXT), "ISO-2022-JP"),
        (codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"), "UTF-16LE"),
        (codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), "UTF-16BE"),
        (TEXT.encode("utf-16-le"), "UTF-16LE"),
        (TEXT.encode("utf-16-be"), "UTF-16BE"),
        (codecs.BOM_UTF32_LE + TEXT.encode("utf-32-le"), "UTF-32LE"),
        (codecs.BOM_UTF32_BE + TEXT.encode("utf-32-be"), "UTF-32BE"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_case_i7_encodings_are_told_apart(tmp_path: Path, written: bytes, name: str) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(written)
    assert read(path) == (name, TEXT)


@pytest.mark.parametrize("codec", ["cp932", "euc_jp"])
@pytest.mark.parametrize(
    "text", ["林", "朝日", "山田 太郎", "やまだ はなこ", "ヤマダ", "佐藤,みなと市役所情報政策課", "髙田" * 3, "ﾔﾏﾀﾞ ﾊﾅｺ"]
)
def test_case_i7_a_single_name_tells_the_encoding(tmp_path: Path, codec: str, text: str) -> None:
    path = tmp_path / "list.csv"
    text = f"email,name\na@example.jp,{text}\n"
    path.write_bytes(text.encode("cp932") if codec == "cp932" else euc(text))
    assert read(path)[1] == text


def test_letters_beyond_ascii_in_western_lists(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes("a@example.jp,José Müller,Ångström\n".encode("cp1252"))
    found = encoding.detect(path)
    assert (found.name, found.guessed) == ("Windows-1252", True)
    assert read(path)[1] == "a@example.jp,José Müller,Ångström\n"


@pytest.mark.parametrize("chunk", [1, 2, 3, 7])
@pytest.mark.parametrize("codec", ["utf-8", "cp932", "utf-16", "iso2022_jp"])
@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
def test_letters_and_line_ends_on_the_border_of_two_chunks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunk: int, codec: str, end: str
) -> None:
    text = f"メール,氏名{end}{end}a@example.jp,山田{end}b@example.jp,鈴木"
    path = tmp_path / "list.csv"
    path.write_bytes(text.encode(codec))
    monkeypatch.setattr(encoding, "CHUNK", chunk)
    lines = list(encoding.lines(path, encoding.detect(path)))
    assert [line.text for line in lines] == [f"メール,氏名{end}", end, f"a@example.jp,山田{end}", "b@example.jp,鈴木"]


@pytest.mark.parametrize(
    ("lines", "name", "others"),
    [
        ([("山田", "utf-8"), ("佐藤", "cp932")], "UTF-8", {2: "Shift_JIS"}),
        ([("山田", "utf-8"), ("佐藤花子", "euc_jp")], "UTF-8", {2: "EUC-JP"}),
        ([("山田", "cp932"), ("鈴木", "cp932"), ("佐藤花子", "utf-8")], "Shift_JIS", {3: "UTF-8"}),
        ([("山田", "euc_jp"), ("鈴木", "euc_jp"), ("佐藤花子", "utf-8")], "EUC-JP", {3: "UTF-8"}),
        ([("山田", "iso2022_jp"), ("鈴木", "iso2022_jp"), ("佐藤花子", "utf-8")], "ISO-2022-JP", {}),
    ],
)
def test_case_i7_mixtures_by_line(
    tmp_path: Path, lines: list[tuple[str, str]], name: str, others: dict[int, str]
) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(b"".join(f"a{at}@example.jp,{text}\n".encode(codec) for at, (text, codec) in enumerate(lines)))
    found = encoding.detect(path)
    assert found.name == name
    read = list(encoding.lines(path, found))
    assert [line.text for line in read] == [f"a{at}@example.jp,{text}\n" for at, (text, _) in enumerate(lines)]
    assert {at: line.other for at, line in enumerate(read, 1) if line.other} == others


@pytest.mark.parametrize(
    "broken", [b"\xe5\xb1", b"\xe5", "山".encode() + b"\xe7", b"\xf0\x9f\x98", "花".encode() + b"\xff", b"\xc0\x80"]
)
def test_case_i7_broken_line_of_utf_8_is_marked_and_no_other(tmp_path: Path, broken: bytes) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes("a@example.jp,山田\n".encode() + b"b@example.jp," + broken + "\nc@example.jp,鈴木\n".encode())
    lines = list(encoding.lines(path, encoding.detect(path)))
    assert [LOST in line.text for line in lines] == [False, True, False]
    assert lines[2].text == "c@example.jp,鈴木\n"


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("cut", [1, 3])
def test_case_i7_utf_16_short_of_bytes(tmp_path: Path, codec: str, cut: int) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes("\ufeffメール,氏名\na@example.jp,山田\nb@example.jp,鈴木".encode(codec)[:-cut])
    lines = list(encoding.lines(path, encoding.detect(path)))
    assert [LOST in line.text for line in lines] == [False, False, True]


def test_case_i7_last_line_end_of_utf_16_may_lack_a_byte(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes("\ufeffa@example.jp,山田\r\n".encode("utf-16-le")[:-1])
    assert read(path)[1] == "a@example.jp,山田\r\n"


def test_half_of_a_pair_in_utf_16_is_marked(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(
        "\ufeffa@example.jp,".encode("utf-16-le") + b"\x00\xd8" + "\nb@example.jp,𠮷田\n".encode("utf-16-le")
    )
    lines = list(encoding.lines(path, encoding.detect(path)))
    assert [LOST in line.text for line in lines] == [True, False]


@pytest.mark.parametrize("text", ["螻ｱ逕ｰ", "$B;3ED(B", "å±±ç”°å¤ªéƒŽ"])
def test_case_i7_text_that_was_garbled_before(text: str) -> None:
    assert is_garbled(text)


@pytest.mark.parametrize(
    "text", ["", "山田", "ﾔﾏﾀﾞ", "Müller", "José", "髙橋①", "$B", "é", "Ångström", "螻", "Cost: $BIG (B)"]
)
def test_text_that_is_not_garbled(text: str) -> None:
    assert not is_garbled(text)
