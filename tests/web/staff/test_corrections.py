"""Staff's page of corrections: who may do what on it, and what it says."""

from __future__ import annotations

import html
import re
from email import message_from_bytes
from email.policy import default

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, delete, select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from models.deliveries import proposal
from models.deliveries.delivery import Delivery, DeliveryState
from models.deliveries.edition import Link
from models.issues import issue as issues
from models.issues import repair
from models.issues.block import Prose
from models.issues.issue import Issue
from models.issues.issue_state import IssueKind, IssueState
from models.outbox.transactional import TransactionalLetter
from models.staff import member as members
from models.staff import membership
from models.staff.permission import Role
from models.store import db
from templates.content import digest
from tests.models.deliveries.test_correction import prepare
from tests.sample import make_newsletter, make_reader
from tests.servers import SmtpCatcher
from tests.web import staff_login
from tests.web.staff_login import log_in_as, make_staff
from worker.sending import transactional as outbox

WRONG, RIGHT = "説明会は3月1日に開きます。", "説明会は3月10日に開きます。"


@pytest.fixture
def paused(database: Engine, redis_client: object) -> Issue:
    """A paused issue: two of its three letters are out."""
    with db.session_scope() as session:
        make_staff(session)
        newsletter = make_newsletter(session)
        for place in range(3):
            make_reader(session, newsletter, f"reader{place}@example.jp")
        author = members.find(session, "author@example.jp").id
        issue = issues.create(session, newsletter, subject="説明会のお知らせ", preheader="日程をお知らせします。",
                              blocks=(Prose(text=WRONG),), author_id=author)  # fmt: skip
        found = prepare(session, issue)
        out = Delivery.subscriber_id.in_(found[:2])
        session.execute(update(Delivery).where(out).values(state=DeliveryState.ACCEPTED))
        session.add(Link(issue_id=issue.id, number=1, url="https://example.jp/wrong", kind="button"))
        issue.pause()
        return issue


def page_of(issue: Issue, step: str = "correction") -> str:
    return f"/staff/issues/{issue.id}/{step}"


def post(client: FlaskClient, issue: Issue, step: str, **form: str) -> TestResponse:
    return staff_login.post(client, page_of(issue, step), page_of(issue), **form)


def proposal_id(place: int) -> int:
    """The id of the first, second, ... proposal of the test."""
    with Session(db.engine()) as session:
        return session.scalars(select(proposal.Proposal.id).order_by(proposal.Proposal.id)).all()[place - 1]


def decide(client: FlaskClient, issue: Issue, decision: str, place: int) -> TestResponse:
    return post(client, issue, f"proposals/{proposal_id(place)}/{decision}")


def stored(issue: Issue) -> Issue:
    with Session(db.engine()) as session:
        return issues.get(session, issue.id)


def digest_of(issue: Issue) -> str:
    with Session(db.engine()) as session:
        return digest.of(session, issues.get(session, issue.id)).whole


def edit(client: FlaskClient, issue: Issue) -> TestResponse:
    shown = client.get(page_of(issue, "edit")).text
    text = re.search(r"<textarea[^>]*>(.*?)</textarea>", shown, re.DOTALL)
    revision = re.search(r'name="revision" value="(\d+)"', shown)
    assert text
    assert revision
    changed = html.unescape(text[1]).replace(WRONG, RIGHT)
    return post(client, issue, "edit", text=changed, revision=revision[1])


def test_a_paused_issue_is_edited_approved_and_handed_to_the_worker(client: FlaskClient, paused: Issue) -> None:
    log_in_as(client, Role.AUTHOR)
    assert edit(client, paused).status_code == 200
    found = stored(paused)
    assert (found.state, found.in_repair, found.blocks) == (IssueState.PAUSED, True, (Prose(text=RIGHT),))
    log_in_as(client, Role.SENDER)
    assert post(client, paused, "repair").status_code == 409
    assert post(client, paused, "resume").status_code == 409
    log_in_as(client, Role.APPROVER)
    assert 'value="approve"' in client.get(f"/staff/issues/{paused.id}").text
    post(client, paused, "decide", digest=digest_of(paused), decision="approve")
    log_in_as(client, Role.SENDER)
    assert post(client, paused, "repair").status_code == 200
    assert stored(paused).repair_asked_at is not None
    assert 'http-equiv="refresh"' in client.get(page_of(paused)).text


