"""Approving and scheduling on the pages: who gets it is said before, and nothing leaves by an empty field."""

from __future__ import annotations

from datetime import UTC, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from models.issues import approval, send_time, workflow
from models.issues import issue as issues
from models.issues.approval import Approval
from models.issues.block import ArticleCard
from models.issues.issue import Issue
from models.issues.issue_state import IssueState
from models.issues.newsletter import Newsletter
from models.issues.review import approval_route, submission
from models.issues.send_time import UnusualTime
from models.staff import member as members
from models.staff import membership
from models.staff.permission import Role
from models.store import db
from models.store.errors import Invalid
from templates.content import digest
from tests.sample import make_article, make_newsletter, make_reader, working_morning
from tests.web.staff_login import address_of, log_in_as, make_staff, post


@pytest.fixture
def issue(database: Engine, redis_client: object) -> Issue:
    """An approved issue for three readers."""
    with db.session_scope() as session:
        make_staff(session)
        newsletter = make_newsletter(session)
        for place in range(3):
            make_reader(session, newsletter, f"reader{place}@example.jp")
        make_article(session, newsletter, "art10", "題名", address="https://city.example.jp/10", recap="要約です。")
        made = issues.create(session, newsletter, subject="第1号をお届けします", preheader="記事のご紹介です",
                             blocks=(ArticleCard(article="art10"),))  # fmt: skip
        workflow.submit(session, made, members.find(session, address_of(Role.AUTHOR)))
        workflow.approve(session, made, members.find(session, address_of(Role.APPROVER)), digest.of(session, made))
        return made


def page(issue: Issue, step: str = "") -> str:
    return f"/staff/issues/{issue.id}" + (f"/{step}" if step else "")


def stored(issue: Issue) -> Issue:
    with Session(db.engine()) as session:
        return issues.get(session, issue.id)


def at(days: int = 7, hour: int = 9) -> str:
    return f"{working_morning(days).replace(hour=hour):%Y-%m-%dT%H:%M}"


def day_with(why: UnusualTime) -> str:
    """9 o'clock on the next day that is unusual for one reason."""
    moment = working_morning()
    while why not in send_time.unusual(moment):
        moment += timedelta(days=1)
    return f"{moment:%Y-%m-%dT%H:%M}"


def test_an_empty_time_sends_nothing_case_b2(client: FlaskClient, issue: Issue) -> None:
    log_in_as(client, Role.SENDER)
    answer = post(client, page(issue, "schedule"), page(issue), at="")
    assert answer.status_code == 422
    assert "日時を選んでください" in answer.text
    assert stored(issue).state is IssueState.APPROVED


@pytest.mark.parametrize("typed", ["9999-12-31T09:00", "2027-02-30T09:00", "2020-01-01T09:00", "morgen"])
def test_a_time_out_of_reach_is_refused_and_kept_case_b9(client: FlaskClient, issue: Issue, typed: str) -> None:
    log_in_as(client, Role.SENDER)
    answer = post(client, page(issue, "schedule"), page(issue), at=typed)
    assert answer.status_code == 422
    assert f'value="{typed}"' in answer.text
    assert stored(issue).state is IssueState.APPROVED


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (at(hour=2), "静かな時間帯（21:00〜07:00）"),
        (day_with(UnusualTime.WEEKEND), "土曜日か日曜日"),
        (day_with(UnusualTime.HOLIDAY), "祝日・休日です"),
        (day_with(UnusualTime.NEW_YEAR), "年末年始"),
        (f"{working_morning() + timedelta(weeks=14):%Y-%m-%dT%H:%M}", "60日より先"),
    ],
    ids=["night", "weekend", "holiday", "new year", "far"],
)
def test_an_unusual_time_is_asked_about_case_b9(client: FlaskClient, issue: Issue, typed: str, said: str) -> None:
    log_in_as(client, Role.SENDER)
    answer = post(client, page(issue, "schedule"), page(issue), at=typed)
    assert said in answer.text
    assert stored(issue).state is IssueState.APPROVED
    post(client, page(issue, "schedule"), page(issue), at=typed, sure=typed)
    assert stored(issue).state is IssueState.SCHEDULED


