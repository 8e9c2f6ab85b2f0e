"""What a benchmark's readers and machines ask for after a letter has come: a mix that stays as it is.

Verdicts are tried with the simulator in tests/; what stands here only keeps figures of speed comparable over the years.
"""

from __future__ import annotations

from collections.abc import Callable
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
class LabelledRequest:
    """One request, with the truth."""

    kind: HitKind
    link: int
    at: float
    """Seconds after the relay took the letter; before it where negative."""
    client: str
    agent: str
    human: bool
    method: str = "GET"
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReaderCopy:
    """What a kind needs to know: the issue's links (the last one is the honeypot) and its own random numbers."""

    random: Random
    links: int = 16

    @property
    def honeypot(self) -> int:
        """The number of the link that nobody sees."""
        return self.links

    def later(self) -> float:
        """When a person comes: half a minute to some days after the letter, mostly on the first day."""
        return 45 + self.random.expovariate(1 / (9 * HOUR))

    def choose(self) -> int:
        """A link that a person sees."""
        return self.random.randrange(1, self.links)

    def address(self, network: str = "198.51.100") -> str:
        """A client in a /24."""
        return f"{network}.{self.random.randrange(1, 255)}"

    def click(self, at: float, link: int, client: str, agent: str, *, human: bool) -> LabelledRequest:
        """A click with all headers of a browser."""
        return LabelledRequest(HitKind.CLICK, link, at, client, agent, human, headers=BROWSER)

    def open(self, at: float, client: str, agent: str, *, human: bool) -> LabelledRequest:
        """The open pixel."""
        return LabelledRequest(HitKind.OPEN, 0, at, client, agent, human, headers=PICTURE)

    def read(self, client: str, agent: str, opener: str = "", proxy: str = "") -> list[LabelledRequest]:
        """A person opens the letter and follows some links, now and then twice."""
        at = self.later()
        found = [self.open(at, proxy or client, opener or agent, human=True)]
        for _ in range(self.random.choice((1, 1, 1, 2, 3))):
            at += self.random.uniform(4, 90)
            link = self.choose()
            found.append(self.click(at, link, client, agent, human=True))
            if self.random.random() < 0.1:
                found.append(self.click(at + self.random.uniform(0.15, 3), link, client, agent, human=True))
        return found

    def crawl(
        self, at: float, gap: float, client: Callable[[], str], agent: str, **request: object
    ) -> list[LabelledRequest]:
        """A machine asks for every link in order, *gap* seconds apart on average; HEAD first where asked for."""
        head_first = bool(request.pop("head_first", False))
        headers = request.pop("headers", BROWSER)
        assert isinstance(headers, dict)
        found = []
        for link in range(1, self.links + int(bool(request.pop("honeypot", True)))):
            at += self.random.expovariate(1 / gap)
            for method in ("HEAD", "GET") if head_first else ("GET",):
                found.append(LabelledRequest(HitKind.CLICK, link, at, client(), agent, False, method, headers))
                at += 0.02
        return found


Kind = Callable[[ReaderCopy], list[LabelledRequest]]
KINDS: dict[str, Kind] = {}


def kind(name: str) -> Callable[[Kind], Kind]:
    """Register a kind of traffic."""

    def register(function: Kind) -> Kind:
        KINDS[name] = function
        return function

    return register


@kind("person on a phone")
def phone(copy: ReaderCopy) -> list[LabelledRequest]:
    """A telephone's own mail program."""
    return copy.read(copy.address(), copy.random.choice((IPHONE, ANDROID)))


@kind("person on a desktop")
def desktop(copy: ReaderCopy) -> list[LabelledRequest]:
    """Outlook and a browser; some open four links in tabs within ten seconds."""
    client = copy.address()
    found = copy.read(client, EDGE, opener=OUTLOOK)
    if copy.random.random() < 0.1:
        at = copy.later()
        for link in copy.random.sample(range(1, copy.links), 4):
            at += copy.random.uniform(1.3, 3)
            found.append(copy.click(at, link, client, EDGE, human=True))
    return found


@kind("officials behind one address")
def officials(copy: ReaderCopy) -> list[LabelledRequest]:
    """Everyone in the isolated browser of LGWAN: one address, one agent, and all of them at nine."""
    at = 9 * HOUR + copy.random.uniform(0, 10 * MINUTE)
    found = [copy.open(at, OFFICE_NAT, CHROME, human=True)]
    for link in copy.random.sample(range(1, copy.links), copy.random.choice((1, 2))):
        at += copy.random.uniform(5, 60)
        found.append(copy.click(at, link, OFFICE_NAT, CHROME, human=True))
    return found


@kind("gateway and person behind one address")
def gateway(copy: ReaderCopy) -> list[LabelledRequest]:
    """A municipal gateway looks at every link, and later the official comes from the same address."""
    looked = copy.crawl(1, 0.3, lambda: OFFICE_NAT, "curl/8.5.0", headers=BARE)
    return looked + officials(copy)


