"""Every finding about a letter is provoked by a letter that has just that wrong."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from email.utils import format_datetime

import pytest

from models.sender_domain.domain_finding import DomainFinding
from models.store.clock import now
from templates.sender_domain import finding_words
from templates.sender_domain.letter_words import LETTER_WORDS
from worker.sender_domain import letter_findings
from worker.sender_domain.dmarc_findings import DmarcPolicy
from worker.sending.dkim import SIGNED, Signer

from .right_zone import ed25519, rsa

DMARC = DmarcPolicy("example.jp", "example.jp", {"v": "DMARC1", "p": "none"}, "v=DMARC1; p=none", 1)
BODY = (
    b'--=_a\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nhello\r\n--=_a\r\nContent-Type: text/html; charset=utf-8'
    b'\r\n\r\n<p><a href="https://example.jp/x">hello</a></p>\r\n--=_a--\r\n'
)  # fmt: skip
HEADERS = {
    "From": "ICT <ict@example.jp>",
    "To": "reader@example.jp",
    "Subject": "No. 1",
    "Date": format_datetime(now()),
    "Message-ID": "<abc@example.jp>",
    "List-Unsubscribe": "<https://news.example.jp/u/abc>",
    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    "Content-Type": 'multipart/alternative; boundary="=_a"',
    "MIME-Version": "1.0",
}
BARE = tuple(one for one in SIGNED if one != "list-unsubscribe-post")


def letter(
    headers: dict[str, str | None] | None = None, body: bytes = BODY, more: str = "", signer: Signer | None = None
) -> bytes:
    """A letter that is right but for *headers* (None: left out) and *more* lines below them, signed with two keys."""
    shown = {name: value for name, value in {**HEADERS, **(headers or {})}.items() if value is not None}
    head = "".join(f"{name}: {value}\r\n" for name, value in shown.items()).encode() + more.encode()
    if "From" not in shown or b"\r\n" not in head:
        return head + b"\r\n" + body
    return (signer or Signer([rsa(), ed25519()])).sign(head, body) + head + b"\r\n" + body


def unsigned(found: bytes) -> bytes:
    return found[found.index(b"From: ") :]


def html(text: str) -> bytes:
    return BODY.replace(b"</p>", text.encode() + b"</p>")


CASES: tuple[tuple[str, Callable[[], bytes], str], ...] = (
    ("letter.twice", lambda: letter(more="Date: Mon, 1 Jan 2024 00:00:00 +0900\r\n"), "bounce.example.jp"),
    ("letter.twice", lambda: letter(more="From: b@example.jp\r\n"), "bounce.example.jp"),
    ("letter.from", lambda: letter({"From": "a@example.jp, b@example.jp"}), "bounce.example.jp"),
    ("letter.from", lambda: letter({"From": "root@localhost"}), "bounce.example.jp"),
    ("letter.from", lambda: letter({"From": None}), "bounce.example.jp"),
    ("letter.free_mail", lambda: letter({"From": "me@gmail.com"}), "bounce.example.jp"),
    ("letter.to", lambda: letter({"To": None}), "bounce.example.jp"),
    ("letter.date", lambda: letter({"Date": None}), "bounce.example.jp"),
    ("letter.date", lambda: letter({"Date": "yesterday"}), "bounce.example.jp"),
    ("letter.clock", lambda: letter({"Date": format_datetime(now() - timedelta(days=3))}), "bounce.example.jp"),
    ("letter.message_id", lambda: letter({"Message-ID": None}), "bounce.example.jp"),
    ("letter.message_id", lambda: letter({"Message-ID": "abc@example.jp"}), "bounce.example.jp"),
    ("letter.reply", lambda: letter({"Subject": "RE: No. 1"}), "bounce.example.jp"),
    ("letter.unsigned", lambda: unsigned(letter()), "bounce.example.jp"),
    ("letter.signature_unaligned", lambda: letter({"From": "a@other.jp"}), "other.jp"),
    ("letter.unaligned", lambda: letter({"From": "a@other.jp"}), "bounce.example.jp"),
    ("letter.unaligned", lambda: unsigned(letter()), "other.jp"),
    ("letter.uncovered", lambda: letter(signer=Signer([rsa()], signed=BARE)), "bounce.example.jp"),
    ("letter.no_unsubscribe", lambda: letter({"List-Unsubscribe": None}), "bounce.example.jp"),
    ("letter.unsubscribe_address", lambda: letter({"List-Unsubscribe": "<mailto:a@example.jp>"}), "bounce.example.jp"),
    ("letter.one_click", lambda: letter({"List-Unsubscribe-Post": None}), "bounce.example.jp"),
    ("letter.one_click", lambda: letter({"List-Unsubscribe-Post": "yes"}), "bounce.example.jp"),
    ("letter.large", lambda: letter(body=BODY + b"x\r\n" * 1_100_000), "bounce.example.jp"),
    ("letter.headers_large", lambda: letter(more="X-Long: a\r\n" + " b\r\n" * 4000), "bounce.example.jp"),
    ("letter.line_ends", lambda: letter(body=BODY.replace(b"hello\r\n", b"hello\n")), "bounce.example.jp"),
    ("letter.long_line", lambda: letter(body=html("x" * 999)), "bounce.example.jp"),
    ("letter.raw_headers", lambda: letter({"Subject": "第1号"}), "bounce.example.jp"),
    ("letter.no_text", lambda: letter(body=BODY.replace(b"hello\r\n--", b"\r\n--", 1)), "bounce.example.jp"),
    ("letter.clipped", lambda: letter(body=html("x\r\n" * 40_000)), "bounce.example.jp"),
    ("letter.shortened", lambda: letter(body=html('<a href="https://bit.ly/x">x</a>')), "bounce.example.jp"),
)


def examine(data: bytes, path: str = "bounce.example.jp") -> dict[str, DomainFinding]:
    return {one.kind: one for one in letter_findings.examine(data, path, DMARC)}


def test_a_letter_that_is_right_is_good() -> None:
    assert set(examine(letter())) == {"letter.good"}


@pytest.mark.parametrize(("kind", "make", "path"), CASES, ids=[case[0] for case in CASES])
def test_a_letter_has_just_that_wrong(kind: str, make: Callable[[], bytes], path: str) -> None:
    found = examine(make(), path)[kind]
    for language in ("ja", "en"):
        assert "{" not in finding_words.message(found, language)
        assert finding_words.remedy(found, language)


def test_every_finding_about_a_letter_has_a_case() -> None:
    assert {kind for kind, _, _ in CASES} | {"letter.good", "letter.unwritten"} == set(LETTER_WORDS)


def test_what_is_no_letter_at_all_is_examined_too() -> None:
    for data in (b"", b"\r\n\r\n", b"\xff\xfe: \x00\r\n" * 50, b"From: <<>>@\r\n\r\n"):
        assert examine(data)
