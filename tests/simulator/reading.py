"""How people read a letter: when they begin, what they click, how long they stay, with which program and from where.

Delays follow what senders publish: a quarter of all opens within the first hour, half within three to six, eight in
ten within a day, and a tail of weeks (MailerMailer, GetResponse, Experian, 2012 and 2013; Inntopia). The time on a page
has a median of well below a minute and a long tail, many leave at once (Liu, White, Dumais, SIGIR 2010).
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

from . import browsers, networks
from .browsers import Browser
from .letter import Letter, Visitor, lognormal
from .networks import Address

_MSO = (
    "Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 10.0; Win64; x64; Trident/7.0; .NET4.0C; .NET4.0E; "
    ".NET CLR 2.0.50727; .NET CLR 3.0.30729; .NET CLR 3.5.30729; "
    "Microsoft Outlook 16.0.{build}; ms-office; MSOffice 16)"
)


def person(browser: Browser, address: Address, *, tellable: bool = True, source: str = "") -> Visitor:
    """A person with that browser."""
    return Visitor(browser, address, "person", tellable, source)


def phone_person(letter: Letter) -> Visitor:
    """Somebody with a phone, at home or on the way."""
    place = networks.home(letter.rng) if letter.rng.random() < 0.45 else networks.mobile(letter.rng)
    return person(browsers.phone(letter.rng, letter.delivered), place)


def desktop_person(letter: Letter) -> Visitor:
    """Somebody with a desktop, at home or in an office of their own."""
    place = (
        networks.home(letter.rng) if letter.rng.random() < 0.5 else networks.fixed(networks.draw(letter.rng, "office"))
    )
    return person(browsers.desktop(letter.rng, letter.delivered), place)


def anybody(letter: Letter) -> Visitor:
    """A person with a phone or a desktop."""
    return phone_person(letter) if letter.rng.random() < 0.5 else desktop_person(letter)


def mail_program(letter: Letter, reader: Visitor) -> Visitor:
    """What loads the pixel of *reader*: a mail program with an agent of its own, or webmail in the same browser."""
    rng, agent = letter.rng, reader.browser.agent
    language = reader.browser.page.get("accept-language", "")
    if "iPhone" in agent:
        mail = agent.split(" Version/")[0] + " Mobile/15E148"
        image = {**reader.browser.image, "sec-fetch-dest": "image", "sec-fetch-mode": "no-cors"}
        return replace(reader, browser=Browser(mail, {}, image))
    if "Windows" in agent and rng.random() < 0.55:
        if rng.random() < 0.8:
            return replace(
                reader,
                browser=Browser(
                    _MSO.replace("{build}", str(rng.choice([5017, 10417, 17928, 18526]))), {}, {"accept": "*/*"}
                ),
            )
        version = 128 if letter.delivered < 1_752_000_000 else 140
        mail = (
            f"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:{version}.0) Gecko/20100101 Thunderbird/"
            f"{version}.{rng.randint(1, 9)}.0"
        )
        image = {
            "accept": "image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5",
            "accept-language": language,
        }
        return replace(
            reader, browser=Browser(mail, {}, {**image, "sec-fetch-dest": "image", "sec-fetch-mode": "no-cors"})
        )
    if "Macintosh" in agent and "Chrome" not in agent and rng.random() < 0.7:
        mail = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)"
        return replace(reader, browser=Browser(mail, {}, reader.browser.image))
    return reader


def first_look(rng: random.Random) -> float:
    """Seconds from delivery until somebody begins to read."""
    chosen = rng.random()
    if chosen < 0.27:
        return lognormal(rng, 900, 1.1, 12)
    if chosen < 0.76:
        return lognormal(rng, 4 * 3600, 1.0, 300)
    return lognormal(rng, 1.7 * 86_400, 1.2, 3600, 75 * 86_400)


def choose(rng: random.Random, links: int, count: int) -> list[int]:
    """*count* different links, those at the top more often; mostly read downwards."""
    weights = [1 / (1 + 0.08 * n) for n in range(links)]
    left, found = list(range(1, links + 1)), []
    for _ in range(min(count, links)):
        place = rng.choices(range(len(left)), [weights[link - 1] for link in left])[0]
        found.append(left.pop(place))
    return found if rng.random() < 0.25 else sorted(found)


def clicks_wanted(rng: random.Random) -> int:
    """How many links somebody clicks who reads: four in ten none, then one, rarely more than five."""
    if rng.random() < 0.38:
        return 0
    count = 1
    while rng.random() < 0.42 and count < 25:
        count += 1
    return count


def stay(rng: random.Random) -> float:
    """Seconds until the next click: a page is read, or dropped at once."""
    return lognormal(rng, 32, 1.15, 0.9, 3 * 3600)


def read(
    letter: Letter,
    reader: Visitor,
    *,
    start: float | None = None,
    count: int | None = None,
    links: Sequence[int] | None = None,
    pictures: Visitor | None = None,
    shows_pictures: float = 0.8,
) -> list[tuple[float, int]]:
    """One sitting: the pixel, then clicks. Returns the clicks as (at, link).

    Arguments:
        start: seconds after delivery; drawn where None.
        count: how many links; drawn where None.
        links: which links, in this order, instead of a choice.
        pictures: what loads the pixel; drawn where None.
        shows_pictures: how likely the mail program loads pictures.
    """
    rng = letter.rng
    at = first_look(rng) if start is None else start
    if rng.random() < shows_pictures:
        letter.open(at + rng.uniform(0.05, 0.9), pictures or mail_program(letter, reader))
    wanted = links if links is not None else choose(rng, letter.links, clicks_wanted(rng) if count is None else count)
    at += lognormal(rng, 22, 0.9, 1.5, 1800)
    clicked = []
    for link in wanted:
        letter.click(at, reader, link)
        clicked.append((at, link))
        at += stay(rng)
    return clicked


def behind(letter: Letter, reader: Visitor) -> Visitor:
    """A person behind a machine, under the name of the kind that people of this device are."""
    mobile = any(word in reader.browser.agent for word in ("Mobile", "iPhone"))
    return replace(reader, source="phone_reader" if mobile else "desktop_reader")


def maybe_read(letter: Letter, chance: float) -> list[tuple[float, int]]:
    """Behind a machine, a person who reads the letter with this *chance*; their clicks."""
    return read(letter, behind(letter, anybody(letter))) if letter.rng.random() < chance else []


def clicked_by(letter: Letter, reader: Visitor | None = None, count: int | None = None) -> list[tuple[float, int]]:
    """A person's sitting with at least one click."""
    count = count or letter.rng.choices([1, 2, 3, 5], [55, 25, 13, 7])[0]
    return read(letter, behind(letter, reader or anybody(letter)), count=count)
