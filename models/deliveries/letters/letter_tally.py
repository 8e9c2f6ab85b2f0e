"""Sums of letters by lane and day: what was handed over, and what came back of it. Kept as it happens, never recounted.

A letter counts on the day on which it was handed over, in Japan's time, also where something is told of it later, so
that no share exceeds the whole. A day of a lane is cut where somebody has let the lane go on: what was before that is
known to them, and pauses nothing again (:mod:`models.bounces.alarms.lane_alarm`).

Whoever sends adds to rows of the batch whose lease they hold, whoever is told later to rows of their own, so nobody
waits for anybody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ForeignKey, Index, String, delete, select, text, tuple_
from sqlalchemy.orm import Mapped, Session, mapped_column

from ...store.base import Base
from ...store.clock import now
from ..delivery import Delivery
from ..lease import Lease
from ..reply_code import OutcomeKind

ACCEPTED = "accepted"
UNKNOWN_USER = "no_such_mailbox"
REFUSED_SENDER = ("refused_as_spam", "policy")
"""What providers refuse for who sends, and not for who reads."""
COMPLAINT = "complaint"
GIVEN_UP = "network"
OF_ANSWER = {
    OutcomeKind.ACCEPTED: ACCEPTED,
    OutcomeKind.BOUNCED: UNKNOWN_USER,
    OutcomeKind.FILTERED: "refused_by_reader",
    OutcomeKind.FAILED: "unknown_failure",
}
"""What an answer at handover is counted as; other answers decide nothing yet."""
KEPT = timedelta(days=400)
"""How long the sums are kept: as long as what was said of a letter."""

_ADD = text("""
    INSERT INTO letter_tally AS t (lane_id, since, batch_id, kind, later, issue_id, letters)
    SELECT lane.id,
           greatest(date_trunc('day', CAST(:at AS timestamptz), 'Asia/Tokyo'),
                    CASE WHEN lane.watched_from <= :at THEN lane.watched_from END),
           :batch, found.kind, false, :issue, found.letters
    FROM lane, unnest(CAST(:kinds AS text[]), CAST(:letters AS int[])) AS found (kind, letters)
    WHERE lane.id = :lane
    ON CONFLICT (lane_id, since, batch_id, kind, later) DO UPDATE SET letters = t.letters + excluded.letters
""")
_ADD_LATER = text("""
    INSERT INTO letter_tally AS t (lane_id, since, batch_id, kind, later, issue_id, letters)
    SELECT lane.id,
           greatest(date_trunc('day', word.at, 'Asia/Tokyo'),
                    CASE WHEN lane.watched_from <= word.at THEN lane.watched_from END) AS since,
           word.batch, word.kind, true, min(word.issue), count(*)
    FROM unnest(CAST(:lanes AS int[]), CAST(:batches AS int[]), CAST(:issues AS int[]), CAST(:kinds AS text[]),
                CAST(:moments AS timestamptz[])) AS word (lane, batch, issue, kind, at)
    JOIN lane ON lane.id = word.lane
    GROUP BY lane.id, since, word.batch, word.kind
    ORDER BY lane.id, since, word.batch, word.kind
    ON CONFLICT (lane_id, since, batch_id, kind, later) DO UPDATE SET letters = t.letters + excluded.letters
""")
# Sums of each lane, and of each issue in it, of which mailboxes were unknown or letters refused for who sends.
_WATCHED = """
    SELECT t.lane_id, coalesce(sum(letters) FILTER (WHERE NOT later), 0),
           coalesce(sum(letters) FILTER (WHERE kind = 'no_such_mailbox'), 0) AS unknown,
           coalesce(sum(letters) FILTER (WHERE kind IN ('refused_as_spam', 'policy')), 0) AS refused
    FROM letter_tally t JOIN lane ON lane.id = t.lane_id
    WHERE t.since >= greatest(date_trunc('day', CAST(:now AS timestamptz), 'Asia/Tokyo') - interval '1 day',
                              lane.watched_from) AND {lanes}
    GROUP BY GROUPING SETS ((t.lane_id), (t.lane_id, t.issue_id))
    HAVING sum(letters) FILTER (WHERE kind IN ('no_such_mailbox', 'refused_as_spam', 'policy')) > 0
    ORDER BY unknown DESC, refused DESC
