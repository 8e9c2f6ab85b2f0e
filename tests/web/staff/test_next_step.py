"""“Next step” tells the truth in every state to every role."""

from __future__ import annotations

import pytest

from models.issues.issue import Issue
from models.issues.issue_state import IssueState as S
from models.issues.newsletter import Newsletter
from models.staff.permission import Permission
from web.staff import next_step
from web.staff.next_step import WORDS
from web.staff.next_step import IssueStep as N

A, P, D, M = Permission.WRITE, Permission.APPROVE, Permission.SEND, Permission.MANAGE_PEOPLE
# For each state: what is said to an author, an approver, a sender and an administrator.
TABLE = {
    S.DRAFT: (N.SUBMIT, N.AUTHOR_SUBMITS, N.AUTHOR_SUBMITS, N.AUTHOR_SUBMITS),
    S.IN_REVIEW: (N.APPROVER_DECIDES, N.DECIDE, N.APPROVER_DECIDES, N.APPROVER_DECIDES),
    S.APPROVED: (N.SENDER_SCHEDULES, N.SENDER_SCHEDULES, N.SCHEDULE, N.SENDER_SCHEDULES),
    S.SCHEDULED: (N.WAITS_FOR_TIME, N.WAITS_FOR_TIME, N.SCHEDULE, N.WAITS_FOR_TIME),
    S.PREPARING: (N.PREPARING,) * 4,
    S.SENDING: (N.SENDING,) * 4,
    S.PAUSED: (N.REPAIR,) * 4,
    S.SENT: (N.SENT,) * 4,
    S.CANCELLED: (N.CANCELLED,) * 4,
}


def issue_in(state: S, *, repair: bool = False) -> Issue:
    return Issue(number=1, state=state, in_repair=repair, newsletter=Newsletter(slug="a", approvals_needed=1))


@pytest.mark.parametrize("state", S)
def test_each_role_is_told_what_comes_next_case_b6(state: S) -> None:
    for role, expected in zip((A, P, D, M), TABLE[state], strict=True):
        approved = state not in (S.DRAFT, S.IN_REVIEW)
        found = next_step.of(issue_in(state), {role}, own=False, decided=False, approved=approved)
        assert found is expected, role


@pytest.mark.parametrize(
    ("roles", "own", "decided", "expected"),
    [
        ({P}, True, False, N.OWN_WORK),
        ({P, A}, True, True, N.OWN_WORK),
        ({P}, False, True, N.APPROVED_BY_YOU),
        ({A, D}, False, False, N.APPROVER_DECIDES),
        ({A}, True, False, N.APPROVER_DECIDES),
    ],
)
@pytest.mark.parametrize(("state", "repair"), [(S.IN_REVIEW, False), (S.PAUSED, True)])
def test_who_decides_case_b6_case_b7(
    state: S, repair: bool, roles: set[Permission], own: bool, decided: bool, expected: N
) -> None:
    issue = issue_in(state, repair=repair)
    assert next_step.of(issue, roles, own=own, decided=decided, approved=False) is expected


@pytest.mark.parametrize("state", [S.APPROVED, S.SCHEDULED])
def test_a_void_approval_is_asked_for_again_case_b6(state: S) -> None:
    said = [next_step.of(issue_in(state), {r}, own=False, decided=False, approved=False) for r in (A, P, D)]
    assert said == [N.SUBMIT_AGAIN, N.AUTHOR_SUBMITS_AGAIN, N.AUTHOR_SUBMITS_AGAIN]


def test_a_repair_that_was_sent_back_is_its_author_s_case_b6() -> None:
    issue = issue_in(S.PAUSED, repair=True)
    said = [next_step.of(issue, {r}, own=r is A, decided=False, approved=False, returned=True) for r in (A, P, D)]
    assert said == [N.REPAIR_RETURNED, N.DECIDE, N.REPAIR_RETURNED]


def test_an_approved_repair_is_applied_case_b6() -> None:
    issue = issue_in(S.PAUSED, repair=True)
    assert next_step.of(issue, {P}, own=False, decided=True, approved=True) is N.APPLY_REPAIR


def test_every_step_without_a_form_has_words_case_b6() -> None:
    forms = {N.SUBMIT, N.SUBMIT_AGAIN, N.DECIDE, N.SCHEDULE, N.REPAIR, N.APPLY_REPAIR}
    assert set(WORDS) | forms == set(N)