def test_now_is_a_choice_with_the_number_of_readers_case_b2(client: FlaskClient, issue: Issue) -> None:
    log_in_as(client, Role.SENDER)
    asked = client.get(page(issue, "send"))
    assert "3人に今すぐ配信する" in asked.text
    assert "すべての購読者" in asked.text
    assert stored(issue).state is IssueState.APPROVED
    with db.session_scope() as session:
        make_reader(session, session.scalars(select(Newsletter)).one(), "new@example.jp")
    changed = post(client, page(issue, "send"), page(issue, "send"), readers="3")
    assert changed.status_code == 409
    assert "4人に今すぐ配信する" in changed.text
    assert stored(issue).state is IssueState.APPROVED
    post(client, page(issue, "send"), page(issue, "send"), readers="4")
    assert stored(issue).state is not IssueState.APPROVED


def test_nobody_is_sent_nothing_case_b3(client: FlaskClient, issue: Issue) -> None:
    with db.session_scope() as session:
        session.execute(update(Issue).values(segment={"domains": ["nowhere.example"]}))
    log_in_as(client, Role.SENDER)
    shown = client.get(page(issue)).text
    assert "アドレスの末尾が nowhere.example" in shown
    assert "配信先が1人もいない" in shown
    assert client.get(page(issue, "send")).status_code == 422
    assert post(client, page(issue, "schedule"), page(issue), at=at()).status_code == 422
    assert stored(issue).state is IssueState.APPROVED


def test_the_page_says_who_gets_it_case_b3(client: FlaskClient, issue: Issue) -> None:
    log_in_as(client, Role.APPROVER)
    with db.session_scope() as session:
        session.execute(update(Issue).values(audience="official", segment={"languages": ["ja"], "topics": ["dx"]}))
    shown = client.get(page(issue)).text
    for words in ("読者区分: 自治体職員", "言語: 日本語", "テーマ DX推進"):
        assert words in shown
    with db.session_scope() as session:
        session.execute(update(Issue).values(audience="shokuin"))
    assert "配信先を決められません" in client.get(page(issue)).text


def test_a_change_since_the_approval_is_shown_and_stops_it_case_b1(client: FlaskClient, issue: Issue) -> None:
    with db.session_scope() as session:
        issue_there = issues.get(session, issue.id)
        issue_there.newsletter.postal_address = "別の住所"
    log_in_as(client, Role.SENDER)
    shown = client.get(page(issue)).text
    assert "変わったところ: 送信者・返信先・住所・問い合わせ先" in shown
    assert "起案者がもう一度決裁を求める" in shown
    post(client, page(issue, "schedule"), "/staff/issues", at=at())
    found = stored(issue)
    assert found.state is IssueState.DRAFT
    assert "送信者" in found.trouble
    log_in_as(client, Role.AUTHOR)
    post(client, page(issue, "submit"), page(issue))
    assert stored(issue).state is IssueState.IN_REVIEW


def test_one_of_two_approvals_is_shown_case_b7(client: FlaskClient, issue: Issue) -> None:
    with db.session_scope() as session:
        one = issues.get(session, issue.id)
        session.execute(update(Issue).values(state=IssueState.IN_REVIEW))
        submission.last(session, one).route_steps = approval_route.of_number(2).stored()  # type: ignore[union-attr]
        members.create(session, "second@example.jp", "二人目 決裁", {Role.APPROVER})
        before = len(approval.history(session, issues.get(session, issue.id)))
    log_in_as(client, Role.APPROVER)
    shown = client.get(page(issue)).text
    assert "決裁: 1 / 2" in shown
    assert "二人目 決裁" in shown
    assert 'value="approve"' not in shown
    with Session(db.engine()) as session:
        seen = digest.of(session, issues.get(session, issue.id)).whole
    answer = post(client, page(issue, "decide"), page(issue), decision="approve", digest=seen)
    assert answer.status_code == 409
    with Session(db.engine()) as session:
        assert len(session.scalars(select(Approval)).all()) == before
    assert stored(issue).state is IssueState.IN_REVIEW


