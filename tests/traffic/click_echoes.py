"""Checks at a person's click, and echoes after it."""

from __future__ import annotations

from . import programs
from .address_space import address
from .programs import Browser
from .reading_scene import Scene
from .scanning import person


def defender_click(s: Scene) -> None:
    """Microsoft's check at the moment of a person's click, from 40.94.0.0/16, then the person."""
    check = programs.headless(s.rng, s.delivered, language="", bare=True, system=programs.WINDOWS)
    for at, link in person(s, share=1.0):
        s.click(
            at - 0.2 - s.rng.random() * 1.5,
            link,
            address(s.rng, "microsoft"),
            check,
            "machine",
            method="HEAD" if s.chance(0.5) else "GET",
        )


def proofpoint_isolation(s: Scene) -> None:
    """Link isolation: the vendor opens a twin of the page some seconds before the person gets it."""
    twin = programs.headless(
        s.rng, s.delivered, version=programs.chrome_version(s.delivered) - 4, system=programs.LINUX
    )
    for at, link in person(s, share=1.0):
        s.click(at - s.rng.uniform(12, 32), link, address(s.rng, "proofpoint", "aws"), twin, "machine")


def mimecast_click(s: Scene) -> None:
    """A check at the click, by GET."""
    browser = programs.headless(s.rng, s.delivered, bare=True)
    for at, link in person(s, share=1.0):
        s.click(at - s.rng.uniform(0.3, 3), link, address(s.rng, "mimecast"), browser, "machine")


def trend_echo(s: Scene) -> None:
    """Virus Buster: Trend Micro visits what its customer visited, seconds to an hour later, with very old agents."""
    old = (
        "Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 5.1; Trident/4.0)",
        "Mozilla/5.0 (Windows NT 6.1) AppleWebKit/537.2 (KHTML, like Gecko) Chrome/22.0.1216.0 Safari/537.2",
        "Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1; SV1)",
    )
    for at, link in person(s, share=1.0):
        for _ in range(s.rng.choice((1, 1, 1, 2))):
            s.click(
                at + s.spread(40, 5),
                link,
                address(s.rng, "trend"),
                programs.machine(s.rng.choice(old), accept="" if s.chance(0.6) else "*/*"),
                "machine",
            )


def cisco(s: Scene) -> None:
    """Cisco Secure Email asks HEAD and GET at the click, from its own network."""
    browser = programs.machine(
        "Mozilla/5.0 (compatible; MSIE 9.0; Windows NT 6.1; Trident/5.0)" if s.chance(0.5) else None, accept="*/*"
    )
    for at, link in person(s, share=1.0):
        client, when = address(s.rng, "cisco"), at - s.rng.uniform(0.4, 2.0)
        s.click(when, link, client, browser, "machine", method="HEAD")
        s.click(when + 0.15, link, client, browser, "machine")


def symantec(s: Scene) -> None:
    """Symantec's click-time protection: HEAD without agent some seconds before the person."""
    for at, link in person(s, share=1.0):
        s.click(
            at - s.rng.uniform(0.5, 6),
            link,
            address(s.rng, "symantec"),
            programs.machine(None, accept="" if s.chance(0.5) else "*/*"),
            "machine",
            method="HEAD",
        )


def sophos(s: Scene) -> None:
    """Sophos' time of click: a GET from a cloud with few headers a moment before the person."""
    browser = programs.machine(
        "Go-http-client/2.0" if s.chance(0.5) else "Mozilla/5.0 (Windows NT 10.0; Win64; x64)", accept=""
    )
    for at, link in person(s, share=1.0):
        s.click(at - s.rng.uniform(0.2, 1.2), link, address(s.rng, "aws"), browser, "machine")


def fortimail(s: Scene) -> None:
    """FortiMail's click protection: its cloud fetches at the click."""
    browser = programs.headless(s.rng, s.delivered, version=90, bare=True)
    for at, link in person(s, share=1.0):
        s.click(at - s.rng.uniform(0.3, 2), link, address(s.rng, "fortinet"), browser, "machine")


def same_agent_echo(s: Scene) -> None:
    """A service visits again what a person visited, with the person's own agent, from a cloud (resend-node #901)."""
    for at, link in person(s, share=1.0):
        seen = next(one for one in s.requests if one.kind == "click" and one.link == link and one.at == round(at, 3))
        copy = Browser(seen.agent, programs.headers(accept="*/*"), {})
        s.click(at + s.rng.uniform(1, 30), link, address(s.rng, "aws", "hosting"), copy, "machine")


def endpoint_head(s: Scene) -> None:
    """A protection on the person's machine: HEAD from the same address a moment before the click."""
    for at, link in person(s, share=1.0):
        client = next(one.client for one in s.requests if one.kind == "click" and one.at == round(at, 3))
        s.click(
            at - s.rng.uniform(0.05, 0.6),
            link,
            client,
            programs.machine("Mozilla/5.0" if s.chance(0.5) else None),
            "machine",
            method="HEAD",
        )
