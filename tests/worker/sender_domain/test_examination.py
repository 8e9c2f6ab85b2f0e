"""The whole examination of an installation: relays, settings, certificate, unsubscribing, letters, command and row."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

import settings
from models.deliveries.relays import relay as relays
from models.issues import issue as issues
from models.issues.block import Prose
from models.sender_domain import domain_check
from models.sender_domain.domain_check import DomainCheck
from models.sender_domain.domain_finding import DomainFinding
from models.staff import member as members
from models.staff.permission import Role
from models.store import db
from models.store.lookup.dns_answers import DnsAnswers
from ops.cli import kairan
from templates.sender_domain import finding_words
from tests.conftest import set_environment
from tests.name_server import NameServer
from tests.sample import make_newsletter
from tests.worker.smtp import certificate
from worker.sender_domain import examination, requested_check, sender_facts, web_findings

from . import right_zone


class Answering(BaseHTTPRequestHandler):
    """Answers every POST with the status of the moment."""

    status = 200
    bodies: list[bytes] = []  # noqa: RUF012

    def do_POST(self) -> None:
        self.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(self.status)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing."""


def serve(folder: Path, days: int, host: str = "localhost") -> HTTPServer:
    """A web server with a certificate that lasts so many days."""
    folder.mkdir()
    server = HTTPServer(("127.0.0.1", 0), Answering)
    server.socket = certificate.make(folder, host=host, days=days).server_context().wrap_socket(
        server.socket, server_side=True
    )  # fmt: skip
    threading.Thread(target=server.serve_forever, name="https", daemon=True).start()
    return server


def kinds(found: list[DomainFinding]) -> set[str]:
    for one in found:
        assert "{" not in finding_words.message(one, "ja") + finding_words.remedy(one, "ja")
    return {one.kind for one in found}


def on_the_web() -> set[str]:
    return kinds(list(web_findings.examine()))


