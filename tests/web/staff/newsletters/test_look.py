"""The look of a newsletter: a letter that follows the form unsaved, contrast in plain words, a logo, refusals."""

from __future__ import annotations

import html
import re
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from models.issues import issue as issues
from models.issues import newsletter as newsletters
from models.issues.block import Prose
from models.staff.permission import Role
from models.store import db
from tests.archive_sample import picture
from tests.sample import make_newsletter
from tests.web.staff_login import log_in_as, log_in_browser, make_staff

from .page_form import fields_of, send

LOOK = "/staff/newsletters/ict/look"


@pytest.fixture
def newsletter(database: Engine, redis_client: object) -> None:
    """A newsletter with a draft."""
    with db.session_scope() as session:
        make_staff(session)
        made = make_newsletter(session)
        issues.create(session, made, subject="第1号", blocks=(Prose(text="窓口の案内です。"),))


def kept() -> dict[str, object]:
    with Session(db.engine()) as session:
        return newsletters.find(session, "ict").look


def letter_of(client: FlaskClient, page: str) -> str:
    """The letter in the frame of a page."""
    [address] = re.findall(r'<iframe[^>]* src="([^"]+)"', page)
    return client.get(html.unescape(address)).text


@pytest.mark.usefixtures("newsletter")
def test_a_look_is_shown_before_it_is_saved_and_refused_where_nobody_could_read_it(client: FlaskClient) -> None:
    log_in_as(client, Role.ADMINISTRATOR)
    opened = client.get(LOOK).text
    assert "窓口の案内です。" in letter_of(client, opened)
    assert "とても読みやすい" in opened
    shown = send(client, LOOK, opened=opened, action="show", link="#c0ffee", font_size="20")
    assert shown.status_code == 200
    assert "読みにくいため保存できません" in shown.text
    assert "1.11 : 1" in shown.text
    letter = letter_of(client, shown.text)
    assert "#c0ffee" in letter
    assert "20px" in letter
    assert kept() == {}
    refused = send(client, LOOK, opened=shown.text, action="save")
    assert refused.status_code == 422
    assert 'id="link-error"' in refused.text
    assert fields_of(refused.text)["link"] == "#c0ffee"
    assert kept() == {}
    wrong = send(client, LOOK, opened=shown.text, action="save", link="red", font_size="99")
    assert wrong.status_code == 422
    assert "窓口の案内です。" in letter_of(client, wrong.text), "what is no colour leaves the letter as it is"
    assert send(client, LOOK, opened=shown.text, action="save", link="#0B5394", primary="#0b5d51").status_code == 302
    assert kept() == {"primary": "#0b5d51", "font_size": 20}, "the usual values are not kept"
    stale = send(client, LOOK, opened=opened, action="save", primary="#333333")
    assert stale.status_code == 409
    assert fields_of(stale.text)["primary"] == "#333333"


@pytest.mark.usefixtures("newsletter")
def test_a_logo_is_taken_with_its_words(client: FlaskClient) -> None:
    log_in_as(client, Role.ADMINISTRATOR)
    broken = send(client, LOOK, action="save", logo=(BytesIO(b"no picture"), "logo.png"), logo_alt="ロゴ")
    assert broken.status_code == 422
    assert 'id="logo-error"' in broken.text
    wordless = send(client, LOOK, action="save", logo=(BytesIO(picture()), "logo.png"))
    assert wordless.status_code == 422
    assert 'id="logo_alt-error"' in wordless.text
    done = send(client, LOOK, action="save", logo=(BytesIO(picture()), "logo.png"), logo_alt="みなと市のロゴ")
    assert done.status_code == 302
    address = str(kept()["logo_address"])
    assert client.get("/i/" + address.rpartition("/")[2]).status_code == 200
    page = client.get(LOOK).text
    assert "みなと市のロゴ" in letter_of(client, page)
    assert send(client, LOOK, opened=page, action="save", remove_logo="yes").status_code == 302
    assert kept() == {}


@pytest.mark.usefixtures("newsletter")
def test_the_letter_follows_the_form_in_a_browser(live_server: str, page: Page) -> None:
    log_in_browser(page, live_server)
    page.goto(live_server + LOOK)
    expect(page.frame_locator("#letter").get_by_text("窓口の案内です。")).to_be_visible()
    page.locator("#text").fill("#999999")
    expect(page.locator("#contrasts")).to_contain_text("保存できません")
    expect(page.locator("#letter")).to_have_attribute("src", re.compile("text=%23999999"))
    page.get_by_role("link", name="ダークモード").click()
    expect(page.locator("#letter")).to_have_attribute("src", re.compile("mode=dark.*text=%23999999"))
    page.locator("#text").fill("#111111")
    expect(page.locator("#contrasts")).not_to_contain_text("保存できません")
    assert kept() == {}
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_text("保存しました")).to_be_visible()
    assert kept() == {"text": "#111111"}
