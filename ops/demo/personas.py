"""What the demo's readers are like: what each audience follows, with which program, and who is a machine.

Everything is drawn from the reader's address and the issue's number, so that a demo that goes on after a stop
finds the same people.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from models.issues.calendar import office_day
from models.store import clock

INTEREST = {
    "official": {"standard": 0.34, "dx": 0.30, "automation": 0.27, "security": 0.24, "data": 0.22, "online": 0.2},
    "citizen": {"disaster": 0.36, "region": 0.30, "online": 0.27, "data": 0.08, "automation": 0.06},
    "vendor": {"standard": 0.36, "automation": 0.32, "security": 0.30, "data": 0.24, "dx": 0.16},
}
"""How likely somebody who read the letter follows an article with a topic."""
POPULARITY = {
    "standardisation": 1.75, "dx-procedures": 1.75, "post-office": 2.1, "rpa-first-steps": 2.1, "personal-data": 1.75,
    "card-renewal": 1.5, "evacuation-notice": 1.4, "generative-ai-rules": 1.1, "no-writing-counter": 1.6,
    "ai-ocr": 0.7, "giga-second": 0.8, "mail-sanitising": 0.8, "telework": 0.7,
}  # fmt: skip
"""How much more than others of its topics an article was followed."""
WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
CHROME = f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {WEBKIT} Chrome/<chrome>.0.0.0 Safari/537.36"
AGENTS = {
    "official": (
        f"{CHROME} Edg/<chrome>.0.0.0",
        CHROME,
    ),
    "citizen": (
        "Mozilla/5.0 (iPhone; CPU iPhone OS <ios> like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
        "Version/<safari> Mobile/15E148 Safari/604.1",
        f"Mozilla/5.0 (Linux; Android 14; K) {WEBKIT} Chrome/<chrome>.0.0.0 Mobile Safari/537.36",
        CHROME,
    ),
    "vendor": (
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
        "Version/<safari> Safari/605.1.15",
        CHROME,
    ),
}
_CHROMES, _SAFARIS = range(128, 144), tuple(f"{major}.{minor}" for major in (17, 18) for minor in range(7))
"""Versions that readers have. All of them come from one address, within seconds: with one agent they would be one
device that uses many readers' links, as :mod:`models.tracking.replay` tells."""
GMAIL = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"
GATEWAY = "python-requests/2.32.3"
"""A mail gateway that follows every link before it lets a letter pass."""
GATEWAYS = 17
"""One in so many officials is behind one."""
BEFORE = 0.55
"""The share of readers who were there before the first issue."""
FORM = 0.35
"""The share of those who came later and signed up on the form."""
LEAVE = 0.012
"""How likely a reader leaves after an issue."""
GONE_SINCE = {"reader-021": 4, "reader-057": 9, "reader-133": 11}
"""From which issue on the mailboxes of these readers are gone."""


class ComesBack(enum.Enum):
    """What comes back of a letter after a mail server has taken it."""

    GONE = "gone"
    FULL = "full"
    FILTERED = "filtered"
    DELAYED = "delayed"
    COMPLAINT = "complaint"
    AWAY = "away"


_LOST = (ComesBack.GONE, ComesBack.FULL, ComesBack.FILTERED)
"""Of what the reader sees nothing."""
COMES_BACK = {
    "reader-004": {7: ComesBack.GONE},
    "reader-007": dict.fromkeys((11, 12, 14), ComesBack.FULL),
    "reader-014": {8: ComesBack.AWAY, 12: ComesBack.AWAY},
    "reader-017": {12: ComesBack.COMPLAINT},
    "reader-019": {10: ComesBack.DELAYED},
    "reader-025": {9: ComesBack.FILTERED, 12: ComesBack.FILTERED},
}
"""What comes back from these readers, by the issue. All of them are there from the first to the last."""
GATEWAY_CLIENT = "192.0.2.250"
_NETWORKS = ("192.0.2", "198.51.100", "203.0.113")
"""Networks that nobody has (RFC 5737)."""


@dataclass(frozen=True, slots=True)
class Persona:
    """One reader: an address, an audience, and how they read."""

    address: str
    audience: str
    agent: str
    opens: float
    """How likely they open a letter."""
    pictures: bool
    """Whether their program loads pictures, so that an open is seen at all."""
    image_agent: str
    """What requests the image: their program, or a proxy of their provider."""
    gateway: bool
    client: str
    """The address that requests come from."""


