"""The bell and the page behind it: each sees their own, without a script, whatever titles say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session

from models.issues import issue as issues
from models.issues import newsletter as newsletters
from models.issues import workflow
from models.issues.notifications import notification
from models.issues.notifications.notification import Notification
from models.issues.notifications.notification import NotificationKind as K
from models.staff import member as members
from models.staff import membership
from models.staff.permission import Role
from models.store import db
from tests.sample import make_newsletter
from tests.web.staff_login import PASSWORD, address_of, csrf_token, log_in_as, make_staff, post

PAGE = "/staff/notifications"
HEALTH = re.compile("alembic_version|pg_catalog|transaction_read_only")
"""What asks now and then whether the parts work, whatever page is shown."""
HOSTILE = {
    "markup": "<script>alert(1)</script>\"'><b>",
    "direction": "請求書\u202excod.exe\u2066",
    "long": "長" * 500,
    "template": "{{ 7 * 7 }} {number} %(num)s",
}


@pytest.fixture
def submitted(client: FlaskClient) -> int:
    """An issue that waits for the approver."""
    with db.session_scope() as session:
        make_staff(session)
        newsletter = make_newsletter(session)
        one = issues.create(session, newsletter, subject="説明会のお知らせ")
        workflow.submit(session, one, members.find(session, address_of(Role.AUTHOR)))
        return one.id


def bell(client: FlaskClient, page: str = "/staff/account") -> str:
    """The name of the link to the notifications, as a screen reader says it."""
    (link,) = html.fromstring(client.get(page).text).cssselect("a.bell")
    assert not link.cssselect("[aria-label], [title], img")
    return " ".join(link.text_content().split())


def titles(client: FlaskClient, query: str = "") -> list[str]:
    page = html.fromstring(client.get(PAGE + query).text)
    return [" ".join(one.text_content().split()) for one in page.cssselect(".notification-title")]


def told(role: Role) -> list[Notification]:
    with Session(db.engine()) as session:
        person = members.find(session, address_of(role))
        return list(session.scalars(select(Notification).where(Notification.member_id == person.id)))


def tell(count: int, subject: str = "号", role: Role = Role.ANALYST) -> None:
    """So many things about one issue that is to go out, for somebody."""
    with db.session_scope() as session:
        person = members.find(session, address_of(role))
        one = issues.create(session, newsletters.single(session), subject=subject)
        one.state = issues.S.SCHEDULED
        session.flush()
        for place in range(count):
            notification.tell(session, K.APPROVED, f"test/{place}", [person], issue=one)


def test_the_bell_leads_to_the_thing_and_what_was_read_is_read(client: FlaskClient, submitted: int) -> None:
    asked = client.get(f"/staff/issues/{submitted}")
    form = {
        "csrf_token": csrf_token(client, asked.location),
        "address": address_of(Role.APPROVER),
        "password": PASSWORD,
    }
    answer = client.post(asked.location, data=form)
    assert answer.location == f"/staff/issues/{submitted}", "as from a letter: through the login, to the thing"
    assert bell(client) == "お知らせ 1件"
    assert bell(client, f"{PAGE}?lang=en") == "Notifications 1 unread"
    assert titles(client) == ["未読 決裁をお願いします：第1号「説明会のお知らせ」"]
    assert titles(client, "?lang=en") == ["Unread Please decide on No. 1, “説明会のお知らせ”"]
    (row,) = told(Role.APPROVER)
    answer = client.get(f"{PAGE}/{row.id}")
    assert (answer.status_code, answer.location) == (302, f"/staff/issues/{submitted}")
    assert bell(client) == "お知らせ"
    assert titles(client) == ["決裁をお願いします：第1号「説明会のお知らせ」"], "it still waits"
    log_in_as(client, Role.AUTHOR)
    assert titles(client) == [], "not for whoever wrote it"


def test_one_or_all_are_marked_and_nobody_elses(client: FlaskClient, submitted: int) -> None:
    tell(3)
    log_in_as(client, Role.ANALYST)
    first, _second, third = told(Role.ANALYST)
    (others,) = told(Role.APPROVER)
    assert post(client, f"{PAGE}/{first.id}/read", PAGE).status_code == 200
    assert bell(client) == "お知らせ 2件"
    for path in (f"{PAGE}/{others.id}", f"{PAGE}/987654"):
        assert client.get(path).status_code == 404
        assert client.post(f"{path}/read", data={"csrf_token": csrf_token(client, PAGE)}).status_code == 404
    post(client, f"{PAGE}/read", PAGE, last=str(third.id - 1))
    assert bell(client) == "お知らせ 1件", "what came after the page was shown stays unread"
    for nonsense in ("", "x", "９", "-1", "9" * 30):
        assert post(client, f"{PAGE}/read", PAGE, last=nonsense).status_code == 200
    assert bell(client) == "お知らせ 1件"
    post(client, f"{PAGE}/read", PAGE, last=str(third.id))
    assert bell(client) == "お知らせ"
    assert told(Role.APPROVER)[0].read_at is None
    assert "すべて既読" not in client.get(PAGE).text


@pytest.mark.parametrize("subject", HOSTILE.values(), ids=HOSTILE)
def test_a_title_stays_a_title(client: FlaskClient, submitted: int, subject: str) -> None:
    tell(1, subject)
    log_in_as(client, Role.ANALYST)
    page = client.get(PAGE).text
    assert not html.fromstring(page).cssselect("main script, main b")
    (title,) = titles(client)
    assert len(title) < 260
    assert not {"\u202e", "\u2066"} & set(page)
    assert subject != HOSTILE["template"] or subject in title


@contextmanager
def queries() -> Iterator[list[str]]:
    """The statements that are asked of the database meanwhile, for the page itself."""
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not HEALTH.search(statement):
            asked.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def test_a_long_list_has_pages_and_costs_one_query_over_an_index(client: FlaskClient, submitted: int) -> None:
    tell(130)
    log_in_as(client, Role.ANALYST)
    with queries() as asked:
        assert bell(client) == "お知らせ 99件以上"
    about = [one for one in asked if "notification" in one and "count(" in one]
    assert len(about) == 1
    assert len([one for one in asked if "FROM notification" in one]) == 1
    assert len(titles(client)) == len(titles(client, "?page=4")) == 30
    assert len(titles(client, "?page=5")) == 10
    with queries() as asked:
        client.get(PAGE)
    assert len(asked) < 12, "no query for each line"


def test_who_lost_the_role_sees_nothing_and_is_led_nowhere_case_b10(client: FlaskClient, submitted: int) -> None:
    log_in_as(client, Role.APPROVER)
    (row,) = told(Role.APPROVER)
    with db.session_scope() as session:
        membership.revoke(session, members.find(session, address_of(Role.APPROVER)), Role.APPROVER, None, by="test")
    assert titles(client) == []
    assert bell(client) == "お知らせ"
    assert "説明会のお知らせ" not in client.get(f"{PAGE}/{row.id}", follow_redirects=True).text


def test_when_letters_come_is_chosen_on_the_account_page(client: FlaskClient, submitted: int) -> None:
    log_in_as(client, Role.AUTHOR)
    page = client.get("/staff/account").text
    assert "そのつど受け取る" in page
    assert "1日1回まとめて受け取る(08:30)" in page
    for typed, kept in (("daily", "daily"), ("hourly", "daily"), ("never", "never")):
        post(client, "/staff/account", "/staff/account", name="起案者", language="", notification_timing=typed)
        with Session(db.engine()) as session:
            assert members.find(session, address_of(Role.AUTHOR)).notification_timing.value == kept
        (chosen,) = html.fromstring(client.get("/staff/account").text).cssselect("input[type=radio][checked]")
        assert chosen.get("value") == kept
