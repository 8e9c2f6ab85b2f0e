"""What comes next for an issue, as the person who looks at it should be told: a table of states and permissions."""

from __future__ import annotations

import enum
from collections.abc import Set

from flask_babel import lazy_gettext

from models.issues.issue import Issue
from models.issues.issue_state import IssueState
from models.staff.permission import Permission


class IssueStep(enum.Enum):
    """What the page offers, or says."""

    SUBMIT = "submit"
    AUTHOR_SUBMITS = "author submits"
    DECIDE = "decide"
    OWN_WORK = "own work"
    APPROVED_BY_YOU = "approved by you"
    OTHERS_DECIDE = "others decide"
    APPROVER_DECIDES = "approver decides"
    REPAIR = "repair"
    APPLY_REPAIR = "apply repair"
    REPAIR_RUNS = "repair runs"
    REPAIR_RETURNED = "repair returned"
    SUBMIT_AGAIN = "submit again"
    AUTHOR_SUBMITS_AGAIN = "author submits again"
    SCHEDULE = "schedule"
    SENDER_SCHEDULES = "sender schedules"
    WAITS_FOR_TIME = "waits for time"
    PREPARING = "preparing"
    SENDING = "sending"
    SENT = "sent"
    CANCELLED = "cancelled"


WORDS = {
    IssueStep.AUTHOR_SUBMITS: lazy_gettext("It is a draft. Its author asks for approval next."),
    IssueStep.OWN_WORK: lazy_gettext("You wrote, changed or submitted this issue, so somebody else must approve it."),
    IssueStep.APPROVED_BY_YOU: lazy_gettext("You have approved it. Somebody else decides next."),
    IssueStep.OTHERS_DECIDE: lazy_gettext("The route asks others now. You are told when a later step asks you."),
    IssueStep.APPROVER_DECIDES: lazy_gettext("An approver decides next."),
    IssueStep.REPAIR_RUNS: lazy_gettext("The letters that are not yet sent are being changed."),
    IssueStep.REPAIR_RETURNED: lazy_gettext("An approver has sent the new content back. Its author changes it next."),
    IssueStep.AUTHOR_SUBMITS_AGAIN: lazy_gettext("Its approval does not hold any more. Its author asks for it again."),
    IssueStep.SENDER_SCHEDULES: lazy_gettext("A sender schedules it next."),
    IssueStep.WAITS_FOR_TIME: lazy_gettext("It goes out at its time by itself."),
    IssueStep.PREPARING: lazy_gettext("Its letters are being prepared. They go out by themselves."),
    IssueStep.SENDING: lazy_gettext("It is on its way."),
    IssueStep.SENT: lazy_gettext("It has gone out."),
    IssueStep.CANCELLED: lazy_gettext("It was cancelled."),
}
"""What the page says where it offers no form."""

# For each state: the permission to act, what it is offered, and what others are told.
_BY_ROLE = {
    IssueState.DRAFT: (Permission.WRITE, IssueStep.SUBMIT, IssueStep.AUTHOR_SUBMITS),
    IssueState.APPROVED: (Permission.SEND, IssueStep.SCHEDULE, IssueStep.SENDER_SCHEDULES),
    IssueState.SCHEDULED: (Permission.SEND, IssueStep.SCHEDULE, IssueStep.WAITS_FOR_TIME),
}
_VOID = (Permission.WRITE, IssueStep.SUBMIT_AGAIN, IssueStep.AUTHOR_SUBMITS_AGAIN)
_FOR_ALL = {
    IssueState.PREPARING: IssueStep.PREPARING,
    IssueState.SENDING: IssueStep.SENDING,
    IssueState.PAUSED: IssueStep.REPAIR,
    IssueState.SENT: IssueStep.SENT,
    IssueState.CANCELLED: IssueStep.CANCELLED,
}


def of(
    issue: Issue,
    permissions: Set[Permission],
    *,
    own: bool,
    decided: bool,
    approved: bool,
    returned: bool = False,
    asked: bool = True,
) -> IssueStep:
    """What comes next.

    Arguments:
        permissions: those with its newsletter of the person who looks at it.
        own: whether that person wrote, changed or submitted it.
        decided: whether that person has approved its present content.
        approved: whether enough people have.
        returned: whether an approver has sent exactly this content back.
        asked: whether its route asks that person now, if anybody who approves.
    """
    if issue.state is IssueState.PAUSED and issue.repair_asked_at:
        return IssueStep.REPAIR_RUNS
    if issue.awaits_decision:
        if issue.in_repair and approved:
            return IssueStep.APPLY_REPAIR
        if Permission.APPROVE not in permissions or (returned and own):
            return IssueStep.REPAIR_RETURNED if returned else IssueStep.APPROVER_DECIDES
        return _decision(own=own, decided=decided, asked=asked or approved)
    if issue.state in _FOR_ALL:
        return _FOR_ALL[issue.state]
    void = issue.state is not IssueState.DRAFT and not approved
    wanted, offered, told = _VOID if void else _BY_ROLE[issue.state]
    return offered if wanted in permissions else told


def _decision(*, own: bool, decided: bool, asked: bool) -> IssueStep:
    """What an approver is told."""
    if own:
        return IssueStep.OWN_WORK
    if decided:
        return IssueStep.APPROVED_BY_YOU
    return IssueStep.DECIDE if asked else IssueStep.OTHERS_DECIDE
