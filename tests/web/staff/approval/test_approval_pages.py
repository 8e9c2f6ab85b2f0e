"""Submitting, deciding, taking back and printing an issue, as staff do it on their pages."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models.issues import approval, workflow
from models.issues import issue as issues
from models.issues import newsletter as newsletters
from models.issues.approval import Decision
from models.issues.block import Heading, Prose
from models.issues.issue import Issue
from models.issues.issue_state import IssueKind, IssueState
from models.issues.notifications import inbox, notification_events
from models.issues.review import route_edit, submission, substitute
from models.issues.review.approval_route import ALL, ApprovalRoute, RouteStep
from models.staff import member as members
from models.staff import membership
from models.staff.audit import AuditEntry
from models.staff.permission import Role
from models.store import db
from models.store.clock import TOKYO, now, today
from templates.content import digest
from tests.sample import make_newsletter, make_reader
from tests.web.staff.newsletters.page_form import send
from tests.web.staff_login import PASSWORD, address_of, csrf_token, log_in_as, make_staff, post

CHIEF, DEPUTY, HEAD = "chief@example.jp", "deputy@example.jp", "head@example.jp"
ROUTE = "/staff/newsletters/ict/route"


@pytest.fixture
def issue(database: Engine, redis_client: object) -> Issue:
    """A draft on a route of two steps: the chief or the deputy, then the head."""
    with db.session_scope() as session:
        make_staff(session)
        newsletter = make_newsletter(session)
        make_reader(session, newsletter)
        names = {CHIEF: "田中 花子", DEPUTY: "鈴木 美咲", HEAD: "佐藤 健一"}
        ids = [members.create(session, one, name, {Role.APPROVER}, PASSWORD).id for one, name in names.items()]
        route = ApprovalRoute(
            steps=(RouteStep(name="係長", approvers=tuple(ids[:2])), RouteStep(name="課長", approvers=(ids[2],)))
        )
        route_edit.set_route(session, newsletter, IssueKind.REGULAR, route, "test")
        blocks = Heading(text="今月の話題"), Prose(text="説明会は3月1日に開きます。")
        author = members.find(session, address_of(Role.AUTHOR)).id
        return issues.create(session, newsletter, subject="説明会のお知らせ", preheader="日程です", blocks=blocks,
                             author_id=author)  # fmt: skip


def log_in(client: FlaskClient, address: str) -> None:
    with client.session_transaction() as cookie:
        cookie.clear()
    form = {"csrf_token": csrf_token(client, "/staff/login"), "address": address, "password": PASSWORD}
    assert client.post("/staff/login", data=form).status_code == 302


def page(issue: Issue, step: str = "") -> str:
    return f"/staff/issues/{issue.id}" + (f"/{step}" if step else "")


def state(issue: Issue) -> IssueState:
    with Session(db.engine()) as session:
        return issues.get(session, issue.id).state


def submit(client: FlaskClient, issue: Issue, **form: str) -> None:
    log_in_as(client, Role.AUTHOR)
    assert post(client, page(issue, "submit"), page(issue), **form).status_code == 200
    assert state(issue) is IssueState.IN_REVIEW


def approve(client: FlaskClient, issue: Issue, address: str, **form: str) -> int:
    log_in(client, address)
    with Session(db.engine()) as session:
        seen = digest.of(session, issues.get(session, issue.id)).whole
    return post(client, page(issue, "decide"), page(issue), decision="approve", digest=seen, **form).status_code


def waiting(address: str) -> list[str]:
    with Session(db.engine()) as session:
        return [one.kind.value for one in inbox.page(session, members.find(session, address), 1).notifications]


def test_an_issue_goes_its_route_and_only_those_are_asked_whose_turn_it_is(client: FlaskClient, issue: Issue) -> None:
    submit(client, issue, submit_note="3月の説明会です。\n日程が決まりました。")
    assert [waiting(one) for one in (CHIEF, DEPUTY, HEAD)] == [["approval_asked"], ["approval_asked"], []]
    assert approve(client, issue, HEAD) == 409, "not yet"
    shown = client.get(page(issue)).text
    assert "いまはほかの人の段階です" in shown
    assert 'value="approve"' not in shown
    assert approve(client, issue, DEPUTY, note="よいと思います") == 200
    assert [waiting(one) for one in (CHIEF, DEPUTY, HEAD)] == [[], [], ["approval_asked"]]
    assert approve(client, issue, CHIEF) == 409, "that step is complete"
    log_in(client, HEAD)
    shown = client.get(page(issue)).text
    for words in ("3月の説明会です。\n日程が決まりました。", "よいと思います", "鈴木 美咲", "whole=yes", "決裁: 1 / 2"):
        assert words in shown
    assert "1通" not in shown
    assert "この内容は以前に承認されています" not in shown
    assert approve(client, issue, HEAD) == 200
    assert state(issue) is IssueState.APPROVED


def test_an_author_is_never_asked_even_as_a_substitute_and_a_substitute_signs_for_two(
    client: FlaskClient, issue: Issue
) -> None:
    with db.session_scope() as session:
        author = members.find(session, address_of(Role.AUTHOR))
        membership.grant(session, author, Role.APPROVER, None, by="test")
        home = newsletters.find(session, "ict")
        for one in (author, members.find(session, address_of(Role.APPROVER))):
            days = today(), today() + timedelta(days=1)
            substitute.appoint(session, home, members.find(session, HEAD), one, days, "test")
    submit(client, issue)
    assert approve(client, issue, CHIEF) == 200
    assert approve(client, issue, address_of(Role.AUTHOR)) == 409
    assert state(issue) is IssueState.IN_REVIEW
    assert approve(client, issue, address_of(Role.APPROVER)) == 200
    assert state(issue) is IssueState.APPROVED
    paper = client.get(page(issue, "draft-paper")).text
    assert "approver（佐藤 健一の代理）" in paper
    assert ">代<" in paper


def test_an_approver_who_loses_the_role_between_look_and_click_says_nothing(client: FlaskClient, issue: Issue) -> None:
    submit(client, issue)
    log_in(client, CHIEF)
    opened = client.get(page(issue)).text
    with db.session_scope() as session:
        membership.set_roles(session, members.find(session, CHIEF), {Role.ANALYST}, None, "test")
    assert send(client, page(issue, "decide"), place=-1, opened=opened, decision="approve").status_code == 403
    with Session(db.engine()) as session:
        assert approval.history(session, issues.get(session, issue.id)) == []


def test_reasons_at_blocks_reach_the_author_and_nothing_typed_is_lost(client: FlaskClient, issue: Issue) -> None:
    submit(client, issue)
    log_in(client, CHIEF)
    typed = {
        "note": "日付を確かめてください",
        "remark_block": ["", "2"],
        "remark_text": ["どこの話か", "3月10日では？"],
    }
    seen = {"csrf_token": csrf_token(client, page(issue)), "digest": ""}
    more = client.post(page(issue, "decide"), data={**seen, **typed, "decision": "more"})
    assert (more.status_code, more.text.count('name="remark_text"')) == (200, 6)
    refused = client.post(page(issue, "decide"), data={**seen, **typed, "decision": "return"})
    assert refused.status_code == 409
    for words in ("どのブロックについての理由か", *typed["remark_text"], typed["note"], "2. 文章: 説明会は3月1日"):
        assert words in refused.text
    with Session(db.engine()) as session:
        seen["digest"] = digest.of(session, issues.get(session, issue.id)).whole
    typed["remark_block"] = ["1", "2"]
    assert client.post(page(issue, "decide"), data={**seen, **typed, "decision": "return"}).status_code == 302
    assert state(issue) is IssueState.DRAFT
    log_in_as(client, Role.AUTHOR)
    shown = client.get(page(issue)).text
    assert shown.index("日付を確かめてください") < shown.index("どこの話か") < shown.index("3月10日では？")
    assert "その後変更または削除" not in shown
    with db.session_scope() as session:
        one = issues.get(session, issue.id)
        one.edit(blocks=(Prose(text="はじめに"), one.blocks[0], Prose(text="説明会は3月10日に開きます。")))
    shown = client.get(page(issue)).text
    assert "ブロック2 (見出し)" in shown, "where the block is now"
    assert shown.count("その後変更または削除") == 1


def test_what_is_new_since_the_last_yes_is_shown(client: FlaskClient, issue: Issue) -> None:
    submit(client, issue)
    assert approve(client, issue, CHIEF) == 200
    with db.session_scope() as session:
        one = issues.get(session, issue.id)
        one.edit(blocks=(one.blocks[0], Prose(text="説明会は3月10日に開きます。")))
    submit(client, issue)
    log_in(client, DEPUTY)
    shown = client.get(page(issue)).text
    assert "前回の承認からの変更" in shown
    assert "［追加］ </span>10<" in shown
    assert "［削除］ </span>1<" in shown
    assert "ブロック2" in shown


def test_an_issue_is_taken_back_and_decided_on_anew(client: FlaskClient, issue: Issue) -> None:
    submit(client, issue)
    assert approve(client, issue, CHIEF) == 200
    log_in_as(client, Role.AUTHOR)
    assert post(client, page(issue, "withdraw"), page(issue)).status_code == 200
    assert state(issue) is IssueState.DRAFT
    assert waiting(HEAD) == ["withdrawn"]
    submit(client, issue)
    assert waiting(HEAD) == []
    assert approve(client, issue, HEAD) == 409, "the first step is asked again"
    with db.session_scope() as session:
        other = members.create(session, "other@example.jp", "別の起案者", {Role.AUTHOR}, PASSWORD)
        assert not issues.get(session, issue.id).is_written_by(other.id)
    log_in(client, "other@example.jp")
    assert "引き戻す" not in client.get(page(issue)).text
    assert post(client, page(issue, "withdraw"), page(issue)).status_code == 409
    assert state(issue) is IssueState.IN_REVIEW


def local(days: float) -> str:
    return f"{(now() + timedelta(days=days)).astimezone(TOKYO):%Y-%m-%dT%H:%M}"


def test_the_window_is_approved_and_kept(client: FlaskClient, issue: Issue) -> None:
    log_in_as(client, Role.AUTHOR)
    typed = {"submit_note": "理由です", "not_before": local(3), "not_after": local(2)}
    refused = post(client, page(issue, "submit"), page(issue), **typed)
    assert refused.status_code == 422
    assert "期間の終わりが始まりより前です" in refused.text
    assert "理由です" in refused.text
    assert local(2) in refused.text
    assert state(issue) is IssueState.DRAFT
    submit(client, issue, not_before=local(2), not_after=local(3))
    assert [approve(client, issue, one) for one in (CHIEF, HEAD)] == [200, 200]
    log_in_as(client, Role.SENDER)
    for outside in (local(1), local(4)):
        refused = post(client, page(issue, "schedule"), page(issue), at=outside, sure="yes")
        assert refused.status_code == 422
        assert "として決裁されています" in refused.text
    assert client.get(page(issue, "send")).status_code == 422, "nor at once"
    assert post(client, page(issue, "send"), page(issue), readers="1").status_code == 422
    assert state(issue) is IssueState.APPROVED
    inside = local(2.5)  # perhaps at night, which is asked about
    post(client, page(issue, "schedule"), page(issue), at=inside, sure=inside)
    assert state(issue) is IssueState.SCHEDULED


def test_a_window_from_year_1_does_not_take_every_page_of_the_staff_away(client: FlaskClient, issue: Issue) -> None:
    """Midnight of 0001-01-01 in Tokyo is stored as a time before Christ, which no row with it survives."""
    log_in_as(client, Role.AUTHOR)
    assert post(client, page(issue, "submit"), page(issue), not_before="0001-01-01T00:00").status_code == 422
    assert client.get("/staff/issues").status_code == 200


def test_a_second_click_says_what_the_first_has_done(client: FlaskClient, issue: Issue) -> None:
    def twice(step: str, **form: str) -> None:
        for _click in range(2):
            said = post(client, page(issue, step), page(issue), **form)
            assert (said.status_code, "その間に号の状態が変わりました" in said.text) == (200, False), step

    def seen() -> str:
        with Session(db.engine()) as session:
            return digest.of(session, issues.get(session, issue.id)).whole

    log_in_as(client, Role.AUTHOR)
    twice("submit", submit_note="一行目\r\n二行目")
    twice("withdraw")
    twice("submit", submit_note="もう一度")
    log_in(client, CHIEF)
    twice("decide", decision="return", note="直してください", digest=seen())
    assert state(issue) is IssueState.DRAFT
    submit(client, issue)
    assert approve(client, issue, CHIEF) == 200
    log_in(client, HEAD)
    twice("decide", decision="approve", digest=seen())
    assert state(issue) is IssueState.APPROVED
    with Session(db.engine()) as session:
        assert [one.decision for one in approval.history(session, issue)] == [
            Decision.RETURNED,
            Decision.APPROVED,
            Decision.APPROVED,
        ]
    log_in(client, DEPUTY)
    assert post(client, page(issue, "decide"), page(issue), decision="approve", digest=seen()).status_code == 409


def test_a_reason_is_never_cut(client: FlaskClient, issue: Issue) -> None:
    submit(client, issue)
    log_in(client, CHIEF)
    long = "長い理由。\r\n" * 300
    said = post(client, page(issue, "decide"), page(issue), decision="return", note=long + "終わり" * 100)
    assert (said.status_code, "終わり" * 100 in said.text) == (422, True)
    assert state(issue) is IssueState.IN_REVIEW
    with Session(db.engine()) as session:
        seen = digest.of(session, issues.get(session, issue.id)).whole
    post(client, page(issue, "decide"), page(issue), decision="return", note=long, digest=seen)
    with Session(db.engine()) as session:
        [kept] = approval.history(session, issue)
        assert kept.note == ("長い理由。\n" * 300).strip()


def test_a_step_without_people_is_shown_to_administrators(client: FlaskClient, issue: Issue) -> None:
    submit(client, issue)
    admin = address_of(Role.ADMINISTRATOR)
    assert waiting(admin) == []
    with db.session_scope() as session:
        membership.deactivate(session, members.find(session, HEAD), "test")
        notification_events.keep_asking(session)
    assert waiting(admin) == ["approval_stuck"]
    log_in(client, admin)
    assert "決裁できない号" in client.get("/staff/issues").text
    chosen = {"absent": f"{id_of(HEAD)}", "substitute": f"{id_of(DEPUTY)}", "last_day": f"{today()}"}
    address = "/staff/newsletters/ict/substitutes"
    appointed = send(client, address, place=-1, opened=client.get(ROUTE).text, first_day=f"{today()}", **chosen)
    assert appointed.status_code == 302
    with db.session_scope() as session:
        notification_events.keep_asking(session)
    assert waiting(admin) == []
    assert "決裁できない号" not in client.get("/staff/issues").text


def id_of(address: str) -> int:
    with Session(db.engine()) as session:
        return members.find(session, address).id


def test_a_route_is_changed_on_its_page_and_what_is_in_review_keeps_its_own(client: FlaskClient, issue: Issue) -> None:
    submit(client, issue)
    log_in_as(client, Role.ADMINISTRATOR)
    opened = client.get(ROUTE).text
    wrong = send(client, ROUTE, opened=opened, **{"name-2": "部長", "needed-2": "2"})
    assert wrong.status_code == 422
    assert "部長" in wrong.text
    asked = send(client, ROUTE, opened=opened, **{"name-2": "部長", "needed-2": "9", "approvers-2": None})
    assert asked.status_code == 409
    assert "いま承認できる人が足りない" in asked.text
    saved = send(client, ROUTE, opened=opened, **{"name-2": "部長", "needed-2": "1", "approvers-2": None})
    assert saved.status_code == 302
    assert send(client, ROUTE, opened=opened, **{"name-2": "局長"}).status_code == 409, "somebody else was faster"
    short = send(client, f"{ROUTE}?kind=notice", own="yes", **{"needed-1": "1", "approvers-1": None, "needed-2": ""})
    assert short.status_code == 302
    with Session(db.engine()) as session:
        home = newsletters.find(session, "ict")
        assert [step["name"] for step in home.approval_routes["regular"]] == ["係長", "部長"]
        assert len(home.approval_routes["notice"]) == 1
        submitted = submission.last(session, issues.get(session, issue.id))
        assert submitted is not None
        assert [step.name for step in submitted.route.steps] == ["係長", "課長"]
        entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "set approval route")).all()
        assert "head@example.jp" in entries[-2].detail["changed"]["approval_routes"][0]


def test_all_of_a_step_means_all(database: Engine, client: FlaskClient, issue: Issue) -> None:
    with db.session_scope() as session:
        everybody = tuple(members.find(session, one).id for one in (CHIEF, DEPUTY, HEAD))
        route = ApprovalRoute(steps=(RouteStep(approvers=everybody, needed=ALL),))
        route_edit.set_route(session, newsletters.find(session, "ict"), IssueKind.REGULAR, route, "test")
        one = issues.get(session, issue.id)
        workflow.submit(session, one, members.find(session, address_of(Role.AUTHOR)))
    for address, after in ((HEAD, IssueState.IN_REVIEW), (CHIEF, IssueState.IN_REVIEW), (DEPUTY, IssueState.APPROVED)):
        assert approve(client, issue, address) == 200
        assert state(issue) is after


def test_the_draft_paper_has_everything(client: FlaskClient, issue: Issue) -> None:
    submit(client, issue, submit_note="起案の理由")
    approve(client, issue, CHIEF)
    log_in_as(client, Role.ANALYST)
    paper = client.get(page(issue, "draft-paper")).text
    with Session(db.engine()) as session:
        whole = digest.of(session, issues.get(session, issue.id)).whole
    for words in (
        "自治体ICTだより", "第1号", "説明会のお知らせ", "起案の理由", "係長", "課長", "田中 花子", ">田中<", whole,
        whole[:16], "今月の話題", "説明会は3月1日に開きます。", "この用紙の内容に対する承認は、まだそろって",
    ):  # fmt: skip
        assert words in paper, words
