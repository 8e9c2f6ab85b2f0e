"""The hits of an issue's first days, of people and machines of many kinds, in order of time."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from models.tracking.hit import IncomingHit, new_id

from .traffic_kinds import KINDS, LabelledRequest, ReaderCopy

SHARES = {
    "person on a phone": 18,
    "person on a desktop": 20,
    "officials behind one address": 18,
    "gateway and person behind one address": 1,
    "Gmail image proxy": 10,
    "Gmail prefetch": 8,
    "Apple Mail Privacy Protection": 8,
    "Safe Links": 8,
    "Proofpoint": 1,
    "Mimecast": 1,
    "Barracuda": 1,
    "scanner with a browser's agent that clicks all": 1,
    "slow crawler in the honeypot": 1,
    "scanner that clicks one link at once": 2,
    "link previewer": 1,
    "forwarded letter": 1,
}
"""Percentage of copies of each kind. A few percent are crawled, which makes up a third of all hits."""


def hits(issue: int, delivered: int, count: int, links: int, seed: int = 1) -> Iterator[IncomingHit]:
    """*count* hits, sorted by time, of the readers from 1 on, who have one copy each.

    Arguments:
        delivered: when the relay accepted every copy, in microseconds since 1970.
        links: how many links the issue has, the last one the honeypot.
    """
    random = Random(seed)
    kinds, shares = list(SHARES), list(SHARES.values())
    found: list[tuple[float, int, LabelledRequest]] = []
    reader = 0
    while len(found) < count:
        reader += 1
        copy = ReaderCopy(random, links)
        found += [(one.at, reader, one) for one in KINDS[random.choices(kinds, shares)[0]](copy)]
    found.sort(key=lambda hit: hit[:2])
    for at, reader, one in found[:count]:
        headers = {"accept": "", "accept-language": "", **one.headers}
        yield IncomingHit(
            new_id(), delivered + round(at * 1e6), one.kind, one.method, issue, reader, one.link, one.client,
            one.agent, headers,
        )  # fmt: skip
