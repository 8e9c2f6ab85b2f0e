"""An issue is watched while it goes out: by events in a browser, by a link without scripts; letters are settled."""

from __future__ import annotations

import http.client
import re
from contextlib import closing
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser, expect
from sqlalchemy import select, update

from models.deliveries import lane as lanes
from models.deliveries import progress, stop
from models.deliveries.delivery import Attempt, Batch, BatchState, Delivery, DeliveryState
from models.deliveries.delivery_result import DeliveryResult
from models.deliveries.lease import Lease
from models.deliveries.reply_code import OutcomeKind
from models.issues import issue as issues
from models.issues.block import Prose
from models.issues.issue_state import IssueState
from models.readers.subscriber import Subscriber
from models.staff.audit import AuditEntry
from models.staff.login_session import LoginSession
from models.staff.permission import Role
from models.store import broker, db
from models.store.clock import now
from tests.sample import make_newsletter, make_reader
from tests.web.staff_login import EVERY_ROLE, PASSWORD, csrf_token, log_in_as, log_in_browser, make_staff, post

LETTERS = 40


def make_going_out() -> int:
    """An issue of forty letters in two lanes, of which none is out yet."""
    with db.session_scope() as session:
        make_staff(session)
        newsletter = make_newsletter(session)
        one = issues.create(session, newsletter, subject="配信中の号", blocks=(Prose(text="本文"),))
        one.state, one.prepared_at = IssueState.SENDING, now()
        session.flush()
        batches = {}
        for slug in ("other", "docomo"):
            lane = lanes.find(session, slug)
            batch = Batch(issue_id=one.id, lane_id=lane.id, number=1, size=LETTERS // 2, state=BatchState.OPEN)
            session.add(batch)
            session.flush()
            batches[lane.id] = batch.id
        for number in range(LETTERS):
            reader = make_reader(session, newsletter, f"reader{number}@town.example")
            lane_id = sorted(batches)[number % 2]
            letter = Delivery(
                issue_id=one.id, subscriber_id=reader.subscriber_id, edition=1, state=DeliveryState.QUEUED
            )
            letter.lane_id, letter.batch_id = lane_id, batches[lane_id]
            session.add(letter)
        session.flush()
        progress.reset(broker.client(), one.id, progress.count_by_lane(session, one.id))
        return one.id


def changed(accepted: int) -> dict[DeliveryState, int]:
    """What workers count where so many letters were accepted."""
    return {DeliveryState.ACCEPTED: accepted, DeliveryState.QUEUED: -accepted}


def lane_id(slug: str) -> int:
    with db.session_scope() as session:
        return lanes.find(session, slug).id


def take(issue_id: int, count: int, state: DeliveryState, answer: str = "", kind: str = "") -> list[int]:
    """Give *count* waiting letters of the issue an outcome; their readers."""
    with db.session_scope() as session:
        waiting = select(Delivery).where(Delivery.issue_id == issue_id, Delivery.state == DeliveryState.QUEUED)
        rows = session.scalars(waiting.order_by(Delivery.subscriber_id).limit(count)).all()
        for row in rows:
            row.state, row.answer, row.attempts, row.at = state, answer, 1, now()
            if kind:
                session.add(Attempt(issue_id=issue_id, subscriber_id=row.subscriber_id, number=1, kind=kind,
                                    stage="dot", code=554, answer=answer))  # fmt: skip
        return [row.subscriber_id for row in rows]


@pytest.fixture
def going_out(live_server: str) -> int:
    return make_going_out()


@pytest.mark.journey
def test_the_page_follows_the_letters_and_pauses_them(browser: Browser, live_server: str, going_out: int) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 800}, locale="ja-JP")
    page = context.new_page()
    failures: list[str] = []
    page.on("pageerror", lambda error: failures.append(str(error)))
    log_in_browser(page, live_server)
    page.goto(f"{live_server}/staff/issues/{going_out}/progress")
    expect(page.locator("#gauge")).to_contain_text("40通のうち0通")
    expect(page.get_by_text("この画面の数は自動で更新されます。")).to_be_visible()
    region = page.get_by_role("region", name="宛先レーンごとの通数")
    region.focus()
    progress.add(broker.client(), going_out, lane_id("docomo"), changed(12), 12)
    expect(page.locator("#gauge")).to_contain_text("40通のうち12通")
    expect(page.get_by_role("row", name=re.compile("ドコモ|docomo", re.IGNORECASE)).get_by_role("cell")).to_have_text(
        ["20", "12", "8", "0"]
    )
    expect(region).to_be_focused()
    page.get_by_role("button", name="一時停止").click()
    page.goto(f"{live_server}/staff/issues/{going_out}/progress")
    expect(page.get_by_role("button", name="再開")).to_be_visible()
    with db.session_scope() as session:
        assert issues.get(session, going_out).state is IssueState.PAUSED
        issues.get(session, going_out, lock=True).state = IssueState.SENT
    expect(page.get_by_role("link", name="配信証明書")).to_be_visible()
    assert failures == []
    context.close()