def test_trouble_with_a_repair_is_shown(client: FlaskClient, paused: Issue) -> None:
    with db.session_scope() as session:
        repair.finish(issues.get(session, paused.id), "the article “x” is gone")
    log_in_as(client, Role.SENDER)
    assert "the article “x” is gone" in client.get(page_of(paused)).text


def test_a_correction_is_drafted(client: FlaskClient, paused: Issue) -> None:
    with db.session_scope() as session:
        one = issues.get(session, paused.id)
        one.resume()
        one.finish()
    log_in_as(client, Role.AUTHOR)
    refused = post(client, paused, "correction", note="長" * 2001)
    assert refused.status_code == 422
    assert "長" * 2001 in refused.text
    answer = post(client, paused, "correction", note="日付が誤っていました。")
    assert "【訂正】説明会のお知らせ" in answer.text
    with Session(db.engine()) as session:
        made = session.scalars(select(Issue).where(Issue.kind == IssueKind.CORRECTION)).one()
    assert (made.correction_of_id, made.correction_note) == (paused.id, "日付が誤っていました。")
    assert "【訂正】説明会のお知らせ" in client.get(page_of(paused)).text


def test_a_link_and_the_archive_are_mended(client: FlaskClient, paused: Issue) -> None:
    log_in_as(client, Role.SENDER)
    refused = post(client, paused, "links/1", url="javascript:alert(1)")
    assert refused.status_code == 422
    assert "javascript:alert(1)" in refused.text
    post(client, paused, "links/1", url="https://example.jp/right")
    log_in_as(client, Role.APPROVER)
    decide(client, paused, "approve", 1)
    log_in_as(client, Role.SENDER)
    with Session(db.engine()) as session:
        assert session.get_one(Link, (paused.id, 1)).corrected_url == "https://example.jp/right"
    assert "https://example.jp/right" in client.get(page_of(paused)).text
    assert post(client, paused, "links/9", url="https://example.jp/right").status_code == 404
    post(client, paused, "stamp", stamp="<b>日付</b>が誤っていました。")
    log_in_as(client, Role.APPROVER)
    decide(client, paused, "approve", 2)
    shown = client.get(f"/archive/ict/{paused.number}").text
    assert "&lt;b&gt;日付&lt;/b&gt;が誤っていました。" in shown


def test_nobody_corrects_a_link_alone_case_b8(client: FlaskClient, paused: Issue) -> None:
    log_in_as(client, Role.SENDER)
    post(client, paused, "links/1", url="https://evil.example/")
    post(client, paused, "stamp", stamp="誤りの説明")
    assert "決裁を待っている訂正" in client.get(page_of(paused)).text
    with Session(db.engine()) as session:
        assert session.get_one(Link, (paused.id, 1)).corrected_url == ""
        assert issues.get(session, paused.id).correction_note == ""
    assert decide(client, paused, "approve", 1).status_code == 403
    log_in_as(client, Role.APPROVER)
    assert "2件、決裁を待っています" in client.get(f"/staff/issues/{paused.id}").text
    decide(client, paused, "refuse", 1)
    with Session(db.engine()) as session:
        assert session.get_one(Link, (paused.id, 1)).corrected_url == ""
    assert decide(client, paused, "approve", 1).status_code == 409


def test_whoever_proposes_a_link_does_not_approve_it_case_b8(client: FlaskClient, paused: Issue) -> None:
    with db.session_scope() as session:
        sender = members.find(session, "sender@example.jp")
        membership.grant(session, sender, Role.APPROVER, None, by="test")
    log_in_as(client, Role.SENDER)
    post(client, paused, "links/1", url="https://evil.example/")
    assert decide(client, paused, "approve", 1).status_code == 403
    with Session(db.engine()) as session:
        assert session.get_one(Link, (paused.id, 1)).corrected_url == ""


def letters(kind: str) -> dict[str, dict[str, str]]:
    """The letters of one kind that wait, by the member who gets them; and empties the outbox."""
    with db.session_scope() as session:
        found = session.scalars(select(TransactionalLetter)).all()
        by_address = {one.address.partition("@")[0]: one.values for one in found if one.kind == kind}
        session.execute(delete(TransactionalLetter))
        return by_address


