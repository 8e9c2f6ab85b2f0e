"""Labelled traffic: what people and machines of many kinds ask for after a letter has come.

Every kind is a function from a :class:`Letter` to the requests that one reader's copy causes, each with the truth
beside it. ``UNTOLD`` names the kinds that no rule can tell; docs/verdicts.md says what error they bring.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random

from models.tracking.rules import HitKind

CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36"
)
EDGE = f"{CHROME} Edg/130.0.0.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/17.6 Mobile/15E148 Safari/604.1"
)
ANDROID = (
    "Mozilla/5.0 (Linux; Android 14; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36"
)
OUTLOOK = "Mozilla/4.0 (compatible; ms-office; MSOffice 16)"
GMAIL = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"
GMAIL_PREFETCH = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/42.0.2311.135 Safari/537.36 Edge/12.246 Mozilla/5.0"
)
PAGE = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
BROWSER = {"accept": PAGE, "accept-language": "ja,en-US;q=0.7", "sec-fetch-dest": "document"}
PICTURE = {"accept": "image/avif,image/webp,*/*;q=0.8", "accept-language": "ja", "sec-fetch-dest": "image"}
BARE = {"accept": "*/*", "accept-language": ""}
OFFICE_NAT = "203.0.113.7"
MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0


@dataclass(frozen=True, slots=True)
class Request:
    """One request, with the truth."""

    what: HitKind
    link: int
    at: float
    """Seconds after the relay took the letter; before it where negative."""
    client: str
    agent: str
    human: bool
    method: str = "GET"
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Letter:
    """What a kind needs to know: the issue's links (the last one is the honeypot) and its own luck."""

    luck: Random
    links: int = 16

    @property
    def honeypot(self) -> int:
        """The number of the link that nobody sees."""
        return self.links

    def later(self) -> float:
        """When a person comes: half a minute to some days after the letter, mostly on the first day."""
        return 45 + self.luck.expovariate(1 / (9 * HOUR))

    def choose(self) -> int:
        """A link that a person sees."""
        return self.luck.randrange(1, self.links)

    def address(self, network: str = "198.51.100") -> str:
        """A client in a /24."""
        return f"{network}.{self.luck.randrange(1, 255)}"

    def click(self, at: float, link: int, client: str, agent: str, *, human: bool) -> Request:
        """A click with all headers of a browser."""
        return Request(HitKind.CLICK, link, at, client, agent, human, headers=BROWSER)

    def open(self, at: float, client: str, agent: str, *, human: bool) -> Request:
        """The open pixel."""
        return Request(HitKind.OPEN, 0, at, client, agent, human, headers=PICTURE)

    def read(self, client: str, agent: str, opener: str = "", proxy: str = "") -> list[Request]:
        """A person opens the letter and follows some links, now and then twice."""
        at = self.later()
        found = [self.open(at, proxy or client, opener or agent, human=True)]
        for _ in range(self.luck.choice((1, 1, 1, 2, 3))):
            at += self.luck.uniform(4, 90)
            link = self.choose()
            found.append(self.click(at, link, client, agent, human=True))
            if self.luck.random() < 0.1:
                found.append(self.click(at + self.luck.uniform(0.15, 3), link, client, agent, human=True))
        return found

    def crawl(self, at: float, gap: float, client: Callable[[], str], agent: str, **request: object) -> list[Request]:
        """A machine asks for every link in order, *gap* seconds apart on average; HEAD first where asked for."""
        head_first = bool(request.pop("head_first", False))
        headers = request.pop("headers", BROWSER)
        assert isinstance(headers, dict)
        found = []
        for link in range(1, self.links + int(bool(request.pop("trap", True)))):
            at += self.luck.expovariate(1 / gap)
            for method in ("HEAD", "GET") if head_first else ("GET",):
                found.append(Request(HitKind.CLICK, link, at, client(), agent, False, method, headers))
                at += 0.02
        return found


