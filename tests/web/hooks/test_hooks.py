"""Hooks of sending services: right, wrong, old and replayed messages; batches; subscriptions; and what follows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sendgrid.helpers.eventwebhook import EventWebhook, EventWebhookHeader
from sqlalchemy import select
from werkzeug.datastructures import Headers
from werkzeug.test import TestResponse

import settings
from models.bounces.events import provider_event
from models.bounces.events.provider_event import ProviderEvent
from models.deliveries.delivery import Delivery, DeliveryState
from models.privacy import own_data
from models.readers import erasure
from models.readers.subscriber import Subscriber, Subscription, SubscriptionState
from models.store import clock, db, token
from models.store.clock import now
from models.store.errors import Forbidden, Unavailable
from models.store.token import Purpose
from tests.models.bounces.test_consequences import deliver
from tests.sample import make_newsletter, make_reader, make_sent
from web.hooks import hook_pages, signatures, sns_messages
from worker import provider_events, sweep

from . import sending_service
from .sending_service import CERTIFICATE_URL, SERVICES, TOPIC, Keys, Sent, Speak, basic, old, signed_batch, sns

ADDRESS = "reader@example.jp"


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    return Keys(tmp_path_factory.mktemp("keys"))


@pytest.fixture
def amazon(keys: Keys, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What is asked of Amazon's servers, which the tests cannot reach."""
    asked: list[str] = []

    def answer(host: str, target: str) -> bytes:
        asked.append(host + target)
        return keys.certificate

    sns_messages._fetched_key.cache_clear()
    monkeypatch.setattr(sns_messages, "ask", answer)
    yield asked
    sns_messages._fetched_key.cache_clear()


@pytest.fixture
def message_id(client: FlaskClient, keys: Keys, amazon: list[str]) -> str:
    """The Message-ID of a letter that was accepted."""
    settings.reload(HOOK_KEYS=json.dumps(keys.setting))
    with db.session_scope() as session:
        newsletter = make_newsletter(session)
        reader = make_reader(session, newsletter, ADDRESS)
        issue = deliver(session, make_sent(session, newsletter, "第1号"), reader)
        made = token.make(Purpose.MESSAGE, issue.id, reader.subscriber_id)
    return f"<{made}@example.jp>"


def post(client: FlaskClient, provider: str, sent: Sent) -> TestResponse:
    return client.post(f"/hooks/{provider}", data=sent.body, headers=sent.headers)


def events() -> list[ProviderEvent]:
    with db.session_scope() as session:
        return list(session.scalars(select(ProviderEvent).order_by(ProviderEvent.id)))


def states() -> tuple[DeliveryState, SubscriptionState]:
    with db.session_scope() as session:
        return session.scalars(select(Delivery)).one().state, session.scalars(select(Subscription)).one().state


@pytest.mark.parametrize(("provider", "speak", "limit"), list(SERVICES.values()), ids=list(SERVICES))
def test_a_message_counts_where_it_is_right_new_and_first(
    client: FlaskClient, keys: Keys, message_id: str, provider: str, speak: Speak, limit: timedelta
) -> None:
    right = speak(keys, message_id, ADDRESS, now())
    other = speak(keys, message_id, "other@example.jp", now())
    wrong = [Sent(right.headers, other.body), Sent({}, right.body)]
    if provider == "mailgun":  # its signature is in the body, and covers nothing else there
        wrong = [
            Sent({}, right.body.replace(b'"tttt', b'"uttt')),
            Sent({}, right.body.replace(b'"signature": "', b'"x": "')),
        ]
    elif provider == "ses":
        wrong = [
            Sent({}, right.body.replace(b"reader@", b"other@")),
            Sent({}, right.body.replace(b'"Signature"', b'"x"')),
        ]
    elif provider in ("postmark", "brevo"):
        wrong = [
            Sent(basic("kairan:wrong"), right.body),
            Sent({}, right.body),
            Sent({"Authorization": "Basic é"}, b"{}"),
        ]
    for one in [*wrong, speak(keys, message_id, ADDRESS, old(limit)),
                speak(keys, message_id, ADDRESS, now() + timedelta(days=2))]:  # fmt: skip
        refused = post(client, provider, one)
        assert refused.status_code == 403, (one, refused.text)
    assert events() == []
    assert post(client, provider, right).json == {"taken": 1, "known": 0}
    assert provider_events.follow_all() == 1
    assert post(client, provider, right).json == {"taken": 0, "known": 1}, "a replay changes nothing"
    assert provider_events.follow_all() == 0
    [event] = events()
    assert (event.kind, event.consequence, event.address) == ("no_such_mailbox", "suppressed", ADDRESS)
    assert states() == (DeliveryState.BOUNCED, SubscriptionState.ENDED)


