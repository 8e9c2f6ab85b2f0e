"""Settings of a newsletter on their pages: made, changed, asked about, refused, and nothing typed is lost."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models.issues import issue as issues
from models.issues import newsletter as newsletters
from models.issues import workflow
from models.issues.block import Prose
from models.issues.issue import Issue
from models.issues.issue_state import IssueState
from models.issues.newsletter import Newsletter, Tracking
from models.staff import member as members
from models.staff.audit import AuditEntry
from models.staff.permission import Role
from models.store import db
from templates.content import digest
from tests.sample import make_newsletter, make_reader, working_morning
from tests.web.staff_login import address_of, log_in_as, make_staff

from .page_form import fields_of, send, value_of

HOME = "/staff/newsletters/ict"


@pytest.fixture
def scheduled(database: Engine, redis_client: object, client: FlaskClient) -> Issue:
    """A newsletter with an issue in the timetable, and an administrator who has logged in."""
    with db.session_scope() as session:
        make_staff(session)
        newsletter = make_newsletter(session, tracking=Tracking.OFF)
        for place in range(3):
            make_reader(session, newsletter, f"reader{place}@example.jp")
        made = issues.create(session, newsletter, subject="第1号をお届けします", preheader="ご紹介です",
                             blocks=(Prose(text="本文です。"),))  # fmt: skip
        workflow.submit(session, made, members.find(session, address_of(Role.AUTHOR)))
        workflow.approve(session, made, members.find(session, address_of(Role.APPROVER)), digest.of(session, made))
        workflow.schedule(session, made, working_morning(), "test")
    log_in_as(client, Role.ADMINISTRATOR)
    return made


def kept() -> Newsletter:
    with Session(db.engine()) as session:
        return newsletters.find(session, "ict")


def state_of(issue: Issue) -> IssueState:
    with Session(db.engine()) as session:
        return issues.get(session, issue.id).state


def entries(action: str) -> list[AuditEntry]:
    with Session(db.engine()) as session:
        return list(session.scalars(select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.id)))


def test_a_newsletter_is_made_on_a_page_and_what_was_typed_is_kept(client: FlaskClient, scheduled: Issue) -> None:
    asked = {"name": "広報みなと", "sender_name": "みなと市 広報課", "sender_address": "koho＠例え",
             "postal_address": "", "contact": "03-0000-0000", "slug": "広報"}  # fmt: skip
    refused = send(client, "/staff/newsletters/new", **asked)
    assert refused.status_code == 422
    typed = fields_of(refused.text)
    assert {name: typed[name] for name in asked} == asked
    for name in ("sender_address", "postal_address", "slug"):
        assert f'id="{name}-error"' in refused.text
    assert 'id="name-error"' not in refused.text
    taken = send(client, "/staff/newsletters/new", **{**asked, "slug": "ict"})
    assert "この名前を使っているメールマガジンがすでにあります" in taken.text
    good = {
        "sender_address": "koho＠city.example.jp",
        "postal_address": "〒000-0000\r\nみなと市中央1-1",
        "slug": "koho",
    }
    made = send(client, "/staff/newsletters/new", opened=refused.text, **good)
    assert made.headers["Location"] == "/staff/newsletters/koho"
    shown = client.get("/staff/newsletters/koho").text
    assert "koho@city.example.jp" in shown
    assert client.get("/subscribe/koho").status_code == 200
    [entry] = entries("create newsletter")
    assert entry.actor == address_of(Role.ADMINISTRATOR)
    assert entry.detail["changed"]["postal_address"] == [None, "〒000-0000\nみなと市中央1-1"]


def test_a_change_is_kept_with_what_was_there_before(client: FlaskClient, scheduled: Issue) -> None:
    assert send(client, f"{HOME}/publication", open_to_signup=None).status_code == 302
    assert not kept().open_to_signup
    assert "設定" in client.get(HOME).text
    assert entries("edit newsletter")[0].detail["changed"] == {"open_to_signup": [True, False]}
    assert send(client, f"{HOME}/publication").status_code == 302
    assert len(entries("edit newsletter")) == 1, "what stays as it is is no change"
    assert state_of(scheduled) is IssueState.SCHEDULED


WRONG = [
    ("sender", {"sender_address": "nobody"}, "sender_address-error"),
    ("sender", {"sender_name": ""}, "特定電子メール法"),
    ("sender", {"list_id": "みなと"}, "list_id-error"),
    ("imprint", {"contact": " "}, "contact-error"),
    ("basics", {"name": "あ" * 201}, "200文字以内"),
    ("basics", {"language": "fr"}, "language-error"),
    ("approval", {"approvals_needed": "１０"}, "approvals_needed-error"),
    ("tracking", {"tracking": "all"}, "tracking-error"),
]


def test_what_is_wrong_is_said_beside_its_field(client: FlaskClient, scheduled: Issue) -> None:
    for page, change, said in WRONG:
        answer = send(client, f"{HOME}/{page}", **change)
        assert answer.status_code == 422, change
        assert said in answer.text, change
        [(name, value)] = change.items()
        if name not in ("language", "approvals_needed", "tracking"):
            assert fields_of(answer.text)[name] == value
    assert not entries("edit newsletter")


def test_what_it_does_to_issues_is_said_before_it_is_saved_case_e41(client: FlaskClient, scheduled: Issue) -> None:
    new = {"sender_address": "new@example.lg.jp"}
    asked = send(client, f"{HOME}/sender", **new)
    assert asked.status_code == 409
    for words in ("まだ保存していません", "第1号", "下書きに戻ります", "送信者・返信先・住所・問い合わせ先"):
        assert words in asked.text
    assert kept().sender_address == "ict@example.lg.jp"
    assert state_of(scheduled) is IssueState.SCHEDULED
    assert fields_of(asked.text)["sender_address"] == new["sender_address"]
    wrong = send(client, f"{HOME}/sender", opened=asked.text, sure="0" * 16)
    assert wrong.status_code == 409, "a yes to something else is no yes"
    sure = value_of(asked.text, "sure")
    assert send(client, f"{HOME}/sender", opened=asked.text, sure=sure).status_code == 302
    assert kept().sender_address == "new@example.lg.jp"
    assert state_of(scheduled) is IssueState.DRAFT
    assert entries("edit newsletter")[0].detail["changed"] == {
        "sender_address": ["ict@example.lg.jp", "new@example.lg.jp"]
    }
    assert entries("void approval")


def test_somebody_else_who_was_faster_loses_nothing_case_e42(client: FlaskClient, scheduled: Issue) -> None:
    opened = client.get(f"{HOME}/basics").text
    with db.session_scope() as session:
        newsletters.find(session, "ict").description = "ほかの人が書いた紹介です。"
        newsletters.find(session, "ict").reply_to = "elsewhere@example.jp"
    answer = send(client, f"{HOME}/basics", opened=opened, description="私が書いた紹介です。")
    assert answer.status_code == 409
    assert "ほかの人が保存しました" in answer.text
    assert "ほかの人が書いた紹介です。" in answer.text
    assert fields_of(answer.text)["description"] == "私が書いた紹介です。"
    assert send(client, f"{HOME}/basics", opened=answer.text).status_code == 409, "the box is not ticked"
    assert kept().description == "ほかの人が書いた紹介です。"
    done = send(client, f"{HOME}/basics", opened=answer.text, overwrite=value_of(answer.text, "overwrite"))
    assert done.status_code == 302
    assert (kept().description, kept().reply_to) == ("私が書いた紹介です。", "elsewhere@example.jp")


def test_recording_more_is_asked_about(client: FlaskClient, scheduled: Issue) -> None:
    shown = client.get(f"{HOME}/tracking").text
    assert "だれが何を読んだかは" in shown
    asked = send(client, f"{HOME}/tracking", tracking="individual")
    assert "すでに登録している読者3人は" in asked.text
    assert "配信の記録の範囲" not in asked.text
    assert kept().tracking is Tracking.OFF
    sure = value_of(asked.text, "sure")
    assert send(client, f"{HOME}/tracking", opened=asked.text, sure=sure).status_code == 302
    assert kept().tracking is Tracking.INDIVIDUAL
    assert entries("edit newsletter")[0].detail["changed"] == {"tracking": ["off", "individual"]}


def test_more_approvals_are_asked_of_what_is_submitted_from_now_on(client: FlaskClient, scheduled: Issue) -> None:
    asked = send(client, f"{HOME}/approval", approvals_needed="3")
    assert "第1号" not in asked.text
    assert "いま承認できる人は2人です" in asked.text
    sure = value_of(asked.text, "sure")
    assert send(client, f"{HOME}/approval", opened=asked.text, sure=sure).status_code == 302
    assert (state_of(scheduled), kept().approvals_needed) == (IssueState.SCHEDULED, 3)


def test_every_version_of_the_consent_text_is_kept(client: FlaskClient, scheduled: Issue) -> None:
    for words in ("月に一度お届けします。\n\n同意しますか。", "月に二度お届けします。"):
        assert send(client, f"{HOME}/consent", consent_text=words).status_code == 302
    shown = client.get(f"{HOME}/consent").text
    assert "月に一度お届けします。" in shown
    assert "月に二度お届けします。" in client.get("/subscribe/ict").text
    assert [entry.detail["changed"]["consent_text"][1] for entry in entries("edit newsletter")] == [
        "月に一度お届けします。\n\n同意しますか。",
        "月に二度お届けします。",
    ]


def test_only_administrators_see_these_pages(client: FlaskClient, scheduled: Issue) -> None:
    pages = [
        HOME,
        "/staff/newsletters",
        "/staff/newsletters/new",
        *(f"{HOME}/{name}" for name in ("sender", "consent")),
    ]
    for role in (Role.AUTHOR, Role.APPROVER, Role.SENDER):
        log_in_as(client, role)
        assert [client.get(page).status_code for page in pages] == [403] * len(pages)
        assert "メールマガジン</a>" not in client.get("/staff/issues").text
    log_in_as(client, Role.ADMINISTRATOR)
    assert client.get("/staff/newsletters/none").status_code == 404
    assert client.get(f"{HOME}/none").status_code == 404