def test_the_address_is_examined(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for days, host, wanted in (
        (60, "localhost", {"tls.good", "unsubscribe.good"}),
        (5, "localhost", {"tls.ends_soon", "unsubscribe.good"}),
        (-1, "localhost", {"tls.invalid"}),
        (60, "other.example", {"tls.invalid"}),
    ):
        server = serve(folder := tmp_path / f"{days}{host}", days, host)
        monkeypatch.setenv("SSL_CERT_FILE", str(folder / "authority.pem"))
        settings.reload(BASE_URL=f"https://localhost:{server.server_port}")
        assert on_the_web() == wanted
        if "unsubscribe.good" in wanted:
            assert Answering.bodies[-1] == b"List-Unsubscribe=One-Click"
            for status, kind in ((301, "unsubscribe.redirected"), (403, "unsubscribe.refused")):
                monkeypatch.setattr(Answering, "status", status)
                assert kind in on_the_web()
            monkeypatch.setattr(Answering, "status", 200)
        server.shutdown()
        server.server_close()
    assert on_the_web() == {"tls.unreachable"}
    plain = HTTPServer(("127.0.0.1", 0), Answering)
    plain.server_close()
    settings.reload(BASE_URL=f"http://127.0.0.1:{plain.server_port}")
    assert on_the_web() == {"tls.none", "unsubscribe.silent"}


def make_issue(session: Session) -> int:
    newsletter = make_newsletter(session, sender_address="ict@example.jp", bounce_address="back@bounce.example.jp")
    return issues.create(session, newsletter, subject="第1号", blocks=(Prose(text="本文です。"),)).id


@pytest.fixture
def issue(database: Engine, zone: NameServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> int:
    """An issue of a sender whose zone is right, and whose key is in use; its address is not."""
    monkeypatch.setenv("SENDING_SERVERS", "mail.example.jp/192.0.2.10 /2001:db8::10")
    monkeypatch.setenv("DNS_SERVERS", zone.address)
    monkeypatch.setenv("BASE_URL", "https://127.0.0.1:1")
    (tmp_path / "rsa.pem").write_bytes(right_zone.rsa().pem)
    set_environment()
    with db.session_scope() as session:
        number = make_issue(session)
        key = {"domain": "example.jp", "selector": "kairan", "key_file": str(tmp_path / "rsa.pem")}
        issues.get(session, number).newsletter.dkim = [key]
    return number


def test_a_button_has_a_worker_examine_once(issue: int, zone: NameServer) -> None:
    with db.session_scope() as session:
        member = members.create(session, "admin@example.jp", "管理", {Role.ADMINISTRATOR})
        first = domain_check.request(session, member)
        assert domain_check.request(session, member) is first, "one is enough"
        number = first.id
    for _ in range(2):
        requested_check.run(number)
    with db.session_scope() as session:
        [check] = session.scalars(select(DomainCheck))
        found = kinds(check.found)
        assert {one.newsletter for one in check.found} == {"ict", ""}
        assert domain_check.latest(session) == check
        assert not domain_check.waiting(session)
        second = domain_check.request(session, member).id
    assert found == {
        "return.good", "spf.good", "dkim.good", "dmarc.good", "bimi.good", "ptr.good", "helo.good", "tls.unreachable",
        "letter.good",
    }  # fmt: skip
    requested_check.run(second)
    with db.session_scope() as session:
        assert [one.id for one in session.scalars(select(DomainCheck))] == [second], "the last one is kept"


def test_what_cannot_be_examined_is_a_finding(issue: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with db.session_scope() as session:
        (tmp_path / "rsa.pem").unlink()
        assert kinds(examination.of_letter(session, issues.get(session, issue), "ja")) == {"letter.unwritten"}
        issues.get(session, issue).newsletter.bounce_address = "nobody"
    monkeypatch.setenv("SENDING_SERVERS", "mail.example.jp/192.0.2.10 mail.example.jp")
    set_environment()
    with db.session_scope() as session:
        assert kinds(examination.examine(session, "ja")) == {"sender.wrong", "servers.unreadable", "tls.unreachable"}
        assert "letter.unwritten" in kinds(examination.of_newest_letters(session, "en"))


def test_relays_tell_where_letters_leave(issue: int, zone: NameServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SENDING_SERVERS")
    set_environment()
    zone.paste("relay.example.jp. A 11.22.33.55\nrelay.example.jp. AAAA fd00::1")
    with db.session_scope() as session:
        for name in ("relay.example.jp", "smtp.sendgrid.net", "127.0.0.1", "11.22.33.66", "gone.example.jp"):
            relays.add(session, name, f"smtp://{name}", 1, by="test")
        places = sender_facts.places(session, DnsAnswers())
    assert [(one.name, one.address) for one in places.servers] == [
        ("relay.example.jp", "11.22.33.55"), ("", "11.22.33.66")
    ]  # fmt: skip
    assert places.includes == ("sendgrid.net",)
    monkeypatch.setenv("RETURN_DOMAIN", "back.example.jp")
    set_environment()
    with db.session_scope() as session:
        facts = sender_facts.facts_of(issues.get(session, issue).newsletter)
    assert (facts.return_domain, facts.contact) == ("back.example.jp", "back@bounce.example.jp")


def test_the_command_prints_lines_to_paste(issue: int, zone: NameServer, monkeypatch: pytest.MonkeyPatch) -> None:
    ask = CliRunner().invoke
    letter = ask(kairan, ["doctor", "--letter", str(issue)])
    assert (letter.exit_code, letter.output.startswith("✓ letter")) == (0, True), letter.output
    assert ask(kairan, ["doctor", "--domains"]).exit_code == 0, "what is only doubtful does not count"
    zone.drop("_dmarc.example.jp")
    wrong = ask(kairan, ["doctor", "--domains"])
    assert wrong.exit_code == 1
    assert '\n      _dmarc.example.jp. IN TXT "v=DMARC1; p=none; rua=mailto:back@bounce.example.jp"\n' in wrong.output
    monkeypatch.setenv("LANGUAGE", "ja")
    assert "DMARCレコードがありません" in ask(kairan, ["doctor", "--domains"]).output
    assert ask(kairan, ["doctor", "--letter", "999999"]).exit_code == 1
