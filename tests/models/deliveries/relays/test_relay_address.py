"""Addresses of relays, and messages on their way to them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.deliveries.relays.relay_address import RelayAddress, Security
from models.store.errors import Invalid
from worker.smtp.commands import stuffed

GOOD = [
    ("smtp://127.0.0.1:2525", RelayAddress("127.0.0.1", 2525)),
    ("smtp://relay.example", RelayAddress("relay.example", 25)),
    ("smtp://relay.example/", RelayAddress("relay.example", 25)),
    ("smtp+starttls://relay.example", RelayAddress("relay.example", 587, Security.STARTTLS)),
    ("smtps://relay.example", RelayAddress("relay.example", 465, Security.TLS)),
    ("smtps://[2001:db8::1]:465", RelayAddress("2001:db8::1", 465, Security.TLS)),
    (
        "smtp+starttls://kairan%40town.example:p%3A%2F%3F%40%25@relay.example:25",
        RelayAddress("relay.example", 25, Security.STARTTLS, "kairan@town.example", "p:/?@%"),
    ),
    (
        "smtp://relay.example?verify=no&helo=mail.town.example&pipelining=no&dsn=off",
        RelayAddress("relay.example", 25, verify=False, helo="mail.town.example", pipelining=False, dsn=False),
    ),
    ("smtp://u:p@localhost:25", RelayAddress("localhost", 25, user="u", password="p")),
    ("smtp://u:p@127.0.0.9", RelayAddress("127.0.0.9", 25, user="u", password="p")),
    (
        "smtp://u:p@relay.example?unencrypted_login=yes",
        RelayAddress("relay.example", 25, user="u", password="p", unencrypted_login=True),
    ),
]


@pytest.mark.parametrize(("address", "relay"), GOOD)
def test_addresses(address: str, relay: RelayAddress) -> None:
    assert RelayAddress.parse(address) == relay


BAD = [
    ("", "its beginning"),
    ("relay.example:25", "its beginning"),
    ("http://relay.example", "its beginning"),
    ("smtp://relay.example:port", "port"),
    ("smtp://relay.example:99999", "port"),
    ("smtp://", "host"),
    ("smtp://relay.example/path", "host"),
    ("smtp://u:pa#ss@relay.example", "host"),
    ("smtp://user@relay.example", "a user needs a password"),
    ("smtps://relay.example?colour=red", "no option 'colour'"),
    ("smtps://relay.example?verify=maybe", "verify is yes or no"),
    ("smtps://relay.example?cafile=/nonexistent.pem", "/nonexistent.pem is not there"),
    ("smtps://relay.example?helo=a%0d%0aMAIL", "helo is a host name"),
    ("smtp://u:secretword@relay.example", "unencrypted"),
]


@pytest.mark.parametrize(("address", "words"), BAD)
def test_addresses_that_are_not_right(address: str, words: str) -> None:
    with pytest.raises(Invalid) as raised:
        RelayAddress.parse(address)
    assert words in str(raised.value)
    assert "secretword" not in str(raised.value)


def test_defaults_and_secrets(tmp_path: Path) -> None:
    assert RelayAddress.parse("smtps://relay.example", verify=False).verify is False
    assert RelayAddress.parse("smtps://relay.example?verify=yes", verify=False).verify is True
    authority = tmp_path / "authority.pem"
    authority.touch()
    assert RelayAddress.parse(f"smtps://relay.example?cafile={authority}").cafile == authority
    assert "secretword" not in repr(RelayAddress.parse("smtps://u:secretword@relay.example"))
    assert RelayAddress("::1", 25).name == "[::1]:25"
    assert hash(RelayAddress("a", 25)) == hash(RelayAddress("a", 25))


@given(st.lists(st.sampled_from([b".", b"\r\n", b"a", b"..", b"\r\n."])).map(b"".join))
def test_stuffing_can_be_undone(data: bytes) -> None:
    lines = stuffed(data).split(b"\r\n")
    assert b"." not in lines
    assert b"\r\n".join(line[1:] if line[:1] == b"." else line for line in lines) == data
