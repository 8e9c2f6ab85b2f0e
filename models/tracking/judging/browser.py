"""Browsers: which one a user agent names, how old it is at a time, and what headers it can send.

Releases: https://chromiumdash.appspot.com/schedule, https://whattrainisitnow.com/calendar/ (looked at 2025-11-01).
Headers: https://caniuse.com/mdn-http_headers_sec-fetch-dest and https://caniuse.com/mdn-http_headers_sec-ch-ua
(looked at 2025-11-01). Both are sent over HTTPS only, and proxies of offices drop some, so only a header that should
*not* be there tells anything.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

_MONTHS_A_YEAR = 12


def month(year: int, number: int) -> int:
    """Months since year 0, to subtract one from another."""
    return year * _MONTHS_A_YEAR + number - 1


_CHROME = {
    1: month(2008, 12), 22: month(2012, 9), 42: month(2015, 4), 60: month(2017, 7), 70: month(2018, 10),
    80: month(2020, 2), 90: month(2021, 4), 100: month(2022, 3), 110: month(2023, 2), 120: month(2023, 12),
    130: month(2024, 10), 140: month(2025, 9), 150: month(2026, 7),
}  # fmt: skip
_FIREFOX = {
    1: month(2004, 11), 11: month(2012, 3), 40: month(2015, 8), 60: month(2018, 5), 78: month(2020, 6),
    91: month(2021, 8), 102: month(2022, 6), 115: month(2023, 7), 128: month(2024, 7), 140: month(2025, 6),
    150: month(2026, 4),
}  # fmt: skip
_IE_ENDED = month(2016, 1)
"""Microsoft stopped support of Internet Explorer 8 to 10 on 2016-01-12 (lifecycle FAQ of Internet Explorer)."""
_YEARS = {"dated": 3, "ancient": 5}
_LAST_ON_OLD_WINDOWS = 109
"""Chrome's last version for Windows 7 to 8.1; https://support.google.com/chrome/thread/185534985 (2022-10-24)."""
_FETCH_METADATA = {"chrome": 76, "firefox": 90, "safari": 16}
_CLIENT_HINTS = 84
_SHORT_VERSIONS = 110
"""From here on Chromium sends zeros after the major version, but in apps; https://www.chromium.org/updates/ua-reduction/."""


class Browser(NamedTuple):
    """What a user agent says of itself."""

    name: str
    """``chrome`` (and all that are built on Chromium), ``firefox``, ``safari``, ``ie``, ``edge`` (before Chromium)."""
    version: int
    """The major one; 0 where it is not said."""
    platform: str
    """``windows``, ``old windows`` (before 10), ``mac``, ``android``, ``ios``, ``linux``, ``chromeos`` or nothing."""
    mobile: bool


@lru_cache(4096)
def parse(agent: str) -> Browser | None:
    """The browser of a user agent; None where it is none that people use."""
    lower = agent.lower()
    if lower.startswith(_TEXT):
        return Browser("text", 0, "", False)
    if "mozilla/" not in lower and "opera/" not in lower:
        return None
    for name, pattern in _NAMES:
        found = pattern.search(lower)
        if found:
            return Browser(name, int(found[1] or 0), _platform(lower), "mobile" in lower or "android" in lower)
    return None


_NAMES = [
    (name, re.compile(pattern))
    for name, pattern in (
        ("ie", r"(?:msie |trident/.*rv:)(\d{1,3})"),
        ("edge", r"\bedge/(\d{1,3})"),
        ("chrome", r"\b(?:chrome|crios|chromium)/(\d{1,3})"),
        ("firefox", r"\b(?:firefox|fxios)/(\d{1,3})"),
        ("safari", r"\bversion/(\d{1,3})(?=.*safari/)"),
        ("safari", r"\((?:iphone|ipad|ipod)[^)]* os (\d{1,3})_"),
        ("safari", r"\(macintosh[^)]*\) applewebkit/()"),
    )
]


_TEXT = ("lynx/", "w3m/", "elinks", "links (", "links/", "emacs", "url/emacs", "eww", "edbrowse", "netsurf/", "dillo/")
"""Browsers for text, which people who do not see use with a screen reader."""


_TELEVISIONS = ("web0s", "smarttv", "smart-tv", "smart tv", "tizen", "netcast", "hbbtv", "bravia", "viera")
"""They keep the Chromium that they were built with; https://webostv.developer.lge.com/develop/specifications/web-api-and-web-engine."""


def _platform(lower: str) -> str:
    if any(word in lower for word in _TELEVISIONS):
        return "television"
    if "windows nt" in lower:
        return "windows" if "windows nt 10" in lower else "old windows"
    for word, name in (
        ("iphone", "ios"), ("ipad", "ios"), ("ipod", "ios"), ("android", "android"), ("cros ", "chromeos"),
        ("macintosh", "mac"), ("linux", "linux"), ("x11", "linux"),
    ):  # fmt: skip
        if word in lower:
            return name
    return ""


