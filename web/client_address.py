"""Where a request came from: one rule for pages and for hits."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any


def find(environ: Mapping[str, Any], proxies: int) -> str:
    """The client's address without port and brackets; empty where nobody knows.

    Arguments:
        environ: of the request (WSGI).
        proxies: how many proxies before us are trusted. Each of them has appended the address that it saw to
            X-Forwarded-For; the outermost trusted one saw the client. A shorter list was written by somebody else.
    """
    if proxies and (forwarded := environ.get("HTTP_X_FORWARDED_FOR")):
        chain = forwarded.split(",")
        if len(chain) >= proxies and (address := _parse(chain[-proxies])):
            return address
    return _parse(environ.get("REMOTE_ADDR") or "")


def _parse(written: str) -> str:
    """The address in *written*, which may have a port, brackets, quotes (RFC 7239) or a zone; empty where it has none.

    An IPv4 address that is written as an IPv6 one is the same client's.
    """
    bare = written.strip().strip('"')
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        address = ip_address(bare.partition("%")[0])
    except ValueError:
        return ""
    return str(getattr(address, "ipv4_mapped", None) or address)
