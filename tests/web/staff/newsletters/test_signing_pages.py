"""Keys on their page: made, shown without their secret half, looked up in a real DNS, and used once they are right."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

import settings
from models.issues import newsletter as newsletters
from models.staff.audit import AuditEntry
from models.staff.permission import Role
from models.store import db
from tests.name_server import NameServer
from tests.sample import make_newsletter
from tests.web.staff_login import log_in_as, make_staff
from worker.sending import dkim_keys
from worker.sending.dkim import Signer

from .page_form import send, value_of

PAGE = "/staff/newsletters/ict/dkim"
NAME = "kairan-a._domainkey.example.lg.jp"


@pytest.fixture
def name_server(client: FlaskClient, tmp_path: Path) -> Iterator[NameServer]:
    """A DNS that the pages ask, and an administrator who has logged in."""
    before = {name: str(getattr(settings.get(), name.lower())) for name in ("KAIRAN_DATA", "DNS_SERVERS")}
    server = NameServer()
    server.start()
    settings.reload(KAIRAN_DATA=str(tmp_path), DNS_SERVERS=server.address)
    with db.session_scope() as session:
        make_staff(session)
        make_newsletter(session)
    log_in_as(client, Role.ADMINISTRATOR)
    yield server
    settings.reload(**before)
    server.stop()


def record_in(page: str) -> str:
    return html.unescape(re.findall(r"<code[^>]*>(v=DKIM1[^<]*)</code>", page)[0])


def entries() -> list[AuditEntry]:
    with Session(db.engine()) as session:
        found = select(AuditEntry).where(AuditEntry.action.like("%signing key%")).order_by(AuditEntry.id)
        return list(session.scalars(found))


def test_a_key_is_made_looked_up_and_used_case_e40(
    client: FlaskClient, name_server: NameServer, tmp_path: Path
) -> None:
    for wrong in ("a b", "a.b"):
        refused = post_new(client, selector=wrong)
        assert (refused.status_code, 'id="selector-error"' in refused.text) == (422, True)
    made = post_new(client, selector="kairan-a")
    assert made.status_code == 302
    page = client.get(PAGE).text
    assert NAME in page
    [file] = (tmp_path / "dkim").iterdir()
    assert file.stat().st_mode & 0o077 == 0
    secret = file.read_text().splitlines()[1]
    assert secret not in page
    assert "PRIVATE" not in page
    again = post_new(client, selector="kairan-a")
    assert (again.status_code, 'id="selector-error"' in again.text) == (422, True)

    record = record_in(page)
    assert "まだこの記録がありません" in client.get(f"{PAGE}?check=yes").text
    name_server.set_texts(NAME, record.replace("p=M", "p=X"))
    assert "別の記録" in client.get(f"{PAGE}?check=yes").text
    name_server.set_texts(NAME, record, record.replace("p=M", "p=X"))
    assert "別の記録" in client.get(f"{PAGE}?check=yes").text, "one of two may be taken"
    name_server.refuses = True
    assert "DNSから答えがありません" in client.get(f"{PAGE}?check=yes").text

    asked = send(client, PAGE, key=NAME)
    assert asked.status_code == 409
    assert "まだ正しくありません" in asked.text
    assert signer() is None
    name_server.refuses = False
    name_server.set_texts(NAME, record.replace("; ", ";  ").replace("k=rsa", "k = rsa"))
    assert "正しい記録があります" in client.get(f"{PAGE}?check=yes").text
    assert send(client, PAGE, key=NAME).status_code == 302
    assert signer() is not None
    assert "使用中" in client.get(PAGE).text

    stopped = send(client, PAGE, key=None)
    assert "署名されなくなります" in stopped.text
    sure = value_of(stopped.text, "sure")
    assert send(client, PAGE, opened=stopped.text, sure=sure).status_code == 302
    assert signer() is None
    assert [entry.action for entry in entries()] == ["make signing key", "set signing keys", "set signing keys"]
    assert all(secret not in str(entry.detail) for entry in entries())
    assert entries()[-1].detail["changed"]["dkim"][1] == []


def test_a_key_that_cannot_be_read_is_said(client: FlaskClient, name_server: NameServer, tmp_path: Path) -> None:
    assert post_new(client, selector="kairan-a", kind="both").status_code == 302
    page = client.get(PAGE).text
    assert "kairan-ae._domainkey" in page
    (tmp_path / "dkim" / "kairan-a.example.lg.jp.pem").write_text("no key")
    answer = send(client, PAGE, opened=page, key=NAME)
    assert answer.status_code == 422
    assert 'id="key-error"' in answer.text
    assert signer() is None


def post_new(client: FlaskClient, **typed: str) -> TestResponse:
    """Send the form that makes a key."""
    page = client.get(PAGE).text
    token = value_of(page, "csrf_token")
    return client.post(f"{PAGE}/new", data={"csrf_token": token, "kind": "rsa", **typed})


def signer() -> Signer | None:
    with db.session_scope() as session:
        return dkim_keys.signer(newsletters.find(session, "ict"))
