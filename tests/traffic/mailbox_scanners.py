"""Machines between a letter and its reader: scanners on delivery, checks at the click, echoes after it."""

from __future__ import annotations

from . import office_readers, programs
from .address_space import address, neighbour
from .home_readers import reads
from .reading_scene import DAY, HOUR, MINUTE, Scene
from .scanning import crawl, person, targets


def defender(s: Scene) -> None:
    """Microsoft Defender, before delivery: every link within seconds, Chrome of Microsoft's network, HEAD then GET."""
    browser = programs.headless(
        s.rng, s.delivered, language="en-US,en;q=0.9" if s.chance(0.5) else "", system=programs.WINDOWS
    )
    crawl(
        s,
        s.spread(20, 2.5),
        targets(s),
        lambda: address(s.rng, "microsoft", "azure"),
        lambda: browser,
        lambda: s.rng.random() * 0.6,
        "HEAD+GET" if s.chance(0.4) else "GET",
        0.4,
    )
    person(s)


def defender_late(s: Scene) -> None:
    """An investigation hours or days later visits all links again."""
    person(s)
    browser = programs.headless(s.rng, s.delivered, language="en-US,en;q=0.9")
    crawl(
        s, s.spread(9 * HOUR, 4), targets(s), lambda: address(s.rng, "azure"), lambda: browser, lambda: s.spread(1.5, 2)
    )


def proofpoint(s: Scene) -> None:
    """Sandboxes for one to five minutes, each link from another address of a cloud with another browser, often old."""
    crawl(
        s,
        s.spread(75, 1.7),
        targets(s),
        lambda: address(s.rng, "aws", "proofpoint"),
        lambda: programs.headless(s.rng, s.delivered, version=s.rng.choice((79, 87, 96, 103, 120, 131))),
        lambda: s.spread(4, 2),
        pixel=0.3,
    )
    person(s)


def mimecast(s: Scene) -> None:
    """Every link and the pictures, on delivery."""
    browser = programs.headless(s.rng, s.delivered, bare=True)
    client = address(s.rng, "mimecast")
    crawl(
        s,
        s.spread(12, 2),
        targets(s),
        lambda: neighbour(s.rng, client),
        lambda: browser,
        lambda: s.rng.random(),
        pixel=0.6,
    )
    person(s)


def barracuda(s: Scene) -> None:
    """All links within two seconds of each other, on delivery, agents that change."""
    crawl(
        s,
        s.spread(15, 2),
        targets(s),
        lambda: address(s.rng, "barracuda", "aws"),
        lambda: programs.headless(s.rng, s.delivered),
        lambda: s.rng.random() * 0.3,
    )
    person(s)


def barracuda_first(s: Scene) -> None:
    """Only the first link, on delivery; Barracuda does not name itself (Act-On, help article 360023757754)."""
    browser = programs.headless(s.rng, s.delivered)
    s.click(s.spread(8, 2), 1, address(s.rng, "barracuda"), browser, "machine")
    person(s)


def trend_gateway(s: Scene) -> None:
    """Trend Micro Email Security on delivery: a part of the links."""
    browser = programs.machine("Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1)", accept="")
    crawl(
        s,
        s.spread(25, 2),
        targets(s, 0.6, 0.6),
        lambda: address(s.rng, "trend"),
        lambda: browser,
        lambda: s.spread(1.2, 2),
    )
    person(s)


def symantec_delivery(s: Scene) -> None:
    """Symantec's following of links on delivery, HEAD, pieces of the letter."""
    browser = programs.machine("Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 6.0)", accept="*/*")
    crawl(
        s,
        s.spread(6, 2),
        targets(s, 0.5, 0.5),
        lambda: address(s.rng, "symantec"),
        lambda: browser,
        lambda: s.rng.random() * 0.8,
        "HEAD" if s.chance(0.5) else "GET",
    )
    person(s)


def fireeye(s: Scene) -> None:
    """Trellix (FireEye) in a cloud: minutes long, bare libraries and old Windows."""
    crawl(
        s,
        s.spread(90, 2),
        targets(s),
        lambda: address(s.rng, "aws", "gcp"),
        lambda: programs.machine(
            s.rng.choice(
                (
                    "Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0; rv:11.0) like Gecko",
                    "Mozilla/5.0 (Windows NT 6.1; rv:52.0) Gecko/20100101 Firefox/52.0",
                    "python-requests/2.28.1",
                )
            )
        ),
        lambda: s.spread(2.5, 2),
    )
    person(s)


def check_point(s: Scene) -> None:
    """Harmony (Avanan) out of a cloud on delivery: all links at once, many addresses, a current Chrome."""
    crawl(
        s,
        s.spread(18, 2),
        targets(s),
        lambda: address(s.rng, "aws"),
        lambda: programs.headless(
            s.rng, s.delivered, version=programs.chrome_version(s.delivered) - 1, system=programs.WINDOWS
        ),
        lambda: s.rng.random() * 0.15,
        pixel=0.3,
    )
    person(s)


