"""What an issue is called where people read of it, and why something cannot be done with it in its state.

One name in pages, commands and errors: the number that readers see, and the ID that commands and addresses take.
"""

from __future__ import annotations

from typing import Protocol

from ..store.errors import WrongState
from ..store.phrase import Phrase, phrase
from .issue_state import IssueState


class NamedIssue(Protocol):
    """What is asked of an issue here. (:class:`~models.issues.issue.Issue` raises these errors itself.)"""

    @property
    def id(self) -> int:
        """The ID that commands and addresses take."""

    @property
    def number(self) -> int:
        """The number that readers see."""

    @property
    def state(self) -> IssueState:
        """Where it is in its workflow."""


STATES = {
    IssueState.DRAFT: phrase("a draft"),
    IssueState.IN_REVIEW: phrase("in review"),
    IssueState.APPROVED: phrase("approved"),
    IssueState.SCHEDULED: phrase("scheduled"),
    IssueState.PREPARING: phrase("being prepared"),
    IssueState.SENDING: phrase("on its way"),
    IssueState.PAUSED: phrase("paused"),
    IssueState.SENT: phrase("sent"),
    IssueState.CANCELLED: phrase("cancelled"),
}
"""States as they stand in a sentence."""

_FIRST = {
    IssueState.DRAFT: phrase("Submit it first, and have it approved (`kairan issue submit {id}`)"),
    IssueState.IN_REVIEW: phrase("Have it approved first (`kairan issue approve {id}`)"),
    IssueState.APPROVED: phrase("Schedule or send it first (`kairan issue schedule {id}`, `kairan issue send {id}`)"),
    IssueState.SCHEDULED: phrase("Take its schedule back first (`kairan issue unschedule {id}`)"),
    IssueState.PREPARING: phrase("Wait until it is being sent, or cancel it (`kairan issue cancel {id}`)"),
    IssueState.SENDING: phrase("Pause it first (`kairan issue pause {id}`)"),
    IssueState.PAUSED: phrase("Resume it, or cancel it (`kairan issue resume {id}`, `kairan issue cancel {id}`)"),
    IssueState.SENT: phrase("Write a correction instead (`kairan issue correct {id}`)"),
    IssueState.CANCELLED: phrase("Make a new issue instead (`kairan issue import FILE`)"),
}
"""What helps in most cases, by the state that an issue is in."""


def called(issue: NamedIssue) -> Phrase:
    """The name of *issue* in a sentence."""
    return phrase("issue {number} (ID {id})", number=issue.number, id=issue.id)


def wrong_state(issue: NamedIssue, wanted: Phrase, first: Phrase | None = None) -> WrongState:
    """The error to raise where *issue* is not in a state that allows what was *wanted*.

    Arguments:
        wanted: what was tried, such as “be edited”.
        first: what to do first, or instead; by default what the state suggests.
    """
    return WrongState(called(issue), STATES[issue.state], wanted, first or _FIRST[issue.state].filled(id=issue.id))


def cannot_become(issue: NamedIssue, state: IssueState) -> WrongState:
    """The error to raise where no way leads from the issue's state to *state*."""
    return wrong_state(issue, phrase("become {state}", state=STATES[state]))
