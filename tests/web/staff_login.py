"""Staff of every role, and how they log in, for tests of staff's pages."""

from __future__ import annotations

import re

from flask.testing import FlaskClient
from playwright.sync_api import Page
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from models.staff import member as members
from models.staff.permission import Role

PASSWORD = "a long enough password"
EVERY_ROLE = "all@example.jp"
"""The address of somebody with every role."""


def make_staff(session: Session) -> None:
    """One person for each role, and one with all of them."""
    for role in Role:
        members.create(session, address_of(role), role.value, {role}, PASSWORD)
    members.create(session, EVERY_ROLE, "情報政策課 主任", set(Role), PASSWORD)


def address_of(role: Role) -> str:
    """The address of the person who has this role alone."""
    return f"{role.value}@example.jp"


def log_in_as(client: FlaskClient, role: Role) -> None:
    """Log in as somebody with one role."""
    with client.session_transaction() as cookie:
        cookie.clear()
    form = {"csrf_token": csrf_token(client, "/staff/login"), "address": address_of(role), "password": PASSWORD}
    assert client.post("/staff/login", data=form).status_code == 302


def csrf_token(client: FlaskClient, address: str) -> str:
    """The token of a form on a page."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(address).text)
    assert found, address
    return found[1]


def post(client: FlaskClient, address: str, page: str, **form: str) -> TestResponse:
    """Send a form to *address* with the token of *page*, and follow where that leads."""
    return client.post(address, data={"csrf_token": csrf_token(client, page), **form}, follow_redirects=True)


def log_in_browser(page: Page, server: str, address: str = EVERY_ROLE) -> None:
    """Log in with a browser."""
    page.goto(f"{server}/staff/login")
    page.fill("#address", address)
    page.fill("#password", PASSWORD)
    page.click("main button")
    page.wait_for_url("**/staff/")
