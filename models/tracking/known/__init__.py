"""Machines that are known by name or address: two lists with sources and dates, looked up by hit."""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from ipaddress import ip_address, ip_network
from typing import Any


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


@cache
def _ranges() -> dict[int, tuple[list[int], list[tuple[int, str]]]]:
    """By IP version: first addresses in order, and beside each the last address and the rule."""
    found: dict[int, list[tuple[int, int, str]]] = {4: [], 6: []}
    for entry in _entries("ranges.toml", "range"):
        for network in map(ip_network, entry["networks"]):
            found[network.version].append((int(network[0]), int(network[-1]), entry["rule"]))
    return {
        version: ([first for first, _, _ in mine], [(last, rule) for _, last, rule in mine])
        for version, mine in ((version, sorted(ranges)) for version, ranges in found.items())
    }


@lru_cache(8192)
def client(text: str) -> str:
    """The rule that a client's address fires, or nothing; nothing too for what is no address."""
    try:
        address = ip_address(text)
    except ValueError:
        return ""
    if address.version == 6 and address.ipv4_mapped:
        address = address.ipv4_mapped
    firsts, rest = _ranges()[address.version]
    place = bisect_right(firsts, int(address)) - 1
    return rest[place][1] if place >= 0 and int(address) <= rest[place][0] else ""
