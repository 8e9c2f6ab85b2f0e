"""The calendar, and what is asked before an issue gets a time: on real rows, as pages show it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from lxml import html as trees
from sqlalchemy import Engine, event, select

from models.deliveries.preparation import Preparation
from models.issues import issue as issues
from models.issues import workflow
from models.issues.block import Prose
from models.issues.calendar import slot_opening
from models.issues.issue import Issue
from models.issues.issue_state import IssueState
from models.issues.newsletter import Newsletter
from models.readers.subscriber import Subscriber, Subscription, SubscriptionState
from models.staff import member as members
from models.staff.permission import Role
from models.store import clock, db
from models.store.clock import TOKYO, now
from tests.sample import make_newsletter, make_reader, make_sent
from tests.web.staff_login import address_of, log_in_as, make_staff, post

NOON = datetime(2026, 12, 1, 12, tzinfo=TOKYO)
SLOT = {"name": "月例号", "day": "3-thu", "time": "10:10", "moved": "before", "opens": 7, "subject": "{month}月号"}


@pytest.fixture
def december(database: Engine, redis_client: object) -> Iterator[dict[str, int]]:
    """1 December 2026, with two newsletters, readers and issues in several states; their ids by name."""
    with clock.moved(NOON - clock.now()):
        with db.session_scope() as session:
            make_staff(session)
            ict = make_newsletter(session, slots=[SLOT], approvals_needed=0)
            for place in range(3):
                make_reader(session, ict, f"reader{place}@example.jp")
            city = make_newsletter(session, slug="city", name="みなと市だより", approvals_needed=0)
            shared = session.scalars(select(Subscriber).order_by(Subscriber.id).limit(1)).one()
            session.add(
                Subscription(subscriber=shared, newsletter=city, state=SubscriptionState.ACTIVE, confirmed_at=now())
            )
            made = {
                "planned": scheduled(session, ict, "十日の号", "2026-12-10T10:10"),
                "city": scheduled(session, city, "市の号", "2026-12-17T10:00"),
            }
            waiting = issues.create(
                session, ict, subject="日時のない号", preheader="要約", blocks=(Prose(text="本文です。"),)
            )
            workflow.submit(session, waiting, "test")
            made["waiting"] = waiting.id
            made["sent"] = make_sent(session, ict, "先月の号", days_ago=5).id
        yield made


def scheduled(session: Any, newsletter: Newsletter, subject: str, at: str) -> int:
    one = issues.create(session, newsletter, subject=subject, preheader="要約", blocks=(Prose(text="本文です。"),))
    workflow.submit(session, one, "test")
    workflow.schedule(session, one, datetime.fromisoformat(at).replace(tzinfo=TOKYO),
                      members.find(session, address_of(Role.SENDER)))  # fmt: skip
    return one.id


def cell(page: str, day: str) -> str:
    """What stands in one day, in one line."""
    [found] = trees.fromstring(page).xpath(f"//td[h3/time[@datetime='{day}']]")
    return " ".join(found.text_content().split())


def stored(issue_id: int) -> Issue:
    with db.session_scope() as session:
        one = issues.get(session, issue_id)
        session.expunge(one)
        return one


def test_a_month_shows_what_went_out_what_is_planned_and_what_is_empty(
    client: FlaskClient, december: dict[str, int]
) -> None:
    log_in_as(client, Role.SENDER)
    shown = client.get("/staff/calendar").text
    assert "2026年12月" in shown
    assert all(
        words in cell(shown, "2026-12-10") for words in ("10:10", "十日の号", "予約済み", "自治体ICTだより", "移す")
    )
    assert all(
        words in cell(shown, "2026-12-17") for words in ("市の号", "定例枠「月例号」", "下書きはまだ", "ちょうどの時刻")
    )
    assert "天皇誕生日" not in shown
    assert "元日" in cell(shown, "2027-01-01"), "weeks are whole"
    assert "日時のない号" in shown
    november = client.get("/staff/calendar?month=2026-11").text
    assert "先月の号" in cell(november, "2026-11-26")
    assert "移す" not in cell(november, "2026-11-26")
    assert "勤労感謝の日" in cell(november, "2026-11-23")
    week = client.get("/staff/calendar?week=2026-12-10").text
    assert "12月6日〜12月12日" in week
    assert "十日の号" in cell(week, "2026-12-10")
    assert "市の号" not in client.get("/staff/calendar?newsletter=ict").text


@pytest.mark.parametrize("query", ["month=2026-13", "month=x", "week=2026", "month=0001-01", "newsletter=none"])
def test_what_is_no_month_is_not_found(client: FlaskClient, december: dict[str, int], query: str) -> None:
    log_in_as(client, Role.SENDER)
    assert client.get(f"/staff/calendar?{query}").status_code == 404


def test_everybody_of_a_newsletter_sees_it_and_senders_move(client: FlaskClient, december: dict[str, int]) -> None:
    log_in_as(client, Role.ANALYST)
    shown = client.get("/staff/calendar").text
    assert "十日の号" in shown
    assert "data-move" not in shown
    assert client.get(f"/staff/issues/{december['planned']}/move").status_code == 403
    with db.session_scope() as session:
        city = session.scalars(select(Newsletter).where(Newsletter.slug == "city")).one()
        one = members.find(session, address_of(Role.ANALYST))
        [grant] = one.grants
        grant.newsletter_id = city.id
    shown = client.get("/staff/calendar").text
    assert "市の号" in shown
    assert "十日の号" not in shown
    assert "日時のない号" not in shown


def test_a_draft_that_a_slot_opened_stands_at_its_time(client: FlaskClient, december: dict[str, int]) -> None:
    with clock.moved(timedelta(days=10)):
        with db.session_scope() as session:
            ict = session.scalars(select(Newsletter).where(Newsletter.slug == "ict")).one()
            [draft] = slot_opening.open_due(session, ict.id)
            number = draft.id
        log_in_as(client, Role.SENDER)
        shown = cell(client.get("/staff/calendar").text, "2026-12-17")
        assert "12月号 下書き 予定" in shown
        assert "定例枠" not in shown
        assert "2026/12/17" in client.get(f"/staff/issues/{number}").text


def test_a_move_names_the_readers_and_warns_before_anything_changes(
    client: FlaskClient, december: dict[str, int]
) -> None:
    log_in_as(client, Role.SENDER)
    address = f"/staff/issues/{december['planned']}"
    asked = client.get(f"{address}/move?day=2026-12-17").text
    assert "2026/12/17(木) 10:10" in asked
    assert "3人への配信を予約する" in asked
    assert "みなと市だより 第1号「市の号」" in asked, "a reader subscribes to both"
    assert stored(december["planned"]).scheduled_at == datetime(2026, 12, 10, 10, 10, tzinfo=TOKYO)
    answer = post(client, f"{address}/schedule", f"{address}/move?day=2026-12-17", at="2026-12-17T10:10")
    assert "市の号" in answer.text, "asked once more, as nothing was confirmed"
    post(client, f"{address}/schedule", address, at="2026-12-17T10:10", sure="2026-12-17T10:10", **{"from": "calendar"})
    assert stored(december["planned"]).scheduled_at == datetime(2026, 12, 17, 10, 10, tzinfo=TOKYO)
    assert "10:10" in client.get(f"{address}/move?day=2026-12-18").text


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("day=2026-11-30", "過去の日時"),
        ("day=2026-12-32", "存在しない"),
        ("at=x", "存在しない"),
        ("day=2030-01-01", "2年"),
    ],
)
def test_a_day_to_which_nothing_can_be_moved_is_said_beside_the_form(
    client: FlaskClient, december: dict[str, int], query: str, said: str
) -> None:
    log_in_as(client, Role.SENDER)
    answer = client.get(f"/staff/issues/{december['planned']}/move?{query}")
    assert answer.status_code == 422
    assert said in answer.text
    assert "別の日時にする" in answer.text


def test_quiet_hours_are_the_newsletters_own(client: FlaskClient, december: dict[str, int]) -> None:
    with db.session_scope() as session:
        one = session.scalars(select(Newsletter).where(Newsletter.slug == "ict")).one()
        one.quiet_from, one.quiet_until = "12:00", "13:30"
    log_in_as(client, Role.SENDER)
    address = f"/staff/issues/{december['planned']}/move"
    assert "静かな時間帯（12:00〜13:30）" in client.get(f"{address}?at=2026-12-10T13:29").text
    assert "静かな時間帯" not in client.get(f"{address}?at=2026-12-10T13:30").text
    assert "静かな時間帯" not in client.get(f"{address}?at=2026-12-10T23:10").text


def test_two_audiences_share_no_day(client: FlaskClient, december: dict[str, int]) -> None:
    with db.session_scope() as session:
        ict = session.scalars(select(Newsletter).where(Newsletter.slug == "ict")).one()
        for audience, place in (("official", 1), ("citizen", 2)):
            one = issues.get(session, scheduled(session, ict, f"{audience}の号", f"2026-12-2{place + 1}T10:10"))
            one.audience = audience
            one.scheduled_at = datetime(2026, 12, 22, 10, 10, tzinfo=TOKYO)
    log_in_as(client, Role.SENDER)
    assert "同じ日に2号" not in cell(client.get("/staff/calendar").text, "2026-12-22")
    asked = client.get(f"/staff/issues/{december['planned']}/move?day=2026-12-22").text
    assert "officialの号" in asked
    assert "citizenの号" in asked


def test_a_number_far_above_the_usual_one_is_typed(client: FlaskClient, december: dict[str, int]) -> None:
    with db.session_scope() as session:
        ict = session.scalars(select(Newsletter).where(Newsletter.slug == "ict")).one()
        for place, size in enumerate((10, 12, 11, 3)):
            one = make_sent(session, ict, f"前の号{place}")
            session.add(Preparation(issue_id=one.id, targeted=size, left_out=0, editions=1, batches=1))
        for place in range(120):
            make_reader(session, ict, f"more{place}@example.jp")
    log_in_as(client, Role.SENDER)
    address, at = f"/staff/issues/{december['planned']}", "2026-12-11T10:10"
    shown = client.get(f"{address}/move?at={at}").text
    assert "ふだん約10人" in shown
    assert "読者の数を入力してください：123" in shown
    for typed in ("", "12", "1230"):
        refused = post(client, f"{address}/schedule", address, at=at, sure=at, number=typed)
        assert refused.status_code == 409
        assert "そのまま入力してください" in refused.text
    assert post(client, f"{address}/send", address, readers="123").status_code == 409
    assert stored(december["planned"]).scheduled_at == datetime(2026, 12, 10, 10, 10, tzinfo=TOKYO)
    post(client, f"{address}/schedule", address, at=at, sure=at, number="１２３")
    assert stored(december["planned"]).scheduled_at == datetime(2026, 12, 11, 10, 10, tzinfo=TOKYO)


@contextmanager
def queries() -> Iterator[list[str]]:
    """The statements that are asked of the database meanwhile."""
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def test_a_full_month_asks_no_more_than_an_empty_one(client: FlaskClient, december: dict[str, int]) -> None:
    log_in_as(client, Role.SENDER)
    client.get("/staff/calendar")
    with queries() as few:
        client.get("/staff/calendar")
    with db.session_scope() as session:
        for newsletter in session.scalars(select(Newsletter)):
            for day in range(11, 31):
                scheduled(session, newsletter, f"{day}日の号", f"2026-12-{day}T10:10")
    with queries() as many:
        assert "30日の号" in client.get("/staff/calendar").text
    about = [[one for one in asked if "FROM issue" in one or "slot" in one] for asked in (few, many)]
    assert [len(one) for one in about] == [4, 4], "entries, opened slots, what waits, and the bell"
    assert stored(december["planned"]).state is IssueState.SCHEDULED
