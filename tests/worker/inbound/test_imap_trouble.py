"""An IMAP server that closes in the middle, holds a million messages or offers no encryption; addresses and waiting."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from imapclient.exceptions import CapabilityError, IMAPClientAbortError, LoginError
from sqlalchemy import Engine, select

import settings
from models.bounces import returned_mail
from models.bounces.returned_mail import ReturnedMail
from models.store import db
from models.store.errors import Invalid
from worker.inbound import imap_address, imap_mailbox, imap_watch
from worker.inbound.imap_mailbox import ImapMailbox
from worker.inbound.imap_watch import ImapWatch
from worker.inbound.judging import Judging

from ..issue_sending import wait_for
from .hostile_imap import HostileImap, message, serving


def kept() -> set[bytes]:
    with db.session_scope() as session:
        return {one.message or b"" for one in session.scalars(select(ReturnedMail))}


@pytest.fixture
def watching(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[HostileImap], ImapWatch]]:
    """Begins to watch a server, and stops at the end."""
    monkeypatch.setattr(imap_watch, "seconds_until_next_try", lambda error, failures: 0.0)
    monkeypatch.setattr(imap_mailbox, "_LOOKS_AT_STOP", 0.05)
    started: list[ImapWatch] = []

    def watch(server: HostileImap) -> ImapWatch:
        settings.reload(RETURNS_IMAP_URL=server.url)
        started.append(ImapWatch(Judging()))
        started[-1].start()
        return started[-1]

    yield watch
    for one in started:
        one.stop()
    for name in ("RETURNS_IMAP_URL", "RETURNS_DAY_MEGABYTES"):
        os.environ.pop(name, None)
    settings.reload()


Watching = Callable[[HostileImap], ImapWatch]


def test_a_message_with_which_the_connection_ends_keeps_no_other(database: Engine, watching: Watching) -> None:
    with serving(HostileImap(30, bad=8, closes_idle=True)) as server:
        watch = watching(server)
        # Three ends in the middle of the message, then some while it idles.
        wait_for(lambda: sum(one.startswith("LOGIN") for one in server.commands) > 6)
        watch.stop()
    assert kept() == {message(uid) for uid in range(1, 31) if uid != 8}
    assert (server.uids, server.fetched_bad) == ([8], 3)


def test_idling_is_renewed_and_brings_what_came(
    database: Engine, watching: Watching, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert imap_mailbox.IDLE_SECONDS <= 29 * 60
    monkeypatch.setattr(imap_mailbox, "IDLE_SECONDS", 0.1)
    with serving(HostileImap(1)) as server:
        watch = watching(server)
        wait_for(lambda: server.commands.count("IDLE") > 2)
        server.uids.append(2)  # The server tells nothing of it.
        wait_for(lambda: kept() == {message(1), message(2)})
        watch.stop()
    assert sum(one.startswith("LOGIN") for one in server.commands) == 1


def test_what_is_more_than_a_day_may_bring_stays_in_the_mailbox(database: Engine, watching: Watching) -> None:
    with db.session_scope() as session:
        returned_mail.take_in(session, b"x" * 1_000_000, way="lmtp")
    settings.reload(RETURNS_DAY_MEGABYTES="1")
    with serving(HostileImap(3)) as server:
        watch = watching(server)
        wait_for(lambda: "IDLE" in server.commands)
        watch.stop()
    assert (len(kept()), server.uids) == (1, [1, 2, 3])


def test_a_mailbox_of_a_million_messages_is_never_asked_for_all() -> None:
    taken: list[bytes] = []
    with (
        serving(HostileImap(1_000_000)) as server,
        imap_mailbox.opened(imap_address.parse(server.url)) as client,
    ):
        mailbox = ImapMailbox(client, "INBOX", "Kairan", 10_000, Counter())
        assert mailbox.collect(taken.append, lambda: len(taken) < 450) == 450
    assert taken == [message(uid) for uid in range(1, 451)]
    assert server.most_asked == imap_mailbox.LISTED
    assert server.uids[0] == 451
    assert not [one for one in server.commands if "SEARCH" in one]


def test_no_password_goes_to_a_server_that_offers_no_encryption() -> None:
    with serving(HostileImap(1)) as server:
        address = imap_address.parse(server.url.replace("imap://", "imap+starttls://"))
        with pytest.raises(CapabilityError), imap_mailbox.opened(address):
            pass
    assert server.commands == ["CAPABILITY"]


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("mail.example", "write imaps://"),
        ("imaps://mail.example", "no whole address"),
        ("imaps://user@mail.example", "no whole address"),
        ("imaps://user:secret@mail.example:x", "no whole address"),
        ("imaps://user:secret@[mail", "no whole address"),
        ("imap://user:secret@mail.example", "unencrypted"),
        ("imaps://user:secret@mail.example/?ca=x", "no option ca; it has cafile, verify"),
        ("imaps://user:secret@mail.example/?verify=perhaps", "yes or no"),
        ("imaps://user:secret@mail.example/?cafile=/nowhere", "/nowhere is not there"),
    ],
)
def test_an_address_that_cannot_be_used_is_refused_and_shows_no_password(url: str, says: str) -> None:
    with pytest.raises(Invalid, match=says) as refused:
        imap_address.parse(url)
    assert "secret" not in str(refused.value)


def test_an_address_is_taken_apart() -> None:
    parsed = imap_address.parse("imaps://a%40b.example:p%2F%3A%40@Mail.Example/%E6%88%BB%E3%82%8A?verify=no")
    assert parsed[:6] == ("imaps", "mail.example", 993, "a@b.example", "p/:@", "戻り")
    assert "p/" not in f"{parsed} {parsed!r} {(parsed,)}"
    assert parsed.encryption().verify_mode == 0  # type: ignore[union-attr]
    assert imap_address.parse("imap+starttls://a:b@mail.example")[2:6] == (143, "a", "b", "INBOX")


def test_a_server_is_left_in_peace_longer_each_time() -> None:
    def waits(error: Exception) -> list[float]:
        return [imap_watch.seconds_until_next_try(error, failures) for failures in (1, 2, 5, 99)]

    assert waits(LoginError("no")) == [60, 120, 960, 3600]
    assert waits(LoginError("[UNAVAILABLE] later")) == waits(IMAPClientAbortError("bye")) == [5, 10, 80, 600]


def test_the_folder_that_is_looked_into_is_not_where_messages_move() -> None:
    try:
        settings.reload(RETURNS_IMAP_URL="imaps://a:b@mail.example/Kairan")
        with pytest.raises(Invalid, match="RETURNS_IMAP_STORED"):
            ImapWatch(Judging())
    finally:
        del os.environ["RETURNS_IMAP_URL"]
        settings.reload()
