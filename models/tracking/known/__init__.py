"""Machines that are known by name or address: two lists with sources and dates, looked up by hit."""

from __future__ import annotations

import re
import socket
import tomllib
from bisect import bisect_right
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from ipaddress import ip_address, ip_network
from typing import Any, NamedTuple


@dataclass(frozen=True, slots=True)
class _Agent:
    rule: str
    exact: frozenset[str]
    contains: tuple[str, ...]
    pattern: re.Pattern[str] | None
    kinds: frozenset[str]

    def fits(self, text: str, lower: str, kind: str) -> bool:
        if self.kinds and kind not in self.kinds:
            return False
        if text in self.exact or any(word in lower for word in self.contains):
            return True
        return bool(self.pattern and self.pattern.search(lower))


def _entries(file: str, key: str) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = tomllib.loads(files(__name__).joinpath(file).read_text("utf-8"))[key]
    return entries


@cache
def _agents() -> tuple[_Agent, ...]:
    return tuple(
        _Agent(
            entry["rule"],
            frozenset(entry.get("exact", ())),
            tuple(entry.get("contains", ())),
            re.compile(entry["pattern"]) if "pattern" in entry else None,
            frozenset(entry.get("kinds", ())),
        )
        for entry in _entries("agents.toml", "agent")
    )


@lru_cache(8192)
def agent(text: str, kind: str) -> str:
    """The rule that a user agent fires on a hit of *kind*, or nothing."""
    lower = text.lower()
    return next((known.rule for known in _agents() if known.fits(text, lower, kind)), "")


class Network(NamedTuple):
    """What is known of the network of an address."""

    rule: str = ""
    """The rule that an address of it fires, or nothing."""
    owner: str = ""
    subnet: str = ""
    """The address's /24 (/48 in IPv6), written to be compared; nothing where the text is no address."""


_NOTHING = Network()


@cache
def _ranges() -> dict[int, tuple[list[int], list[tuple[int, Network]]]]:
    """By IP version: first addresses in order, and beside each the last address and the network.

    Where ranges lie in each other, the smaller one is meant: its addresses are cut out of the larger one.
    """
    found: dict[int, list[tuple[int, int, Network]]] = {4: [], 6: []}
    for entry in _entries("ranges.toml", "range"):
        network = Network(entry["rule"], entry["name"])
        for written in map(ip_network, entry["networks"]):
            found[written.version].append((int(written[0]), int(written[-1]), network))
    flat = {version: _flatten(mine) for version, mine in found.items()}
    return {
        version: ([first for first, _, _ in mine], [(last, network) for _, last, network in mine])
        for version, mine in flat.items()
    }


def _flatten(ranges: list[tuple[int, int, Network]]) -> list[tuple[int, int, Network]]:
    """The same ranges in order and without overlaps. Two ranges are apart, or one is in the other."""
    found: list[tuple[int, int, Network]] = []
    around: list[tuple[int, Network]] = []
    at = 0

    def close(until: int) -> None:
        nonlocal at
        while around and around[-1][0] < until:
            last, network = around.pop()
            if at <= last:
                found.append((at, last, network))
                at = last + 1

    for first, last, network in sorted(ranges, key=lambda one: (one[0], -one[1])):
        close(first)
        if around and at < first:
            found.append((at, first - 1, around[-1][1]))
        at = max(at, first)
        around.append((last, network))
    close(2**129)
    return found


@lru_cache(8192)
def network(text: str) -> Network:
    """What is known of the network of a client's address; nothing, too, for what is no address."""
    try:
        version, number = _parse(text)
    except ValueError:
        return _NOTHING
    firsts, rest = _ranges()[version]
    place = bisect_right(firsts, number) - 1
    found = rest[place][1] if place >= 0 and number <= rest[place][0] else _NOTHING
    return Network(found.rule, found.owner, f"{version}/{number >> (8 if version == 4 else 80):x}")


def _parse(text: str) -> tuple[int, int]:
    """The version and the number of an address; one of IPv4 that is written as one of IPv6 is one of IPv4.

    Raises:
        ValueError: this is no address.
    """
    try:
        # Takes the same texts as ip_address does, in a tenth of the time.
        return 4, int.from_bytes(socket.inet_pton(socket.AF_INET, text), "big")
    except (OSError, ValueError):
        address = ip_address(text)
    if address.version == 6 and address.ipv4_mapped:
        address = address.ipv4_mapped
    return address.version, int(address)
