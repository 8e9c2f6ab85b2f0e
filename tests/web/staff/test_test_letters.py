"""Test letters: what leaves by a real connection, and that nothing in it is anybody's own."""

from __future__ import annotations

import re
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import cast

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select

import settings
from models.issues import issue as issues
from models.issues import newsletter as newsletters
from models.issues.block import Only, Prose
from models.issues.issue import Issue
from models.issues.test_letters.test_letter import PER_HOUR
from models.outbox.transactional import TransactionalLetter
from models.readers import suppression
from models.readers.suppression import SuppressionReason
from models.staff.audit import AuditEntry
from models.staff.permission import Role
from models.store import clock, db
from tests.sample import make_newsletter, make_reader
from tests.servers import SmtpCatcher
from tests.web.staff_login import address_of, log_in_as, make_staff, post
from worker.sending import transactional

GROUP = [{"name": "広報係", "addresses": ["a@city.example", "b@city.example"]}]


@pytest.fixture
def server(database: Engine, smtp_catcher: SmtpCatcher) -> SmtpCatcher:
    """A relay, and an issue with a part for one audience."""
    with db.session_scope() as session:
        make_staff(session)
        newsletter = make_newsletter(session, test_groups=GROUP)
        make_reader(session, newsletter)
        parts = (
            Prose(text="{{ reader.name | default('皆さま') }}、[手引](https://city.example.jp/tebiki)をどうぞ。"),
            Prose(text="職員だけに知らせます。", only=Only(audiences=("official",))),
        )
        issues.create(session, newsletter, subject="説明会のお知らせ", preheader="日程", blocks=parts)
    return smtp_catcher


def page() -> str:
    with db.session_scope() as session:
        return f"/staff/issues/{session.scalars(select(Issue.id)).one()}/test-letter"


def sent(server: SmtpCatcher) -> list[tuple[str, EmailMessage]]:
    transactional.send()
    letters = [(one.recipients[0], message_from_bytes(one.content, policy=default)) for one in server.letters]
    return sorted(cast(list[tuple[str, EmailMessage]], letters), key=lambda pair: pair[0])


def words(letter: EmailMessage, kind: str) -> str:
    part = letter.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def test_a_test_to_oneself_is_marked_and_is_nobodys_copy(client: FlaskClient, server: SmtpCatcher) -> None:
    log_in_as(client, Role.AUTHOR)
    answer = post(client, page(), page(), group="")
    assert "テストメールを送ります" in answer.text
    [(address, letter)] = sent(server)
    assert address == address_of(Role.AUTHOR)
    assert letter["Subject"] == "【テスト】説明会のお知らせ"
    assert letter["X-Kairan-Test"] == "yes"
    assert not {name for name in letter if name.lower().startswith("list-")}
    html = words(letter, "html")
    assert "【テスト】" not in html, "the letter itself is as readers get it"
    assert "https://city.example.jp/tebiki" in html
    assert "皆さま" in html
    assert "職員だけ" not in html
    everything = html + words(letter, "plain")
    assert not re.search(r"/[copvu]/(\d+/)?[A-Za-z0-9_-]{32}", everything), "no link that counts, none with a token"
    archive = [one for one in re.findall(r"https?://[^\s\"<>]+", everything) if re.search(r"/archive/\w+/\d+$", one)]
    assert archive == [], "the issue's page in the archive is not there yet"
    assert client.get("/test-letter").status_code == 200
    assert f"{settings.get().base_url}/test-letter" in everything
    assert "メールサーバーが受け取りました" in client.get(page()).text


def test_a_group_gets_it_as_the_kind_of_reader_that_was_chosen(client: FlaskClient, server: SmtpCatcher) -> None:
    log_in_as(client, Role.APPROVER)
    post(client, page(), page(), group="広報係", audience="official")
    post(client, page(), page(), group="広報係", audience="citizen")
    found = sent(server)
    assert [address for address, _ in found] == ["a@city.example", "a@city.example", "b@city.example", "b@city.example"]
    assert {"職員だけ" in words(letter, "html") for _, letter in found} == {True, False}
    assert len({letter["Message-ID"] for _, letter in found}) == 4
    with db.session_scope() as session:
        entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "send test letter")).all()
        assert [one.detail["count"] for one in entries] == [2, 2]


def test_more_than_so_many_an_hour_are_refused_with_the_time_of_the_next(
    client: FlaskClient, server: SmtpCatcher
) -> None:
    log_in_as(client, Role.AUTHOR)
    for _ in range(PER_HOUR):
        assert post(client, page(), page(), group="").status_code == 200
    refused = post(client, page(), page(), group="", audience="official")
    assert refused.status_code == 422
    assert re.search(r"次は\d\d:\d\dに送れます", refused.text)
    assert 'value="official" selected' in refused.text, "what was chosen stays"
    log_in_as(client, Role.APPROVER)
    assert post(client, page(), page(), group="").status_code == 200, "each person has a limit of their own"
    log_in_as(client, Role.AUTHOR)
    with clock.moved(timedelta(hours=1, minutes=1)):
        assert post(client, page(), page(), group="").status_code == 200


def test_a_suppressed_address_is_named_and_nobody_gets_any(client: FlaskClient, server: SmtpCatcher) -> None:
    with db.session_scope() as session:
        one = newsletters.single(session)
        suppression.suppress(session, "b@city.example", SuppressionReason.BOUNCED)
        suppression.suppress(session, address_of(Role.AUTHOR), SuppressionReason.UNSUBSCRIBED, newsletter_id=one.id)
    log_in_as(client, Role.AUTHOR)
    refused = post(client, page(), page(), group="広報係")
    assert refused.status_code == 422
    assert "b@city.example は配信停止" in refused.text
    with db.session_scope() as session:
        assert session.scalars(select(TransactionalLetter)).all() == []
    assert post(client, page(), page(), group="なし").status_code == 422
    assert post(client, page(), page(), group="").status_code == 200, "one's own leaving as a reader is no hindrance"


def test_what_cannot_be_rendered_is_said_at_once_and_an_analyst_sends_none(
    client: FlaskClient, server: SmtpCatcher
) -> None:
    with db.session_scope() as session:
        session.scalars(select(Issue)).one().edit(blocks=(Prose(text="[x](article:none)"),))
    log_in_as(client, Role.AUTHOR)
    assert "none" in post(client, page(), page(), group="").text
    with db.session_scope() as session:
        assert session.scalars(select(TransactionalLetter)).all() == []
    with db.session_scope() as session:
        session.scalars(select(Issue)).one().edit(blocks=(Prose(text="本文です。"),))
    assert post(client, page(), page(), group="", audience="x" * 300).status_code == 422
    log_in_as(client, Role.ANALYST)
    assert client.get(page()).status_code == 403