@kind("Gmail image proxy")
def gmail(copy: ReaderCopy) -> list[LabelledRequest]:
    """The open comes through Google, the click from the reader."""
    return copy.read(copy.address(), ANDROID, opener=GMAIL, proxy=copy.address("66.249.84"))


@kind("Gmail prefetch")
def gmail_prefetch(copy: ReaderCopy) -> list[LabelledRequest]:
    """Gmail fetches pictures before they are shown, then again when they are."""
    ahead = copy.open(copy.random.uniform(1, 40), copy.address("66.249.84"), GMAIL_PREFETCH, human=False)
    return [ahead, *gmail(copy)]


@kind("Apple Mail Privacy Protection")
def apple(copy: ReaderCopy) -> list[LabelledRequest]:
    """Apple fetches pictures in its own time; of the reader only clicks are seen."""
    ahead = copy.open(copy.random.uniform(10, 5 * HOUR), copy.address("104.28.31"), "Mozilla/5.0", human=False)
    return [ahead, *copy.read(copy.address(), IPHONE)[1:]]


@kind("Safe Links")
def safe_links(copy: ReaderCopy) -> list[LabelledRequest]:
    """Microsoft looks at some links while it delivers, with a browser's agent; the reader comes later."""
    at, found = copy.random.uniform(-2, 6), []
    for link in copy.random.sample(range(1, copy.links), copy.random.choice((1, 2, 5))):
        at += copy.random.uniform(0.05, 0.8)
        headers = {**BROWSER, "accept-language": copy.random.choice(("", "en-US"))}
        client = copy.address("40.94.21")
        found.append(LabelledRequest(HitKind.CLICK, link, at, client, EDGE, False, headers=headers))
    return found + copy.read(copy.address(), EDGE, opener=OUTLOOK)


@kind("Proofpoint")
def proofpoint(copy: ReaderCopy) -> list[LabelledRequest]:
    """HEAD, then GET, for every link, from its own addresses."""
    found = copy.crawl(3, 0.4, lambda: copy.address("148.163.135"), CHROME, head_first=True, headers=BARE)
    return found + copy.read(copy.address(), CHROME, opener=OUTLOOK)


@kind("Mimecast")
def mimecast(copy: ReaderCopy) -> list[LabelledRequest]:
    """HEAD, then GET, minutes after the letter, from addresses that nobody has published."""
    start = copy.random.uniform(60, 600)
    found = copy.crawl(start, 2.5, lambda: copy.address("192.0.2"), CHROME, head_first=True)
    return found + copy.read(copy.address(), CHROME, opener=OUTLOOK)


@kind("Barracuda")
def barracuda(copy: ReaderCopy) -> list[LabelledRequest]:
    """One link, by name, some time later."""
    at = copy.random.uniform(10, HOUR)
    return [
        LabelledRequest(HitKind.CLICK, copy.choose(), at, copy.address("209.222.82"), "Barracuda Sentinel (EE)", False)
    ]


@kind("scanner with a browser's agent that clicks all")
def clicks_all(copy: ReaderCopy) -> list[LabelledRequest]:
    """Every link within seconds from addresses of its own, the visible ones only in half of the cases."""
    start, client = copy.random.uniform(5, DAY), copy.address("192.0.2")
    return copy.crawl(start, 0.5, lambda: client, CHROME, honeypot=copy.random.random() < 0.5)


@kind("slow crawler in the honeypot")
def slow(copy: ReaderCopy) -> list[LabelledRequest]:
    """Every link, half a minute apart, the hidden one among them."""
    client = copy.address("192.0.2")
    return copy.crawl(copy.random.uniform(60, DAY), 30, lambda: client, CHROME)


@kind("scanner that clicks one link at once")
def clicks_one(copy: ReaderCopy) -> list[LabelledRequest]:
    """One link with a browser's agent while the letter is being delivered."""
    at = copy.random.uniform(-1, 4.5)
    return [copy.click(at, copy.choose(), copy.address("192.0.2"), CHROME, human=False)]


@kind("link previewer")
def previewer(copy: ReaderCopy) -> list[LabelledRequest]:
    """The reader passes a link on in a chat, which looks at it."""
    client = copy.address("192.0.2")
    agents = ("Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)", "facebookexternalhit/1.1;line-poker/1.0")
    at = copy.later()
    ahead = LabelledRequest(HitKind.CLICK, copy.choose(), at, client, copy.random.choice(agents), False, headers=BARE)
    return [ahead, *copy.read(copy.address(), IPHONE)]


@kind("forwarded letter")
def forwarded(copy: ReaderCopy) -> list[LabelledRequest]:
    """Passed on to colleagues, who read it on other days from other places."""
    return [request for _ in range(4) for request in copy.read(copy.address(), copy.random.choice((EDGE, IPHONE)))]
