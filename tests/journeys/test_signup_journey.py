"""A person signs up, confirms, changes their mind about topics, and leaves: in a browser, by real letters."""

from __future__ import annotations

import pytest
import requests
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from models.readers.consent import Consent, ConsentKind
from models.readers.subscriber import Subscription, SubscriptionState
from models.store import db
from ops.run.child_process import ChildProcess
from tests.journeys.received_letters import letter_to, link_in, text_of
from tests.sample import make_newsletter
from tests.servers import SmtpCatcher

pytestmark = pytest.mark.journey

ADDRESS = "hanako@example.jp"
THINKING = 1100
"""Milliseconds that even a quick person needs for the form."""


@pytest.fixture
def site(live_server: str, celery_worker: ChildProcess) -> str:
    """The address of the site, with a newsletter."""
    with db.session_scope() as session:
        make_newsletter(session)
    return live_server


def fill_in(page: Page, site: str, address: str = ADDRESS) -> None:
    """Fill in the form as a person does, and send it."""
    page.goto(f"{site}/subscribe/ict")
    page.get_by_label("メールアドレス").fill(address)
    page.get_by_label("お名前").fill("港 花子")
    page.get_by_label("住民").check()
    page.get_by_label("個人情報", exact=True).check()
    page.get_by_label("購読の条件を読み、同意します。").check()
    page.wait_for_timeout(THINKING)
    page.get_by_role("button", name="確認メールを受け取る").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("確認メールをご覧ください")


def state() -> SubscriptionState:
    with db.session_scope() as session:
        return session.scalars(select(Subscription.state)).one()


def test_from_the_form_to_the_last_letter(site: str, page: Page, smtp_catcher: SmtpCatcher) -> None:
    fill_in(page, site)
    confirmation = letter_to(smtp_catcher, ADDRESS)
    link = link_in(confirmation, "/confirm/")
    assert requests.get(link, timeout=10).status_code == 200, "what a link scanner does"
    assert state() is SubscriptionState.PENDING

    page.goto(link)
    expect(page.get_by_text("h••••@example.jp")).to_be_visible()
    page.get_by_role("button", name="購読を確認する").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("購読が始まりました")
    assert state() is SubscriptionState.ACTIVE

    welcome = letter_to(smtp_catcher, ADDRESS, count=2)
    assert "港 花子" in text_of(welcome)
    page.goto(link_in(welcome, "/p/"))
    expect(page.get_by_label("個人情報", exact=True)).to_be_checked()
    page.get_by_label("DX推進").check()
    page.get_by_role("button", name="変更を保存する").click()
    expect(page.get_by_role("status")).to_have_text("登録内容を変更しました。")
    expect(page.get_by_label("DX推進")).to_be_checked()

    page.goto(link_in(welcome, "/u/"))
    page.get_by_role("button", name="購読を停止する").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("購読を停止しました")
    assert state() is SubscriptionState.ENDED
    assert link_in(letter_to(smtp_catcher, ADDRESS, count=3), "/subscribe/ict")
    with db.session_scope() as session:
        kinds = session.scalars(select(Consent.kind).order_by(Consent.id)).all()
    assert kinds == [ConsentKind.REQUESTED, ConsentKind.CONFIRMED, ConsentKind.WITHDRAWN]


def test_without_javascript_and_by_keyboard_alone(site: str, browser: Browser, smtp_catcher: SmtpCatcher) -> None:
    context = browser.new_context(java_script_enabled=False, locale="ja-JP")
    page = context.new_page()
    page.goto(f"{site}/subscribe/ict")
    page.keyboard.press("Tab")
    assert page.locator(".skip-link:focus").count() == 1
    page.get_by_label("メールアドレス").focus()
    page.keyboard.type("ｈａｎａｋｏ＠example。jp")
    page.keyboard.press("Tab")
    page.keyboard.type("港 花子")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.get_by_label("購読の条件を読み、同意します。").focus()
    page.keyboard.press("Space")
    page.wait_for_timeout(THINKING)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("確認メールをご覧ください")
    assert letter_to(smtp_catcher, ADDRESS)["Subject"]
    context.close()


def test_mistake_is_led_to_and_nothing_typed_is_lost(site: str, page: Page) -> None:
    page.goto(f"{site}/subscribe/ict")
    page.get_by_label("お名前").fill("港 花子")
    page.wait_for_timeout(THINKING)
    page.get_by_role("button", name="確認メールを受け取る").click()
    summary = page.get_by_role("alert")
    expect(summary).to_be_visible()
    summary.get_by_role("link", name="メールアドレスを入力してください。").click()
    expect(page.get_by_label("メールアドレス")).to_be_focused()
    expect(page.get_by_label("お名前")).to_have_value("港 花子")
    expect(page.get_by_label("メールアドレス")).to_have_attribute("aria-invalid", "true")


def test_second_sign_up_tells_only_the_mailbox(site: str, page: Page, smtp_catcher: SmtpCatcher) -> None:
    fill_in(page, site)
    page.goto(link_in(letter_to(smtp_catcher, ADDRESS), "/confirm/"))
    page.get_by_role("button", name="購読を確認する").click()
    letter_to(smtp_catcher, ADDRESS, count=2)
    fill_in(page, site)
    assert link_in(letter_to(smtp_catcher, ADDRESS, count=3), "/p/")


def test_one_click_header_of_a_letter_works(site: str, page: Page, smtp_catcher: SmtpCatcher) -> None:
    """RFC 8058, as a mail program does it: a POST to the header's address and nothing more."""
    fill_in(page, site)
    page.goto(link_in(letter_to(smtp_catcher, ADDRESS), "/confirm/"))
    page.get_by_role("button", name="購読を確認する").click()
    welcome = letter_to(smtp_catcher, ADDRESS, count=2)
    assert welcome["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = str(welcome["List-Unsubscribe"]).strip("<>")
    answer = requests.post(address, data={"List-Unsubscribe": "One-Click"}, allow_redirects=False, timeout=10)
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert state() is SubscriptionState.ENDED