def test_who_submits_cannot_approve_case_b5(client: FlaskClient, issue: Issue) -> None:
    with db.session_scope() as session:
        both = members.find(session, address_of(Role.APPROVER))
        session.execute(update(Issue).values(state=IssueState.DRAFT, submitter_id=None))
        made = issues.get(session, issue.id)
        made.edit(preheader="別のご紹介です")
        workflow.submit(session, made, both)
        seen = digest.of(session, made).whole
    log_in_as(client, Role.APPROVER)
    assert 'value="approve"' not in client.get(page(issue)).text
    assert post(client, page(issue, "decide"), page(issue), decision="approve", digest=seen).status_code == 409
    assert stored(issue).state is IssueState.IN_REVIEW


@pytest.mark.parametrize("zone", ["Z", "+00:00"])
def test_a_time_of_another_zone_is_that_time_case_b9(client: FlaskClient, issue: Issue, zone: str) -> None:
    log_in_as(client, Role.SENDER)
    moment = working_morning()
    post(client, page(issue, "schedule"), page(issue), at=f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M}{zone}")
    assert stored(issue).scheduled_at == moment.replace(second=0, microsecond=0)


def test_a_time_as_an_input_method_writes_it_is_read_case_b9(client: FlaskClient, issue: Issue) -> None:
    log_in_as(client, Role.SENDER)
    wide = "".join(chr(ord(letter) + 0xFEE0) if letter.isdigit() else letter for letter in at()).replace("-", "/")
    post(client, page(issue, "schedule"), page(issue), at=wide.replace("T", "\u3000"))
    assert stored(issue).state is IssueState.SCHEDULED


@pytest.mark.parametrize("typed", ["0001-01-01T00:00+14:00", "9999-12-31T23:59-12:00", "2027-01-12", "2027-01-12T09"])
def test_what_is_no_time_is_asked_for_again_case_b9(client: FlaskClient, issue: Issue, typed: str) -> None:
    log_in_as(client, Role.SENDER)
    assert post(client, page(issue, "schedule"), page(issue), at=typed, sure=typed).status_code == 422
    with pytest.raises(Invalid):
        send_time.read(typed)


def test_a_draft_is_not_asked_about_its_time_case_b6(client: FlaskClient, issue: Issue) -> None:
    with db.session_scope() as session:
        issues.get(session, issue.id).edit(subject="直した件名")
    log_in_as(client, Role.SENDER)
    answer = post(client, page(issue, "schedule"), page(issue), at=at(hour=2))
    assert answer.status_code == 409
    assert "この日時で" not in answer.text


def test_what_is_changed_back_can_be_approved_by_the_same_person_case_b7(client: FlaskClient, issue: Issue) -> None:
    with db.session_scope() as session:
        one, author = issues.get(session, issue.id), members.find(session, address_of(Role.AUTHOR))
        workflow.return_changed(session, one, author, "記事が変わりました。")
        workflow.submit(session, one, author)
    log_in_as(client, Role.APPROVER)
    shown = client.get(page(issue)).text
    assert "この内容は以前に承認されています" in shown
    assert "記事が変わりました。" not in shown, "it was submitted again, so that is over"
    post(client, page(issue, "decide"), page(issue), decision="approve", digest=digest_of(issue))
    assert stored(issue).state is IssueState.APPROVED


def digest_of(issue: Issue) -> str:
    """What an approval of the issue is bound to now."""
    with Session(db.engine()) as session:
        return digest.of(session, issues.get(session, issue.id)).whole


def test_a_schedule_without_its_sender_is_shown_and_taken_over(client: FlaskClient, issue: Issue) -> None:
    with db.session_scope() as session:
        gone = members.create(session, "gone@example.jp", "前任者", {Role.SENDER})
        workflow.schedule(session, issues.get(session, issue.id), working_morning(), gone)
        membership.deactivate(session, gone, by="test")
    log_in_as(client, Role.AUTHOR)
    for address in ("/staff/issues", page(issue)):
        assert "前任者さんは、退職や異動などで配信できなくなりました" in client.get(address).text, address
    assert "take-over" not in client.get(page(issue)).text
    log_in_as(client, Role.SENDER)
    assert "take-over" in client.get(page(issue)).text
    assert "あなたの名前で配信します" in post(client, page(issue, "take-over"), page(issue)).text
    assert stored(issue).state is IssueState.SCHEDULED
    assert "前任者" not in client.get("/staff/issues").text
    assert post(client, page(issue, "take-over"), page(issue)).status_code == 409