def test_author_and_approvers_are_told_of_a_correction_case_b8(
    client: FlaskClient, paused: Issue, smtp_catcher: SmtpCatcher
) -> None:
    log_in_as(client, Role.SENDER)
    post(client, paused, "links/1", url="https://example.jp/right")
    outbox.send()
    went = {letter.recipients[0]: message_from_bytes(letter.content, policy=default) for letter in smtp_catcher.letters}
    assert set(went) == {"author@example.jp", "approver@example.jp", "all@example.jp"}
    for address, letter in went.items():
        text = letter.get_body(("plain",)).get_content()
        assert "https://example.jp/wrong" in text
        assert "https://example.jp/right" in text
        assert f"/staff/issues/{paused.id}/correction" in text
        assert ("決裁のお願い" in letter["Subject"]) is (address != "author@example.jp")
    log_in_as(client, Role.APPROVER)
    decide(client, paused, "approve", 1)
    told = letters("correction_decided")
    assert set(told) == {"author", "all", "sender"}
    assert {(one["outcome"], one["before"], one["by"]) for one in told.values()} == {
        ("approved", "https://example.jp/wrong", "approver")
    }


def test_a_refused_correction_is_told_too_case_b8(client: FlaskClient, paused: Issue) -> None:
    log_in_as(client, Role.SENDER)
    post(client, paused, "stamp", stamp="日付が誤っていました。")
    assert set(letters("correction_proposed")) == {"author", "approver", "all"}
    log_in_as(client, Role.APPROVER)
    decide(client, paused, "refuse", 1)
    told = letters("correction_decided")
    assert set(told) == {"author", "all", "sender"}
    assert {(one["outcome"], one["after"], one["number"]) for one in told.values()} == {
        ("refused", "日付が誤っていました。", "")
    }


def test_two_approvals_of_a_correction_are_two_people_case_b8(client: FlaskClient, paused: Issue) -> None:
    with db.session_scope() as session:
        issues.get(session, paused.id).newsletter.approvals_needed = 2
        members.create(session, "second@example.jp", "second", {Role.APPROVER}, staff_login.PASSWORD)
    log_in_as(client, Role.SENDER)
    post(client, paused, "links/1", url="https://example.jp/right")
    log_in_as(client, Role.APPROVER)
    assert "1 / 2" in decide(client, paused, "approve", 1).text
    assert decide(client, paused, "approve", 1).status_code == 403
    with db.session_scope() as session:
        assert session.get_one(Link, (paused.id, 1)).corrected_url == ""
        proposal.approve(
            session, issues.get(session, paused.id), proposal_id(1), members.find(session, "second@example.jp")
        )
        assert session.get_one(Link, (paused.id, 1)).corrected_url == "https://example.jp/right"


def test_a_newsletter_can_say_otherwise_case_b8(client: FlaskClient, paused: Issue) -> None:
    with db.session_scope() as session:
        issues.get(session, paused.id).newsletter.corrections_need_approval = False
    log_in_as(client, Role.SENDER)
    post(client, paused, "links/1", url="https://example.jp/right")
    told = letters("correction_decided")
    assert set(told) == {"author", "approver", "all"}
    assert {(one["outcome"], one["before"]) for one in told.values()} == {("made", "https://example.jp/wrong")}
    with Session(db.engine()) as session:
        assert session.get_one(Link, (paused.id, 1)).corrected_url == "https://example.jp/right"


def test_readers_do_not_see_a_repair_before_it_is_applied(client: FlaskClient, paused: Issue) -> None:
    log_in_as(client, Role.AUTHOR)
    edit(client, paused)
    answer = client.get(f"/archive/ict/{paused.number}")
    assert answer.status_code == 503
    assert RIGHT not in answer.text
    assert "説明会のお知らせ" not in client.get("/archive/ict").text


@pytest.mark.parametrize(
    ("step", "role"),
    [("repair", Role.SENDER), ("stamp", Role.SENDER), ("links/1", Role.SENDER), ("correction", Role.AUTHOR)],
)
def test_each_step_has_its_role(client: FlaskClient, paused: Issue, step: str, role: Role) -> None:
    for other in set(Role) - {role}:
        log_in_as(client, other)
        assert post(client, paused, step, note="x", url="https://example.jp/").status_code == 403, other


def test_nothing_is_corrected_before_it_is_out(client: FlaskClient, paused: Issue) -> None:
    with db.session_scope() as session:
        draft = issues.create(session, issues.get(session, paused.id).newsletter, subject="次号")
    log_in_as(client, Role.SENDER)
    assert client.get(page_of(draft)).status_code == 409
