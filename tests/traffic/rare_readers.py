"""Rarer readers and machines, each a trap for a simple rule."""

from __future__ import annotations

from . import home_readers, office_readers, programs
from .address_space import address
from .home_readers import at_home, reads
from .programs import Browser
from .reading_scene import DAY, HOUR, MINUTE, Scene


def short_letter_reader(s: Scene) -> None:
    """Reads everything: follows up to five links in their order, some seconds apart, and no others are left."""
    at, browser, where = s.opening(), programs.desktop(s.rng, s.delivered), at_home(s)
    s.open(at, where, browser)
    now = at + s.spread(12, 2)
    for link in range(1, min(s.links, 5) + 1):
        s.click(now, link, where, browser)
        now += s.spread(9, 1.8)


def tor(s: Scene) -> None:
    """Tor Browser: an exit in a data centre, English whatever the reader speaks, pictures off."""
    browser, where = programs.firefox(s.rng, s.delivered), address(s.rng, "hosting", "vpn")
    browser.agent = "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0"
    browser.page["accept-language"] = "en-US,en;q=0.5"
    reads(s, s.opening(), browser, lambda: where, 0.95, most=3)


def proton(s: Scene) -> None:
    """Proton, Fastmail and HEY: pictures through the provider's own proxy when somebody opens."""
    at, browser, where = s.opening(), programs.desktop(s.rng, s.delivered), at_home(s)
    agent = s.rng.choice(
        (
            "Mozilla/5.0 (compatible; Fastmail Image Proxy)",
            "Mozilla/5.0 (X11; Linux x86_64) ProtonMail image proxy",
            "HEY Mail Image Proxy",
        )
    )
    s.open(at, address(s.rng, "hosting"), programs.machine(agent, accept="image/*"), "proxy")
    reads(s, at, browser, lambda: where)


def silk(s: Scene) -> None:
    """Amazon's Fire tablets: the browser goes through Amazon's cloud."""
    at, where = s.opening(), address(s.rng, "aws_tokyo")
    browser = programs.chromium(
        s.rng, s.delivered, "Linux; Android 11; KFQUWI", "Amazon Silk", version=programs.chrome_version(s.delivered) - 4
    )
    browser.agent = (
        str(browser.agent).replace("Mobile Safari", "Safari").replace("Chrome/", "Silk/141.2.3 like Chrome/")
    )
    s.open(at, at_home(s), browser)
    reads(s, at, browser, lambda: where)


def console(s: Scene) -> None:
    """Browsers of consoles and televisions."""
    agent = s.rng.choice(
        (
            (
                "Mozilla/5.0 (PlayStation; PlayStation 5/9.20) AppleWebKit/605.1.15 "
                "(KHTML, like Gecko) Version/16.5 Safari/605.1.15"
            ),
            (
                "Mozilla/5.0 (Linux; NetCast; U) AppleWebKit/537.31 (KHTML, like Gecko) "
                "Chrome/79.0.3945.79 Safari/537.31 SmartTV/7.0"
            ),
            (
                "Mozilla/5.0 (Web0S; Linux/SmartTV) AppleWebKit/537.36 (KHTML, like "
                "Gecko) Chrome/94.0.4606.128 Safari/537.36 WebAppManager"
            ),
        )
    )
    browser, where, at = (
        programs.machine(
            agent, accept=programs.CHROME_HTML if "Chrome" in agent else programs.SAFARI_HTML, language="ja"
        ),
        at_home(s),
        s.opening(),
    )
    s.open(at, where, browser)
    reads(s, at, browser, lambda: where, most=2)


def small_browser(s: Scene) -> None:
    """NetSurf, Dillo, Pale Moon: few headers, a person."""
    agent = s.rng.choice(
        (
            "NetSurf/3.11 (Linux; x86_64)",
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Goanna/6.8 Firefox/128.0 PaleMoon/33.9.1",
            "Dillo/3.2.0",
        )
    )
    browser, where = (
        programs.machine(agent, accept="text/html,application/xhtml+xml,*/*;q=0.8", language="ja,en;q=0.5"),
        at_home(s),
    )
    reads(s, s.opening(), browser, lambda: where, 0.95, most=3)


