"""No token but a true one lets anybody in, and whatever the provider answers is a page that says what to do."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
import requests
from flask import Flask, Response
from flask.testing import FlaskClient
from sqlalchemy import select

from models.staff.audit import AuditEntry
from models.staff.login_session import LoginSession
from models.staff.member import Member
from models.store import clock, db
from tests.conftest import set_environment
from tests.oidc_provider import OidcProvider
from tests.web.staff.single_sign_on.round_trip import callback_of, sign_in
from web.staff.single_sign_on import bounded_http
from web.staff.single_sign_on import provider as provider_here

HOUR = 3600
Wrong = Callable[[OidcProvider], None]


def claims(**wrong: Any) -> Wrong:
    return lambda oidc: oidc.wrong_claims.update({name: at(value) for name, value in wrong.items()})


def at(value: Any) -> Any:
    """A number of seconds as a moment from now."""
    return int(time.time()) + value if isinstance(value, int) else value


def signer(name: str) -> Wrong:
    return lambda oidc: setattr(oidc, "sign", getattr(oidc, name))


def other_key(oidc: OidcProvider) -> None:
    """Sign with a key that is not the provider's, under its name."""
    mine, theirs = oidc.keys[0], OidcProvider().keys[0]
    oidc.sign = lambda told: oidc.signed(told, key=theirs, kid=mine.kid)


def own_key(oidc: OidcProvider) -> None:
    """Sign with a key that stands in the token's own head, under the provider's name for its."""
    mine, theirs = oidc.keys[0], OidcProvider().keys[0]
    head = {
        "kid": mine.kid,
        "jwk": theirs.as_dict(private=False),
        "x5u": "http://127.0.0.1/",
        "jku": "http://127.0.0.1/",
    }
    oidc.sign = lambda told: oidc.signed(told, key=theirs, **head)


def cut_signature(oidc: OidcProvider) -> None:
    oidc.sign = lambda told: oidc.signed(told).rpartition(".")[0] + "."


def two_keys_no_kid(oidc: OidcProvider) -> None:
    oidc.keys.append(OidcProvider().keys[0])
    oidc.sign = oidc.without_kid


def instead(path: str, answer: Callable[[], Any]) -> Wrong:
    return lambda oidc: oidc.instead.update({path: answer})


TOKENS: dict[str, tuple[Wrong, int, str]] = {
    "expired": (claims(exp=-HOUR), 502, "時計"),
    "from the future": (claims(iat=180), 502, "時計"),
    "not yet": (claims(nbf=HOUR), 502, "時計"),
    "without an end": (claims(exp=None), 502, "信頼"),
    "for another client": (claims(aud=["another"]), 502, "信頼"),
    "for another client, by us": (claims(aud=["another"], azp="kairan"), 502, "信頼"),
    "for us and by another": (claims(aud=["kairan", "another"], azp="another"), 502, "信頼"),
    "for us and another, by nobody": (claims(aud=["kairan", "another"]), 502, "信頼"),
    "of another issuer": (claims(iss="https://evil.example"), 502, "信頼"),
    "of another try": (claims(nonce="another"), 502, "信頼"),
    "of no try": (claims(nonce=None), 502, "信頼"),
    "of nobody": (claims(sub=None), 502, "信頼"),
    "with a subject that is no text": (claims(sub=[1]), 502, "信頼"),
    "of an access token that is no text": (claims(at_hash=["a"]), 502, "信頼"),
    "of another access token": (claims(at_hash="another"), 502, "信頼"),
    "unsigned": (signer("unsigned"), 502, "信頼"),
    "signed with the public key": (signer("signed_with_public_key"), 502, "信頼"),
    "signed by another": (other_key, 502, "信頼"),
    "signed by the key that it brings": (own_key, 502, "信頼"),
    "signature cut": (cut_signature, 502, "信頼"),
    "no kid, two keys": (two_keys_no_kid, 502, "信頼"),
    "no token": (lambda oidc: setattr(oidc, "sign", lambda _told: ""), 502, "信頼"),
    "groups that are no list": (claims(groups={"a": 1}), 502, "信頼"),
}
ANSWERS: dict[str, tuple[Wrong, int, str]] = {
    "a token that is no JSON": (instead("/token", lambda: "<html>"), 502, "設定"),
    "a list": (instead("/token", lambda: "[" * 10_000), 502, "設定"),
    "a redirect": (
        instead("/token", lambda: Response(status=302, headers={"Location": "file:///etc/passwd"})),
        502,
        "設定",
    ),
    "a wrong secret": (instead("/token", lambda: ({"error": "invalid_client"}, 401)), 502, "設定"),
    "a used code": (instead("/token", lambda: ({"error": "invalid_grant"}, 400)), 400, "もう一度"),
    "an error of its own": (instead("/token", lambda: ("no", 500)), 503, "しばらく"),
    "a huge answer": (instead("/token", lambda: Response(b" " * 10_000 for _ in range(1000))), 502, "設定"),
    "keys that are none": (
        instead("/keys", lambda: {"keys": [1, {"kty": "oct", "k": "AAAA"}, {"kty": "RSA"}]}),
        502,
        "信頼",
    ),
    "no keys": (instead("/keys", lambda: {"keys": "none"}), 502, "設定"),
}


