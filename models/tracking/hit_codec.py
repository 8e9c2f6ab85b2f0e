"""From the line that the tracker wrote to the row of the table, as far as a hit by itself tells.

Most of a hit (kind, method, agent, headers) is one of few combinations. A pattern takes a line apart, and what the
rest of the line says is decoded and judged once per combination and remembered: several times as fast as decoding the
JSON of every line.
"""

from __future__ import annotations

import re
from functools import lru_cache

from ..store.errors import Invalid
from . import seal
from .hit import METHOD_LENGTH, IncomingHit, format_headers, parse_headers
from .hit_table import HitRecord
from .judging.request_marks import marks_in_month, marks_of_client, month_of, month_of_day
from .judging.visitor import device_of, network_of
from .rules import Verdict

_DAY = 86_400_000_000
_UNKNOWN = Verdict.UNKNOWN
_NUMBER = r"(-?[0-9]{1,19})"
_split = re.compile(
    rf'\["([0-9a-f]{{32}})",{_NUMBER},"([a-z]+)","([A-Z]{{1,{METHOD_LENGTH}}})",{_NUMBER},{_NUMBER},{_NUMBER},'
    r'"([0-9a-f.:]{0,45})",(.*)\]'
).fullmatch
"""A line of :meth:`IncomingHit.pack`: the values up to the client as texts, then the rest of the line undecoded.

It does not match unusual lines, which are decoded as JSON.
"""


def unpack(data: bytes | str) -> HitRecord:
    """A packed hit as a row of the table, as far as the hit by itself tells.

    Raises:
        Invalid: this is none.
    """
    try:
        line = data.decode() if isinstance(data, bytes) else data
    except UnicodeDecodeError as error:
        raise Invalid("this is no hit") from error
    usual = _split(line)
    if usual is None:
        return to_record(IncomingHit.unpack(line))
    code, at, kind, method, issue, number, link, client, rest = usual.groups()
    reader, when = int(number), int(at)
    template = _template(kind, method, reader < 0, month_of_day(when // _DAY), rest)
    marks, network = _client(client)
    return HitRecord(
        when, code, int(issue), reader, template.kind, template.method, int(link), None, template.audience,
        client or None, template.agent, template.headers, _UNKNOWN, 0, (),
        template.marks + marks if marks and reader >= 0 else template.marks, device=template.device, network=network,
    )  # fmt: skip


@lru_cache(32_768)
def _client(client: str) -> tuple[tuple[str, ...], str]:
    """The rules that a client's address fires, and its network. As many are remembered as two batches of hits have."""
    return marks_of_client(client), network_of(client)


@lru_cache(8192)
def _template(kind: str, method: str, pseudonymous: bool, month: int, rest: str) -> HitRecord:
    """A hit with all that many hits have in common; id, time, copy, link and client are to be filled in."""
    entry = IncomingHit.unpack(f'["{0:032}",0,"{kind}","{method}",0,{-pseudonymous},0,"",{rest}]')
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
