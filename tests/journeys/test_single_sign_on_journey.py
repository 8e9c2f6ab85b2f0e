"""Somebody of the office logs in at the identity provider, works, and logs out of both: in a browser, for real."""

from __future__ import annotations

from base64 import b32decode
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from redis import Redis
from sqlalchemy import Engine, select

from models.staff import member as members
from models.staff.audit import AuditEntry
from models.staff.factors import totp
from models.staff.permission import Role
from models.staff.single_sign_on import group_role
from models.store import db
from models.store.clock import now
from tests.oidc_provider import CLIENT_ID, CLIENT_SECRET, OidcProvider
from tests.sample import make_newsletter
from tests.servers import free_port, start_web
from tests.web.accessibility import violations

pytestmark = pytest.mark.journey


@pytest.fixture
def oidc(monkeypatch: pytest.MonkeyPatch) -> Iterator[OidcProvider]:
    """A provider that asks who is there."""
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")  # it is asked over http here
    provider = OidcProvider()
    provider.start()
    yield provider
    provider.stop()


@pytest.fixture
def site(oidc: OidcProvider, database: Engine, redis_client: Redis, tmp_path: Path) -> Iterator[str]:
    """The address of a site that knows the provider, and no passwords."""
    address = f"http://127.0.0.1:{(port := free_port())}"
    oidc.redirect_uri = f"{address}/staff/sign-in/finish"
    with db.session_scope() as session:
        slug = make_newsletter(session).id
        group_role.add(session, "広報課", Role.AUTHOR, slug, "test")
    environment = {"BASE_URL": address, "OIDC_ISSUER": oidc.issuer, "OIDC_CLIENT_ID": CLIENT_ID,
                   "OIDC_CLIENT_SECRET": CLIENT_SECRET, "OIDC_NAME": "庁内認証", "PASSWORD_LOGIN": "off",
                   "SECOND_FACTOR_REQUIRED_FOR": '["author"]'}  # fmt: skip
    child = start_web(tmp_path / "web.log", port, environment)
    yield address
    child.stop()


def test_from_the_provider_and_back(site: str, oidc: OidcProvider, page: Page) -> None:
    oidc.add("sato", "広報課", name="佐藤 花子")
    oidc.add("mori", "園芸課", name="森 太郎")
    oidc.present = "mori"  # a colleague who has not logged out at this computer
    page.goto(f"{site}/staff/rankings")
    assert violations(page) == []
    expect(page.get_by_label("パスワード")).to_have_count(0)
    page.get_by_role("link", name="庁内認証でログイン").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("まだ役割がありません")
    assert violations(page) == []

    page.get_by_role("link", name="もう一度試す").click()
    page.get_by_role("button", name="佐藤 花子").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("二段階認証を設定する")  # the role requires it
    key = b32decode("".join((page.locator("code.secret").text_content() or "").split()))
    page.locator("[name=code]").fill(totp.code_at(key, totp.step_at(now()) - 1))
    page.get_by_role("button", name="設定してログイン").click()
    page.get_by_role("link", name="保管したので次へ進む").click()
    page.wait_for_url(f"{site}/staff/rankings")
    expect(page.get_by_text("佐藤 花子")).to_be_visible()
    page.goto(f"{site}/staff/account")
    expect(page.get_by_text("連携済み")).to_be_visible()
    assert violations(page) == []
    leave(page, site)

    page.goto(f"{site}/staff/rankings")
    page.get_by_role("link", name="庁内認証でログイン").click()
    page.get_by_role("button", name="佐藤 花子").click()
    page.locator("[name=code]").fill(totp.code_at(key, totp.step_at(now())))
    page.get_by_role("button", name="ログイン").last.click()
    page.wait_for_url(f"{site}/staff/rankings")
    page.goto(f"{site}/staff/sign-in/connect")
    expect(page.get_by_text("連携済みです")).to_be_visible()
    leave(page, site)

    with db.session_scope() as session:
        made = members.find(session, "sato@city.example.jp")
        [grant] = made.grants
        assert (grant.role, grant.newsletter_id is not None, grant.by_group) == (Role.AUTHOR, True, True)
        acts = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert acts[1:] == [
        "fail login", "add member", "connect identity", "set roles by groups", "pass first step",
        "set up authenticator", "log in", "log out", "pass first step", "log in", "log out",
    ]  # fmt: skip
    assert [told["client_id"] for told in oidc.logged_out] == [CLIENT_ID] * 2


def leave(page: Page, site: str) -> None:
    """Log out here, and so at the provider, which sends the browser back."""
    page.get_by_role("button", name="ログアウト").click()
    page.wait_for_url(f"{site}/staff/login")
    expect(page.get_by_role("link", name="庁内認証でログイン")).to_be_visible()
    expect(page.get_by_text("佐藤 花子")).to_have_count(0)
    page.goto(f"{site}/staff/issues")
    page.wait_for_url(f"{site}/staff/login**")
