"""Copies of the batch that is being stored, and hits of those whose readers must not be identified.

The tracker makes hits nameless before they are written anywhere. What is left for here are hits that were on their way
when their reader refused or was erased, and imported ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import NamedTuple

from sqlalchemy.orm import Session

from ..issues.newsletter import Tracking
from ..store.db import array_literal
from . import anonymity, hit_table, privacy_filter
from .classify import IssueFacts
from .hit import parse_headers
from .hit_codec import to_record
from .hit_table import HitRecord


class CopyOfReader(NamedTuple):
    """What the database knows of a reader's copy."""

    anonymous: bool = False
    """Whether the reader has refused tracking, was erased, or is nobody whom we know."""
    audience: int | None = None
    delivered: float | None = None
    """Seconds since 1970."""
    is_sending: bool = False


Copies = dict[tuple[int, int], CopyOfReader]
"""By issue and reader."""


def find_copies(session: Session, keys: Iterable[tuple[int, int]]) -> Copies:
    """What the database knows of copies; those of pseudonyms are missing."""
    wanted = [key for key in keys if key[1] > 0]
    columns = [array_literal(column) for column in zip(*wanted, strict=True)] or ["{}", "{}"]
    rows = hit_table.driver_connection(session).cursor(binary=True).execute(_COPIES, columns).fetchall()
    return {row[:2]: CopyOfReader._make(row[2:]) for row in rows}


# LIMIT 1 makes PostgreSQL look every copy up by its key: without statistics it would read a table just filled whole.
_COPIES = """
SELECT copy.issue_id, copy.reader, known.id IS NULL, delivery.audience_id,
  extract(epoch FROM CASE WHEN delivery.state IN ('accepted', 'unknown') THEN delivery.at END)::float8,
  delivery.state IN ('queued', 'sending', 'deferred')
FROM unnest(%s::int[], %s::bigint[]) AS copy (issue_id, reader)
LEFT JOIN LATERAL (
  SELECT * FROM delivery WHERE issue_id = copy.issue_id AND subscriber_id = copy.reader LIMIT 1) AS delivery ON true
LEFT JOIN LATERAL (
  SELECT id FROM subscriber WHERE id = copy.reader AND NOT tracking_refused AND erased_at IS NULL
  LIMIT 1) AS known ON true
"""


def make_nameless(
    session: Session, hits: Sequence[HitRecord], issues: dict[int, IssueFacts], copies: Copies, *, imported: bool
) -> list[HitRecord]:
    """The hits, nameless where they must be; without those that would tell of too few readers."""
    nameless = {
        key
        for key, copy in copies.items()
        if privacy_filter.is_nameless(issues[key[0]].tracking, refused=copy.anonymous)
    }
    if not nameless:
        return list(hits)
    found: list[HitRecord] = []
    for hit in hits:
        one: HitRecord | None = hit
        if (hit.issue, hit.reader) in nameless:
            one = _pseudonymise(session, hit, issues[hit.issue].tracking, imported=imported)
        if one is not None:
            found.append(one)
    return found


def _pseudonymise(session: Session, hit: HitRecord, tracking: Tracking, *, imported: bool) -> HitRecord | None:
    """The hit as the tracker would have written it.

    Arguments:
        imported: its id was made from the request; under the salt, nobody else can do that again. A hit that was on
            its way has a random one.
    """
    everybody = tracking is Tracking.AGGREGATE
    copy = anonymity.find(session.connection(), hit.issue, hit.reader, hit.at, everybody=everybody)
    if imported and copy.salt is None:
        return None
    code = blake2b(hit.id.encode(), key=copy.salt, digest_size=16).hexdigest() if copy.salt else hit.id
    request = privacy_filter.TrackingRequest(
        hit.kind, hit.method, hit.issue, hit.reader, hit.link, hit.client or "", hit.agent, parse_headers(hit.headers)
    )
    found = privacy_filter.pseudonymous(request, hit.at, copy, code)
    return None if found is None else to_record(found)
