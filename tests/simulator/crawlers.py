"""Programs that walk a letter: scripts, headless browsers, samplers, archives, monitors, search engines, attackers."""

from __future__ import annotations

from dataclasses import replace

from . import browsers, networks, sources
from .browsers import DAY
from .kinds import kind
from .letter import Letter, lognormal
from .machines import disguised, program, some
from .reading import anybody, behind, first_look, maybe_read, phone_person, read


@kind(0.8, sources.LIBRARIES, sources.SUPED_AGENTS)
def curl_script(letter: Letter) -> None:
    """A script with curl or wget asks for all links, fast."""
    rng = letter.rng
    agent = rng.choice([f"curl/8.{rng.randint(1, 14)}.{rng.randint(0, 1)}", "curl/7.88.1", "Wget/1.21.4"])
    visitor = program(agent, networks.fixed(networks.draw(rng, "hosting", "hosting_japan", "office")), accept="*/*")
    letter.crawl(
        lognormal(rng, 1200, 1.5, 1),
        visitor,
        some(letter, 1.0, trap=0.9),
        0.1,
        method=rng.choice(["GET", "GET", "HEAD"]),
    )
    maybe_read(letter, 0.3)


@kind(0.8, sources.LIBRARIES, sources.CRAFT_546)
def http_library(letter: Letter) -> None:
    """A program with an HTTP library asks for links, some several at a time."""
    rng = letter.rng
    agent = rng.choice(
        [
            f"python-requests/2.{rng.randint(25, 32)}.{rng.randint(0, 3)}",
            "Python/3.11 aiohttp/3.9.5",
            "Go-http-client/1.1",
            "axios/1.7.2",
            "Apache-HttpClient/5.3 (Java/17.0.9)",
            "AHC/2.1",
            "okhttp/4.12.0",
        ]
    )
    visitor = program(
        agent, networks.changing(rng, "aws", "azure", "google_cloud", "hosting", pool=rng.randint(1, 3)), accept="*/*"
    )
    letter.crawl(
        lognormal(rng, 600, 1.6, 0.5),
        visitor,
        some(letter, rng.choice([0.3, 1.0]), trap=0.6),
        rng.choice([0.02, 0.3, 2]),
    )
    maybe_read(letter, 0.3)


@kind(1, sources.HEADLESS, sources.BOT_FLEETS)
def headless_browser(letter: Letter) -> None:
    """A headless Chrome that hides it: a browser's headers, a server's language and place, all links in a row."""
    rng = letter.rng
    place = networks.changing(rng, "aws", "hosting", "google_cloud", pool=rng.randint(1, 2))
    visitor = disguised(letter, place, language=rng.choice(["en-US,en;q=0.9", "en-US", "ja-JP,ja;q=0.9", ""]))
    at = lognormal(rng, 300, 1.5, 2)
    if rng.random() < 0.5:
        letter.open(at, visitor)
    letter.crawl(at + 1, visitor, some(letter, rng.choice([0.5, 1.0]), trap=0.6), rng.choice([0.4, 2.0, 5.0]))
    maybe_read(letter, 0.3)


@kind(1.6, sources.M3AAWG, sources.WTTW_2013, tellable=False)
def sampler(letter: Letter) -> None:
    """Tries two or three links and leaves: mostly from a cloud and right after delivery; where it comes later from a
    business line with a current browser and Japanese as its language, nothing tells it from a person."""
    rng = letter.rng
    links = rng.sample(range(1, letter.links + 1), rng.choice([2, 2, 3]))
    if rng.random() < 0.8:
        visitor = disguised(
            letter,
            networks.changing(rng, "aws", "azure", "google_cloud", pool=3),
            language=rng.choice(["", "en-US,en;q=0.9"]),
            version=rng.choice([0, 96, 109]),
        )
        letter.crawl(lognormal(rng, 20, 1.2, 1, 1800), visitor, links, rng.choice([0.5, 3, 20]))
    else:
        visitor = disguised(letter, networks.fixed(networks.draw(rng, "office")), language="ja", tellable=False)
        letter.crawl(first_look(rng), visitor, links, rng.choice([3, 20]))
    maybe_read(letter, 0.4)


