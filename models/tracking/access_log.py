"""Hits from an access log or another front end: lines of JSON, judged as if they had come in live.

Each line has ``time`` (ISO 8601 with a zone), ``url`` (the address of the request, or its path), and where they are
known ``method`` (GET where not), ``client`` and ``headers`` (names in any case). A header that is an
empty text in the file was not sent; a missing one was not recorded. ``id`` (32 hexadecimal digits) distinguishes
requests that are otherwise equal; without it they are one hit. Different requests are different hits, also with one id.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from hashlib import blake2b
from typing import Any
from urllib.parse import urlsplit

from ..store import ip_address
from ..store.errors import Invalid
from ..store.phrase import phrase
from ..store.token import BadToken, Claim, Purpose, read
from . import privacy_filter
from .hit import IncomingHit, clean, to_microseconds
from .rules import HitKind

_PATH = re.compile(
    r"^/(?:c/(?P<number>\d{1,5})/(?P<click>[\w-]{32})|o/(?P<open>[\w-]{32})\.gif|v/(?P<view>[\w-]{32}))$",
    re.ASCII,
)
_ID = re.compile(r"^[0-9a-f]{32}$")


def read_lines(lines: Iterable[str], file: str) -> Iterator[IncomingHit | Invalid]:
    """The hits of a file, line by line; for a line that is not one, what is wrong with it."""
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                yield _parse_line(line)
            except Invalid as error:
                yield Invalid(error.message, file=file, line=number)


def _parse_line(line: str) -> IncomingHit:
    try:
        values = json.loads(line)
    except (ValueError, RecursionError) as error:  # The latter where brackets are nested some thousands deep.
        raise Invalid("this is no JSON") from error
    if not isinstance(values, dict):
        raise Invalid("this is no JSON object")
    path = _path(_text(values, "url"))
    kind, link, claim = _claim(path)
    at = _time(_text(values, "time"))
    method = _method(_text(values, "method", "GET"))
    client = _client(_text(values, "client", ""))
    headers = _headers(values.get("headers", {}))
    agent = headers.pop("user-agent", None)
    request = privacy_filter.TrackingRequest(kind, method, claim.issue, claim.subscriber, link, client, agent, headers)
    own = _text(values, "id", "")
    if own and not _ID.match(own):
        raise Invalid("“id” must have 32 hexadecimal digits")
    # A front end that writes one id twice loses no request by it.
    code = _code([at, path, method, client, agent, *([own] if own else [])])
    return IncomingHit.unpack(privacy_filter.identified(request, code, at).pack())


def _text(values: dict[str, Any], name: str, default: str | None = None) -> str:
    value = values.get(name)
    if value is None and default is not None:
        return default
    if not isinstance(value, str):
        raise Invalid(phrase("“{name}” is missing, or no text", name=name))
    return value


def _path(url: str) -> str:
    try:
        return urlsplit(url).path
    except ValueError:
        return url


def _claim(path: str) -> tuple[HitKind, int, Claim]:
    match = _PATH.match(path)
    if match is None:
        raise Invalid("“url” is no address of a tracked link, open pixel or web view")
    kind = HitKind.CLICK if match["click"] else HitKind.OPEN if match["open"] else HitKind.VIEW
    try:
        claim = read(Purpose(kind.value), match[kind.value])
    except BadToken as error:
        raise Invalid(phrase("“url” has a {error}", error=error)) from error
    if not claim.subscriber:
        raise Invalid("“url” is from a letter that went to no reader")
    return kind, int(match["number"] or 0), claim


def _time(value: str) -> int:
    try:
        at = datetime.fromisoformat(value)
        if at.tzinfo is None:
            raise Invalid("“time” needs a zone, such as +09:00")
        return to_microseconds(at)
    except (ValueError, OverflowError) as error:
        raise Invalid("“time” is no time in ISO 8601") from error


def _method(value: str) -> str:
    if not re.fullmatch(r"[!#-'*+.^`|~\w-]*", value, re.ASCII):  # A token, RFC 9110, 5.6.2.
        raise Invalid("“method” is no method of HTTP, such as GET")
    return value.upper() or "GET"


def _client(value: str) -> str:
    """The address, without port and brackets; empty where the log has none, which many write as a hyphen."""
    if "," in value:
        raise Invalid("“client” must be one address: of a list, the one that your own proxy saw")
    return ip_address.parse(value)


def _headers(values: Any) -> dict[str, str]:
    if not isinstance(values, dict) or not all(isinstance(value, str | None) for value in values.values()):
        raise Invalid("“headers” must be an object of texts")
    return {name.lower(): clean(value or "", 10_000) for name, value in values.items()}


def _code(values: list[Any]) -> str:
    return blake2b(json.dumps(values).encode(), digest_size=16).hexdigest()
