"""People whose requests leave through something shared or remote: offices, carriers, clouds, tunnels."""

from __future__ import annotations

import random

from . import browsers, networks, sources
from .browsers import Browser
from .kinds import kind
from .letter import Letter, lognormal
from .reading import anybody, desktop_person, first_look, person, phone_person, read

_KEPT_BY_OLD_PROXIES = ("accept", "accept-language")


def _office(letter: Letter, name: str, *kinds: str, offices: int = 6) -> tuple[random.Random, networks.Address]:
    """One of few offices that the readers of an issue share: its standards and its exit."""
    shared = random.Random(f"{letter.issue.seed}/{name}/{letter.rng.randrange(offices)}")
    return shared, networks.changing(shared, *kinds, pool=shared.choice([1, 1, 2, 4]))


def without(browser: Browser, *names: str) -> Browser:
    """*browser* behind a proxy that drops these headers."""
    page = {name: value for name, value in browser.page.items() if name not in names}
    return Browser(browser.agent, page, {name: value for name, value in browser.image.items() if name not in names})


@kind(3, sources.LGWAN, sources.MIC_GUIDELINES)
def lgwan_office(letter: Letter) -> None:
    """Sits in a municipality behind the security cloud of a prefecture: hundreds share the exit and a managed
    browser."""
    shared, exit_address = _office(letter, "lgwan", "prefecture")
    standard = (
        browsers.edge(shared, letter.delivered) if shared.random() < 0.7 else browsers.chrome(shared, letter.delivered)
    )
    standard = Browser(
        standard.agent, {**standard.page, "accept-language": "ja"}, {**standard.image, "accept-language": "ja"}
    )
    if shared.random() < 0.4:
        standard = without(standard, "sec-ch-ua")
    read(letter, person(standard, exit_address), shows_pictures=0.5)


@kind(1.2, sources.TSUGARU, sources.MIC_GUIDELINES)
def remote_browser_reader(letter: Letter) -> None:
    """Surfs in a virtual browser on a Linux server of a data centre in Japan, as network separation asks for."""
    shared, exit_address = _office(letter, "remote", "hosting_japan", "prefecture", offices=4)
    version = browsers.chrome_version(shared, letter.delivered) - shared.choice([0, 2, 5])
    agent = (
        f"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{version}.0.0.0 Safari/537.36"
    )
    browser = browsers.chromium(agent, version, "Chromium", "ja,en-US;q=0.9,en;q=0.8")
    read(letter, person(browser, exit_address), shows_pictures=0.3)


@kind(1.2, sources.LGWAN, sources.MIC_GUIDELINES)
def sanitized_mail_reader(letter: Letter) -> None:
    """Gets the letter as text without pictures, and copies addresses into the browser of the internet segment."""
    rng = letter.rng
    shared, exit_address = _office(letter, "sanitized", "prefecture")
    standard = browsers.edge(shared, letter.delivered)
    at = first_look(rng)
    for link in sorted(rng.sample(range(1, letter.links + 1), rng.choice([1, 1, 2, 3]))):
        letter.click(at, person(standard, exit_address), link)
        at += lognormal(rng, 90, 0.9, 8)


@kind(2, sources.SQUID)
def corporate_proxy_reader(letter: Letter) -> None:
    """Sits behind a proxy that opens TLS and passes few headers on: no client hints, sometimes no language."""
    rng = letter.rng
    shared, exit_address = _office(letter, "proxy", "office", offices=12)
    browser = browsers.desktop(rng, letter.delivered)
    dropped = ["sec-ch-ua", "sec-fetch-dest", "sec-fetch-mode"]
    if shared.random() < 0.35:
        dropped.append("accept-language")
    read(letter, person(without(browser, *dropped), exit_address))


@kind(3, sources.DOCOMO, sources.NAT)
def carrier_phone_reader(letter: Letter) -> None:
    """Is on the way with a phone of a Japanese carrier: the address changes between clicks of one sitting."""
    rng = letter.rng
    carrier = rng.choice(["docomo", "au", "softbank_mobile", "rakuten"])
    place = networks.changing(rng, carrier, carrier + "6", pool=rng.randint(1, 4))
    read(letter, person(browsers.phone(rng, letter.delivered), place))


