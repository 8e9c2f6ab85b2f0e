"""Machines that act when a person clicks: checks before the redirect, twins of isolated browsers, echoes afterwards."""

from __future__ import annotations

from dataclasses import replace

from . import browsers, networks
from .gateways import disguised, program, some
from .kinds import kind
from .letter import Letter, Visitor, lognormal
from .reading import anybody, behind, choose, desktop_person, first_look, person, read, stay

OLD_ECHOES = [
    "Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 5.1; Trident/4.0)",
    "Mozilla/5.0 (Windows NT 6.1) AppleWebKit/537.2 (KHTML, like Gecko) Chrome/22.0.1216.0 Safari/537.2",
    "Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 5.1)",
    "Mozilla/5.0 (Windows NT 6.1; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/28.0.1500.72 Safari/537.36",
]


def clicked_by(letter: Letter, reader: Visitor | None = None, count: int | None = None) -> list[tuple[float, int]]:
    """A person's sitting with at least one click."""
    count = count or letter.rng.choices([1, 2, 3, 5], [55, 25, 13, 7])[0]
    return read(letter, behind(letter, reader or anybody(letter)), count=count)


@kind(
    2,
    (
        "Microsoft Learn, Safe Links: time-of-click verification, 2025; laravel-magiclink "
        "issue 96, 2023-04 (HEAD, then the browser's GET one second later)"
    ),
)
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


@kind(
    1.2, "Microsoft Learn, Office links: how Office discovers a hyperlink's protocol (HEAD and OPTIONS by Office), 2024"
)
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


@kind(
    1.6,
    (
        "Cisco, Secure Email: Outbreak Filters and URL rewriting (secure-web.cisco.com), 2024; "
        "supabase/auth issue 1214, 2023-08 (HEAD by link checks)"
    ),
)
def cisco_click(letter: Letter) -> None:
    """Cisco Secure Email asks HEAD and GET from its cloud at the moment of the click."""
    rng = letter.rng
    checker = program(
        rng.choice(["", "Cisco-IronPort", "Mozilla/5.0 (compatible)"]),
        networks.changing(rng, "cisco", "umbrella", pool=3),
        accept=rng.choice(["*/*", ""]),
    )
    for at, link in clicked_by(letter):
        start = at - lognormal(rng, 1.0, 0.7, 0.1, 8)
        letter.click(start, checker, link, "HEAD")
        letter.click(start + rng.uniform(0.05, 0.8), checker, link)


@kind(
    1.6,
    (
        "Broadcom, About Click-time URL Protection, knowledge.broadcom.com 163839 and 163837, "
        "2024 (each click tests the end point anew)"
    ),
)
def symantec_click(letter: Letter) -> None:
    """Symantec's Click-time URL Protection follows the address itself, HEAD and GET, one to some seconds before the
    browser arrives."""
    rng = letter.rng
    agent = rng.choice(
        ["", "Mozilla/5.0 (Windows NT 6.1; WOW64; rv:40.0) Gecko/20100101 Firefox/40.1", "Symantec Click-time"]
    )
    checker = program(agent, networks.changing(rng, "symantec", pool=3), accept=rng.choice(["*/*", ""]))
    for at, link in clicked_by(letter):
        start = at - lognormal(rng, 3, 0.6, 0.5, 15)
        letter.click(start, checker, link, "HEAD")
        if rng.random() < 0.8:
            letter.click(start + rng.uniform(0.1, 1.5), checker, link)


@kind(1.2, "Mimecast, URL Protect: time-of-click scanning, mimecastsupport.zendesk.com, 2025")
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


@kind(
    1,
    (
        "Proofpoint, URL Defense FAQ, University of Hawaii askus 1889, 2023; Vircom, Things to "
        "know about URL Defense, 2024-12"
    ),
)
def proofpoint_click(letter: Letter) -> None:
    """URL Defense sends the address into its sandbox when the person clicks: another visit from a cloud within
    minutes."""
    rng = letter.rng
    for at, link in clicked_by(letter):
        if rng.random() < 0.7:
            visitor = disguised(letter, networks.changing(rng, "aws", "oracle"), version=rng.choice([92, 109, 120]))
            letter.click(at + lognormal(rng, 25, 1.2, 0.3, 900), visitor, link)