def hornet(s: Scene) -> None:
    """Hornetsecurity (Vade): one HEAD a link on delivery."""
    browser = programs.machine("Mozilla/5.0 (compatible; Hornetsecurity/1.0)" if s.chance(0.4) else None)
    crawl(
        s,
        s.spread(5, 2),
        targets(s),
        lambda: address(s.rng, "hornet"),
        lambda: browser,
        lambda: s.rng.random() * 0.2,
        "HEAD",
    )
    person(s)


def forcepoint(s: Scene) -> None:
    """Forcepoint's sandboxing of links on delivery."""
    browser = programs.headless(s.rng, s.delivered, version=95)
    crawl(
        s,
        s.spread(30, 2),
        targets(s, 0.7),
        lambda: address(s.rng, "forcepoint"),
        lambda: browser,
        lambda: s.spread(1, 2),
    )
    person(s)


def hall_gateway(s: Scene) -> None:
    """A gateway in the hall itself (ICAP, sanitizing): fetches all links through the exit that the clerks have, too."""
    hall = office_readers.hall_of(s)
    where = office_readers.exit_of(s, hall, "hall")
    browser = programs.machine(
        s.rng.choice(("Java/17.0.9", "libcurl/7.76.1", "Apache-HttpClient/4.5.14 (Java/11.0.22)", None))
    )
    crawl(
        s,
        s.spread(9, 2),
        targets(s),
        lambda: where,
        lambda: browser,
        lambda: s.rng.random() * 0.5,
        "HEAD" if s.chance(0.3) else "GET",
    )
    if s.chance(0.7):
        at, official = office_readers.work_hours(s), office_readers.edge(s)
        s.open(at, where, official, source="reader behind")
        reads(s, at, official, lambda: where, source="reader behind")


def hall_gateway_browser(s: Scene) -> None:
    """The same with a headless browser that looks like the clerks' own but fetches without language."""
    hall = office_readers.hall_of(s)
    where = office_readers.exit_of(s, hall, "hall")
    browser = programs.headless(
        s.rng, s.delivered, version=programs.chrome_version(s.delivered) - 6, language="", system=programs.LINUX
    )
    crawl(s, s.spread(14, 2), targets(s), lambda: where, lambda: browser, lambda: s.spread(0.8, 1.6), pixel=0.5)
    if s.chance(0.7):
        at, official = office_readers.work_hours(s), office_readers.edge(s)
        s.open(at, where, official, source="reader behind")
        reads(s, at, official, lambda: where, source="reader behind")


def sampler(s: Scene) -> None:
    """Tries two or three links at random, minutes after delivery, with a good browser out of a cloud."""
    browser = programs.headless(s.rng, s.delivered, version=programs.chrome_version(s.delivered) - s.rng.randint(0, 6))
    picked = s.rng.sample(range(s.links + 1), min(s.links, s.rng.randint(2, 3)))
    where = address(s.rng, "aws", "azure", "gcp")
    crawl(s, s.spread(150, 2), picked, lambda: where, lambda: browser, lambda: s.spread(3, 2))
    person(s)


def slow_crawler(s: Scene) -> None:
    """Takes half an hour for the letter, with waits like a person's."""
    browser = programs.headless(s.rng, s.delivered)
    where = address(s.rng, "hosting", "aws")
    crawl(
        s,
        s.spread(10 * MINUTE, 2),
        targets(s),
        lambda: where,
        lambda: browser,
        lambda: s.spread(30 * MINUTE / (s.links + 1), 1.8),
    )
    person(s)


def rotating(s: Scene) -> None:
    """Driven Chromes, each link from another cloud address, five to forty seconds apart, without a language."""
    crawl(
        s,
        s.spread(3 * MINUTE, 2),
        targets(s),
        lambda: address(s.rng, "aws", "gcp", "azure", "hosting"),
        lambda: programs.headless(s.rng, s.delivered, language="" if s.chance(0.7) else "en-US"),
        lambda: s.rng.uniform(5, 40),
    )
    person(s)


def journal(s: Scene) -> None:
    """An archive goes through its letters weeks later."""
    person(s)
    browser = programs.machine(
        s.rng.choice(("Java/21.0.2", "Mozilla/5.0 (compatible; MSIE 10.0; Windows NT 6.2)", "okhttp/4.12.0"))
    )
    where = address(s.rng, "office", "azure")
    crawl(
        s, s.rng.uniform(10, 120) * DAY, targets(s, 1.0, 0.9), lambda: where, lambda: browser, lambda: s.spread(0.8, 2)
    )
