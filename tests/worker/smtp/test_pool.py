"""Kept connections: how many, how long, how they end, and what the group commit decides."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace

import pytest

from models.deliveries.relays.relay_address import RelayAddress
from models.deliveries.reply_code import OutcomeKind
from worker.smtp.pool import Pool
from worker.timeouts import Timeouts

from .faults import CLOSE, SILENCE, fault
from .recording_source import SHORT, RecordingSource, make_letter, make_letters, run, send, wait_until
from .server import serving

ACCEPTED, RETURNED, UNKNOWN = OutcomeKind.ACCEPTED, OutcomeKind.RETURNED, OutcomeKind.UNKNOWN


def test_several_connections_share_the_work_and_each_letter_goes_once() -> None:
    async def work() -> None:
        async with serving() as server:
            source = await send(server, RecordingSource(make_letters(500)), max_connections=4)
            assert Counter(got.recipient for got in server.accepted) == Counter(
                f"reader{key}@town.example" for key in range(500)
            )
            assert set(source.kinds().values()) == {ACCEPTED}
            assert server.most_connections == server.connections == 4
            assert sorted(key for group in source.committed for key in group) == list(range(500))

    run(work())


def test_connections_open_one_by_one() -> None:
    """The second is opened when the first has had a letter answered."""

    async def work() -> None:
        async with serving([fault(dot=SILENCE)]) as server:
            source = RecordingSource(make_letters(100))
            running = asyncio.ensure_future(send(server, source, max_connections=4))
            await asyncio.sleep(0.2)
            assert server.connections == 1
            await running
            assert source.kinds()[0] is UNKNOWN

    run(work())


def test_connections_are_kept_between_runs_and_checked_after_a_pause() -> None:
    async def work() -> None:
        async with serving() as server:
            pool = Pool(server.relay(), max_connections=2, timeouts=replace(SHORT, check_after=60))
            for turn in range(3):
                source = RecordingSource(make_letters(50, turn * 50))
                await pool.run(source, source.stop)
                assert set(source.kinds().values()) == {ACCEPTED}
            assert server.connections == 2
            assert b"NOOP" not in server.commands
            pool.timeouts = replace(SHORT, check_after=-1)  # From now on, any pause is long enough.
            source = RecordingSource(make_letters(50, 200))
            await pool.run(source, source.stop)
            assert set(source.kinds().values()) == {ACCEPTED}
            assert b"NOOP" in server.commands
            assert server.connections == 2
            await pool.close()
            assert pool.open_connections == 0

    run(work())


def test_a_relay_that_hung_up_meanwhile_loses_no_letter() -> None:
    async def work() -> None:
        async with serving(connections=[fault(noop=CLOSE)]) as server:
            pool = Pool(server.relay(), max_connections=1, timeouts=replace(SHORT, check_after=60))
            for turn in range(2):
                source = RecordingSource(make_letters(3, turn * 3), again=True)
                await pool.run(source, source.stop)
                assert set(source.kinds().values()) == {ACCEPTED}
                pool.timeouts = replace(SHORT, check_after=-1)
            assert [outcome.kind for outcome in source.outcomes[3]] == [RETURNED, ACCEPTED]
            assert len(server.accepted) == 6
            await pool.close()

    run(work())


def test_idle_connections_are_closed() -> None:
    async def work() -> None:
        async with serving() as server:
            pool = Pool(server.relay(), max_connections=3, timeouts=replace(SHORT, idle=0.2))
            source = RecordingSource(make_letters(100))
            await pool.run(source, source.stop)
            assert pool.open_connections == 3
            await wait_until(lambda: pool.open_connections == 0)
            await wait_until(lambda: server.open_connections == 0)
            assert server.commands.count(b"QUIT") == 3

    run(work())


def test_messages_per_connection() -> None:
    async def work() -> None:
        async with serving() as server:
            source = await send(
                server, RecordingSource(make_letters(95)), max_connections=2, messages_per_connection=10
            )
            assert set(source.kinds().values()) == {ACCEPTED}
            assert server.connections >= 10
            assert server.most_connections <= 3  # A new one may come while the old one says goodbye.
            assert source.failures == []

    run(work())


def test_a_relay_that_limits_letters_per_connection_with_421() -> None:
    async def work() -> None:
        async with serving(max_letters=7) as server:
            source = await send(server, RecordingSource(make_letters(50), again=True), max_connections=2)
            assert set(source.kinds().values()) == {ACCEPTED}
            assert len(server.accepted) == 50
            assert {outcome.code for outcomes in source.outcomes.values() for outcome in outcomes[:-1]} == {421}
            assert source.failures == []

    run(work())


def test_a_relay_that_limits_connections() -> None:
    async def work() -> None:
        async with serving(max_connections=2) as server:
            source = await send(server, RecordingSource(make_letters(300)), max_connections=5)
            assert set(source.kinds().values()) == {ACCEPTED}
            assert len(server.accepted) == 300
            assert source.failures == []
            assert server.connections > 2

    run(work())


def test_connections_can_be_changed_while_running() -> None:
    async def work() -> None:
        async with serving() as server:
            source = RecordingSource([])
            source.next = lambda relay: make_letter(0)  # type: ignore[method-assign]
            source.done = lambda envelope, outcome: None  # type: ignore[method-assign]
            pool = Pool(server.relay(), max_connections=1, timeouts=SHORT)
            running = asyncio.ensure_future(pool.run(source, source.stop))
            await wait_until(lambda: pool.open_connections == 1)
            pool.max_connections = 4
            await wait_until(lambda: pool.open_connections == 4)
            pool.max_connections = 2
            await wait_until(lambda: pool.open_connections == 2 == server.open_connections)
            pool.max_connections = 0
            await wait_until(lambda: pool.open_connections == 0 == server.open_connections)
            pool.max_connections = 2
            await wait_until(lambda: pool.open_connections == 2)
            source.stop.set()
            await running
            await pool.close()

    run(work())


def test_stop_finishes_what_is_on_the_wire_and_takes_no_more() -> None:
    async def work() -> None:
        async with serving() as server:
            source = RecordingSource(make_letters(100_000))
            pool = Pool(server.relay(), max_connections=4, timeouts=SHORT)
            running = asyncio.ensure_future(pool.run(source, source.stop))
            await wait_until(lambda: len(server.accepted) > 200)
            source.stop.set()
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            pulled = len(source.pulled)
            await running
            assert len(source.pulled) == pulled < 100_000
            assert set(source.kinds().values()) == {ACCEPTED}
            assert len(server.accepted) == pulled
            assert pool.on_the_wire == 0
            await pool.close()

    run(work())


def test_stop_while_nothing_can_be_reached() -> None:
    async def work() -> None:
        async with serving(connections=[fault(connect=SILENCE)]) as server:
            source = RecordingSource(make_letters(1))
            pool = Pool(server.relay(), max_connections=1)
            running = asyncio.ensure_future(pool.run(source, source.stop))
            await wait_until(lambda: server.connections == 1)
            source.stop.set()
            await asyncio.wait_for(running, 1)
            assert source.pulled == []

    run(work())


def test_an_idle_pool_asks_again_and_can_be_woken() -> None:
    async def work() -> None:
        async with serving() as server:
            source = RecordingSource(make_letters(1))
            keep, source.stop = source.stop, asyncio.Event()
            pool = Pool(server.relay(), max_connections=1, timeouts=replace(SHORT, poll=600))
            running = asyncio.ensure_future(pool.run(source, keep))
            await wait_until(lambda: len(server.accepted) == 1)
            source.queue.append(make_letter(1))
            pool.wake()
            await wait_until(lambda: len(server.accepted) == 2)
            keep.set()
            await running
            await pool.close()

    run(work())


def test_failures_slow_the_next_attempts_down() -> None:
    async def work() -> None:
        async with serving(connections=[fault(connect=b"421 busy")] * 4) as server:
            loop = asyncio.get_running_loop()
            began = loop.time()
            source = await send(
                server,
                RecordingSource(make_letters(3), patience=10**6),
                max_connections=4,
                timeouts=replace(SHORT, retry=0.05),
            )
            assert loop.time() - began >= 0.05 + 0.1 + 0.2 + 0.4
            assert set(source.kinds().values()) == {ACCEPTED}
            assert len(source.failures) == 4

    run(work())


def test_one_run_at_a_time() -> None:
    async def work() -> None:
        async with serving() as server:
            source = RecordingSource([])
            pool = Pool(server.relay())
            running = asyncio.ensure_future(pool.run(source, source.stop))
            await asyncio.sleep(0)
            with pytest.raises(RuntimeError):
                await pool.run(source, source.stop)
            source.stop.set()
            await running
            await pool.close()

    run(work())


def test_plain_asyncio_will_do() -> None:
    async def work() -> None:
        async with serving() as server:
            source = await send(server, RecordingSource(make_letters(50)), max_connections=2)
            assert set(source.kinds().values()) == {ACCEPTED}

    asyncio.run(work())


def test_a_slow_network_is_not_silence() -> None:
    """A message that is still on its way when the patience with an answer is over gets more time."""
    patience = Timeouts(dot=2.0, poll=0.01)

    async def work() -> None:
        loop = asyncio.get_running_loop()

        async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"220 x\r\n")
            await reader.readline()
            writer.write(b"250-x\r\n250 8BITMIME\r\n")
            for answer in (b"250 a\r\n", b"250 b\r\n", b"354 c\r\n"):
                await reader.readline()
                writer.write(answer)
            got = b""
            while not got.endswith(b"\r\n.\r\n"):
                got = (got + await reader.read(1_000_000))[-3_000_000:]
                if loop.time() - began < 2.2 * patience.dot:
                    await asyncio.sleep(0.1)
            writer.write(b"250 done\r\n")
            await reader.readline()
            writer.close()

        listening = await asyncio.start_server(slow, "127.0.0.1", 0, limit=1_000_000)
        relay = RelayAddress("127.0.0.1", listening.sockets[0].getsockname()[1])
        source = RecordingSource([make_letter(0, data=b"x" * 78 * 500_000 + b"\r\n", needs_stuffing=False)])
        pool = Pool(relay, timeouts=patience)
        began = loop.time()
        await pool.run(source, source.stop)
        assert source.kinds() == {0: ACCEPTED}
        assert loop.time() - began > 2 * patience.dot
        await pool.close()
        listening.close()

    run(work())


def test_a_run_that_is_stopped_already_does_nothing() -> None:
    async def work() -> None:
        async with serving() as server:
            source = RecordingSource(make_letters(1))
            source.stop.set()
            await Pool(server.relay()).run(source, source.stop)
            assert server.connections == 0
            assert source.pulled == []

    run(work())


def test_a_pool_in_another_event_loop_begins_afresh() -> None:
    pool = Pool(RelayAddress("127.0.0.1", 1), timeouts=SHORT)

    async def work() -> None:
        async with serving() as server:
            pool.relay = server.relay()
            source = RecordingSource(make_letters(3))
            await pool.run(source, source.stop)
            assert len(server.accepted) == 3

    run(work())
    run(work())