@kind(
    2,
    (
        "blog.z0i.net, accesses from trendmicro.com, 2017-01; kuragane.jp, 2013 to 2018; Trend "
        "Micro, tmka-18762 Web Reputation Service, 2024; WebmasterWorld 4363886, 2011"
    ),
)
def trend_micro_echo(letter: Letter) -> None:
    """The person's PC has Trend Micro's antivirus: the address comes again from 150.70.0.0/16, seconds to hours after
    the click, with Internet Explorer 8 or a Chrome from 2012; now and then a moment before."""
    rng = letter.rng
    for at, link in clicked_by(letter, desktop_person(letter)):
        for _ in range(rng.choices([0, 1, 2, 3], [15, 55, 20, 10])[0]):
            echo = program(rng.choice(OLD_ECHOES), networks.changing(rng, "trend"), accept=rng.choice(["", "*/*"]))
            delay = -rng.uniform(0.1, 1.5) if rng.random() < 0.06 else lognormal(rng, 40, 1.8, 0.5, 12 * 3600)
            letter.click(at + delay, echo, link, "HEAD" if rng.random() < 0.05 else "GET")


@kind(0.8, "Trend Micro, Email Security: URL click tracking and Time-of-Click Protection, docs.trendmicro.com, 2024")
def trend_micro_click(letter: Letter) -> None:
    """Trend Micro's mail service analyses the address in real time when the person clicks."""
    rng = letter.rng
    checker = program(
        rng.choice([*OLD_ECHOES, "TMES"]), networks.changing(rng, "trend_mail", "trend", pool=3), accept="*/*"
    )
    for at, link in clicked_by(letter):
        letter.click(at - lognormal(rng, 1.5, 0.7, 0.1, 10), checker, link)


@kind(
    1.2,
    (
        "VIPRE, Link Isolation overview, vipre.helpjuice.com, 2023-10 (20 to 30 s, same "
        "browser type as the requestor); VIPRE IES, 2025-07"
    ),
)
def link_isolation_twin(letter: Letter) -> None:
    """Link isolation opens the address in a cloud browser that says it is the person's own, looks at it for 15 to 30 s,
    and lets the person through afterwards: the same agent twice, first from a cloud. Sometimes the person goes no
    further."""
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


@kind(
    1,
    (
        "Cloudflare, Safe email links and browser isolation, blog.cloudflare.com, 2022-09; "
        "Menlo Security, isolation platform, 2024; Mimecast, Browser Isolation, 2025"
    ),
    tellable=False,
)
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


@kind(
    1.5,
    (
        "Kaspersky, Safe links, 2024; Norton Safe Web and Avast Web Shield, help pages, 2024; "
        "ESET, Web access protection, 2025"
    ),
)
def antivirus_recheck(letter: Letter) -> None:
    """The antivirus on the person's PC gives the address to its vendor, whose crawler looks once, minutes or hours
    later."""
    rng = letter.rng
    agent = rng.choice(
        [
            "Mozilla/5.0 (compatible; NortonSafeWeb/1.0)",
            "",
            "Mozilla/5.0 (Windows NT 6.1; rv:52.0) Gecko/20100101 Firefox/52.0",
            "AvastSafeZone",
            "ESET",
        ]
    )
    crawler = program(agent, networks.changing(rng, "hosting", "aws_europe", pool=2), accept="*/*")
    for at, link in clicked_by(letter, desktop_person(letter)):
        if rng.random() < 0.7:
            letter.click(at + lognormal(rng, 300, 1.8, 1, 86_400), crawler, link)


@kind(1, "Zscaler, Cloud sandbox and URL categorisation of uncategorised sites, help.zscaler.com, 2025")
def zscaler_recheck(letter: Letter) -> None:
    """The person surfs through Zscaler, which looks at pages it does not know from another of its addresses."""
    rng = letter.rng
    reader = person(
        browsers.edge(rng, letter.delivered), networks.changing(rng, "zscaler", pool=2), source="zscaler_reader"
    )
    crawler = program(
        "Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0; rv:11.0) like Gecko",
        networks.changing(rng, "zscaler"),
        accept="*/*",
    )
    for at, link in read(letter, reader, count=rng.choice([1, 2, 3])):
        if rng.random() < 0.6:
            letter.click(at + lognormal(rng, 8, 1.0, 0.5), crawler, link)


@kind(
    0.6,
    (
        "Barracuda, Impersonation Protection: unwanted link clicks, campus.barracuda.com "
        "498468311, 2024; Microsoft Learn, Automated investigation, 2025"
    ),
)
def incident_recheck(letter: Letter) -> None:
    """Days after somebody reported a letter, an incident response tool opens all its links at once, from a cloud."""
    rng = letter.rng
    clicked = clicked_by(letter)
    visitor = disguised(letter, networks.changing(rng, "azure", "aws", pool=4))
    letter.crawl(clicked[0][0] + lognormal(rng, 1.5 * 86_400, 0.9, 600), visitor, some(letter, 1.0, trap=0.8), 0.5)
