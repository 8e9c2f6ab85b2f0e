"""Readers' own pages behind the links in letters: confirming, leaving, preferences, data."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select

import settings
from models.issues.newsletter import Newsletter
from models.outbox.transactional import TransactionalLetter
from models.readers import address_change, signup, subscriber, suppression
from models.readers.consent import Consent, ConsentKind
from models.readers.profile import Profile
from models.readers.subscriber import Subscriber, Subscription, SubscriptionState
from models.store import clock, db, token
from models.store.mail_address import parse
from models.store.token import Purpose
from templates.content import compose
from templates.transactional import kinds as letter_kinds
from templates.transactional import render
from tests.sample import make_newsletter, make_reader, make_sent
from web.app import create_app

ADDRESS = "hanako@example.jp"


@pytest.fixture
def client(database: Engine, redis_client: object) -> FlaskClient:
    """A browser that keeps no cookies, as these pages need none."""
    with db.session_scope() as session:
        newsletter = make_newsletter(session)
        make_reader(session, newsletter, ADDRESS, name="花子").audience = newsletter.audiences[0]
    return create_app().test_client(use_cookies=False)


def reader() -> Subscriber:
    """The first reader."""
    with db.session_scope() as session:
        found = session.scalars(select(Subscriber).order_by(Subscriber.id).limit(1)).one()
        _loaded = [one.state for one in found.subscriptions]
        return found


def link(purpose: Purpose, issue: int = 0) -> str:
    return token.make(purpose, issue, reader().id)


def own_page() -> str:
    """The page behind a fresh link, which may show and change everything."""
    return f"/p/{token.make_expiring(Purpose.MAILBOX, reader().id, 24 * 3600)}"


def state() -> SubscriptionState:
    return reader().subscriptions[0].state


def kinds() -> list[ConsentKind]:
    with db.session_scope() as session:
        return list(session.scalars(select(Consent.kind).order_by(Consent.id)))


def letters() -> list[str]:
    with db.session_scope() as session:
        return list(session.scalars(select(TransactionalLetter.kind).order_by(TransactionalLetter.id)))


def waiting() -> str:
    """A confirmation link."""
    with db.session_scope() as session:
        newsletter = session.scalars(select(Newsletter)).one()
        one = make_reader(session, newsletter, "new@example.jp", SubscriptionState.PENDING)
        profile = Profile(name="新しい人", audience_id=newsletter.audiences[1].id)
        one.pending_answers = {**profile.model_dump(mode="json"), "agreed": "同意の文"}
        session.flush()
        return token.make_expiring(Purpose.CONFIRM, one.id, 3600)


def test_opening_the_confirmation_link_confirms_nothing(client: FlaskClient) -> None:
    confirmation = waiting()
    for method in ("get", "head"):
        assert getattr(client, method)(f"/confirm/{confirmation}").status_code == 200
    page = client.get(f"/confirm/{confirmation}").text
    assert "n••••@example.jp" in page
    assert "新しい人" in page
    assert "住民" in page
    assert kinds() == []
    assert client.post(f"/confirm/{confirmation}").status_code == 200
    assert client.post(f"/confirm/{confirmation}").status_code == 200
    assert kinds() == [ConsentKind.CONFIRMED]
    assert letters() == ["welcome"]
    assert "すでに購読されています" in client.get(f"/confirm/{confirmation}").text


def test_expired_link_says_so_and_leads_on(client: FlaskClient) -> None:
    confirmation = waiting()
    with clock.moved(timedelta(hours=2)):
        page = client.get(f"/confirm/{confirmation}")
    assert page.status_code == 410
    assert "有効期限が切れています" in page.text
    assert "もう一度申し込む" in page.text


@pytest.mark.parametrize("path", ["/confirm/", "/u/", "/p/", "/address/"])
@pytest.mark.parametrize("forged", ["x", "A" * 32, "あ" * 32])
def test_forged_link_says_so_and_leads_on(client: FlaskClient, path: str, forged: str) -> None:
    for answer in (client.get(path + forged), client.post(path + forged)):
        assert answer.status_code == 404
        assert "このリンクは使えません" in answer.text
        assert 'href="/"' in answer.text


def test_link_of_one_purpose_is_worthless_for_another(client: FlaskClient) -> None:
    for path, purpose in (("/p/", Purpose.UNSUBSCRIBE), ("/u/", Purpose.PREFERENCES), ("/confirm/", Purpose.CLICK)):
        assert client.get(path + link(purpose)).status_code == 404


def test_looking_at_the_unsubscribe_link_changes_nothing(client: FlaskClient) -> None:
    path = f"/u/{link(Purpose.UNSUBSCRIBE)}"
    page = client.get(path)
    assert page.status_code == 200
    assert "自治体ICTだより" in page.text
    assert ADDRESS not in page.text
    assert client.head(path).status_code == 200
    assert client.post(path).status_code == 400
    assert state() is SubscriptionState.ACTIVE
    assert "Set-Cookie" not in page.headers


def test_one_click_ends_it_at_once_and_twice_is_once(client: FlaskClient) -> None:
    """RFC 8058: no cookie, no login, no redirect; form data of both kinds."""
    path = f"/u/{link(Purpose.UNSUBSCRIBE)}"
    first = client.post(path, data={"List-Unsubscribe": "One-Click"})
    again = client.post(path, data={"List-Unsubscribe": "One-Click"}, content_type="multipart/form-data")
    assert (first.status_code, again.status_code) == (200, 200)
    assert state() is SubscriptionState.ENDED
    assert kinds() == [ConsentKind.WITHDRAWN]
    assert letters() == [], "the mail program has said so"
    with db.session_scope() as session:
        assert session.scalars(select(Consent.source)).one() == "one-click"
        newsletter = session.scalars(select(Newsletter)).one()
        assert suppression.find(session, ADDRESS, newsletter.id)


def test_button_of_the_page_ends_it_and_the_reader_is_told(client: FlaskClient) -> None:
    path = f"/u/{link(Purpose.UNSUBSCRIBE)}"
    answer = client.post(path, data={"leave": "yes"})
    assert answer.status_code == 200
    assert "購読を停止しました" in answer.text
    assert state() is SubscriptionState.ENDED
    assert letters() == ["goodbye"]
    assert "購読は停止しています" in client.get(path).text


def test_link_in_an_issue_ends_its_newsletter_alone(client: FlaskClient) -> None:
    with db.session_scope() as session:
        first = session.scalars(select(Newsletter)).one()
        second = make_newsletter(session, "second", name="二つ目のたより")
        session.add(Subscription(subscriber=reader(), newsletter=second, state=SubscriptionState.ACTIVE))
        issue = make_sent(session, first, "号").id
    client.post(f"/u/{link(Purpose.UNSUBSCRIBE, issue)}", data={"List-Unsubscribe": "One-Click"})
    states = {one.newsletter_id: one.state for one in reader().subscriptions}
    assert list(states.values()) == [SubscriptionState.ENDED, SubscriptionState.ACTIVE]


def test_link_without_an_issue_lets_the_reader_choose(client: FlaskClient) -> None:
    with db.session_scope() as session:
        second = make_newsletter(session, "second", name="二つ目のたより")
        session.add(Subscription(subscriber=reader(), newsletter=second, state=SubscriptionState.ACTIVE))
    path = f"/u/{link(Purpose.UNSUBSCRIBE)}"
    assert "二つ目のたより" in client.get(path).text
    assert "変更はありません" in client.post(path, data={"leave": "yes"}).text
    client.post(path, data={"leave": "yes", "newsletters": ["second"]})
    assert [one.state for one in reader().subscriptions] == [SubscriptionState.ACTIVE, SubscriptionState.ENDED]
    client.post(f"{path}?newsletter=ict", data={"List-Unsubscribe": "One-Click"})
    assert {one.state for one in reader().subscriptions} == {SubscriptionState.ENDED}


def test_preferences_are_shown_and_saved(client: FlaskClient) -> None:
    path = own_page()
    page = client.get(path)
    assert 'value="花子"' in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "same-origin"
    form = {
        "name": "髙橋　花子",
        "organisation": "みなと商会",
        "audience": "citizen",
        "topics": ["dx", "rpa"],
        "language": "en",
        "tracking_refused": "yes",
    }
    answer = client.post(path, data=form)
    assert answer.status_code == 303
    assert "登録内容を変更しました" in client.get(answer.location).text
    changed = reader()
    assert (changed.name, changed.organisation, changed.language) == ("髙橋 花子", "みなと商会", "en")
    assert changed.tracking_refused
    assert len(changed.subscriptions[0].topic_ids) == 2
    assert kinds() == [ConsentKind.CHANGED]
    assert "あてはまる区分" in client.post(path, data={**form, "audience": ""}).text


def test_choosing_every_topic_is_choosing_all_to_come(client: FlaskClient) -> None:
    form = {"audience": "citizen", "topics": ["dx", "privacy", "rpa"], "language": "ja"}
    client.post(own_page(), data=form)
    assert reader().subscriptions[0].topic_ids == []


def test_new_address_is_written_to_and_used_once_confirmed(client: FlaskClient) -> None:
    path = f"{own_page()}/address"
    assert client.post(path, data={"address": "花子"}).status_code == 422
    assert client.post(path, data={"address": "new@example.jp"}).status_code == 303
    with db.session_scope() as session:
        notice = session.scalars(select(TransactionalLetter)).one()
        assert notice.address == "new@example.jp"
        where = str(notice.values["link"]).removeprefix(settings.get().base_url)
    where = where[where.index("/address/") :]
    assert "new@example.jp" in client.get(where).text
    assert reader().address == ADDRESS
    assert client.post(where).status_code == 200
    assert client.post(where).status_code == 200
    assert reader().address == "new@example.jp"


def test_known_new_address_gets_the_same_answer(client: FlaskClient) -> None:
    path = f"{own_page()}/address"
    with db.session_scope() as session:
        make_reader(session, session.scalars(select(Newsletter)).one(), "known@example.jp")
    answers = [client.post(path, data={"address": f"{name}@example.jp"}) for name in ("known", "unknown")]
    assert answers[0].status_code == answers[1].status_code
    assert answers[0].location == answers[1].location
    with db.session_scope() as session:
        assert session.scalars(select(TransactionalLetter.address)).all() == ["unknown@example.jp"]


def test_address_taken_meanwhile_is_refused_with_words(client: FlaskClient) -> None:
    path = f"{own_page()}/address"
    client.post(path, data={"address": "new@example.jp"})
    with db.session_scope() as session:
        change = session.scalars(select(address_change.AddressChange)).one()
        where = f"/address/{token.make_expiring(Purpose.ADDRESS, change.id, 60)}"
        make_reader(session, session.scalars(select(Newsletter)).one(), "new@example.jp")
    assert client.post(where).status_code == 409


def test_reader_gets_a_copy_of_everything_by_a_letter_alone(client: FlaskClient) -> None:
    """The link in a letter that was passed on must not show what its owner has read."""
    asked = client.post(f"{own_page()}/data")
    assert asked.status_code == 303
    assert "メールをお送りしました" in client.get(asked.location).text
    with db.session_scope() as session:
        notice = session.scalars(select(TransactionalLetter)).one()
        assert (notice.kind, notice.address) == ("own_data", ADDRESS)
        where = "/data/" + str(notice.values["link"]).rpartition("/")[2]
    assert "h••••@example.jp" in client.get(where).text
    answer = client.get(f"{where}/kairan-data.json")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    copy = json.loads(answer.text)
    assert copy["subscriber"]["address"] == ADDRESS
    assert copy["subscriptions"][0]["newsletter"] == "自治体ICTだより"
    assert set(copy) >= {"consents", "single_letters", "deliveries", "opens_and_clicks"}
    with clock.moved(timedelta(days=2)):
        assert client.get(where).status_code == 410
    for _ in range(5):
        client.post(f"{own_page()}/data")
    assert len(letters()) == 3


def test_every_letter_that_is_posted_can_be_written(client: FlaskClient) -> None:
    """What the outbox holds fits the letters' own words: each kind that readers' pages post is rendered."""
    own = own_page()
    client.post(f"/confirm/{waiting()}")
    with db.session_scope() as session:
        newsletter = session.scalars(select(Newsletter)).one()
        for typed in (ADDRESS, "third@example.jp"):
            signup.sign_up(session, newsletter, parse(typed), Profile(), agreed="")
    client.post(f"{own}/data")
    client.post(f"{own}/address", data={"address": "newer@example.jp"})
    with db.session_scope() as session:
        change = session.scalars(select(address_change.AddressChange)).one()
        where = f"/address/{token.make_expiring(Purpose.ADDRESS, change.id, 60)}"
    client.post(f"{own}/link")
    client.post(f"{own}/erase")
    client.post(where)
    client.post(f"/u/{link(Purpose.UNSUBSCRIBE)}", data={"leave": "yes"})
    with db.session_scope() as session:
        posted = session.scalars(select(TransactionalLetter)).all()
        newsletter = session.scalars(select(Newsletter)).one()
        for notice in posted:
            written = render.render(
                notice.kind,
                notice.language,
                notice.values,
                to=notice.address,
                sender=compose.sender(newsletter),
                number=notice.id,
                moment=clock.now(),
            )
            assert written.raw.isascii()
    of_staff = ("staff_", "correction_", "account_", "relay_")
    readers_own = {kind for kind in letter_kinds.KINDS if not kind.startswith(of_staff)}
    assert {notice.kind for notice in posted} == readers_own


def test_erasure_ends_every_link(client: FlaskClient) -> None:
    client.post(f"{own_page()}/erase")
    with db.session_scope() as session:
        notice = session.scalars(select(TransactionalLetter)).one()
    path, own = "/erase/" + str(notice.values["link"]).rpartition("/")[2], own_page()
    assert "データを消去しました" in client.post(path, data={"sure": "yes"}).text
    gone = reader()
    assert (gone.address, gone.name, gone.subscriptions[0].state) == (None, "", SubscriptionState.ENDED)
    assert client.get(own).status_code == 404
    assert "データを消去しました" in client.get(path).text
    unsubscribing = client.post(f"/u/{link(Purpose.UNSUBSCRIBE)}", data={"List-Unsubscribe": "One-Click"})
    assert unsubscribing.status_code == 200
    with db.session_scope() as session:
        assert subscriber.find(session, ADDRESS) is None
