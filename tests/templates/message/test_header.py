"""Header lines: thousands of subjects, names and addresses come out as they went in, on lines that all may read."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Callable
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import default

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from models.store.errors import Invalid
from templates.content.personal_values import clusters, without_direction
from templates.message import header

from ..text_strategies import addresses, hostile, texts

ENCODED_WORD = re.compile(r"=\?UTF-8\?B\?([A-Za-z0-9+/]*={0,2})\?=")
EMOJI = "👨\u200d👩\u200d👧\u200d👦"


def parsed(lines: str) -> EmailMessage:
    return message_from_bytes(lines.encode() + b"\r\n", policy=default)


def words_of(lines: str) -> list[str]:
    """Each encoded-word, decoded alone."""
    return [b64decode(word, validate=True).decode() for word in ENCODED_WORD.findall(lines)]


def check_lines(lines: str, longest: int = 76) -> None:
    assert lines.endswith("\r\n")
    assert lines.isascii()
    for count, line in enumerate(lines[:-2].split("\r\n")):
        assert len(line) <= longest
        assert line.strip()
        assert count == 0 or re.match(" [^ ]", line)
    for word in re.findall(r"=\?UTF-8\?B\?\S+", lines):
        assert len(word) <= 75


@settings(max_examples=1000)
@given(texts)
@example("👍🏽" * 250)
@example("ﾊﾟ" * 250)
@example("か\u3099" * 250)
@example("𠮷" * 500)
@example("a" * 500)
@example("word " * 100)
@example(" two  blanks ")
@example("")
def test_a_subject_comes_back_as_it_went_in(subject: str) -> None:
    lines = header.unstructured("Subject", subject)
    check_lines(lines)
    if "=?" in lines:
        assert "".join(words_of(lines)) == subject
        assert str(make_header(decode_header(lines.removeprefix("Subject: ").rstrip()))) == subject
    assert parsed(lines)["Subject"] == subject


@settings(max_examples=1000)
@given(texts)
@example(EMOJI * 30)
@example("🇯🇵" * 100)
@example("葛\U000e0100" * 60)
def test_no_word_of_a_subject_begins_in_the_middle_of_a_character(subject: str) -> None:
    whole = clusters(subject)
    assert "".join(whole) == subject
    position, bounds = 0, {0}
    for cluster in whole:
        bounds.update(range(position, position + len(cluster)) if len(cluster.encode()) > 36 else ())
        position += len(cluster)
        bounds.add(position)
    position = 0
    for word in words_of(header.unstructured("Subject", subject)):
        position += len(word)
        assert "=?" in subject or position in bounds


def test_a_character_is_kept_with_its_marks() -> None:
    assert clusters(f"{EMOJI}🇯🇵🇯🇵ﾊﾟか\u3099葛\U000e0100👍🏽1️⃣e\u0301") == [
        EMOJI, "🇯🇵", "🇯🇵", "ﾊﾟ", "か\u3099", "葛\U000e0100", "👍🏽", "1️⃣", "e\u0301",
    ]  # fmt: skip


@settings(max_examples=1000)
@given(texts, addresses)
@example("", "a@example.jp")
@example('City "Hall", \\ Room 1', "a@example.jp")
@example("情報政策課\u3000広報担当", "a@example.jp")
def test_a_sender_comes_back_as_it_went_in(name: str, address: str) -> None:
    lines = header.mailbox("From", name, address)
    check_lines(lines)
    expected = " ".join(word for word in without_direction(name).split(" ") if word)
    found = parsed(lines)["From"].addresses
    assert [one.addr_spec for one in found] == [address]
    if "=?" in lines:
        assert "".join(words_of(lines)) == expected
    else:
        assert found[0].display_name == expected


@settings(max_examples=500)
@given(hostile, hostile)
def test_no_input_adds_a_header(one: str, other: str) -> None:
    makers: list[Callable[[], str]] = [
        lambda: header.unstructured("Subject", one),
        lambda: header.mailbox("From", one, "a@example.jp"),
        lambda: header.mailbox("From", "a", f"{other}@example.jp"),
        lambda: header.mailbox("From", "a", f"a@{other}"),
        lambda: header.fold_each("List-Archive", [f"<{header.web_address(f'https://x.jp/{one}', 'List-Archive')}>"]),
        lambda: header.fold_each("List-Archive", [f"<{header.web_address(one, 'List-Archive')}>"]),
    ]
    for make in makers:
        try:
            lines = make()
        except Invalid:
            continue
        assert re.fullmatch(r"[A-Za-z-]+:[^\r\n\0]*\r\n( [^\r\n\0]+\r\n)*", lines)


@pytest.mark.parametrize(
    "bad", ["\r", "\n", "\r\nBcc: x@example.jp", "\0", "\t", "\x1b", "\x7f", "\x85", "\u2028", "\ud800"]
)
def test_control_characters_are_refused_and_the_header_is_named(bad: str) -> None:
    with pytest.raises(Invalid, match=r"Subject: .*control characters"):
        header.unstructured("Subject", f"一{bad}二")
    with pytest.raises(Invalid, match=r"From: .*control characters"):
        header.mailbox("From", f"一{bad}二", "a@example.jp")
    with pytest.raises(Invalid, match="From"):
        header.mailbox("From", "", f"a{bad}@example.jp")
    with pytest.raises(Invalid, match="List-Help"):
        header.web_address(f"https://example.jp/{bad}", "List-Help")


def test_direction_marks_do_not_stand_in_a_display_name() -> None:
    assert words_of(header.mailbox("From", "市役所\u202egpj.\u2066x\u200f", "a@example.jp")) == ["市役所gpj.x"]


@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("a..b@docomo.ne.jp", '"a..b"@docomo.ne.jp'),
        ("a.@docomo.ne.jp", '"a."@docomo.ne.jp'),
        (".a@ezweb.ne.jp", '".a"@ezweb.ne.jp'),
        ('"a b"@example.jp', '"a b"@example.jp'),
        ("o'neil+x/y=z@example.jp", "o'neil+x/y=z@example.jp"),
        ("a@例え.jp", "a@xn--r8jz45g.jp"),
        ("用例@example.jp", "用例@example.jp"),
    ],
)
def test_addresses_stand_as_mail_wants_them(address: str, written: str) -> None:
    assert header.addr_spec(address, "To") == written


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "a",
        "@example.jp",
        "a@",
        "a@b c",
        "a@-x.jp",
        "a@x..jp",
        "a@x.jp,b@y.jp",
        '"a@x.jp, b"@y.jp',
        'a"b@x.jp',
        "a b@x.jp",
        "a@x.jp>",
        "<a@x.jp",
        "a" * 65 + "@x.jp",
    ],
)
def test_what_is_no_address_is_refused(bad: str) -> None:
    with pytest.raises(Invalid, match="not a mail address"):
        header.addr_spec(bad, "To")


@settings(max_examples=1000)
@given(st.from_regex(r"https://[a-z]{1,10}\.example\.jp/[!-~]{0,300}", fullmatch=True))
def test_a_web_address_is_never_folded_nor_encoded(url: str) -> None:
    try:
        written = header.web_address(url, "List-Unsubscribe")
    except Invalid:
        assert re.search(r'[<>"\\^`{|}\[\]]', url)
        return
    lines = header.fold_each("List-Unsubscribe", [f"<{written}>,", "<mailto:a@example.jp>"])
    assert lines == f"List-Unsubscribe: <{written}>,\r\n <mailto:a@example.jp>\r\n"
    assert "=?" not in written.replace("=?", "", url.count("=?"))
    assert written.replace("%2C", ",").rstrip("?#") == url.replace("%2C", ",").rstrip("?#")


def test_a_web_address_beyond_ascii_is_written_in_ascii() -> None:
    assert (
        header.web_address("https://例え.jp/日本?q=1", "List-Archive")
        == "https://xn--r8jz45g.jp/%E6%97%A5%E6%9C%AC?q=1"
    )


@pytest.mark.parametrize(
    "bad", ["", "example.jp", "/u/1", "javascript:alert(1)", "https://", "https://a b/", "https://x/<", "https://[x/"]
)
def test_what_is_no_web_address_is_refused(bad: str) -> None:
    with pytest.raises(Invalid, match="List-Help"):
        header.web_address(bad, "List-Help")


def test_a_line_that_is_too_long_is_refused() -> None:
    with pytest.raises(Invalid, match="longer than a line"):
        header.fold("List-Id", ["x" * 999])
    with pytest.raises(Invalid, match="longer than a line"):
        header.fold_each("List-Archive", ["x" * 999])


def test_the_date_is_in_japan() -> None:
    assert header.date_value(datetime(2026, 11, 30, 23, 30, tzinfo=UTC)) == b"Tue, 01 Dec 2026 08:30:00 +0900"
