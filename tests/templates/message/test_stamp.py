"""Stamped letters equal letters that are written afresh, byte for byte, whatever stands in the slots."""

from __future__ import annotations

import re
from base64 import b64decode
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from itertools import product
from typing import cast

import pytest
from dkim.canonicalization import Relaxed, Simple
from hypothesis import example, given, settings
from hypothesis import strategies as st

from models.store import token
from models.store.errors import Invalid
from models.store.token import Purpose
from templates.content.slot import Escape, FieldSlot, HeaderSlot, Slot, TokenSlot
from templates.message import letter_format, mime
from templates.message.freeze import FrozenMessage, freeze
from templates.message.mime import DATE, TO, Folded, Message, Pieces, StampedLetter
from templates.message.stamp import Reader, Stamper, neutral_value, slot_values

from ..text_strategies import addresses, hostile

DATE_VALUE = mime.date_value(datetime(2026, 12, 1, tzinfo=UTC))
ISSUE = 4242

tokens = st.sampled_from([TokenSlot(purpose) for purpose in Purpose])
fields = st.builds(
    FieldSlot,
    st.sampled_from(["name", "kana", "office"]),
    st.sampled_from(["", "読者", "<A & B>"]),
    st.sampled_from(Escape),
)
static = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    st.sampled_from(
        ['<a href="https://example.jp/c/7/', '">', '" style="', "a", "ab", "abc", "abcdefg", "abcdefgh", "\r\n"]
    ),
    st.integers(0, 700).map(lambda length: ("書かない窓口 " * 50)[: length // 3] + "x" * (length % 3)),
)
parts = st.lists(st.one_of(static, tokens, fields), max_size=14).map(tuple)
readers = st.builds(
    Reader,
    st.integers(0, 2**48 - 1),
    addresses,
    hostile,
    st.dictionaries(
        st.sampled_from(["kana", "office"]), st.one_of(hostile, st.none(), st.integers(), st.just("長" * 10_000))
    ),
)


def message(html: Pieces, text: Pieces, subject: Pieces = ("件名",)) -> Message:
    top, *body = mime.multipart(html, text, {})
    head: list[str | Slot | Folded] = ["From: a@example.jp\r\nTo: ", TO, "\r\n", Folded("Subject", subject)]
    head += [
        "Date: ",
        DATE,
        "\r\nMessage-ID: <",
        TokenSlot(Purpose.MESSAGE),
        "@example.jp>\r\nMIME-Version: 1.0\r\n",
        str(top),
    ]
    return Message(tuple(head), tuple(body))


def parsed(letter: StampedLetter) -> EmailMessage:
    return message_from_bytes(letter.raw, policy=default)


def source(letter: StampedLetter, kind: str) -> str:
    """The text of a part as Python's parser decodes it."""
    part = parsed(letter).get_body((kind,))
    assert part is not None
    return cast(bytes, part.get_payload(decode=True)).decode()


@settings(max_examples=500)
@given(parts, parts, readers, readers)
@example((), (), Reader(1, "a@example.jp"), Reader(2, "b@example.jp"))
@example(
    (TokenSlot(Purpose.CLICK),), (FieldSlot("name"),), Reader(1, "a@example.jp"), Reader(2, "b@example.jp", "山田")
)
@example(
    ("ab", FieldSlot("name"), "c"), ("a", TokenSlot(Purpose.OPEN), "b"), Reader(1, "a@x.jp"), Reader(2, "b@x.jp", "z")
)
def test_stamping_equals_writing_afresh(html: Pieces, text: Pieces, one: Reader, other: Reader) -> None:
    whole = message(html, text)
    stamper = Stamper(FrozenMessage.unpack(freeze(whole).pack()), ISSUE)
    for reader in (one, other, one):
        value_of = slot_values(reader, ISSUE, DATE_VALUE)
        letter = stamper.stamp(reader, DATE_VALUE)
        assert letter == mime.write(whole, value_of)
        assert stamper.whole(reader, DATE_VALUE) == letter.raw
        assert source(letter, "html") == mime.fill_slots(html, value_of)
        assert source(letter, "plain") == mime.fill_slots(text, value_of)


@settings(max_examples=300)
@given(parts, parts, readers)
def test_every_line_of_a_body_may_go_over_the_wire(html: Pieces, text: Pieces, reader: Reader) -> None:
    letter = Stamper(freeze(message(html, text)), ISSUE).stamp(reader, DATE_VALUE)
    lines = letter.body.split(b"\r\n")
    assert lines.pop() == b""
    assert all(re.fullmatch(rb"[!-~ ]{0,76}", line) for line in lines)
    assert not any(line.startswith(b".") for line in lines)
    assert Relaxed.canonicalize_body(letter.body) == letter.body == Simple.canonicalize_body(letter.body)
    for block in re.findall(rb"base64\r\n\r\n(.*?)--=_", letter.body, re.DOTALL):
        encoded = block.split(b"\r\n")[:-1]
        assert all(1 <= len(line) <= 76 for line in encoded)
        b64decode(b"".join(encoded), validate=True)


@settings(max_examples=300)
@given(
    st.lists(
        st.one_of(hostile.map(lambda text: re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", "", text)), fields), min_size=1
    ),
    readers,
)
def test_a_subject_with_a_readers_name_comes_back(subject: list[str | FieldSlot], reader: Reader) -> None:
    text = tuple(FieldSlot(part.name, part.fallback) if isinstance(part, FieldSlot) else part for part in subject)
    whole = message(("x",), ("y",), text)
    letter = Stamper(freeze(whole), ISSUE).stamp(reader, DATE_VALUE)
    value_of = slot_values(reader, ISSUE, DATE_VALUE)
    assert letter == mime.write(whole, value_of)
    assert parsed(letter)["Subject"] == mime.fill_slots(text, value_of)
    assert all(len(line) <= 76 or line.startswith(b"To: ") for line in letter.headers.split(b"\r\n"))


@settings(max_examples=100)
@given(st.lists(readers, min_size=2, max_size=6, unique_by=lambda reader: reader.address))
def test_no_letter_carries_a_second_reader(found: list[Reader]) -> None:
    name = FieldSlot("name", "読者")
    stamper = Stamper(freeze(message((name, "様", TokenSlot(Purpose.CLICK)), (name,))), ISSUE)
    for reader in found:
        letter = stamper.stamp(reader, DATE_VALUE)
        head = parsed(letter)
        assert head.get_all("To") == [reader.address]
        others = letter.headers.replace(b"a@example.jp\r\nTo", b"\r\nTo").replace(b'"', b"")
        assert re.findall(rb"[^\s<>]+@(?!example\.jp>)[^\s<>]+", others) == [reader.address.encode()]
        own = token.read(Purpose.CLICK, source(letter, "html")[-32:])
        assert own == (ISSUE, reader.subscriber_id)
        assert token.read(Purpose.MESSAGE, head["Message-ID"][1:33]) == own


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("山田\r\nBcc: x@example.jp", "山田 Bcc: x@example.jp"),
        ("山\0田\x1b[31m", "山田[31m"),
        ("\u202e山田\u2066", "山田"),
        ("\u200b\ufeff", "読者"),
        (" 山田\u3000太郎\u3000", "山田\u3000太郎"),
        ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
        ("長" * 10_000, "長" * 199 + "…"),
        ("か\u3099" * 5_000, "か\u3099" * 99 + "…"),
        (None, "読者"),
        (12, "12"),
    ],
)
def test_a_readers_value_is_one_short_line(value: object, shown: str) -> None:
    slot = FieldSlot("kana", "読者")
    reader = Reader(1, "a@example.jp", fields={"kana": value})
    letter = Stamper(freeze(message((slot,), (slot,))), ISSUE).stamp(reader, DATE_VALUE)
    assert source(letter, "plain") == shown


def test_markup_in_a_value_is_text_in_html_and_stays_as_it_is_in_text() -> None:
    html, text = FieldSlot("name", "<i>", Escape.HTML), FieldSlot("name", "<i>")
    stamper = Stamper(freeze(message((html,), (text,))), ISSUE)
    letter = stamper.stamp(Reader(1, "a@example.jp", "<b>&\"'"), DATE_VALUE)
    assert source(letter, "html") == "&lt;b&gt;&amp;&quot;&#x27;"
    assert source(letter, "plain") == "<b>&\"'"
    assert source(stamper.stamp(Reader(1, "a@example.jp"), DATE_VALUE), "html") == "&lt;i&gt;"


@pytest.mark.parametrize(
    "address", ["a@example.jp\r\nBcc: b@example.jp", "a@example.jp, b@example.jp", "a\0@example.jp", "", "a"]
)
def test_an_address_that_is_none_is_refused(address: str) -> None:
    stamper = Stamper(freeze(message(("x",), ("y",))), ISSUE)
    with pytest.raises(Invalid):
        stamper.stamp(Reader(1, address), DATE_VALUE)


def test_an_old_docomo_address_is_quoted_and_an_address_beyond_ascii_goes_as_utf8() -> None:
    stamper = Stamper(freeze(message(("x",), ("y",))), ISSUE)
    assert b'To: "a..b."@docomo.ne.jp\r\n' in stamper.stamp(Reader(1, "a..b.@docomo.ne.jp"), DATE_VALUE).headers
    assert "To: 用例@example.jp\r\n".encode() in stamper.stamp(Reader(1, "用例@example.jp"), DATE_VALUE).headers


def test_sixty_links_cost_few_encodings() -> None:
    click: list[str | Slot] = []
    for number in range(60):
        click += [
            f'<td>{"記事" * (number % 7)}<a href="https://example.jp/c/{number}/',
            TokenSlot(Purpose.CLICK),
            '" style="">',
        ]
    stamper = Stamper(freeze(message(tuple(click), ("y",))), ISSUE)
    assert stamper._formats[()]._tokens_to_encode.count(b"%b") <= 3


def test_a_percent_sign_is_only_a_percent_sign() -> None:
    text = ("100%b %s %% ", FieldSlot("name"), "%", TokenSlot(Purpose.OPEN), "%b", TokenSlot(Purpose.VIEW), "%")
    whole = message(text, text)
    whole = Message(("X-Rate: 100%b %% %\r\n", *whole.headers), whole.body)
    reader = Reader(1, "a%b@example.jp", "%s 100%")
    letter = Stamper(freeze(whole), ISSUE).stamp(reader, DATE_VALUE)
    assert letter == mime.write(whole, slot_values(reader, ISSUE, DATE_VALUE))


def test_formats_of_many_fields_do_not_pile_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(letter_format, "_MAX_CACHED_BYTES", 4000)
    names = [f"field{number}" for number in range(4)]
    whole = message(tuple(part for name in names for part in (FieldSlot(name), "x" * 20)), ("y",))
    stamper = Stamper(freeze(whole), ISSUE)
    for lengths in product(range(3), repeat=4):
        reader = Reader(1, "a@example.jp", fields={name: "a" * size for name, size in zip(names, lengths, strict=True)})
        assert stamper.stamp(reader, DATE_VALUE) == mime.write(whole, slot_values(reader, ISSUE, DATE_VALUE))
        assert sum(made.size for made in stamper._formats.values()) < 6000


def test_where_there_is_no_reader_a_field_falls_back_and_a_token_is_nothing() -> None:
    assert neutral_value(FieldSlot("name", "<読者>", Escape.HTML)) == "&lt;読者&gt;"
    assert neutral_value(FieldSlot("name", "<読者>")) == "<読者>"
    assert neutral_value(TokenSlot(Purpose.OPEN)) == neutral_value(HeaderSlot("to")) == ""
