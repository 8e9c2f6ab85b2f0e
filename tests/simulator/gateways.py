"""Gateways and mailbox providers that ask for links when a letter comes, before anybody reads it."""

from __future__ import annotations

from . import browsers, networks
from .browsers import Browser
from .kinds import kind
from .letter import Letter, Visitor, lognormal
from .networks import Address
from .reading import maybe_read

NO_HEADERS: dict[str, str] = {}


def program(agent: str, address: Address, *, tellable: bool = True, **headers: str) -> Visitor:
    """A machine with that agent and few headers."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return Visitor(Browser(agent, sent, sent), address, "machine", tellable)


def disguised(
    letter: Letter, address: Address, *, version: int = 0, language: str = "", tellable: bool = True
) -> Visitor:
    """A machine that drives a real Chromium: all its headers, the default language of a server unless set."""
    rng = letter.rng
    version = version or browsers.chrome_version(rng, letter.delivered)
    system = rng.choice(
        [
            "Windows NT 10.0; Win64; x64",
            "Windows NT 10.0; Win64; x64",
            "X11; Linux x86_64",
            "Macintosh; Intel Mac OS X 10_15_7",
        ]
    )
    agent = f"Mozilla/5.0 ({system}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{version}.0.0.0 Safari/537.36"
    return Visitor(browsers.chromium(agent, version, "Google Chrome", language), address, "machine", tellable)


def some(letter: Letter, share: float, *, trap: float = 0.5) -> list[int]:
    """In order, a *share* of the links; with a chance of *trap* the trap as well."""
    rng = letter.rng
    with_trap = rng.random() < trap
    found = [link for link in letter.in_order() if (link and rng.random() < share) or (not link and with_trap)]
    return found or [1]


@kind(
    4,
    (
        "Microsoft Learn, Safe Links in Defender for Office 365, 2025; emdash issue 3298, "
        "2026-09 (22 s after delivery, AS8075, headless Chrome); HummingDeck, 2026 (22 to 48 s "
        "a session)"
    ),
)
def safe_links_detonation(letter: Letter) -> None:
    """Defender for Office 365 opens links in a sandbox within a minute or two of delivery, from Azure, with a current
    Chrome or Edge and no cookies, several links at once, each sometimes twice."""
    rng = letter.rng
    at = lognormal(rng, 25, 0.9, 1.5, 900)
    pool = networks.changing(rng, "azure", "azure6" if rng.random() < 0.2 else "azure", pool=rng.randint(1, 8))
    version = browsers.chrome_version(rng, letter.delivered) - rng.choice([0, 1, 4, 12])
    visitor = disguised(letter, pool, version=version, language=rng.choice(["en-US,en;q=0.9", "en-US", ""]))
    if rng.random() < 0.35:
        letter.open(at - 0.5, visitor)
    for link in some(letter, rng.choice([0.3, 0.7, 1.0, 1.0]), trap=0.6):
        letter.click(at, visitor, link)
        if rng.random() < 0.25:
            letter.click(at + rng.uniform(0.1, 3), visitor, link)
        at += lognormal(rng, 0.5, 1.1, 0.01, 15)
    maybe_read(letter, 0.5)


@kind(
    2.5,
    (
        "Proofpoint, Targeted Attack Protection data sheet, 2024; Word to the Wise and "
        "Validity community, clicks by Proofpoint, 2019 to 2024"
    ),
)
def proofpoint_crawl(letter: Letter) -> None:
    """Proofpoint's sandboxes walk the letter for one to five minutes, each request from another cloud address, with
    agents that differ and are often years old."""
    rng = letter.rng
    clouds = networks.changing(rng, "aws", "aws_europe", "oracle", "proofpoint", pool=rng.choice([0, 0, 12, 30]))
    agents = [
        disguised(letter, clouds, version=rng.choice([79, 88, 92, 100, 109, 120, 124]))
        for _ in range(rng.randint(1, 4))
    ]
    if rng.random() < 0.4:
        agents = [Visitor(Browser(a.browser.agent, {"accept": "*/*"}, {"accept": "*/*"}), clouds) for a in agents]
    links = some(letter, rng.choice([0.5, 0.8, 1.0]), trap=0.6)
    length, at = rng.uniform(60, 300), lognormal(rng, 40, 1.0, 3, 1800)
    if rng.random() < 0.2:
        rng.shuffle(links)
    for link in links:
        letter.click(at, rng.choice(agents), link, "HEAD" if rng.random() < 0.08 else "GET")
        at += lognormal(rng, length / len(links), 0.5, 0.2)
    maybe_read(letter, 0.5)


@kind(
    2,
    (
        "Word to the Wise, Barracuda filters clicking all links, 2013-07; Act-On, False "
        "positives in email clicks, 2024; Suped, bot agents, 2026-05 (Barracuda Sentinel)"
    ),
)
def barracuda(letter: Letter) -> None:
    """Barracuda's intent analysis follows links at delivery, all of them or only the first, from its own addresses or
    clouds, with the agent of a browser or its own name."""
    rng = letter.rng
    at = lognormal(rng, 6, 1.0, 0.5, 300)
    place = networks.changing(rng, rng.choice(["barracuda", "barracuda", "aws"]), pool=rng.randint(1, 4))
    if rng.random() < 0.25:
        visitor = program("Barracuda Sentinel (EE)", place, accept="*/*")
    elif rng.random() < 0.5:
        visitor = program(
            (
                "Mozilla/5.0 (Windows NT 6.1; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) "
                "Chrome/41.0.2272.118 Safari/537.36"
            ),
            place,
            accept="*/*",
        )
    else:
        visitor = disguised(letter, place, version=rng.choice([79, 87, 96, 110]))
    links = [1] if rng.random() < 0.3 else some(letter, 1.0, trap=0.9)
    letter.crawl(at, visitor, links, rng.choice([0.05, 0.3, 1.5]))
    maybe_read(letter, 0.5)


@kind(
    1.5, "Mimecast, Targeted Threat Protection: URL Protect and data centres' addresses, community.mimecast.com, 2024"
)
def mimecast_delivery(letter: Letter) -> None:
    """Mimecast's deep inspection asks for links at delivery from its data centres."""
    rng = letter.rng
    place = networks.changing(rng, "mimecast", pool=rng.randint(1, 3))
    visitor = (
        disguised(letter, place, language=rng.choice(["", "en-GB,en;q=0.9"]))
        if rng.random() < 0.6
        else program("", place, accept="*/*")
    )
    letter.crawl(
        lognormal(rng, 15, 1.0, 1), visitor, some(letter, rng.choice([0.4, 1.0]), trap=0.6), rng.choice([0.2, 1.0])
    )
    maybe_read(letter, 0.5)


