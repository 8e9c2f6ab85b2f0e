"""What other people's host names and proxies can make of us: nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from models.mailbox import Mailbox
from tests.conftest import set_environment


@pytest.mark.parametrize("address", ["//staff/", "/staff", "/staff//issues", "/staff/issues"])
@pytest.mark.parametrize(
    "headers", [{"Host": "evil.example"}, {"Host": "evil.example:80", "X-Forwarded-Host": "e.example"}]
)
def test_redirect_names_no_host_case_e6(client: FlaskClient, address: str, headers: dict[str, str]) -> None:
    location = client.get("/", headers=headers, environ_overrides={"PATH_INFO": address}).headers["Location"]
    assert location.startswith("/")
    assert not location.startswith("//")
    assert "e.example" not in location.partition("?")[0]


@pytest.mark.parametrize(
    ("headers", "client_address", "status"),
    [
        ({}, "127.0.0.1", 200),
        ({"Host": "localhost:8025"}, "::1", 200),
        ({"Host": "evil.example"}, "127.0.0.1", 404),
        ({"X-Forwarded-Host": "evil.example"}, "127.0.0.1", 404),
        ({"X-Forwarded-For": "203.0.113.9"}, "127.0.0.1", 404),
        ({"X-Real-IP": "203.0.113.9"}, "127.0.0.1", 404),
        ({"Via": "1.1 proxy"}, "127.0.0.1", 404),
        ({"X-Forwarded-Host": "["}, "127.0.0.1", 404),
        ({"X-Forwarded-Proto": "https"}, "127.0.0.1", 404),
        ({"X-Forwarded-For": ""}, "127.0.0.1", 404),
        ({"CF-Connecting-IP": "203.0.113.9"}, "127.0.0.1", 404),
        ({"X-Azure-ClientIP": "203.0.113.9"}, "127.0.0.1", 404),
        ({}, "203.0.113.9", 404),
    ],
)
def test_mailbox_is_for_own_networks_and_hosts_case_e7(
    tmp_path: Path, database: object, redis_client: object, headers: dict[str, str], client_address: str, status: int
) -> None:
    from web.app import create_app

    Mailbox(tmp_path).add(b"Subject: x\r\n\r\n", sender="a@b.example", recipients=("c@d.example",))
    set_environment(KAIRAN_MAILBOX=str(tmp_path))
    try:
        client = create_app().test_client()
        for page in ("", "/1", "/1/html", "/1.eml"):
            answer = client.get(f"/dev/mailbox{page}", headers=headers, environ_base={"REMOTE_ADDR": client_address})
            assert answer.status_code == status
    finally:
        set_environment(KAIRAN_MAILBOX="")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"X-Forwarded-For": "203.0.113.9, 127.0.0.1", "X-Forwarded-Proto": "http"}, 200),
        ({"X-Forwarded-For": "127.0.0.1, 203.0.113.9"}, 404),
        ({"X-Forwarded-For": "unknown"}, 404),
        ({"X-Forwarded-For": "unix:"}, 404),
        ({"X-Forwarded-For": "203.0.113.9,"}, 404),
        ({"X-Forwarded-For": ""}, 404),
        ({"X-Real-IP": "203.0.113.9"}, 404),
        ({"Forwarded": "for=203.0.113.9"}, 404),
    ],
)
def test_nobody_passes_for_the_proxy_case_e7(
    database: object, redis_client: object, headers: dict[str, str], status: int
) -> None:
    from web.app import create_app

    set_environment(TRUSTED_PROXIES="1")
    try:
        client = create_app().test_client()
        answer = client.get("/metrics", headers=headers, environ_base={"REMOTE_ADDR": "127.0.0.1"})
        assert answer.status_code == status
    finally:
        set_environment(TRUSTED_PROXIES="0")


@pytest.mark.parametrize(("address", "status"), [("/staff/login", 400), ("/staff/issues/1/submit", 401)])
def test_origin_that_is_no_address_case_e6(client: FlaskClient, address: str, status: int) -> None:
    answer = client.post(address, data={"address": "a", "note": "foreign"}, headers={"Origin": "http://["})
    assert answer.status_code == status
    assert "foreign" not in answer.text
