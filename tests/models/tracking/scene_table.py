"""The scenes by name; :data:`ISSUE` are inputs that went wrong once, each with further ones of its kind."""

from __future__ import annotations

from dataclasses import replace

from .scenes import (
    ANDROID,
    ANYTHING,
    CHROME,
    EDGE,
    ENGLISH,
    FIREFOX,
    GMAIL_AHEAD,
    GOOGLE,
    HINTS,
    HOME,
    IE8,
    IE11,
    IPHONE,
    JAPANESE,
    LINE,
    LINUX,
    MAIL,
    NOTHING,
    OLD_ANDROID,
    OLD_CHROME,
    OUTLOOK,
    PHONE,
    PICTURES,
    TRAP,
    Device,
    Request,
    machine,
    moving,
    person,
    unknown,
)  # fmt: skip

NOBODY = Device("203.0.113.9", "", NOTHING)
AMAZON, AZURE = "54.240.{0}.8", "20.40.{0}.9"
TREND = Device("150.70.1.2", IE8, NOTHING)
SCANNER = Device("18.200.4.4", CHROME, ENGLISH)
PROOFPOINT = Device("148.163.135.9", CHROME, ENGLISH)
OLD = Device("", OLD_CHROME, ENGLISH)
HOME_EN = Device("198.51.100.7", CHROME, {**ENGLISH, **HINTS})
REMOTE = Device("20.44.3.3", CHROME, {**JAPANESE, **HINTS})
"""A remote desktop in a cloud."""
TOR = Device("138.68.20.9", FIREFOX, ENGLISH)
"""A person who hides behind a server's address."""
TRANSLATOR = Device("66.249.84.12", f"{CHROME},gzip(gfe) (via translate.google.com)", {**ENGLISH, **HINTS})
TELEVISION = CHROME.replace("Windows NT 10.0; Win64; x64", "Web0S; Linux/SmartTV").replace("146.0.0.0", "87.0.4280.88")
STRIPPED = {**PICTURES, "sec-ch-ua": "", "sec-ch-ua-platform": "", "sec-fetch-dest": "", "sec-fetch-mode": ""}
"""What an office's proxy leaves of a browser's headers."""
PRETENDER = Device(
    "192.0.2.77",
    CHROME.replace("146.0.0.0", "121.0.6167.85"),
    {**NOTHING, "accept": "text/html,*/*", "sec-ch-ua": "", "sec-fetch-dest": ""},
)
"""A program that calls itself Chrome."""
READ = (3600.0, 0)
CRAWLED = [(60.0 + 12 * n, n + 1) for n in range(8)] + [(156.0, TRAP)]

