"""A confirmation link is good for the sign-up it was made for, once, and for an address that may be mailed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models.issues.newsletter import Newsletter
from models.outbox import transactional
from models.outbox.transactional import TransactionalLetter, TransactionalState
from models.readers import address_change, signup, suppression, unsubscribe
from models.readers.profile import Profile
from models.readers.subscriber import Subscriber, Subscription, SubscriptionState
from models.readers.suppression import SuppressionReason
from models.store import clock, db, token
from models.store.mail_address import parse
from models.store.token import Purpose
from templates.transactional import kinds
from tests.sample import make_newsletter, make_reader
from tests.servers import SmtpCatcher
from web.app import create_app
from worker.sending import transactional as outbox

ADDRESS = "hanako@example.jp"


@pytest.fixture
def client(database: Engine, redis_client: object) -> FlaskClient:
    with db.session_scope() as session:
        make_newsletter(session)
    return create_app().test_client(use_cookies=False)


def newsletter(session: Session) -> Newsletter:
    return session.scalars(select(Newsletter)).one()


def ask(name: str) -> str:
    """Sign the address up; the path of the link that is mailed."""
    with db.session_scope() as session:
        signup.sign_up(session, newsletter(session), parse(ADDRESS), Profile(name=name), agreed="")
        query = select(TransactionalLetter).where(TransactionalLetter.kind == "confirmation")
        link = str(session.scalars(query.order_by(TransactionalLetter.id.desc())).all()[0].values["link"])
    return "/" + link.split("/", 3)[3]


def leave() -> None:
    with db.session_scope() as session:
        unsubscribe.unsubscribe(session, session.scalars(select(Subscription)).one(), source="page")


def reader() -> tuple[SubscriptionState, str]:
    with db.session_scope() as session:
        one = session.scalars(select(Subscription)).one()
        return one.state, one.subscriber.name


def test_case_a5_old_link_is_no_key_to_a_later_sign_up(client: FlaskClient) -> None:
    first = ask("本人")
    assert client.post(first).status_code == 200
    leave()
    with clock.moved(timedelta(hours=2)):
        second = ask("他人")
        assert client.get(first).status_code == 410
        assert client.post(first).status_code == 410
        assert reader() == (SubscriptionState.PENDING, "本人")
        assert client.post(second).status_code == 200
        assert reader() == (SubscriptionState.ACTIVE, "他人")


def test_case_a5_each_link_means_what_its_own_form_said(client: FlaskClient) -> None:
    """A stranger who enters the address again must not put words into the owner's link, nor break it."""
    mine = ask("本人")
    with clock.moved(timedelta(minutes=1)):
        ask("他人")
        assert "本人" in client.get(mine).text
        assert client.post(mine).status_code == 200
    assert reader() == (SubscriptionState.ACTIVE, "本人")


def test_case_a5_forms_beyond_the_limit_change_nothing(client: FlaskClient) -> None:
    mine = ask("本人")
    for minute in range(1, 12):
        with clock.moved(timedelta(minutes=minute)):
            ask("他人")
    assert client.post(mine).status_code == 200
    assert reader() == (SubscriptionState.ACTIVE, "本人")


def test_case_a5_links_of_an_older_version_go_on_working(client: FlaskClient) -> None:
    with db.session_scope() as session:
        one = make_reader(session, newsletter(session), ADDRESS, SubscriptionState.PENDING)
        one.pending_answers = {**Profile(name="本人").model_dump(mode="json"), "agreed": "同意"}
        link = f"/confirm/{token.make_expiring(Purpose.CONFIRM, one.id, 3600)}"
    with clock.moved(timedelta(minutes=1)):
        ask("他人")
        assert client.post(link).status_code == 200
    assert reader() == (SubscriptionState.ACTIVE, "本人")


@pytest.mark.parametrize("reason", [SuppressionReason.COMPLAINED, SuppressionReason.BOUNCED, SuppressionReason.STAFF])
def test_case_a4_suppressed_meanwhile_says_what_to_do(client: FlaskClient, reason: SuppressionReason) -> None:
    link = ask("本人")
    with db.session_scope() as session:
        suppression.suppress(session, ADDRESS, reason)
    for answer in (client.get(link), client.post(link)):
        assert answer.status_code == 409
        assert "ict@example.lg.jp" in answer.text
    assert reader()[0] is SubscriptionState.PENDING
    with db.session_scope() as session:
        assert session.scalars(select(TransactionalLetter.kind)).all() == ["confirmation"]


def test_case_a4_new_address_suppressed_meanwhile_is_not_taken_over(client: FlaskClient) -> None:
    with db.session_scope() as session:
        one = make_reader(session, newsletter(session), ADDRESS).subscriber
        address_change.request(session, one, parse("new@example.jp"))
        link = "/" + str(session.scalars(select(TransactionalLetter)).one().values["link"]).split("/", 3)[3]
        suppression.suppress(session, "new@example.jp", SuppressionReason.COMPLAINED)
    assert client.post(link).status_code == 409
    with db.session_scope() as session:
        assert session.scalars(select(Subscriber.address)).one() == ADDRESS


def test_case_a4_single_letters_ask_the_suppressions_when_they_are_sent(
    client: FlaskClient, smtp_catcher: SmtpCatcher
) -> None:
    of_staff = ("staff_", "correction_", "account_", "relay_")
    for_readers = [kind for kind in kinds.KINDS if not kind.startswith(of_staff)]
    links = dict.fromkeys(("link", "preferences", "unsubscribe", "signup"), "https://news.example.jp/x")
    values = {**links, "expires": clock.now().isoformat(), "new_address": "new@example.jp"}
    with db.session_scope() as session:
        for kind in for_readers:
            known = {name: text for name, text in values.items() if name in kinds.KINDS[kind].__dataclass_fields__}
            transactional.post(session, kind, f"{kind}@Example.jp", newsletter_id=newsletter(session).id, **known)
            suppression.suppress(session, f"{kind}@example.jp", SuppressionReason.COMPLAINED)
    outbox.send()
    went = {letter.recipients[0].partition("@")[0] for letter in smtp_catcher.letters}
    assert went == suppression.MUST_GO & set(for_readers)
    with db.session_scope() as session:
        failed = select(TransactionalLetter).where(TransactionalLetter.state == TransactionalState.FAILED)
        letters = session.scalars(failed).all()
    assert {one.kind for one in letters} == {"confirmation", "welcome", "already_subscribed", "address_change"}
    assert {one.answer for one in letters} == {outbox.SUPPRESSED}


def test_case_a4_leaving_does_not_hold_back_a_confirmation(client: FlaskClient, smtp_catcher: SmtpCatcher) -> None:
    with db.session_scope() as session:
        suppression.suppress(session, ADDRESS, SuppressionReason.UNSUBSCRIBED)
    ask("本人")
    outbox.send()
    assert [letter.recipients for letter in smtp_catcher.letters] == [(ADDRESS,)]