@kind(1.2, sources.SUPED_TIMES, sources.PAMINGA)
def slow_crawler(letter: Letter) -> None:
    """Takes ten minutes to an hour for all links, at irregular gaps, from changing cloud addresses."""
    rng = letter.rng
    links = some(letter, 1.0, trap=0.85)
    length = rng.uniform(600, 3600)
    visitor = disguised(
        letter,
        networks.changing(rng, "aws", "oracle", "azure", pool=rng.choice([1, 4, 0])),
        version=rng.choice([0, 0, 85, 99]),
        language=rng.choice(["", "en-US,en;q=0.9"]),
    )
    letter.crawl(lognormal(rng, 120, 1.0, 5), visitor, links, length / len(links), 0.7)
    maybe_read(letter, 0.4)


@kind(0.8, sources.SPOTLER, sources.MAUTIC_9798)
def trap_last_crawler(letter: Letter) -> None:
    """Walks all visible links first and the hidden one at the very end, seconds or minutes later."""
    rng = letter.rng
    visitor = disguised(
        letter,
        networks.changing(rng, "hosting", "aws", pool=2),
        version=rng.choice([0, 90]),
        language=rng.choice(["", "ja"]),
    )
    links = [link for link in letter.in_order() if link]
    at = letter.crawl(lognormal(rng, 200, 1.2, 2), visitor, links, rng.choice([1, 6, 15]))
    letter.click(at + lognormal(rng, 20, 1.0), visitor, 0)
    maybe_read(letter, 0.3)


@kind(0.6, sources.ARCHIVES)
def archive_bot(letter: Letter) -> None:
    """An archive follows a letter that was put on a page, web view and links, a second or more apart."""
    rng = letter.rng
    agent, place = rng.choice(
        [
            ("Mozilla/5.0 (compatible; archive.org_bot +http://archive.org/details/archive.org_bot)", "archive"),
            ("Mozilla/5.0 (compatible; heritrix/3.4.0 +https://warp.ndl.go.jp/)", "hosting_japan"),
        ]
    )
    visitor = program(agent, networks.changing(rng, place, pool=2), accept="*/*")
    at = lognormal(rng, 10 * DAY, 1.0, 3600)
    letter.view(at, visitor)
    letter.crawl(at + 3, visitor, some(letter, 1.0, trap=0.9), 3, 0.2)
    maybe_read(letter, 0.4)


@kind(0.5, sources.MONITORS)
def link_monitor(letter: Letter) -> None:
    """A monitor of links asks for the same address again and again at an exact interval, or once for each."""
    rng = letter.rng
    agent = rng.choice(
        [
            "Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)",
            "W3C-checklink/5.0.0 libwww-perl/6.77",
            "Pingdom.com_bot_version_1.4_(http://www.pingdom.com/)",
        ]
    )
    visitor = program(agent, networks.changing(rng, "hosting", pool=3), accept="*/*")
    at, link = lognormal(rng, 7200, 1.0), rng.randint(1, letter.links)
    if "checklink" in agent:
        letter.crawl(at, visitor, some(letter, 1.0, trap=1.0), 1.0, 0.1, method="HEAD")
    else:
        for n in range(rng.randint(5, 60)):
            letter.click(at + n * 300 + rng.gauss(0, 0.2), visitor, link, rng.choice(["HEAD", "GET"]))
    maybe_read(letter, 0.4)


@kind(0.6, sources.GOOGLE_FETCHERS)
def search_engine(letter: Letter) -> None:
    """The letter stood on a public page: search engines crawl its links over weeks."""
    rng = letter.rng
    agents = [
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "google"),
        (
            (
                "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0; "
                "+http://www.bing.com/bingbot.htm) Chrome/"
                f"{browsers.chrome_version(rng, letter.delivered)}.0.0.0 Safari/537.36"
            ),
            "bing",
        ),
        ("Mozilla/5.0 (compatible; GPTBot/1.2; +https://openai.com/gptbot)", "openai_crawl"),
    ]
    for agent, place in rng.sample(agents, rng.randint(1, 3)):
        visitor = program(
            agent,
            networks.changing(rng, place),
            accept="text/html,application/xhtml+xml,application/signed-exchange;v=b3,application/xml;q=0.9,*/*;q=0.8",
        )
        letter.crawl(
            lognormal(rng, 6 * DAY, 0.8, 3600), visitor, some(letter, rng.choice([0.1, 0.5]), trap=0.3), 4000, 1.0
        )
    maybe_read(letter, 0.4)


