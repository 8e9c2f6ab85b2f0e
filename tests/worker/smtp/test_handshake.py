"""Greeting, extensions, TLS and login: what must work, what must be refused, what must never be believed."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from models.deliveries.relays.relay_address import RelayAddress, Security
from models.deliveries.reply_code import OutcomeKind, Stage
from worker.smtp.envelope import Outcome

from . import certificate
from .certificate import Certificate
from .faults import CLOSE, NONE, SILENCE, Faults, fault
from .recording_source import RecordingSource, make_letter, run, send
from .server import Server, serving


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return certificate.make(tmp_path_factory.mktemp("certificate"))


def test_a_relay_that_knows_only_helo() -> None:
    async def work() -> None:
        async with serving(connections=[fault(ehlo=b"502 5.5.1 what")], offered=()) as server:
            source = await send(server, RecordingSource([make_letter(0, eight_bit=False), make_letter(1)]))
            assert source.kinds() == {0: OutcomeKind.ACCEPTED, 1: OutcomeKind.HELD}
            assert source.outcomes[1][0].enhanced == "5.6.3"  # No 8BITMIME.
            assert server.accepted[0].mail == b"MAIL FROM:<bounce@news.example>"

    run(work())


REFUSED = [
    (fault(connect=CLOSE), OutcomeKind.RETURNED, 0, "closed"),
    (fault(connect=SILENCE), OutcomeKind.RETURNED, 0, "no answer for 1 s"),
    (fault(connect=b"421 4.3.2 busy"), OutcomeKind.RETURNED, 421, "refused the connection"),
    (fault(connect=b"554 5.7.1 you are on our block list"), OutcomeKind.POLICY, 554, "refused the connection"),
    (fault(connect=b"554 no mail here"), OutcomeKind.FAILED, 554, "refused the connection"),
    (fault(connect=b"SSH-2.0-something"), OutcomeKind.RETURNED, 0, "not an SMTP reply"),
    (fault(connect=b"220 " + b"x" * 20_000), OutcomeKind.RETURNED, 0, "more than 4096 bytes"),
    (fault(connect=b"220-a\r\n" * 300), OutcomeKind.RETURNED, 0, "more than 256 lines"),
    (fault(connect=b"220 hello\r\n250 early"), OutcomeKind.RETURNED, 0, "more than it was asked for"),
    (fault(ehlo=CLOSE), OutcomeKind.RETURNED, 0, "closed"),
    (fault(ehlo=SILENCE), OutcomeKind.RETURNED, 0, "no answer"),
    (fault(ehlo=b"421 go"), OutcomeKind.RETURNED, 421, "refused our greeting"),
    (fault(ehlo=b"550 5.7.1 your name is on a block list", helo=b"550 5.7.1 no"), OutcomeKind.POLICY, 550, "greeting"),
    (fault(ehlo=b"250-a\r\n250 PIPELINING\r\n250 more"), OutcomeKind.RETURNED, 0, "more than it was asked for"),
    (fault(ehlo=b"\x1b\x01"), OutcomeKind.RETURNED, 0, "not an SMTP reply"),
]


@pytest.mark.parametrize(("wrong", "kind", "code", "words"), REFUSED, ids=lambda value: repr(value)[:40])
def test_a_relay_that_does_not_come_up_consumes_no_letter(
    wrong: Faults, kind: OutcomeKind, code: int, words: str
) -> None:
    async def work() -> None:
        async with serving(connections=[wrong]) as server:
            source = await send(server, RecordingSource([make_letter(0)]))
            (failure,) = source.failures
            assert failure.kind is kind
            assert words in failure.text
            assert failure.code == code
            assert failure.stage is Stage.CONNECT
            assert source.pulled == []
            source = await send(server, RecordingSource([make_letter(0)]))
            assert source.kinds() == {0: OutcomeKind.ACCEPTED}

    run(work())


def test_nobody_listens() -> None:
    async def work() -> None:
        async with serving() as server:
            relay = server.relay()
        source = await send(server, RecordingSource([make_letter(0)], patience=3), relay=relay)
        assert [failure.kind for failure in source.failures] == [OutcomeKind.RETURNED] * 3
        assert "refused" in source.failures[0].text.lower()

    run(work())


def test_a_host_that_cannot_be() -> None:
    async def work() -> None:
        async with serving() as server:
            for host in ("a..b", "x" * 70 + ".example", "relay.invalid"):
                source = await send(server, RecordingSource([make_letter(0)]), relay=RelayAddress(host, 25))
                assert source.failures[0].text
                assert source.pulled == []

    run(work())


async def over_tls(made: Certificate, security: Security, server: Server, **options: Any) -> list[Outcome]:
    relay = server.relay(security, **({"cafile": made.authority} | options))
    return (await send(server, RecordingSource([make_letter(0), make_letter(1)]), relay=relay)).failures


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
def test_letters_go_over_tls(made: Certificate, security: Security) -> None:
    async def work() -> None:
        implicit = security is Security.TLS
        async with serving(tls=made.server_context(), implicit_tls=implicit) as server:
            assert await over_tls(made, security, server) == []
            assert len(server.accepted) == 2
            assert (b"STARTTLS" in server.commands) is not implicit

    run(work())


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
def test_certificates_are_verified(made: Certificate, security: Security, tmp_path: Path) -> None:
    async def work() -> None:
        implicit = security is Security.TLS
        async with serving(tls=made.server_context(), implicit_tls=implicit) as server:
            (failure,) = await over_tls(made, security, server, cafile=None)
            assert "certificate is not valid" in failure.text
            assert await over_tls(made, security, server, cafile=None, verify=False) == []
            assert len(server.accepted) == 2
        wrongs: list[dict[str, Any]] = [{"days": -1}, {"host": "other.example"}]
        for kind in wrongs:
            wrong = certificate.make(tmp_path, **kind)
            async with serving(tls=wrong.server_context(), implicit_tls=implicit) as server:
                (failure,) = await over_tls(wrong, security, server)
                assert "certificate is not valid" in failure.text
                assert server.accepted == []

    run(work())


def test_without_starttls_nothing_is_sent(made: Certificate) -> None:
    async def work() -> None:
        async with serving() as server:
            (failure,) = await over_tls(made, Security.STARTTLS, server)
            assert "does not offer STARTTLS" in failure.text
            assert [command for command in server.commands if command.startswith((b"MAIL", b"AUTH"))] == []
        refusing = fault(starttls=b"454 4.7.0 not now")
        async with serving(connections=[refusing], tls=made.server_context()) as server:
            (failure,) = await over_tls(made, Security.STARTTLS, server)
            assert "offers STARTTLS and refuses it" in failure.text

    run(work())


def test_what_was_said_before_tls_is_not_believed(made: Certificate) -> None:
    """RFC 3207: extensions are asked again; and answers that were slipped in before the handshake are refused."""

    async def work() -> None:
        async with serving(tls=made.server_context(), offered_after_tls=("SIZE 1000", "8BITMIME")) as server:
            assert await over_tls(made, Security.STARTTLS, server) == []
            assert sum(command.startswith(b"EHLO") for command in server.commands) == 2
            assert b"SMTPUTF8" not in server.accepted[0].mail
            assert b"NOTIFY" not in server.accepted[0].rcpt
        slipped_in = fault(starttls=b"220 go\r\n250-evil\r\n250 AUTH PLAIN")
        async with serving(connections=[slipped_in], tls=made.server_context()) as server:
            (failure,) = await over_tls(made, Security.STARTTLS, server)
            assert "more than it was asked for" in failure.text
            assert server.accepted == []

    run(work())


def test_a_relay_that_falls_silent_in_the_handshake() -> None:
    async def work() -> None:
        async def mute(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read()
            writer.close()

        async with serving() as server:
            listening = await asyncio.start_server(mute, "127.0.0.1", 0)
            server.port = listening.sockets[0].getsockname()[1]
            source = await send(server, RecordingSource([make_letter(0)]), relay=server.relay(Security.TLS))
            assert "no connection within 5 s" in source.failures[0].text
            listening.close()

    run(work())


@pytest.mark.parametrize(
    "offered", ["AUTH PLAIN LOGIN", "AUTH LOGIN", "AUTH=LOGIN", "AUTH CRAM-MD5", "AUTH PLAIN CRAM-MD5"]
)
@pytest.mark.parametrize("password", ["right", "wrong", "日本語", "p@ss:w/rd%"])
def test_login(offered: str, password: str) -> None:
    async def work() -> None:
        logins = {"kairan": "right" if password == "wrong" else password}
        async with serving(offered=("PIPELINING", "8BITMIME", offered), logins=logins) as server:
            relay = server.relay(user="kairan", password=password)
            source = await send(server, RecordingSource([make_letter(0)]), relay=relay)
            if password == "wrong":
                (failure,) = source.failures
                assert failure.kind is OutcomeKind.POLICY
                assert failure.code == 535
                assert source.pulled == []
            else:
                assert source.kinds() == {0: OutcomeKind.ACCEPTED}
            said = b"\n".join(server.commands)
            assert (b"CRAM-MD5" in said) is ("CRAM-MD5" in offered)  # Shows least, where nothing is encrypted.

    run(work())


def test_login_over_tls_and_none_offered(made: Certificate) -> None:
    async def work() -> None:
        after = ("PIPELINING", "8BITMIME", "AUTH CRAM-MD5 PLAIN")
        fields: dict[str, Any] = {
            "tls": made.server_context(),
            "offered_after_tls": after,
            "logins": {"kairan": "secret"},
        }
        async with serving(**fields) as server:
            assert await over_tls(made, Security.STARTTLS, server, user="kairan", password="secret") == []
            assert any(command.startswith(b"AUTH PLAIN") for command in server.commands)
        async with serving(logins={"kairan": "secret"}) as server:
            source = await send(
                server, RecordingSource([make_letter(0)]), relay=server.relay(user="kairan", password="secret")
            )
            assert "offers no login that we know, only: none" in source.failures[0].text

    run(work())


@pytest.mark.parametrize("said", [b"334 !!!", CLOSE, SILENCE, b"504 5.5.4 which", b"xx"])
def test_login_that_goes_wrong(said: bytes) -> None:
    async def work() -> None:
        offered = ("PIPELINING", "8BITMIME", "AUTH CRAM-MD5")
        wrong = fault(auth=said)
        async with serving(connections=[wrong, NONE], offered=offered, logins={"kairan": "secret"}) as server:
            relay = server.relay(user="kairan", password="secret")
            source = await send(server, RecordingSource([make_letter(0)]), relay=relay)
            assert source.failures
            assert source.pulled == []
            assert "secret" not in source.failures[0].text

    run(work())
