"""Pages of articles, versions and new issues on a phone in the dark and on a desktop: axe finds nothing serious."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from models.issues import issue as issues
from models.issues.block import Heading, Prose
from models.issues.starting import issue_template
from models.staff import member as members
from models.store import db
from tests.sample import card, make_article, make_newsletter
from tests.web.accessibility import violations
from tests.web.staff_login import EVERY_ROLE, log_in_browser, make_staff

SCREENS = ((390, 844, "dark"), (1280, 900, "light"))


@pytest.fixture
def addresses(live_server: str) -> list[str]:
    """Pages with something on them."""
    with db.session_scope() as session:
        make_staff(session)
        newsletter = make_newsletter(session)
        blocks = (
            Heading(text="今月の話題"),
            Prose(text="説明会は3月1日に開きます。"),
            Prose(text="お待ちしています。"),
        )
        draft = issues.create(session, newsletter, subject="説明会のお知らせ 第1号", preheader="日程", blocks=blocks)
        piece = make_article(session, newsletter, "water", "水道料金の見直し", body="## 何が変わるか\n\n基本料金です。")
        session.flush()
        piece.recap, moved = "来年四月から変わります。", Prose(text="説明会は3月8日に開きます。")
        draft.edit(subject="説明会の日程 第1号", blocks=(blocks[2], moved, card("water")))
        issue_template.keep(session, draft, "毎月の号", members.find(session, EVERY_ROLE))
        issue, article = draft.id, piece.id
    return [
        *(f"/staff/issues/{issue}/{page}" for page in ("versions", "versions/compare", "template")),
        "/staff/issues/new",
        "/staff/issues/templates",
        "/staff/articles",
        f"/staff/articles/{article}",
        f"/staff/articles/{article}/edit",
    ]


@pytest.mark.slow
def test_no_page_shuts_anybody_out(live_server: str, addresses: list[str], browser: Browser) -> None:
    wrong: list[str] = []
    for width, height, scheme in SCREENS:
        context = browser.new_context(
            viewport={"width": width, "height": height}, locale="ja-JP",
            color_scheme="dark" if scheme == "dark" else "light",
        )  # fmt: skip
        page = context.new_page()
        log_in_browser(page, live_server)
        for path in addresses:
            page.goto(live_server + path)
            wrong += [f"{path} ({width} {scheme}): {fault}" for fault in violations(page)]
        context.close()
    assert wrong == []
