"""A mailbox by IMAP, of a real Dovecot: what is in it is stored once and moves away, whatever dies on the way."""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from queue import Queue
from ssl import SSLCertVerificationError

import pytest
from imapclient.exceptions import LoginError
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import OperationalError

import settings
from models.bounces import returned_mail
from models.bounces.returned_mail import ReturnedMail
from models.store import db
from worker.inbound import imap_address, imap_mailbox, imap_watch
from worker.inbound.imap_mailbox import ImapMailbox
from worker.inbound.imap_watch import ImapWatch
from worker.inbound.judging import Judging

from ..issue_sending import ChangeSettings, wait_for
from . import dovecot
from . import report_writer as writer
from .dovecot import Dovecot
from .intake import DOMAIN, daemon, sent_letters, suppressed, wait_judged

pytestmark = pytest.mark.slow

MOST = 100_000
POOR = "IMAP4rev1 LITERAL+ STARTTLS AUTH=PLAIN"
"""A server that has neither IDLE nor MOVE nor UIDPLUS."""


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    with dovecot.running() as started:
        yield started


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imap_mailbox, "LISTED", 7)
    monkeypatch.setattr(imap_mailbox, "MARKED", 3)
    monkeypatch.setattr(imap_mailbox, "PIECE", 30_000)


def store(raw: bytes) -> None:
    with db.session_scope() as session:
        returned_mail.take_in(session, raw, way="imap")


def kept() -> list[bytes]:
    with db.session_scope() as session:
        return sorted(one.message or b"" for one in session.scalars(select(ReturnedMail)))


def collect(server: Dovecot, to: str = "Kairan", scheme: str = "imaps", folder: str = "INBOX", put=store) -> int:  # type: ignore[no-untyped-def]
    with imap_mailbox.opened(imap_address.parse(server.url(scheme, folder=folder))) as client:
        return ImapMailbox(client, folder, to, MOST, Counter()).collect(put, lambda: True)


def letters(count: int, name: str) -> list[bytes]:
    """Of different sizes: some of one piece, one of exactly three, one that is as large as may be."""
    sizes = {1: 90_000, 2: MOST}
    return [(b"Subject: %s %03d\r\n\r\n" % (name.encode(), n)).ljust(sizes.get(n, 200), b"x") for n in range(count)]


@pytest.mark.parametrize(
    ("capability", "scheme", "to"),
    [("", "imaps", "Kairan"), (POOR, "imap+starttls", "Kairan"), (POOR, "imaps", "-"), ("", "imap+starttls", "-")],
)
def test_each_message_is_stored_once_and_leaves_the_folder(
    database: Engine, capability: str, scheme: str, to: str
) -> None:
    large = b"Subject: large\r\n\r\n".ljust(MOST + 1, b"x")
    with dovecot.running(capability) as server:
        came = letters(23, "a")
        server.deliver(*came[:5], large, *came[5:])
        assert collect(server, to, scheme) == 23
        assert kept() == sorted(came)
        left = 1 if to == "-" else 0
        assert (server.count("INBOX"), server.count("Kairan")) == (left, 24 * (1 - left))
        with server.client() as client:
            client.select_folder("INBOX" if left else "Kairan")
            [marked] = client.search("FLAGGED")
            assert client.fetch([marked], ["RFC822.SIZE"])[marked][b"RFC822.SIZE"] == MOST + 1
            assert client.search("UNSEEN") == []
        assert collect(server, to, scheme) == 0
        server.deliver(b"Subject: another\r\n\r\n")
        assert collect(server, to, scheme) == 1, "what is set aside stands in nobody's way"


class Killed(BaseException):
    """What nobody catches."""


@pytest.mark.parametrize("end", [Killed(), OperationalError("the database is away", None, ValueError())])
def test_what_ends_between_storing_and_marking_doubles_nothing(
    database: Engine, server: Dovecot, end: BaseException
) -> None:
    came = letters(10, "b")
    server.deliver(*came)
    stored: list[bytes] = []

    def dying(raw: bytes) -> None:
        store(raw)
        stored.append(raw)
        if len(stored) == 5:
            raise end

    with pytest.raises(type(end)):
        collect(server, put=dying)
    assert server.count("INBOX") == 7, "three were marked; two are stored and not marked"
    assert collect(server) == 7
    assert kept() == sorted(came)
    assert server.count("INBOX") == 0


