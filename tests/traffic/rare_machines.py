"""Rarer machines, each a trap for a simple rule."""

from __future__ import annotations

from dataclasses import replace

from . import home_readers, office_readers, programs, reading_habits
from .address_space import address, neighbour
from .home_readers import at_home, reads
from .reading_scene import HOUR, MINUTE, Scene
from .scanning import crawl, person, targets


def same_browser_scan(s: Scene) -> None:
    """An appliance at the office with the office's browser, language and exit: all links with the trap on delivery."""
    browser, where = office_readers.edge(s), address(s.rng, "office")
    crawl(s, s.spread(12, 2), targets(s, 1.0, 1.0), lambda: where, lambda: browser, lambda: s.spread(0.7, 2), pixel=0.5)
    if s.chance(0.7):
        at = max(office_readers.work_hours(s), 10 * MINUTE)
        s.open(at, where, office_readers.outlook_picture(s), source="reader behind")
        reads(s, at, browser, lambda: where, 0.8, "reader behind")


def telephone_scan(s: Scene) -> None:
    """A scanner in a cloud that calls itself an iPhone or an Android, all links."""
    crawl(
        s,
        s.spread(40, 2),
        targets(s),
        lambda: address(s.rng, "aws", "gcp"),
        lambda: programs.iphone(s.rng, s.delivered) if s.chance(0.5) else programs.android(s.rng, s.delivered),
        lambda: s.spread(1.5, 2),
    )
    person(s)


def first_and_last(s: Scene) -> None:
    """HEAD on the first and last link on delivery, without agent, out of a hosting network."""
    client = address(s.rng, "hosting")
    for link in (1, s.links):
        s.click(s.spread(20, 2), link, client, programs.machine(None, accept=""), "machine", method="HEAD")
    person(s)


def scan_after_click(s: Scene) -> None:
    """The first click of the person makes the gateway look at all the other links."""
    found = person(s, share=1.0)
    browser = programs.headless(s.rng, s.delivered, language="en-US,en;q=0.9")
    where = address(s.rng, "azure", "aws")
    if found:
        crawl(s, found[0][0] + s.spread(4, 2), targets(s), lambda: where, lambda: browser, lambda: s.spread(0.6, 2))


def hourly(s: Scene) -> None:
    """A scanner comes back every hour for a day to one link, each time with another address and browser."""
    link, start = s.link(), s.spread(2 * MINUTE, 2)
    for hour in range(s.rng.randint(8, 24)):
        s.click(
            start + hour * HOUR + s.rng.random() * 20,
            link,
            address(s.rng, "aws"),
            programs.headless(s.rng, s.delivered),
            "machine",
        )
    person(s)


def japanese_sandbox(s: Scene) -> None:
    """A sandbox in Tokyo's cloud in Japanese: three to six links without a picture, in five minutes, random order."""
    browser = programs.chromium(s.rng, s.delivered, programs.WINDOWS)
    where = address(s.rng, "aws_tokyo", "azure_japan")
    picked = s.rng.sample(range(s.links + 1), min(s.links, s.rng.randint(3, 6)))
    crawl(
        s,
        s.spread(3 * MINUTE, 2),
        picked,
        lambda: neighbour(s.rng, where, 16),
        lambda: browser,
        lambda: s.spread(8, 3),
        told=0 in picked,
    )
    person(s)


def agent_in_cloud(s: Scene) -> None:
    """A language model with a browser in a cloud looks links up for a reader, in English, without a picture."""
    at, where = s.opening(), address(s.rng, "azure")
    browser = programs.chromium(
        s.rng, s.delivered, programs.LINUX, language="en-US,en;q=0.9", version=programs.chrome_version(s.delivered) - 1
    )
    for link in s.rng.sample(range(1, s.links + 1), min(s.links, s.rng.randint(1, 4))):
        s.click(at, link, where, browser, "machine")
        at += s.spread(15, 1.8)
    person(s)


def bare_pixel(s: Scene) -> None:
    """An antivirus of a mail server fetches pictures without agent at delivery; the person has pictures off."""
    s.open(s.spread(3, 2), address(s.rng, "office"), programs.machine(None, accept=""), "machine")
    if s.chance(0.5):
        browser, where = programs.desktop(s.rng, s.delivered), address(s.rng, "office")
        reads(s, office_readers.work_hours(s), browser, lambda: where, 0.9)


def even_reload(s: Scene) -> None:
    """A page in a driven Firefox loads one link again every one to four minutes for hours, from a line at home."""
    link, client, start, beat = s.link(), at_home(s), s.opening(), s.rng.uniform(60, 240)
    browser = programs.firefox(s.rng, s.delivered)
    for number in range(s.rng.randint(20, 60)):
        s.click(start + number * beat + s.rng.gauss(0, 0.4), link, client, browser, "machine")


def dual_person_scan(s: Scene) -> None:
    """A person who clicks three links within two minutes of delivery while a scanner of the same network works."""
    net = address(s.rng, "office")
    scan = programs.headless(s.rng, s.delivered, language="", version=programs.chrome_version(s.delivered) - 9)
    crawl(s, s.spread(10, 1.5), targets(s), lambda: neighbour(s.rng, net), lambda: scan, lambda: s.spread(2, 1.5))
    at, browser = s.rng.uniform(12, 60), office_readers.edge(s)
    where = neighbour(s.rng, net)
    s.open(at, where, office_readers.outlook_picture(s), source="reader behind")
    for link in s.wanted(3):
        at += s.spread(12, 1.8)
        s.click(at, link, where, browser, source="reader behind")


def unrecorded(s: Scene) -> None:
    """An access log without headers but the agent: people and a scanner, as a plain web server writes them."""
    s.rng.choice(
        (
            home_readers.yahoo_japan,
            home_readers.iphone_direct,
            office_readers.outlook,
            reading_habits.three_tabs,
            home_readers.gmail_android,
            reading_habits.returning,
        )
    )(s)
    if s.chance(0.3):
        browser = programs.headless(
            s.rng, s.delivered, version=programs.chrome_version(s.delivered) - s.rng.randint(2, 40)
        )
        crawl(
            s,
            s.spread(20, 2),
            targets(s),
            lambda: address(s.rng, "aws", "azure", "microsoft"),
            lambda: browser,
            lambda: s.spread(0.8, 2),
            source="unrecorded scanner",
        )
    s.requests[:] = [replace(one, headers={}) for one in s.requests]