def age(browser: Browser, at: int) -> str:
    """``dated`` or ``ancient`` where nobody would still use this version on this system; else nothing.

    Browsers of today update themselves, and offices lag behind by months. Systems that get no new versions keep old
    ones: telephones, and Windows before 10.

    Arguments:
        at: when, as :func:`month` counts.
    """
    if browser.name == "ie":
        return "ancient" if 0 < browser.version < 11 and at > _IE_ENDED + 12 else ""
    if browser.name == "edge":  # Town halls keep it for systems of their own; machines seldom claim to be it.
        return ""
    if browser.name not in ("chrome", "firefox") or browser.platform == "ios":
        return ""
    years = (at - _released(browser)) / _MONTHS_A_YEAR
    if browser.platform == "old windows":
        return "dated" if years >= _YEARS["ancient"] and browser.version < _LAST_ON_OLD_WINDOWS - 9 else ""
    if browser.platform in ("android", "television"):
        return "dated" if years >= _YEARS["ancient"] + 1 else ""
    return next((name for name in ("ancient", "dated") if years >= _YEARS[name]), "")


def _released(browser: Browser) -> float:
    known = sorted((_CHROME if browser.name == "chrome" else _FIREFOX).items())
    pairs = list(pairwise(known))
    (low, early), (high, late) = next((pair for pair in pairs if browser.version < pair[1][0]), pairs[-1])
    return early + (late - early) * (browser.version - low) / (high - low)


def contradiction(browser: Browser, agent: str, headers: Mapping[str, str]) -> bool:
    """Whether a page was asked for with headers that this browser never sends when a person follows a link."""
    hints, goal, mode = (
        headers.get("sec-ch-ua", ""),
        headers.get("sec-fetch-dest", ""),
        headers.get("sec-fetch-mode", ""),
    )
    if "headless" in hints.lower() or goal not in ("", "document", "iframe") or mode not in ("", "navigate"):
        return True
    if browser.platform == "ios":
        return bool(hints)
    if (goal or mode) and browser.version and browser.version < _FETCH_METADATA.get(browser.name, 1000):
        return True
    if hints and (browser.name != "chrome" or browser.version < _CLIENT_HINTS or _other_version(browser, hints)):
        return True
    if browser.name == "chrome" and browser.platform == "old windows" and browser.version > _LAST_ON_OLD_WINDOWS:
        return True
    return _other_system(browser, headers) or _other_engine(agent)


def is_imitated(browser: Browser, agent: str, headers: Mapping[str, str]) -> bool:
    """Whether a program only calls itself Chromium: two of three things are not as any Chromium has them.

    An office's proxy drops the headers that browsers send over HTTPS alone, and a policy could keep full version
    numbers (UserAgentReduction, until 144): one of these says nothing.
    """
    if browser.name != "chrome" or browser.platform == "ios" or browser.version < _CLIENT_HINTS:
        return False
    accept = headers.get("accept", "")
    pictures = "text/html" in accept and "image/" not in accept
    plain = "" == headers.get("sec-ch-ua") == headers.get("sec-fetch-dest")
    full = browser.version >= _SHORT_VERSIONS and "version/4.0" not in agent.lower() and _is_full(agent)
    return pictures + plain + full > 1


def _is_full(agent: str) -> bool:
    """Whether more of Chromium's version than the major number is given."""
    return bool(re.search(r"\bChrome/\d+\.\d+\.[1-9]", agent))


def _other_version(browser: Browser, hints: str) -> bool:
    """Whether the client hints name Chromium in another version than the agent."""
    found = re.search(r'"(?:chromium|google chrome)";\s*v="(\d+)', hints.lower())
    return bool(found and int(found[1]) != browser.version)


_SYSTEMS = {
    "windows": {"windows", "old windows"}, "macos": {"mac"}, "android": {"android", "linux"}, "linux": {"linux"},
    "chrome os": {"chromeos", "linux"}, "chromium os": {"chromeos", "linux"}, "ios": {"ios"},
}  # fmt: skip


def _other_system(browser: Browser, headers: Mapping[str, str]) -> bool:
    """Whether the client hints name another system, or a telephone where the agent names none and the reverse."""
    system = headers.get("sec-ch-ua-platform", "").strip('" ').lower()
    if system in _SYSTEMS and browser.platform and browser.platform not in _SYSTEMS[system]:
        return True
    return headers.get("sec-ch-ua-mobile", "") == "?1" and browser.platform in ("windows", "mac")


def _other_engine(agent: str) -> bool:
    """Whether Edge names another version of itself than of the Chromium in it: they are numbered alike."""
    edge, chrome = re.search(r"\bEdg/(\d+)", agent), re.search(r"\bChrome/(\d+)", agent)
    return bool(edge and chrome and edge[1] != chrome[1])
