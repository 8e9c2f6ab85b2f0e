"""The middle of the staff room's story by the keyboard alone: written, submitted, decided upon, scheduled."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from models.issues import issue as issues
from models.issues import newsletter as newsletters
from models.issues.issue_state import IssueKind, IssueState
from models.issues.review import route_edit
from models.issues.review.approval_route import ApprovalRoute, RouteStep
from models.staff import member as members
from models.store import clock, db
from tests.journeys.test_block_editor_journey import Writer, stored
from tests.journeys.test_staff_journey import enter, tab_to
from tests.journeys.test_staff_room_journey import (
    AUTHOR,
    CHANGED,
    CHIEF,
    DIRECTOR,
    REASON,
    SENDER,
    SUBJECT,
    WORDS,
    Office,
    issue,
    settle,
)
from tests.servers import SmtpCatcher
from tests.web.staff_login import log_in_browser

pytestmark = pytest.mark.journey


def a_draft() -> int:
    """On a route of two steps."""
    with db.session_scope() as session:
        newsletter = newsletters.find(session, "minato")
        steps = tuple(RouteStep(approvers=(members.find(session, one).id,)) for one in (CHIEF, DIRECTOR))
        route_edit.set_route(session, newsletter, IssueKind.REGULAR, ApprovalRoute(steps=steps), "test")
        author = members.find(session, AUTHOR)
        return issues.create(session, newsletter, subject=SUBJECT, blocks=(), author_id=author.id).id


def submit(page: Page, note: str) -> None:
    """From the editor to the page of the issue, and on to its approvers."""
    enter(page, ".writing-save a")
    tab_to(page, "#submit_note")
    page.keyboard.insert_text(note)
    enter(page, "form[action$='/submit'] button")
    expect(page.get_by_role("status").first).to_contain_text("決裁を依頼しました")


def send_back(page: Page) -> None:
    tab_to(page, "#remarks summary")
    page.keyboard.press("Enter")
    tab_to(page, "#remark-block-1")
    page.keyboard.press("End")
    tab_to(page, "#remark-text-1")
    page.keyboard.insert_text(REASON)
    enter(page, "button[value=return]")
    expect(page.get_by_role("status").first).to_contain_text("起案者に差し戻しました")


def approve(page: Page) -> None:
    page.reload()
    enter(page, "button[value=approve]")
    expect(page.get_by_role("status").first).to_contain_text("承認を記録しました")


def move_into_the_calendar(page: Page) -> None:
    enter(page, "nav a[href$='/staff/calendar']")
    enter(page, "main a[rel=next]")
    tab_to(page, ".entry-move")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".day-aimed")).to_have_count(1)
    aimed = page.locator(".day-aimed").get_attribute("data-day")
    assert aimed is not None
    assert aimed > clock.today().isoformat()
    page.keyboard.press("Enter")
    page.wait_for_url("**/move?day=*")
    enter(page, "form[action$='/schedule'] button")
    expect(page.locator(f"td[data-day='{aimed}']")).to_contain_text(SUBJECT)


@pytest.fixture
def office(live_server: str, browser: Browser, smtp_catcher: SmtpCatcher) -> Iterator[Office]:
    """Without a worker: nothing is sent here."""
    settle()
    opened = Office(live_server, browser, smtp_catcher)
    for address in (AUTHOR, CHIEF, DIRECTOR, SENDER):
        log_in_browser(opened.new_page(address), live_server, address)
    yield opened
    opened.close()


def test_written_decided_and_scheduled_by_keyboard(office: Office) -> None:
    issue_id = a_draft()
    for page in office.pages.values():
        page.goto(f"{office.site}/staff/issues/{issue_id}")
    author = office.pages[AUTHOR]
    enter(author, "main a[href$='/write']")
    tab_to(author, "#editor-text")
    writer = Writer(author)
    writer.compose("こ", "こんげつ", "今月の号です。")
    writer.type_keys("Enter")
    writer.block("お知らせ")
    author.keyboard.insert_text(WORDS)
    writer.save()
    submit(author, "三月の定例号です。")

    chief = office.pages[CHIEF]
    chief.reload()
    send_back(chief)
    author.reload()
    expect(author.locator(".remark-list")).to_contain_text(REASON)
    enter(author, "main a[href$='/write']")
    tab_to(author, "#editor-text")
    writer.type_keys("Control+End", "Shift+Home")
    author.keyboard.insert_text(CHANGED)
    writer.save()
    assert [getattr(one, "text", "") for one in stored(issue_id)] == ["今月の号です。", CHANGED]
    submit(author, "期日を書きました。")
    approve(chief)
    approve(office.pages[DIRECTOR])
    assert issue(issue_id).state is IssueState.APPROVED
    sender = office.pages[SENDER]
    sender.reload()
    move_into_the_calendar(sender)
    assert issue(issue_id).state is IssueState.SCHEDULED
