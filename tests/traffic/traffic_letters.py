"""All kinds with their shares, and letters with their copies."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from random import Random

from ..simulator.records import Copy
from . import (
    click_echoes,
    home_readers,
    mailbox_scanners,
    office_readers,
    rare_machines,
    rare_readers,
    reading_habits,
    robots,
    sharers,
)
from .address_space import Mask
from .reading_scene import DAY, HOUR, Scene

Kind = Callable[[Scene], None]

SHARES: dict[str, float] = {
    "iphone_mpp": 9, "iphone_direct": 3, "mac_mpp": 2, "private_relay": 2, "gmail_android": 8, "gmail_web": 5,
    "gmail_prefetch": 2, "yahoo_proxy": 1.2, "yahoo_japan": 4, "thunderbird": 2.5, "becky": 1.5, "carrier_mail": 3,
    "old_machine": 1.5, "text_only": 2, "terminal": 1, "three_tabs": 1.5, "many_tabs": 1.2, "returning": 2, "late": 2,
    "double_click": 1.5, "two_devices": 2, "changing_address": 2, "dual_stack": 2, "consumer_vpn": 1.2, "abroad": 1.2,
    "screen_reader": 1, "printing": 1, "translated": 1, "town_hall": 9, "town_hall_ie": 1.2, "virtual_browser": 3,
    "isolated_browser": 1.2, "virtual_desktop": 1.2, "cloud_proxy": 1.5, "outlook": 7, "new_outlook": 4,
    "outlook_phone": 2, "school": 2, "shared_mailbox": 1.2, "forwarder": 1.2, "passed_to_many": 0.12,
    "line_sharer": 1.2, "slack_sharer": 1, "teams_sharer": 1, "imessage_sharer": 1, "posted_publicly": 0.6,
    "defender": 1.6, "defender_click": 1.5, "defender_late": 1, "proofpoint": 1, "proofpoint_isolation": 1,
    "mimecast": 1, "mimecast_click": 1, "barracuda": 1, "barracuda_first": 1, "trend_echo": 2, "trend_gateway": 1,
    "cisco": 1, "symantec": 1, "symantec_delivery": 1, "fireeye": 0.8, "sophos": 1, "check_point": 0.8, "hornet": 0.8,
    "fortimail": 1, "forcepoint": 0.8, "hall_gateway": 1.2, "hall_gateway_browser": 1, "sampler": 1.2,
    "slow_crawler": 0.8, "rotating": 0.8, "same_agent_echo": 1, "endpoint_head": 1, "journal": 0.8,
    "search_crawlers": 0.8, "uptime": 0.25, "archiver": 0.6, "assistant": 1, "browser_prefetch": 1.2, "script": 0.2,
    "script_browser": 0.2, "attacker_hidden": 0.3, "agentic_browser": 0.6, "lone_sandbox": 0.8, "two_machines": 0.8,
    "click_during_scan": 1, "pixel_scanner": 1, "plain": 2, "short_letter_reader": 1.2, "tor": 0.8, "proton": 1,
    "silk": 0.8, "console": 0.8, "small_browser": 0.8, "stripping_proxy": 1.2, "whole_class": 0.3, "bookmark": 0.6,
    "isolated_tabs": 0.8, "cloud_office": 1, "meeting": 2, "feed_reader": 0.8, "new_telephone": 0.8,
    "same_browser_scan": 0.8, "telephone_scan": 0.8, "first_and_last": 0.8, "scan_after_click": 0.8, "hourly": 0.5,
    "japanese_sandbox": 0.8, "agent_in_cloud": 0.8, "bare_pixel": 0.8, "even_reload": 0.25, "dual_person_scan": 0.8,
    "unrecorded": 2,
}  # fmt: skip
"""Each kind's share of the copies; rare ones are more frequent than in reality, so that each can be measured."""

_MODULES = (
    home_readers, reading_habits, office_readers, sharers, rare_readers, mailbox_scanners, click_echoes, robots,
    rare_machines,
)  # fmt: skip
KINDS: dict[str, Kind] = {name: getattr(module, name) for module in _MODULES for name in SHARES if name in vars(module)}

BY_NETWORK = frozenset({"barracuda_first", "pixel_scanner", "sampler", "agent_in_cloud", "japanese_sandbox", "hourly"})
"""Kinds of which, with unknown networks, one lone visit by a full browser cannot be told from a person's."""

LETTERS = 16
FIRST = 1757894400.0
"""15 September 2025; letters leave for ten months, so that what comes months later has happened, too."""


@dataclass(frozen=True)
class Letter:
    """One issue: when, with how many links, and its copies."""

    delivered: float
    links: int
    copies: list[Copy]


def letters(seed: int, count: int = LETTERS, readers: int = 210) -> Iterator[Letter]:
    """Letters with copies of all kinds by their shares.

    Arguments:
        seed: the same seed gives the same letters.
        count: letters over ten months.
        readers: copies of each, give or take a fifth.
    """
    rng = Random(f"strangers {seed}")
    names, shares = list(SHARES), list(SHARES.values())
    for number in range(count):
        day = FIRST + number * 310 * DAY / count // DAY * DAY
        delivered = day + rng.choice((0.2, 1, 2.5, 5, 8)) * HOUR + rng.random() * 600
        links = rng.choice((3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 35, 60))
        shared: dict[str, str] = {}
        copies = []
        for name in rng.choices(names, shares, k=int(readers * rng.uniform(0.8, 1.2))):
            scene = Scene(rng, name, delivered + rng.random() * 300, links, shared=shared)
            KINDS[name](scene)
            scene.requests.sort(key=lambda request: request.at)
            copies.append(Copy(name, scene.delivered, links, scene.requests))
        yield Letter(delivered, links, copies)


def traffic(seed: int, copies: int) -> list[Copy]:
    """About so many copies, as ``--traffic`` of the simulator and of ``benchmarks.ranges`` wants them."""
    return [copy for letter in letters(seed, readers=max(20, copies // LETTERS)) for copy in letter.copies]


def masked(letter: Letter, mask: Mask) -> Letter:
    """The same letter, with addresses that no list knows."""
    return replace(
        letter,
        copies=[
            replace(
                copy,
                requests=[
                    replace(
                        one,
                        client=mask(one.client),
                        tellable=one.tellable and not (copy.name in BY_NETWORK and one.by == "machine"),
                    )
                    for one in copy.requests
                ],
            )
            for copy in letter.copies
        ],
    )
