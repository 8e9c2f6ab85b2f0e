"""The doctor finds what is wrong, and says how to fix it."""

from __future__ import annotations

import re
import socketserver
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from redis import Redis
from sqlalchemy import Engine

import settings
from models.deliveries.edition import Edition
from models.deliveries.relays import relay as relays
from models.issues import issue as issues
from models.issues.block import Prose
from models.issues.dkim_key import Key, KeyKind
from models.store import db
from ops.doctor import relays as relay_checks
from ops.doctor import servers
from ops.doctor.check_result import CheckResult, Grade
from ops.doctor.signing import signing_keys
from tests.conftest import NOWHERE, SECRET, set_environment
from tests.last_sweep import set_back
from tests.sample import make_newsletter, make_reader
from tests.servers import SmtpCatcher
from tests.worker.issue_sending import smtp_server, url
from tests.worker.smtp.server import OFFERED
from worker import sweep


@pytest.fixture
def changed(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Settings that are put back after the test."""
    yield monkeypatch
    monkeypatch.undo()
    set_environment()


def found(**environment: str) -> dict[str, CheckResult]:
    """What is found under changed settings, by part."""
    set_environment(**environment)
    return {finding.part: finding for finding in servers.examine()}


def change(changed: pytest.MonkeyPatch, **environment: str) -> dict[str, CheckResult]:
    """What is found when some settings are changed until the test's end."""
    for name, value in environment.items():
        changed.setenv(name, value)
    return found()


def test_all_is_well(
    postgres: Engine, redis_client: Redis, smtp_catcher: SmtpCatcher, changed: pytest.MonkeyPatch
) -> None:
    findings = change(changed, BASE_URL="https://news.example.lg.jp", SMTP_URL=smtp_catcher.address)
    assert {finding.grade for finding in findings.values()} == {Grade.GOOD}, findings


def test_everything_is_missing(changed: pytest.MonkeyPatch) -> None:
    findings = change(changed, **NOWHERE, SECRET_KEY="short", BASE_URL="http://news.example.lg.jp")
    bad = {part for part, finding in findings.items() if finding.grade is Grade.BAD}
    assert bad == {"database", "migrations", "clock", "broker", "salts", "relay", "secret key", "base URL"}
    assert all(finding.remedy for finding in findings.values() if finding.grade is not Grade.GOOD)
    assert "SECRET_KEY has 5 of 32 characters" in findings["secret key"].text


def test_a_repeating_key_is_bad(changed: pytest.MonkeyPatch) -> None:
    findings = change(changed, **NOWHERE, SECRET_KEY="ab" * 20)
    assert findings["secret key"].grade is Grade.BAD
    assert SECRET not in str(findings)


def test_a_broker_that_forgets_is_doubtful(redis_client: Redis) -> None:
    redis_client.config_set("appendonly", "no")
    try:
        finding = servers.redis()
    finally:
        redis_client.config_set("appendonly", "yes")
    assert finding.grade is Grade.DOUBTFUL
    assert "--appendonly yes" in finding.remedy


def test_a_server_of_salts_that_keeps_them_is_bad(redis_client: Redis, changed: pytest.MonkeyPatch) -> None:
    assert servers.salts().grade is Grade.GOOD
    with Redis.from_url(settings.get().salts_url) as client:
        client.config_set("save", "3600 1")
        finding = servers.salts()
        client.config_set("save", "")
    assert finding.grade is Grade.BAD
    assert "saves snapshots" in finding.text
    changed.setenv("SALTS_URL", settings.get().redis_url)
    set_environment()
    assert "append-only file" in servers.salts().text


def test_case_d2_worker_or_timetable_that_hang_are_found(database: Engine, redis_client: Redis) -> None:
    assert servers.work() == [], "nothing is said where nothing is known"
    sweep.sweep()
    [well] = servers.work()
    assert well.grade is Grade.GOOD
    set_back(redis_client, 3600)
    hang = next(finding for finding in servers.examine() if finding.part == "work")
    assert hang.grade is Grade.BAD
    assert re.fullmatch(r"nothing has looked for work for 36\d\d s: worker or timetable hang", hang.text)
    assert "logs" in hang.remedy
    sweep.sweep()
    assert servers.work()[0].grade is Grade.GOOD


def test_case_d8_every_relay_in_use_is_asked(
    database: Engine, redis_client: Redis, smtp_catcher: SmtpCatcher, changed: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "password"
    file.write_text("secret")
    with db.session_scope() as session:
        make_reader(session, make_newsletter(session))
        relays.add(session, "dead", "smtp://127.0.0.1:1", 1, by="test")
        relays.add(session, "good", smtp_catcher.address, 1, by="test")
        relays.add(session, "no password", f"smtps://user:file:{quote(str(file), safe='')}@relay.example", 1, by="test")
    file.unlink()
    findings = change(changed, SMTP_URL=smtp_catcher.address, KAIRAN_MAILBOX="/nowhere")
    assert findings["relay dead"].grade is Grade.BAD
    assert "127.0.0.1:1: " in findings["relay dead"].text
    assert "kairan relay remove dead" in findings["relay dead"].remedy
    assert findings["relay good"].grade is Grade.GOOD
    assert str(file) in findings["relay no password"].text
    assert findings["real mail"].grade is Grade.DOUBTFUL
    assert findings["real mail"].text.startswith("1 active readers get real letters, through 127.0.0.1:1")


class EndlessGreeting(socketserver.BaseRequestHandler):
    """A relay that goes on with its greeting, a line every now and then, until the client hangs up."""

    def handle(self) -> None:
        self.request.settimeout(0.02)
        while True:
            try:
                self.request.sendall(b"220-x\r\n")
                if not self.request.recv(100):
                    return
            except TimeoutError:
                continue
            except ConnectionError:
                return


@pytest.fixture
def endless_relay() -> Iterator[str]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), EndlessGreeting) as server:
        server.daemon_threads = True  # where the client never hangs up, the test fails and the run goes on
        threading.Thread(target=server.serve_forever, name="endless-relay").start()
        yield f"smtp://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def test_case_d8_a_greeting_without_end_is_a_finding(
    database: Engine, redis_client: Redis, endless_relay: str, changed: pytest.MonkeyPatch
) -> None:
    changed.setenv("SMTP_URL", endless_relay)
    set_environment()
    finding = relay_checks.relays(seconds=0.3)[0]
    assert finding.grade is Grade.BAD
    assert finding.text.endswith("not greeted and logged in within 0.3 s")
    assert "Check SMTP_URL" in finding.remedy


