"""People at work: town halls behind shared exits, virtual browsers, proxies in a cloud."""

from __future__ import annotations

from . import home_readers, programs
from .address_space import address, neighbour
from .home_readers import reads
from .programs import Browser
from .reading_scene import DAY, HOUR, MINUTE, Scene


def outlook_picture(s: Scene) -> Browser:
    """Classic Outlook's own agent."""
    return programs.machine(
        (
            "Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 10.0; Win64; x64; "
            "Trident/7.0; .NET4.0C; .NET4.0E; Microsoft Outlook "
            f"16.0.{s.rng.randint(17328, 19530)}; ms-office; MSOffice 16)"
        ),
        language="ja-JP",
    )


def edge(s: Scene, at: float | None = None) -> Browser:
    """Edge on Windows."""
    return programs.chromium(s.rng, at or s.delivered, programs.WINDOWS, "Microsoft Edge")


def exit_of(s: Scene, which: str, network: str) -> str:
    """One of two exits that many copies of one letter have in common."""
    key = f"{which} {s.rng.randint(1, 2)}"
    return s.shared.setdefault(key, address(s.rng, network))


def work_hours(s: Scene) -> float:
    """An opening between half past eight and half past five (UTC+9), on the day or a later one."""
    at = s.spread(50 * MINUTE, 3.5) + (s.rng.randint(1, 3) * DAY if s.chance(0.25) else 0)
    hour = ((s.delivered + at) / HOUR + 9) % 24
    if not 8.5 <= hour <= 17.5:
        at += (8.5 - hour) % 24 * HOUR + s.rng.random() * 2 * HOUR
    return max(8.0, at)


def hall_of(s: Scene) -> str:
    """One of the halls that get this letter."""
    return f"hall {s.rng.randint(1, 5)}"


def town_hall(s: Scene) -> None:
    """A clerk behind the exit of the prefecture's security cloud; browsers are all of one version."""
    hall, at = hall_of(s), work_hours(s)
    browser, where = (
        programs.chromium(
            s.rng,
            s.delivered,
            programs.WINDOWS,
            "Microsoft Edge",
            version=programs.chrome_version(s.delivered) - 2,
            language="ja",
        ),
        exit_of(s, hall, "hall"),
    )
    s.open(at, where, outlook_picture(s) if s.chance(0.5) else browser)
    reads(s, at, browser, lambda: where)


def town_hall_ie(s: Scene) -> None:
    """A clerk whose Edge runs in the mode of Internet Explorer."""
    hall, at, browser = hall_of(s), work_hours(s), programs.trident(s.rng)
    where = exit_of(s, hall, "hall")
    s.open(at, where, browser)
    reads(s, at, browser, lambda: where)


def virtual_browser(s: Scene) -> None:
    """LGWAN: links open in a browser in a container (SCVX, RevoWorks and others), Chrome on Linux in Japanese."""
    hall, at = hall_of(s), work_hours(s)
    browser, where = (
        programs.chromium(
            s.rng, s.delivered, programs.LINUX, version=programs.chrome_version(s.delivered) - 3, language="ja"
        ),
        exit_of(s, hall + " container", "hall"),
    )
    if s.chance(0.4):
        s.open(at, where, browser)
    reads(s, at, browser, lambda: where, 0.9)


def isolated_browser(s: Scene) -> None:
    """Remote browser isolation in a public cloud (Menlo, Cloudflare): a person's browser at its address."""
    at, browser = (
        work_hours(s),
        programs.chromium(
            s.rng,
            s.delivered,
            programs.WINDOWS if s.chance(0.5) else programs.LINUX,
            language="ja,en-US;q=0.9,en;q=0.8",
        ),
    )
    where = exit_of(s, "isolation", "aws_tokyo")
    if s.chance(0.6):
        s.open(at, where, browser)
    reads(s, at, browser, lambda: where, 0.95)


def virtual_desktop(s: Scene) -> None:
    """Windows 365 or Azure Virtual Desktop: Outlook and Edge at an address of Azure in Japan."""
    at, browser, where = work_hours(s), edge(s), address(s.rng, "azure_japan")
    s.open(at, where, outlook_picture(s) if s.chance(0.6) else browser)
    reads(s, at, browser, lambda: where)


def cloud_proxy(s: Scene) -> None:
    """Zscaler and the like: everybody leaves by the vendor's addresses, which change from click to click."""
    at, browser, first = work_hours(s), edge(s), address(s.rng, "zscaler")
    s.open(at, first, outlook_picture(s))
    reads(s, at, browser, lambda: first if s.chance(0.6) else neighbour(s.rng, first, 24))


def outlook(s: Scene) -> None:
    """Classic Outlook at an office."""
    at, browser, where = (
        work_hours(s),
        edge(s) if s.chance(0.7) else programs.desktop(s.rng, s.delivered),
        address(s.rng, "office"),
    )
    s.open(at, where, outlook_picture(s))
    reads(s, at, browser, lambda: where)


def new_outlook(s: Scene) -> None:
    """New Outlook or Outlook on the web: pictures by Edge."""
    at, browser, where = work_hours(s), edge(s), address(s.rng, "office")
    s.open(at, where, browser)
    if s.chance(0.3):
        s.open(at + s.spread(4 * HOUR, 3), where, browser)
    reads(s, at, browser, lambda: where)


def outlook_phone(s: Scene) -> None:
    """Outlook's app."""
    safari, where, at = programs.iphone(s.rng, s.delivered), home_readers.mobile(s), s.opening()
    app = Browser(
        (
            f"Mozilla/5.0 (iPhone; CPU iPhone OS {safari.traits['system']} like Mac "
            "OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 "
            f"Outlook-iOS/731.{s.rng.randint(1000, 9999)}.prod.iphone "
            f"(4.{s.rng.randint(2510, 2645)}.0)"
        ),
        safari.page,
        safari.image,
    )
    s.open(at, where, app)
    reads(s, at, safari, lambda: where)


def school(s: Scene) -> None:
    """Chromebooks of a school behind one address translation."""
    at, browser, where = (
        work_hours(s),
        programs.chromium(s.rng, s.delivered, programs.CROS),
        exit_of(s, "school", "school"),
    )
    s.open(at, address(s.rng, "google_proxy"), home_readers.gmail_proxy(), "proxy", told=at > 10)
    reads(s, at, browser, lambda: where)


def shared_mailbox(s: Scene) -> None:
    """info@ of an office: two to five people read the same copy, some within seconds of each other."""
    where, at = address(s.rng, "office"), work_hours(s)
    for _ in range(s.rng.randint(2, 5)):
        browser = edge(s) if s.chance(0.6) else programs.chromium(s.rng, s.delivered, programs.WINDOWS)
        s.open(at, where, outlook_picture(s) if s.chance(0.5) else browser)
        reads(s, at, browser, lambda: where, 0.5)
        at += s.spread(20 * MINUTE, 8)
