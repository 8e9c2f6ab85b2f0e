"""Machines that act when a person clicks: checks before the redirect, twins of isolated browsers."""

from __future__ import annotations

from dataclasses import replace

from . import browsers, networks, sources
from .kinds import kind
from .letter import Letter, lognormal
from .machines import disguised, program, unnamed
from .reading import behind, choose, clicked_by, desktop_person, first_look, person, read, stay


@kind(2, sources.SAFE_LINKS, sources.MAGICLINK_96)
def safe_links_click(letter: Letter) -> None:
    """Safe Links looks at the page while the person waits: a request from Microsoft's network shortly before or
    after."""
    rng = letter.rng
    checker = (
        program("", networks.changing(rng, "azure", "outlook", pool=3))
        if rng.random() < 0.4
        else disguised(letter, networks.changing(rng, "azure", pool=4), language=rng.choice(["", "en-US"]))
    )
    for at, link in clicked_by(letter, desktop_person(letter)):
        if rng.random() < 0.75:
            letter.click(
                at + rng.choice([-1, -1, 1]) * lognormal(rng, 1.2, 0.8, 0.05, 20),
                checker,
                link,
                rng.choice(["HEAD", "GET", "GET"]),
            )


@kind(1.2, sources.OFFICE_DISCOVERY, sources.MAGICLINK_96)
def office_discovery(letter: Letter) -> None:
    """The person clicks in Outlook or in a document: Office asks HEAD or OPTIONS from the same PC, then hands over to
    the browser."""
    rng = letter.rng
    reader = desktop_person(letter)
    agent = rng.choice(
        [
            "Microsoft Office Existence Discovery",
            "Microsoft Office Protocol Discovery",
            "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.17928; Pro)",
        ]
    )
    office = program(agent, reader.address)
    for at, link in clicked_by(letter, reader):
        if "Protocol" in agent:
            letter.click(at - rng.uniform(0.5, 1.2), office, link, "OPTIONS")
        letter.click(at - rng.uniform(0.1, 0.5), office, link, rng.choice(["HEAD", "HEAD", "GET"]))


@kind(1.6, sources.CISCO, sources.SUPABASE_1214)
def cisco_click(letter: Letter) -> None:
    """Cisco Secure Email asks HEAD and GET from its cloud at the moment of the click."""
    rng = letter.rng
    checker = unnamed(letter, networks.changing(rng, "cisco", "umbrella", pool=3))
    for at, link in clicked_by(letter):
        start = at - lognormal(rng, 1.0, 0.7, 0.1, 8)
        letter.click(start, checker, link, "HEAD")
        letter.click(start + rng.uniform(0.05, 0.8), checker, link)


@kind(1.6, sources.BROADCOM_CLICK, sources.SUPABASE_1214)
def symantec_click(letter: Letter) -> None:
    """Symantec's Click-time URL Protection follows the address itself, HEAD and GET, one to some seconds before the
    browser arrives."""
    rng = letter.rng
    checker = unnamed(letter, networks.changing(rng, "symantec", pool=3))
    for at, link in clicked_by(letter):
        start = at - lognormal(rng, 3, 0.6, 0.5, 15)
        letter.click(start, checker, link, "HEAD")
        if rng.random() < 0.8:
            letter.click(start + rng.uniform(0.1, 1.5), checker, link)


@kind(1.2, sources.MIMECAST, sources.MIMECAST_ISOLATION)
def mimecast_click(letter: Letter) -> None:
    """Mimecast scans the target from its data centre while the person looks at a waiting page."""
    rng = letter.rng
    checker = (
        disguised(letter, networks.changing(rng, "mimecast", pool=2), language="")
        if rng.random() < 0.5
        else program("", networks.changing(rng, "mimecast", pool=2), accept="*/*")
    )
    for at, link in clicked_by(letter):
        letter.click(at - lognormal(rng, 2.5, 0.6, 0.4, 12), checker, link)


@kind(0.8, sources.FORCEPOINT)
def forcepoint_click(letter: Letter) -> None:
    """Forcepoint asks the person whether to analyse an address that it does not know; its cloud opens the page then,
    and the person goes on some seconds later, or does not."""
    rng = letter.rng
    reader = behind(letter, desktop_person(letter))
    at = first_look(rng)
    for link in choose(rng, letter.links, rng.choice([1, 1, 2, 3])):
        at += lognormal(rng, 25, 0.9, 3)
        letter.click(at, unnamed(letter, networks.changing(rng, "forcepoint", pool=2)), link)
        at += lognormal(rng, 12, 0.6, 3, 90)
        if rng.random() < 0.75:
            letter.click(at, reader, link)
        at += stay(rng)


@kind(1, sources.PROOFPOINT_FAQ)
def proofpoint_click(letter: Letter) -> None:
    """URL Defense sends the address into its sandbox when the person clicks: another visit from a cloud within
    minutes."""
    rng = letter.rng
    for at, link in clicked_by(letter):
        if rng.random() < 0.7:
            visitor = disguised(letter, networks.changing(rng, "aws", "oracle"), version=rng.choice([92, 109, 120]))
            letter.click(at + lognormal(rng, 25, 1.2, 0.3, 900), visitor, link)


@kind(0.8, sources.TREND_CLICK)
def trend_micro_click(letter: Letter) -> None:
    """Trend Micro's mail service analyses the address in real time when the person clicks."""
    rng = letter.rng
    checker = unnamed(letter, networks.changing(rng, "trend_mail", "trend", pool=3))
    for at, link in clicked_by(letter):
        letter.click(at - lognormal(rng, 1.5, 0.7, 0.1, 10), checker, link)


@kind(1.2, sources.VIPRE, tellable=False)
def link_isolation_twin(letter: Letter) -> None:
    """Link isolation opens the address in a cloud browser that says it is the person's own, looks at it for 15 to 30 s,
    and lets the person through afterwards: the same agent twice, first from a cloud. Sometimes the person
    goes no further: a twin left alone cannot be told from somebody at a desktop in a cloud."""
    rng = letter.rng
    reader = behind(letter, desktop_person(letter))
    at = first_look(rng)
    letter.open(at, reader)
    for link in choose(rng, letter.links, rng.choice([1, 1, 2, 3])):
        at += lognormal(rng, 25, 0.9, 3)
        goes_on = rng.random() < 0.85
        twin = replace(
            reader, address=networks.changing(rng, "aws", "azure"), by="machine", source="", tellable=goes_on
        )
        letter.click(at, twin, link)
        at += rng.uniform(15, 30)
        if goes_on:
            letter.click(at, reader, link)
        at += stay(rng)


@kind(1, sources.CLOUDFLARE, sources.MIMECAST_ISOLATION, sources.SHIMANE, sources.MENLO, tellable=False)
def isolated_browser_reader(letter: Letter) -> None:
    """The person surfs in an isolated browser that runs in the vendor's cloud: a person, though the address and the
    program are a cloud's. By these alone nobody could tell it from a machine there."""
    rng = letter.rng
    where = rng.choice(["cloudflare", "aws_tokyo", "google_cloud"])
    version = browsers.chrome_version(rng, letter.delivered)
    agent = (
        f"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{version}.0.0.0 Safari/537.36"
    )
    browser = browsers.chromium(agent, version, "Chromium", rng.choice(["ja", "en-US,en;q=0.9"]))
    read(letter, person(browser, networks.changing(rng, where, pool=2), tellable=False), count=rng.choice([1, 1, 2, 3]))
