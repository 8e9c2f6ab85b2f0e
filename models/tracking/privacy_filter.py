"""What of a request is kept: everything, a pseudonym, or nothing, as the newsletter and the reader have chosen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ..issues.newsletter import Tracking
from . import pseudonym
from .hit import AGENT_LENGTH, HEADER_LENGTH, METHOD_LENGTH, IncomingHit
from .rules import HEADERS, HitKind
from .verdict import delivery_marks, marks

MIN_AUDIENCE = 10
"""With fewer readers of an audience in an issue, a hit under a pseudonym does not name the audience."""


class TrackingRequest(NamedTuple):
    """One request for a pixel, a link or a web view, as it came in."""

    kind: HitKind
    method: str
    issue: int
    reader: int
    link: int
    client: str
    agent: str | None
    headers: Mapping[str, str]
    """By lower-case name; see :func:`models.tracking.verdict.marks`."""


class CopyFacts(NamedTuple):
    """What is known of the copy of a reader who must not be identified."""

    audience: int | None = None
    """Also None where its audience has fewer than :data:`AUDIENCE_FLOOR` readers."""
    delivered: int | None = None
    """Microseconds since 1970."""


def identified(request: TrackingRequest, code: str, at: int) -> IncomingHit:
    """The hit with everything that verdicts need.

    Arguments:
        code: its id, 32 hexadecimal digits.
        at: microseconds since 1970.
    """
    headers = {name: request.headers[name][:HEADER_LENGTH] for name in HEADERS if name in request.headers}
    agent = None if request.agent is None else request.agent[:AGENT_LENGTH]
    return IncomingHit(
        code, at, request.kind, request.method[:METHOD_LENGTH], request.issue, request.reader, request.link,
        request.client[:45], agent, headers,
    )  # fmt: skip


def pseudonymous(request: TrackingRequest, code: str, at: int, copy: CopyFacts) -> IncomingHit:
    """The hit under a pseudonym, without client and agent; the rules that these fire are kept as names."""
    agent = None if request.agent is None else request.agent[:AGENT_LENGTH]
    passed = None if copy.delivered is None else (at - copy.delivered) / 1e6
    fired = marks(request.kind, request.method, request.client, agent, request.headers, at)
    return IncomingHit(
        code, at, request.kind, request.method[:METHOD_LENGTH], request.issue,
        pseudonym.pseudonym_of(request.issue, request.reader), request.link,
        audience=copy.audience, marks=(*fired, *delivery_marks(request.kind, passed, fired)),
    )  # fmt: skip


def filter_request(
    request: TrackingRequest, code: str, at: int, tracking: Tracking, *, refused: bool, copy: CopyFacts
) -> IncomingHit | None:
    """What is kept of a request: nothing where the newsletter does not track.

    Arguments:
        refused: whether the reader has refused tracking.
        copy: what is known of the copy; used only where the reader must not be identified.
    """
    if tracking is Tracking.OFF:
        return None
    if tracking is Tracking.AGGREGATE or refused:
        return pseudonymous(request, code, at, copy)
    return identified(request, code, at)
