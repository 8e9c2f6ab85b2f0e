"""The staff room's story from the log-in to the reader's letter, by the keyboard alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from models.issues import issue as issues
from models.issues import newsletter as newsletters
from models.issues.block import Figure
from models.issues.issue_state import IssueKind, IssueState
from models.issues.review import route_edit
from models.issues.review.approval_route import ApprovalRoute, RouteStep
from models.staff import member as members
from models.store import clock, db
from ops.run.child_process import ChildProcess
from tests.journeys.received_letters import letter_about, text_of
from tests.journeys.test_block_editor_journey import Writer, a_picture, stored
from tests.journeys.test_staff_journey import enter, tab_to
from tests.journeys.test_staff_room_journey import (
    AUTHOR,
    CHANGED,
    CHIEF,
    DIRECTOR,
    READER,
    REASON,
    SENDER,
    SUBJECT,
    WORDS,
    Office,
    issue,
    let_its_time_come,
    settle,
)
from tests.servers import SmtpCatcher
from tests.web.staff_login import PASSWORD

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
    expect(page.locator("#submit_note")).to_be_visible()
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
def office(
    live_server: str, celery_worker: ChildProcess, browser: Browser, smtp_catcher: SmtpCatcher
) -> Iterator[Office]:
    """Nobody is logged in yet."""
    settle()
    opened = Office(live_server, browser, smtp_catcher)
    yield opened
    opened.close()


def log_in(office: Office, address: str) -> Page:
    page = office.new_page(address)
    page.goto(f"{office.site}/staff/login")
    tab_to(page, "#address")
    page.keyboard.insert_text(address)
    tab_to(page, "#password")
    page.keyboard.insert_text(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/staff/")
    enter(page, "nav a[href$='/staff/issues']")
    page.wait_for_url("**/staff/issues")
    return page


def open_the_issue(page: Page, issue_id: int) -> None:
    """From the list."""
    enter(page, f"main a[href$='/staff/issues/{issue_id}']")
    expect(page.get_by_role("heading", level=1)).to_have_text(SUBJECT)


def write(page: Page, writer: Writer) -> None:
    """Words, a figure with its picture, and a notice."""
    writer.compose("こ", "こんげつ", "今月の号です。")
    writer.type_keys("Enter")
    writer.block("画像")
    form = page.locator("dialog[open]")
    expect(form.locator("input[type=file]")).to_be_focused()
    form.locator("input[type=file]").set_input_files({"name": "図.png", "mimeType": "image/png", "buffer": a_picture()})
    expect(form).to_contain_text("画像を保存しました")
    tab_to(page, "dialog [data-field=alt]")
    page.keyboard.insert_text("紺色の四角")
    tab_to(page, "dialog [data-field=source]")
    page.keyboard.insert_text("総務省")
    writer.type_keys("Enter")
    expect(form).to_have_count(0)
    expect(page.locator("#editor-text")).to_be_focused()
    enter(page, ".add-at-end")
    page.keyboard.insert_text("お知らせ")
    writer.type_keys("Enter")
    page.keyboard.insert_text(WORDS)
    writer.save()


def test_from_the_log_in_to_the_letter_by_keyboard(office: Office) -> None:
    issue_id = a_draft()
    author, chief, director, sender = (log_in(office, one) for one in (AUTHOR, CHIEF, DIRECTOR, SENDER))
    for page in office.pages.values():
        open_the_issue(page, issue_id)
    enter(author, "main a[href$='/write']")
    tab_to(author, "#editor-text")
    writer = Writer(author)
    write(author, writer)
    submit(author, "三月の定例号です。")

    chief.reload()
    send_back(chief)
    author.reload()
    expect(author.locator(".remark-list")).to_contain_text(REASON)
    enter(author, "main a[href$='/write']")
    tab_to(author, "#editor-text")
    writer.type_keys("Control+End", "Shift+Home")
    author.keyboard.insert_text(CHANGED)
    writer.save()
    words, figure, notice = stored(issue_id)
    assert [getattr(one, "text", "") for one in (words, notice)] == ["今月の号です。", CHANGED]
    assert isinstance(figure, Figure)
    assert figure.alt == "紺色の四角"
    submit(author, "期日を書きました。")
    approve(chief)
    approve(director)
    assert issue(issue_id).state is IssueState.APPROVED
    sender.reload()
    move_into_the_calendar(sender)
    assert issue(issue_id).state is IssueState.SCHEDULED

    let_its_time_come(issue_id)
    text = text_of(letter_about(office.catcher, READER, SUBJECT))
    assert "今月の号です。" in text
    assert CHANGED in text
    assert WORDS not in text
