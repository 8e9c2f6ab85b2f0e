"""Where a request came from: one rule for pages and for hits."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from models.store.ip_address import parse

# X-Forwarded-For and its kin, Forwarded (RFC 7239), Via (RFC 9110, 7.6.3), and addresses such as X-Real-IP,
# True-Client-IP, CF-Connecting-IP or X-Azure-ClientIP.
_PROXY_HEADER = re.compile(r"HTTP_(X_FORWARDED.*|X_ORIGINAL_F.*|FORWARDED|VIA|.*_IP|.*_CLIENTIP)")


def find(environ: Mapping[str, Any], proxies: int) -> str:
    """The client's address without port and brackets; empty where nobody knows, never a proxy's own.

    Arguments:
        environ: of the request (WSGI).
        proxies: how many proxies before us are trusted. Each of them has appended the address that it saw to
            X-Forwarded-For; the outermost trusted one saw the client. A list that is shorter, or holds no address
            there, tells nothing: the one before us is a proxy, whom our own networks' doors would open to.
    """
    if proxies and "HTTP_X_FORWARDED_FOR" in environ:
        chain = environ["HTTP_X_FORWARDED_FOR"].split(",")
        return parse(chain[-proxies]) if len(chain) >= proxies else ""
    return parse(environ.get("REMOTE_ADDR") or "")


def came_through_unknown_proxy(environ: Mapping[str, Any], proxies: int) -> bool:
    """Whether a header tells of a proxy, while none is trusted or the trusted ones have not said who the client is."""
    if proxies and "HTTP_X_FORWARDED_FOR" in environ:
        return False
    return any(_PROXY_HEADER.fullmatch(name) for name in environ)