def nobody_is_in(client: FlaskClient) -> None:
    assert client.get("/staff/issues").status_code == 302
    with db.session_scope() as session:
        assert session.scalars(select(LoginSession)).all() == []
        assert session.scalars(select(Member)).all() == []


@pytest.mark.parametrize("cases", [TOKENS, ANSWERS], ids=["tokens", "answers"])
def test_case_e41_a_wrong_answer_lets_nobody_in(
    client: FlaskClient, oidc: OidcProvider, cases: dict[str, tuple[Wrong, int, str]]
) -> None:
    for case, (wrong, status, word) in cases.items():
        oidc.reset()
        provider_here.forget()
        oidc.add("sato", "koho-writers")
        wrong(oidc)
        answer = sign_in(client)
        assert (case, answer.status_code, word in answer.text) == (case, status, True), answer.text
        nobody_is_in(client)
    with db.session_scope() as session:
        written = session.scalars(select(AuditEntry.action)).all()
    assert written == ["fail login"] * len(cases)
    oidc.reset()  # nothing stays wrong
    provider_here.forget()
    oidc.add("sato", "koho-writers")
    assert sign_in(client).status_code == 302
    assert client.get("/staff/issues").status_code == 200


def test_case_e41_keys_that_change_are_read_anew_once_a_minute(client: FlaskClient, oidc: OidcProvider) -> None:
    oidc.add("sato", "koho-writers")
    assert sign_in(client).status_code == 302
    oidc.rotate_key()
    assert sign_in(client).status_code == 502, "the keys were read less than a minute ago"
    oidc.rotate_key()
    with clock.moved(timedelta(seconds=provider_here.KEYS_AGAIN_SECONDS)):
        assert sign_in(client).status_code == 302
    oidc.sign = lambda told: oidc.signed(told, kid="made up")
    read = oidc.asked.count("/keys")
    assert [sign_in(client).status_code for _ in range(5)] == [502] * 5
    assert oidc.asked.count("/keys") == read


