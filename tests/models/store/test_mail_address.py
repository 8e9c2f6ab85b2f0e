"""Addresses as headers and SMTP write them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.store.errors import Invalid
from models.store.mail_address import addr_spec, smtp_mailbox


@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("reader@town.example", "reader@town.example"),
        ("a.b+c@town.example", "a.b+c@town.example"),
        ("abc..def.@docomo.ne.jp", '"abc..def."@docomo.ne.jp'),
        (".abc@ezweb.ne.jp", '".abc"@ezweb.ne.jp'),
        ('"quoted..already"@docomo.ne.jp', '"quoted..already"@docomo.ne.jp'),
        ('a"b@town.example', '"a\\"b"@town.example'),
        ("a@b@town.example", '"a@b"@town.example'),
        ("reader@[192.0.2.1]", "reader@[192.0.2.1]"),
        ("読者@town.example", "読者@town.example"),
    ],
)
def test_smtp_mailboxes(address: str, written: str) -> None:
    assert smtp_mailbox(address) == written


@pytest.mark.parametrize(
    "address",
    [
        "",
        "a",
        "@b",
        "a@",
        "a b@c",
        "a\r\nDATA@c",
        "a\x00@c",
        "a@c>",
        "<a@c",
        "a@b c",
        "a@b\u2028",
        "a\u3000b@c",
        "a" * 400 + "@b",
        "a@-",
        "a@b/c",
    ],
)
def test_smtp_mailboxes_that_cannot_be(address: str) -> None:
    with pytest.raises(Invalid):
        smtp_mailbox(address)


@given(st.text(max_size=40))
def test_no_address_breaks_a_command(address: str) -> None:
    try:
        written = smtp_mailbox(address)
    except Invalid:
        return
    assert written.isprintable()
    assert not set(written) & set("<> \r\n\t")


@settings(deadline=None)
@given(st.from_regex(r"[a-z0-9.+_-]{1,20}@[a-z0-9-]{1,10}\.example", fullmatch=True))
def test_an_address_stands_in_a_header_as_in_a_command(address: str) -> None:
    try:
        in_header = addr_spec(address)
    except Invalid:
        return
    assert in_header == smtp_mailbox(address)
