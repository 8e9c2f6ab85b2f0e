"""Taking messages apart: however broken, nested or large, within bounds of time and memory."""

from __future__ import annotations

import base64

import pytest

from models.bounces import bounce
from models.bounces.returned_message import MOST_PARTS, take_apart
from tests.traced_memory import traced

from .returned_mail import LETTER, fields, message, report

A = "a@b.example"
GONE = fields(A, "5.1.1", "550 5.1.1 user unknown")


def nested(depth: int) -> bytes:
    """A multipart in a multipart, and so on."""
    opening = "".join(f'Content-Type: multipart/mixed; boundary="b{n}"\n\n--b{n}\n' for n in range(depth))
    return f"From: x@y.example\n{opening}Content-Type: text/plain\n\nhello\n".encode()


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_lines_may_end_in_any_way(ending: str) -> None:
    raw = report(GONE).replace(b"\n", ending.encode())
    assert bounce.read(raw).recipients[0].address == A


def test_ten_thousand_nested_parts_are_not_followed_to_their_end() -> None:
    assert len(take_apart(nested(10_000)).parts) == 1
    flat = message("".join(f"--x\n\n{n}\n" for n in range(10_000)), head="Content-Type: multipart/mixed; boundary=x")
    assert len(take_apart(flat).parts) <= MOST_PARTS


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\n\n\n",
        b"no header at all",
        b"\0\xff\xfe" * 1000,
        b"From: x\nContent-Type: multipart/report\n\nnothing",
        b"From: x\nContent-Type: multipart/report; boundary=\n\n--\n--\n",
        b"From: x\nContent-Type: text/plain; charset=nowhere-9\nContent-Transfer-Encoding: base64\n\n=====\x80",
        b"Subject: =?utf-8?B?////?= =?x?Q?=ZZ?=\nFrom: =?\n\n=?",
        b"Content-Type: message/rfc822\n\n" * 50,
        b"Subject: " + b"a" * 300_000 + b"\n\n" + b"@" * 300_000,
        b"From: MAILER-DAEMON@x\nSubject: failure notice\n\n" + b"<a@b.example>:\n" * 5000,
        b"From: MAILER-DAEMON@x\nSubject: failure notice\n\n550 " + b"mailbox " * 20_000,
        b"From: MAILER-DAEMON@x\nSubject: failure notice\n\n" + b"a.b@" * 20_000,
        b"From: MAILER-DAEMON@x\nContent-Type: text/html\nSubject: failure notice\n\n" + b"<" * 60_000,
        b'From: MAILER-DAEMON@x\nSubject: AWS\n\n{"Message":' + b'{"a":' * 20_000,
        b"From: MAILER-DAEMON@x\nContent-Type: multipart/report\n\nFinal-Recipient: rfc822; \\x{FFFFFFFF}\nAction: x\n",
    ],
)
def test_nothing_that_comes_in_raises(raw: bytes) -> None:
    assert bounce.read(raw).rule


def test_a_boundary_is_found_where_the_header_lost_it() -> None:
    raw = report(GONE).replace(b'; report-type=delivery-status; boundary="=_1"', b"").replace(b"=_1", b"=_12345")
    assert bounce.read(raw).recipients[0].address == A
    headless = report(GONE).replace(b"Content-Type: multipart/report", b"X-Lost: x", 1).replace(b"=_1", b"=_12345")
    assert bounce.read(headless).recipients[0].address == A


def test_a_report_in_a_report_counts_only_where_a_program_forwards_it() -> None:
    inner = report(GONE).decode()
    forwarded = message(
        f"--y\nContent-Type: message/rfc822\n\n{inner}\n--y--\n", head="Content-Type: multipart/mixed; boundary=y"
    )
    assert bounce.read(forwarded).recipients[0].address == A
    person = forwarded.replace(b"Mail Delivery System <MAILER-DAEMON@relay.example>", b"Taro <taro@b.example>")
    assert bounce.read(person.replace(b"Subject: Und", b"Subject: Fwd: Und", 1)).recipients == ()


@pytest.mark.parametrize("size", [15, 50])
def test_what_is_large_costs_no_more_than_its_bytes(size: int) -> None:
    """Memory beyond the message itself; ``make bench-returns`` has the seconds."""
    raw = report(GONE).replace(b"The letter.", b"x" * 75 + b"\n", 1)
    raw += (b"x" * 75 + b"\n") * (size * 1024 * 1024 // 76)
    with traced() as memory:
        found = bounce.read(raw)
        assert memory.peak < 20 * 1024 * 1024
    assert found.recipients[0].address == A


@pytest.mark.parametrize(
    "head",
    [
        'Content-Type: application/octet-stream; name="letter.eml"',
        'Content-Type: application/octet-stream\nContent-Disposition: attachment; filename="letter.eml"',
    ],
)
@pytest.mark.parametrize("encoded", [False, True])
def test_a_file_of_a_message_is_the_returned_letter(head: str, encoded: bool) -> None:
    letter = LETTER.format(to=A)
    if encoded:
        head, letter = f"{head}\nContent-Transfer-Encoding: base64", base64.encodebytes(letter.encode()).decode()
    body = f"--x\n\nIt did not arrive.\n\n--x\n{head}\n\n{letter}\n--x--\n"
    found = take_apart(message(body, head="Content-Type: multipart/mixed; boundary=x"))
    assert [one.get("message-id") for one in found.attached] == ["<1.a@news.example>"]
    other = take_apart(
        message(body.replace("letter.eml", "letter.bin"), head="Content-Type: multipart/mixed; boundary=x")
    )
    assert other.attached == []