def test_case_d8_what_a_relay_answers_is_told(
    database: Engine, redis_client: Redis, changed: pytest.MonkeyPatch
) -> None:
    with smtp_server(offered=(*OFFERED, "AUTH PLAIN"), logins={"kairan": "right"}) as server:
        good = change(changed, SMTP_URL=f"smtp://kairan:right@127.0.0.1:{server.port}")["relay"]
        bad = change(changed, SMTP_URL=f"smtp://kairan:not-the-one@127.0.0.1:{server.port}")["relay"]
    assert good.grade is Grade.GOOD
    assert bad.grade is Grade.BAD
    assert f"127.0.0.1:{server.port}: the relay refused our login: " in bad.text
    assert "not-the-one" not in bad.text


def test_case_d8_who_gets_real_letters(
    database: Engine, redis_client: Redis, smtp_catcher: SmtpCatcher, changed: pytest.MonkeyPatch
) -> None:
    with db.session_scope() as session:
        make_reader(session, make_newsletter(session))
    caught = change(changed, SMTP_URL=smtp_catcher.address, KAIRAN_MAILBOX="/nowhere")["real mail"]
    assert caught.text == "letters are caught and shown at /dev/mailbox; none is mailed"
    mailed = change(changed, KAIRAN_MAILBOX="")["real mail"]
    assert mailed.text == f"1 active readers get real letters, through 127.0.0.1:{smtp_catcher.port}"


def test_case_c1_a_relay_that_takes_less_than_a_letter_has(
    database: Engine, redis_client: Redis, smtp_catcher: SmtpCatcher, changed: pytest.MonkeyPatch
) -> None:
    with db.session_scope() as session:
        issue = issues.create(session, make_newsletter(session), subject="号", blocks=[Prose(text="本文です。")])
        session.add(
            Edition(issue_id=issue.id, number=1, frozen=b"", html="", text="", size=50_000_000, digest="0" * 64)
        )
    finding = change(changed, SMTP_URL=smtp_catcher.address)["relay"]
    assert finding.grade is Grade.DOUBTFUL
    assert "takes letters up to 33,554,432 bytes; the largest of the last 90 days has 50,000,000" in finding.text


def test_case_c1_each_relay_is_compared(
    database: Engine, redis_client: Redis, smtp_catcher: SmtpCatcher, changed: pytest.MonkeyPatch
) -> None:
    small = tuple("SIZE 5000" if one.startswith("SIZE") else one for one in OFFERED)
    with smtp_server(offered=small) as server, db.session_scope() as session:
        issue = issues.create(session, make_newsletter(session), subject="号", blocks=[Prose(text="本文です。")])
        session.add(Edition(issue_id=issue.id, number=1, frozen=b"", html="", text="", size=12_700, digest="0" * 64))
        relays.add(session, "large", smtp_catcher.address, 1, by="test")
        relays.add(session, "small", url(server), 1, by="test")
        session.commit()
        findings = change(changed, SMTP_URL=smtp_catcher.address)
    assert findings["relay large"].grade is Grade.GOOD
    assert findings["relay small"].grade is Grade.DOUBTFUL
    assert "takes letters up to 5,000 bytes; the largest of the last 90 days has 12,700" in findings["relay small"].text


def test_a_key_that_is_gone_is_named_with_its_newsletter_case_h2(database: Engine, tmp_path: Path) -> None:
    file = tmp_path / "k1.pem"
    key = Key.new("example.lg.jp", "k1", KeyKind.ED25519)
    file.write_bytes(key.pem)
    with db.session_scope() as session:
        make_newsletter(session, dkim=[{"domain": key.domain, "selector": "k1", "key_file": str(file)}])
        make_newsletter(session, "unsigned")
    assert [(one.grade, one.text) for one in signing_keys()] == [(Grade.GOOD, "ict: 1 a letter")]
    file.unlink()
    [found] = signing_keys()
    assert found.grade is Grade.BAD
    assert str(file) in found.text
