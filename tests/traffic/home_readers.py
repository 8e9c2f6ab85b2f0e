"""People at home and on the way: their mail programs, browsers, networks and habits."""

from __future__ import annotations

from collections.abc import Callable

from . import programs
from .address_space import address
from .programs import Browser
from .reading_scene import HOUR, MINUTE, Scene

CLICKS = 0.62
"""Of those who open, how many click; more than in reality, so that clicks are many."""


def at_home(s: Scene) -> str:
    """An access line at home; half with IPv6."""
    return address(s.rng, "home4" if s.chance(0.5) else "home6")


def mobile(s: Scene) -> str:
    """A telephone's address."""
    return address(s.rng, "docomo", "au", "softbank", "rakuten")


def reads(
    s: Scene,
    start: float,
    browser: Browser,
    where: Callable[[], str],
    share: float = CLICKS,
    source: str = "",
    most: int = 6,
) -> list[tuple[float, int]]:
    """Clicks of one who began to read at ``start``; gives time and link of each."""
    done: list[tuple[float, int]] = []
    if not s.chance(share):
        return done
    at = start + s.spread(14, 2.2)
    for link in s.wanted(most):
        s.click(at, link, where(), browser, source=source)
        done.append((at, link))
        if s.chance(0.05):
            s.click(at + s.spread(20, 3), link, where(), browser, source=source)
        at += s.spread(28, 2.6)
    return done


def gmail_proxy() -> Browser:
    """Gmail's picture proxy (stands for a person's opening, or fetches before)."""
    return programs.machine(
        "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)", accept="*/*"
    )


def mpp() -> Browser:
    """Apple's Mail Privacy Protection: a bare agent, through a relay."""
    return programs.machine("Mozilla/5.0", accept="*/*", language="")


def iphone_direct(s: Scene) -> None:
    """Apple Mail on an iPhone without protection: pictures from the telephone."""
    safari, where = programs.iphone(s.rng, s.delivered), mobile(s) if s.chance(0.6) else at_home(s)
    mail = Browser(
        (
            f"Mozilla/5.0 (iPhone; CPU iPhone OS {safari.traits['system']} like Mac "
            "OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148"
        ),
        safari.page,
        safari.image,
    )
    at = s.opening()
    s.open(at, where, mail)
    reads(s, at, safari, lambda: where)


def _protected(s: Scene, safari: Browser, where: Callable[[], str]) -> None:
    loads, relay = s.spread(25 * MINUTE, 6), address(s.rng, "relay")
    s.open(loads, relay, mpp(), "machine")
    if s.chance(0.12):
        s.open(loads + s.spread(3 * HOUR, 3), address(s.rng, "relay"), mpp(), "machine")
    reads(s, max(s.opening(), loads), safari, where)


def iphone_mpp(s: Scene) -> None:
    """Apple Mail with protection (most have it): the relay loads in the background, clicks come from the telephone."""
    where = mobile(s) if s.chance(0.6) else at_home(s)
    _protected(s, programs.iphone(s.rng, s.delivered), lambda: where)


def mac_mpp(s: Scene) -> None:
    """The same on a Mac."""
    where = at_home(s)
    _protected(s, programs.mac_safari(s.rng, s.delivered), lambda: where)


def private_relay(s: Scene) -> None:
    """iCloud Private Relay: Safari's clicks, too, come from a relay, and change it."""
    safari = programs.iphone(s.rng, s.delivered) if s.chance(0.7) else programs.mac_safari(s.rng, s.delivered)
    first = address(s.rng, "relay")
    _protected(s, safari, lambda: first if s.chance(0.7) else address(s.rng, "relay"))


def _gmail(s: Scene, browser: Browser, where: str) -> None:
    at = s.opening()
    s.open(at, address(s.rng, "google_proxy"), gmail_proxy(), "proxy", told=at > 10)
    if s.chance(0.15):
        s.open(at + s.spread(5 * HOUR, 3), address(s.rng, "google_proxy"), gmail_proxy(), "proxy")
    reads(s, at, browser, lambda: where)


