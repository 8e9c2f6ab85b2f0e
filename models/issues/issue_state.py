"""The states of an issue, and which can follow which; and the kinds of issues that there are."""

from __future__ import annotations

import enum


class IssueKind(enum.Enum):
    """What an issue is for. A notice goes out like a regular issue; staff see the word."""

    REGULAR = "regular"
    RANKING = "ranking"
    NOTICE = "notice"
    CORRECTION = "correction"


class IssueState(enum.Enum):
    """Where an issue is in its workflow."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    SCHEDULED = "scheduled"
    PREPARING = "preparing"
    SENDING = "sending"
    PAUSED = "paused"
    SENT = "sent"
    CANCELLED = "cancelled"


S = IssueState
EDITABLE = frozenset({S.DRAFT, S.IN_REVIEW, S.APPROVED, S.SCHEDULED})
SENT_STATES = frozenset({S.SENDING, S.PAUSED, S.SENT})
"""States in which letters are, or may be, with readers."""

TRANSITIONS: dict[S, frozenset[S]] = {
    S.DRAFT: frozenset({S.IN_REVIEW, S.CANCELLED}),
    S.IN_REVIEW: frozenset({S.APPROVED, S.DRAFT, S.CANCELLED}),
    S.APPROVED: frozenset({S.SCHEDULED, S.DRAFT, S.CANCELLED}),
    S.SCHEDULED: frozenset({S.APPROVED, S.PREPARING, S.DRAFT, S.CANCELLED}),
    S.PREPARING: frozenset({S.SENDING, S.DRAFT, S.CANCELLED}),
    S.SENDING: frozenset({S.PAUSED, S.SENT, S.CANCELLED}),
    S.PAUSED: frozenset({S.SENDING, S.CANCELLED}),
    S.SENT: frozenset(),
    S.CANCELLED: frozenset(),
}
"""From each state, the states that can follow."""
