"""What values of settings must be: each takes one as it was written, and answers it as it is used.

All raise ``ValueError`` in words that say what to write instead.
"""

from __future__ import annotations

import re
from ipaddress import ip_network
from urllib.parse import urlsplit

from pydantic import ValidationInfo

OWN_PATHS = frozenset(
    {"address", "api", "archive", "c", "confirm", "data", "dev", "erase", "healthz", "hooks", "i", "look", "metrics",
     "o", "p", "readyz", "robots.txt", "sitemap.xml", "staff", "static", "subscribe", "test-letter", "u", "v"}
)  # fmt: skip
"""What the paths of our own pages begin with, so that the path of BASE_URL cannot."""
_BASE_PATH = re.compile(r"(?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*/?")
_DOMAIN = re.compile(r"(?=.{4,190}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}")


def base_url(value: str) -> str:
    """The web address of an installation."""
    parts = urlsplit(value.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname or (parts.port or 1) < 1:
        raise ValueError("write a whole address that begins with https:// or http://")
    if parts.query or parts.fragment or "@" in parts.netloc or "?" in value or "#" in value:
        raise ValueError("write host and path alone: nothing with ?, # or @")
    if not _BASE_PATH.fullmatch(parts.path):
        raise ValueError("its path may hold letters from A to z, digits, and . _ ~ - between single slashes")
    if (first := parts.path.strip("/").partition("/")[0]) in OWN_PATHS:
        raise ValueError(f"its path cannot begin with /{first}, as addresses of our own do: choose another")
    return parts.geturl().rstrip("/")  # the scheme in small letters, by which cookies are made Secure


def issuer(value: str) -> str:
    """An identity provider, or empty."""
    if not value.strip():
        return ""
    parts = urlsplit(value.strip())
    own_machine = parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1", "::1")
    if not own_machine and (parts.scheme != "https" or not parts.hostname or (parts.port or 1) < 1):
        raise ValueError("write a whole address that begins with https://")
    if parts.query or parts.fragment or "@" in parts.netloc:
        raise ValueError("write host and path alone: nothing with ?, # or @")
    return value.strip()


def client(value: str, info: ValidationInfo) -> str:
    """What the identity provider knows us by."""
    if info.data.get("oidc_issuer") and not value.strip():
        raise ValueError("OIDC_ISSUER needs it: the provider shows it where Kairan was registered")
    return value.strip()


def way_in(value: bool, info: ValidationInfo) -> bool:
    """Whether staff log in with passwords."""
    if not value and not info.data.get("oidc_issuer"):
        raise ValueError("without passwords, OIDC_ISSUER has to say where staff log in")
    return value


def scopes(value: str) -> str:
    """What is asked of the identity provider."""
    if "openid" not in value.split():
        raise ValueError("one of them must be openid (OpenID Connect Core 1.0, 3.1.2.1)")
    return " ".join(value.split())


def networks(value: str) -> str:
    """Networks, with spaces between."""
    return " ".join(str(ip_network(one, strict=False)) for one in value.replace(",", " ").split())


def limits(value: str) -> str:
    """Rates, as flask-limiter writes them."""
    from limits import parse_many  # only here: most processes have no need of it

    parse_many(value)
    return value


def not_below_warning(value: float, info: ValidationInfo) -> float:
    """The share of complaints that pauses an issue."""
    warning = info.data.get("complaint_warning_percent")
    if warning is not None and value < warning:
        raise ValueError(f"write at least the {warning:g} of COMPLAINT_WARNING_PERCENT: staff are warned before")
    return value


def domain(value: str) -> str:
    """A domain in ASCII, or empty."""
    name = value.strip().lower()
    if name and not _DOMAIN.fullmatch(name):
        raise ValueError("write a domain in ASCII, such as bounce.news.example.jp")
    return name


def host_and_port(value: str) -> str:
    """Where to listen, or empty."""
    host, _colon, port = value.strip().rpartition(":")
    if value.strip() and not (host and port.isdecimal() and 0 < int(port) < 65536):
        raise ValueError("write an address and a port, such as 127.0.0.1:2424")
    return value.strip()
