"""Records as lines of a zone file, ready to be pasted (RFC 1035, 5)."""

from __future__ import annotations

import dns.reversename


def txt(name: str, text: str) -> str:
    """A TXT record; one string of it holds 255 characters (RFC 1035, 3.3)."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    strings = " ".join(f'"{escaped[begin : begin + 255]}"' for begin in range(0, len(escaped), 255))
    return f"{name}. IN TXT {strings}"


def mail_server(name: str, server: str) -> str:
    """An MX record."""
    return f"{name}. IN MX 10 {server}."


def address(name: str, ip_address: str) -> str:
    """An A or AAAA record."""
    return f"{name}. IN {'AAAA' if ':' in ip_address else 'A'} {ip_address}"


def pointer(ip_address: str, name: str) -> str:
    """A PTR record, which whoever gave the address writes."""
    return f"{dns.reversename.from_address(ip_address)} IN PTR {name}."
