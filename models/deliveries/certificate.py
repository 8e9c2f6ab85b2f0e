"""The certificate (配信証明書): the outcome of every letter, as a sum that must come to zero, and a digest.

The digest is chained over one line per delivery, in the order of the readers' ids. No line says who a reader is, so
that the certificate can be handed out, and stays the same when somebody is erased::

    reader,edition,lane,state,attempts,code,enhanced,relay,at,message_id

    digest = ""
    for line in lines:            # without the header line
        digest = sha256(digest + line)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..issues.issue import Issue
from ..issues.issue_state import IssueState
from ..staff import audit
from ..staff.audit import AuditEntry
from ..staff.member import Member
from ..store.clock import now
from . import preparation
from .delivery import Delivery, DeliveryState, message_id_maker
from .edition import Edition
from .lane import list_all
from .letters import letter_report

COLUMNS = ("reader", "edition", "lane", "state", "attempts", "code", "enhanced", "relay", "at", "message_id")
FINAL_STATES = (
    DeliveryState.ACCEPTED,
    DeliveryState.BOUNCED,
    DeliveryState.FAILED,
    DeliveryState.SUPPRESSED,
    DeliveryState.UNKNOWN,
)
"""The states in which a letter can end."""
OPEN_STATES = (DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.DEFERRED)
_FETCH_SIZE = 5000


@dataclass(frozen=True, slots=True)
class Certificate:
    """What became of one issue's letters, at one moment."""

    issue: int
    """Its id in the database."""
    number: int
    newsletter: str
    subject: str
    state: IssueState
    content_digest: str
    """Of the content that was approved and frozen."""
    editions: tuple[tuple[int, str], ...]
    """Number and digest of each."""
    scheduled_at: datetime | None
    prepared_at: datetime | None
    sent_at: datetime | None
    drawn_at: datetime
    targeted: int
    """Readers counted when the issue was frozen."""
    counts: Mapping[DeliveryState, int]
    lanes: Mapping[str, Mapping[DeliveryState, int]]
    relays: Mapping[str, Mapping[DeliveryState, int]]
    returned: int
    """Of the letters that bounced or failed: those that a relay had taken, and that came back later."""
    first_at: datetime | None
    last_at: datetime | None
    """When the first and the last letter got its outcome."""
    digest: str
    """SHA-256 (64 hex digits) chained over all lines; empty where there is no delivery."""

    @property
    def difference(self) -> int:
        """Targeted less the deliveries counted: anything but zero means that a letter was lost or added."""
        return self.targeted - sum(self.counts.values())

    @property
    def open(self) -> int:
        """Letters that are still to be sent, or deferred."""
        return sum(self.counts.get(state, 0) for state in OPEN_STATES)

    @property
    def final(self) -> bool:
        """Whether every letter has its outcome. Staff may still resolve unknown ones, or send them again."""
        return self.state in (IssueState.SENT, IssueState.CANCELLED) and not self.open

    def as_json(self) -> dict[str, Any]:
        """As plain values for JSON: times in ISO 8601 (UTC), states by their names."""
        by_state = {state.value: self.counts.get(state, 0) for state in (*FINAL_STATES, *OPEN_STATES)}
        return {
            "issue": self.issue,
            "number": self.number,
            "newsletter": self.newsletter,
            "subject": self.subject,
            "state": self.state.value,
            "final": self.final,
            "content_digest": self.content_digest,
            "editions": [{"number": number, "digest": digest} for number, digest in self.editions],
            **{name: _moment(getattr(self, name)) for name in ("scheduled_at", "prepared_at", "sent_at")},
            "first_at": _moment(self.first_at),
            "last_at": _moment(self.last_at),
            "drawn_at": _moment(self.drawn_at),
            "targeted": self.targeted,
            **by_state,
            "returned": self.returned,
            "difference": self.difference,
            "lanes": {name: _by_name(counts) for name, counts in self.lanes.items()},
            "relays": {name: _by_name(counts) for name, counts in self.relays.items()},
            "digest": self.digest,
        }


class Totals:
    """The sum of all lines, and their digest."""

    def __init__(self) -> None:
        self.counts: Counter[DeliveryState] = Counter()
        self.lanes: dict[str, Counter[DeliveryState]] = {}
        self.relays: dict[str, Counter[DeliveryState]] = {}
        self.first: datetime | None = None
        self.last: datetime | None = None
        self.digest = ""

    def add(self, line: str, state: DeliveryState, lane: str, relay: str, at: datetime | None) -> None:
        self.digest = sha256((self.digest + line).encode()).hexdigest()
        self.counts[state] += 1
        self.lanes.setdefault(lane, Counter())[state] += 1
        if relay:
            self.relays.setdefault(relay, Counter())[state] += 1
            if at is not None:
                self.first = at if self.first is None or at < self.first else self.first
                self.last = at if self.last is None or at > self.last else self.last

    def as_json(self) -> dict[str, Any]:
        """As plain values, from which :meth:`of_json` makes the same again."""
        return {
            "counts": _by_name(self.counts),
            "lanes": {name: _by_name(counts) for name, counts in self.lanes.items()},
            "relays": {name: _by_name(counts) for name, counts in self.relays.items()},
            "first": _moment(self.first),
            "last": _moment(self.last),
            "digest": self.digest,
        }

    @classmethod
    def of_json(cls, kept: Mapping[str, Any]) -> Totals:
        """What :meth:`as_json` wrote."""
        made = cls()
        made.counts = _by_state(kept["counts"])
        made.lanes = {name: _by_state(counts) for name, counts in kept["lanes"].items()}
        made.relays = {name: _by_state(counts) for name, counts in kept["relays"].items()}
        made.first, made.last = (datetime.fromisoformat(kept[one]) if kept[one] else None for one in ("first", "last"))
        made.digest = kept["digest"]
        return made