@kind(0.4, sources.SCANNERS)
def vulnerability_scanner(letter: Letter) -> None:
    """A scanner of weaknesses tries odd methods on a few addresses."""
    rng = letter.rng
    agent = rng.choice(
        [
            "Mozilla/5.0 (compatible; Nuclei - Open-source project)",
            "Mozilla/5.00 (Nikto/2.5.0)",
            "Mozilla/5.0 zgrab/0.x",
            "",
            "() { :; }; echo",
            "Mozilla/5.0 (compatible; Сканер/1.0; \xff\xfe)",
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:114.0) Gecko/20100101 Firefox/114.0",
        ]
    )
    visitor = program(agent, networks.changing(rng, "hosting", pool=2), accept="*/*")
    at = lognormal(rng, 2 * DAY, 1.0)
    for _ in range(rng.randint(5, 40)):
        letter.click(
            at,
            visitor,
            rng.randint(0, min(5, letter.links)),
            rng.choice(["GET", "POST", "OPTIONS", "PUT", "HEAD", "DELETE"]),
        )
        at += lognormal(rng, 0.3, 1.0)
    maybe_read(letter, 0.4)


@kind(0.8, sources.AFFILIATES, sources.SCANNERS, tellable=False)
def ballot_stuffer(letter: Letter) -> None:
    """Somebody with many tokens lifts one article: one machine, one address and one agent asks for one link on copy
    after copy within seconds. On a copy alone it looks like somebody behind a VPN and cannot be told; only all copies
    together show it."""
    shared = letter.issue.shared("ballot")
    same = Letter(letter.issue, letter.issue.sent, letter.source, shared)
    link, place = shared.randint(1, letter.links), networks.fixed(networks.draw(shared, "hosting_japan", "vpn"))
    visitor = disguised(same, place, language="ja", tellable=False)
    # The same moment for all copies, on the clock on the wall.
    start = letter.issue.sent + shared.uniform(5 * 3600, 20 * 3600) - letter.delivered
    letter.click(start + letter.rng.uniform(0, 5), visitor, link)
    maybe_read(letter, 0.35)


@kind(0.6, sources.RESIDENTIAL, tellable=False)
def residential_bot(letter: Letter) -> None:
    """A paid program clicks like a person, with a real browser, from the lines of Japanese homes, at human gaps. It is
    made so that nobody can tell."""
    rng = letter.rng
    visitor = replace(anybody(letter), by="machine", tellable=False)
    read(letter, visitor, count=rng.choice([1, 1, 2, 3]))


@kind(0.5, sources.SEEDED_CLICKS, sources.FORWARDING)
def posted_in_public(letter: Letter) -> None:
    """A reader posts an address of the letter in public: scores of strangers follow it, people with their own
    devices."""
    rng = letter.rng
    at = first_look(rng)
    read(letter, behind(letter, phone_person(letter)), start=at, count=1)
    link = rng.randint(1, letter.links)
    at += lognormal(rng, 3600, 1.0, 60)
    for _ in range(min(150, int(lognormal(rng, 25, 0.9, 8)))):
        letter.click(at + lognormal(rng, 12_000, 1.4, 2), behind(letter, anybody(letter)), link)


@kind(0.5, sources.LOG_LEAKS)
def log_replay(letter: Letter) -> None:
    """Addresses leaked from a proxy's log are asked for again days later by a program, all that the person had
    clicked."""
    rng = letter.rng
    reader = behind(letter, anybody(letter))
    clicked = read(letter, reader, count=rng.choice([1, 2, 3, 5]))
    visitor = program(
        rng.choice(
            [
                "python-requests/2.31.0",
                "Mozilla/5.0 (compatible; CensysInspect/1.1)",
                (
                    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
                    "Chrome/86.0.4240.111 Safari/537.36"
                ),
            ]
        ),
        networks.changing(rng, "hosting", pool=1),
        accept="*/*",
    )
    at = clicked[-1][0] + lognormal(rng, 4 * DAY, 0.8, 3600)
    for _, link in clicked:
        letter.click(at, visitor, link)
        at += lognormal(rng, 0.4, 0.8)