def gmail_android(s: Scene) -> None:
    """Gmail's app: pictures by Google's proxy when somebody opens."""
    _gmail(s, programs.android(s.rng, s.delivered), mobile(s) if s.chance(0.55) else at_home(s))


def gmail_web(s: Scene) -> None:
    """Gmail in a desktop browser."""
    _gmail(s, programs.desktop(s.rng, s.delivered), at_home(s))


def gmail_prefetch(s: Scene) -> None:
    """Gmail fetches pictures of some letters half a second to eight seconds after delivery, unopened."""
    s.open(0.5 + s.rng.random() * 7.5, address(s.rng, "google_proxy"), gmail_proxy(), "machine")
    if s.chance(0.7):
        _gmail(s, programs.android(s.rng, s.delivered), mobile(s))


def yahoo_proxy(s: Scene) -> None:
    """Yahoo! Mail (USA): pictures by its proxy."""
    at, browser, where = s.opening(), programs.desktop(s.rng, s.delivered), at_home(s)
    s.open(
        at,
        address(s.rng, "yahoo"),
        programs.machine("YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html"),
        "proxy",
    )
    reads(s, at, browser, lambda: where)


def yahoo_japan(s: Scene) -> None:
    """Yahoo! JAPAN's mail in a browser: pictures directly."""
    at, browser, where = s.opening(), programs.desktop(s.rng, s.delivered), at_home(s)
    s.open(at, where, browser)
    reads(s, at, browser, lambda: where)


def thunderbird(s: Scene) -> None:
    """Thunderbird: pictures from the program once allowed, the click in the browser."""
    at, browser, where = s.opening(), programs.desktop(s.rng, s.delivered), at_home(s)
    s.open(at, where, programs.firefox(s.rng, s.delivered, name="Thunderbird"))
    reads(s, at, browser, lambda: where)


def becky(s: Scene) -> None:
    """A Japanese mail program on Internet Explorer's engine; the agent of its pictures is old, its person is not."""
    old = programs.machine(
        ("Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 10.0; WOW64; Trident/7.0; .NET4.0C; .NET4.0E)"),
        language="ja-JP",
    )
    at, browser, where = s.opening(), programs.desktop(s.rng, s.delivered), at_home(s)
    s.open(at, where, old)
    reads(s, at, browser, lambda: where)


def carrier_mail(s: Scene) -> None:
    """A carrier's mail app on Android: a webview."""
    view, where, at = programs.webview(s.rng, s.delivered, ""), mobile(s), s.opening()
    s.open(at, where, view)
    reads(s, at, programs.android(s.rng, s.delivered) if s.chance(0.7) else view, lambda: where)


def old_machine(s: Scene) -> None:
    """Windows 7, an old tablet: dated browsers are people's, too."""
    at, browser, where = s.opening(), programs.dated(s.rng, s.delivered), at_home(s)
    s.open(at, where, browser)
    reads(s, at, browser, lambda: where)


def text_only(s: Scene) -> None:
    """Pictures are off: clicks alone."""
    browser, where = programs.desktop(s.rng, s.delivered), at_home(s)
    reads(s, s.opening(), browser, lambda: where, 0.95)


def terminal(s: Scene) -> None:
    """mutt with w3m or Lynx, at a university."""
    browser = programs.machine(
        s.rng.choice(("w3m/0.5.3+git20230121", "Lynx/2.9.2 libwww-FM/2.14 SSL-MM/1.4.1 OpenSSL/3.0.15")),
        accept="text/html, text/*;q=0.5, image/*",
        language="ja;q=1.0, en;q=0.5",
    )
    where = address(s.rng, "school")
    reads(s, s.opening(), browser, lambda: where, 0.95, most=3)
