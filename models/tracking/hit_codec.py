"""From the line that the tracker wrote to the row of the table, as far as a hit by itself tells.

Most of a hit (kind, method, agent, headers) is one of few combinations. A line is split at its first commas, and what
its rest says is decoded and judged once per combination and remembered: several times as fast as decoding the JSON of
every line.
"""

from __future__ import annotations

import re
from functools import lru_cache

from ..store.errors import Invalid
from . import seal
from .hit import IncomingHit, format_headers, parse_headers
from .hit_table import HitRecord
from .judging.request_marks import marks_in_month, marks_of_client, month_of, month_of_day
from .judging.visitor import device_of, network_of
from .rules import Verdict

_DAY = 86_400_000_000
_UNKNOWN = Verdict.UNKNOWN
_COMMAS = 8
"""In a line of :meth:`IncomingHit.pack`, those before the agent."""
_begins = re.compile(r'\["[0-9a-f]{32}"').fullmatch
_address = re.compile(r'"([0-9a-f.:]{0,45})"').fullmatch


def unpack(data: bytes | str) -> HitRecord:
    """A packed hit as a row of the table, as far as the hit by itself tells.

    Raises:
        Invalid: this is none.
    """
    try:
        line = data.decode() if isinstance(data, bytes) else data
    except UnicodeDecodeError as error:
        raise Invalid("this is no hit") from error
    return _unpack_usual(line) or to_record(IncomingHit.unpack(line))


def _unpack_usual(line: str) -> HitRecord | None:
    """The same of a line as :meth:`IncomingHit.pack` writes most; None of all others, whatever is wrong with them."""
    parts = line.split(",", _COMMAS)
    if len(parts) <= _COMMAS or not line.isascii() or not _begins(parts[0]):
        return None
    begin, at, kind, method, issue, number, link, address, rest = parts
    known = _client(address)
    # Of text in ASCII, isdigit takes the ten digits alone; int would take more than JSON does.
    if known is None or not (at.isdigit() and issue.isdigit() and link.isdigit()):
        return None
    if not number.isdigit() and not (number[:1] == "-" and number[1:].isdigit()):
        return None
    try:
        reader, when = int(number), int(at)
        is_named = reader >= 0
        template = _template(kind, method, is_named, month_of_day(when // _DAY), rest)
        client, marks, network = known
        return HitRecord(
            when, begin[2:-1], int(issue), reader, template.kind, template.method, int(link), None, template.audience,
            client, template.agent, template.headers, _UNKNOWN, 0, (),
            template.marks + marks if marks and is_named else template.marks, False, template.device, network,
        )  # fmt: skip
    except ValueError:  # A number of thousands of digits.
        return None


@lru_cache(65_536)
def _client(address: str) -> tuple[str | None, tuple[str, ...], str] | None:
    """A client, the rules that its address fires, and its network; None of what is not written as most addresses are.

    As many are remembered as a batch of hits has at most.
    """
    found = _address(address)
    return (found[1] or None, marks_of_client(found[1]), network_of(found[1])) if found else None


@lru_cache(8192)
def _template(kind: str, method: str, is_named: bool, month: int, rest: str) -> HitRecord:
    """A hit with all that many hits have in common; id, time, copy, link and client are to be filled in.

    Raises:
        Invalid: this is none.
    """
    entry = IncomingHit.unpack(f'["{0:032}",0,{kind},{method},0,{int(is_named) - 1},0,"",{rest}')
    return _record(entry, month)


def to_record(entry: IncomingHit) -> HitRecord:
    """A hit as a row of the table, as far as the hit by itself tells."""
    return _record(entry, month_of(entry.at))


def _record(entry: IncomingHit, month: int) -> HitRecord:
    fired, headers = seal.split(entry.marks)
    if entry.reader >= 0:
        headers = format_headers(entry.headers)
        fired = marks_in_month(entry.kind, entry.method, entry.client, entry.agent, entry.headers, month)
    return HitRecord(
        entry.at, entry.id, entry.issue, entry.reader, entry.kind, entry.method, entry.link, None, entry.audience,
        entry.client or None, entry.agent, headers, marks=fired,
        device=device_of(entry.agent, headers) if entry.reader >= 0 else "", network=network_of(entry.client),
    )  # fmt: skip


def to_incoming(hit: HitRecord) -> IncomingHit:
    """A row of the table as an incoming hit, as far as that is still known."""
    pseudonymous = hit.reader < 0
    return IncomingHit(
        hit.id, hit.at, hit.kind, hit.method, hit.issue, hit.reader, hit.link, hit.client or "", hit.agent,
        {} if pseudonymous else parse_headers(hit.headers), hit.audience if pseudonymous else None,
        hit.marks if pseudonymous else (),
    )  # fmt: skip
