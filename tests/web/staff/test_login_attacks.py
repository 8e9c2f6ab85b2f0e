"""Whoever tries passwords for a colleague's account slows down alone; the colleague gets a letter, and comes in."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from redis import Redis
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

import settings
from models.outbox.transactional import TransactionalLetter
from models.staff import login_warning
from models.staff import member as members
from models.store import clock, db
from tests.conftest import set_environment
from tests.sample import make_newsletter
from tests.web.staff.test_sessions import log_in
from tests.web.staff_login import EVERY_ROLE, PASSWORD, csrf_token, make_staff, post
from web.staff import login_limit

OFFICE, ELSEWHERE = "192.0.2.1", "203.0.113.9"
LOGIN = "/staff/login"


@pytest.fixture
def app(database: Engine, redis_client: Redis) -> Flask:
    from web.app import create_app

    with db.session_scope() as session:
        make_newsletter(session)
        make_staff(session)
    login_limit._counts.clear()
    made = create_app()
    made.testing = False
    return made


@pytest.fixture
def owner(app: Flask) -> FlaskClient:
    """A browser in the office, from which the owner of the account has logged in before."""
    client = app.test_client()
    assert log_in(client, ip=OFFICE).status_code == 302
    post(client, "/staff/logout", "/staff/issues")
    return client


def letters() -> list[TransactionalLetter]:
    with Session(db.engine()) as session:
        return list(session.scalars(select(TransactionalLetter).order_by(TransactionalLetter.id)))


class Attack:
    """Threads that try wrong passwords for an account as fast as they can, from the office's address and another."""

    def __init__(self, app: Flask, address: str = EVERY_ROLE) -> None:
        self.answers: Counter[int] = Counter()
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._try, args=(app, address, ip)) for ip in (OFFICE, ELSEWHERE) * 2]

    def _try(self, app: Flask, address: str, ip: str) -> None:
        client = app.test_client()
        client.environ_base["REMOTE_ADDR"] = ip
        form = {"csrf_token": csrf_token(client, LOGIN), "address": address}
        tried = 0
        while not self._over.is_set():
            tried += 1
            self.answers[client.post(LOGIN, data={**form, "password": f"guess {tried}"}).status_code] += 1

    def __enter__(self) -> Attack:
        db.engine()  # made once, before threads ask for it at once: the others' would be dropped with open connections
        for one in self._threads:
            one.start()
        return self

    def wait_for(self, tries: int) -> None:
        """Until so many tries were answered."""
        while self.answers.total() < tries:
            self._over.wait(0.05)

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for one in self._threads:
            one.join()


def test_known_device_comes_in_during_an_attack_from_its_own_network_case_e2(
    app: Flask, owner: FlaskClient, redis_client: Redis
) -> None:
    began = clock.monotonic()
    set_environment(LOGIN_LIMIT="5 per hour")
    try:
        with Attack(app) as attack:
            attack.wait_for(100)
            assert log_in(owner, ip=OFFICE).status_code == 302
            post(owner, "/staff/logout", "/staff/issues")
            assert log_in(owner, password="a slip", ip=OFFICE).status_code == 422, "one's own slip is no wait"
            for key in redis_client.scan_iter("kairan:wrong-logins:*"):
                redis_client.delete(key)  # as a broker that was flushed
            attack.wait_for(attack.answers.total() + 20)
            assert log_in(owner, ip=OFFICE).status_code == 302
    finally:
        set_environment(LOGIN_LIMIT="20 per minute; 100 per hour")
    assert set(attack.answers) == {422, 429}, "nobody came in, and nothing broke"
    # Before and after the flush: what an account's unknown devices have together, and what it gets back meanwhile.
    refilled = (clock.monotonic() - began) / 3600 * login_limit.ACCOUNT_TRIES
    assert attack.answers[422] <= 2 * (login_limit.ACCOUNT_TRIES + refilled + 1), "few passwords were looked at"
    assert [(one.kind, one.address) for one in letters()] in ([], [(login_warning.KIND, EVERY_ROLE)])


