"""The sender's domain on its page: asked for by a button, waited for, and read with lines to paste."""

from __future__ import annotations

from flask.testing import FlaskClient
from sqlalchemy import select

from models.sender_domain import domain_check
from models.sender_domain.domain_check import DomainCheck
from models.sender_domain.domain_finding import DomainFinding
from models.staff.audit import AuditEntry
from models.staff.permission import Role
from models.store import db
from tests.sample import make_newsletter
from tests.web.staff_login import log_in_as, make_staff

from .page_form import send

PAGE = "/staff/sender-domain"
FOUND = (
    DomainFinding("return.good", {"domain": "example.jp"}, (), "ict"),
    DomainFinding("dmarc.none", {"domain": "example.jp"}, ('_dmarc.example.jp. IN TXT "v=DMARC1"',), "ict"),
    DomainFinding("spf.missing", {"domain": "<b>.example.jp"}, ('example.jp. IN TXT "v=spf1 ~all"',), "ict"),
    DomainFinding("servers.unknown"),
)


def test_the_domain_is_examined_by_a_button(client: FlaskClient) -> None:
    with db.session_scope() as session:
        make_staff(session)
        make_newsletter(session)
    log_in_as(client, Role.ADMINISTRATOR)
    assert "まだ診断していません" in client.get(PAGE).text
    assert send(client, PAGE).status_code == 302
    waiting = client.get(PAGE).text
    assert 'http-equiv="refresh"' in waiting
    assert "診断には1分ほど" in waiting
    with db.session_scope() as session:
        [check] = session.scalars(select(DomainCheck))
        assert session.scalar(select(AuditEntry).where(AuditEntry.action == "examine sender's domain"))
        domain_check.finish(session, check, FOUND)
    done = client.get(PAGE).text
    assert 'http-equiv="refresh"' not in done
    assert "自治体ICTだより" in done
    assert "&lt;b&gt;.example.jpにSPFレコードがありません" in done
    assert done.index("SPFレコードがありません") < done.index("監視だけです"), "the worst first"
    assert "example.jp. IN TXT &#34;v=spf1 ~all&#34;" in done
    assert "メールがどのアドレスから出るか分からず" in done


def test_a_sender_may_not_see_it(client: FlaskClient) -> None:
    with db.session_scope() as session:
        make_staff(session)
    log_in_as(client, Role.SENDER)
    assert client.get(PAGE).status_code == 403
