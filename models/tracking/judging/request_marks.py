"""What a request tells by itself: the rules that its agent, headers and address fire."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache

from .. import known
from ..rules import PURPOSES, HitKind
from . import browser

_SOME_DAY = 1_762_000_000_000_000
"""2025-11-01 in microseconds, when the lists were last looked at: for hits whose time is not said."""


def marks(
    kind: HitKind, method: str, client: str, agent: str | None, headers: Mapping[str, str], at: int = _SOME_DAY
) -> tuple[str, ...]:
    """The names of the rules that a hit fires by itself.

    Arguments:
        client: the client's address; empty where unknown.
        agent: the user agent; empty where the request had none, None where it was not recorded.
        headers: those of :data:`models.tracking.rules.HEADERS` that were kept, by lower-case name; an empty value
            means that the request had none, a missing name that it was not recorded.
        at: microseconds since 1970; what matters is the month, as browsers age.
    """
    return marks_in_month(kind, method, client, agent, headers, month_of(at))


def marks_in_month(
    kind: HitKind, method: str, client: str, agent: str | None, headers: Mapping[str, str], month: int
) -> tuple[str, ...]:
    """As :func:`marks`; *month* is what :func:`month_of` gives."""
    return _of_request(kind, method, agent, tuple(headers.items()), month) + marks_of_client(client)


@lru_cache(32_768)
def marks_of_client(client: str) -> tuple[str, ...]:
    """The names of the rules that a client's address fires in any request."""
    rule = client and known.network(client).rule
    return (rule,) if rule else ()


_DAY = 86_400_000_000


def month_of(at: int) -> int:
    """The month of microseconds since 1970, as :func:`.browser.month` counts."""
    return month_of_day(at // _DAY)


@lru_cache(4096)
def month_of_day(day: int) -> int:
    """As :func:`month_of`, of days since 1970."""
    date = datetime.fromtimestamp(min(max(day, -300_000), 300_000) * 86_400, UTC)
    return browser.month(date.year, date.month)


@lru_cache(4096)
def _of_request(
    kind: HitKind, method: str, agent: str | None, items: tuple[tuple[str, str], ...], month: int
) -> tuple[str, ...]:
    """The rules that all but the client fires. Few programs send most requests, so the results are remembered."""
    headers = dict(items)
    found = [] if method == "GET" else ["head"]
    if any(word in headers.get(name, "").lower() for name in PURPOSES for word in _AHEAD):
        found.append("prefetch-header")
    if language := headers.get("accept-language", "").lower():
        found.append("reader-language" if "ja" in language else "foreign-language")
    if agent is None:
        return tuple(found) if headers else (*found, "unrecorded")
    if not agent.strip():
        return (*found, "no-agent")
    if rule := known.agent(agent, kind.value):
        return (*found, _named(rule, kind))
    if kind is not HitKind.OPEN:
        found += _of_browser(agent, headers, month)
    return tuple(found)


_AHEAD = ("prefetch", "prerender", "preview")


def _named(rule: str, kind: HitKind) -> str:
    if rule == "bare-mozilla":
        return "apple-prefetch" if kind is HitKind.OPEN else "bare-agent"
    return rule if kind is HitKind.OPEN or rule not in ("image-proxy", "gmail-prefetch") else "tool-agent"


def _of_browser(agent: str, headers: Mapping[str, str], month: int) -> list[str]:
    """Rules on the browser, and on what it sends when a person follows a link."""
    named = browser.parse(agent)
    if named is None:
        return ["odd-agent"]
    if named.name == "text":
        return ["browser"]
    found = []
    if old := browser.age(named, month):
        found.append(f"{old}-browser")
    if named.platform == "linux":
        found.append("desktop-linux")
    if browser.contradiction(named, agent, headers):
        found.append("impossible-headers")
    imitated = browser.is_imitated(named, agent, headers)
    if imitated:
        found.append("imitated-browser")
    found += _of_accept(headers)
    if "impossible-headers" not in found:
        if "text/html" in headers.get("accept", ""):
            whole = headers.get("accept-language") and not imitated
            found.append("browser" if whole else "page-accept")
            if whole and named.name in ("firefox", "safari"):
                found.append("other-engine")
            elif whole and named.platform in ("android", "ios"):
                found.append("telephone")
        elif "accept" not in headers and "accept-language" not in headers:
            found.append("browser-agent")
    return found


def _of_accept(headers: Mapping[str, str]) -> list[str]:
    """Rules on the two headers that every browser has sent for decades. Who keeps one of them keeps both."""
    if "accept" not in headers and "accept-language" not in headers:
        return []
    language, accept = headers.get("accept-language", ""), headers.get("accept", "")
    odd = "accept" in headers and accept.strip() in ("", "*/*")
    if not language:
        return ["bare-headers"] if odd else ["no-language"]
    return ["odd-accept"] if odd else []