def test_what_we_call_right_sendgrid_calls_right(keys: Keys) -> None:
    """Their own library for receivers, on batches as they come: of several events, in Japanese, with odd spaces."""
    theirs = EventWebhook()
    key = theirs.convert_public_key_to_ecdsa(keys.setting["sendgrid"])
    for told in ([], [{"event": "bounce", "reason": "宛先が存在しません\r\n"}], [{"event": "open"}] * 50):
        sent = signed_batch(keys, told, now())
        for body in (sent.body, sent.body + b" ", sent.body.replace(b"[", b"[ ", 1), b""):
            signature, timestamp = (
                sent.headers[EventWebhookHeader.SIGNATURE],
                sent.headers[EventWebhookHeader.TIMESTAMP],
            )
            expected = theirs.verify_signature(body.decode(), signature, timestamp, key)
            assert expected == (body == sent.body)
            with nullcontext() if expected else pytest.raises(Forbidden):
                signatures.check_sendgrid(keys.setting["sendgrid"], Headers(sent.headers), body)


def test_a_token_of_mailgun_counts_for_one_body(client: FlaskClient, keys: Keys, message_id: str) -> None:
    first = sending_service.mailgun(keys, message_id, ADDRESS, now())
    assert post(client, "mailgun", first).status_code == 200
    stolen = Sent({}, first.body.replace(b'"m1"', b'"m2"'))
    refused = post(client, "mailgun", stolen)
    assert refused.status_code == 403
    assert "came with another event before" in refused.text
    assert post(client, "mailgun", first).status_code == 200, "as services do that got no answer"


