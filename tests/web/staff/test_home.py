"""The first page of staff: what waits, what goes out next and now, the last issue, and how to begin."""

from __future__ import annotations

from datetime import timedelta
from itertools import chain

import pytest
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy import Engine

from models.deliveries import progress
from models.deliveries.delivery import DeliveryState
from models.issues import issue as issues
from models.issues import newsletter as newsletters
from models.issues import workflow
from models.issues.block import Prose
from models.issues.issue_state import IssueState
from models.reports import issue_report
from models.staff import member as members
from models.staff.permission import Role
from models.store import broker, db
from models.store.clock import now
from models.tracking import ingest
from tests.models.tracking import sample_newsletter
from tests.sample import make_newsletter
from tests.sample_requests import traffic
from tests.web.staff.account.test_notifications import queries
from tests.web.staff_login import address_of, log_in_as, make_staff

HOME = "/staff/?lang=en"


@pytest.fixture
def staff(database: Engine, redis_client: object, client: FlaskClient) -> FlaskClient:
    with db.session_scope() as session:
        make_staff(session)
    return client


def part(page: str, name: str) -> str:
    """The words of one section of the page."""
    [found] = html.fromstring(page).xpath(f"//section[@aria-labelledby='{name}']")
    return " ".join(found.text_content().split())


def make_issue(subject: str, state: IssueState) -> int:
    with db.session_scope() as session:
        newsletter = newsletters.find(session, "ict")
        one = issues.create(session, newsletter, subject=subject, blocks=(Prose(text="本文です。"),))
        one.state = state
        one.scheduled_at = now() + timedelta(days=2, minutes=1) if state is IssueState.SCHEDULED else None
        return one.id


@pytest.mark.parametrize(
    ("role", "newsletter", "led_to"),
    [
        (Role.ADMINISTRATOR, False, "/staff/newsletters"),
        (Role.AUTHOR, False, ""),
        (Role.AUTHOR, True, "/staff/issues/new"),
        (Role.SENDER, True, "/staff/readers"),
    ],
)
def test_a_newcomer_is_led_on(staff: FlaskClient, role: Role, newsletter: bool, led_to: str) -> None:
    if newsletter:
        with db.session_scope() as session:
            make_newsletter(session)
    log_in_as(staff, role)
    page = html.fromstring(staff.get(HOME).text)
    ways = [one.partition("?")[0] for one in page.xpath("//section[@class='note']//a/@href")]
    assert ways[-1] == "/staff/account"
    assert (led_to in ways[:-1]) if led_to else not ways[:-1]


def test_each_role_sees_what_waits_for_it(staff: FlaskClient) -> None:
    with db.session_scope() as session:
        make_newsletter(session)
    asked = make_issue("決裁を待つ号", IssueState.DRAFT)
    with db.session_scope() as session:
        one = issues.get(session, asked, lock=True)
        workflow.submit(session, one, members.find(session, address_of(Role.AUTHOR)), "お願いします。")
    for role, waits in ((Role.APPROVER, True), (Role.AUTHOR, False), (Role.ANALYST, False)):
        log_in_as(staff, role)
        assert ("Please decide on" in part(staff.get(HOME).text, "waits")) is waits


def test_what_goes_out_next_and_now_is_told(staff: FlaskClient) -> None:
    with db.session_scope() as session:
        make_newsletter(session)
    make_issue("来週の号", IssueState.SCHEDULED)
    sending = make_issue("いまの号", IssueState.SENDING)
    make_issue("止まった号", IssueState.PAUSED)
    progress.reset(broker.client(), sending, {(1, DeliveryState.QUEUED): 30, (1, DeliveryState.ACCEPTED): 70})
    log_in_as(staff, Role.ANALYST)
    page = staff.get(HOME).text
    assert "来週の号" in part(page, "next")
    assert "in 2 days" in part(page, "next")
    assert "2日後" in part(staff.get("/staff/?lang=ja").text, "next").replace(" ", "")
    now_ = part(page, "now")
    assert "70 % done" in now_
    assert "It has stopped" in now_


def test_the_last_issue_has_the_numbers_of_its_report_in_few_queries(staff: FlaskClient) -> None:
    with db.session_scope() as session:
        made = sample_newsletter.create(session, reader_count=12)
        sent = made.issues[0].id
        ingest.lock(session)
        requests = chain(*traffic("phone_reader", 2, links=8))
        hits = [sample_newsletter.incoming_hit(sent, made.readers[0], one, sample_newsletter.PUBLISHED)
                for one in requests]  # fmt: skip
        ingest.store_incoming(session, hits)
    log_in_as(staff, Role.ANALYST)
    staff.get(HOME)
    with queries() as asked:
        page = staff.get(HOME).text
    with db.session_scope() as session:
        one = max((issues.get(session, one.id) for one in made.issues), key=lambda each: each.sent_at or now())
        report = issue_report.of_issue(session, one.id)
    said = part(page, "last")
    assert one.subject in said
    assert f"Delivered to {report.received:,} readers; clicks by people: {report.clicks.human:,} " \
           f"(total {report.clicks.total:,})" in said  # fmt: skip
    own = [one for one in asked if "login_session" not in one and "member" not in one.split("FROM")[1].split()[0]]
    assert len(own) <= 10, own
