"""Where a request came from: one rule for pages and for hits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def find(environ: Mapping[str, Any], proxies: int) -> str:
    """The client's address without port and brackets; empty where nobody knows.

    Arguments:
        environ: of the request (WSGI).
        proxies: how many proxies before us are trusted. Each of them has appended the address that it saw to
            X-Forwarded-For; the outermost trusted one saw the client. A shorter list was written by somebody else.
    """
    if proxies and (forwarded := environ.get("HTTP_X_FORWARDED_FOR")):
        chain = [address.strip() for address in forwarded.split(",")]
        if len(chain) >= proxies:
            return _without_port(chain[-proxies])
    return _without_port(environ.get("REMOTE_ADDR") or "")


def _without_port(address: str) -> str:
    if address.startswith("["):
        return address[1:].partition("]")[0]
    return address.partition(":")[0] if address.count(":") == 1 else address
