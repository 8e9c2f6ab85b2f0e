"""Browsers as people use them from 2024 to 2026: agents, headers of pages and of pictures, client hints.

Agents: frozen and reduced ones as chromium.org (User-Agent reduction, complete since Chrome 113), Mozilla (MDN "User-
Agent",
2025) and WebKit (iOS 26 freezes the system's version, 2025) describe. Fetch metadata: W3C draft, in Chromium since 80,
Firefox 90, Safari 16.4. Accept: MDN "List of default Accept values", 2025. Releases: every four weeks.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

DAY = 86_400.0
_CHROME_130 = 1_728_950_400  # 15 October 2024
_FIREFOX_131 = 1_727_740_800  # 1 October 2024
_IOS = [
    (1_725_000_000, "17_6_1", "17.6"), (1_726_500_000, "18_0", "18.0"), (1_730_100_000, "18_1", "18.1"),
    (1_733_900_000, "18_2", "18.2"), (1_738_000_000, "18_3", "18.3"), (1_743_400_000, "18_4", "18.4"),
    (1_747_000_000, "18_5", "18.5"), (1_753_800_000, "18_6", "18.6"), (1_757_900_000, "18_6", "26.0"),
    (1_762_200_000, "18_7", "26.1"), (1_765_500_000, "18_7", "26.2"), (1_770_800_000, "18_7", "26.3"),
    (1_775_000_000, "18_7", "26.4"),
]  # fmt: skip
_PAGE = "text/html,application/xhtml+xml,application/xml;q=0.9"
_CHROME_PAGE = f"{_PAGE},image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7"
_CHROME_IMAGE = "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8"
_PLAIN_PAGE = f"{_PAGE},*/*;q=0.8"
_WEBKIT_IMAGE = (
    "image/webp,image/avif,image/jxl,image/heic,image/heic-sequence,video/*;q=0.8,"
    "image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5"
)
_MODELS = ["SO-51D", "SC-51D", "SH-51C", "Pixel 8", "Pixel 7a", "SOG12", "A303SH", "moto g53j 5G", "CPH2557", "SCG22"]

Maker = Callable[[random.Random, float], "Browser"]


@dataclass(frozen=True)
class Browser:
    """A program that asks: its agent, and its headers for a page and for a picture."""

    agent: str
    page: dict[str, str]
    image: dict[str, str]


def chrome_version(rng: random.Random, day: float) -> int:
    """The major version of a Chromium at *day* (seconds since 1970): most are new, a tail is not updated."""
    newest = 130 + int((day - _CHROME_130) / (29.5 * DAY))
    return newest - rng.choices([0, 1, 2, rng.randint(3, 8), rng.randint(9, 25)], [58, 25, 6, 7, 4])[0]


def languages(rng: random.Random, style: str) -> str:
    """Accept-Language of a reader in Japan; one in fifteen has another language first."""
    if rng.random() < 0.07:
        return rng.choice(
            ["en-US,en;q=0.9", "en-US,en;q=0.9,ja;q=0.8", "zh-CN,zh;q=0.9,ja;q=0.8", "pt-BR,pt;q=0.9,ja;q=0.7"]
        )
    if style == "firefox":
        return rng.choice(["ja,en-US;q=0.7,en;q=0.3", "ja,en-US;q=0.9,en;q=0.8"])
    if style == "safari":
        return rng.choice(["ja", "ja-JP,ja;q=0.9", "ja-JP,ja;q=0.9", "ja,en-US;q=0.9,en;q=0.8"])
    return rng.choice(
        [
            "ja,en-US;q=0.9,en;q=0.8",
            "ja",
            "ja-JP,ja;q=0.9",
            "ja-JP,ja;q=0.9,en-US;q=0.8,en;q=0.7",
            "ja,en;q=0.9,en-GB;q=0.8,en-US;q=0.7",
        ]
    )


def hints(version: int, brand: str) -> str:
    """Sec-CH-UA with a greased brand, whose text and place change by version."""
    grease = ['"Not=A?Brand";v="24"', '"Not_A Brand";v="8"', '"Not)A;Brand";v="99"', '"Not/A)Brand";v="8"'][version % 4]
    parts = [f'"Chromium";v="{version}"', f'"{brand}";v="{version}"', grease]
    return ", ".join(parts[version % 3 :] + parts[: version % 3])


def _fetched(accept: str, language: str, destination: str, **more: str) -> dict[str, str]:
    mode = {"document": "navigate", "image": "no-cors"}[destination]
    return {
        "accept": accept,
        "accept-language": language,
        "sec-fetch-dest": destination,
        "sec-fetch-mode": mode,
        **{name.replace("_", "-"): value for name, value in more.items()},
    }


def chromium(agent: str, version: int, brand: str, language: str) -> Browser:
    """A browser on Chromium, with client hints since version 89."""
    more = {"sec_ch_ua": hints(version, brand)} if version >= 89 else {}
    return Browser(
        agent, _fetched(_CHROME_PAGE, language, "document", **more), _fetched(_CHROME_IMAGE, language, "image", **more)
    )


def _chromium_agent(system: str, version: int, tail: str = "", mobile: str = "") -> str:
    engine = f"AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{version}.0.0.0"
    return f"Mozilla/5.0 ({system}) {engine} {mobile}Safari/537.36{tail}"


def chrome(rng: random.Random, day: float) -> Browser:
    """Chrome on a desktop."""
    systems = ["Windows NT 10.0; Win64; x64", "Macintosh; Intel Mac OS X 10_15_7", "X11; Linux x86_64"]
    version, system = chrome_version(rng, day), rng.choices(systems, [80, 17, 3])[0]
    return chromium(_chromium_agent(system, version), version, "Google Chrome", languages(rng, "chrome"))


def edge(rng: random.Random, day: float) -> Browser:
    """Edge on Windows."""
    version = chrome_version(rng, day)
    agent = _chromium_agent("Windows NT 10.0; Win64; x64", version, f" Edg/{version}.0.0.0")
    return chromium(agent, version, "Microsoft Edge", languages(rng, "chrome"))


def firefox(rng: random.Random, day: float) -> Browser:
    """Firefox on a desktop, one in four the extended support release."""
    version = 131 + int((day - _FIREFOX_131) / (28 * DAY)) - rng.choice([0, 0, 0, 1, 2])
    if rng.random() < 0.25:
        version = 128 if version < 143 else 140
    system = rng.choice(["Windows NT 10.0; Win64; x64"] * 4 + ["X11; Linux x86_64", "Macintosh; Intel Mac OS X 10.15"])
    agent = f"Mozilla/5.0 ({system}; rv:{version}.0) Gecko/20100101 Firefox/{version}.0"
    language = languages(rng, "firefox")
    images = "image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5"
    return Browser(agent, _fetched(_PLAIN_PAGE, language, "document"), _fetched(images, language, "image"))


def _ios(rng: random.Random, day: float) -> tuple[str, str]:
    known = [(system, version) for since, system, version in _IOS if since <= day] or [("17_5_1", "17.5")]
    return known[-1 - min(rng.choices([0, 1, 2, 4, 8], [60, 20, 10, 7, 3])[0], len(known) - 1)]


def safari_phone(rng: random.Random, day: float) -> Browser:
    """Safari on an iPhone or iPad (the latter calls itself a Mac)."""
    system, version = _ios(rng, day)
    if rng.random() < 0.1:
        return safari_mac(rng, day)
    agent = (
        f"Mozilla/5.0 (iPhone; CPU iPhone OS {system} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
        f"Version/{version} Mobile/15E148 Safari/604.1"
    )
    language = languages(rng, "safari")
    return Browser(agent, _fetched(_PLAIN_PAGE, language, "document"), _fetched(_WEBKIT_IMAGE, language, "image"))


def safari_mac(rng: random.Random, day: float) -> Browser:
    """Safari on a Mac."""
    _, version = _ios(rng, day)
    agent = (
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
        f"Version/{version} Safari/605.1.15"
    )
    language = languages(rng, "safari")
    return Browser(agent, _fetched(_PLAIN_PAGE, language, "document"), _fetched(_WEBKIT_IMAGE, language, "image"))


def chrome_phone(rng: random.Random, day: float) -> Browser:
    """Chrome on Android."""
    version = chrome_version(rng, day)
    agent = _chromium_agent("Linux; Android 10; K", version, mobile="Mobile ")
    return chromium(agent, version, "Google Chrome", languages(rng, "chrome"))


def samsung(rng: random.Random, day: float) -> Browser:
    """Samsung Internet."""
    version = chrome_version(rng, day) - 8
    agent = (
        "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) "
        f"SamsungBrowser/{version // 5}.0 Chrome/{version}.0.0.0 Mobile Safari/537.36"
    )
    return chromium(agent, version, "Samsung Internet", languages(rng, "chrome"))


def webview(rng: random.Random, day: float, app: str, ios: str = "") -> Browser:
    """A page inside an app: Android's WebView or iOS's WKWebView, with the app's own words at the end."""
    if rng.random() < 0.6:
        system, _ = _ios(rng, day)
        agent = (
            f"Mozilla/5.0 (iPhone; CPU iPhone OS {system} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
            f"Mobile/15E148 {ios or app}"
        ).strip()
        language = languages(rng, "safari")
        return Browser(agent, _fetched(_PLAIN_PAGE, language, "document"), _fetched(_WEBKIT_IMAGE, language, "image"))
    version, build = chrome_version(rng, day), rng.randint(6_000, 7_400)
    agent = (
        f"Mozilla/5.0 (Linux; Android {rng.randint(11, 15)}; {rng.choice(_MODELS)} Build/{_build(rng)}; wv) "
        f"AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/{version}.0.{build}.{rng.randint(30, 200)} "
        f"Mobile Safari/537.36 {app}"
    ).strip()
    return chromium(agent, version, "Android WebView", languages(rng, "chrome"))