@kind(1.2, sources.WORKSPACES, tellable=False)
def cloud_desktop_reader(letter: Letter) -> None:
    """Works on a desktop in a cloud (WorkSpaces, Windows 365): a person with a cloud's address. Where the front end
    wrote no language down, a single click cannot be told from a gateway's check there."""
    rng = letter.rng
    where = rng.choice(["aws_tokyo", "azure_japan", "azure_japan"])
    browser = rng.choice([browsers.edge, browsers.chrome])(rng, letter.delivered)
    told = letter.records("accept-language")
    read(letter, person(browser, networks.fixed(networks.draw(rng, where)), tellable=told))


@kind(1, sources.VPNS)
def vpn_reader(letter: Letter) -> None:
    """Surfs through a commercial VPN: an address of a data centre, many strangers on it."""
    read(
        letter,
        person(
            browsers.desktop(letter.rng, letter.delivered)
            if letter.rng.random() < 0.6
            else browsers.phone(letter.rng, letter.delivered),
            networks.fixed(networks.draw(letter.rng, "vpn")),
        ),
    )


@kind(1.5, sources.ZSCALER)
def zscaler_reader(letter: Letter) -> None:
    """Surfs through Zscaler: the vendor's addresses, which change within a sitting, and all the browser's headers."""
    rng = letter.rng
    read(
        letter,
        person(browsers.desktop(rng, letter.delivered), networks.changing(rng, "zscaler", pool=rng.randint(1, 3))),
    )


@kind(1.5, sources.PRIVATE_RELAY, sources.RELAY_STUDY)
def private_relay_reader(letter: Letter) -> None:
    """Surfs in Safari through iCloud Private Relay: addresses of Akamai, Cloudflare and Fastly, changing by session."""
    rng = letter.rng
    browser = rng.choice([browsers.safari_phone, browsers.safari_phone, browsers.safari_mac])(rng, letter.delivered)
    place = networks.changing(rng, "apple_relay", "apple_relay6", pool=rng.randint(1, 4))
    read(letter, person(browser, place), shows_pictures=0.2)


@kind(1, sources.GIGA)
def school_reader(letter: Letter) -> None:
    """Reads on a Chromebook behind a school's filter; many share exit, agent and language."""
    shared, exit_address = _office(letter, "school", "ocn", "office")
    version = browsers.chrome_version(shared, letter.delivered)
    agent = (
        "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) "
        f"Chrome/{version}.0.0.0 Safari/537.36"
    )
    read(letter, person(browsers.chromium(agent, version, "Google Chrome", "ja,en-US;q=0.9,en;q=0.8"), exit_address))


@kind(0.8, sources.NAT, sources.DOCOMO)
def moving_reader(letter: Letter) -> None:
    """Leaves the house while reading: the same phone goes from the home's line to the carrier between two clicks."""
    rng = letter.rng
    at_home = phone_person(letter)
    away = person(at_home.browser, networks.mobile(rng))
    at = first_look(rng)
    letter.open(at, at_home)
    at += lognormal(rng, 20, 0.7, 2)
    for number, link in enumerate(sorted(rng.sample(range(1, letter.links + 1), min(3, letter.links)))):
        letter.click(at, at_home if number == 0 else away, link)
        at += lognormal(rng, 45, 1.0, 3)


@kind(0.8, sources.STATCOUNTER_JP)
def reader_abroad(letter: Letter) -> None:
    """Reads abroad, or in another language, from a home line there."""
    rng = letter.rng
    found = anybody(letter) if rng.random() < 0.5 else desktop_person(letter)
    language = rng.choice(
        ["en-US,en;q=0.9", "en-GB,en;q=0.9", "de-DE,de;q=0.9,en;q=0.8", "vi-VN,vi;q=0.9", "ja,en;q=0.8"]
    )
    browser = Browser(
        found.browser.agent,
        {**found.browser.page, "accept-language": language},
        {**found.browser.image, "accept-language": language},
    )
    read(letter, person(browser, networks.fixed(networks.draw(rng, "residential_abroad"))))
