"""Letters that are passed on, and letters to addresses that anybody may enter: how far they reach."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, func, select

import settings
from models.issues.newsletter import Newsletter
from models.outbox.transactional import TransactionalLetter
from models.readers import signup, signup_limit
from models.readers.address_change import DAY
from models.readers.profile import Profile
from models.readers.subscriber import Subscription, SubscriptionState
from models.store import db, token
from models.store.mail_address import parse
from models.store.token import Purpose
from tests.conftest import set_environment
from tests.sample import make_newsletter, make_reader
from web.app import create_app

ADDRESS = "hanako@example.jp"


@pytest.fixture
def client(database: Engine, redis_client: object) -> FlaskClient:
    """A browser without cookies; two newsletters, and a reader of both."""
    with db.session_scope() as session:
        first, second = (
            make_newsletter(session, "ict", name="一つ目"),
            make_newsletter(session, "second", name="二つ目"),
        )
        one = make_reader(session, first, ADDRESS)
        session.add(Subscription(subscriber=one.subscriber, newsletter=second, state=SubscriptionState.ACTIVE))
    return create_app().test_client(use_cookies=False)


def pages(count: int) -> list[str]:
    """The pages of so many readers, as their welcome letters link to them."""
    with db.session_scope() as session:
        newsletter = session.scalars(select(Newsletter).where(Newsletter.slug == "ict")).one()
        made = [make_reader(session, newsletter, f"own{number}@stranger.example").id for number in range(count)]
    return [f"/p/{token.make_expiring(Purpose.CHOICES, number, 90 * DAY)}" for number in made]


def states() -> dict[str, SubscriptionState]:
    with db.session_scope() as session:
        found = session.scalars(select(Subscription).order_by(Subscription.id).limit(2))
        return {one.newsletter.slug: one.state for one in found}


def letters_to(domain: str) -> int:
    with db.session_scope() as session:
        query = select(func.count()).where(TransactionalLetter.address.endswith(f"@{domain}"))
        return session.scalar(query) or 0


def leaving_link(client: FlaskClient, where: str) -> str:
    """The way out that a letter without an issue has, and that a page of one newsletter has."""
    with db.session_scope() as session:
        one = session.scalars(select(Subscription).order_by(Subscription.id).limit(1)).one()
        links = signup.reader_links(one)
    if where == "letter":
        return "/" + links["unsubscribe"].split("/", 3)[3]
    page = client.get("/" + links["preferences"].split("/", 3)[3]).text
    found = re.search(r'href="(/u/[^"]+)"', page)
    assert found
    return unescape(found[1])


@pytest.mark.parametrize("where", ["letter", "page"])
def test_case_a3_way_out_of_one_newsletter_tells_of_no_other_and_ends_no_other(client: FlaskClient, where: str) -> None:
    path = leaving_link(client, where).partition("?")[0]
    for query in ("", "?newsletter=second", "?newsletter=nosuch"):
        shown = client.get(path + query).text
        assert "一つ目" in shown
        assert "二つ目" not in shown
    client.post(f"{path}?newsletter=second", data={"leave": "yes", "newsletters": ["second"]})
    client.post(path, data={"List-Unsubscribe": "One-Click"})
    assert states() == {"ict": SubscriptionState.ENDED, "second": SubscriptionState.ACTIVE}


def test_case_a8_new_addresses_are_counted_with_sign_ups(client: FlaskClient) -> None:
    """Many readers, or one person under many addresses, ask for the same mailbox as their new one."""
    for number, page in enumerate(pages(5)):
        for again in "ab":
            answer = client.post(f"{page}/address", data={"address": f"bomb+{number}{again}@victim.example"})
            assert answer.status_code == 303
    assert letters_to("victim.example") == signup_limit.LETTERS_PER_HOUR


def test_case_a8_page_says_that_too_much_is_asked_for(client: FlaskClient) -> None:
    before = {"SIGNUP_LETTERS_DOMAIN": str(settings.get().signup_letters_domain)}
    try:
        set_environment(SIGNUP_LETTERS_DOMAIN="2")
        typed = [f"{name}@victim.example" for name in "abc"]
        answers = [
            client.post(f"{page}/address", data={"address": to}) for page, to in zip(pages(3), typed, strict=True)
        ]
    finally:
        set_environment(**before)
    assert [one.status_code for one in answers] == [303, 303, 429]
    assert 'value="c@victim.example"' in answers[2].text
    assert "お申し込みが集中しています" in answers[2].text
    assert letters_to("victim.example") == 2


@pytest.mark.parametrize("name", ["ßtaro", "ẞtaro", "ςtaro", "Élan", "太郎"])
def test_case_a8_letters_that_fold_into_others_are_counted(client: FlaskClient, name: str) -> None:
    with db.session_scope() as session:
        newsletter = session.scalars(select(Newsletter).where(Newsletter.slug == "ict")).one()
        for number in range(6):
            signup.sign_up(session, newsletter, parse(f"{name}+{number}@victim.example"), Profile(), agreed="")
    assert letters_to("victim.example") == signup_limit.LETTERS_PER_HOUR


def test_case_a2_erasing_twice_is_erasing_once(client: FlaskClient) -> None:
    with db.session_scope() as session:
        reader = session.scalars(select(Subscription.subscriber_id).order_by(Subscription.id).limit(1)).one()
        path = f"/erase/{token.make_expiring(Purpose.ERASE, reader, DAY)}"
    answers = [client.post(path, data={"sure": "yes"}), client.post(path, data={"sure": "yes"}), client.get(path)]
    assert [one.status_code for one in answers] == [200] * 3
    assert all("消去しました" in one.text for one in answers)