@pytest.fixture
def stopped(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Stops the clock of the limit, and puts it forward: a slow machine waits no part of a wait."""
    at = [clock.now()]
    monkeypatch.setattr(login_limit, "now", lambda: at[0])

    def forward(seconds: float) -> None:
        at[0] += timedelta(seconds=seconds)

    return forward


@pytest.fixture(params=[False, True], ids=["", "without the broker"])
def broker_or_none(request: pytest.FixtureRequest, app: Flask) -> Iterator[None]:
    address = settings.get().redis_url
    set_environment(LOGIN_LIMIT="10000 per minute", **({"REDIS_URL": "unix:///none?db=0"} if request.param else {}))
    yield
    set_environment(LOGIN_LIMIT="20 per minute; 100 per hour", REDIS_URL=address)


@pytest.mark.usefixtures("broker_or_none")
def test_one_network_waits_longer_each_time_and_shuts_the_account_for_no_other_case_e29(
    app: Flask, stopped: Callable[[float], None]
) -> None:
    attacker, waits = app.test_client(), []
    for _ in range(27):
        answer = log_in(attacker, password="guess", ip=ELSEWHERE)
        if answer.status_code == 429:
            waits.append(int(answer.headers["Retry-After"]))
            stopped(waits[-1])
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, login_limit.MAX_WAIT, login_limit.MAX_WAIT]
    assert log_in(app.test_client(), ip=ELSEWHERE).status_code == 429, "the right password, in between"
    for number in range(3):
        owner = app.test_client()
        assert log_in(owner, ip=f"198.51.100.{number}").status_code == 302, "another network waits for nobody"


@pytest.mark.usefixtures("broker_or_none")
def test_from_however_many_networks_few_passwords_are_tried_an_hour_case_e29(
    app: Flask, owner: FlaskClient, stopped: Callable[[float], None]
) -> None:
    most = login_limit.ACCOUNT_TRIES

    def tried(count: int, part: str, password: str = "guess") -> Counter[int]:
        """Tries at one moment, each from a network and a browser of its own."""
        found = [log_in(app.test_client(), password=password, ip=f"2001:db8:{part}:{n:x}::1") for n in range(count)]
        assert all(int(one.headers.get("Retry-After", 1)) <= 3600 / most for one in found)
        return Counter(one.status_code for one in found)

    assert tried(most + 5, "0") == {422: most, 429: 5}
    assert tried(1, "1", PASSWORD) == {429: 1}, "an unknown device waits for its turn"
    assert log_in(owner, ip=OFFICE).status_code == 302, "a known one does not"
    stopped(3600 / most * 3)
    assert tried(5, "2") == {422: 3, 429: 2}
    stopped(3600)
    assert tried(most // 3, "3", PASSWORD) == {302: most // 3}


def test_right_passwords_never_count(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(login_limit, "ACCOUNT_TRIES", 3)
    for number in range(7):
        assert log_in(app.test_client(), ip=f"198.51.100.{number % 2}").status_code == 302


def test_without_the_broker_guessing_is_slow_and_the_known_device_comes_in_case_e2(
    app: Flask, owner: FlaskClient
) -> None:
    address = settings.get().redis_url
    set_environment(REDIS_URL="unix:///nonexistent/valkey?db=0")
    try:
        stranger = app.test_client()
        answers = [log_in(stranger, password=f"guess {n}", ip=ELSEWHERE) for n in range(9)]
        assert [one.status_code for one in answers[:5]] == [422] * 5
        refused = next(one for one in answers if one.status_code == 429)
        assert "誤った入力が続いたため" in refused.text
        assert log_in(owner, ip=OFFICE).status_code == 302
    finally:
        set_environment(REDIS_URL=address)


def test_the_person_is_told_once_a_day_case_e2(app: Flask, owner: FlaskClient) -> None:
    def guess(address: str, count: int, hours: float) -> None:
        for n in range(count):
            with clock.moved(timedelta(hours=hours, minutes=6 * n)):
                answer = log_in(app.test_client(), address, f"guess {n}", ip=ELSEWHERE if n else OFFICE)
                assert answer.status_code == 422

    guess("nobody@example.jp", 12, 0)
    assert letters() == []
    guess(EVERY_ROLE, login_warning.WRONG_TRIES - 1, 0)
    assert letters() == []
    guess(EVERY_ROLE, 12, 2)
    (one,) = letters()
    assert (one.kind, one.address, one.newsletter_id) == (login_warning.KIND, EVERY_ROLE, None)
    assert (one.values["network"], one.values["count"]) == (OFFICE, str(login_warning.WRONG_TRIES))
    guess(EVERY_ROLE, 12, 30)
    assert len(letters()) == 2, "the next day there is another one"
    with db.session_scope() as session:
        members.find(session, EVERY_ROLE).deactivate()
    guess(EVERY_ROLE, 12, 60)
    assert len(letters()) == 2, "whoever has left hears nothing"
    assert PASSWORD not in str([one.values for one in letters()])