def test_the_same_uid_in_a_folder_made_anew_is_another_message(database: Engine, server: Dovecot) -> None:
    for raw in (b"Subject: 1\r\n\r\n", b"Subject: 2\r\n\r\n"):
        with server.client() as client:
            client.create_folder("Back")
            client.append("Back", raw)
        assert collect(server, to="-", folder="Back") == 1
        with server.client() as client:
            client.delete_folder("Back")
    assert len(kept()) == 2


def test_a_message_that_went_meanwhile_keeps_no_other(database: Engine, server: Dovecot) -> None:
    came = letters(4, "c")
    server.deliver(*came)

    def putting(raw: bytes) -> None:
        store(raw)
        with server.client() as client:  # Somebody else cleans up; 3 is listed and not fetched yet.
            client.select_folder("INBOX")
            client.delete_messages(client.search(["SUBJECT", "c 003"]))
            client.expunge()

    assert collect(server, put=putting) == 3
    assert kept() == sorted(came[:3])


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Queue[tuple[Exception, float]]:
    """What the watch has told of."""
    queue: Queue[tuple[Exception, float]] = Queue()
    monkeypatch.setattr(imap_watch, "tell", lambda _address, error, seconds: queue.put((error, seconds)))
    return queue


def test_a_wrong_password_or_certificate_is_told_and_not_tried_again_at_once(
    database: Engine, server: Dovecot, told: Queue[tuple[Exception, float]]
) -> None:
    settings.reload(RETURNS_IMAP_URL=server.url(password="wrong"))
    watch = ImapWatch(Judging())
    watch.start()
    error, seconds = told.get(timeout=20)
    watch.stop()
    assert (type(error), seconds) == (LoginError, 60.0)
    assert server.log.count("Password mismatch") == 1, "that stands there before it is answered"
    settings.reload(RETURNS_IMAP_URL=server.url().partition("?")[0])
    logins = server.log.count("Login:")
    watch = ImapWatch(Judging())
    watch.start()
    assert isinstance(told.get(timeout=20)[0], SSLCertVerificationError)
    watch.stop()
    assert server.log.count("Login:") == logins


@pytest.mark.usefixtures("own_services")
def test_the_daemon_takes_reports_out_of_the_mailbox(change_settings: ChangeSettings, tmp_path: Path) -> None:
    _issue, sent = sent_letters(change_settings, 3)
    reports = {reader: writer.bounce(letter, reader, to=path, quoted=False) for reader, (path, letter) in sent.items()}
    first, *others = reports

    def to_the_path(reader: str) -> bytes:
        return b"Delivered-To: " + sent[reader][0].encode() + b"\n" + reports[reader]

    with (
        dovecot.running() as server,
        daemon(tmp_path, RETURN_DOMAIN=DOMAIN, RETURNS_IMAP_URL=server.url()) as (child, _),
    ):
        server.deliver(to_the_path(first))
        wait_judged(1, child)
        wait_for(lambda: server.count("Kairan") == 1)
        # By now it idles, or does so soon: what comes is told by the server.
        server.deliver(*map(to_the_path, others))
        found = wait_judged(3, child)
        assert {(one.way, one.proof, one.consequence) for one in found.values()} == {
            ("imap", "return path", "suppressed")
        }
        assert set(suppressed()) == set(reports)
        wait_for(lambda: server.count("Kairan") == 3)
    assert dovecot.PASSWORD not in (tmp_path / "returns.log").read_text()
    assert child.returncode == 0


@pytest.mark.usefixtures("own_services")
def test_the_daemon_killed_in_the_middle_loses_and_doubles_nothing(tmp_path: Path) -> None:
    def stored() -> int:
        with db.session_scope() as session:
            return session.scalar(select(func.count()).select_from(ReturnedMail)) or 0

    came = letters(150, "d")
    with dovecot.running() as server:
        server.deliver(*came)
        environment = {"RETURN_DOMAIN": DOMAIN, "RETURNS_IMAP_URL": server.url()}
        with daemon(tmp_path, **environment) as (child, _):
            wait_for(lambda: stored() > 30, worker=child)
            os.killpg(child.pid, signal.SIGKILL)
            wait_for(lambda: child.returncode is not None)
        assert server.count("INBOX") > 0, "it was killed in the middle"
        with daemon(tmp_path, **environment) as (child, _):
            wait_judged(150, child)
            wait_for(lambda: server.count("Kairan") == 150)
            assert server.count("INBOX") == 0
    assert kept() == sorted(came)
