"""Who gets an issue, by a form that works without scripts; saved segments with versions; who may see which readers."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from lxml import html
from playwright.sync_api import Page, expect
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models.deliveries import recipients
from models.issues import issue as issues
from models.issues import newsletter as newsletters
from models.issues import workflow
from models.issues.issue import Issue
from models.issues.issue_state import IssueState
from models.issues.newsletter import Tracking
from models.issues.segments.segment_version import SavedSegment
from models.manuscript import edit as manuscript
from models.staff import member as members
from models.staff.audit import AuditEntry
from models.staff.permission import Role
from models.store import db
from templates.content import digest
from tests.sample import make_newsletter, make_reader, make_sent
from tests.web.staff_login import EVERY_ROLE, address_of, csrf_token, log_in_as, log_in_browser, make_staff

from .account.test_notifications import queries
from .newsletters.page_form import fields_of

SEGMENTS = "/staff/newsletters/ict/segments"


@pytest.fixture
def draft(database: Engine, redis_client: object, client: FlaskClient) -> int:
    """A draft of a newsletter with twelve readers and one issue that is out; an author has logged in."""
    with db.session_scope() as session:
        make_staff(session)
        newsletter = make_newsletter(session, fields=[{"name": "place", "label": "都道府県", "required": False}])
        for place in range(12):
            one = make_reader(session, newsletter, f"reader{place}@example.jp",
                              fields={"place": "東京都" if place % 2 else "京都府"})  # fmt: skip
            one.audience = newsletter.audiences[place % 3 == 0]
        make_sent(session, newsletter, "先月号")
        made = issues.create(session, newsletter, subject="今月号").id
    log_in_as(client, Role.AUTHOR)
    return made


def form_of(page: str) -> dict[str, Any]:
    """The fields of the form of conditions."""
    forms = html.fromstring(page).xpath("//main//form")
    place = next(place for place, form in enumerate(forms) if form.get("id") == "segment")
    return fields_of(page, place)


def click_button(client: FlaskClient, address: str, page: str, action: str, **typed: Any) -> str:
    """The page after a button of the form as it stands on *page*, with some fields changed."""
    answer = client.post(address, data={**form_of(page), **typed, "action": action})
    assert answer.status_code == 200, answer.text
    return answer.text


def text_of(page: str, name: str = "count") -> str:
    """What stands in the element with this id."""
    return " ".join(html.fromstring(page).xpath(f"//*[@id='{name}']")[0].text_content().split())


def built(client: FlaskClient, home: str, page: str) -> str:
    """The form with: 東京都, and (citizen or not an English reader)."""
    attempt = f"{home}/try"
    page = click_button(client, attempt, page, "add:", **{"new-": "field:place"})
    page = click_button(client, attempt, page, "group", **{"values-1": "東京都"})
    page = click_button(client, attempt, page, "add:2", **{"new-2": "audience"})
    page = click_button(client, attempt, page, "add:2", **{"new-2": "language", "values-3": "citizen"})
    return click_button(client, attempt, page, "count", **{"values-4": "en", "negated-4": "yes"})


def kept(issue_id: int) -> Issue:
    with Session(db.engine()) as session:
        found = issues.get(session, issue_id)
        assert found.newsletter.audiences
        return found


def test_conditions_are_added_counted_and_saved_without_scripts(client: FlaskClient, draft: int) -> None:
    home = f"/staff/issues/{draft}/readers"
    page = built(client, home, client.get(home).text)
    assert "「都道府県」が「東京都」で、" in text_of(page)
    assert "のどれかに当てはまっている人" in text_of(page)
    assert "6人" in text_of(page)
    moved = click_button(client, f"{home}/try", page, "up:2")
    assert form_of(moved)["values-1"] == ["東京都", ""], "nothing that was typed is lost"
    answer = client.post(home, data=form_of(moved))
    assert answer.location == f"/staff/issues/{draft}"
    assert kept(draft).segment == {
        "conditions": {
            "of": [
                {"match": "any", "of": [{"what": "audience", "values": ["citizen"]},
                                        {"what": "language", "values": ["en"], "negated": True}]},
                {"what": "field", "name": "place", "values": ["東京都"]},
            ]
        }
    }  # fmt: skip
    assert "東京都" in client.get(f"/staff/issues/{draft}").text
    with Session(db.engine()) as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "change readers")).one()
        assert "「都道府県」が「東京都」である人" in entry.detail["segment"]
        # What the form has written, a manuscript says and takes back.
        one = issues.get(session, draft)
        text = manuscript.text_of(session, one)
        before = one.digest
        manuscript.save(session, one, text, members.find(session, EVERY_ROLE))
        assert one.digest == before
    again = client.post(home, data=form_of(client.get(home).text), follow_redirects=True)
    assert "変わったところはありません" in again.text


def test_what_lacks_a_value_is_told_at_its_place_and_stays(client: FlaskClient, draft: int) -> None:
    home = f"/staff/issues/{draft}/readers"
    page = click_button(client, f"{home}/try", client.get(home).text, "add:", **{"new-": "joined"})
    answer = client.post(home, data={**form_of(page), "values-1": "三日前", "how-1": "until"})
    assert answer.status_code == 422
    assert "2026-04-01" in text_of(answer.text, "values-1-error")
    assert form_of(answer.text)["values-1"] == "三日前"
    assert form_of(answer.text)["how-1"] == "until"
    assert kept(draft).segment == {}


def test_an_address_that_a_button_left_leads_to_the_page(client: FlaskClient, draft: int) -> None:
    home = f"/staff/issues/{draft}/readers"
    assert client.get(f"{home}/try").location == client.get(f"{home}/samples").location == home
    assert client.get(f"{SEGMENTS}/try").location == SEGMENTS


def test_a_flat_segment_stays_as_it_is_until_it_is_changed(client: FlaskClient, draft: int) -> None:
    flat = {"audiences": ["citizen"], "fields": {"place": "東京都"}}
    with db.session_scope() as session:
        issues.get(session, draft).edit(segment=flat)
    before = kept(draft).digest
    home = f"/staff/issues/{draft}/readers"
    client.post(home, data=form_of(client.get(home).text))
    assert (kept(draft).segment, kept(draft).digest) == (flat, before)
    client.post(home, data={**form_of(client.get(home).text), "values-2": "京都府"})
    assert "conditions" in kept(draft).segment


def test_an_issue_keeps_its_copy_until_somebody_takes_the_newer_version(client: FlaskClient, draft: int) -> None:
    page = built(client, SEGMENTS, client.get(f"{SEGMENTS}/new").text)
    assert client.post(f"{SEGMENTS}/new", data={**form_of(page), "name": ""}).status_code == 422
    assert client.post(f"{SEGMENTS}/new", data={**form_of(page), "name": "都民"}).status_code == 302
    assert "「都道府県」が「東京都」" in client.get(SEGMENTS).text
    with Session(db.engine()) as session:
        saved = session.scalars(select(SavedSegment)).one().id
    home = f"/staff/issues/{draft}/readers"
    taken = click_button(client, f"{home}/try", client.get(home).text, "use", saved=str(saved))
    client.post(home, data=form_of(taken))
    with db.session_scope() as session:
        one = issues.get(session, draft)
        assert one.segment_version is not None
        one.newsletter.approvals_needed = 1
        workflow.submit(session, one, members.find(session, address_of(Role.AUTHOR)))
        workflow.approve(session, one, members.find(session, address_of(Role.APPROVER)), digest.of(session, one))
    first = kept(draft).segment
    edit = f"{SEGMENTS}/{saved}"
    opened = client.get(edit).text
    changed = form_of(opened) | {"values-1": "京都府"}
    assert client.post(edit, data=changed).status_code == 302
    stale = client.post(edit, data=changed)
    assert stale.status_code == 409, "somebody else has saved version 2"
    assert (kept(draft).segment, kept(draft).state) == (first, IssueState.APPROVED)
    assert "新しい版" in client.get(f"/staff/issues/{draft}").text
    client.post(f"{home}/newer", data={"csrf_token": csrf_token(client, home)})
    assert kept(draft).segment != first
    assert kept(draft).state is IssueState.DRAFT
    client.post(f"{edit}/hide", data={"csrf_token": csrf_token(client, edit)})
    assert "都民" not in client.get(SEGMENTS).text
    assert kept(draft).segment["conditions"]


def test_who_may_not_see_readers_is_shown_none_and_a_look_is_written_down(
    client: FlaskClient, draft: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = f"/staff/issues/{draft}/readers"
    page = client.get(home).text
    assert client.post(f"{home}/samples", data=form_of(page)).status_code == 403
    assert "samples" not in page
    log_in_as(client, Role.SENDER)
    assert client.post(home, data=form_of(client.get(home).text)).status_code == 403
    shown = click_button(client, f"{home}/samples", client.get(home).text, "samples")
    assert len(html.fromstring(shown).xpath("//*[@id='samples']//tbody/tr")) == 10
    assert "reader" not in text_of(shown, "samples"), "addresses are masked"
    with Session(db.engine()) as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "look at readers")).one()
        assert (entry.subject, entry.detail["count"]) == (f"issue/{draft}", 10)
    # Of many readers some are looked at, and all when somebody asks for it.
    monkeypatch.setattr(recipients, "FEW", 5)
    monkeypatch.setattr(recipients, "SOME", (4,))
    some = click_button(client, f"{home}/samples", client.get(home).text, "samples")
    assert 0 < len(html.fromstring(some).xpath("//*[@id='samples']//tbody/tr")) <= 4
    every = click_button(client, f"{home}/samples", some, "samples of all")
    assert len(html.fromstring(every).xpath("//*[@id='samples']//tbody/tr")) == 10
    assert "全員を調べる" in some
    assert "全員を調べる" not in every


def test_reading_is_not_offered_where_nobody_is_known(client: FlaskClient, draft: int) -> None:
    home = f"/staff/issues/{draft}/readers"
    page = click_button(client, f"{home}/try", client.get(home).text, "add:", **{"new-": "read_recent"})
    assert "人" in text_of(click_button(client, f"{home}/try", page, "count", **{"values-1": "3", "negated-1": "yes"}))
    with db.session_scope() as session:
        newsletters.find(session, "ict").tracking = Tracking.AGGREGATE
    assert "read_recent" not in client.get(home).text
    refused = client.post(home, data={**form_of(page), "values-1": "3"})
    assert refused.status_code == 422
    assert "読者ごとに記録していない" in refused.text


def test_many_conditions_and_segments_cost_no_query_each(client: FlaskClient, draft: int) -> None:
    home = f"/staff/issues/{draft}/readers"
    with queries() as few:
        client.get(home)
    with db.session_scope() as session:
        parts = [{"what": "field", "name": "place", "values": [str(n)]} for n in range(25)]
        issues.get(session, draft).edit(segment={"conditions": {"of": parts}})
    page = client.get(home).text
    for name in ("一", "二", "三"):
        assert client.post(f"{SEGMENTS}/new", data={**form_of(client.get(f"{SEGMENTS}/new").text), "name": name,
                                                    **{k: v for k, v in form_of(page).items() if k != "csrf_token"}},
                           ).status_code == 302  # fmt: skip
    with queries() as many:
        client.get(home)
    assert len(many) <= len(few) + 2
    with queries() as listed:
        client.get(SEGMENTS)
    assert len(listed) < 16


@pytest.mark.slow
def test_in_a_browser_the_count_follows_and_nothing_is_loaded_anew(live_server: str, draft: int, page: Page) -> None:
    log_in_browser(page, live_server)
    page.goto(f"{live_server}/staff/issues/{draft}/readers")
    page.click("button[value='samples']")
    expect(page.locator("#samples tbody tr")).to_have_count(10)
    number, address = page.locator(".count-number"), page.url
    expect(number).to_have_text("12人")
    page.select_option("[id='new-']", "field:place")
    page.locator("button[value='add:']").press("Enter")
    value = page.locator("[name='values-1']").first
    value.fill("東京都")
    expect(number).to_have_text("6人")
    expect(page.locator("#count .said")).to_contain_text("東京都")
    page.select_option("[name='negated-1']", "yes")
    expect(page.locator("#count .said")).to_contain_text("でない人")
    page.click("button[value='group']")
    expect(page.locator("#row-2")).to_be_visible()
    expect(value).to_have_value("東京都")
    assert page.url == address, "nothing was loaded anew"
    page.get_by_role("button", name="保存", exact=True).click()
    page.wait_for_url(f"**/staff/issues/{draft}")
    assert kept(draft).segment["conditions"]["of"][0]["negated"] is True
