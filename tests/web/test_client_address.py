"""Where a request came from, behind proxies that are trusted or not."""

from __future__ import annotations

import pytest

from web import client_address


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, "198.51.100.1", "192.0.2.9"),
        (1, "203.0.113.5, 198.51.100.1", "198.51.100.1"),
        (2, "203.0.113.5, 198.51.100.1", "203.0.113.5"),
        (2, "198.51.100.1", ""),
        (1, None, "192.0.2.9"),
        (1, "198.51.100.1:4711", "198.51.100.1"),
        (1, "[2001:db8::1]:4711", "2001:db8::1"),
        (1, "2001:db8::1", "2001:db8::1"),
        (1, "", ""),
        (1, "203.0.113.5, ", ""),
        (1, "unix:", ""),
        (1, "203.0.113.78:1001", "203.0.113.78"),
        (1, '"[2001:db8::1]:4711"', "2001:db8::1"),
        (1, "::ffff:198.51.100.1", "198.51.100.1"),
        (1, "fe80::1%eth0", "fe80::1"),
        (1, "unknown", ""),
        (1, "'; DROP TABLE hit", ""),
    ],
)
def test_the_clients_address_case_e4(proxies: int, forwarded: str | None, expected: str) -> None:
    environ = {"REMOTE_ADDR": "192.0.2.9"}
    if forwarded is not None:
        environ["HTTP_X_FORWARDED_FOR"] = forwarded
    assert client_address.find(environ, proxies) == expected
