"""Signatures, judged by dkimpy as an independent verifier."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import given, settings
from hypothesis import strategies as st

from models.issues.dkim_key import Key, KeyKind
from models.store.errors import Invalid
from worker.sending.dkim import Signer, canonical

KEYS = [Key.new("news.example", "k1", KeyKind.RSA), Key.new("news.example", "k2", KeyKind.ED25519)]
BODY = base64.encodebytes("こんにちは。今月の記事です。".encode() * 100).replace(b"\n", b"\r\n")
HEADERS = b"\r\n".join(
    [
        b"From: =?UTF-8?B?5oOF5aCx5pS/562W6Kqy?= <news@news.example>",
        b"To: reader@town.example",
        b"Subject: =?UTF-8?B?44CM6Ieq5rK75L2T44CN5YWo5Zu944Gu6KiY5LqL44KS6ZuG44KB44Gf?=",
        b" =?UTF-8?B?5LiA6Ieq5rK75L2T5ZCR44GR44Gu6KiY5LqL?=",
        b"\t=?UTF-8?B?44Op44Oz44Kt44Oz44Kw?=",
        b"Date: Tue, 24 Nov 2026 09:00:00 +0900",
        b"Message-ID: <1@news.example>",
        b"MIME-Version: 1.0",
        b'Content-Type: multipart/alternative;\r\n boundary="b"',
        b"List-Unsubscribe: <https://news.example/u/abc>,\r\n <mailto:leave@news.example>",
        b"List-Unsubscribe-Post: List-Unsubscribe=One-Click",
        b"X-Not-Signed: a",
        b"",
    ]
)


def dns(*keys: Key) -> Callable[..., bytes]:
    """The records of *keys*, as a verifier's resolver gives them."""
    records = {f"{key.record_name}.".encode(): key.record.encode() for key in keys}
    return lambda name, timeout=5: records.get(name if isinstance(name, bytes) else name.encode(), b"")


def verified(message: bytes, *keys: Key) -> list[bool]:
    """Whether each signature of *message* is good."""
    count = len(re.findall(rb"(?mi)^DKIM-Signature:", message))
    return [is_good(message, index, *keys) for index in range(count)]


def is_good(message: bytes, index: int, *keys: Key) -> bool:
    """Whether this signature is good, counted from above."""
    try:
        return bool(dkim.DKIM(message).verify(idx=index, dnsfunc=dns(*keys)))
    except dkim.ValidationError:  # Says so when the body was changed.
        return False


def signed(headers: bytes = HEADERS, body: bytes = BODY, keys: list[Key] = KEYS, **more: bool) -> bytes:
    return Signer(keys).sign(headers, body, **more) + headers + b"\r\n" + body


@pytest.mark.parametrize("keys", [KEYS[:1], KEYS[1:], KEYS], ids=["rsa", "ed25519", "both"])
@pytest.mark.parametrize("known", [True, False])
def test_a_japanese_letter_verifies(keys: list[Key], known: bool) -> None:
    message = signed(keys=keys, canonical_body=known)
    assert verified(message, *keys) == [True] * len(keys)
    assert all(len(line) < 79 for line in message.split(b"\r\n\r\n")[0].split(b"\r\n") if line[:1] == b"\t")


def test_a_letter_of_the_standard_library_verifies() -> None:
    letter = EmailMessage(policy=SMTP)
    letter["From"] = Address("情報政策課 広報担当", "news", "news.example")
    letter["To"] = "reader@town.example"
    letter["Subject"] = "自治体の話題 " * 20
    letter["List-Id"] = "ICT <ict.news.example>"
    letter.set_content("本文です。\n" * 50)
    letter.add_alternative("<p>本文です。</p>", subtype="html")
    headers, _, body = letter.as_bytes().partition(b"\r\n\r\n")
    assert verified(signed(headers + b"\r\n", body), *KEYS) == [True, True]


def test_what_is_covered() -> None:
    listed = re.sub(rb"\s", b"", re.search(rb"h=([^;]*);", signed())[1]).split(b":")  # type: ignore[index]
    assert listed.count(b"from") == listed.count(b"subject") == 2
    assert {b"to", b"date", b"message-id", b"list-unsubscribe", b"list-unsubscribe-post", b"content-type"} < set(listed)
    assert b"x-not-signed" not in listed
    assert b"reply-to" not in listed
    assert b"l=" not in signed().split(b"\r\nFrom:")[0].replace(b"rel=", b"")


CHANGES = [
    (b"reader@town.example", b"other@town.example"),
    (b"From: ", b"From: x@evil.example\r\nFrom: "),
    (b"Subject: ", b"Subject: other\r\nSubject: "),
    (b"MIME-Version: 1.0", b"MIME-Version: 1.1"),
    (b"List-Unsubscribe=One-Click", b"List-Unsubscribe=Two-Click"),
    (b"/u/abc", b"/u/abd"),
    (BODY[:20], b"A" * 20),
    (BODY[-20:], BODY[-20:] + b"more\r\n"),
]


@pytest.mark.parametrize(("before", "after"), CHANGES)
def test_changes_are_seen(before: bytes, after: bytes) -> None:
    message = signed()
    changed = message.replace(before, after, 1)
    assert verified(changed, *KEYS) == [changed == message] * 2


def test_added_fields_that_are_oversigned_are_seen_wherever_they_are_put() -> None:
    head, _, body = signed().partition(b"\r\n\r\n")
    for added in (b"Subject: other", b"From: x@evil.example"):
        assert verified(head + b"\r\n" + added + b"\r\n\r\n" + body, *KEYS) == [False, False]
    assert verified(head + b"\r\nX-Spam: no\r\n\r\n" + body, *KEYS) == [True, True]