Kind = Callable[[Letter], list[Request]]
KINDS: dict[str, Kind] = {}
UNTOLD = {"patient scanner", "browser isolation of a vendor"}


def kind(name: str) -> Callable[[Kind], Kind]:
    """Register a kind of traffic."""

    def register(function: Kind) -> Kind:
        KINDS[name] = function
        return function

    return register


@kind("person on a phone")
def phone(letter: Letter) -> list[Request]:
    """A telephone's own mail program."""
    return letter.read(letter.address(), letter.luck.choice((IPHONE, ANDROID)))


@kind("person on a desktop")
def desktop(letter: Letter) -> list[Request]:
    """Outlook and a browser; some open four links in tabs within ten seconds."""
    client = letter.address()
    found = letter.read(client, EDGE, opener=OUTLOOK)
    if letter.luck.random() < 0.1:
        at = letter.later()
        for link in letter.luck.sample(range(1, letter.links), 4):
            at += letter.luck.uniform(1.3, 3)
            found.append(letter.click(at, link, client, EDGE, human=True))
    return found


@kind("officials behind one address")
def officials(letter: Letter) -> list[Request]:
    """Everyone in the isolated browser of LGWAN: one address, one agent, and all of them at nine."""
    at = 9 * HOUR + letter.luck.uniform(0, 10 * MINUTE)
    found = [letter.open(at, OFFICE_NAT, CHROME, human=True)]
    for link in letter.luck.sample(range(1, letter.links), letter.luck.choice((1, 2))):
        at += letter.luck.uniform(5, 60)
        found.append(letter.click(at, link, OFFICE_NAT, CHROME, human=True))
    return found


@kind("gateway and person behind one address")
def gateway(letter: Letter) -> list[Request]:
    """A municipal gateway looks at every link, and later the official comes from the same address."""
    looked = letter.crawl(1, 0.3, lambda: OFFICE_NAT, "curl/8.5.0", headers=BARE)
    return looked + officials(letter)


@kind("Gmail image proxy")
def gmail(letter: Letter) -> list[Request]:
    """The open comes through Google, the click from the reader."""
    return letter.read(letter.address(), ANDROID, opener=GMAIL, proxy=letter.address("66.249.84"))


@kind("Gmail prefetch")
def gmail_prefetch(letter: Letter) -> list[Request]:
    """Gmail fetches pictures before they are shown, then again when they are."""
    ahead = letter.open(letter.luck.uniform(1, 40), letter.address("66.249.84"), GMAIL_PREFETCH, human=False)
    return [ahead, *gmail(letter)]


@kind("Apple Mail Privacy Protection")
def apple(letter: Letter) -> list[Request]:
    """Apple fetches pictures in its own time; of the reader only clicks are seen."""
    ahead = letter.open(letter.luck.uniform(10, 5 * HOUR), letter.address("104.28.31"), "Mozilla/5.0", human=False)
    return [ahead, *letter.read(letter.address(), IPHONE)[1:]]


@kind("Safe Links")
def safe_links(letter: Letter) -> list[Request]:
    """Microsoft looks at some links while it delivers, with a browser's agent; the reader comes later."""
    at, found = letter.luck.uniform(-2, 6), []
    for link in letter.luck.sample(range(1, letter.links), letter.luck.choice((1, 2, 5))):
        at += letter.luck.uniform(0.05, 0.8)
        headers = {**BROWSER, "accept-language": letter.luck.choice(("", "en-US"))}
        client = letter.address("40.94.21")
        found.append(Request(HitKind.CLICK, link, at, client, EDGE, False, headers=headers))
    return found + letter.read(letter.address(), EDGE, opener=OUTLOOK)


@kind("Proofpoint")
def proofpoint(letter: Letter) -> list[Request]:
    """HEAD, then GET, for every link, from its own addresses."""
    found = letter.crawl(3, 0.4, lambda: letter.address("148.163.135"), CHROME, head_first=True, headers=BARE)
    return found + letter.read(letter.address(), CHROME, opener=OUTLOOK)