ISSUE: dict[str, list[Request]] = {
    # A gateway looks at the moment of a click.
    "HEAD without an agent before a click": machine(NOBODY, (3600, 1), method="HEAD") + person(HOME, (3605, 1)),
    "HEAD after a click": person(HOME, (3600, 1)) + machine(NOBODY, (3600.4, 1), method="HEAD"),
    "HEAD and GET before a click": machine(NOBODY, (3600, 1), method="HEAD")
    + machine(NOBODY, (3600.2, 1))
    + person(HOME, (3601, 1)),
    "HEAD from the person's own network": machine(NOBODY.at("198.51.100.9"), (3600, 1), method="HEAD")
    + person(HOME, (3600.5, 1), (3700, 2)),
    "HEAD and GET with a browser's agent from Cisco": machine(
        Device("68.232.130.1", CHROME, ANYTHING), (3600, 1), method="HEAD"
    )
    + machine(Device("68.232.130.1", CHROME, ANYTHING), (3600.1, 1))
    + person(HOME, (3602, 1)),
    # Tabs.
    "two tabs within a second": person(HOME, READ, (3630.0, 1), (3630.8, 2), (3700, 3)),
    "three tabs within a second": person(HOME, READ, (3630.0, 1), (3630.4, 4), (3630.9, 6)),
    "three tabs of one who shows no pictures": person(HOME, (3630.0, 1), (3630.4, 4), (3630.9, 6)),
    "four tabs, and later one more": person(HOME, READ, (3630, 2), (3631, 3), (3631.8, 5), (3632.7, 6), (4000, 8)),
    "tabs on a telephone": person(PHONE, READ, (3630, 2), (3630.9, 3)),
    # Crawls over changing addresses.
    "nine addresses up to the trap": moving(OLD, AMAZON, CRAWLED, lambda n: OLD_CHROME),
    "nine addresses without the trap": moving(OLD, AMAZON, CRAWLED[:8], lambda n: OLD_CHROME),
    "nine addresses with a browser of today": moving(SCANNER, AZURE, CRAWLED),
    "nine addresses and agents": moving(SCANNER, AMAZON, CRAWLED[:8], lambda n: CHROME.replace("146", str(110 + n))),
    "nine addresses that no list has": moving(
        SCANNER, "{0}.51.3.8", [(at, link) for at, link in CRAWLED], lambda n: CHROME
    ),
    "a person comes in the middle of it": moving(SCANNER, AMAZON, CRAWLED) + person(HOME, (100, 0), (110, 3), (130, 5)),
    # Echoes.
    "Trend Micro after a click": person(HOME, READ, (3620, 1)) + machine(TREND, (3630, 1)),
    "Trend Micro with an old Chrome": person(HOME, (3620, 1))
    + machine(replace(TREND, agent=OLD_CHROME, headers=ENGLISH), (3650, 1)),
    "Trend Micro hours later": person(HOME, (3620, 1), (3700, 4)) + machine(TREND, (9000, 1), (9900, 4)),
    "Trend Micro from another network": person(HOME, (3620, 1)) + machine(TREND.at("66.180.82.9"), (3622, 1)),
    "an echo from a cloud with a whole browser": person(HOME, (3620, 1)) + machine(SCANNER, (3640, 1)),
    "an echo that no list has": person(HOME, (3620, 1)) + machine(Device("192.0.2.9", CHROME, ANYTHING), (3625, 1)),
    # Gmail ahead.
    "Gmail's picture proxy at 4 s": machine(GOOGLE, (4, 0)),
    "Gmail's picture proxy at 0.5 s, and then a person": machine(GOOGLE, (0.5, 0)) + person(GOOGLE, (900, 0)),
    "Gmail's picture proxy at 8 s, then clicks": machine(GOOGLE, (8, 0)) + person(PHONE, (900, 2), (960, 3)),
    "Gmail's picture proxy at 4 s, and once more when it is opened": machine(GOOGLE, (4, 0))
    + person(GOOGLE, (22, 0))
    + person(PHONE, (33, 1)),
    "Gmail's own agent for prefetching": machine(replace(GOOGLE, agent=GMAIL_AHEAD), (300, 0))
    + person(GOOGLE, (303, 0)),
}
PEOPLE: dict[str, list[Request]] = {
    "a click": person(HOME, (3600, 1)),
    "opens and clicks": person(MAIL, READ) + person(HOME, (3620, 1), (3700, 4)),
    "a telephone": person(PHONE, READ, (3620, 1)),
    "an old telephone": person(replace(PHONE, agent=OLD_ANDROID), (3620, 1)),
    "Android": person(replace(PHONE, agent=ANDROID), READ, (3620, 1)),
    "Firefox": person(replace(HOME, agent=FIREFOX, headers=JAPANESE), READ, (3620, 1)),
    "Internet Explorer in an office": person(replace(HOME, agent=IE11, headers=JAPANESE), (3620, 1), (3700, 2)),
    "the browser in LINE": person(replace(PHONE, agent=LINE), (3620, 1)),
    "presses a link twice": person(HOME, (3600, 1), (3600.2, 1), (3600.5, 1)),
    "telephone and office": person(PHONE, (3600, 1)) + person(HOME, (9000, 1), (9060, 2)),
    "the same link on two devices within a minute": person(PHONE, (3600, 1)) + person(HOME, (3640, 1)),
    "a foreign language": person(HOME_EN, READ, (3620, 1)),
    "quick, as a telephone rang": person(PHONE, (14, 0), (22, 1)),
    "a quick one in Gmail": person(GOOGLE, (40, 0)) + person(PHONE, (55, 1)),
    "a remote desktop in a cloud": person(REMOTE, READ, (3640, 1), (3700, 5)),
    "a remote desktop without pictures": person(REMOTE, (30_000, 1)),
    "behind Zscaler": person(HOME.at("165.225.110.9"), READ, (3640, 1), (3690, 2)),
    "in the isolated browser of a gateway's maker": person(HOME.at("148.163.135.20"), READ, (3640, 1), (3690, 2)),
    "iCloud Private Relay": person(PHONE.at("172.224.240.9"), (3640, 1)) + person(PHONE.at("172.225.10.4"), (3700, 2)),
    "moves from Wi-Fi to the carrier": person(PHONE, (3640, 1))
    + person(PHONE.at("203.0.113.80"), (3670, 2), (3720, 3)),
    "reads all there is": person(
        HOME, READ, *((3600 + t, n + 1) for n, t in enumerate((20, 95, 130, 260, 300, 450, 520, 700, 731)))
    ),
    "reads all there is on two days": person(
        HOME, (3600, 1), (3700, 2), (90_000, 3), (90_100, 4), (90_400, 5), (90_410, 6)
    ),
    "the browser fetches ahead": machine(HOME, (3600, 1), (3600.1, 2), **{"sec-purpose": "prefetch"})
    + person(HOME, (3603, 1)),
    "the letter is passed on": [
        one
        for n in range(5)
        for one in person(HOME.at(f"203.0.{n}.9"), (3600 + 900 * n, 0), (3640 + 900 * n, 1 + n % 2))
    ],
    "passed on to a hundred within minutes": [
        one for n in range(100) for one in person(HOME.at(f"203.{n}.113.9"), (3600 + 7 * n, 1 + n * n % 4))
    ],
    "two days later": person(HOME, (200_000, 3)),
    "reads one after the other, of even length": person(
        HOME, *((3600 + t, n + 1) for n, t in enumerate((0, 38, 84, 118, 156, 203, 238, 280, 315)))
    ),
    "follows three as soon as the letter is there": person(HOME, (40, 1), (46, 4), (55, 5)),
    "a remote desktop, on which all is read": person(
        REMOTE, *((9000 + t, n + 1) for n, t in enumerate((0, 21, 95, 130, 260, 300, 450, 520, 700)))
    ),
    "a remote desktop on three days": person(REMOTE, (9000, 1), (90_000, 2), (180_000, 3)),
    "a remote desktop whose click a gateway looked at": machine(HOME_EN.at("192.0.2.9"), (3598, 1), method="HEAD")
    + person(REMOTE, (3600, 1)),
    "from abroad, from a server's address": person(TOR, (9000, 1), (9100, 4)),
    "behind an office's proxy that drops headers": person(replace(HOME, headers=STRIPPED), (9000, 1), (9100, 4)),
    "behind three exits in turn": [
        one
        for n, t in enumerate((0, 30, 95, 130, 260, 300, 350))
        for one in person(HOME.at(f"165.225.{n % 3}.9"), (9000 + t, n + 1))
    ],
    "opens in Gmail at once, and follows a link": person(GOOGLE, (5, 0)) + person(PHONE, (15, 1)),
    "from abroad on a telephone, while a crawler is at it": [
        *(
            one
            for n in range(1, 10)
            for one in machine(SCANNER.at(("20.40.1.9", "40.94.21.7")[n % 2]), (20 + 2 * n, n))
        ),
        *person(Device("192.0.2.9", IPHONE, ENGLISH), (24, 0), (33, 4), (60, 2)),
    ],
    "from abroad on a telephone, at once": person(Device("192.0.2.9", ANDROID, ENGLISH), (40, 1), (44, 4)),
    "on a telephone that moves, link after link": [
        one for n in range(5) for one in person(PHONE.at(f"203.0.{n}.9"), (9000 + 25 * n, n + 1))
    ],
    "a gateway has crawled before": [
        *machine(SCANNER, *((10 + n, n) for n in range(1, 10))),
        *person(MAIL, READ),
        *person(HOME, (3620, 2), (3700, 5)),
    ],
    "a gateway behind the same address has crawled before": [
        *machine(Device(HOME.client, "curl/8.5.0", ANYTHING), *((2 + n, n) for n in range(1, 10))),
        *person(HOME, (3620, 2)),
    ],
    "three tabs on a remote desktop": person(REMOTE, READ, (3630.0, 1), (3630.4, 4), (3630.9, 6)),
    "Outlook on a remote desktop, soon": person(replace(REMOTE, agent=OUTLOOK, headers=JAPANESE), (120, 0)),
    "a page that Google translates": person(TRANSLATOR, (9000, 1), (9060, 3)),
    "a page that Google translates at once": person(HOME_EN, (50, 0)) + person(TRANSLATOR, (70, 3)),
    "from abroad, from a server's address, ten minutes after": person(TOR, (600, 1), (640, 4)),
    "an appliance with the office's browser has crawled just before": [
        *machine(HOME, *((20 + n, n) for n in range(1, 10)), (31, TRAP)),
        *person(MAIL, (600, 0)),
        *person(HOME, (612, 2), (640, 2)),
    ],
    "a television": person(replace(HOME, agent=TELEVISION, headers=PICTURES), (9000, 1)),
    "a picture proxy by its name": person(Device("138.68.20.9", "Some Mail Image Proxy", ANYTHING), (200, 0)),
    "a class behind one address follows one link": person(
        HOME, *((9000 + t, 2) for t in (0, 2, 3, 9, 10, 11, 19, 33, 34, 36, 60, 61, 90, 92, 150))
    ),
    "a colleague's antivirus": person(HOME, (3600, 1)) + machine(Device(HOME.client, IE8, NOTHING), (3602, 1)),
}
MACHINES: dict[str, list[Request]] = {
    "the trap alone": machine(SCANNER.at("192.0.2.1"), (9000, TRAP)),
    "the trap and what came before": machine(SCANNER.at("192.0.2.1"), (9000, 2), (9100, 5), (9150, TRAP)),
    "curl": machine(Device("192.0.2.1", "curl/8.5.0", ANYTHING), (3600, 1)),
    "a headless browser": machine(
        Device("192.0.2.1", CHROME.replace("Chrome/", "HeadlessChrome/"), ENGLISH), (3600, 1)
    ),
    "a headless browser that its hints betray": machine(
        Device(
            "192.0.2.1", CHROME, {**ENGLISH, **HINTS, "sec-ch-ua": '"HeadlessChrome";v="146"', "accept-language": ""}
        ),
        (3600, 1),
    ),
    "an agent that contradicts its hints": machine(
        Device("18.200.4.4", CHROME, {**ENGLISH, **HINTS, "sec-ch-ua-platform": '"Linux"'}), (3600, 1)
    ),
    "no agent": machine(NOBODY, (3600, 1)),
    "no headers": machine(Device("192.0.2.1", CHROME, NOTHING), (3600, 1)),
    "all links within seconds": machine(SCANNER.at("192.0.2.1"), *((3600 + n / 2, n) for n in range(1, 10))),
    "all links, evenly": machine(SCANNER.at("192.0.2.1"), *((3600 + 20 * n, n) for n in range(1, 10))),
    "all links within half an hour, from a cloud": machine(
        SCANNER, *((3600 + 200 * n + 37 * (n % 3), n) for n in range(1, 10))
    ),
    "a sample of two from a cloud": machine(SCANNER, (40, 2), (47, 6)),
    "a sample of three from three addresses": moving(SCANNER, AMAZON, [(25, 1), (27, 5), (33, 8)]),
    "one link, too early": machine(SCANNER.at("192.0.2.1"), (1.5, 3)),
    "Safe Links while it delivers": machine(Device("40.94.21.7", EDGE, ENGLISH), (-1, 1), (0.5, 4)),
    "Safe Links at the click": machine(Device("40.94.21.7", EDGE, ENGLISH), (3598, 1)) + person(HOME, (3600, 1)),
    "Proofpoint in a minute": machine(PROOFPOINT, *((30 + 4 * n, n) for n in range(1, 10))),
    "link isolation's twin": machine(SCANNER, (3580, 1)) + person(HOME, (3600, 1)),
    "link isolation's twin from the maker": machine(PROOFPOINT, (3575, 1)) + person(HOME, (3600, 1)),
    "Outlook looks whether the link is there": machine(
        Device(HOME.client, "Microsoft Office Existence Discovery", NOTHING), (3599.6, 1), method="HEAD"
    )
    + person(HOME, (3600, 1)),
    "a messenger's preview": machine(Device("192.0.2.1", "Slackbot-LinkExpanding 1.0", ANYTHING), (3600, 1))
    + person(PHONE, (3630, 1)),
    "Apple fetches pictures": machine(Device("104.28.31.9", "Mozilla/5.0", NOTHING), (600, 0))
    + person(PHONE, (9000, 1)),
    "a picture at once": machine(MAIL, (1, 0)),
    "a sandbox that opens and follows": machine(Device("18.200.4.4", LINUX, ENGLISH), (20, 0), (24, 1), (27, 2)),
    "a bot by name": machine(
        Device("192.0.2.1", "Mozilla/5.0 (compatible; SomeBot/1.0; +https://bot.example)", ANYTHING), (3600, 1)
    ),
    "a loop on one link": machine(HOME, *((9000 + 12 * n, 2) for n in range(12))),
    "a loop that waits by chance": machine(HOME, *((9000 + 10 * n + 3 * (n % 2), 2) for n in range(24))),
    "a loop among other clicks": machine(HOME, *((9000 + 40 * n, 2) for n in range(9)), (9001, 3), (9110, 5)),
    "telephones in a cloud": moving(
        PHONE, AMAZON, [(60 + 5 * n, n + 1) for n in range(4)], lambda n: IPHONE.replace("18.6", f"18.{n}")
    ),
    "telephones in a cloud, some alike": moving(
        PHONE, AMAZON, [(60, 1), (61, 2), (64, 3), (65, 4)], lambda n: (IPHONE, ANDROID, OLD_ANDROID, IPHONE)[n]
    ),
    "two telephones in a cloud, and one at the hidden link": moving(
        PHONE, AMAZON, [(60, 1), (61, TRAP), (64, 3)], lambda n: (IPHONE, ANDROID, IPHONE)[n]
    ),
    "an old browser in a cloud": machine(Device("35.200.1.1", OLD_CHROME, ENGLISH), (3600, 4)),
}
OPEN_QUESTIONS: dict[str, list[Request]] = {
    "nothing is known but the time": unknown(Device("", None, {}), (3600, 1)),
    "one link from a cloud, hours later": unknown(SCANNER, (9000, 1)),
    "Apple's pictures": unknown(Device("104.28.31.9", "Mozilla/5.0", NOTHING), (600, 0)),
    "a program that nobody knows": unknown(Device("192.0.2.1", "Reader/1.0 (iOS)", JAPANESE), (600, 2)),
    "an iPhone's pages without a language": unknown(
        Device("192.0.2.1", IPHONE, {"accept": "*/*", "accept-language": "ja"}), (600, 2)
    ),
}
BROWSERS = [IPHONE, EDGE, FIREFOX, ANDROID]
NOT_COUNTED: dict[str, list[Request]] = {
    "a gateway on no list looks before the click": machine(HOME_EN.at("192.0.2.9"), (3597, 1))
    + person(HOME, (3600, 1)),
    "a gateway on no list looks after the click": person(HOME, (3600, 1), (3700, 2))
    + machine(HOME_EN.at("192.0.2.9"), (3620, 1), (3710, 2)),
    "one link from a cloud in another language": machine(SCANNER, (9000, 1)),
    "a program that calls itself Chrome": machine(PRETENDER, (9000, 4)),
    "the same with a language": machine(
        replace(PRETENDER, headers={**PRETENDER.headers, "accept-language": "en"}), (9000, 4)
    ),
    "one link soon after the letter, in another language": machine(HOME_EN.at("192.0.2.9"), (100, 1)),
    "two links soon after the letter, in another language": machine(HOME_EN.at("192.0.2.9"), (200, 1), (206, 5)),
    "all links in no order, in another language": machine(
        HOME_EN.at("192.0.2.9"), *((9000 + 90 * n + 40 * (n % 3), 1 + 4 * n % 9) for n in range(9))
    ),
    "four devices in four homes, one link each": moving(
        HOME, "{0}.51.3.8", [(9000 + 9 * n, n + 1) for n in range(4)], lambda n: BROWSERS[n]
    ),
    "three, and one at the hidden link": moving(
        HOME, "{0}.51.3.8", [(9000, 3), (9009, TRAP), (9020, 5)], lambda n: BROWSERS[n]
    ),
}
"""Machines in whole browsers: nobody can be sure, but they do not count as people."""
SCENES = ISSUE | PEOPLE | MACHINES | OPEN_QUESTIONS
