"""Addresses as headers and SMTP write them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.store import mail_address
from models.store.errors import Invalid
from models.store.mail_address import a_labels, addr_spec, parse, smtp_mailbox


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


@given(st.from_regex(r"[a-z0-9.+_-]{1,20}@[a-z0-9-]{1,10}\.example", fullmatch=True))
def test_an_address_stands_in_a_header_as_in_a_command(address: str) -> None:
    try:
        in_header = addr_spec(address)
    except Invalid:
        return
    assert in_header == smtp_mailbox(address)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("info@ラーメン.jp", "info@xn--4dkp5a8a.jp"),
        ("info@ﾗｰﾒﾝ.jp", "info@xn--4dkp5a8a.jp"),
        ("taro@サーバー.例え.jp", "taro@xn--vckucxgb.xn--r8jz45g.jp"),
        ("taro@サーバー。例え。jp", "taro@xn--vckucxgb.xn--r8jz45g.jp"),
        ("ｔａｒｏー１＠ｅｘａー２。ｊｐ", "taro-1@exa-2.jp"),
        ("taro‐yamada@exa−mple.jp", "taro-yamada@exa-mple.jp"),
        ("info@faß.de", "info@xn--fa-hia.de"),
    ],
    ids=lambda text: f"case_a9-{ascii(text)[:30]}",
)
def test_domain_is_that_of_its_owner(typed: str, stored: str) -> None:
    address = parse(typed)
    assert address.text == stored
    assert addr_spec(stored) == stored
    assert a_labels(address.domain) == address.domain


@pytest.mark.parametrize("typed", ["info@ラ―メン.jp", "info@ラ‐メン.jp", "info@ラ−メン.jp"])
def test_case_a9_what_could_be_two_domains_is_refused(typed: str) -> None:
    """A dash that only looks like ー: neither that domain nor the one with a hyphen is meant for sure."""
    with pytest.raises(Invalid):
        parse(typed)


def test_case_a9_headers_and_store_write_a_domain_alike() -> None:
    for domain in ("ラーメン.jp", "faß.de", "例え.テスト"):
        assert addr_spec(f"a@{domain}") == parse(f"a@{domain}").text


@given(
    st.from_regex(r"[A-Za-z0-9._+-]{1,66}", fullmatch=True),
    st.sampled_from(["example.jp", "Docomo.NE.jp", "a-b.example.com", "x--y.jp", "example", "1.2", "-a.jp", "ex.test"]),
)
def test_common_addresses_are_read_as_in_the_long_way(local: str, domain: str) -> None:
    typed = f"{local}@{domain}"
    try:
        wanted: object = mail_address.parse_any(typed)
    except Invalid as error:
        wanted = str(error)
    try:
        found: object = parse(typed)
    except Invalid as error:
        found = str(error)
    assert found == wanted


@pytest.mark.parametrize(
    "typed",
    ["<a>@x.jp", "a..b@x.jp", ".a@x.jp", "a@x..jp", "a@-x.jp", "a@x_y.jp", "a@x.jp.", "a@[1.2.3.4]", "a(b)@x.jp",
     "a@x.jp,b@x.jp", "a@@x.jp", "a@x.1", f"a@{'b' * 70}.jp", "a;b@x.jp"],
)  # fmt: skip
def test_what_is_wrong_is_said_in_the_readers_language(typed: str) -> None:
    """It stands beside each refused line of a list: no sentence of a library's comes through."""
    with pytest.raises(Invalid, match=r"is not a mail address: .") as refused:
        mail_address.parse(typed)
    said = refused.value.say("ja")
    assert "はメールアドレスではありません（" in said
    assert not re.search("[A-Za-z]{3}", said.partition("」")[2])