@kind("Mimecast")
def mimecast(letter: Letter) -> list[Request]:
    """HEAD, then GET, minutes after the letter, from addresses that nobody has published."""
    start = letter.luck.uniform(60, 600)
    found = letter.crawl(start, 2.5, lambda: letter.address("192.0.2"), CHROME, head_first=True)
    return found + letter.read(letter.address(), CHROME, opener=OUTLOOK)


@kind("Barracuda")
def barracuda(letter: Letter) -> list[Request]:
    """One link, by name, some time later."""
    at = letter.luck.uniform(10, HOUR)
    return [Request(HitKind.CLICK, letter.choose(), at, letter.address("209.222.82"), "Barracuda Sentinel (EE)", False)]


@kind("scanner with a browser's agent that clicks all")
def clicks_all(letter: Letter) -> list[Request]:
    """Every link within seconds from addresses of its own, the visible ones only in half of the cases."""
    start, client = letter.luck.uniform(5, DAY), letter.address("192.0.2")
    return letter.crawl(start, 0.5, lambda: client, CHROME, trap=letter.luck.random() < 0.5)


@kind("slow crawler in the trap")
def slow(letter: Letter) -> list[Request]:
    """Every link, half a minute apart, the hidden one among them."""
    client = letter.address("192.0.2")
    return letter.crawl(letter.luck.uniform(60, DAY), 30, lambda: client, CHROME)


@kind("scanner that clicks one link at once")
def clicks_one(letter: Letter) -> list[Request]:
    """One link with a browser's agent while the letter is being delivered."""
    at = letter.luck.uniform(-1, 4.5)
    return [letter.click(at, letter.choose(), letter.address("192.0.2"), CHROME, human=False)]


@kind("link previewer")
def previewer(letter: Letter) -> list[Request]:
    """The reader passes a link on in a chat, which looks at it."""
    client = letter.address("192.0.2")
    agents = ("Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)", "facebookexternalhit/1.1;line-poker/1.0")
    at = letter.later()
    ahead = Request(HitKind.CLICK, letter.choose(), at, client, letter.luck.choice(agents), False, headers=BARE)
    return [ahead, *letter.read(letter.address(), IPHONE)]


@kind("Outlook looks before the browser")
def office(letter: Letter) -> list[Request]:
    """Office asks whether a link exists, then the browser follows it."""
    found = []
    client, agent = letter.address(), "Microsoft Office Existence Discovery"
    for request in letter.read(client, EDGE, opener=OUTLOOK):
        if request.what is HitKind.CLICK:
            found.append(Request(request.what, request.link, request.at - 0.4, client, agent, False, "OPTIONS"))
        found.append(request)
    return found


@kind("forwarded letter")
def forwarded(letter: Letter) -> list[Request]:
    """Passed on to colleagues, who read it on other days from other places."""
    return [request for _ in range(4) for request in letter.read(letter.address(), letter.luck.choice((EDGE, IPHONE)))]


@kind("patient scanner")
def patient(letter: Letter) -> list[Request]:
    """One link with a browser's agent, as late as a person: nothing tells it from one."""
    return [letter.click(letter.later(), letter.choose(), letter.address("192.0.2"), CHROME, human=False)]


@kind("browser isolation of a vendor")
def isolated(letter: Letter) -> list[Request]:
    """A person whose browser runs at a gateway's maker, and so comes from its addresses."""
    return letter.read(letter.address("148.163.135"), CHROME)


def traffic(name: str, copies: int, seed: int = 1, links: int = 16) -> Iterator[list[Request]]:
    """The requests of *copies* readers of one kind, each list in the order of time."""
    luck = Random(f"{name}/{seed}")
    for _ in range(copies):
        yield sorted(KINDS[name](Letter(luck, links)), key=lambda request: request.at)
