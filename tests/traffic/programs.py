"""Browsers, mail programs and machines of 2026: User-Agent and the headers that go with it.

Sources: Chrome and Edge release calendars (chromiumdash.appspot.com), MDN on Sec-Fetch and client hints, WebKit release
notes (Safari 26 freezes the version of iOS at 18_6), Mozilla release calendar, the vendors' pages on their crawlers.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

NAMES = (
    "accept",
    "accept-language",
    "sec-fetch-dest",
    "sec-fetch-mode",
    "sec-ch-ua",
    "purpose",
    "sec-purpose",
    "x-purpose",
    "x-moz",
)
HTML = "text/html,application/xhtml+xml,application/xml;q=0.9,"
CHROME_HTML = HTML + "image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7"
CHROME_IMAGE = "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8"
SAFARI_HTML = HTML + "*/*;q=0.8"
SAFARI_IMAGE = (
    "image/webp,image/avif,image/jxl,image/heic,image/heic-sequence,video/*;q=0.8,image/png,image/svg+xml,image/*;q=0.8,"
    "*/*;q=0.5"
)
DAY = 86400.0
CHROME_143 = 1764633600.0
"""2 December 2025, the release of Chrome 143; a version every four weeks, from 8 September 2026 every two."""
FASTER = 1788825600.0


def headers(**given: str) -> dict[str, str]:
    """All recorded headers; what is not given was not sent."""
    return {name: given.get(name.replace("-", "_"), "") for name in NAMES}


def chrome_version(at: float) -> int:
    """The newest stable version."""
    if at < FASTER:
        return 143 + int((at - CHROME_143) // (28 * DAY))
    return 153 + int((at - FASTER) // (14 * DAY))


@dataclass
class Browser:
    """What makes requests: its agent, and its headers for a page and for a picture."""

    agent: str | None
    page: dict[str, str]
    image: dict[str, str]
    mobile: bool = False
    traits: dict[str, str] = field(default_factory=dict)


def _language(rng: Random, usual: str) -> str:
    if rng.random() < 0.95:
        return usual
    return rng.choice(
        ("en-US,en;q=0.9", "zh-CN,zh;q=0.9", "pt-BR,pt;q=0.9,ja;q=0.8", "vi-VN,vi;q=0.9,ja;q=0.8", "ko-KR,ko;q=0.9")
    )


def _lag(rng: Random, newest: int) -> int:
    share = rng.random()
    if share < 0.74:
        return newest - rng.choice((0, 0, 0, 1))
    if share < 0.94:
        return newest - rng.randint(1, 4)
    return newest - rng.randint(5, 20)


def _hints(brand: str, version: int) -> str:
    return f'"Chromium";v="{version}", "{brand}";v="{version}", "Not A(Brand";v="24"'


def chromium(
    rng: Random,
    at: float,
    system: str,
    brand: str = "Google Chrome",
    language: str | None = None,
    version: int | None = None,
) -> Browser:
    """Chrome, Edge or another Chromium on a system as it names itself."""
    version = version or _lag(rng, chrome_version(at))
    mobile = "Android" in system
    agent = (
        f"Mozilla/5.0 ({system}) AppleWebKit/537.36 (KHTML, like Gecko) "
        f"Chrome/{version}.0.0.0 {'Mobile ' if mobile else ''}Safari/537.36"
    )
    if brand == "Microsoft Edge":
        agent += f" Edg{'A' if mobile else ''}/{version}.0.0.0"
    usual = "ja,en;q=0.9,en-GB;q=0.8,en-US;q=0.7" if brand == "Microsoft Edge" else "ja,en-US;q=0.9,en;q=0.8"
    words, hints = language or _language(rng, usual), _hints(brand, version) if version > 88 else ""
    fetch = version > 79
    return Browser(
        agent,
        headers(
            accept=CHROME_HTML,
            accept_language=words,
            sec_ch_ua=hints,
            sec_fetch_dest="document" if fetch else "",
            sec_fetch_mode="navigate" if fetch else "",
        ),
        headers(
            accept=CHROME_IMAGE,
            accept_language=words,
            sec_ch_ua=hints,
            sec_fetch_dest="image" if fetch else "",
            sec_fetch_mode="no-cors" if fetch else "",
        ),
        mobile,
    )


WINDOWS = "Windows NT 10.0; Win64; x64"
MAC = "Macintosh; Intel Mac OS X 10_15_7"
ANDROID = "Linux; Android 10; K"
LINUX = "X11; Linux x86_64"
CROS = "X11; CrOS x86_64 14541.0.0"


def _webkit(agent: str, language: str, old: bool = False) -> Browser:
    dest, mode = ("", "") if old else ("document", "navigate")
    return Browser(
        agent,
        headers(accept=SAFARI_HTML, accept_language=language, sec_fetch_dest=dest, sec_fetch_mode=mode),
        headers(
            accept=SAFARI_IMAGE,
            accept_language=language,
            sec_fetch_dest="" if old else "image",
            sec_fetch_mode="" if old else "no-cors",
        ),
    )


def iphone(rng: Random, at: float) -> Browser:
    """Safari on an iPhone; some stay on older systems for years."""
    share = rng.random()
    words = _language(rng, rng.choice(("ja", "ja-JP,ja;q=0.9")))
    if share < 0.66:
        newest = 27.0 if at > 1789430400 else 26.0 + int(max(0.0, at - 1757894400) // (50 * DAY)) / 10
        system, version = "18_6", f"{max(26.0, newest - rng.choice((0, 0, 0.1))):.1f}"
    elif share < 0.93:
        system, version = rng.choice((("18_7", "18.6"), ("18_5", "18.5"), ("17_7", "17.6"), ("18_3_2", "18.3.1")))
    else:
        system, version = rng.choice((("16_7_11", "16.6"), ("15_8_4", "15.6.6"), ("12_5_7", "12.1.2")))
    found = _webkit(
        f"Mozilla/5.0 (iPhone; CPU iPhone OS {system} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
        f"Version/{version} Mobile/15E148 Safari/604.1",
        words,
        old=system[:2] in ("15", "12"),
    )
    found.mobile = True
    found.traits["system"] = system
    return found


def mac_safari(rng: Random, at: float) -> Browser:
    """Safari on a Mac (or an iPad, which names itself the same)."""
    version = "27.0" if at > 1789430400 and rng.random() < 0.7 else rng.choice(("26.1", "26.2", "18.6", "17.6"))
    return _webkit(
        f"Mozilla/5.0 ({MAC}) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/{version} Safari/605.1.15",
        _language(rng, "ja"),
    )


def firefox(rng: Random, at: float, system: str = WINDOWS, name: str = "Firefox") -> Browser:
    """Firefox or, with ``name``, Thunderbird; a third on the long-lived version 140."""
    version = 140 if name != "Firefox" or rng.random() < 0.3 else chrome_version(at) + 3 - rng.choice((0, 0, 1))
    minor = f"{version}.{rng.randint(1, 12)}.0" if name != "Firefox" else f"{version}.0"
    agent = f"Mozilla/5.0 ({system}; rv:{version}.0) Gecko/20100101 {name}/{minor}"
    words = _language(rng, "ja,en-US;q=0.7,en;q=0.3" if version < 142 else "ja,en-US;q=0.9,en;q=0.8")
    return Browser(
        agent,
        headers(accept=HTML + "*/*;q=0.8", accept_language=words, sec_fetch_dest="document", sec_fetch_mode="navigate"),
        headers(
            accept=("image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5"),
            accept_language=words,
            sec_fetch_dest="image",
            sec_fetch_mode="no-cors",
        ),
    )


def trident(rng: Random) -> Browser:
    """Internet Explorer's engine: Edge in IE mode (supported until 2029) and mail programs built on it."""
    agent = "Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko"
    return Browser(
        agent,
        headers(accept="text/html, application/xhtml+xml, */*", accept_language="ja-JP"),
        headers(accept="image/png, image/svg+xml, image/*;q=0.8, */*;q=0.5", accept_language="ja-JP"),
    )


