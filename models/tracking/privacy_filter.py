"""What of a request is kept: everything, a pseudonym, or nothing, as the newsletter and the reader have chosen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ..issues.newsletter import Tracking
from . import pseudonym, seal
from .anonymity import CopyFacts
from .hit import AGENT_LENGTH, HEADER_LENGTH, METHOD_LENGTH, IncomingHit, random_id
from .rules import HEADERS, KEPT, HitKind, Verdict
from .verdict import delivery_marks, judge_kept, marks


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


def pseudonymous(request: TrackingRequest, at: int, copy: CopyFacts, code: str = "") -> IncomingHit | None:
    """The hit without reader, client and agent; the rules that these fire are under seal.

    Arguments:
        at: microseconds since 1970.
        copy: what is known of the reader's copy.
        code: the hit's id; by default a random one, as an id by which it is known elsewhere would lead to the reader.

    Returns: None where it would tell of too few readers.
    """
    if copy.telling is None or copy.delivered is None:
        return None
    if request.link and copy.telling.links is not None and request.link not in copy.telling.links:
        return None
    agent = None if request.agent is None else request.agent[:AGENT_LENGTH]
    fired = marks(request.kind, request.method, request.client, agent, request.headers, at)
    method, code = request.method[:METHOD_LENGTH], code or random_id()
    fired += delivery_marks(request.kind, at / 1e6 - copy.delivered, fired)
    return IncomingHit(
        code, at, request.kind, method, request.issue, _number(request, copy, fired), request.link,
        audience=copy.telling.audience, marks=_kept_marks(request, copy, fired),
    )  # fmt: skip


def _number(request: TrackingRequest, copy: CopyFacts, fired: tuple[str, ...]) -> int:
    """The pseudonym, or a number of nobody's."""
    if copy.salt is None:
        return pseudonym.of_nobody()
    # What tells a machine often tells the office behind it, too: so it must not stand beside what a person did.
    if judge_kept(request.kind, fired).verdict in (Verdict.SCANNER, Verdict.PREFETCH):
        return pseudonym.of_machine(copy.salt, request.reader)
    return pseudonym.of_reader(copy.salt, request.reader)


def _kept_marks(request: TrackingRequest, copy: CopyFacts, fired: tuple[str, ...]) -> tuple[str, ...]:
    """What the hit is by itself, and all that fired, which may tell whose it is, under seal."""
    kept = (KEPT[judge_kept(request.kind, fired).verdict],)
    return kept if copy.salt is None else (*kept, seal.seal(copy.salt, fired))


def is_nameless(tracking: Tracking, *, refused: bool) -> bool:
    """Whether a reader must not be identified."""
    return refused or tracking is not Tracking.INDIVIDUAL


def filter_request(
    request: TrackingRequest, code: str, at: int, tracking: Tracking, *, refused: bool, copy: CopyFacts
) -> IncomingHit | None:
    """What is kept of a request: nothing where the newsletter does not track.

    Arguments:
        code: its id where the reader is identified.
        refused: whether the reader has refused tracking.
        copy: what is known of the copy; used only where the reader must not be identified.
    """
    if tracking is Tracking.OFF:
        return None
    if is_nameless(tracking, refused=refused):
        return pseudonymous(request, at, copy)
    return identified(request, code, at)
