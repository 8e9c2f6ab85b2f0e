"""Scanners of vendors unknown, as senders have measured them: in one sweep, before delivery, in pairs, for days."""

from __future__ import annotations

from . import networks, sources
from .gateways import after_delivery
from .kinds import kind
from .letter import Letter, lognormal
from .machines import OLD_CHROMES, claims_browser, disguised, program, some, unnamed
from .reading import maybe_read


@kind(2.5, sources.CRAFT_546, sources.MAUTIC_16263)
def open_then_sweep(letter: Letter) -> None:
    """Loads the pixel some nine seconds after delivery, and half a minute later every link within one second."""
    rng = letter.rng
    place = networks.changing(rng, "aws", "azure", "google_cloud", pool=rng.choice([1, 1, 3]))
    visitor = disguised(letter, place, language=rng.choice(["", "en-US,en;q=0.9"]))
    if rng.random() < 0.4:
        visitor = unnamed(letter, place)
    opened = lognormal(rng, 8.5, 0.8, 0.8, 120)
    letter.open(opened, visitor)
    links = some(letter, 1.0, trap=0.9)
    letter.crawl(max(after_delivery(rng), opened + 2), visitor, links, rng.uniform(0.2, 0.9) / len(links), 0.7)
    maybe_read(letter, 0.5)


@kind(1.2, sources.WTTW_2019, sources.GOPHISH_2446, sources.BROADCOM_FOLLOWING)
def scan_before_delivery(letter: Letter) -> None:
    """Follows links while the letter is still being taken: seconds before the relay has its answer, rarely hours, when
    the first answer was to try again later; the pixel as well."""
    rng = letter.rng
    place = networks.changing(rng, *rng.choice([("symantec",), ("azure",), ("aws",)]), pool=rng.randint(1, 3))
    visitor = disguised(letter, place, version=rng.choice([79, 80, 96, 0]))
    if rng.random() < 0.5:
        visitor = claims_browser(letter, place)
    links = some(letter, rng.choice([0.5, 1.0]), trap=0.5)
    at = -lognormal(rng, 4, 1.0, 0.2, 60) if rng.random() < 0.88 else -lognormal(rng, 5400, 0.7, 300, 5 * 3600)
    if rng.random() < 0.5:
        letter.open(at, visitor)
    letter.crawl(at, visitor, links, rng.choice([0.02, 0.2]))
    maybe_read(letter, 0.5)


@kind(0.8, sources.GOPHISH_1555, sources.PHISH_INSIGHT)
def instant_old_browser(letter: Letter) -> None:
    """Clicks one to three seconds after delivery, always as Internet Explorer 8 on Windows 7."""
    rng = letter.rng
    agent = "Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1; Trident/4.0)"
    visitor = program(agent, networks.changing(rng, "aws", "hosting", "trend_mail", pool=2), accept="*/*")
    links = [1] if rng.random() < 0.3 else some(letter, 0.8, trap=0.6)
    letter.crawl(rng.uniform(0.9, 3.2), visitor, links, 0.05)
    maybe_read(letter, 0.5)


@kind(0.8, sources.ONETIMESECRET_359, sources.MAUTIC_9798)
def two_networks_at_once(letter: Letter) -> None:
    """Reads each of one to some links twice in quick succession, from two networks that have nothing in common."""
    rng = letter.rng
    first = unnamed(letter, networks.changing(rng, "aws", pool=2))
    second = unnamed(letter, networks.changing(rng, "hosting", "vpn", pool=2))
    at = lognormal(rng, 30, 1.0, 1)
    for link in some(letter, rng.choice([0.1, 0.5, 1.0]), trap=0.4):
        letter.click(at, first, link)
        letter.click(at + lognormal(rng, 1.0, 0.8, 0.05, 10), second, link)
        at += lognormal(rng, 1.5, 0.9)
    maybe_read(letter, 0.4)


@kind(0.5, sources.GOPHISH_1559, sources.SUPED_TIMES)
def rescans_for_days(letter: Letter) -> None:
    """Comes back to the same link or two for days, scores of times, each time as another device."""
    rng = letter.rng
    visitors = [
        unnamed(letter, networks.changing(rng, "aws", "hosting", "google_cloud")) for _ in range(rng.randint(4, 12))
    ]
    links = rng.sample(range(1, letter.links + 1), rng.choice([1, 1, 2]))
    at = lognormal(rng, 60, 1.0, 2)
    for _ in range(rng.randint(20, 90)):
        letter.click(at, rng.choice(visitors), rng.choice(links), rng.choice(["GET", "GET", "GET", "HEAD"]))
        at += lognormal(rng, 1200, 1.3, 0.5, 86_400)
    maybe_read(letter, 0.4)


@kind(0.8, sources.GOPHISH_2357, sources.SUPED_TIMES)
def late_second_scan(letter: Letter) -> None:
    """Scans at delivery, and again hours later, when nobody would: the pixel and some links, another old Chrome."""
    rng = letter.rng
    place = networks.changing(rng, "aws", "oracle", "azure", pool=4)
    at = lognormal(rng, 40, 0.8, 2)
    for _ in range(rng.choice([2, 2, 3])):
        visitor = disguised(letter, place, version=rng.choice(OLD_CHROMES))
        if rng.random() < 0.7:
            letter.open(at, visitor)
        letter.crawl(at + rng.uniform(0.1, 2), visitor, some(letter, rng.choice([0.2, 1.0]), trap=0.4), 0.6)
        at += lognormal(rng, 7 * 3600, 0.7, 900)
    maybe_read(letter, 0.4)
