"""Through a real Postfix: TLS, login, refusals, a limit of connections, and DKIM that survives being relayed."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from models.deliveries.relays.relay_address import RelayAddress, Security
from models.deliveries.reply_code import OutcomeKind
from models.issues.dkim_key import Key, KeyKind
from worker.sending.dkim import Signer
from worker.smtp.pool import Pool
from worker.timeouts import Timeouts

from ..sending.test_dkim import BODY, HEADERS, verified
from . import postfix
from .certificate import make
from .postfix import Options, Postfix
from .recording_source import RecordingSource, make_letter, make_letters, run, wait_until

pytestmark = pytest.mark.slow


class NextHop:
    """Takes what Postfix relays (aiosmtpd)."""

    def __init__(self) -> None:
        self.recipients: Counter[str] = Counter()
        self.messages: list[bytes] = []
        self._lock = threading.Lock()

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:
        with self._lock:
            self.recipients.update(envelope.rcpt_tos)
            self.messages.append(envelope.content)
        return "250 taken"


@contextmanager
def relaying(**options: Any) -> Iterator[tuple[Postfix, NextHop]]:
    """Postfix in front of a server that takes everything."""
    hop = NextHop()
    port = postfix.free_port()
    controller = Controller(hop, "127.0.0.1", port)
    controller.start()
    try:
        with postfix.running(Options(("127.0.0.1", port), **options)) as server:
            yield server, hop
    finally:
        controller.stop()


def deliver(relay: RelayAddress, source: RecordingSource, *, max_connections: int = 4) -> RecordingSource:
    async def work() -> RecordingSource:
        pool = Pool(relay, max_connections=max_connections, timeouts=Timeouts(30, 60, 60, retry=0.05))
        await pool.run(source, source.stop)
        await pool.close()
        return source

    return run(work())


def arrived(hop: NextHop, count: int) -> Counter[str]:
    async def work() -> None:
        await wait_until(lambda: sum(hop.recipients.values()) >= count)

    run(work())
    return hop.recipients


def address(key: int) -> str:
    return f"reader{key}@town.example"


def test_two_hundred_letters_with_tls_and_login(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    certificate = make(tmp_path)
    with relaying(certificate=certificate, logins={"kairan": "p@ss 号"}) as (server, hop):
        common = {"user": "kairan", "password": "p@ss 号", "cafile": certificate.authority}
        for begin, port, security in ((0, server.port, Security.STARTTLS), (100, server.tls_port, Security.TLS)):
            relay = RelayAddress("localhost", port, security, **common)  # type: ignore[arg-type]
            source = deliver(relay, RecordingSource(make_letters(100, begin)))
            assert source.failures == [], server.log
            assert set(source.kinds().values()) == {OutcomeKind.ACCEPTED}
            assert all(outcomes[0].enhanced == "2.0.0" for outcomes in source.outcomes.values())
        assert arrived(hop, 200) == Counter(address(key) for key in range(200))

        wrong = RelayAddress(
            "localhost", server.port, Security.STARTTLS, "kairan", "wrong", cafile=certificate.authority
        )
        (failure,) = deliver(wrong, RecordingSource(make_letters(1))).failures
        assert failure.kind is OutcomeKind.POLICY
        assert failure.code == 535
        (failure,) = deliver(
            RelayAddress("localhost", server.port, Security.STARTTLS), RecordingSource(make_letters(1))
        ).failures
        assert "certificate is not valid" in failure.text


def test_refusals_and_greylisting() -> None:
    seen: set[str] = set()

    def answer(recipient: str) -> str:
        key = int(recipient.removeprefix("reader").split("@")[0])
        if key % 10 == 3:
            return "550 5.1.1 no such person"
        if key % 10 == 5 and recipient not in seen:
            seen.add(recipient)
            return "450 4.2.0 greylisted"
        return "DUNNO"

    with relaying(answer=answer) as (server, hop):
        relay = RelayAddress("127.0.0.1", server.port)
        first = deliver(relay, RecordingSource(make_letters(200)))
        assert Counter(first.kinds().values()) == {
            OutcomeKind.ACCEPTED: 160,
            OutcomeKind.BOUNCED: 20,
            OutcomeKind.DEFERRED: 20,
        }
        later = [make_letter(key) for key, kind in first.kinds().items() if kind is OutcomeKind.DEFERRED]
        second = deliver(relay, RecordingSource(later))
        assert set(second.kinds().values()) == {OutcomeKind.ACCEPTED}
        assert arrived(hop, 180) == Counter(address(key) for key in range(200) if key % 10 != 3)


def test_a_limit_of_connections() -> None:
    with relaying(connections_per_client=2) as (server, hop):
        source = deliver(RelayAddress("127.0.0.1", server.port), RecordingSource(make_letters(300)), max_connections=5)
        assert set(source.kinds().values()) == {OutcomeKind.ACCEPTED}
        assert source.failures == []
        assert "concurrency limit exceeded" in server.log
        assert arrived(hop, 300) == Counter(address(key) for key in range(300))


def test_a_server_of_another_kind() -> None:
    """aiosmtpd, which does not offer PIPELINING."""
    hop, port = NextHop(), postfix.free_port()
    controller = Controller(hop, "127.0.0.1", port, enable_SMTPUTF8=True)
    controller.start()
    try:
        source = deliver(RelayAddress("127.0.0.1", port), RecordingSource(make_letters(100)))
    finally:
        controller.stop()
    assert set(source.kinds().values()) == {OutcomeKind.ACCEPTED}
    assert hop.recipients == Counter(address(key) for key in range(100))
    assert hop.messages[0].endswith(b"\r\n.dot\r\n")


def test_signatures_survive_being_relayed() -> None:
    keys = [Key.new("news.example", "k1", KeyKind.RSA), Key.new("news.example", "k2", KeyKind.ED25519)]
    signature = Signer(keys).sign(HEADERS, BODY, canonical_body=True)
    with relaying() as (server, hop):
        data = signature + HEADERS + b"\r\n" + BODY
        source = deliver(
            RelayAddress("127.0.0.1", server.port), RecordingSource([make_letter(0, data=data, eight_bit=False)])
        )
        assert set(source.kinds().values()) == {OutcomeKind.ACCEPTED}
        arrived(hop, 1)
    assert b"Received: " in hop.messages[0]
    assert verified(hop.messages[0], *keys) == [True, True]
