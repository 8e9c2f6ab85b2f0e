"""Staff's pages: who gets in, what they see, and an issue's way from draft to timetable."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from models.deliveries import lane as lanes
from models.deliveries.delivery import Attempt, Batch, BatchState, Delivery, DeliveryState
from models.issues import image
from models.issues import issue as issues
from models.issues.block import Button, Figure, Heading, Prose
from models.issues.issue import Issue
from models.issues.issue_state import IssueState
from models.issues.newsletter import Audience, Newsletter
from models.staff import member as members
from models.staff.audit import AuditEntry
from models.staff.permission import Role
from models.store import db
from templates.content import compose, digest
from tests.archive_sample import picture
from tests.models.issues.test_picture import SECRET, animation, drawing, photograph
from tests.sample import make_reader, working_morning

PASSWORD = "a long enough password"


@pytest.fixture
def issue(database: Engine, redis_client: object) -> Issue:
    """A newsletter with staff for each role, and a draft by the author."""
    with db.session_scope() as session:
        for role in Role:
            members.create(session, f"{role.value}@example.jp", role.value, {role}, PASSWORD)
        members.create(session, "both@example.jp", "both", {Role.AUTHOR, Role.APPROVER}, PASSWORD)
        newsletter = Newsletter(
            slug="ict",
            name="自治体ICTだより",
            sender_name="あおば市 情報政策課",
            sender_address="news@city.example.jp",
            postal_address="あおば市中央1-1",
            contact="https://city.example.jp/contact",
        )
        session.add_all([newsletter, Audience(newsletter=newsletter, slug="official", name="自治体職員")])
        session.flush()
        make_reader(session, newsletter)
        return issues.create(
            session,
            newsletter,
            subject="窓口のデジタル化",
            preheader="書かない窓口の始め方をまとめました。",
            blocks=(Heading(text="今月の話題"), Prose(text="書かない窓口を始める自治体が増えています。")),
            author_id=members.find(session, "author@example.jp").id,
        )


@pytest.fixture
def client(issue: Issue) -> Iterator[FlaskClient]:
    """A browser without a session."""
    from web.app import create_app

    app = create_app()
    app.testing = False
    with app.test_client() as opened:
        yield opened


def token_of(client: FlaskClient, address: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(address).text)
    assert found, address
    return found[1]


def post(client: FlaskClient, address: str, page: str, **form: str) -> TestResponse:
    return client.post(address, data={"csrf_token": token_of(client, page), **form}, follow_redirects=True)


def log_in(client: FlaskClient, name: str, password: str = PASSWORD, way: str = "/staff/login") -> TestResponse:
    if client.get("/staff/login").headers.get("Location"):
        post(client, "/staff/logout", "/staff/issues")
    return client.post(
        way,
        data={
            "csrf_token": token_of(client, "/staff/login"),
            "address": f"{name}@example.jp",
            "password": password,
        },
    )


def page_of(issue: Issue, step: str = "") -> str:
    return f"/staff/issues/{issue.id}" + (f"/{step}" if step else "")


def state_of(issue: Issue) -> IssueState:
    with Session(db.engine()) as session:
        return issues.get(session, issue.id).state


def digest_of(issue: Issue) -> str:
    with Session(db.engine()) as session:
        return digest.of(session, issues.get(session, issue.id)).whole


def test_strangers_are_sent_to_the_login_and_back_afterwards(client: FlaskClient, issue: Issue) -> None:
    answer = client.get(page_of(issue))
    assert answer.status_code == 302
    way = answer.headers["Location"]
    assert "/staff/login" in way
    assert log_in(client, "author", way=way).headers["Location"] == page_of(issue)
    assert "窓口のデジタル化" in client.get(page_of(issue)).text


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/staff\\@evil.example", "javascript:1"]
)
def test_no_way_back_leads_elsewhere(client: FlaskClient, elsewhere: str) -> None:
    answer = client.post(
        "/staff/login",
        query_string={"next": elsewhere},
        data={
            "csrf_token": token_of(client, "/staff/login"),
            "address": "author@example.jp",
            "password": PASSWORD,
        },
    )
    assert answer.headers["Location"] == "/staff/"


def test_a_wrong_password_says_the_same_for_known_and_unknown_people(client: FlaskClient) -> None:
    known, unknown = log_in(client, "author", "wrong"), log_in(client, "nobody", "wrong")
    assert known.status_code == unknown.status_code == 422
    assert known.text.replace("author", "").count("wrong") == unknown.text.replace("nobody", "").count("wrong")
    with Session(db.engine()) as session:
        assert len(session.scalars(select(AuditEntry).where(AuditEntry.action == "fail login")).all()) == 2


def test_a_new_password_ends_every_session(client: FlaskClient, issue: Issue) -> None:
    log_in(client, "author")
    assert client.get(page_of(issue)).status_code == 200
    with db.session_scope() as session:
        members.find(session, "author@example.jp").set_password("another long password")
    assert client.get(page_of(issue)).status_code == 302


def test_an_issue_goes_from_draft_to_the_timetable(client: FlaskClient, issue: Issue) -> None:
    log_in(client, "author")
    assert post(client, page_of(issue, "submit"), page_of(issue)).status_code == 200
    assert state_of(issue) is IssueState.IN_REVIEW
    log_in(client, "approver")
    post(client, page_of(issue, "decide"), page_of(issue), digest=digest_of(issue), decision="approve")
    assert state_of(issue) is IssueState.APPROVED
    log_in(client, "sender")
    at = working_morning()
    answer = post(client, page_of(issue, "schedule"), page_of(issue), at=at.strftime("%Y-%m-%dT%H:%M"))
    assert at.strftime("%Y/%m/%d") in answer.text
    assert state_of(issue) is IssueState.SCHEDULED
    post(client, page_of(issue, "unschedule"), page_of(issue))
    assert state_of(issue) is IssueState.APPROVED
    post(client, page_of(issue, "cancel"), page_of(issue))
    assert state_of(issue) is IssueState.CANCELLED
    with Session(db.engine()) as session:
        actions = session.scalars(select(AuditEntry.action).where(AuditEntry.subject == f"issue/{issue.id}")).all()
    assert actions == ["submit issue", "approve issue", "schedule issue", "unschedule issue", "cancel issue"]


def test_no_step_of_a_sender_stands_for_a_yes_or_for_a_worker(client: FlaskClient, issue: Issue) -> None:
    """What waits for approvers is in no timetable, and what is being prepared has no letters that could go on."""
    log_in(client, "author")
    post(client, page_of(issue, "submit"), page_of(issue))
    log_in(client, "sender")
    for state, step in ((IssueState.IN_REVIEW, "unschedule"), (IssueState.PREPARING, "resume")):
        with db.session_scope() as session:
            session.execute(update(Issue).where(Issue.id == issue.id).values(state=state))
        post(client, page_of(issue, step), page_of(issue))
        assert state_of(issue) is state


def test_nobody_does_what_their_role_does_not_allow(client: FlaskClient, issue: Issue) -> None:
    log_in(client, "sender")
    token = token_of(client, page_of(issue))
    for step in ("submit", "decide"):
        assert client.post(page_of(issue, step), data={"csrf_token": token}).status_code == 403
    assert state_of(issue) is IssueState.DRAFT


def test_an_approval_is_bound_to_what_was_seen(client: FlaskClient, issue: Issue) -> None:
    log_in(client, "author")
    post(client, page_of(issue, "submit"), page_of(issue))
    log_in(client, "approver")
    answer = post(client, page_of(issue, "decide"), page_of(issue), digest="0" * 64, decision="approve")
    assert answer.status_code == 409
    assert state_of(issue) is IssueState.IN_REVIEW


def test_the_author_cannot_approve(client: FlaskClient, issue: Issue) -> None:
    with db.session_scope() as session:
        one = issues.get(session, issue.id)
        one.author_id = members.find(session, "both@example.jp").id
        one.submit()
    log_in(client, "both")
    answer = post(client, page_of(issue, "decide"), page_of(issue), digest=digest_of(issue), decision="approve")
    assert answer.status_code == 409
    assert state_of(issue) is IssueState.IN_REVIEW


def test_sending_back_needs_a_note(client: FlaskClient, issue: Issue) -> None:
    log_in(client, "author")
    post(client, page_of(issue, "submit"), page_of(issue))
    log_in(client, "approver")
    assert (
        post(client, page_of(issue, "decide"), page_of(issue), digest=digest_of(issue), decision="return").status_code
        == 422
    )
    post(
        client,
        page_of(issue, "decide"),
        page_of(issue),
        digest=digest_of(issue),
        decision="return",
        note="日付を直してください",
    )
    assert state_of(issue) is IssueState.DRAFT


def test_preflight_errors_stop_an_issue(client: FlaskClient, issue: Issue) -> None:
    with db.session_scope() as session:
        issues.get(session, issue.id).edit(subject="【仮】窓口○○")
    log_in(client, "author")
    answer = post(client, page_of(issue, "submit"), page_of(issue))
    assert answer.status_code == 422
    assert "○○" in answer.text
    assert state_of(issue) is IssueState.DRAFT


def test_a_step_that_came_too_late_shows_the_present_state(client: FlaskClient, issue: Issue) -> None:
    log_in(client, "sender")
    answer = post(client, page_of(issue, "pause"), page_of(issue))
    assert answer.status_code == 409
    assert state_of(issue) is IssueState.DRAFT


@pytest.mark.parametrize("mode", ["desktop", "phone", "dark", "no-images", "text", "sanitised", "raw"])
def test_every_preview_shows_the_letter(client: FlaskClient, issue: Issue, mode: str) -> None:
    log_in(client, "author")
    assert client.get(page_of(issue, f"preview?mode={mode}")).status_code == 200
    answer = client.get(page_of(issue, f"preview/frame?mode={mode}"))
    assert answer.status_code == 200
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert ("List-Unsubscribe-Post" if mode == "raw" else "話題") in answer.text


def test_a_preview_shows_pictures_that_travel_with_the_letter(client: FlaskClient, issue: Issue) -> None:
    with db.session_scope() as session:
        one = issues.get(session, issue.id)
        one.newsletter.embed_images = True
        stored = image.store(session, picture())
        one.edit(blocks=(Figure(image=stored.digest, alt="棒グラフ", source="市の調べ"),))
    log_in(client, "author")
    frame = page_of(issue, "preview/frame")
    assert f"/i/{stored.digest}.png" in client.get(frame).text
    assert "cid:" not in client.get(frame).text
    assert "Content-ID: <" in client.get(f"{frame}?mode=raw").text


@pytest.mark.parametrize("make", [photograph, drawing, animation])
def test_case_a7_a_picture_is_published_and_mailed_without_what_a_camera_adds(
    client: FlaskClient, issue: Issue, make: Callable[[], bytes]
) -> None:
    log_in(client, "author")
    way = page_of(issue, "edit")
    page = client.get(way).text
    revision = re.search(r'name="revision" value="(\d+)"', page)
    assert revision
    form = {"csrf_token": token_of(client, way), "revision": revision[1], "text": "", "picture": (BytesIO(make()), "a")}
    found = re.search(r"([0-9a-f]{64})\.(jpg|png|gif)", client.post(way, data=form).text)
    assert found
    served = client.get(f"/i/{found[0]}")
    assert served.status_code == 200
    assert SECRET in make()
    assert SECRET not in served.data
    assert b"Exif" not in served.data
    with db.session_scope() as session:
        one = issues.get(session, issue.id)
        one.newsletter.embed_images = True
        one.edit(blocks=(Figure(image=found[1], alt="会場", source="市の撮影"),))
        assert [picture.data for picture in compose.everything(session, one).images.values()] == [served.data]


def test_links_are_asked_where_staff_want_it_case_f10(client: FlaskClient, issue: Issue) -> None:
    with db.session_scope() as session:
        private = Button(text="庁内の様式を開く", address="http://nothing-here.invalid/")
        issues.get(session, issue.id).edit(blocks=(private,))
    log_in(client, "author")
    for address in (page_of(issue), f"{page_of(issue)}?links=1"):
        assert "http://nothing-here.invalid/" not in client.get(address).text
    asked = post(client, page_of(issue, "check-links"), page_of(issue)).text
    assert "http://nothing-here.invalid/" in asked
    assert "1件を確かめました" in asked
    with db.session_scope() as session:
        issues.get(session, issue.id).edit(blocks=(Prose(text="今月の話題です。"),))
    assert "ほかのサイトへのリンクはありません" in post(client, page_of(issue, "check-links"), page_of(issue)).text


def test_progress_without_letters(client: FlaskClient, issue: Issue) -> None:
    log_in(client, "sender")
    assert client.get(page_of(issue, "progress")).status_code == 200
    numbers = client.get(page_of(issue, "progress.json")).json
    assert numbers is not None
    assert (numbers["state"], numbers["total"], numbers["left"]) == ("draft", 0, 0)
    assert set(numbers["counts"]) == {state.value for state in DeliveryState}


def manuscript_of(client: FlaskClient, issue: Issue) -> tuple[str, str]:
    """The text of the edit form, and the revision that it is of."""
    shown = client.get(page_of(issue, "edit")).text
    text = re.search(r"<textarea[^>]*>(.*?)</textarea>", shown, re.DOTALL)
    revision = re.search(r'name="revision" value="(\d+)"', shown)
    assert text
    assert revision
    return html.unescape(text[1]), revision[1]


def test_an_author_edits_the_manuscript(client: FlaskClient, issue: Issue) -> None:
    log_in(client, "author")
    text, revision = manuscript_of(client, issue)
    changed = text.replace("書かない窓口を始める自治体が増えています。", "書かない窓口が広がっています。")
    assert changed != text
    answer = post(client, page_of(issue, "edit"), page_of(issue, "edit"), text=changed, revision=revision)
    assert answer.status_code == 200
    with Session(db.engine()) as session:
        blocks = issues.get(session, issue.id).blocks
    assert blocks[1] == Prose(text="書かない窓口が広がっています。")
    late = post(client, page_of(issue, "edit"), page_of(issue, "edit"), text=text, revision=revision)
    assert late.status_code == 409
    assert "書かない窓口を始める自治体が増えています。" in late.text


def test_a_manuscript_with_an_error_is_shown_again_with_its_line(client: FlaskClient, issue: Issue) -> None:
    log_in(client, "author")
    text, revision = manuscript_of(client, issue)
    wrong = text + "\n[消えた記事](article:not-there)\n"
    answer = post(client, page_of(issue, "edit"), page_of(issue, "edit"), text=wrong, revision=revision)
    assert answer.status_code == 422
    assert "not-there" in answer.text
    assert "消えた記事" in answer.text
    assert re.search(r"manuscript:\d+", answer.text)


def test_a_picture_is_uploaded_and_named(client: FlaskClient, issue: Issue) -> None:
    log_in(client, "author")
    text, revision = manuscript_of(client, issue)
    data = BytesIO()
    Image.new("RGB", (8, 8), "white").save(data, "PNG")
    form = {"csrf_token": token_of(client, page_of(issue, "edit")), "text": text, "revision": revision}
    answer = client.post(page_of(issue, "edit"), data={**form, "picture": (BytesIO(data.getvalue()), "図.png")})
    assert re.search(r"<code>!\[画像の説明\]\([0-9a-f]{64}\.png\)\n説明文\n出典: ", answer.text)
    broken = client.post(page_of(issue, "edit"), data={**form, "picture": (BytesIO(b"GIF89a broken"), "x.gif")})
    assert broken.status_code == 422


def test_case_c10_stopped_lanes_and_failed_letters_have_buttons(client: FlaskClient, issue: Issue) -> None:
    """The page says why and until when a lane rests; a sender's buttons go on, and send failed letters again."""
    with db.session_scope() as session:
        reader = make_reader(session, session.get_one(Newsletter, issue.newsletter_id), "reader@town.example")
        lane = lanes.find(session, "other")
        batch = Batch(issue_id=issue.id, lane_id=lane.id, number=1, size=1, state=BatchState.DONE)
        session.add(batch)
        session.flush()
        of_letter = {"issue_id": issue.id, "subscriber_id": reader.id, "code": 554, "enhanced": "5.3.5"}
        session.add(Delivery(**of_letter, batch_id=batch.id, edition=1, lane_id=lane.id, state=DeliveryState.FAILED,
                             attempts=1, answer="local configuration error"))  # fmt: skip
        session.add(Attempt(**of_letter, number=1, kind="failed", stage="dot", answer="local configuration error"))
        lanes.rest(session, lane.id, "550 5.4.5 Daily user sending quota exceeded", by="relay")
        session.get_one(Issue, issue.id).state = IssueState.SENT
    log_in(client, "author")
    shown = client.get(page_of(issue, "progress")).text
    assert "Daily user sending quota exceeded" in shown
    assert "自動で再開します" in shown
    assert "今すぐ再開する" not in shown, "only a sender may"
    log_in(client, "sender")
    page = page_of(issue, "progress")
    assert "宛先レーン" not in post(client, page_of(issue, "lanes/other/resume"), page).text.partition("</h1>")[2][:400]
    with db.session_scope() as session:
        assert lanes.find(session, "other").paused_at is None
    assert "1通をもう一度配信します。" in post(client, page_of(issue, "retry"), page, lane="other").text
    assert "もう一度配信できるメールは残っていません。" in post(client, page_of(issue, "retry"), page).text
    with db.session_scope() as session:
        assert session.scalars(select(Delivery.state)).all() == [DeliveryState.QUEUED]
        assert session.scalars(select(Batch.state)).all() == [BatchState.OPEN]
