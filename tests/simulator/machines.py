"""Programs that ask without a person: their agents and headers, and which links they try.

Most vendors publish no agent, and measured ones pretend to be browsers: current ones (Apérza; resend-node 901), old
ones (gophish 973, 2357, 2446; fleet 26976), Internet Explorer 8 (gophish 1555), or are libraries (craft-campaign 546;
Phish Insight). A vendor's machine here gets one of these unless its own is known.
"""

from __future__ import annotations

from . import browsers
from .browsers import Browser
from .letter import Letter, Visitor
from .networks import Address

OLD_CHROMES = [57, 64, 72, 79, 80, 87, 96, 109, 117, 125]
_SYSTEMS = ["Windows NT 10.0; Win64; x64"] * 3 + ["X11; Linux x86_64", "Macintosh; Intel Mac OS X 10_15_7"]
OLD_EXPLORERS = [
    "Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1; Trident/4.0)",
    "Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1)",
    "Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0; rv:11.0) like Gecko",
    "Mozilla/5.0 (compatible; MSIE 9.0; Windows NT 6.1; Trident/5.0)",
]
LIBRARIES = [
    "python-requests/2.31.0",
    "Python/3.11 aiohttp/3.9.5",
    "Java/1.8.0_372",
    "Apache-HttpClient/4.5.13 (Java/11.0.20)",
    "Go-http-client/1.1",
    "okhttp/4.9.3",
]


def program(agent: str, address: Address, *, tellable: bool = True, **headers: str) -> Visitor:
    """A machine with that agent and few headers."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return Visitor(Browser(agent, sent, sent), address, "machine", tellable)


def disguised(
    letter: Letter, address: Address, *, version: int = 0, language: str = "", tellable: bool = True
) -> Visitor:
    """A machine that drives a real Chromium: all its headers; no language, as headless ones send none, unless set.

    Arguments:
        version: the major version; a current one where 0.
    """
    rng = letter.rng
    version = version or browsers.chrome_version(rng, letter.delivered)
    agent = (
        f"Mozilla/5.0 ({rng.choice(_SYSTEMS)}) AppleWebKit/537.36 (KHTML, like Gecko) "
        f"Chrome/{version}.0.{full_version(version, rng.randint(20, 200))} Safari/537.36"
    )
    return Visitor(browsers.chromium(agent, version, "Google Chrome", language), address, "machine", tellable)


_BUILDS = {57: 2987, 64: 3282, 72: 3626, 79: 3945, 80: 3987, 83: 4103, 87: 4280, 90: 4430, 92: 4515, 96: 4664, 99: 4844}


def full_version(version: int, patch: int) -> str:
    """The last two parts of a Chrome's version: real ones before the agent was reduced to zeros in version 101."""
    return "0.0" if version >= 101 else f"{_BUILDS[min(_BUILDS, key=lambda known: abs(known - version))]}.{patch}"


def claims_browser(letter: Letter, address: Address) -> Visitor:
    """A machine that says it is a browser, but sends what a library sends."""
    rng = letter.rng
    found = disguised(letter, address, version=rng.choice([0, *OLD_CHROMES]))
    agent = rng.choice([found.browser.agent, found.browser.agent, rng.choice(OLD_EXPLORERS)])
    return program(agent, address, accept=rng.choice(["*/*", "*/*", ""]))


def unnamed(letter: Letter, address: Address) -> Visitor:
    """A machine of a vendor that publishes no agent: any of what is measured."""
    rng = letter.rng
    chosen = rng.random()
    if chosen < 0.3:
        version = rng.choice([0, 0, *OLD_CHROMES])
        return disguised(letter, address, version=version, language=rng.choice(["", "", "en-US,en;q=0.9", "en-US"]))
    if chosen < 0.7:
        return claims_browser(letter, address)
    if chosen < 0.85:
        return program("", address, accept=rng.choice(["*/*", ""]))
    return program(rng.choice(LIBRARIES), address, accept="*/*")


def some(letter: Letter, share: float, *, trap: float = 0.5) -> list[int]:
    """In order, a *share* of the links; with a chance of *trap* the trap as well."""
    rng = letter.rng
    with_trap = rng.random() < trap
    found = [link for link in letter.in_order() if (link and rng.random() < share) or (not link and with_trap)]
    return found or [1]
