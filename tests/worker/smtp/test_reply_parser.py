"""Replies come out the same however they were cut into packets; nonsense is found and said."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.smtp.reply_parser import MAX_LINE, MAX_LINES, MAX_TEXT, Reply, ReplyReader, printable

texts = st.binary(max_size=30).map(lambda text: text.replace(b"\n", b"?").replace(b"\r", b"?"))
replies = st.builds(Reply, st.integers(200, 599), st.lists(texts, min_size=1, max_size=4).map(tuple))


def wire(reply: Reply, end: bytes) -> bytes:
    last = len(reply.lines) - 1
    return b"".join(
        b"%d%s%s%s" % (reply.code, b" " if i == last else b"-", line, end) for i, line in enumerate(reply.lines)
    )


@given(st.lists(replies, max_size=6), st.lists(st.integers(0, 400)), st.sampled_from([b"\r\n", b"\n"]))
def test_replies_may_be_cut_anywhere(expected: list[Reply], cuts: list[int], end: bytes) -> None:
    data = b"".join(wire(reply, end) for reply in expected)
    reader, got = ReplyReader(), []
    edges = sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})
    for begin, stop in itertools.pairwise(edges):
        got += reader.feed(data[begin:stop])
    assert got == expected
    assert not reader.problem
    assert not reader.pending


@given(st.binary(max_size=2000))
def test_any_bytes_are_survived(data: bytes) -> None:
    reader = ReplyReader()
    for reply in reader.feed(data):
        assert 200 <= reply.code <= 599
        assert len(reply.text) <= MAX_TEXT
        assert reply.text.isprintable()


@pytest.mark.parametrize(
    "data",
    [
        b"hello\r\n",
        b"\r\n",
        b"25\r\n",
        b"250x\r\n",
        b"100 a\r\n",
        b"600 a\r\n",
        b"250-a\r\n251 b\r\n",
        b"\xb2\xb2\xb2 a\r\n",
        "２５０ a\r\n".encode(),
        b"250 " + b"x" * MAX_LINE + b"\r\n",
        b"x" * (MAX_LINE + 1),
        b"250-x\r\n" * (MAX_LINES + 1),
    ],
)
def test_nonsense_is_found_and_what_came_before_it_is_kept(data: bytes) -> None:
    reader = ReplyReader()
    assert reader.feed(b"250 good\r\n" + data) == [Reply(250, (b"good",))]
    assert reader.problem
    assert reader.problem.isprintable()
    assert reader.feed(b"250 late\r\n") == []


@pytest.mark.parametrize(
    ("lines", "enhanced", "text"),
    [
        ([b"2.0.0 Ok: queued as 4F"], "2.0.0", "2.0.0 Ok: queued as 4F"),
        ([b"Ok"], "", "Ok"),
        ([b""], "", ""),
        ([b"5.1.1"], "5.1.1", "5.1.1"),
        ([b"5.1.1 The address", b"5.1.1 does not exist."], "5.1.1", "5.1.1 The address does not exist."),
        ([b"sorry, no mailbox here by that name. (#5.1.1)"], "5.1.1", "sorry, no mailbox here by that name. (#5.1.1)"),
        ([b"#5.1.0 Address rejected."], "5.1.0", "#5.1.0 Address rejected."),
        ([b"3.1.1 no class"], "", "3.1.1 no class"),
        ([b"5.1.1234 no"], "", "5.1.1234 no"),
        ([b"your version 5.1.1 is old"], "", "your version 5.1.1 is old"),
        (["宛先不明".encode()], "", "宛先不明"),
        *(
            pytest.param(
                ["5.1.1 宛先がありません".encode(name)], "5.1.1", "5.1.1 宛先がありません", id=f"case_c9-{name}"
            )
            for name in ("iso2022_jp", "cp932", "euc_jp")
        ),
        pytest.param(["ﾕｰｻﾞｰ不明".encode("cp932")], "", "ﾕｰｻﾞｰ不明", id="case_c9-half-width"),
        ([b"a\x00b\x1b[31mc\x7f"], "", "a b [31mc"),
        ([b"\xff\xfe"], "", "\ufffd\ufffd"),
        ([b"x" * 4000], "", "x" * MAX_TEXT),
    ],
)
def test_codes_and_texts(lines: list[bytes], enhanced: str, text: str) -> None:
    reply = Reply(550, tuple(lines))
    assert reply.enhanced == enhanced
    assert reply.text == text


def test_text_is_one_line() -> None:
    assert printable("a\r\n  b\n\nc\u2028d") == "a b c d"
