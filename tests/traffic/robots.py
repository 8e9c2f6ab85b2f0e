"""Machines beyond the mailbox: crawlers, monitors, assistants, attackers, and what nobody can tell."""

from __future__ import annotations

from . import home_readers, programs
from .address_space import address
from .home_readers import reads
from .programs import Browser
from .reading_scene import DAY, HOUR, MINUTE, Scene
from .scanning import crawl, person, targets

CRAWLERS = (
    (
        "googlebot",
        (
            "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; "
            "Googlebot/2.1; +http://www.google.com/bot.html) Chrome/142.0.7444.59 "
            "Safari/537.36"
        ),
    ),
    (
        "bing",
        (
            "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; "
            "bingbot/2.0; +http://www.bing.com/bingbot.htm) Chrome/136.0.0.0 "
            "Safari/537.36"
        ),
    ),
    (
        "openai",
        ("Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.3; +https://openai.com/gptbot)"),
    ),
    (
        "anthropic",
        ("Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; ClaudeBot/1.0; +claudebot@anthropic.com)"),
    ),
    ("seo", "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)"),
    (
        "apple_bot",
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 "
            "(KHTML, like Gecko) Version/17.4 Safari/605.1.15 (Applebot/0.1; "
            "+http://www.apple.com/go/applebot)"
        ),
    ),
)


def search_crawlers(s: Scene) -> None:
    """Somebody put the letter into the web: crawlers come for months."""
    where, at, browser = home_readers.at_home(s), s.opening(), programs.desktop(s.rng, s.delivered)
    s.open(at, where, browser)
    reads(s, at, browser, lambda: where)
    for network, agent in s.rng.sample(CRAWLERS, s.rng.randint(1, 4)):
        start = at + s.spread(9 * DAY, 3)
        for link in targets(s, 0.4, 0.5):
            s.click(
                start,
                link,
                address(s.rng, network),
                programs.machine(agent, accept="text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"),
                "machine",
            )
            start += s.spread(2 * HOUR, 6)


def uptime(s: Scene) -> None:
    """A link of the letter was put into a monitor, which asks every five minutes for hours."""
    reads(s, s.opening(), programs.desktop(s.rng, s.delivered), lambda: "126.66.7.8", 1.0, most=1)
    start, link, client = s.spread(1 * DAY, 2), s.link(), address(s.rng, "uptime")
    browser = programs.machine("Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)", accept="*/*")
    for number in range(s.rng.randint(15, 40)):
        s.click(
            start + number * 300 + s.rng.random(),
            link,
            client,
            browser,
            "machine",
            method="HEAD" if s.chance(0.5) else "GET",
        )


def archiver(s: Scene) -> None:
    """Saves the letter with all its links: wget, HTTrack, the Internet Archive."""
    network, agent = s.rng.choice(
        (
            ("home4", "Wget/1.24.5"),
            ("home4", "Mozilla/4.5 (compatible; HTTrack 3.0x; Windows 98)"),
            ("archive", "Mozilla/5.0 (compatible; archive.org_bot +http://archive.org/details/archive.org_bot)"),
        )
    )
    client = address(s.rng, network)
    person(s)
    crawl(
        s,
        s.spread(2 * DAY, 3),
        targets(s),
        lambda: client,
        lambda: programs.machine(agent, accept="*/*"),
        lambda: s.spread(0.7, 2),
    )


def assistant(s: Scene) -> None:
    """A reader lets a language model sum up the letter; it fetches some links under its name."""
    at = s.opening()
    agent = s.rng.choice(
        (
            (
                "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko); compatible; "
                "ChatGPT-User/1.0; +https://openai.com/bot"
            ),
            (
                "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; "
                "Claude-User/1.0; +Claude-User@anthropic.com)"
            ),
            (
                "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; "
                "Perplexity-User/1.0; +https://perplexity.ai/perplexity-user)"
            ),
        )
    )
    crawl(
        s,
        at,
        s.rng.sample(range(1, s.links + 1), min(s.links, s.rng.randint(1, 4))),
        lambda: address(s.rng, "openai", "azure"),
        lambda: programs.machine(agent, accept=programs.SAFARI_HTML),
        lambda: s.spread(1.5, 2),
    )
    person(s)


def browser_prefetch(s: Scene) -> None:
    """The letter in the browser: Chrome prefetches where the pointer rests, then mostly comes the click."""
    browser, where, at = programs.chromium(s.rng, s.delivered, programs.WINDOWS), home_readers.at_home(s), s.opening()
    s.open(at, where, browser)
    s.view(at + 9, where, browser)
    now = at + 20
    for link in s.wanted():
        s.click(
            now,
            link,
            where,
            browser,
            "machine",
            sec_purpose="prefetch" if s.chance(0.6) else "prefetch;prerender",
            sec_fetch_dest="document",
        )
        if s.chance(0.7):
            s.click(now + s.spread(1.2, 2), link, where, browser)
        now += s.spread(30, 2)


