"""The window of sending: not before, not after. Whoever submits an issue proposes it, and approvers say yes to it, too.

It is about when an issue begins to go out. One that was prepared in time goes on after the window, as a slow relay or a
pause makes no letter wrong that was begun.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from ...store.clock import TOKYO, now
from ...store.errors import Invalid
from ...store.phrase import Phrase, phrase
from ..issue import Issue

LATEST = timedelta(days=731)
ON_TIME = timedelta(minutes=10)
"""So much later than its time an issue still begins at its time: until a sweep has named it and a worker is free."""


def check(not_before: datetime | None, not_after: datetime | None) -> None:
    """Refuse a window in which nothing can be sent.

    Arguments:
        not_before, not_after: its ends (aware); None where it has none there.

    Raises:
        Invalid: it is over, ends before it begins, or is more than two years away.
    """
    if not_after is not None and not_after <= now():
        raise Invalid("this time has passed: choose a later one", field="not_after")
    if not_before is not None and not_after is not None and not_after <= not_before:
        raise Invalid("the window ends before it begins: change one of the times", field="not_after")
    for name, at in (("not_before", not_before), ("not_after", not_after)):
        if at is not None and at > now() + LATEST:
            raise Invalid("this is more than two years away: choose an earlier time", field=name)


def beginning(issue: Issue) -> datetime:
    """When an issue begins to go out if it does so now: its own time, where that came just now."""
    at, present = issue.scheduled_at, now()
    return at if at is not None and at <= present <= at + ON_TIME else present


def is_over(issue: Issue) -> bool:
    """Whether the window has passed."""
    return issue.not_after is not None and issue.not_after < beginning(issue)


def check_inside(issue: Issue, at: datetime) -> None:
    """Let only a time (aware) pass at which approvers let the issue go out.

    Raises:
        Invalid: it lies outside of the window.
    """
    if issue.not_before is not None and at < issue.not_before:
        raise Invalid(
            phrase("this issue is approved to go out from {time} on: choose a later time, or have another one approved",
                   time=_said(issue.not_before)),
            field="at",
        )  # fmt: skip
    if issue.not_after is not None and at > issue.not_after:
        raise Invalid(
            phrase("this issue is approved to go out until {time}: choose an earlier time, or have another one "
                   "approved", time=_said(issue.not_after)),
            field="at",
        )  # fmt: skip


def why_over(issue: Issue) -> Phrase:
    """That the window has passed, in words for staff."""
    assert issue.not_after is not None
    return phrase("it was approved to go out until {time}, which has passed: submit it again with another time",
                  time=_said(issue.not_after))  # fmt: skip


def _said(at: datetime) -> str:
    return f"{at.astimezone(TOKYO):%Y-%m-%d %H:%M}"