def android(rng: Random, at: float) -> Browser:
    """Chrome on a telephone, with some of Samsung's browser and of Firefox."""
    share = rng.random()
    if share < 0.86:
        return chromium(rng, at, ANDROID)
    if share < 0.95:
        found = chromium(rng, at, ANDROID, "Samsung Internet", version=rng.choice((130, 136)))
        found.agent = str(found.agent).replace("Chrome/", "SamsungBrowser/29.0 Chrome/")
        return found
    return firefox(rng, at, "Android 15; Mobile")


def webview(rng: Random, at: float, app: str) -> Browser:
    """The browser within an app on Android."""
    found = chromium(
        rng,
        at,
        (
            f"Linux; Android {rng.randint(11, 16)}; "
            f"{rng.choice(('SO-51D', 'SH-53D', 'F-52E', 'Pixel 8a', 'SCG27'))} "
            "Build/XXXX; wv"
        ),
        "Android WebView",
    )
    found.agent = (
        str(found.agent)
        .replace("Safari/537.36", "Safari/537.36 " + app)
        .replace("KHTML, like Gecko) ", "KHTML, like Gecko) Version/4.0 ")
    )
    return found


def desktop(rng: Random, at: float) -> Browser:
    """The browsers of Japanese desktops (Statcounter 2026: Chrome 6 in 10, Edge 2, Safari and Firefox less than 1)."""
    share = rng.random()
    if share < 0.56:
        return chromium(rng, at, WINDOWS if rng.random() < 0.85 else MAC)
    if share < 0.84:
        return chromium(rng, at, WINDOWS, "Microsoft Edge")
    return mac_safari(rng, at) if share < 0.93 else firefox(rng, at)


def dated(rng: Random, at: float) -> Browser:
    """A machine that nobody renews: Windows 7 or 8.1 with the last Chrome for it, an old tablet."""
    system, version = rng.choice(
        (
            ("Windows NT 6.1; Win64; x64", 109),
            ("Windows NT 6.3; Win64; x64", 109),
            ("Linux; Android 7.0; SH-M04", 119),
            ("Linux; Android 6.0.1; SO-02H", 106),
            ("Macintosh; Intel Mac OS X 10_13_6", 116),
        )
    )
    return chromium(rng, at, system, version=version)


def machine(agent: str | None, accept: str = "*/*", language: str = "", **given: str) -> Browser:
    """A program that sends few headers; without an agent where it is None."""
    sent = headers(accept=accept, accept_language=language, **given)
    return Browser(agent or "", sent, dict(sent))


def headless(
    rng: Random,
    at: float,
    version: int | None = None,
    language: str = "en-US,en;q=0.9",
    bare: bool = False,
    system: str | None = None,
) -> Browser:
    """A Chrome that a program drives; ``bare``: only the agent is Chrome's, the library sends little else."""
    found = chromium(
        rng,
        at,
        system or rng.choice((WINDOWS, WINDOWS, LINUX, MAC)),
        version=version or chrome_version(at) - rng.randint(0, 30),
        language=language or "x",
    )
    if bare:
        return machine(
            found.agent, accept=rng.choice(("*/*", SAFARI_HTML, "")), language=language if rng.random() < 0.3 else ""
        )
    if not language:
        found.page["accept-language"] = found.image["accept-language"] = ""
    return found