def stripping_proxy(s: Scene) -> None:
    """An old proxy of an office, which passes the classic headers alone."""
    at, browser, where = (
        office_readers.work_hours(s),
        office_readers.edge(s),
        office_readers.exit_of(s, "stripping", "office"),
    )
    few = {name: value if name.startswith("accept") else "" for name, value in browser.page.items()}
    browser = Browser(browser.agent, few, {**few, "accept": programs.CHROME_IMAGE})
    s.open(at, where, browser)
    reads(s, at, browser, lambda: where)


def whole_class(s: Scene) -> None:
    """A teacher passes one link of one copy to a class: thirty equal Chromebooks behind one address in two minutes."""
    where, link, at = address(s.rng, "school"), s.link(), office_readers.work_hours(s)
    browser = programs.chromium(s.rng, s.delivered, programs.CROS, version=programs.chrome_version(s.delivered) - 1)
    s.click(at, link, where, browser)
    at += s.spread(HOUR, 2)
    for _ in range(s.rng.randint(15, 32)):
        s.click(at + s.spread(35, 2), link, where, browser, source="pupil")


def bookmark(s: Scene) -> None:
    """Keeps the letter as a bookmark: the same link every working morning for weeks."""
    browser, where, link, at = office_readers.edge(s), address(s.rng, "office"), s.link(), office_readers.work_hours(s)
    s.open(at, where, browser)
    for day in range(s.rng.randint(5, 25)):
        s.click(at + 60 + day * DAY + s.rng.gauss(0, 900) * (day > 0), link, where, browser)


def isolated_tabs(s: Scene) -> None:
    """Three tabs within two seconds in an isolated browser of a cloud, without pictures; a sandbox looks the same."""
    at, browser, where = (
        office_readers.work_hours(s),
        programs.chromium(s.rng, s.delivered, programs.LINUX, language="ja,en-US;q=0.9,en;q=0.8"),
        office_readers.exit_of(s, "isolation", "aws_tokyo"),
    )
    for link in sorted(s.rng.sample(range(1, s.links + 1), min(3, s.links - 1))):
        s.click(at, link, where, browser, told=False)
        at += 0.3 + s.rng.random() * 0.5


def cloud_office(s: Scene) -> None:
    """An office whose whole traffic leaves by an own gateway in a cloud; no pictures, old Outlook habits."""
    at, browser, where = (
        office_readers.work_hours(s),
        office_readers.edge(s),
        office_readers.exit_of(s, "cloud office", "azure_japan"),
    )
    if s.chance(0.5):
        s.open(at, where, office_readers.outlook_picture(s))
    reads(s, at, browser, lambda: where, 0.95)


def meeting(s: Scene) -> None:
    """A clerk among many who open the letter in a meeting: the same minute, exit, browser and link in many copies."""
    hall = "hall 1"
    at = float(s.shared.setdefault("meeting", str(office_readers.work_hours(s)))) + s.rng.uniform(0, 90)
    browser, where = (
        programs.chromium(
            s.rng,
            s.delivered,
            programs.WINDOWS,
            "Microsoft Edge",
            version=programs.chrome_version(s.delivered) - 2,
            language="ja",
        ),
        office_readers.exit_of(s, hall, "hall"),
    )
    s.open(at, where, browser)
    s.click(at + s.spread(15, 1.5), min(2, s.links), where, browser)


def feed_reader(s: Scene) -> None:
    """Reads the letter in a feed reader; its service fetches the picture, the person clicks."""
    browser, where = programs.desktop(s.rng, s.delivered), at_home(s)
    s.open(
        s.spread(20 * MINUTE, 3),
        address(s.rng, "hosting", "aws"),
        programs.machine(
            s.rng.choice(
                (
                    "Feedly/1.0 (+http://www.feedly.com/fetcher.html; like FeedFetcher-Google)",
                    "Inoreader/1.0 (+http://www.inoreader.com/feed-fetcher)",
                )
            )
        ),
        "machine",
    )
    reads(s, s.opening(), browser, lambda: where, 0.8)


def new_telephone(s: Scene) -> None:
    """Months later a new telephone loads all old letters again through Apple's relay."""
    home_readers.iphone_mpp(s)
    s.open(s.rng.uniform(20, 110) * DAY, address(s.rng, "relay"), home_readers.mpp(), "machine")