@kind(1.2, "Sophos, Email: Time of Click and Smart Banners, docs.sophos.com, 2025")
def sophos_delivery(letter: Letter) -> None:
    """Sophos Email asks for links from AWS before delivery into the mailbox, HEAD first and GET after."""
    rng = letter.rng
    place = networks.changing(rng, "aws_europe", "aws_tokyo", pool=rng.randint(1, 3))
    visitor = program(
        rng.choice(["Mozilla/5.0 (compatible; Sophos)", "Go-http-client/2.0", "SXL/3.1"]),
        place,
        accept=rng.choice(["*/*", ""]),
    )
    at = lognormal(rng, 8, 0.9, 0.5)
    for link in some(letter, 1.0, trap=0.8):
        letter.click(at, visitor, link, "HEAD")
        if rng.random() < 0.6:
            letter.click(at + rng.uniform(0.05, 0.4), visitor, link)
        at += lognormal(rng, 0.2, 0.8)
    maybe_read(letter, 0.5)


@kind(1, "Fortinet, FortiMail: URL click protection and FortiSandbox scan of URIs, docs.fortinet.com, 2025")
def fortimail(letter: Letter) -> None:
    """FortiMail gives links to FortiSandbox, which opens them in order within minutes in an older browser."""
    rng = letter.rng
    visitor = disguised(
        letter,
        networks.changing(rng, "fortinet", pool=2),
        version=rng.choice([75, 86, 99]),
        language=rng.choice(["en-US,en;q=0.9", ""]),
    )
    letter.crawl(lognormal(rng, 60, 0.9, 5), visitor, some(letter, 0.9, trap=0.7), 4.0)
    maybe_read(letter, 0.5)


@kind(1, "Trellix, Email Security: URL analysis (FireEye ETP), docs.trellix.com, 2024; Suped, bot agents, 2026-05")
def trellix(letter: Letter) -> None:
    """Trellix (FireEye) rewrites and opens links at delivery from AWS, in bursts, with agents of several browsers."""
    rng = letter.rng
    place = networks.changing(rng, "aws", pool=rng.randint(2, 6))
    visitors = [disguised(letter, place, version=rng.choice([83, 91, 103, 117])) for _ in range(3)]
    visitors.append(program("Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1; Trident/4.0)", place, accept="*/*"))
    at = lognormal(rng, 30, 0.9, 2)
    for link in some(letter, 0.8, trap=0.6):
        for visitor in rng.sample(visitors, rng.choice([1, 1, 2])):
            letter.click(at, visitor, link)
            at += lognormal(rng, 0.3, 1.0)
    maybe_read(letter, 0.5)