def script(s: Scene) -> None:
    """An attacker with one copy inflates one link by a loop."""
    link, client, start = s.link(), address(s.rng, "hosting", "home4"), s.spread(5 * HOUR, 3)
    browser = programs.machine(
        s.rng.choice(
            (
                "curl/8.5.0",
                "python-requests/2.32.3",
                (
                    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, "
                    "like Gecko) Chrome/120.0.0.0 Safari/537.36"
                ),
            )
        )
    )
    person(s)
    for number in range(s.rng.randint(20, 60)):
        s.click(start + number * s.rng.choice((0.5, 1, 2)), link, client, browser, "machine")


def script_browser(s: Scene) -> None:
    """The same with a driven browser with all headers, at an even beat, from one address."""
    link, client, start, beat = (
        s.link(),
        address(s.rng, "hosting", "home4"),
        s.spread(5 * HOUR, 3),
        s.rng.uniform(3, 20),
    )
    browser = programs.headless(
        s.rng, s.delivered, version=programs.chrome_version(s.delivered), language="ja,en-US;q=0.9,en;q=0.8"
    )
    person(s)
    for number in range(s.rng.randint(20, 50)):
        s.click(start + number * beat + s.rng.random() * 0.2, link, client, browser, "machine")


def attacker_hidden(s: Scene) -> None:
    """An attacker with one copy, real browsers and addresses of homes, at a person's times: nobody can tell it."""
    link, start = s.link(), s.opening()
    for _ in range(s.rng.randint(4, 12)):
        browser = programs.android(s.rng, s.delivered) if s.chance(0.5) else programs.desktop(s.rng, s.delivered)
        s.click(start, link, address(s.rng, "home4"), browser, "machine", told=False)
        start += s.spread(2 * HOUR, 3)


def agentic_browser(s: Scene) -> None:
    """A reader's browser that a language model drives: the reader's device, address and pace; nobody can tell it."""
    browser, where, at = programs.chromium(s.rng, s.delivered, programs.WINDOWS), home_readers.at_home(s), s.opening()
    s.open(at, where, browser)
    for link in s.wanted():
        at += s.spread(12, 1.8)
        s.click(at, link, where, browser, "machine", told=False)


def lone_sandbox(s: Scene) -> None:
    """A sandbox at home lines that opens one link hours later with a current browser: not to tell."""
    browser = programs.chromium(s.rng, s.delivered, programs.WINDOWS)
    s.click(s.spread(2 * HOUR, 2), s.link(), address(s.rng, "residential_proxy"), browser, "machine", told=False)
    person(s)


def two_machines(s: Scene) -> None:
    """Two scanners in a row (gateway and cloud) and a person whose clicks are echoed by a third."""
    first, second = programs.headless(s.rng, s.delivered, language=""), programs.machine(None)
    crawl(
        s,
        s.spread(10, 2),
        targets(s),
        lambda: address(s.rng, "barracuda"),
        lambda: second,
        lambda: s.rng.random() * 0.4,
        "HEAD",
    )
    crawl(s, s.spread(60, 2), targets(s), lambda: address(s.rng, "microsoft"), lambda: first, lambda: s.rng.random())
    for at, link in person(s, share=0.9):
        s.click(
            at + s.spread(30, 3),
            link,
            address(s.rng, "trend"),
            programs.machine("Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 5.1; Trident/4.0)", accept=""),
            "machine",
        )


def click_during_scan(s: Scene) -> None:
    """A person opens the letter at once and clicks while a scanner still works on it."""
    start = s.spread(15, 1.5)
    end = (
        crawl(
            s,
            start,
            targets(s),
            lambda: address(s.rng, "azure", "microsoft"),
            lambda: scanner,
            lambda: s.spread(2, 1.7),
        )
        if (scanner := programs.headless(s.rng, s.delivered, language="en-US,en;q=0.9"))
        else 0
    )
    at, browser, where = (
        start + s.rng.random() * (end - start),
        programs.iphone(s.rng, s.delivered),
        home_readers.mobile(s),
    )
    s.open(
        max(8, at - 6),
        where,
        Browser(str(browser.agent).split(" Version/")[0] + " Mobile/15E148", browser.page, browser.image),
        source="reader behind",
    )
    reads(s, max(10, at), browser, lambda: where, 1.0, "reader behind", most=2)


def pixel_scanner(s: Scene) -> None:
    """Only loads the pictures on delivery."""
    s.open(s.spread(9, 2), address(s.rng, "aws", "azure"), programs.headless(s.rng, s.delivered), "machine")
    person(s)


def plain(s: Scene) -> None:
    """A person behind a gateway that did nothing this time: noise among the scanned."""
    person(s)
    if s.chance(0.1):
        s.click(
            s.spread(20 * MINUTE, 3),
            s.link(),
            address(s.rng, "hosting"),
            programs.machine("masscan/1.3"),
            "machine",
            "noise",
        )
