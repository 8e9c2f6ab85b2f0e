"""Passkeys and my account's pages in real Chromium: with its virtual authenticator, by keyboard, and for everybody."""

from __future__ import annotations

from base64 import b32decode
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from redis import Redis
from sqlalchemy import Engine

from models.staff import member, password_reset
from models.staff.factors import second_factor, totp
from models.staff.permission import Role
from models.store import clock, db
from models.store.clock import now
from tests.servers import free_port, start_web
from tests.web.accessibility import violations
from tests.web.conftest import SCREENS
from tests.web.staff_login import PASSWORD, address_of, make_staff

KEY = b"12345678901234567890"
AUTHOR, SENDER, APPROVER = address_of(Role.AUTHOR), address_of(Role.SENDER), address_of(Role.APPROVER)


@pytest.fixture(scope="module")
def named_server(servers_folder: Path, postgres: Engine, valkey: str) -> Iterator[str]:
    """The web server under a name, which passkeys need; whoever approves must have a second factor."""
    port = free_port()
    base_url = f"http://localhost:{port}"
    environment = {"BASE_URL": base_url, "SECOND_FACTOR_REQUIRED_FOR": '["approver"]'}
    child = start_web(servers_folder / "named-web.log", port, environment)
    yield base_url
    child.stop()


@pytest.fixture
def site(named_server: str, database: Engine, redis_client: Redis) -> str:
    with db.session_scope() as session:
        make_staff(session)
    return named_server


def add_authenticator(page: Page) -> None:
    """Plug a telephone in that knows passkeys and its owner (WebAuthn, Level 3: 11, by Chromium's own protocol)."""
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
               "isUserVerified": True, "automaticPresenceSimulation": True}  # fmt: skip
    tools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def log_in(page: Page, site: str, address: str) -> None:
    page.goto(f"{site}/staff/login")
    page.fill("#address", address)
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")


@pytest.mark.journey
def test_passkey_from_first_to_last(site: str, page: Page) -> None:
    add_authenticator(page)
    log_in(page, site, AUTHOR)
    page.wait_for_url("**/staff/")
    page.goto(f"{site}/staff/account/passkeys/new")
    page.fill("#name", "仕事用の電話")
    page.get_by_role("button", name="パスキーを追加する").press("Enter")
    expect(page.locator(".recovery-codes li")).to_have_count(10)
    page.get_by_role("link", name="保管したので次へ進む").click()
    expect(page.get_by_role("heading", name="仕事用の電話")).to_be_visible()
    page.get_by_role("button", name="ログアウト").click()
    page.get_by_role("button", name="パスキーでログインする").click()
    page.wait_for_url("**/staff/")
    page.get_by_role("button", name="ログアウト").click()
    log_in(page, site, AUTHOR)
    page.get_by_role("button", name="パスキーで続ける").click()
    page.wait_for_url("**/staff/")
    page.goto(f"{site}/staff/account/confirm?next=/staff/account/password")
    page.get_by_role("button", name="パスキーで確認する").click()
    page.wait_for_url("**/staff/account/password")


@pytest.mark.journey
def test_device_without_a_passkey_is_told_so_and_another_way_stays(site: str, page: Page) -> None:
    page.goto(f"{site}/staff/login")
    add_authenticator(page)
    page.get_by_role("button", name="パスキーでログインする").click()
    problem = page.get_by_role("alert")
    expect(problem).to_contain_text("ほかの方法")
    expect(page.get_by_role("button", name="ログイン", exact=True)).to_be_enabled()


@pytest.mark.journey
def test_required_factor_is_set_up_with_the_keyboard_and_no_script(site: str, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False, locale="ja-JP")
    page = context.new_page()
    log_in(page, site, APPROVER)
    expect(page.get_by_role("heading", name="二段階認証を設定する")).to_be_visible()
    expect(page.locator("svg.qr-code")).to_be_visible()
    expect(page.get_by_role("button", name="パスキーを追加する")).to_be_hidden()
    page.locator("summary").press("Enter")

    key = b32decode(page.locator(".secret").inner_text().replace(" ", ""))
    page.fill("#code", totp.code_at(key, totp.step_at(now())))
    page.keyboard.press("Enter")
    expect(page.locator(".recovery-codes li")).to_have_count(10)
    page.get_by_role("link", name="保管したので次へ進む").press("Enter")
    page.wait_for_url("**/staff/")
    context.close()


def prepare() -> str:
    """Give the sender an app and the author a letter; the letter's link."""
    with db.session_scope() as session, clock.moved(timedelta(hours=-1)):
        sender = member.find(session, SENDER)
        second_factor.set_up_app(session, sender, KEY, totp.code_at(KEY, totp.step_at(now())))
    with db.session_scope() as session:
        sender = member.find(session, SENDER)
        made = password_reset.token.make_expiring(
            password_reset.Purpose.PASSWORD, password_reset._fingerprint(sender), 3600
        )
        return f"/staff/login/new-password/{sender.id}/{made}"


@pytest.mark.slow
def test_no_page_about_logging_in_shuts_anybody_out(site: str, screens: dict[str, Page]) -> None:
    link = prepare()
    wrong: list[str] = []

    def look(name: str, page: Page, *paths: str) -> None:
        for path in paths:
            for language in ("ja", "en"):
                page.goto(f"{site}{path}?lang={language}")
                wrong.extend(f"{path} {language} ({name}): {fault}" for fault in violations(page))

    assert set(screens) == set(SCREENS)
    for name, page in screens.items():
        look(name, page, "/staff/login", "/staff/login/forgotten", link, f"{link}x")
        log_in(page, site, SENDER)
        page.wait_for_url("**/staff/login/code**")
        look(name, page, "/staff/login/code")
        log_in(page, site, APPROVER)
        page.wait_for_url("**/staff/login/set-up**")
        look(name, page, "/staff/login/set-up")
        log_in(page, site, AUTHOR)
        page.wait_for_url("**/staff/")
        look(
            name, page, "/staff/account", "/staff/account/password", "/staff/account/sessions",
            "/staff/account/confirm", "/staff/account/second-factor", "/staff/account/second-factor/app",
            "/staff/account/passkeys/new",
        )  # fmt: skip
    assert wrong == []