def test_another_key_does_not_verify() -> None:
    wrong = Key("news.example", "k1", Key.new("news.example", "k1", KeyKind.RSA).private)
    assert verified(signed(keys=KEYS[:1]), wrong) == [False]


words = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=20).map(str.encode)
blanks = st.sampled_from([b" ", b"\t", b"  ", b"\r\n ", b"\r\n\t ", b" \r\n "])
values = st.lists(st.tuples(words, blanks), max_size=5).map(lambda parts: b"".join(a + b for a, b in parts) + b"x")
lines = st.lists(st.sampled_from([b"a", b"  ", b"\t", b" b", b"c ", b"\r\n", b"\r\n\r\n", b".", b"=E3=81"])).map(
    b"".join
)


@settings(max_examples=60)
@given(values, values, st.lists(values, max_size=2), lines)
def test_any_spacing_verifies(subject: bytes, sender: bytes, to: list[bytes], body: bytes) -> None:
    headers = b"Subject:" + subject + b"\r\nFROM: " + sender + b"\r\n"
    headers += b"".join(b"to:" + value + b"\r\n" for value in to) + b"Date:" + subject + b"\r\n"
    if re.search(rb"(?m)^[ \t]*\r$", headers):
        return  # A folded line of blanks only is obsolete, and verifiers disagree about it.
    body += b"\r\n" if body else b""  # SMTP adds what is missing.
    assert verified(signed(headers, body), *KEYS) == [True, True]


@given(lines)
def test_canonical_bodies(body: bytes) -> None:
    once = canonical(body)
    assert canonical(once) == once
    assert not re.search(rb"[ \t](\r\n|\Z)|[ \t]{2}|\t|(\r\n){2}\Z", once)
    assert once == b"" or once.endswith(b"\r\n")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", b""),
        (b"\r\n\r\n", b""),
        (b"a", b"a\r\n"),
        (b" C \r\nD \t E\r\n\r\n\r\n", b" C\r\nD E\r\n"),
        (b"  \r\n", b""),
        (b"\r\na\r\n", b"\r\na\r\n"),
    ],
)
def test_canonical_examples(body: bytes, expected: bytes) -> None:
    """Among them the one of RFC 6376, 3.4.5."""
    assert canonical(body) == expected


def test_base64_is_canonical_already() -> None:
    assert canonical(BODY) == BODY


@pytest.mark.parametrize(
    "headers",
    [
        b"To: a@b.example\r\n",
        b"From: a\nTo: b\r\n",
        b"From: a\rTo: b\r\n",
        b"From: a\r\nno field\r\n",
        b"From: a\x0bb\r\n",
        b"From: a\x00\r\n",
        b"",
    ],
)
def test_headers_that_cannot_be_signed(headers: bytes) -> None:
    with pytest.raises(ValueError, match=r"header|From"):
        Signer(KEYS).sign(headers, b"")


@pytest.mark.parametrize("kind", list(KeyKind))
def test_keys_go_to_a_file_and_back(kind: KeyKind, tmp_path: Path) -> None:
    key = Key.new("Town.Example.", "K2026", kind)
    path = tmp_path / "key.pem"
    path.write_bytes(key.pem)
    loaded = Key.load(path, "town.example", "k2026")
    assert loaded.record == key.record
    assert loaded.record_name == "k2026._domainkey.town.example"
    assert loaded.record.startswith(f"v=DKIM1; k={kind.value}; p=")
    assert verified(signed(keys=[loaded]), key) == [True]
    strings = re.findall(r'"([^"]*)"', key.zone_line)
    assert "".join(strings) == key.record
    assert max(map(len, strings)) <= 255
    assert "PRIVATE" not in repr(key)


def test_the_older_form_of_rsa_keys(tmp_path: Path) -> None:
    private = rsa.generate_private_key(65537, 2048)
    old = serialization.PrivateFormat.TraditionalOpenSSL
    path = tmp_path / "key.pem"
    path.write_bytes(private.private_bytes(serialization.Encoding.PEM, old, serialization.NoEncryption()))
    assert verified(signed(keys=[Key.load(path, "a.example", "s")]), Key("a.example", "s", private)) == [True]


def test_keys_that_cannot_be_used(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    cases = {
        "no private key": b"nothing",
        "passphrase": KEYS[0].private.private_bytes(*form, serialization.BestAvailableEncryption(b"x")),
        "neither RSA nor Ed25519": ec.generate_private_key(ec.SECP256R1()).private_bytes(
            *form, serialization.NoEncryption()
        ),
    }
    for words, content in cases.items():
        path.write_bytes(content)
        with pytest.raises(Invalid, match=words):
            Key.load(path, "a.example", "s")
    with pytest.raises(Invalid, match="cannot be read"):
        Key.load(tmp_path / "none.pem", "a.example", "s")


@pytest.mark.parametrize(
    ("domain", "selector"),
    [("", "s"), ("a b", "s"), ("a..b", "s"), ("-a.example", "s"), ("a.example", "s;x"), ("a.example", "")],
)
def test_names_that_cannot_stand_in_the_dns(domain: str, selector: str) -> None:
    with pytest.raises(Invalid):
        Key.new(domain, selector, KeyKind.ED25519)


def test_a_japanese_domain() -> None:
    assert Key.new("例え.example", "s", KeyKind.ED25519).domain == "xn--r8jz45g.example"