@pytest.mark.journey
def test_a_session_that_ends_ends_the_events(browser: Browser, live_server: str, going_out: int) -> None:
    context = browser.new_context(locale="ja-JP")
    page = context.new_page()
    log_in_browser(page, live_server)
    page.goto(f"{live_server}/staff/issues/{going_out}/progress")
    expect(page.get_by_text("この画面の数は自動で更新されます。")).to_be_visible()
    with db.session_scope() as session:
        session.execute(update(LoginSession).values(ended_at=now()))
    expect(page.get_by_text("ログインの有効期間が終わりました")).to_be_visible()
    expect(page.get_by_role("link", name="最新の数を表示する")).to_be_visible()
    context.close()


def cookie_of(client: FlaskClient) -> str:
    log_in_as(client, Role.AUTHOR)
    found = client.get_cookie("kairan")
    assert found
    return f"{found.key}={found.value}"


def test_listening_keeps_no_session_alive(client: FlaskClient, live_server: str, going_out: int) -> None:
    """Two events come over one connection, and whoever only listens is not at work."""
    cookie = cookie_of(client)
    long_ago = now() - timedelta(minutes=5)
    with db.session_scope() as session:
        session.execute(update(LoginSession).values(last_seen_at=long_ago))
    connection = http.client.HTTPConnection(urlsplit(live_server).netloc, timeout=30)
    headers = {"Cookie": cookie, "Accept": "text/event-stream"}
    connection.request("GET", f"/staff/issues/{going_out}/progress/events", headers=headers)
    with closing(connection), connection.getresponse() as answer:
        assert answer.getheader("Content-Type") == "text/event-stream"
        assert answer.getheader("Cache-Control") == "no-store"
        assert "40通のうち0通" in next_event(answer)
        progress.add(broker.client(), going_out, lane_id("other"), changed(3), 3)
        assert "40通のうち3通" in next_event(answer)
    with db.session_scope() as session:
        assert session.scalars(select(LoginSession.last_seen_at)).one() == long_ago


def next_event(answer: http.client.HTTPResponse) -> str:
    """The data of the next event; lines that only keep the connection open are left out."""
    data: list[str] = []
    while True:
        line = answer.readline().decode().rstrip("\n")
        if not line and data:
            return "\n".join(data)
        if line.startswith("data:"):
            data.append(line[5:].lstrip())


@pytest.fixture
def issue_id(client: FlaskClient) -> int:
    return make_going_out()


def test_without_scripts_a_link_asks_again(client: FlaskClient, issue_id: int) -> None:
    log_in_as(client, Role.AUTHOR)
    shown = client.get(f"/staff/issues/{issue_id}/progress").text
    assert "http-equiv" not in shown
    assert re.search(rf'<a href="/staff/issues/{issue_id}/progress">最新の数を表示する', shown)
    assert "一時停止" not in shown, "only a sender may"


def test_the_speed_is_changed_on_the_way(client: FlaskClient, issue_id: int) -> None:
    log_in_as(client, Role.SENDER)
    page, address = f"/staff/issues/{issue_id}/progress", f"/staff/issues/{issue_id}/speed"
    assert "1秒あたり1,200通までに抑えています" in post(client, address, page, rate="１，２００").text
    for wrong in ("0", "-3", "fast", "10001", "1.5", "9" * 40):
        refused = post(client, address, page, rate=wrong)
        assert refused.status_code == 422
        assert f'value="{wrong}"' in refused.text
    assert "までに抑えています" not in post(client, address, page, rate="").text
    with db.session_scope() as session:
        issues.get(session, issue_id, lock=True).state = IssueState.SENT
    assert (
        client.post(address, data={"csrf_token": csrf_token(client, "/staff/account"), "rate": "5"}).status_code == 409
    )


def test_unknown_letters_are_settled_one_by_one(client: FlaskClient, issue_id: int) -> None:
    first, second = take(issue_id, 2, DeliveryState.UNKNOWN, kind="unknown")
    log_in_as(client, Role.SENDER)
    page = f"/staff/issues/{issue_id}/letters/unknown"
    shown = client.get(page).text
    assert shown.count("Message-ID:") == 2
    assert "配信済みにしました" in post(client, f"/staff/issues/{issue_id}/letters/{first}/accepted", page).text
    last = post(client, f"/staff/issues/{issue_id}/letters/{second}/again", page).text
    assert "もう一度送ります" in last
    assert "該当するメールはありません" in last
    with db.session_scope() as session:
        states = dict(session.execute(select(Delivery.subscriber_id, Delivery.state)).all())
        assert (states[first], states[second]) == (DeliveryState.ACCEPTED, DeliveryState.QUEUED)
    form = {"csrf_token": csrf_token(client, f"/staff/issues/{issue_id}/progress")}
    assert client.post(f"/staff/issues/{issue_id}/letters/{first}/again", data=form).status_code == 409


