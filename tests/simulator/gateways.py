"""Gateways and mailbox providers that ask for links when a letter comes, before anybody reads it."""

from __future__ import annotations

import random

from . import browsers, networks, sources
from .kinds import kind
from .letter import Letter, lognormal
from .machines import OLD_CHROMES, claims_browser, disguised, program, some, unnamed
from .reading import maybe_read


def after_delivery(rng: random.Random) -> float:
    """When a burst begins, as measured: 3 % within 20 s, 66 % by the minute, 28 % by five, a tail of hours."""
    chosen = rng.random()
    if chosen < 0.03:
        return rng.uniform(4, 20)
    if chosen < 0.69:
        return lognormal(rng, 36, 0.28, 20, 60)
    if chosen < 0.97:
        return lognormal(rng, 110, 0.45, 60, 300)
    return lognormal(rng, 900, 0.8, 300, 1800) if chosen < 0.993 else lognormal(rng, 4 * 3600, 0.8, 3600, 86_400)


@kind(
    4,
    *(sources.SAFE_LINKS, sources.CRAFT_546, sources.EMDASH_3298, sources.FLEET_26976, sources.OPENCOLLECTIVE_3656),
    *(sources.GOPHISH_973, sources.MILLIONSEND_22, sources.WARMBLY_410, sources.HUMMINGDECK),
)
def safe_links_detonation(letter: Letter) -> None:
    """Defender for Office 365 opens links in a sandbox half a minute to minutes after delivery, from Microsoft's
    networks, without cookies, in a Chrome that is current or many versions old: all links within a second or two, or a
    part, or one; some twice; often the pixel, too, with another agent from the same address."""
    rng = letter.rng
    at = after_delivery(rng)
    place = networks.changing(
        rng, rng.choice(["azure", "exchange_online", "outlook", "azure6"]), pool=rng.randint(1, 6)
    )
    newest = browsers.chrome_version(rng, letter.delivered)
    version = rng.choice([newest, newest, newest - 8, newest - 14, rng.choice(OLD_CHROMES)])
    visitor = disguised(letter, place, version=version, language=rng.choice(["en-US,en;q=0.9", "en-US", "", ""]))
    if rng.random() < 0.4:
        letter.open(max(0.4, at - lognormal(rng, 5, 1.0, 0.01, 40)), rng.choice([visitor, disguised(letter, place)]))
    chosen = rng.random()
    links = [rng.randint(1, letter.links)] if chosen < 0.15 else some(letter, 0.4 if chosen < 0.4 else 1.0, trap=0.6)
    gap = rng.choice([0.003, 0.05, 0.4, 2.5])
    for link in links:
        letter.click(at, visitor, link)
        if rng.random() < 0.2:
            letter.click(at + rng.uniform(0.1, 3), visitor, link)
        at += lognormal(rng, gap, 0.8)
    maybe_read(letter, 0.5)


@kind(2.5, sources.PROOFPOINT_FAQ, sources.MAUTIC_9798, sources.SUPED_TIMES, sources.GOPHISH_2357)
def proofpoint_crawl(letter: Letter) -> None:
    """Proofpoint's sandboxes walk the letter, pixel included, for one to five minutes, each request from another cloud
    address, with agents that differ and are often years old."""
    rng = letter.rng
    clouds = networks.changing(rng, "aws", "aws_europe", "oracle", "proofpoint", pool=rng.choice([0, 0, 12, 30]))
    makers = [
        lambda: disguised(letter, clouds, version=rng.choice(OLD_CHROMES)),
        lambda: disguised(letter, clouds, language="en-US,en;q=0.9"),
        lambda: claims_browser(letter, clouds),
    ]
    agents = [rng.choice(makers)() for _ in range(rng.randint(1, 4))]
    links = some(letter, rng.choice([0.5, 0.8, 1.0]), trap=0.6)
    length, at = rng.uniform(60, 300), lognormal(rng, 40, 1.0, 3, 1800)
    if rng.random() < 0.3:
        letter.open(max(0.4, at - rng.uniform(0, 20)), agents[0])
    if rng.random() < 0.2:
        rng.shuffle(links)
    for link in links:
        letter.click(at, rng.choice(agents), link, "HEAD" if rng.random() < 0.08 else "GET")
        at += lognormal(rng, length / len(links), 0.5, 0.2)
    maybe_read(letter, 0.5)


