"""The staff's side, from an empty installation to a colleague who has left: in a browser, by real letters."""

from __future__ import annotations

import base64
import subprocess
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.issues import issue as issues
from models.issues.block import Prose
from models.issues.issue import Issue
from models.issues.newsletter import Newsletter
from models.staff import first_member
from models.staff import member as members
from models.staff.factors import totp
from models.store import clock, db
from ops.run import programs
from ops.run.child_process import ChildProcess
from tests.journeys.received_letters import letter_to, link_in
from tests.sample import make_newsletter
from tests.servers import SmtpCatcher
from tests.web.staff_login import EVERY_ROLE, PASSWORD, log_in_browser, make_staff

pytestmark = pytest.mark.journey

BOSS, LEAVER, NEXT = "boss@example.jp", "yamada@example.jp", "sato@example.jp"
SUBJECT = "来月号の下書き"


def choose_password(page: Page) -> None:
    page.fill("#new_password", PASSWORD)
    page.fill("#new_password_again", PASSWORD)
    page.locator("main button").click()
    expect(page.locator("#password")).to_be_visible()


def set_up_app(page: Page, site: str) -> None:
    """As with a telephone that reads the key from the page."""
    page.goto(f"{site}/staff/account/second-factor/app")
    key = "".join((page.locator("code.secret").text_content() or "").split())
    secret = base64.b32decode(key + "=" * (-len(key) % 8))
    page.fill("#code", totp.code_at(secret, totp.step_at(clock.now())))
    page.get_by_role("button", name="設定を完了する").click()
    expect(page.locator(".recovery-codes li").first).to_be_visible()


def invite(page: Page, site: str, address: str, name: str, role: str) -> None:
    page.goto(f"{site}/staff/people/new")
    page.fill("#address", address)
    page.fill("#name", name)
    page.locator(f"input[name=roles-all][value={role}]").check()
    page.get_by_role("button", name="招待メールを送る").click()
    expect(page.get_by_role("status").or_(page.get_by_role("alert"))).to_be_visible()


def make_a_newsletter(page: Page, site: str) -> None:
    page.goto(f"{site}/staff/newsletters/new")
    for name, value in {
        "name": "みなと市だより", "sender_name": "みなと市", "sender_address": "ict@example.lg.jp",
        "postal_address": "〒000-0000 みなと市中央1-1", "contact": "ict@example.lg.jp", "slug": "minato",
    }.items():  # fmt: skip
        page.locator(f"main [name={name}]").fill(value)
    page.locator("main form[method=post] button").last.click()
    page.wait_for_url("**/staff/newsletters/minato")


def draft_of(address: str) -> int:
    with db.session_scope() as session:
        author, newsletter = members.find(session, address), session.scalars(select(Newsletter)).one()
        made = issues.create(session, newsletter, subject=SUBJECT, blocks=(Prose(text="本文です。"),),
                             author_id=author.id)  # fmt: skip
        return made.id


def author_of(issue_id: int) -> str:
    with Session(db.engine()) as session:
        author_id = session.get_one(Issue, issue_id).author_id
        return session.get_one(members.Member, author_id).address if author_id else ""


def test_from_an_empty_installation_to_a_handover_in_the_audit_log(
    live_server: str, celery_worker: ChildProcess, browser: Browser, page: Page, smtp_catcher: SmtpCatcher
) -> None:
    site = live_server
    page.goto(site + urlsplit(first_member.link()).path)
    page.fill("#address", BOSS)
    page.fill("#name", "情報政策課長")
    choose_password(page)
    log_in_browser(page, site, BOSS)
    set_up_app(page, site)

    invite(page, site, LEAVER, "情報政策課 山田主査", "author")
    expect(page.get_by_role("alert")).to_contain_text("先にメールマガジンを作ってください")
    make_a_newsletter(page, site)
    invite(page, site, LEAVER, "情報政策課 山田主査", "author")
    invite(page, site, NEXT, "情報政策課 佐藤主事", "analyst")
    for address in (LEAVER, NEXT):
        invited = browser.new_context(locale="ja-JP").new_page()
        invited.goto(link_in(letter_to(smtp_catcher, address), "/staff/invitations/"))
        choose_password(invited)
        log_in_browser(invited, site, address)
        invited.context.close()
    issue_id = draft_of(LEAVER)

    page.goto(f"{site}/staff/people")
    page.get_by_role("link", name="情報政策課 佐藤主事").click()
    page.locator("input[name=roles-all][value=author]").check()
    page.get_by_role("button", name="役割を保存").click()
    expect(page.get_by_role("status")).to_be_visible()

    page.goto(f"{site}/staff/people")
    page.get_by_role("link", name="情報政策課 山田主査").click()
    page.get_by_role("link", name="引き継ぐ…").click()
    page.locator("#successor").select_option(label=f"情報政策課 佐藤主事（{NEXT}）")
    page.get_by_role("button", name="引き継ぐものを確認する").click()
    expect(page.get_by_role("link", name=SUBJECT)).to_be_visible()
    page.get_by_label("すぐに停止する").check()
    page.get_by_role("button", name="佐藤主事に引き継ぐ").click()
    expect(page.get_by_role("status")).to_contain_text("1件を情報政策課 佐藤主事に引き継ぎました")
    assert author_of(issue_id) == NEXT

    page.goto(f"{site}/staff/audit")
    for said in ("の起案者を変えました", "のログインを停止しました"):
        expect(page.get_by_role("cell").filter(has_text=said)).to_be_visible()
    verified = subprocess.run(programs.kairan("audit", "verify"), check=False, capture_output=True, timeout=120)
    assert verified.returncode == 0, verified.stdout + verified.stderr


def tab_to(page: Page, wanted: str) -> None:
    """Press the tab key until what is wanted has the focus."""
    for _ in range(120):
        page.keyboard.press("Tab")
        if page.locator(f"{wanted}:focus").count():
            return
    raise AssertionError(f"the keyboard does not reach {wanted}")


def enter(page: Page, wanted: str) -> None:
    tab_to(page, wanted)
    page.keyboard.press("Enter")
    page.wait_for_load_state()


def test_a_handover_by_keyboard_alone(live_server: str, page: Page) -> None:
    with db.session_scope() as session:
        make_staff(session)
        make_newsletter(session)
    issue_id = draft_of("author@example.jp")
    page.goto(f"{live_server}/staff/login")
    tab_to(page, "#address")
    page.keyboard.type(EVERY_ROLE)
    tab_to(page, "#password")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/staff/")
    enter(page, "nav a[href$='/staff/people']")
    page.wait_for_url("**/staff/people")
    enter(page, "main th a:has-text('author')")
    enter(page, "a[href$='/handover']")
    page.wait_for_url("**/handover")
    tab_to(page, "#successor")
    page.keyboard.press("End")
    enter(page, "form[method=get] button")
    page.wait_for_url("**/handover?successor=*")
    tab_to(page, "input[name=kinds]")
    expect(page.locator("input[name=kinds]:focus")).to_be_checked()
    tab_to(page, "input[name=access]")
    page.keyboard.press("ArrowDown")
    expect(page.locator("input[name=access][value=now]")).to_be_checked()
    enter(page, "main form[method=post] button")
    expect(page.get_by_role("status")).to_contain_text("に引き継ぎました")
    assert author_of(issue_id) == EVERY_ROLE
