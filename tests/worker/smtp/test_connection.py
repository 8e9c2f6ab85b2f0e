"""One connection: letters get through, refusals are told apart, and every fault settles what it must."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from models.deliveries.reply_code import OutcomeKind, Stage
from worker.timeouts import Timeouts

from .faults import CLOSE, NONE, SILENCE, Faults, fault
from .recording_source import RecordingSource, make_letter, run, send
from .server import OFFERED, serving

BARE = ("SIZE", "8BITMIME")


def outcomes(faults: list[Faults], count: int = 3, **fields: Any) -> RecordingSource:
    """Send *count* letters to a server with these faults over one connection at a time."""

    async def work() -> RecordingSource:
        async with serving(faults, **fields) as server:
            source = await send(server, RecordingSource([make_letter(key) for key in range(count)], patience=99))
            source.server = server  # type: ignore[attr-defined]
            assert server.violations == []
            accepted = [int(got.data.split()[1]) for got in server.accepted]
            sure = [key for key, kind in source.kinds().items() if kind is OutcomeKind.ACCEPTED]
            unsure = [key for key, kind in source.kinds().items() if kind is OutcomeKind.UNKNOWN]
            assert set(sure) <= set(accepted) <= set(sure) | set(unsure)
            assert len(accepted) == len(set(accepted))
            return source

    return run(work())


@pytest.mark.parametrize("offered", [OFFERED, BARE], ids=["pipelining", "one by one"])
def test_letters_arrive_whole(offered: tuple[str, ...]) -> None:
    async def work() -> None:
        async with serving(offered=offered) as server:
            data = b"Subject: x\r\n\r\n.\r\n..\r\n.a\r\nb.\r\n"
            source = await send(server, RecordingSource([make_letter(key, data=data) for key in range(5)]))
            assert source.kinds() == dict.fromkeys(range(5), OutcomeKind.ACCEPTED)
            assert [got.data for got in server.accepted] == [data] * 5
            assert [got.recipient for got in server.accepted] == [f"reader{key}@town.example" for key in range(5)]
            assert server.violations == []
            assert server.commands[-1] == b"QUIT"
            outcome = source.outcomes[0][0]
            assert (outcome.code, outcome.enhanced, outcome.stage) == (250, "2.0.0", Stage.DOT)
            assert outcome.text == "2.0.0 Ok: queued as 4fX2"
            assert outcome.relay == f"127.0.0.1:{server.port}"
            assert outcome.at.tzinfo is not None

    run(work())


@pytest.mark.parametrize(
    ("data", "got"),
    [(b"", b"\r\n"), (b"no end", b"no end\r\n"), (b".", b".\r\n"), (b"a\r\n", b"a\r\n"), (b".\r\n", b".\r\n")],
)
def test_a_message_ends_where_it_ends(data: bytes, got: bytes) -> None:
    async def work() -> None:
        async with serving() as server:
            await send(server, RecordingSource([make_letter(0, data=data), make_letter(1)]))
            assert [accepted.data for accepted in server.accepted][:1] == [got]
            assert len(server.accepted) == 2

    run(work())


@pytest.mark.parametrize("size", [60_000, 3_000_000])
def test_big_letters_arrive_whole(size: int) -> None:
    async def work() -> None:
        async with serving(offered=("PIPELINING", "SIZE 0", "8BITMIME")) as server:
            data = b"Subject: x\r\n\r\n" + (b"A" * 76 + b"\r\n") * (size // 78)
            source = RecordingSource([make_letter(key, data=data, needs_stuffing=False) for key in range(4)])
            await send(server, source, timeouts=Timeouts(poll=0.01))  # a slow machine needs its time for these
            assert [got.data for got in server.accepted] == [data] * 4

    run(work())


def test_replies_may_come_in_pieces() -> None:
    source = outcomes(
        [NONE, fault(rcpt=b"550-5.1.1 no such\r\n550-5.1.1 person\r\n550 5.1.1 here"), NONE], 4, in_pieces=True
    )
    assert source.kinds() == {
        0: OutcomeKind.ACCEPTED,
        1: OutcomeKind.BOUNCED,
        2: OutcomeKind.ACCEPTED,
        3: OutcomeKind.ACCEPTED,
    }
    outcome = source.outcomes[1][0]
    assert (outcome.code, outcome.enhanced, outcome.stage) == (550, "5.1.1", Stage.RCPT)
    assert outcome.text == "5.1.1 no such person here"


REFUSED = [
    ("mail", b"451 4.3.0 later", OutcomeKind.DEFERRED, Stage.MAIL),
    ("mail", b"552 5.3.4 too big", OutcomeKind.HELD, Stage.MAIL),
    ("mail", b"550 5.7.1 not from you", OutcomeKind.HELD, Stage.MAIL),
    ("rcpt", b"450 4.2.0 greylisted", OutcomeKind.DEFERRED, Stage.RCPT),
    ("rcpt", b"550 5.1.1 unknown", OutcomeKind.BOUNCED, Stage.RCPT),
    ("rcpt", b"550 Unknown user", OutcomeKind.BOUNCED, Stage.RCPT),
    ("rcpt", b"552 5.2.2 full", OutcomeKind.DEFERRED, Stage.RCPT),
    ("rcpt", b"554 5.7.1 blocked", OutcomeKind.POLICY, Stage.RCPT),
    ("data", b"451 4.3.0 later", OutcomeKind.DEFERRED, Stage.DATA),
    ("data", b"554 5.5.0 no", OutcomeKind.FAILED, Stage.DATA),
    ("dot", b"451 4.3.0 later", OutcomeKind.DEFERRED, Stage.DOT),
    ("dot", b"550 5.1.1 unknown", OutcomeKind.BOUNCED, Stage.DOT),
    ("dot", b"554 5.6.0 content", OutcomeKind.FAILED, Stage.DOT),
    ("dot", b"550 5.7.1 spam", OutcomeKind.POLICY, Stage.DOT),
]


@pytest.mark.parametrize("to_nobody", [True, False], ids=["354 to nobody", "503 to nobody"])
@pytest.mark.parametrize("offered", [OFFERED, BARE], ids=["pipelining", "one by one"])
@pytest.mark.parametrize(("step", "answer", "kind", "stage"), REFUSED)
def test_a_refusal_concerns_one_letter(
    step: str, answer: bytes, kind: OutcomeKind, stage: Stage, offered: tuple[str, ...], to_nobody: bool
) -> None:
    faults = [NONE, fault(**{step: answer}), fault(**{step: answer}), NONE]
    source = outcomes(faults, 5, offered=offered, sends_354_to_nobody=to_nobody)
    accepted = OutcomeKind.ACCEPTED
    assert source.kinds() == {0: accepted, 1: kind, 2: kind, 3: accepted, 4: accepted}
    assert {source.outcomes[key][0].stage for key in (1, 2)} == {stage}
    assert source.server.connections == 1  # type: ignore[attr-defined]


def test_a_sender_refused_and_a_recipient_taken_gets_no_empty_letter() -> None:
    """A lone dot would be a letter without content if the relay took the recipient after all."""

    async def work() -> None:
        async with serving() as server:

            async def strange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                writer.write(b"220 x\r\n")
                await reader.readline()
                writer.write(b"250-x\r\n250 PIPELINING\r\n")
                await reader.readuntil(b"DATA\r\n")
                writer.write(b"550 5.5.0 no\r\n250 yes\r\n354 go\r\n")
                got.append(await reader.read())
                writer.close()

            got: list[bytes] = []
            listening = await asyncio.start_server(strange, "127.0.0.1", 0)
            server.port = listening.sockets[0].getsockname()[1]
            source = await send(server, RecordingSource([make_letter(0, eight_bit=False)], patience=9))
            assert source.kinds() == {0: OutcomeKind.HELD}
            await asyncio.sleep(0.05)
            assert got == [b""]
            listening.close()

    run(work())


LOST = [
    *[(step, how, OutcomeKind.RETURNED) for step in ("mail", "rcpt", "data") for how in (CLOSE, SILENCE)],
    *[(step, b"421 4.3.2 shutting down", OutcomeKind.RETURNED) for step in ("mail", "rcpt", "data")],
    *[(step, b"\xff\xfe nonsense", OutcomeKind.RETURNED) for step in ("mail", "rcpt", "data")],
    *[(step, b"hello\r\n\r\n200", OutcomeKind.RETURNED) for step in ("mail", "rcpt", "data")],
    ("mail", b"354 what", OutcomeKind.RETURNED),
    ("rcpt", b"354 what", OutcomeKind.RETURNED),
    ("data", b"250 what", OutcomeKind.RETURNED),
    ("mail", b"250 a\r\n250 b\r\n250 c\r\n250 d\r\n250 e", OutcomeKind.RETURNED),
    ("mail", b"x" * 100_000, OutcomeKind.RETURNED),
    ("mail", b"250-more\r\n" * 1000 + b"250 end", OutcomeKind.RETURNED),
    ("mail", b"250-a\r\n350 b", OutcomeKind.RETURNED),
    ("body", CLOSE, OutcomeKind.UNKNOWN),
    ("body", SILENCE, OutcomeKind.UNKNOWN),
    ("dot", CLOSE, OutcomeKind.UNKNOWN),
    ("dot", SILENCE, OutcomeKind.UNKNOWN),
    ("dot", b"\xff\xfe nonsense", OutcomeKind.UNKNOWN),
    ("dot", b"x" * 100_000, OutcomeKind.UNKNOWN),
    ("dot", b"250-more\r\n" * 1000 + b"250 end", OutcomeKind.UNKNOWN),
    ("dot", b"354 what", OutcomeKind.UNKNOWN),
    ("dot", b"999 what", OutcomeKind.UNKNOWN),
    ("dot", b"100 what", OutcomeKind.UNKNOWN),
    ("dot", b"421 4.3.2 shutting down", OutcomeKind.DEFERRED),
    ("body", b"421 4.4.2 too slow", OutcomeKind.DEFERRED),
]


@pytest.mark.parametrize("accept", [True, False], ids=["taken", "not taken"])
@pytest.mark.parametrize("offered", [OFFERED, BARE], ids=["pipelining", "one by one"])
@pytest.mark.parametrize(("step", "said", "kind"), LOST, ids=lambda value: repr(value)[:24])
def test_a_lost_connection_settles_its_letters(
    step: str, said: bytes, kind: OutcomeKind, offered: tuple[str, ...], accept: bool
) -> None:
    """Before the dot: returned. After it, without an answer: unknown, whether the relay took it or not."""
    accept = accept and kind is OutcomeKind.UNKNOWN
    source = outcomes([NONE, replace(fault(**{step: said}), accept=accept), NONE], 4, offered=offered)
    kinds = source.kinds()
    assert kinds[1] is kind
    assert kinds[0] is kinds[3] is OutcomeKind.ACCEPTED
    assert kinds[2] in (OutcomeKind.ACCEPTED, OutcomeKind.RETURNED)  # Its commands may have stood behind the dot.