@kind(2, sources.WTTW_2013, sources.ACT_ON, sources.BARRACUDA, sources.SUPED_AGENTS)
def barracuda(letter: Letter) -> None:
    """Barracuda's intent analysis follows links at delivery, all of them or only the first, from its own addresses or
    clouds, with the agent of a browser or its own name."""
    rng = letter.rng
    at = lognormal(rng, 6, 1.0, 0.5, 300)
    place = networks.changing(rng, rng.choice(["barracuda", "barracuda", "aws"]), pool=rng.randint(1, 4))
    visitor = program("Barracuda Sentinel (EE)", place, accept="*/*") if rng.random() < 0.2 else unnamed(letter, place)
    chosen = rng.random()
    links = [1] if chosen < 0.25 else [rng.randint(1, letter.links)] if chosen < 0.35 else some(letter, 1.0, trap=0.9)
    letter.crawl(at, visitor, links, rng.choice([0.05, 0.3, 1.5]))
    maybe_read(letter, 0.5)


@kind(1.5, sources.MIMECAST, sources.MAUTIC_16263)
def mimecast_delivery(letter: Letter) -> None:
    """Mimecast's deep inspection asks for links at delivery from its data centres."""
    rng = letter.rng
    visitor = unnamed(letter, networks.changing(rng, "mimecast", pool=rng.randint(1, 3)))
    links = some(letter, rng.choice([0.4, 1.0]), trap=0.6)
    letter.crawl(lognormal(rng, 15, 1.0, 1), visitor, links, rng.choice([0.2, 1.0]))
    maybe_read(letter, 0.5)


@kind(0.8, sources.SOPHOS)
def sophos_delivery(letter: Letter) -> None:
    """Sophos Email looks at links from AWS before the mailbox has the letter; it stops at the first dozen or two."""
    rng = letter.rng
    visitor = unnamed(letter, networks.changing(rng, "aws_europe", "aws_tokyo", pool=rng.randint(1, 3)))
    at = lognormal(rng, 8, 0.9, 0.5)
    for link in some(letter, 1.0, trap=0.8)[: rng.randint(10, 25)]:
        letter.click(at, visitor, link, "HEAD")
        if rng.random() < 0.6:
            letter.click(at + rng.uniform(0.05, 0.4), visitor, link)
        at += lognormal(rng, 0.2, 0.8)
    maybe_read(letter, 0.5)


@kind(1, sources.FORTINET)
def fortimail(letter: Letter) -> None:
    """FortiMail gives links to FortiSandbox, which opens them in order within minutes in an older browser."""
    rng = letter.rng
    place, language = networks.changing(rng, "fortinet", pool=2), rng.choice(["en-US,en;q=0.9", ""])
    visitor = disguised(letter, place, version=rng.choice([75, 86, 99]), language=language)
    letter.crawl(lognormal(rng, 60, 0.9, 5), visitor, some(letter, 0.9, trap=0.7), 4.0)
    maybe_read(letter, 0.5)


@kind(1, sources.TRELLIX, sources.GOPHISH_2938)
def trellix(letter: Letter) -> None:
    """Trellix (FireEye) opens links at delivery from American clouds, in bursts, with agents of several browsers."""
    rng = letter.rng
    place = networks.changing(rng, "aws", "google_cloud", pool=rng.randint(2, 6))
    visitors = [unnamed(letter, place) for _ in range(4)]
    at = lognormal(rng, 30, 0.9, 2)
    for link in some(letter, 0.8, trap=0.6):
        for visitor in rng.sample(visitors, rng.choice([1, 1, 2])):
            letter.click(at, visitor, link)
            at += lognormal(rng, 0.3, 1.0)
    maybe_read(letter, 0.5)


