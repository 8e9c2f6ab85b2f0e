"""Other ways in than the listener: files and a Maildir; and what is answered where the database is away."""

from __future__ import annotations

import mailbox
import smtplib
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, select

import settings
from models.bounces.returned_mail import ReturnedMail
from models.deliveries.letters import return_path
from models.store import db
from ops.cli import kairan
from tests.conftest import NOWHERE
from tests.models.bounces.returned_mail import said
from tests.sample import make_newsletter
from worker.inbound import mail_files, maildir

from .intake import DOMAIN, daemon, hand_over

MESSAGES = [
    b"Subject: one\r\n\r\nFirst\r\n",
    b"Subject: two\n\nFrom here on\n\nFrom there\n\n",
    b"Subject: three\n\nno end of line",
    said("a@b.example", "550 5.1.1 User unknown"),
]


def kept() -> dict[str, bytes | None]:
    """Messages in the database, by how they came and their order."""
    with db.session_scope() as session:
        found = session.scalars(select(ReturnedMail).order_by(ReturnedMail.received_at))
        return {f"{one.way} {number}": one.message for number, one in enumerate(found)}


def mbox(path: Path, messages: list[bytes]) -> Path:
    """A file of many messages, written by Python's own module."""
    box = mailbox.mbox(path)
    for raw in messages:
        box.add(raw)
    box.close()
    return path


def test_a_file_of_many_messages_gives_back_each(tmp_path: Path) -> None:
    plain = [raw.replace(b"\r", b"").rstrip(b"\n") for raw in MESSAGES]
    file = mbox(tmp_path / "box", MESSAGES)
    found = list(mail_files.read(file, 10_000))
    assert [(one.raw or b"").replace(b"\r", b"").rstrip(b"\n") for one in found] == plain
    assert sum(one.read for one in found) == file.stat().st_size
    assert [one.raw is None for one in mail_files.read(file, 60)] == [False, False, False, True]
    (tmp_path / "one.eml").write_bytes(MESSAGES[0])
    assert [one.raw for one in mail_files.read(tmp_path / "one.eml", 100)] == [MESSAGES[0]]
    (tmp_path / "empty").touch()
    assert [one.raw for one in mail_files.read(tmp_path / "empty", 100)] == [b""]


@pytest.fixture
def small_limit() -> None:
    """Messages of more than a megabyte are too large."""
    settings.reload(RETURNS_MEGABYTES="1")


def test_import_takes_each_message_once_and_judges_it(database: Engine, small_limit: None, tmp_path: Path) -> None:
    box = mailbox.Maildir(tmp_path / "mail", create=True)
    box.add(MESSAGES[0])
    (tmp_path / "mail" / "tmp" / "half").write_bytes(b"Subject: not whole")
    (tmp_path / "large.eml").write_bytes(b"x" * 1_000_001)
    mbox(tmp_path / "box", MESSAGES)
    arguments = ["returns", "import", str(tmp_path)]
    first = CliRunner().invoke(kairan, arguments)
    told = "4 messages taken in, 1 known already, 1 left out; 4 judged."
    assert told in first.output, "the one in the Maildir is the first of the mbox"
    assert "large.eml: a message is larger than RETURNS_MEGABYTES." in first.output
    assert first.exit_code == 1
    again = CliRunner().invoke(kairan, arguments)
    assert "0 messages taken in, 5 known already, 1 left out; 0 judged." in again.output, again.output
    with db.session_scope() as session:
        found = session.scalars(select(ReturnedMail)).all()
        assert all(one.judged_at for one in found)
        assert [one.consequence for one in found if one.kind == "no_such_mailbox"] == ["unproved"]
    judged = CliRunner().invoke(kairan, ["returns", "judge"])
    assert "0 messages looked at, 0 of another class now." in judged.output


def test_a_maildir_is_emptied_once_its_messages_are_stored(database: Engine, tmp_path: Path) -> None:
    folder = tmp_path / "mail"
    box = mailbox.Maildir(folder, create=True)
    for raw in MESSAGES[:2]:
        box.add(raw)
    (folder / "new" / "large").write_bytes(b"x" * 25_000_001)
    assert maildir.collect(folder) == 2
    assert list((folder / "new").iterdir()) == []
    assert sorted(file.name.rpartition(",")[2] for file in (folder / "cur").iterdir()) == ["FS", "S", "S"]
    before = kept()
    # Killed after storing and before moving: the message is there again, and is the same one.
    file = next(file for file in (folder / "cur").iterdir() if file.name.endswith(":2,S"))
    file.rename(folder / "new" / "again")
    assert maildir.collect(folder) == 1
    assert kept() == before
    assert maildir.collect(folder) == 0


def test_a_file_of_a_maildir_that_cannot_be_moved_stops_no_other(database: Engine, tmp_path: Path) -> None:
    new = tmp_path / "mail" / "new"
    box = mailbox.Maildir(tmp_path / "mail", create=True)
    (new / ("0" * 255)).write_bytes(MESSAGES[0])  # With its flags its name is longer than a name may be.
    (new / "1").symlink_to(new / "1")
    (new / "2").mkdir()
    for raw in MESSAGES[1:]:
        box.add(raw)
    assert maildir.collect(tmp_path / "mail") == len(MESSAGES) - 1
    assert len(kept()) == len(MESSAGES), "it is stored all the same"
    assert maildir.collect(tmp_path / "mail") == 0
    assert len(list(new.iterdir())) == 3


@pytest.mark.slow
def test_what_cannot_be_stored_now_stays_with_whoever_has_it(database: Engine, tmp_path: Path) -> None:
    with db.session_scope() as session:
        home = make_newsletter(session)
        path = f"{return_path.LOCAL}+{return_path.folded_maker(return_path.Purpose.RETURN, 1)(1)}@{DOMAIN}"
        assert home.own_return_path
    with daemon(tmp_path, RETURN_DOMAIN=DOMAIN, **NOWHERE) as (_, port):
        with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
            hand_over(port, MESSAGES[0], "ict@example.lg.jp")
        assert refused.value.recipients["ict@example.lg.jp"][0] == 451
        with pytest.raises(smtplib.SMTPDataError) as put_off:
            hand_over(port, MESSAGES[0], path)
        assert put_off.value.smtp_code == 451
    # An answer for each recipient (RFC 2033), and no more connections than it can bear.
    with daemon(tmp_path, RETURN_DOMAIN=DOMAIN) as (_, port):
        with smtplib.LMTP("127.0.0.1", port, timeout=30) as client:
            client.ehlo_or_helo_if_needed()
            client.mail("")
            assert [client.rcpt(one)[0] for one in (path, "ict@example.lg.jp", "x@elsewhere.example")] == [
                250,
                250,
                550,
            ]
            assert client.data(MESSAGES[1])[0] == 250
            assert client.getreply()[0] == 250
            assert client.noop()[0] == 250
        opened = [smtplib.LMTP("127.0.0.1", port, timeout=30) for _ in range(20)]
        with pytest.raises(smtplib.SMTPConnectError, match="421"):
            smtplib.LMTP("127.0.0.1", port, timeout=30)
        for one in opened:
            one.close()