def test_a_subscription_is_confirmed_for_listed_topics_alone(
    client: FlaskClient, keys: Keys, message_id: str, amazon: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    more = {"Type": "SubscriptionConfirmation", "Token": "t&x", "SubscribeURL": "https://evil.example/"}
    assert post(client, "ses", sns(keys, {}, now(), "2", **more)).status_code == 200
    host = "sns.ap-northeast-1.amazonaws.com"
    assert amazon == [
        CERTIFICATE_URL.removeprefix("https://"),
        f"{host}/?Action=ConfirmSubscription&TopicArn={TOPIC.replace(':', '%3A')}&Token=t%26x",
    ]
    stranger = sns(keys, {}, now(), "2", **more, TopicArn=f"{TOPIC}2")
    assert post(client, "ses", stranger).status_code == 403
    unsubscribed = {**more, "Type": "UnsubscribeConfirmation"}
    assert post(client, "ses", sns(keys, {}, now(), "2", **unsubscribed)).json == {"taken": 0, "known": 0}
    assert len(amazon) == 2, "nothing else is asked"

    def away(_host: str, _target: str) -> bytes:
        raise Unavailable("Amazon's server does not answer: send it again later")

    sns_messages._fetched_key.cache_clear()
    monkeypatch.setattr(sns_messages, "ask", away)
    assert post(client, "ses", sns(keys, {}, now(), "2")).status_code == 503


STRANGE_CERTIFICATES = (
    "http://sns.ap-northeast-1.amazonaws.com/SimpleNotificationService-a.pem",
    "https://sns.ap-northeast-1.amazonaws.com.evil.example/SimpleNotificationService-a.pem",
    "https://evil.example/SimpleNotificationService-a.pem",
    "https://s3.ap-northeast-1.amazonaws.com/SimpleNotificationService-a.pem",
    "https://sns.s3-us-west-2.amazonaws.com/SimpleNotificationService-a.pem",  # a bucket of anybody's
    "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-a.pem",  # of another region than the topic
    "https://sns.ap-northeast-1.amazonaws.com.cn/SimpleNotificationService-a.pem",
    "https://sns.ap-northeast-1.amazonaws.com:444/SimpleNotificationService-a.pem",
    "https://x@sns.ap-northeast-1.amazonaws.com/SimpleNotificationService-a.pem",
    "https://sns.ap-northeast-1.amazonaws.com/other.pem",
    "https://sns.ap-northeast-1.amazonaws.com/SimpleNotificationService-a.pem?x",
    "https://[sns.ap-northeast-1.amazonaws.com/SimpleNotificationService-a.pem",
    "",
)


def test_certificates_come_from_amazon_alone(
    client: FlaskClient, keys: Keys, message_id: str, amazon: list[str]
) -> None:
    right = sending_service.ses(keys, message_id, ADDRESS, now())
    for address in STRANGE_CERTIFICATES:
        changed = right.body.replace(CERTIFICATE_URL.encode(), address.encode())
        assert post(client, "ses", Sent({}, changed)).status_code == 403, address
    assert amazon == []
    # One that was right when it was fetched ends.
    assert post(client, "ses", right).status_code == 200
    with clock.moved(timedelta(days=3)):
        ended = post(client, "ses", sns(keys, {}, now(), "1"))
    assert (ended.status_code, ended.json) == (403, {"error": "the certificate has ended"})
    assert amazon == [CERTIFICATE_URL.removeprefix("https://")]


def test_a_batch_is_taken_whole_or_not_at_all(client: FlaskClient, keys: Keys, message_id: str) -> None:
    batch = [{"sg_event_id": f"e{place}", "event": "bounce", "email": "\0a\ud800@example.jp"} for place in range(3)]
    assert post(client, "sendgrid", signed_batch(keys, [*batch, "no event"], now())).status_code == 400
    assert post(client, "sendgrid", signed_batch(keys, [{}] * 5001, now())).status_code == 400
    assert post(client, "sendgrid", signed_batch(keys, "", now())).status_code == 400
    assert events() == []
    assert post(client, "sendgrid", signed_batch(keys, [*batch, batch[0]], now())).json == {"taken": 3, "known": 1}
    assert post(client, "sendgrid", signed_batch(keys, [], now())).json == {"taken": 0, "known": 0}
    for body, status in ((b"{", 400), (b"\xff", 400), (b"[" * 100_000, 400), (b"x" * 1_100_000, 413)):
        assert post(client, "brevo", Sent(basic(), body)).status_code == status
    assert client.post("/hooks/other").status_code == 404
    for service in ("postmark", "brevo"):  # whether a service sends one event or several
        several = [{"RecordType": "Open", "event": "opened", "email": f"{one}@example.jp"} for one in "ab"]
        assert post(client, service, Sent(basic(), json.dumps(several).encode())).json == {"taken": 2, "known": 0}
    settings.reload(HOOK_KEYS='{"mailgun": " "}')
    assert client.post("/hooks/mailgun").status_code == client.post("/hooks/ses").status_code == 404


def test_what_nobody_knows_or_nothing_proves_is_kept_and_ignored(
    client: FlaskClient, keys: Keys, message_id: str
) -> None:
    forged = message_id[:5] + ("A" if message_id[5] != "A" else "B") + message_id[6:]
    batch = [
        {"sg_event_id": "1", "event": "newly_invented", "email": ADDRESS, "smtp-id": message_id},
        {"sg_event_id": "2", "event": "spamreport", "email": ADDRESS, "smtp-id": forged},
        {"sg_event_id": "3", "event": "deferred", "email": ADDRESS, "smtp-id": message_id},
        {"sg_event_id": "4", "event": "bounce", "email": "else@example.jp", "smtp-id": message_id, "status": "5.1.1",
         "reason": "550 5.1.1 user unknown"},
    ]  # fmt: skip
    assert post(client, "sendgrid", signed_batch(keys, batch, now())).json == {"taken": 4, "known": 0}
    with db.session_scope() as session:
        assert provider_event.is_waiting(session)
    assert provider_events.follow_all() == 4
    assert [one.consequence for one in events()] == ["nothing", "unproved", "nothing", "noted"]
    assert [json.loads(one.raw or "")["event"] for one in events()][:2] == ["newly_invented", "spamreport"]
    assert states()[1] is SubscriptionState.ACTIVE, "a letter that somebody passed on says nothing of its reader"


def test_an_event_that_kills_is_left_alone_and_keeps_no_other(
    client: FlaskClient, keys: Keys, message_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = [{"sg_event_id": "bad", "event": "open"}, {"sg_event_id": "good", "event": "open"}]
    post(client, "sendgrid", signed_batch(keys, batch, now()))
    follow = provider_event.follow

    def failing(session: object, event_id: int) -> bool:
        if event_id == events()[0].id:
            tries.append((events()[0].tries, events()[1].tries))
            raise ValueError
        return follow(session, event_id)  # type: ignore[arg-type]

    tries: list[tuple[int, int]] = []
    monkeypatch.setattr(provider_event, "follow", failing)
    assert provider_events.follow_all() == 1
    assert [bool(one.handled_at) for one in events()] == [False, True]
    for _ in range(provider_event.MOST_TRIES):
        assert provider_events.follow_all() == 0
    assert tries == [(1, 0), *((number, 1) for number in range(2, provider_event.MOST_TRIES + 1))]
    with db.session_scope() as session:
        assert not provider_event.is_waiting(session)


def test_an_erased_reader_leaves_nothing(client: FlaskClient, keys: Keys, message_id: str) -> None:
    complaint = {"sg_event_id": "1", "event": "spamreport", "email": ADDRESS, "smtp-id": message_id, "reason": ADDRESS}
    post(client, "sendgrid", signed_batch(keys, [complaint], now()))
    assert ADDRESS in (events()[0].raw or "")
    with db.session_scope() as session:
        own_data.erase(session, session.scalars(select(Subscriber)).one())
    assert ADDRESS not in f"{events()[0].raw} {events()[0].address} {events()[0].said}"
    later = {**complaint, "sg_event_id": "2"}
    with db.session_scope() as session:
        erasure.erase(session, session.scalars(select(Subscriber)).one())
    post(client, "sendgrid", signed_batch(keys, [later], now()))
    provider_events.follow_all()
    assert [ADDRESS in f"{one.raw} {one.address} {one.said}" for one in events()] == [False, False]
    sweep.forget_returned_mail()
    assert len(events()) == 2


def test_what_is_too_much_is_refused_before_it_is_looked_at(
    client: FlaskClient, keys: Keys, message_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = settings.get().hook_limit
    settings.reload(HOOK_LIMIT="3 per hour")
    try:
        right = sending_service.sendgrid(keys, message_id, ADDRESS, now())
        assert [post(client, "sendgrid", right).status_code for _ in range(3)] == [200] * 3
        monkeypatch.setattr(hook_pages, "_take", None)
        refused = post(client, "sendgrid", right)
        assert (refused.status_code, refused.json) == (429, {"error": "too many requests: send it again later"})
        assert 0 < int(refused.headers["Retry-After"]) <= 3600
        assert post(client, "brevo", Sent({}, b"{}")).status_code == 429, "of whatever service"
        there = {"environ_base": {"REMOTE_ADDR": "203.0.113.5"}}
        assert client.post("/hooks/nothing", **there).status_code == 404, "another address is not meant"  # type: ignore[arg-type]
    finally:
        settings.reload(HOOK_LIMIT=before)
