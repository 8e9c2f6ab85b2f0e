"""The group commit, and a source that stops the run."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable

import pytest

from models.deliveries.lease import Fenced
from models.deliveries.reply_code import OutcomeKind
from worker.smtp.envelope import Envelope
from worker.smtp.group_commit import GroupCommit
from worker.smtp.pool import Pool

from .faults import NONE, SILENCE, fault
from .recording_source import SHORT, RecordingSource, make_letter, make_letters, run, send, wait_until
from .server import serving

ACCEPTED, RETURNED, UNKNOWN = OutcomeKind.ACCEPTED, OutcomeKind.RETURNED, OutcomeKind.UNKNOWN


class Withholding(RecordingSource):
    """Lets even keys through only."""

    async def before_wire(self, envelopes: list[Envelope]) -> list[Envelope]:
        await asyncio.sleep(0.001)
        return [envelope for envelope in envelopes if envelope.key % 2 == 0]


def test_what_is_withheld_is_returned_and_never_written() -> None:
    async def work() -> None:
        async with serving() as server:
            source = await send(server, Withholding(make_letters(20), patience=10**6), max_connections=3)
            kinds = source.kinds()
            assert all((kind is ACCEPTED) == (key % 2 == 0) or kind is RETURNED for key, kind in kinds.items())
            got = [int(accepted.data.split()[1]) for accepted in server.accepted]
            assert sorted(got) == [key for key, kind in kinds.items() if kind is ACCEPTED]
            assert all(key % 2 == 0 for key in got)
            assert all(len(outcomes) == 1 for outcomes in source.outcomes.values())
            assert source.outcomes[1][0].text == "the sender withheld it"

    run(work())


class FencedAt(RecordingSource):
    """Loses its lease at the call with this number."""

    plain = False
    at = 5

    async def slow(self, envelopes: list[Envelope]) -> list[Envelope]:
        await asyncio.sleep(0.001)
        return self.quick(envelopes)

    def quick(self, envelopes: list[Envelope]) -> list[Envelope]:
        self.committed.append([envelope.key for envelope in envelopes])
        if len(self.committed) >= self.at:
            raise Fenced("another worker has it")
        return envelopes

    def before_wire(self, envelopes: list[Envelope]) -> Awaitable[list[Envelope]] | list[Envelope]:
        return self.quick(envelopes) if self.plain else self.slow(envelopes)


@pytest.mark.parametrize("plain", [True, False], ids=["plain", "async"])
def test_a_fenced_sender_writes_nothing_more(plain: bool) -> None:
    async def work() -> None:
        async with serving() as server:
            source = FencedAt(make_letters(1000), patience=10**6)
            source.plain = plain
            pool = Pool(server.relay(), max_connections=4, timeouts=SHORT)
            with pytest.raises(Fenced):
                await pool.run(source, source.stop)
            assert len(source.committed) == source.at
            kinds = Counter(source.kinds().values())
            assert set(kinds) == {ACCEPTED, RETURNED}
            assert kinds[ACCEPTED] == len(server.accepted) == sum(map(len, source.committed[:-1]))
            assert sorted(source.outcomes) == sorted(source.pulled)
            assert all(len(outcomes) == 1 for outcomes in source.outcomes.values())
            await pool.close()

    run(work())


@pytest.mark.parametrize("method", ["next", "done", "relay_failed"])
def test_what_the_source_raises_comes_out_of_the_run(method: str) -> None:
    async def work() -> None:
        async with serving() as server:
            source = RecordingSource(make_letters(50), patience=10**6)
            calls = 0
            right = getattr(source, method)

            def wrong(*arguments: object) -> object:
                nonlocal calls
                calls += 1
                answer = right(*arguments)
                if calls == 7 or method == "relay_failed":
                    raise LookupError("broken")
                return answer

            setattr(source, method, wrong)
            if method == "relay_failed":
                server.max_connections = 0
            pool = Pool(server.relay(), max_connections=2, timeouts=SHORT)
            with pytest.raises(LookupError):
                await pool.run(source, source.stop)
            assert len(source.pulled) == sum(map(len, source.outcomes.values())) + (method == "next")
            await pool.close()

    run(work())


def test_a_cancelled_run_settles_its_letters() -> None:
    async def work() -> None:
        async with serving([NONE] * 20 + [fault(dot=SILENCE)] * 3) as server:
            source = RecordingSource(make_letters(100))
            pool = Pool(server.relay(), max_connections=3)
            running = asyncio.ensure_future(pool.run(source, source.stop))
            await wait_until(lambda: pool.on_the_wire == 3 and len(server.accepted) == 20)
            await asyncio.sleep(0.05)
            running.cancel()
            with pytest.raises(asyncio.CancelledError):
                await running
            kinds = Counter(source.kinds().values())
            assert kinds[ACCEPTED] == 20
            assert kinds[UNKNOWN] == 3
            assert sorted(source.outcomes) == sorted(source.pulled)
            source = RecordingSource(make_letters(5, 200))
            await pool.run(source, source.stop)
            assert set(source.kinds().values()) == {ACCEPTED}
            await pool.close()

    run(work())


def test_the_group_commit_sees_a_letter_before_its_outcome_even_when_the_connection_dies_meanwhile() -> None:
    class Slow(RecordingSource):
        waiting = 0

        async def before_wire(self, envelopes: list[Envelope]) -> list[Envelope]:
            self.waiting = len(envelopes)
            await asyncio.sleep(0.1)
            assert not self.outcomes
            self.waiting = 0
            return envelopes

    async def work() -> None:
        async with serving() as server:
            source = Slow(make_letters(1), patience=10**6)
            running = asyncio.ensure_future(send(server, source))
            await wait_until(lambda: source.waiting)
            for task in asyncio.all_tasks():
                if "serve" in repr(task):
                    task.cancel()
            await running
            assert source.kinds() == {0: RETURNED}
            assert server.accepted == []

    run(work())


def test_half_of_those_that_might_come_need_not_wait_for_the_others() -> None:
    async def work() -> None:
        source, decisions = RecordingSource([]), list[str]()
        group_commit = GroupCommit(source, lambda problem: None, lambda: 4)
        group_commit.ask(WaitingEnvelope(0, decisions))
        for _ in range(5):
            await asyncio.sleep(0)
        assert source.committed == []
        for key in (1, 2):
            group_commit.ask(WaitingEnvelope(key, decisions))
        for _ in range(5):
            await asyncio.sleep(0)
        assert source.committed == [[0, 1, 2]]
        group_commit.ask(WaitingEnvelope(3, decisions))
        await wait_until(lambda: len(decisions) == 4)
        assert source.committed[1:] == [[3]]

    run(work())


@pytest.mark.parametrize("leaving", [True, False])
def test_a_letter_that_waits_for_others_is_answered_once_when_the_group_commit_closes(leaving: bool) -> None:
    async def work() -> None:
        source, decisions = RecordingSource([]), list[str]()
        group_commit = GroupCommit(source, lambda problem: None, lambda: 4)
        first = WaitingEnvelope(0, decisions)
        group_commit.ask(first)
        if leaving:
            assert group_commit.leave(first)
        await group_commit.close("over")
        await asyncio.sleep(0.01)
        assert decisions == ([] if leaving else ["0 over"])
        assert source.committed == []

    run(work())


def test_letters_ready_in_one_turn_pass_the_group_commit_together() -> None:
    async def work() -> None:
        async with serving() as server:
            source = RecordingSource(make_letters(400))
            await send(server, source, max_connections=4)
            assert max(map(len, source.committed)) > 1
            assert max(map(len, source.committed)) <= 4

    run(work())


class WaitingEnvelope:
    """A connection at the group_commit."""

    def __init__(self, key: int, decisions: list[str]) -> None:
        self.envelope = make_letter(key)
        self._verdicts = decisions

    def granted(self) -> None:
        self._verdicts.append(f"{self.envelope.key} granted")

    def withheld(self, why: str) -> None:
        self._verdicts.append(f"{self.envelope.key} {why}")


class Deciding(RecordingSource):
    """Answers when told to."""

    def __init__(self) -> None:
        super().__init__([])
        self.may = asyncio.Event()

    async def note(self, envelopes: list[Envelope]) -> list[Envelope]:
        await self.may.wait()
        return await super().note(envelopes)


def test_connections_that_come_and_go_at_the_group_commit_are_answered_once() -> None:
    async def work() -> None:
        source, decisions = Deciding(), list[str]()
        group_commit = GroupCommit(source, lambda problem: None)
        first, second, third = (WaitingEnvelope(key, decisions) for key in range(3))
        group_commit.ask(first)
        assert group_commit.leave(first)
        group_commit.ask(second)
        await asyncio.sleep(0)
        group_commit.ask(third)
        await asyncio.sleep(0)
        assert not group_commit.leave(second)
        source.may.set()
        await wait_until(lambda: len(decisions) == 2)
        assert decisions == ["1 granted", "2 granted"]
        assert source.committed == [[1], [2]]
        await group_commit.close("over")
        group_commit.ask(first)
        assert decisions[2:] == ["0 over"]

    run(work())


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_closing_the_group_commit_withholds_what_is_with_the_source(turns: int) -> None:
    async def work() -> None:
        source, decisions = Deciding(), list[str]()
        group_commit = GroupCommit(source, lambda problem: None)
        group_commit.ask(WaitingEnvelope(0, decisions))
        for _ in range(turns):
            await asyncio.sleep(0)
        group_commit.ask(WaitingEnvelope(1, decisions))
        await group_commit.close("over")
        await asyncio.sleep(0.01)
        assert sorted(decisions) == ["0 over", "1 over"]

    run(work())
