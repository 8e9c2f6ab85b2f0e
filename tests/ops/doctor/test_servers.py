"""The doctor finds what is wrong, and says how to fix it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from redis import Redis
from sqlalchemy import Engine

from ops.doctor import servers
from ops.doctor.servers import Grade
from tests.conftest import NOWHERE, SECRET, set_environment
from tests.servers import SmtpCatcher


@pytest.fixture
def changed(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Settings that are put back after the test."""
    yield monkeypatch
    monkeypatch.undo()
    set_environment()


def found(**environment: str) -> dict[str, servers.CheckResult]:
    """What is found under changed settings, by part."""
    set_environment(**environment)
    return {finding.part: finding for finding in servers.examine()}


def change(changed: pytest.MonkeyPatch, **environment: str) -> dict[str, servers.CheckResult]:
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
    assert bad == {"database", "migrations", "clock", "broker", "relay", "secret key", "base URL"}
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
