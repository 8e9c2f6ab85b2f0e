"""Small scenes: what people and machines ask for after a letter has come, with the truth beside each request.

A scene is a list of :class:`Request`. Times are seconds after the delivery. A letter has nine links and, as the tenth,
the honeypot.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from models.tracking.hit import format_headers, to_microseconds
from models.tracking.rules import HitKind, Verdict
from models.tracking.verdict import Event, Judgement, device_of, judge, marks, network_of

DELIVERED = datetime(2026, 4, 15, 0, 0, tzinfo=UTC)
LINKS = 10
TRAP = LINKS

WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
CHROME = f"{WINDOWS} Chrome/146.0.0.0 Safari/537.36"
EDGE = f"{CHROME} Edg/146.0.0.0"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:149.0) Gecko/20100101 Firefox/149.0"
IE11 = "Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.6 Mobile/15E148 Safari/604.1"
)
ANDROID = (
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/146.0.0.0 Mobile Safari/537.36"
)
OLD_ANDROID = ANDROID.replace("Android 10; K", "Android 7.0; SH-M05").replace("146", "119")
LINE = f"{IPHONE.partition(' Version')[0]} Mobile/22G86 Safari Line/15.12.0"
OUTLOOK = "Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 10.0; Win64; x64; Trident/7.0; ms-office; MSOffice 16)"
GMAIL = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"
GMAIL_AHEAD = f"{WINDOWS} Chrome/42.0.2311.135 Safari/537.36 Edge/12.246 Mozilla/5.0"
IE8 = "Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 5.1; Trident/4.0)"
OLD_CHROME = f"{WINDOWS} Chrome/79.0.3945.88 Safari/537.36"
LINUX = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/146.0.0.0 Safari/537.36"

PAGE = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
JAPANESE = {"accept": PAGE, "accept-language": "ja,en-US;q=0.7"}
PICTURES = {"accept": "text/html,image/avif,image/webp,*/*;q=0.8", "accept-language": "ja,en-US;q=0.7"}
"""The start of Chromium's, in which pictures stand."""
ENGLISH = {"accept": PAGE, "accept-language": "en-US,en;q=0.9"}
HINTS = {
    "sec-fetch-dest": "document",
    "sec-fetch-mode": "navigate",
    "sec-ch-ua": '"Chromium";v="146", "Google Chrome";v="146"',
    "sec-ch-ua-mobile": "?0",
    "sec-ch-ua-platform": '"Windows"',
}
NOTHING = {"accept": "", "accept-language": ""}
ANYTHING = {"accept": "*/*", "accept-language": ""}


@dataclass(frozen=True)
class Device:
    """Who asks: an address, an agent (None: not recorded) and the headers of a page."""

    client: str
    agent: str | None = CHROME
    headers: Mapping[str, str] = field(default_factory=lambda: {**JAPANESE, **HINTS})

    def at(self, client: str) -> Device:
        """The same in another network."""
        return replace(self, client=client)


@dataclass(frozen=True)
class Request:
    """One request with the truth: a person's, a machine's, or nobody knows (then it must not be sure)."""

    at: float
    link: int
    """0 for the open pixel."""
    device: Device
    truth: str
    method: str = "GET"
    more: Mapping[str, str] = field(default_factory=dict)


HOME = Device("198.51.100.7")
PHONE = Device("192.0.2.20", IPHONE, JAPANESE)
MAIL = Device("198.51.100.7", OUTLOOK, {"accept": "*/*", "accept-language": ""})
GOOGLE = Device("66.249.84.12", GMAIL, NOTHING)


def person(device: Device, *clicks: tuple[float, int]) -> list[Request]:
    """Requests of a person; link 0 is the pixel."""
    return [Request(at, link, device, "person") for at, link in clicks]


def machine(device: Device, *clicks: tuple[float, int], method: str = "GET", **more: str) -> list[Request]:
    """Requests of a machine."""
    return [Request(at, link, device, "machine", method, more) for at, link in clicks]


def unknown(device: Device, *clicks: tuple[float, int]) -> list[Request]:
    """Requests of which nobody can tell whose they are."""
    return [Request(at, link, device, "unknown") for at, link in clicks]


def moving(
    device: Device, networks: str, clicks: list[tuple[float, int]], agent: Callable[[int], str] = lambda n: CHROME
) -> list[Request]:
    """A machine's requests, each from another address."""
    return [
        request
        for n, click in enumerate(clicks)
        for request in machine(replace(device, client=networks.format(n), agent=agent(n)), click)
    ]


def judged(scene: list[Request], links: int = LINKS) -> list[tuple[Request, Judgement]]:
    """Each request with what it was taken for."""
    judgements = judge([event(request, links) for request in scene], delivered=DELIVERED.timestamp(), links=links)
    return list(zip(scene, judgements, strict=True))


def event(request: Request, links: int = LINKS) -> Event:
    """A request as an event."""
    kind = HitKind.CLICK if request.link else HitKind.OPEN
    at = to_microseconds(DELIVERED) + round(request.at * 1e6)
    device, headers = request.device, {**request.device.headers, **request.more}
    return Event(
        at / 1e6,
        kind,
        request.link,
        request.link == links,
        request.method != "GET",
        device_of(device.agent, format_headers(headers)),
        network_of(device.client),
        marks(kind, request.method, device.client, device.agent, headers, at),
    )


def is_right(request: Request, judgement: Judgement, sure: int) -> bool:
    """Whether the verdict is the truth; where nobody knows, whether it is not sure."""
    kind = HitKind.CLICK if request.link else HitKind.OPEN
    if request.truth == "unknown":
        return judgement.certainty < sure
    if request.truth == "person":
        return judgement.verdict.is_person(kind)
    return judgement.verdict in (Verdict.SCANNER, Verdict.PREFETCH)