"""
_WATCHED_LANE = text(_WATCHED.format(lanes="t.lane_id = :lane"))
_WATCHED_LANES = text(_WATCHED.format(lanes="lane.paused_at IS NULL"))
_ACCEPTED = text("SELECT coalesce(sum(letters), 0) FROM letter_tally WHERE issue_id = :issue AND kind = 'accepted'")


class LetterTally(Base):
    """How many letters of one batch, handed over on one day, became one thing."""

    __tablename__ = "letter_tally"

    lane_id: Mapped[int] = mapped_column(ForeignKey("lane.id", ondelete="CASCADE"), primary_key=True)
    since: Mapped[datetime] = mapped_column(primary_key=True)
    """When the day began, or within it, when the lane was let go on."""
    batch_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """0 where it is not known any more."""
    kind: Mapped[str] = mapped_column(String(30), primary_key=True)
    """:data:`ACCEPTED`, or a word of :class:`models.bounces.bounce_class.BounceClass`."""
    later: Mapped[bool] = mapped_column(primary_key=True)
    """Whether it was told after a relay had taken the letter."""
    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id", ondelete="CASCADE"))
    letters: Mapped[int]

    __table_args__ = (Index("ix_letter_tally_issue_id", "issue_id"), Index("ix_letter_tally_since", "since"))


class LaneShare(NamedTuple):
    """Letters of a lane that were handed over, and how many of them came back for what an alarm looks at."""

    lane_id: int
    letters: int
    unknown: int
    """Whose mailboxes nobody has."""
    refused: int
    """Which were refused as spam or by policy (:data:`REFUSED_SENDER`), told after a relay had taken them."""


class LaterWord(NamedTuple):
    """What is told of one letter after a relay had taken it."""

    delivery: Delivery
    kind: str
    """A word of :class:`models.bounces.bounce_class.BounceClass`."""
    handed_over: datetime | None
    """When the relay took it; None where nobody knows."""


def add(session: Session, lease: Lease, answered: Mapping[str, int]) -> None:
    """Count letters that were handed over just now. The caller holds the lease.

    Arguments:
        answered: how many became what, by the words of :data:`OF_ANSWER` and :data:`GIVEN_UP`.
    """
    found = {kind: number for kind, number in answered.items() if number}
    if found:
        values = {"lane": lease.lane_id, "batch": lease.batch_id, "issue": lease.issue_id, "at": now()}
        session.execute(_ADD, {**values, "kinds": list(found), "letters": list(found.values())})


def add_later(session: Session, words: Sequence[LaterWord]) -> None:
    """Count letters of which something is told after a relay had taken them, in an order that is everybody's."""
    if words:
        session.execute(_ADD_LATER, {
            "lanes": [one.delivery.lane_id for one in words],
            "batches": [one.delivery.batch_id or 0 for one in words],
            "issues": [one.delivery.issue_id for one in words],
            "kinds": [one.kind for one in words],
            "moments": [one.handed_over or now() for one in words],
        })  # fmt: skip


def accepted(session: Session, issue_id: int) -> int:
    """How many letters of an issue relays have taken so far."""
    return int(session.scalar(_ACCEPTED, {"issue": issue_id}) or 0)


def watched(session: Session, lane_id: int | None = None) -> Sequence[LaneShare]:
    """What an alarm judges lanes by: letters of today and yesterday, of each lane and of each issue in it.

    Only what was handed over since somebody let the lane go on counts, and only where some of it came back so.

    Arguments:
        lane_id: of one lane; None: of all that go on.
    """
    query = _WATCHED_LANES if lane_id is None else _WATCHED_LANE
    values = {"now": now()} if lane_id is None else {"now": now(), "lane": lane_id}
    return [LaneShare(lane, *map(int, counted)) for lane, *counted in session.execute(query, values)]


def forget_old(session: Session, portion: int = 10_000) -> int:
    """Forget sums that are older than :data:`KEPT`, at most so many rows; how many. The caller commits."""
    key = LetterTally.lane_id, LetterTally.since, LetterTally.batch_id, LetterTally.kind, LetterTally.later
    old = select(*key).where(LetterTally.since < now() - KEPT).limit(portion)
    gone = delete(LetterTally).where(tuple_(*key).in_(old)).returning(LetterTally.lane_id)
    return len(session.scalars(gone).all())
