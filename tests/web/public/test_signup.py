"""The sign-up form: what it takes, what it refuses, and that it tells nobody whose address is known."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, func, select
from werkzeug.test import TestResponse

import settings
from models.issues.newsletter import Newsletter, Tracking
from models.outbox.transactional import TransactionalLetter
from models.readers import signup, signup_limit, suppression
from models.readers.consent import Consent, ConsentKind
from models.readers.profile import Profile
from models.readers.subscriber import Subscriber, Subscription, SubscriptionState
from models.readers.suppression import SuppressionReason
from models.store import clock, db
from models.store.mail_address import parse
from tests.conftest import NOWHERE, set_environment
from tests.sample import make_newsletter, make_reader
from tests.web.hidden_fields import hidden_fields
from web.app import create_app

FORM = {"address": "hanako@example.jp", "name": "花子", "audience": "citizen", "topics": ["dx"], "agreed": "yes"}


@pytest.fixture
def client(database: Engine, redis_client: object) -> FlaskClient:
    with db.session_scope() as session:
        make_newsletter(session)
    return create_app().test_client()


def send(client: FlaskClient, wait: float = 5, **changes: object) -> TestResponse:
    """Open the form, and send it *wait* seconds later."""
    page = client.get("/subscribe/ict")
    with clock.moved(timedelta(seconds=wait)):
        return client.post("/subscribe/ict", data={**hidden_fields(page), **FORM, **changes})


def letters() -> list[str]:
    with db.session_scope() as session:
        return list(session.scalars(select(TransactionalLetter.kind).order_by(TransactionalLetter.id)))


def test_form_is_taken_and_evidence_is_kept(client: FlaskClient) -> None:
    answer = send(client)
    assert (answer.status_code, answer.location) == (303, "/subscribe/ict/sent")
    assert "確認メールをご覧ください" in client.get(answer.location).text
    assert letters() == ["confirmation"]
    with db.session_scope() as session:
        subscription = session.scalars(select(Subscription)).one()
        assert subscription.state is SubscriptionState.PENDING
        assert subscription.pending_answers["name"] == "花子"
        evidence = session.scalars(select(Consent)).one()
        assert evidence.kind is ConsentKind.REQUESTED
        assert "みなと市 情報政策課が「自治体ICTだより」をメールでお届けします" in evidence.text
        assert "開いた日時" in evidence.text, "how reading is tracked is part of what was agreed to"
        assert evidence.client == "127.0.0.1"


def test_known_unknown_and_suppressed_addresses_get_the_same_answer(client: FlaskClient) -> None:
    with db.session_scope() as session:
        make_reader(session, session.scalars(select(Newsletter)).one(), "known@example.jp")
        suppression.suppress(session, "barred@example.jp", SuppressionReason.COMPLAINED)
    answers = []
    for name in ("known", "unknown", "barred"):
        began = time.monotonic()
        answer = send(client, address=f"{name}@example.jp")
        taken = time.monotonic() - began
        assert taken > 0.25, "what is known and what is not take the same time"
        answers.append((answer.status_code, answer.location, answer.text, sorted(answer.headers.keys())))
    assert answers[0] == answers[1] == answers[2]
    assert letters() == ["already_subscribed", "confirmation"]


def test_case_a9_letter_goes_to_the_domain_that_was_typed(client: FlaskClient) -> None:
    assert send(client, address="info@ラーメン.jp").status_code == 303
    assert send(client, address="taro@サーバー.例え.jp").status_code == 303
    assert send(client, address="info@ラ―メン.jp").status_code == 422
    with db.session_scope() as session:
        went = session.scalars(select(TransactionalLetter.address).order_by(TransactionalLetter.id)).all()
    assert went == ["info@xn--4dkp5a8a.jp", "taro@xn--vckucxgb.xn--r8jz45g.jp"]


@pytest.mark.parametrize(
    "names",
    [
        [f"bomb+{number}@example.jp" for number in range(8)],
        ["bo.mb@gmail.com", "b.omb@gmail.com", "bomb+1@gmail.com", "bomb@googlemail.com", "BOMB@gmail.com"],
    ],
    ids=["case_a8-sub-addresses", "case_a8-gmail"],
)
def test_one_mailbox_is_not_flooded_under_many_names(client: FlaskClient, names: list[str]) -> None:
    assert {send(client, address=name).status_code for name in names} == {303}
    assert letters() == ["confirmation"] * signup_limit.LETTERS_PER_HOUR
    send(client, address="another@example.jp")
    assert len(letters()) == signup_limit.LETTERS_PER_HOUR + 1


def test_case_a8_forms_that_come_at_once_are_counted(client: FlaskClient) -> None:
    def ask(number: int) -> None:
        with db.session_scope() as session:
            newsletter = session.scalars(select(Newsletter)).one()
            signup.sign_up(session, newsletter, parse(f"bomb+{number}@example.jp"), Profile(), agreed="")

    with ThreadPoolExecutor(8) as at_once:
        list(at_once.map(ask, range(20)))
    assert len(letters()) == signup_limit.LETTERS_PER_HOUR


@pytest.mark.parametrize(
    ("limit", "same", "other"),
    [("SIGNUP_LETTERS_DOMAIN", "c@example.jp", "d@elsewhere.example"), ("SIGNUP_LETTERS", "c@gmail.com", "")],
    ids=["case_a8-domain", "case_a8-total"],
)
def test_busy_form_keeps_what_was_typed(client: FlaskClient, limit: str, same: str, other: str) -> None:
    before = {limit: str(getattr(settings.get(), limit.lower()))}
    try:
        set_environment(**{limit: "2"})
        assert [send(client, address=f"{name}@example.jp").status_code for name in "ab"] == [303, 303]
        refused = send(client, address=same)
        assert refused.status_code == 429
        assert f'value="{same}"' in refused.text
        assert "お申し込みが集中しています" in refused.text
        assert not other or send(client, address=other).status_code == 303
        with clock.moved(timedelta(hours=2)):
            assert send(client, address=same).status_code == 303
    finally:
        set_environment(**before)


def test_address_may_be_typed_full_width(client: FlaskClient) -> None:
    send(client, address="　ｈａｎａｋｏ＠ｅｘａｍｐｌｅ。ｊｐ ")
    with db.session_scope() as session:
        assert session.scalars(select(Subscriber.address)).all() == ["hanako@example.jp"]


def test_old_carrier_address_is_taken(client: FlaskClient) -> None:
    send(client, address="taro..1.@docomo.ne.jp")
    assert letters() == ["confirmation"]


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"address": ""}, "address", "メールアドレスを入力してください"),
        ({"address": "花子"}, "address", "形が正しくありません"),
        ({"address": "a@b@example.jp"}, "address", "形が正しくありません"),
        ({"audience": ""}, "audience", "あてはまる区分"),
        ({"audience": "nobody"}, "audience", "あてはまる区分"),
        ({"topics": ["nothing"]}, "topics", "選択肢の中から"),
        ({"agreed": ""}, "agreed", "チェックを入れてください"),
        ({"name": "長" * 201}, "name", "200文字以内"),
        ({"terms": "0" * 16}, "agreed", "条件が変わりました"),
    ],
)
def test_mistakes_are_named_and_nothing_is_lost(
    client: FlaskClient, changes: dict[str, object], field: str, message: str
) -> None:
    answer = send(client, **changes)
    assert answer.status_code == 422
    assert message in answer.text
    assert f'href="#{field}"' in answer.text
    assert "<title>エラー" in answer.text
    if field != "name":
        assert 'value="花子"' in answer.text
    assert letters() == []


def test_form_in_english(client: FlaskClient) -> None:
    page = client.get("/subscribe/ict?lang=en")
    assert '<html lang="en">' in page.text
    assert "Mail address" in page.text
    refused = client.post("/subscribe/ict?lang=en", data={**hidden_fields(page), **FORM, "address": "x"})
    assert "This is not a complete mail address" in refused.text


def test_machine_that_fills_in_every_field_gets_nothing(client: FlaskClient) -> None:
    answer = send(client, website="https://spam.example/")
    assert answer.location == "/subscribe/ict/sent"
    assert letters() == []
    with db.session_scope() as session:
        assert session.scalar(select(func.count()).select_from(Subscriber)) == 0


@pytest.fixture
def an_hour_to_fill_in() -> Iterator[None]:
    """So that no machine is too slow to be too quick."""
    before = settings.get().signup_seconds
    set_environment(SIGNUP_SECONDS="3600")
    yield
    set_environment(SIGNUP_SECONDS=str(before))


@pytest.mark.parametrize("wait", [0, 25 * 3600])
@pytest.mark.usefixtures("an_hour_to_fill_in")
def test_too_quick_or_a_day_late_is_asked_once_more(client: FlaskClient, wait: float) -> None:
    answer = send(client, wait=wait)
    assert answer.status_code == 422
    assert letters() == []
    with clock.moved(timedelta(seconds=wait + 2 * 3600)):
        assert client.post("/subscribe/ict", data={**hidden_fields(answer), **FORM}).status_code == 303
    assert letters() == ["confirmation"]


def test_forged_stamp_is_no_stamp(client: FlaskClient) -> None:
    assert send(client, began="1.abc").status_code == 422


def test_form_without_its_cookie_is_shown_again_with_all_that_was_typed(client: FlaskClient) -> None:
    page = client.get("/subscribe/ict")
    stranger = client.application.test_client()
    with clock.moved(timedelta(seconds=5)):
        answer = stranger.post("/subscribe/ict", data={**hidden_fields(page), **FORM})
        assert answer.status_code == 422
        assert "Cookie" in answer.text
        assert 'value="花子"' in answer.text
        assert stranger.post("/subscribe/ict", data={**hidden_fields(answer), **FORM}).status_code == 303


@pytest.mark.parametrize("tracking", list(Tracking))
def test_form_tells_how_reading_is_tracked(client: FlaskClient, tracking: Tracking) -> None:
    with db.session_scope() as session:
        session.scalars(select(Newsletter)).one().tracking = tracking
    page = client.get("/subscribe/ict").text
    assert ('name="tracking_refused"' in page) == (tracking is Tracking.INDIVIDUAL)
    words = {
        Tracking.INDIVIDUAL: "開いた日時",
        Tracking.AGGREGATE: "どなたが開いたかは記録しません",
        Tracking.OFF: "開かれたかどうかは記録しません",
    }
    assert words[tracking] in page


def test_unknown_newsletter_and_closed_one(client: FlaskClient) -> None:
    unknown = client.get("/subscribe/nothing")
    assert unknown.status_code == 404
    assert 'href="/"' in unknown.text
    with db.session_scope() as session:
        session.scalars(select(Newsletter)).one().open_to_signup = False
    closed = client.get("/subscribe/ict")
    assert closed.status_code == 403
    assert "ict@example.lg.jp" in closed.text


def test_start_page_lists_newsletters_and_passes_over_a_choice_of_one(client: FlaskClient) -> None:
    assert client.get("/").location == "/subscribe/ict"
    with db.session_scope() as session:
        make_newsletter(session, "second", name="二つ目のたより")
    assert "二つ目のたより" in client.get("/").text


def test_own_fields_of_the_newsletter_are_asked_for(client: FlaskClient) -> None:
    with db.session_scope() as session:
        session.scalars(select(Newsletter)).one().fields = [{"name": "role", "label": "役職", "required": True}]
    assert "「役職」を入力してください" in send(client).text
    send(client, **{"own-role": "課長"})
    with db.session_scope() as session:
        assert session.scalars(select(Subscription)).one().pending_answers["fields"] == {"role": "課長"}


def test_markup_in_a_field_is_text(client: FlaskClient) -> None:
    page = send(client, name="<script>alert(1)</script>", address="x").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_broker_down_does_not_keep_anybody_out(client: FlaskClient) -> None:
    before = settings.get()
    try:
        set_environment(REDIS_URL=NOWHERE["REDIS_URL"], SIGNUP_LIMIT="2 per hour")
        stranded = create_app().test_client()
        assert [send(stranded).status_code for _ in range(3)] == [303] * 3
    finally:
        set_environment(REDIS_URL=before.redis_url, SIGNUP_LIMIT=before.signup_limit)
    assert letters() == ["confirmation"] * 3, "the outbox holds them until the sweep"