def reader(address: str) -> Persona:
    """The reader with an address such as ``reader-017@official.example``."""
    random = Random(address)  # noqa: S311  a simulation, no secret
    audience = address.partition("@")[2].partition(".")[0]
    agent = _with_versions(random.choice(AGENTS[audience]), random)
    number = int(address.partition("-")[2].partition("@")[0])
    proxied = audience == "citizen" and random.random() < 0.3
    return Persona(
        address,
        audience,
        agent,
        random.uniform(0.35, 0.95),
        random.random() > (0.3 if audience == "official" else 0.1),
        GMAIL if proxied else agent,
        audience == "official" and number % GATEWAYS == 5,
        f"{_NETWORKS[number % 3]}.{1 + number // 3 % 240}",
    )


def _with_versions(agent: str, random: Random) -> str:
    safari = random.choice(_SAFARIS)
    values = {"<chrome>": str(random.choice(_CHROMES)), "<safari>": safari, "<ios>": safari.replace(".", "_")}
    for name, value in values.items():
        agent = agent.replace(name, value)
    return agent


def opens(one: Persona, number: int) -> bool:
    """Whether a reader opens the issue with a number."""
    return comes_back(one.address, number) not in _LOST and _would_open(one, number)


def _would_open(one: Persona, number: int) -> bool:
    return Random(f"{one.address} opens {number}").random() < one.opens  # noqa: S311


def reads_at(one: Persona, number: int, sent_at: datetime) -> datetime:
    """When a reader opens an issue: at work on the same day or one of the next, at home in the morning or evening."""
    random = Random(f"{one.address} reads {number}")  # noqa: S311
    days = random.choices(range(10), (52, 18, 9, 6, 4, 3, 3, 2, 2, 1))[0]
    if not days:
        return sent_at + timedelta(minutes=random.triangular(2, 600, 40))
    hours = (7.5, 8, 12, 19, 20, 21, 22) if one.audience == "citizen" else (8.5, 9, 10, 11, 13, 15, 16, 17)
    day = clock.tokyo_date(sent_at) + timedelta(days=days)
    morning = clock.start_of_day(day if one.audience == "citizen" else office_day.first_after(day))
    return morning + timedelta(hours=random.choice(hours), minutes=random.uniform(0, 59))


def follows(one: Persona, number: int, articles: dict[str, tuple[str, ...]]) -> list[str]:
    """The articles that a reader follows in an issue, at most three, in the order of following.

    Arguments:
        number: the issue's number.
        articles: their slugs, with their topics.
    """
    random = Random(f"{one.address} follows {number}")  # noqa: S311
    interest = INTEREST[one.audience]
    chosen = [
        slug
        for slug, topics in sorted(articles.items())
        if random.random()
        < max((interest.get(topic, 0.03) for topic in topics), default=0.03) * POPULARITY.get(slug, 1.0)
    ]
    random.shuffle(chosen)
    return chosen[:3]


def joins(address: str, months: int) -> int:
    """With which of so many issues a reader's year begins: 0 for those who were there before the first."""
    random = Random(f"{address} joins")  # noqa: S311
    return 0 if random.random() < BEFORE else random.randint(1, months - 1)


def by_form(address: str) -> bool:
    """Whether a reader who came during the year signed up on the form; the others stand on a list of a training."""
    return Random(f"{address} signs up").random() < FORM  # noqa: S311


def leaves(address: str, number: int) -> bool:
    """Whether a reader leaves after the issue with a number."""
    return Random(f"{address} leaves {number}").random() < LEAVE  # noqa: S311


def is_gone(address: str, number: int) -> bool:
    """Whether nobody has a reader's mailbox any more when the issue with a number comes: a few have changed work."""
    name = address.partition("@")[0]
    return name in GONE_SINCE and number >= GONE_SINCE[name]


def comes_back(address: str, number: int) -> ComesBack | None:
    """What comes back of a reader's copy of the issue with a number, if anything does."""
    return COMES_BACK.get(address.partition("@")[0], {}).get(number)