def _build(rng: random.Random) -> str:
    return f"{rng.choice(['UP1A', 'TP1A', 'AP3A', 'UKQ1'])}.{rng.randint(230101, 251205)}.{rng.randint(1, 20):03}"


def desktop(rng: random.Random, day: float) -> Browser:
    """A desktop's browser, by their shares in Japan (StatCounter, 2025)."""
    return rng.choices([chrome, edge, firefox, safari_mac], [58, 24, 8, 10])[0](rng, day)


def phone(rng: random.Random, day: float) -> Browser:
    """A phone's browser, by their shares in Japan (StatCounter, 2025)."""
    return rng.choices([safari_phone, chrome_phone, samsung], [58, 39, 3])[0](rng, day)


def old_browser(rng: random.Random, day: float) -> Browser:
    """A browser that its system no longer updates: the last ones for Windows 7, old phones, Internet Explorer 11."""
    language = languages(rng, "chrome")
    chosen = rng.randrange(5)
    if chosen == 0:
        agent = _chromium_agent("Windows NT 6.1; Win64; x64", 109)
        return chromium(agent, 109, "Google Chrome", language)
    if chosen == 1:
        agent = "Mozilla/5.0 (Windows NT 6.1; Win64; x64; rv:115.0) Gecko/20100101 Firefox/115.0"
        return Browser(
            agent, _fetched(_PLAIN_PAGE, language, "document"), _fetched("image/avif,image/webp,*/*", language, "image")
        )
    if chosen == 2:
        agent = (
            f"Mozilla/5.0 (Linux; Android 7.0; {rng.choice(['SO-01J', 'SH-02J', 'F-04J', 'SC-02H'])}) "
            "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/119.0.0.0 Mobile Safari/537.36"
        )
        return chromium(agent, 119, "Google Chrome", language)
    if chosen == 3:
        agent = (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 12_5_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
            "Version/12.1.2 Mobile/15E148 Safari/604.1"
        )
        return Browser(
            agent,
            {"accept": f"{_PAGE},*/*;q=0.8", "accept-language": "ja-jp"},
            {"accept": "image/png,image/svg+xml,image/*;q=0.8,video/*;q=0.8,*/*;q=0.5", "accept-language": "ja-jp"},
        )
    agent = "Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko"
    return Browser(
        agent,
        {"accept": "text/html, application/xhtml+xml, image/jxr, */*", "accept-language": "ja-JP"},
        {"accept": "image/png, image/svg+xml, image/jxr, image/*;q=0.8, */*;q=0.5", "accept-language": "ja-JP"},
    )