def compute(session: Session, issue: Issue, write_line: Callable[[str], None] = lambda line: None) -> Certificate:
    """The certificate of *issue* as it is now. Reads every delivery once: about 15 s for a million.

    Arguments:
        write_line: gets each line as text without a line end, the header line first; for writing a file.
    """
    return of_totals(session, issue, count(session, issue, write_line))


def count(session: Session, issue: Issue, write_line: Callable[[str], None] = lambda line: None) -> Totals:
    """The sum of the lines of *issue*; see :func:`compute`."""
    totals = Totals()
    message_id = message_id_maker(issue)
    slugs = {lane.id: lane.slug for lane in list_all(session)}
    columns = (Delivery.subscriber_id, Delivery.edition, Delivery.lane_id, Delivery.state, Delivery.attempts,
               Delivery.code, Delivery.enhanced, Delivery.relay, Delivery.at)  # fmt: skip
    query = select(*columns).where(Delivery.issue_id == issue.id).order_by(Delivery.subscriber_id)
    came_back = letter_report.amended_readers(session, issue.id)  # Days later: they say nothing of the sending.
    write_line(",".join(COLUMNS))
    for reader, edition, lane_id, state, attempts, code, enhanced, relay, at in session.execute(
        query.execution_options(yield_per=_FETCH_SIZE)
    ):
        lane = slugs.get(lane_id, str(lane_id))
        line = (
            f"{reader},{edition},{lane},{state.value},{attempts},{code or ''},{enhanced or ''},{relay or ''},"
            f"{_moment(at) or ''},{message_id(reader)}"
        )
        write_line(line)
        totals.add(line, state, lane, relay or "", None if reader in came_back else at)
    return totals


def of_totals(session: Session, issue: Issue, totals: Totals, drawn_at: datetime | None = None) -> Certificate:
    """The certificate with this sum.

    Arguments:
        drawn_at: when the lines were read; now, where that was just now.
    """
    counted = preparation.find(session, issue.id)
    editions = session.execute(
        select(Edition.number, Edition.digest).where(Edition.issue_id == issue.id).order_by(Edition.number)
    )
    return Certificate(
        issue=issue.id,
        number=issue.number,
        newsletter=issue.newsletter.slug,
        subject=issue.subject,
        state=issue.state,
        content_digest=issue.frozen_digest,
        editions=tuple((number, digest) for number, digest in editions),
        scheduled_at=issue.scheduled_at,
        prepared_at=issue.prepared_at,
        sent_at=issue.sent_at,
        drawn_at=drawn_at or now(),
        targeted=counted.targeted if counted else 0,
        counts=totals.counts,
        lanes=dict(sorted(totals.lanes.items())),
        relays=dict(sorted(totals.relays.items())),
        returned=letter_report.count_amended(session, issue.id, drawn_at),
        first_at=totals.first,
        last_at=totals.last,
        digest=totals.digest,
    )


def record_issuance(session: Session, certificate: Certificate, by: Member | str) -> None:
    """Record in the audit log that this certificate was handed out, so that its digest can be looked up later."""
    audit.record(
        session,
        by,
        "issue certificate",
        f"issue/{certificate.issue}",
        digest=certificate.digest,
        targeted=certificate.targeted,
        **_by_name(certificate.counts),
    )


def was_issued(session: Session, certificate: Certificate) -> bool:
    """Whether a certificate with exactly these lines was handed out before."""
    query = select(AuditEntry.id).where(
        AuditEntry.subject == f"issue/{certificate.issue}",
        AuditEntry.action == "issue certificate",
        AuditEntry.detail["digest"].as_string() == certificate.digest,
    )
    return session.scalar(query.limit(1)) is not None


def _by_name(counts: Mapping[DeliveryState, int]) -> dict[str, int]:
    return {state.value: counts[state] for state in (*FINAL_STATES, *OPEN_STATES) if counts.get(state)}


def _by_state(counts: Mapping[str, int]) -> Counter[DeliveryState]:
    return Counter({DeliveryState(name): number for name, number in counts.items()})


def _moment(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat(timespec="microseconds") if at else None
