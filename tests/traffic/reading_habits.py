"""People's habits: tabs, double-clicks, returns, several devices and networks."""

from __future__ import annotations

from . import programs
from .address_space import address, neighbour
from .home_readers import at_home, mobile, reads
from .programs import Browser
from .reading_scene import DAY, HOUR, Scene


def three_tabs(s: Scene) -> None:
    """Three links opened into tabs within a second or two with the middle button."""
    at, browser, where = s.opening(), programs.desktop(s.rng, s.delivered), at_home(s)
    s.open(at, where, browser)
    now = at + s.spread(20, 2)
    for link in sorted(s.rng.sample(range(1, s.links + 1), 3)):
        s.click(now, link, where, browser)
        now += 0.2 + s.rng.random() * 0.45


def many_tabs(s: Scene) -> None:
    """Somebody opens four to eight tabs of a digest, one every second or four, and reads later."""
    at, browser, where = s.opening(), programs.desktop(s.rng, s.delivered), at_home(s)
    s.open(at, where, browser)
    now = at + s.spread(15, 2)
    for link in sorted(s.rng.sample(range(1, s.links + 1), min(max(2, s.links // 2), s.rng.randint(4, 8)))):
        s.click(now, link, where, browser)
        now += s.spread(2.2, 1.7)


def returning(s: Scene) -> None:
    """Opens again for days and weeks."""
    browser, where, at = programs.desktop(s.rng, s.delivered), at_home(s), s.opening()
    for _ in range(s.rng.randint(2, 6)):
        s.open(at, where, browser)
        reads(s, at, browser, lambda: where, 0.4)
        at += s.spread(2 * DAY, 3)


def late(s: Scene) -> None:
    """First reads after days to three months."""
    browser, where = (
        programs.desktop(s.rng, s.delivered) if s.chance(0.5) else programs.android(s.rng, s.delivered),
        at_home(s),
    )
    at = min(100 * DAY, s.spread(12 * DAY, 2.5))
    s.open(at, where, browser)
    reads(s, at, browser, lambda: where)


def double_click(s: Scene) -> None:
    """Double-clicks links, as on icons: each twice within a second."""
    browser, where, at = programs.desktop(s.rng, s.delivered), at_home(s), s.opening()
    s.open(at, where, browser)
    for when, link in reads(s, at, browser, lambda: where, 1.0, most=3):
        s.click(when + 0.15 + s.rng.random() * 0.6, link, where, browser)


def two_devices(s: Scene) -> None:
    """Looks on the telephone, reads on the desktop in the evening."""
    phone, computer = programs.android(s.rng, s.delivered), programs.desktop(s.rng, s.delivered)
    away, home, at = mobile(s), at_home(s), s.opening()
    s.open(at, away, phone)
    reads(s, at, phone, lambda: away, 0.25, most=1)
    later = at + s.spread(7 * HOUR, 1.5)
    s.open(later, home, computer)
    reads(s, later, computer, lambda: home, 0.8)


def changing_address(s: Scene) -> None:
    """From wireless at home to the telephone network, or a carrier's pool that changes from click to click."""
    browser, at, pool = programs.android(s.rng, s.delivered), s.opening(), mobile(s)
    s.open(at, at_home(s), programs.webview(s.rng, s.delivered, ""))
    reads(s, at, browser, lambda: neighbour(s.rng, pool, 18), 0.95)


def dual_stack(s: Scene) -> None:
    """IPv4 and IPv6 at once: the pixel by one, clicks by either."""
    browser, at, four, six = (
        programs.desktop(s.rng, s.delivered),
        s.opening(),
        address(s.rng, "home4"),
        address(s.rng, "home6"),
    )
    s.open(at, four, browser)
    reads(s, at, browser, lambda: six if s.chance(0.6) else four, 0.9)


def consumer_vpn(s: Scene) -> None:
    """A consumer's VPN: a data centre's address, everything else a person's."""
    browser, at = (
        programs.desktop(s.rng, s.delivered) if s.chance(0.6) else programs.iphone(s.rng, s.delivered),
        s.opening(),
    )
    where = address(s.rng, "vpn")
    s.open(at, where, browser)
    reads(s, at, browser, lambda: where)


def abroad(s: Scene) -> None:
    """A reader who lives in another country, with its language."""
    browser = programs.chromium(
        s.rng,
        s.delivered,
        programs.WINDOWS,
        language=s.rng.choice(
            ("en-US,en;q=0.9", "en-GB,en;q=0.9,ja;q=0.8", "de-DE,de;q=0.9,en;q=0.8", "pt-BR,pt;q=0.9")
        ),
    )
    where, at = address(s.rng, "abroad"), s.opening()
    s.open(at, where, browser)
    reads(s, at, browser, lambda: where)


def screen_reader(s: Scene) -> None:
    """Hears the letter and follows links one after the other; pictures are off."""
    browser = (
        programs.firefox(s.rng, s.delivered)
        if s.chance(0.5)
        else programs.chromium(s.rng, s.delivered, programs.WINDOWS)
    )
    where, at = at_home(s), s.opening() + s.spread(60, 2)
    for link in range(1, 1 + s.rng.randint(2, min(7, s.links))):
        s.click(at, link, where, browser)
        at += s.spread(75, 1.8)


def printing(s: Scene) -> None:
    """Opens the letter in the browser and prints it: pictures load twice."""
    browser, where, at = programs.desktop(s.rng, s.delivered), at_home(s), s.opening()
    s.open(at, where, browser)
    s.view(at + 12, where, browser)
    s.open(at + 13, where, browser)
    s.open(at + 13 + s.spread(15, 1.5), where, browser)
    reads(s, at + 60, browser, lambda: where, 0.3)


def translated(s: Scene) -> None:
    """Lets Google translate the letter and its links: Google's machines fetch for a person."""
    browser = programs.chromium(
        s.rng,
        s.delivered,
        programs.WINDOWS,
        language=s.rng.choice(("vi-VN,vi;q=0.9", "pt-BR,pt;q=0.9", "en-US,en;q=0.9")),
    )
    by = Browser(f"{browser.agent},gzip(gfe) (via translate.google.com)", browser.page, browser.image)
    where, at = at_home(s), s.opening()
    s.open(at, where, browser)
    reads(s, at, by, lambda: address(s.rng, "google_proxy"), 0.9, most=2)