def text_browser(rng: random.Random, day: float) -> Browser:
    """A browser without pictures."""
    agent, accept = rng.choice(
        [
            ("w3m/0.5.3+git20230121", "text/html, text/*;q=0.5, image/*"),
            (
                "Lynx/2.9.0dev.12 libwww-FM/2.14 SSL-MM/1.4.1 GNUTLS/3.7.8",
                "text/html, text/plain, text/sgml, text/css, */*;q=0.01",
            ),
            ("ELinks/0.16.1.1 (textmode; Linux 6.1 x86_64; 120x40-2)", "*/*"),
            ("URL/Emacs Emacs/29.4 (X-Window; x86_64-pc-linux-gnu)", "*/*"),
        ]
    )
    headers = {"accept": accept, "accept-language": rng.choice(["ja;q=1.0, en;q=0.5", "ja", "ja,en"])}
    return Browser(agent, headers, headers)


def private_browser(rng: random.Random, day: float) -> Browser:
    """A browser that gives little away: Tor Browser, LibreWolf, Brave, or an extension that removes headers."""
    chosen = rng.randrange(4)
    if chosen == 0:
        version = 128 if day < 1_760_000_000 else 140
        agent = f"Mozilla/5.0 (Windows NT 10.0; rv:{version}.0) Gecko/20100101 Firefox/{version}.0"
        language = "en-US,en;q=0.5"
        return Browser(
            agent, _fetched(_PLAIN_PAGE, language, "document"), _fetched("image/avif,image/webp,*/*", language, "image")
        )
    if chosen == 1:
        found = firefox(rng, day)
        return Browser(found.agent, {**found.page, "accept-language": "en-US,en;q=0.5"}, found.image)
    found = chrome(rng, day)
    if chosen == 2:
        brand = hints(int(found.agent.split("Chrome/")[1].split(".")[0]), "Brave")
        return Browser(found.agent, {**found.page, "sec-ch-ua": brand}, {**found.image, "sec-ch-ua": brand})
    kept = {name: value for name, value in found.page.items() if name in ("accept", "sec-fetch-dest", "sec-fetch-mode")}
    return Browser(found.agent, kept, {**kept, "accept": _CHROME_IMAGE, "sec-fetch-dest": "image"})
