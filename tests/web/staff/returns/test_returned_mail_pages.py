"""The page of returned mail: what came, one message, whose letters may stop soon; and who sees whose."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from lxml import html
from playwright.sync_api import Page
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from models.bounces import consequences, judge, returned_mail
from models.bounces.bounce_class import BounceClass
from models.bounces.returned_mail import ReturnedMail
from models.deliveries.delivery import Delivery, DeliveryState, message_id_maker
from models.issues.newsletter import Newsletter
from models.staff import member as members
from models.staff import membership
from models.staff.permission import Role
from models.store import clock, db
from tests.models.bounces.returned_mail import said
from tests.sample import make_newsletter, make_reader, make_sent
from tests.web.accessibility import violations
from tests.web.staff_login import PASSWORD, address_of, csrf_token, log_in_browser, make_staff
from tests.worker.inbound import report_writer as writer

from . import alarm_sample

PAGE = "/staff/newsletters/ict/returned-mail"
READER = "hanako@city.example.jp"


def came(session: Session, raw: bytes, to: str) -> str:
    """A message that came and was judged; its digest."""
    returned_mail.take_in(session, raw, way="lmtp", recipients=[to])
    session.flush()
    [digest] = judge.begin(session, 5).together
    assert judge.judge(session, digest)
    return digest


def letter(session: Session, home: Newsletter, reader_id: int, days_ago: int) -> tuple[int, bytes]:
    """A letter to a reader that a relay has taken: its issue, and what was sent."""
    issue = make_sent(session, home, f"{days_ago}日前の号", days_ago=days_ago)
    session.add(Delivery(issue_id=issue.id, subscriber_id=reader_id, edition=1, lane_id=1, attempts=1,
                         state=DeliveryState.ACCEPTED, at=issue.sent_at))  # fmt: skip
    session.flush()
    head = f"From: ict@example.lg.jp\r\nTo: {READER}\r\nMessage-ID: {message_id_maker(issue)(reader_id)}\r\n\r\n"
    return issue.id, head.encode()


@pytest.fixture
def mails(database: Engine) -> dict[str, str]:
    """What came for two newsletters and for nobody knows which; the digests."""
    with db.session_scope() as session:
        make_staff(session)
        home = make_newsletter(session)
        make_newsletter(session, "other", sender_address="other@example.lg.jp")
        person = make_reader(session, home, READER, name="田中 花子").subscriber
        reader = person.id
        full = "552 5.2.2 mailbox of hanako@city.example.jp is over quota"
        for days in (40, 20):
            number, _ = letter(session, home, reader, days)
            consequences.follow(session, person, number, BounceClass.NETWORK, source="test", at=clock.now())
        _, raw = letter(session, home, reader, 1)
        bounce = writer.bounce(raw, READER, to="ict@example.lg.jp", status="5.2.2", said=full)
        return {
            "proved": came(session, bounce, "ict@example.lg.jp"),
            "unproved": came(session, said("taro@city.example.jp", "550 5.1.1 User unknown"), "ict@example.lg.jp"),
            "foreign": came(session, said("jiro@city.example.jp", "550 5.1.1 User unknown"), "other@example.lg.jp"),
            "nobodys": came(session, writer.mail(sender="x@example.com", to="y@example.com", subject="?"), ""),
        }


def log_in(client: FlaskClient, address: str) -> FlaskClient:
    form = {"csrf_token": csrf_token(client, "/staff/login"), "address": address, "password": PASSWORD}
    assert client.post("/staff/login", data=form).status_code == 302
    return client


def linked(client: FlaskClient, address: str = PAGE) -> set[str]:
    """Digests of the messages that a page leads to."""
    return {
        str(one).rpartition("/")[2].partition("?")[0]
        for one in html.fromstring(client.get(address).text).xpath("//main//table//a/@href")
        if "/returned-mail/" in one
    }


def test_messages_of_a_newsletter_and_what_followed(client: FlaskClient, mails: dict[str, str]) -> None:
    with db.session_scope() as session:
        here = membership.add(session, "here@example.jp", "配信 担当", {}, by="test")
        home = session.query(Newsletter).filter_by(slug="ict").one()
        membership.set_roles(session, here, {Role.SENDER}, home.id, by="test")
        here.password_hash = members.find(session, address_of(Role.SENDER)).password_hash
    log_in(client, "here@example.jp")
    assert linked(client) == {mails["proved"], mails["unproved"]}
    assert linked(client, f"{PAGE}?kind=mailbox_full") == {mails["proved"]}
    assert linked(client, f"{PAGE}?before=2020-01-01T00:00:00Z") == set()
    page = client.get(f"{PAGE}?lang=en&before=nonsense&kind=nonsense").text
    assert READER not in page
    assert "h••••@city.example.jp" in page
    assert "Readers whose letters came back in a row" in page
    proved = client.get(f"{PAGE}/{mails['proved']}?lang=en").text
    assert all(words in proved for words in ("mailbox full", "Message-ID", "kept; letters go on", "Reader no. "))
    assert READER not in proved
    assert "Nothing proves whose letter this is about" in client.get(f"{PAGE}/{mails['unproved']}?lang=en").text
    for name in ("foreign", "nobodys"):
        assert client.get(f"{PAGE}/{mails[name]}").status_code == 404


def test_who_sees_all_newsletters_sees_what_is_nobodys(client: FlaskClient, mails: dict[str, str]) -> None:
    log_in(client, address_of(Role.SENDER))
    assert linked(client) == {mails["proved"], mails["unproved"], mails["nobodys"]}
    assert client.get(f"{PAGE}/{mails['nobodys']}").status_code == 200


def test_long_lists_go_on_another_page(client: FlaskClient, mails: dict[str, str]) -> None:
    with db.session_scope() as session:
        home = session.query(Newsletter).filter_by(slug="ict").one()
        for number in range(60):
            digest = f"{number:064x}"
            session.add(ReturnedMail(digest=digest, way="smtp", sender="", size=1, judged_at=clock.now(), kind="other",
                                     newsletter_id=home.id, received_at=clock.now()))  # fmt: skip
    log_in(client, address_of(Role.SENDER))
    first = linked(client)
    [following] = html.fromstring(client.get(PAGE).text).xpath("//a[@rel='next']/@href")
    assert len(first) == 50
    assert first.isdisjoint(linked(client, following))
    assert len(first | linked(client, following)) == 63


def test_pages_for_everybody(live_server: str, mails: dict[str, str], screens: dict[str, Page]) -> None:
    with db.session_scope() as session:
        home = session.query(Newsletter).filter_by(slug="ict").one()
        alarm_sample.fill(session, home)
        alarm_sample.add_events(session, home)
    for screen, page in screens.items():
        log_in_browser(page, live_server)
        for address in (PAGE, f"{PAGE}/{mails['unproved']}", f"{PAGE}/{mails['proved']}", f"{PAGE}/lanes",
                        f"{PAGE}/events"):  # fmt: skip
            page.goto(f"{live_server}{address}")
            assert violations(page) == [], (screen, address)
