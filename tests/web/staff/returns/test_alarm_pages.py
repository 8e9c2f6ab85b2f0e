"""Pages of letters by lane and day, of alarms, and of events of sending services."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy import Engine, select

from models.bounces.events.provider_event import ProviderEvent
from models.deliveries.lane import Lane
from models.staff.audit import AuditEntry
from models.staff.permission import Role
from models.store import db
from tests.sample import make_newsletter
from tests.web.staff.single_sign_on.round_trip import log_out
from tests.web.staff_login import address_of, csrf_token, make_staff

from . import alarm_sample
from .test_returned_mail_pages import PAGE, log_in

LANES, EVENTS = f"{PAGE}/lanes", f"{PAGE}/events"


@pytest.fixture
def alarms(database: Engine) -> None:
    with db.session_scope() as session:
        make_staff(session)
        home = make_newsletter(session)
        alarm_sample.fill(session, home)
        alarm_sample.add_events(session, home)


def rows(client: FlaskClient, address: str, caption: str) -> list[list[str]]:
    """The cells of a table."""
    found = html.fromstring(client.get(address).text).xpath(f"//table[caption/@id='{caption}']//tr")
    return [[" ".join(cell.text_content().split()) for cell in row.xpath("th|td")] for row in found]


def test_letters_by_lane_and_day_and_what_is_paused(client: FlaskClient, alarms: None) -> None:
    log_in(client, address_of(Role.SENDER))
    head, *found = rows(client, f"{LANES}?lang=en", "by-day")
    assert head[:7] == ["Day", "Lane", "Handed over", "Accepted", "Unknown mailboxes, share", "Complaints",
                        "Complaints, share"]  # fmt: skip
    assert {*head[7:]} == {"no such mailbox", "server not reached", "mailbox full"}
    assert len(found) == 7 * len(alarm_sample.LANE_IDS)
    assert found[0][1:7] == ["NTTドコモ", "1,540", "1,500", "2.6%", "12", "0.8%"]
    other = next(row for row in found if row[1] == "その他")
    assert (other[2], other[4]) == ("549", "43.9%"), "240 at once and one later"
    [listed] = [row for row in rows(client, f"{LANES}?lang=en", "complained") if "日前" in row[0]]
    assert listed[1:4] == ["12", "3,600", "0.33%"]
    assert "by itself, for its complaints" in listed[4]
    page = client.get(f"{LANES}?lang=en").text
    assert "55,555" not in page, "another newsletter's"
    assert "The lane その他 has paused by itself." in page
    assert "over 0.1 % of its accepted letters staff are told, over 0.3 % it pauses" in page
    assert page.count('class="chart-picture"') == 2
    assert "/lanes/other/resume" not in page, "whoever sends does so from an issue"
    [number] = {
        str(one).rpartition("/")[2].partition("?")[0] for one in html.fromstring(page).xpath("//table//th/a/@href")
    }
    progress = client.get(f"/staff/issues/{number}/progress?lang=en").text
    assert "So many readers call it spam that the issue has paused by itself" in progress
    assert "The relay refuses" not in progress
    [older] = html.fromstring(page).xpath("//nav[@class='pages']/a[@rel='next']/@href")
    assert "No letter was handed over on these days." in client.get(f"{older}&lang=en").text
    for until in ("nonsense", "9999-99-99", "9999-12-31", "0001-01-01"):
        assert client.get(f"{LANES}?until={until}").status_code == 200


def test_what_has_paused_is_lifted_on_the_page(client: FlaskClient, alarms: None) -> None:
    log_in(client, address_of(Role.ADMINISTRATOR))
    token = csrf_token(client, LANES)
    assert client.post("/staff/lanes/other/resume", data={"csrf_token": token}).status_code == 302
    log_out(client)
    log_in(client, address_of(Role.SENDER))
    [form] = html.fromstring(client.get(LANES).text).xpath("//form[contains(@action, '/resume')]/@action")
    assert client.post(form, data={"csrf_token": csrf_token(client, LANES)}).status_code == 302
    with db.session_scope() as session:
        lane = session.scalars(select(Lane).where(Lane.slug == "other")).one()
        assert (lane.paused_at, lane.watched_from is not None) == (None, True)
        acts = session.scalars(select(AuditEntry.action).order_by(AuditEntry.number)).all()
    wanted = ("warn of complaints", "pause issue", "pause lane", "resume lane", "resume issue")
    assert [act for act in acts if act in wanted] == list(wanted)
    page = client.get(f"{LANES}?lang=en").text
    assert "has paused by itself" not in page
    assert "was over the second threshold" in page


def test_events_of_services_are_listed_page_by_page(client: FlaskClient, alarms: None) -> None:
    log_in(client, address_of(Role.SENDER))
    _head, *found = rows(client, f"{EVENTS}?lang=en", "came")
    assert len(found) == 41, "what has arrived is not listed"
    assert (found[0][1], found[0][5]) == ("Brevo", "waits to be followed")
    proved = next(row for row in found if row[1] == "Amazon SES")
    assert (proved[2], proved[5]) == ("called spam by the reader", "letters stopped")
    assert proved[3].endswith("@city.example.jp")
    assert "hanako" not in proved[3]
    assert proved[4].startswith("Reader no.")
    unproved = next(row for row in found if row[1] == "SendGrid")
    assert (unproved[2], unproved[4], unproved[5]) == (
        "no such mailbox5.1.1 550 5.1.1 user unknown", "—", "nothing: unproved"
    )  # fmt: skip
    assert len(rows(client, f"{EVENTS}?kind=complaint", "came")) == 21
    with db.session_scope() as session:
        for event in session.scalars(select(ProviderEvent).where(ProviderEvent.kind == "delivered")):
            event.kind = "other"
    first = client.get(EVENTS).text
    [older] = html.fromstring(first).xpath("//nav[@class='pages']/a[@rel='next']/@href")
    assert (len(rows(client, EVENTS, "came")), len(rows(client, older, "came"))) == (51, 12)
    assert len(rows(client, f"{EVENTS}?before=nonsense&kind=nonsense", "came")) == 51