@kind(0.8, "Forcepoint, Email Security Cloud: URL sandboxing and service addresses, support.forcepoint.com, 2024")
def forcepoint(letter: Letter) -> None:
    """Forcepoint's cloud classifies links at delivery from its own addresses."""
    rng = letter.rng
    visitor = program(
        "Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko",
        networks.changing(rng, "forcepoint", pool=2),
        accept="*/*",
    )
    letter.crawl(lognormal(rng, 12, 0.9, 1), visitor, some(letter, 1.0, trap=0.8), 0.4)
    maybe_read(letter, 0.5)


@kind(0.8, "Hornetsecurity, Advanced Threat Protection: URL scanning and Secure Links, manual, 2025")
def hornetsecurity(letter: Letter) -> None:
    """Hornetsecurity scans links at delivery from its own addresses in Europe, HEAD and GET mixed."""
    rng = letter.rng
    visitor = program(
        rng.choice(
            [
                (
                    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
                    "HeadlessChrome/119.0.0.0 Safari/537.36"
                ),
                "okhttp/4.9.3",
            ]
        ),
        networks.changing(rng, "hornetsecurity", pool=2),
        accept="*/*",
    )
    at = lognormal(rng, 10, 0.9, 1)
    for link in some(letter, 0.9, trap=0.7):
        letter.click(at, visitor, link, rng.choice(["HEAD", "GET", "GET"]))
        at += lognormal(rng, 0.6, 0.9)
    maybe_read(letter, 0.5)


@kind(
    1.5,
    (
        "Google Workspace, Advanced phishing and malware protection (scan linked images, "
        "click-time warnings), support.google.com/a, 2025"
    ),
)
def google_workspace_scan(letter: Letter) -> None:
    """Google follows some links of unsure letters within minutes, from its own network, with no or an odd agent."""
    rng = letter.rng
    place = networks.changing(rng, "google", pool=rng.randint(1, 4))
    agent = rng.choice(
        [
            "Google-Safety",
            "Mozilla/5.0 (compatible; Google-Safety; +http://www.google.com/bot.html)",
            "",
            (
                "Mozilla/5.0 (Windows NT 6.1; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
                "Chrome/96.0.4664.110 Safari/537.36"
            ),
        ]
    )
    links = rng.sample(range(1, letter.links + 1), min(letter.links, rng.randint(1, 4)))
    letter.crawl(lognormal(rng, 90, 1.2, 1), program(agent, place, accept="*/*"), links, 3.0)
    maybe_read(letter, 0.5)


@kind(
    1.2,
    "Apérza, mail report: clicks by sandboxes in Japan, dx.aperza.com, 2024 (every link as often, agents disguised)",
)
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


@kind(0.8, "Digital Arts, m-FILTER and i-FILTER: URL check of received mail, daj.jp, 2025")
def m_filter(letter: Letter) -> None:
    """m-FILTER checks each address of a letter from the customer's own exit, a plain program, one GET or HEAD a
    link."""
    rng = letter.rng
    visitor = program(
        rng.choice(
            ["", "Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1)", "Apache-HttpClient/4.5.13 (Java/11.0.20)"]
        ),
        networks.fixed(networks.draw(rng, "office", "prefecture")),
    )
    letter.crawl(
        lognormal(rng, 3, 0.8, 0.2), visitor, some(letter, 1.0, trap=0.9), 0.15, method=rng.choice(["GET", "HEAD"])
    )
    maybe_read(letter, 0.5)


@kind(0.8, "Canon Marketing Japan, GUARDIANWALL Mail filter, 2025; TwoFive and Cybermail, sandbox links, 2024")
def guardianwall(letter: Letter) -> None:
    """A Japanese gateway holds the letter for some minutes and asks for its links from a hosted service."""
    rng = letter.rng
    visitor = program(
        rng.choice(
            [
                "Java/1.8.0_372",
                "python-urllib3/1.26.18",
                "Mozilla/5.0 (Windows NT 6.3; Trident/7.0; rv:11.0) like Gecko",
            ]
        ),
        networks.changing(rng, "hosting_japan", "aws_tokyo", pool=2),
        accept="text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2",
    )
    letter.crawl(lognormal(rng, 200, 0.8, 20), visitor, some(letter, 0.9, trap=0.8), 1.0)
    maybe_read(letter, 0.5)


@kind(
    1,
    (
        "Validity, Bot clicks: how to spot non-human interactions, 2023; Spotler, GatorMail "
        "bot detection, 2024 (random delays)"
    ),
)
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