def test_case_e42_a_provider_that_is_down_or_slow_holds_no_thread(
    client: FlaskClient, oidc: OidcProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    oidc.add("sato", "koho-writers")
    way_back = callback_of(client)
    oidc.stop()
    try:
        down = client.get(way_back)
        assert (down.status_code, down.headers["Retry-After"], "つながりません" in down.text) == (503, "10", True)
        provider_here.forget()
        assert client.get("/staff/sign-in").status_code == 503
        assert client.get("/staff/login").status_code == 200
    finally:
        oidc.start()
    provider_here.forget()
    # A server that takes connections and drips its answer, byte after byte, with no end.
    monkeypatch.setattr(bounded_http, "SECONDS", 0.5)
    with Dripping() as slow:
        monkeypatch.setattr(oidc, "port", slow.port)
        set_environment(OIDC_ISSUER=oidc.issuer)
        assert client.get("/staff/sign-in").status_code == 503
        asked = slow.connections
        assert [client.get("/staff/sign-in").status_code for _ in range(3)] == [503] * 3
        assert slow.connections == asked, "it is left alone for a while"


class Dripping:
    """A server that never comes to an end."""

    def __init__(self) -> None:
        self.connections = 0
        self._over = threading.Event()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Dripping:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()

    def _run(self) -> None:
        with suppress(OSError):
            while True:
                taken, _ = self._socket.accept()
                self.connections += 1
                with taken, suppress(OSError):
                    taken.sendall(b"HTTP/1.1 200 OK\r\nX: ")
                    while not self._over.wait(0.05):
                        taken.sendall(b"x")


def test_case_e43_a_state_is_good_for_one_browser_and_once(app: Flask, oidc: OidcProvider) -> None:
    mine, theirs = app.test_client(), app.test_client()
    oidc.add("sato", "koho-writers")
    way_back = callback_of(mine, "/staff/rankings")
    assert "終わっています" in theirs.get(way_back).text, "who is lured to it has no part of it"
    assert "終わっています" in theirs.get("/staff/sign-in/finish?code=a&state=made.up").text
    assert mine.get(way_back.replace("state=", "state=x")).status_code == 400
    name = next(name for name in (c.key for c in mine._cookies.values()) if name.startswith("kairan-sign-in-"))
    copied = mine.get_cookie(name)
    assert copied is not None
    assert mine.get(way_back).location == "/staff/rankings"
    assert mine.get_cookie(name) is None
    assert mine.get(way_back).location == "/staff/", "who goes back is in already"
    theirs.set_cookie(name, copied.value)
    asked = oidc.asked.count("/token")
    assert theirs.get(way_back).status_code == 400, "also for who copied the cookie"
    assert oidc.asked.count("/token") == asked, "and the provider is not asked once more"


def test_case_e43_a_state_ends_after_ten_minutes(client: FlaskClient, oidc: OidcProvider) -> None:
    oidc.add("sato", "koho-writers")
    late, in_time = callback_of(client), callback_of(client)
    with clock.moved(timedelta(seconds=590)):
        assert client.get(in_time).status_code == 502, "it is read: but the token is old by then"
    with clock.moved(timedelta(seconds=610)):
        assert client.get(late).status_code == 400


def test_case_e43_two_tabs_log_in_at_once(client: FlaskClient, oidc: OidcProvider) -> None:
    oidc.add("sato", "koho-writers")
    first, second = callback_of(client, "/staff/rankings"), callback_of(client, "/staff/issues")
    assert client.get(second).location == "/staff/issues"
    assert client.get(first).location == "/staff/rankings"
    for _ in range(20):
        callback_of(client)
    assert sum(cookie.key.startswith("kairan-sign-in-") for cookie in client._cookies.values()) <= 8


def test_case_e43_next_leads_to_staff_pages_alone(client: FlaskClient, oidc: OidcProvider) -> None:
    oidc.add("sato", "koho-writers")
    for wanted in ("https://evil.example/", "//evil.example", "/staff/../evil", "/\\evil.example",
                   "javascript:alert(1)", "/archive/x", "/staff/" + "x" * 3000):  # fmt: skip
        assert (wanted, sign_in(client, wanted).location) == (wanted, "/staff/")


def test_case_e43_an_answer_of_another_provider_is_refused(client: FlaskClient, oidc: OidcProvider) -> None:
    oidc.add("sato", "koho-writers")
    assert client.get(f"{callback_of(client)}&iss=https://evil.example").status_code == 502
    assert client.get(f"{callback_of(client)}&iss={oidc.issuer}").status_code == 302


def test_who_goes_back_at_the_provider_is_told_what_to_do(client: FlaskClient, oidc: OidcProvider) -> None:
    oidc.add("sato")
    state = callback_of(client).partition("state=")[2]
    answer = client.get(f"/staff/sign-in/finish?error=access_denied&state={state}")
    assert (answer.status_code, "ログインしませんでした" in answer.text) == (403, True)
    answer = client.get(f"/staff/sign-in/finish?error=temporarily_unavailable&state={state}")
    assert (answer.status_code, "つながりません" in answer.text) == (503, True)


def test_a_provider_that_calls_itself_otherwise_is_not_believed(client: FlaskClient, oidc: OidcProvider) -> None:
    configuration = requests.get(f"{oidc.issuer}/.well-known/openid-configuration", timeout=30).json()
    for wrong in ({"issuer": "https://evil.example"}, {"token_endpoint": "file:///etc/passwd"},
                  {"token_endpoint": None}, {"jwks_uri": "http://user@127.0.0.1/"}):  # fmt: skip
        provider_here.forget()
        oidc.instead["/.well-known/openid-configuration"] = lambda told=configuration | wrong: told
        assert client.get("/staff/sign-in").status_code == 502, wrong
    oidc.instead["/.well-known/openid-configuration"] = lambda: ("no", 404)
    assert client.get("/staff/sign-in").status_code == 502
