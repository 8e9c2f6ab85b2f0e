"""Hits that waited: from the line that the front door wrote to what the table keeps, as far as a hit alone tells."""

from __future__ import annotations

import re
from functools import lru_cache

from ..store.errors import Invalid
from .hit import METHOD_LENGTH, IncomingHit, format_headers, parse_headers
from .hit_table import HitRecord
from .verdict import marks, marks_of_client

_NUMBER = r"(-?[0-9]{1,19})"
_split = re.compile(
    rf'\["([0-9a-f]{{32}})",{_NUMBER},"([a-z]+)","([A-Z]{{1,{METHOD_LENGTH}}})",{_NUMBER},{_NUMBER},{_NUMBER},'
    r'"([0-9a-f.:]{0,45})",(.*)\]'
).fullmatch
"""What :meth:`Entry.pack` wrote, as texts up to the client, then the rest as it stands; None for unusual ones.

The same few rests come again and again: whoever remembers them need not decode them.
"""


def unpack(data: bytes | str) -> HitRecord:
    """A hit that waited, as the table will keep it, as far as the hit alone tells.

    Raises:
        Invalid: this is none.
    """
    try:
        told = data.decode() if isinstance(data, bytes) else data
    except UnicodeDecodeError as error:
        raise Invalid("this is no hit") from error
    usual = _split(told)
    if usual is None:
        return to_record(IncomingHit.unpack(told))
    code, at, kind, method, issue, number, link, client, rest = usual.groups()
    reader = int(number)
    alike = _template(kind, method, reader < 0, rest)
    return HitRecord(
        int(at), code, int(issue), reader, alike.kind, alike.method, int(link), None, alike.audience,
        client or None, alike.agent, alike.headers,
        marks=alike.marks if reader < 0 else alike.marks + marks_of_client(client),
    )  # fmt: skip


@lru_cache(8192)
def _template(kind: str, method: str, nameless: bool, rest: str) -> HitRecord:
    """A hit like many others but for its id, time, copy, link and client: what the rest tells is found out once."""
    return to_record(IncomingHit.unpack(f'["{0:032}",0,"{kind}","{method}",0,{-nameless},0,"",{rest}]'))


def to_record(entry: IncomingHit) -> HitRecord:
    """A hit as the table will keep it, as far as the hit alone tells."""
    nameless = entry.reader < 0
    fired = entry.marks if nameless else marks(entry.kind, entry.method, entry.client, entry.agent, entry.headers)
    return HitRecord(
        entry.at, entry.id, entry.issue, entry.reader, entry.kind, entry.method, entry.link, None, entry.audience,
        entry.client or None, entry.agent, format_headers(entry.headers), marks=fired,
    )  # fmt: skip


def to_incoming(hit: HitRecord) -> IncomingHit:
    """A hit as it waited, as far as that is still known."""
    nameless = hit.reader < 0
    return IncomingHit(
        hit.id, hit.at, hit.kind, hit.method, hit.issue, hit.reader, hit.link, hit.client or "", hit.agent,
        parse_headers(hit.headers), hit.audience if nameless else None, hit.marks if nameless else (),
    )  # fmt: skip
