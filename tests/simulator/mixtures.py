"""Mixtures: several machines and people on one copy, as large organisations have them."""

from __future__ import annotations

from dataclasses import replace

from . import click_checkers, echoes, gateways, previewers, proxies, scanners, sources
from .kinds import GENERATORS, Generator, kind
from .letter import Letter
from .reading import anybody, behind, read
from .records import Request


def add(letter: Letter, *generators: Generator) -> None:
    """Add the requests of other kinds to this copy, each under its own name."""
    for generator in generators:
        part = Letter(letter.issue, letter.delivered, generator.__name__, letter.rng)
        generator(part)
        letter.requests.extend(part.requests)


@kind(1.6, sources.ANYMAIL_200, sources.MAUTIC_16263)
def two_gateways(letter: Letter) -> None:
    """A gateway in front of Microsoft 365: both look at the links, and a person reads."""
    add(
        letter,
        letter.rng.choice([gateways.proofpoint_crawl, gateways.barracuda, scanners.scan_before_delivery]),
        gateways.safe_links_detonation,
    )
    read(letter, behind(letter, anybody(letter)), count=letter.rng.choice([0, 1, 2, 3]))


@kind(1.6, sources.SAFE_LINKS)
def gateway_twice(letter: Letter) -> None:
    """Links are opened at delivery, and again at the person's click."""
    add(letter, gateways.safe_links_detonation, click_checkers.safe_links_click)


@kind(1.2, sources.EOP_WITH_GATEWAY, sources.SPARKPOST)
def gateway_and_picture_proxy(letter: Letter) -> None:
    """A gateway crawls the links, Gmail's proxy loads the pixel ahead and at the open, and the person clicks."""
    add(
        letter,
        letter.rng.choice([gateways.mimecast_delivery, gateways.barracuda, gateways.google_workspace_scan]),
        proxies.gmail_prefetch,
    )


@kind(1.2, sources.TREND_2017, sources.SPIRAL)
def gateway_and_echo(letter: Letter) -> None:
    """A Japanese office: a gateway at delivery, Trend Micro's echo after each click, Office's HEAD before."""
    add(
        letter,
        letter.rng.choice([gateways.office_appliance_japan, gateways.sandbox_japan, gateways.hosted_filter_japan]),
        echoes.trend_micro_echo,
    )
    if letter.rng.random() < 0.4:
        add(letter, click_checkers.office_discovery)


@kind(1, sources.ANYMAIL_200, sources.KNOWBE4)
def forwarded_through_gateway(letter: Letter) -> None:
    """A person reads, forwards the letter, the other organisation's gateway crawls it hours later, and its people
    read."""
    read(letter, behind(letter, anybody(letter)), count=letter.rng.choice([0, 1, 2]))
    later = Letter(letter.issue, letter.delivered, "", letter.rng)
    add(
        later,
        letter.rng.choice([gateways.safe_links_detonation, gateways.proofpoint_crawl, click_checkers.cisco_click]),
    )
    letter.requests.extend(moved(later.requests, letter.rng.uniform(1800, 2 * 86_400)))


@kind(1, sources.MAUTIC_9798, sources.KNOWBE4)
def everything_at_once(letter: Letter) -> None:
    """Three machines of different kinds and one to three people on one copy."""
    rng = letter.rng
    machines = [
        gateways.safe_links_detonation,
        gateways.proofpoint_crawl,
        scanners.open_then_sweep,
        click_checkers.symantec_click,
        echoes.antivirus_recheck,
        echoes.trend_micro_echo,
        previewers.slack_preview,
        previewers.teams_preview,
        proxies.apple_mail_prefetch,
    ]
    add(letter, *rng.sample(machines, 3))
    for _ in range(rng.randint(1, 3)):
        read(letter, behind(letter, anybody(letter)), count=rng.choice([0, 1, 2]))


@kind(0.8, sources.ANYMAIL_200, sources.M3AAWG)
def gateway_and_office_people(letter: Letter) -> None:
    """A crawl at delivery, then colleagues behind one shared exit on the forwarded copy."""
    add(
        letter,
        letter.rng.choice([gateways.fortimail, gateways.sophos_delivery, gateways.hornetsecurity]),
        GENERATORS["section_mailing_list"],
    )


def moved(requests: list[Request], seconds: float) -> list[Request]:
    """The same requests, later."""
    return [replace(request, at=round(request.at + seconds, 3)) for request in requests]