@kind(0.8, sources.HORNET)
def hornetsecurity(letter: Letter) -> None:
    """Hornetsecurity scans links at delivery from its own addresses in Europe, HEAD and GET mixed."""
    rng = letter.rng
    visitor = unnamed(letter, networks.changing(rng, "hornetsecurity", pool=2))
    at = lognormal(rng, 10, 0.9, 1)
    for link in some(letter, 0.9, trap=0.7):
        letter.click(at, visitor, link, rng.choice(["HEAD", "GET", "GET"]))
        at += lognormal(rng, 0.6, 0.9)
    maybe_read(letter, 0.5)


@kind(1.5, sources.GOOGLE_FETCHERS, sources.LIVE_DIRECT)
def google_workspace_scan(letter: Letter) -> None:
    """Google follows some links of unsure letters within minutes, from its own network: as Google-Safety, without an
    agent, or as an older Chrome."""
    rng = letter.rng
    place = networks.changing(rng, "google", pool=rng.randint(1, 4))
    visitor = program(rng.choice(["Google-Safety", ""]), place, accept="*/*")
    if rng.random() < 0.5:
        visitor = claims_browser(letter, place)
    links = rng.sample(range(1, letter.links + 1), min(letter.links, rng.randint(1, 4)))
    letter.crawl(lognormal(rng, 90, 1.2, 1), visitor, links, 3.0)
    maybe_read(letter, 0.5)


@kind(1.2, sources.APERZA, sources.SPIRAL, sources.KUNREN)
def sandbox_japan(letter: Letter) -> None:
    """A mail sandbox of a Japanese company renders the letter, loads the pixel and opens every link, in a disguised
    browser with Japanese as its language, from a data centre in Japan or the company's own exit."""
    rng = letter.rng
    place = networks.fixed(networks.draw(rng, "hosting_japan", "aws_tokyo", "office"))
    visitor = disguised(letter, place, language=rng.choice(["ja", "ja-JP,ja;q=0.9", ""]))
    at = lognormal(rng, 45, 1.0, 3)
    letter.open(at, visitor)
    letter.crawl(at + rng.uniform(0.3, 3), visitor, some(letter, 1.0, trap=0.75), rng.choice([0.3, 1.0, 3.0]))
    maybe_read(letter, 0.5)


@kind(0.8, sources.SPIRAL, sources.KUNREN, sources.DIGITAL_ARTS)
def office_appliance_japan(letter: Letter) -> None:
    """An appliance for mail in a Japanese office or town hall checks each address from the office's own exit, one GET
    or HEAD a link, within seconds. (m-FILTER does not: it looks addresses up.)"""
    rng = letter.rng
    visitor = unnamed(letter, networks.fixed(networks.draw(rng, "office", "prefecture")))
    links = some(letter, 1.0, trap=0.9)
    letter.crawl(lognormal(rng, 3, 0.8, 0.2), visitor, links, 0.15, method=rng.choice(["GET", "HEAD"]))
    maybe_read(letter, 0.5)


@kind(0.8, sources.KUNREN, sources.APERZA)
def hosted_filter_japan(letter: Letter) -> None:
    """A hosted filter in Japan holds the letter for some minutes and asks for its links from a data centre."""
    rng = letter.rng
    visitor = unnamed(letter, networks.changing(rng, "hosting_japan", "aws_tokyo", pool=2))
    letter.crawl(lognormal(rng, 200, 0.8, 20), visitor, some(letter, 0.9, trap=0.8), 1.0)
    maybe_read(letter, 0.5)


@kind(1, sources.PAMINGA, sources.MAUTIC_9798, sources.SPOTLER)
def patient_gateway(letter: Letter) -> None:
    """A gateway that waits between links like somebody who reads: 8 to 20 s each, the trap as the last, several cloud
    addresses, one old Chrome."""
    rng = letter.rng
    place = networks.changing(rng, "aws", "google_cloud", "azure", pool=rng.randint(5, 12))
    visitor = disguised(letter, place, version=rng.choice([79, 83, 90, 101]))
    links = [link for link in some(letter, rng.choice([0.3, 1.0]), trap=0) if link][: rng.randint(6, 40)]
    at = letter.crawl(rng.uniform(30, 180), visitor, links, rng.uniform(8, 20), 0.15)
    letter.click(at, visitor, 0)
    maybe_read(letter, 0.4)
