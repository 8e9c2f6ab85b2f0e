"""A worker mails what was approved, or nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from models.deliveries.delivery import Delivery
from models.issues import issue as issues
from models.issues import workflow
from models.issues.approval import Approval
from models.issues.article import Article
from models.issues.block import ArticleCard
from models.issues.issue import Issue
from models.issues.issue_state import IssueState
from models.issues.newsletter import Newsletter
from models.staff import member as members
from models.staff.permission import Role
from models.store import clock, db
from models.store.clock import now
from templates.content import digest
from tests.sample import make_article, make_newsletter, make_reader
from worker.preparing import prepare

pytestmark = pytest.mark.usefixtures("own_services")


@pytest.fixture
def scheduled() -> int:
    """An issue with an article, approved and due."""
    with db.session_scope() as session:
        approver = members.create(session, "approver@example.jp", "決裁", {Role.APPROVER})
        newsletter = make_newsletter(session)
        make_reader(session, newsletter)
        make_article(session, newsletter, "art10", "決裁した題名", address="https://city.example.jp/10")
        issue = issues.create(session, newsletter, subject="題名", blocks=(ArticleCard(article="art10"),))
        workflow.submit(session, issue, "test")
        workflow.approve(session, issue, approver, digest.of(session, issue))
        workflow.schedule(session, issue, now(), "test")
        return issue.id


def prepared(issue_id: int) -> tuple[IssueState, str, int]:
    """State, trouble and number of letters after a worker has had the issue."""
    prepare.prepare(issue_id)
    with db.session_scope() as session:
        one = issues.get(session, issue_id)
        return one.state, one.trouble, session.scalar(select(func.count()).select_from(Delivery)) or 0


def test_what_was_approved_goes_out_case_b1(scheduled: int) -> None:
    assert prepared(scheduled) == (IssueState.SENDING, "", 1)


def test_an_issue_that_missed_its_time_is_asked_about_case_b9(scheduled: int) -> None:
    with db.session_scope() as session:
        issues.get(session, scheduled).scheduled_at = now() - timedelta(hours=7)
    state, trouble, letters = prepared(scheduled)
    assert (state, letters) == (IssueState.APPROVED, 0)
    assert "日時を選び直してください" in trouble


def test_an_issue_is_sent_somewhat_late_case_b9(scheduled: int) -> None:
    with db.session_scope() as session:
        issues.get(session, scheduled).scheduled_at = now() - timedelta(hours=5)
    assert prepared(scheduled) == (IssueState.SENDING, "", 1)


@pytest.mark.parametrize(("late", "state"), [(15, IssueState.SENDING), (1200, IssueState.DRAFT)])
def test_a_time_at_the_end_of_the_window_is_kept_though_workers_take_a_moment(
    scheduled: int, late: int, state: IssueState
) -> None:
    """As a page offers it: “not after 17:00”, and scheduled for 17:00."""
    end = now() + timedelta(hours=2)
    with db.session_scope() as session:
        issue = issues.get(session, scheduled)
        issue.edit(subject="件名")
        workflow.submit(session, issue, "test", not_after=end)
        workflow.approve(session, issue, members.find(session, "approver@example.jp"), digest.of(session, issue))
        workflow.schedule(session, issue, end, "test")
    goes = state is IssueState.SENDING
    with clock.moved(timedelta(hours=2, seconds=late)):
        with db.session_scope() as session:
            issue = issues.get(session, scheduled)
            assert (digest.reason(session, issue, digest.of(session, issue)) is None) == goes
        assert prepared(scheduled)[::2] == (state, int(goes))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (update(Article).values(title="未決裁の題名"), "記事「art10」"),
        (update(Article).values(address="https://evil.example/"), "記事「art10」"),
        (update(Newsletter).values(postal_address="別の住所"), "送信者"),
        (update(Issue).values(segment={"languages": ["ja"]}), "配信先"),
    ],
    ids=["title", "address", "sender", "segment"],
)
def test_what_changed_since_its_approval_stays_here_case_b1(scheduled: int, change: object, said: str) -> None:
    with db.session_scope() as session:
        session.execute(change)  # type: ignore[call-overload]
    state, trouble, letters = prepared(scheduled)
    assert (state, letters) == (IssueState.DRAFT, 0)
    assert said in trouble


def test_approvals_of_an_older_version_are_asked_for_again_case_b1(scheduled: int) -> None:
    with db.session_scope() as session:
        session.execute(update(Approval).values(digest="0" * 64, parts={}))
    state, trouble, letters = prepared(scheduled)
    assert (state, letters) == (IssueState.DRAFT, 0)
    assert "古い版" in trouble
    with db.session_scope() as session:
        issue = issues.get(session, scheduled)
        workflow.submit(session, issue, "test")
        workflow.approve(session, issue, members.find(session, "approver@example.jp"), digest.of(session, issue))
        workflow.schedule(session, issue, now(), "test")
    assert prepared(scheduled) == (IssueState.SENDING, "", 1)


@pytest.mark.parametrize("segment", [{"audiences": ["shokuin"]}, {"prefecture": "例示県"}], ids=["value", "key"])
def test_a_segment_of_unknown_names_stays_here_case_b3(scheduled: int, segment: dict[str, object]) -> None:
    """As an older version took them; and approved with them."""
    with db.session_scope() as session:
        issue = issues.get(session, scheduled)
        issue.edit(segment=segment)
        workflow.submit(session, issue, "test")
        workflow.approve(session, issue, members.find(session, "approver@example.jp"), digest.of(session, issue))
        workflow.schedule(session, issue, now(), "test")
    state, trouble, letters = prepared(scheduled)
    assert (state, letters) == (IssueState.DRAFT, 0)
    assert "shokuin" in trouble or "prefecture" in trouble
