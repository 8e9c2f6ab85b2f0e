"""A clerk imports a list from each encoding and from Excel, in the browser with a real worker, and undoes one."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from openpyxl import Workbook
from playwright.sync_api import Page, expect

from models.store import db
from tests.sample import make_newsletter
from tests.web.staff_login import log_in_browser, make_staff

pytestmark = pytest.mark.journey

ENCODINGS = ("utf-8", "utf-8-sig", "cp932", "euc_jp", "iso2022_jp", "utf-16")


def content(kind: str) -> bytes:
    """A list of one person, whose address tells the encoding."""
    rows = [
        ["メールアドレス", "氏名"],
        [f"{kind}@example.jp", "髙橋 花子" if kind not in ("iso2022_jp",) else "高橋 花子"],
    ]
    if kind != "xlsx":
        return "".join(",".join(row) + "\r\n" for row in rows).replace("髙", "高").encode(kind)
    book = Workbook()
    for row in rows:
        book.active.append(row)
    book.save(file := BytesIO())
    return file.getvalue()


def test_lists_in_each_encoding(live_server: str, celery_worker: Any, page: Page) -> None:
    with db.session_scope() as session:
        make_newsletter(session)
        make_staff(session)
    log_in_browser(page, live_server)
    page.goto(f"{live_server}/staff/newsletters/ict")
    for kind in (*ENCODINGS, "xlsx"):
        page.goto(f"{live_server}/staff/newsletters/ict/imports")
        name = f"{kind}.{'xlsx' if kind == 'xlsx' else 'csv'}"
        page.locator("#file").set_input_files({"name": name, "mimeType": "text/csv", "buffer": content(kind)})
        page.locator("#evidence").fill("2026年4月12日の説明会の申込書")
        page.get_by_role("button", name="アップロードして内容を確かめる").click()
        expect(page.get_by_role("cell", name="花子")).to_be_visible()
        page.get_by_role("button", name="何も変えずに試す", exact=True).click()
        # The page finds out by itself that the worker is through.
        page.get_by_role("button", name="新しい読者1人を取り込む").click(timeout=60_000)
        expect(page.locator("#import-state")).to_have_text("取り込み済み", timeout=60_000)
    page.locator("details.danger summary").click()
    page.get_by_role("button", name="取り込みを取り消す").click()
    expect(page.locator("#import-state")).to_have_text("取り消し済み", timeout=60_000)