def test_letters_stand_in_the_list_of_their_kind(client: FlaskClient, issue_id: int) -> None:
    made = {
        "policy": take(issue_id, 1, DeliveryState.DEFERRED, "5.7.1 listed at a block list", "policy"),
        "failed": take(issue_id, 2, DeliveryState.FAILED, "5.3.5 local configuration error", "failed"),
        "bounced": take(issue_id, 3, DeliveryState.BOUNCED, "5.1.1 no such user", "bounced"),
        "deferred": take(issue_id, 4, DeliveryState.DEFERRED, "4.2.0 later", "deferred"),
    }
    log_in_as(client, Role.AUTHOR)
    for kind, readers in made.items():
        shown = client.get(f"/staff/issues/{issue_id}/letters/{kind}").text
        assert shown.count("@town.example") == len(readers), kind
        assert re.search(r"r••••@town\.example", shown), "an author reads no addresses"
        assert client.get(f"/staff/issues/{issue_id}/letters/{kind}?after={max(readers)}").text.count("@town") == 0
    assert client.get(f"/staff/issues/{issue_id}/letters/failed?after=x").status_code == 404


def test_whoever_reads_addresses_is_written_down(client: FlaskClient, issue_id: int) -> None:
    (reader,) = take(issue_id, 1, DeliveryState.FAILED, "5.3.5 no", "failed")
    form = {"csrf_token": csrf_token(client, "/staff/login"), "address": EVERY_ROLE, "password": PASSWORD}
    client.post("/staff/login", data=form)
    assert re.search(r"reader\d+@town\.example", client.get(f"/staff/issues/{issue_id}/letters/failed").text)
    with db.session_scope() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "look at letters")).one()
        assert (entry.subject, entry.detail["first"], entry.detail["letters"]) == (f"issue/{issue_id}", reader, 1)


def test_no_answer_shows_an_address_to_who_may_not_read_it(client: FlaskClient, issue_id: int) -> None:
    """Relays write the address into their answers: whole, in other capitals, quoted, or its local part alone."""
    names = take(issue_id, 4, DeliveryState.BOUNCED, kind="bounced")
    with db.session_scope() as session:
        numbers = {one: session.get_one(Subscriber, one).address or "" for one in names}
        said = [
            "5.1.1 <{}>: Recipient address rejected", "5.1.1 user {}: unknown", '5.1.1 <"{}"@town.example>', "5.1.1 {}",
        ]  # fmt: skip
        for (reader, address), words in zip(numbers.items(), said, strict=True):
            local = address.partition("@")[0].upper()
            letter = session.get_one(Delivery, (issue_id, reader))
            letter.answer = words.format(address.upper() if words == said[0] else local)
    answer = "5.7.1 <reader{}@town.example>: refused; ask for READER{}"
    for state, kind, place in ((DeliveryState.DEFERRED, "deferred", 4), (DeliveryState.FAILED, "failed", 5)):
        (reader,) = take(issue_id, 1, state, answer.format(place, place), kind)
        with db.session_scope() as session:
            assert session.get_one(Subscriber, reader).address == f"reader{place}@town.example"
    refused = {
        "other": "5.4.5 <reader6@town.example>: Daily user sending quota exceeded for READER6",
        "docomo": "5.2.252 SendAsDenied; not allowed to send as news@town.example to <READER7@town.example>",
    }
    with db.session_scope() as session:
        one = issues.get(session, issue_id)
        held = dict(session.execute(select(Subscriber.address, Subscriber.id)).all())
        for batch, (slug, said), place in zip(session.scalars(select(Batch)), refused.items(), (6, 7), strict=True):
            lease = Lease(batch.id, one.id, one.newsletter_id, lanes.find(session, slug).id, batch.epoch)
            enhanced, reader = said.split()[0], held[f"reader{place}@town.example"]
            stop.stop(
                session, lease, [DeliveryResult(reader, 1, OutcomeKind.HELD, "dot", 554, enhanced, said, "relay")]
            )
        assert (one.state, lanes.find(session, "other").paused_at is None) == (IssueState.PAUSED, False)
        progress.reset(broker.client(), issue_id, progress.count_by_lane(session, issue_id))
    log_in_as(client, Role.AUTHOR)
    path = f"/staff/issues/{issue_id}"
    pages = (
        "", "/letters/bounced", "/letters/deferred", "/letters/failed", "/progress",
        "/progress/figures", "/progress.json", "/progress/events", "/certificate",
    )  # fmt: skip
    for page in pages:
        shown = client.get(path + page, follow_redirects=True)
        assert shown.status_code == 200, page
        text = shown.text.replace("&#34;", '"')
        assert not re.search(r'reader\d*"?(@|:|$)|READER\d|reader\d+\W*@', text, re.IGNORECASE | re.MULTILINE), page
        if page.startswith("/letters"):
            assert "r••••@town.example" in text.lower(), page
    for page, words in (
        ("/progress", "5.7.1"), ("/progress", "quota exceeded"), ("/progress", "send as news@town.example to"),
        ("/letters/bounced", "Recipient address rejected"), ("", "news@town.example"),
    ):  # fmt: skip
        assert words in client.get(path + page).text, "what was said stays, and whom of us it names"
