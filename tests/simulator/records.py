"""What a simulator gives: labelled requests, gathered by the copies of a letter, and the kinds that made them."""

from __future__ import annotations

from dataclasses import dataclass

HEADERS = (
    "accept",
    "accept-language",
    "sec-fetch-dest",
    "sec-fetch-mode",
    "sec-ch-ua",
    "purpose",
    "sec-purpose",
    "x-purpose",
    "x-moz",
)
"""The headers that a front end can record."""


@dataclass(frozen=True)
class Request:
    """One request for a pixel, a tracked link or a web view, and who really made it."""

    at: float
    """Seconds after the relay accepted this copy; a little below zero where clocks differ."""
    kind: str
    """``open``, ``click`` or ``view``."""
    link: int
    """Of a click: the position of the link in the letter, from 1; 0 otherwise and for the trap."""
    trap: bool
    """A click on the hidden link that no person sees; every letter has exactly one."""
    method: str
    client: str
    """An IPv4 or IPv6 address."""
    agent: str | None
    """User-Agent; empty where the request had none."""
    headers: dict[str, str]
    """By lower-case name; empty: was not sent; missing: was not recorded."""
    by: str
    """``person``, ``proxy`` (a picture proxy, because a person opens) or ``machine``."""
    source: str
    """The kind of reader or machine that made it."""
    tellable: bool
    """False where, by published behaviour alone, nobody could tell it from the opposite."""


@dataclass(frozen=True)
class Copy:
    """One letter to one reader, and every request that came of it."""

    name: str
    """The kind, or the mixture of kinds, of this copy."""
    delivered: float
    """Seconds since 1970."""
    links: int
    """The number of ordinary links, 3 to 60."""
    requests: list[Request]


@dataclass(frozen=True)
class Kind:
    """A kind of reader or machine, with where its behaviour is published."""

    description: str
    source: str
    """An address or a publication, with its date."""
    tellable: bool = True
    """False where part of its requests cannot be told from the opposite; the description says why."""
