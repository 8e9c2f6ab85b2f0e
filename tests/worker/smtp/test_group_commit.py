"""The journal's gate, and a source that stops the run."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable

import pytest

from worker.smtp import Envelope, Fenced, OutcomeKind, Pool
from worker.smtp.group_commit import GroupCommit

from .faults import NONE, SILENCE, fault
from .letters import SHORT, Letters, letter, letters, run, send, until
from .server import serving

ACCEPTED, RETURNED, UNKNOWN = OutcomeKind.ACCEPTED, OutcomeKind.RETURNED, OutcomeKind.UNKNOWN


class Withholding(Letters):
    """Lets even keys through only."""

    async def before_wire(self, envelopes: list[Envelope]) -> list[Envelope]:
        await asyncio.sleep(0.001)
        return [envelope for envelope in envelopes if envelope.key % 2 == 0]


def test_what_is_withheld_is_returned_and_never_written() -> None:
    async def work() -> None:
        async with serving() as server:
            source = await send(server, Withholding(letters(20), patience=10**6), connections=3)
            kinds = source.kinds()
            assert all((kind is ACCEPTED) == (key % 2 == 0) or kind is RETURNED for key, kind in kinds.items())
            got = [int(accepted.data.split()[1]) for accepted in server.accepted]
            assert sorted(got) == [key for key, kind in kinds.items() if kind is ACCEPTED]
            assert all(key % 2 == 0 for key in got)
            assert all(len(outcomes) == 1 for outcomes in source.outcomes.values())
            assert source.outcomes[1][0].text == "the sender withheld it"

    run(work())


class FencedAt(Letters):
    """Loses its lease at the call with this number."""

    plain = False
    at = 5

    async def slow(self, envelopes: list[Envelope]) -> list[Envelope]:
        await asyncio.sleep(0.001)
        return self.quick(envelopes)

    def quick(self, envelopes: list[Envelope]) -> list[Envelope]:
        self.gated.append([envelope.key for envelope in envelopes])
        if len(self.gated) >= self.at:
            raise Fenced("another worker has it")
        return envelopes

    def before_wire(self, envelopes: list[Envelope]) -> Awaitable[list[Envelope]] | list[Envelope]:
        return self.quick(envelopes) if self.plain else self.slow(envelopes)


@pytest.mark.parametrize("plain", [True, False], ids=["plain", "async"])
def test_a_fenced_sender_writes_nothing_more(plain: bool) -> None:
    async def work() -> None:
        async with serving() as server:
            source = FencedAt(letters(1000), patience=10**6)
            source.plain = plain
            pool = Pool(server.relay(), connections=4, timeouts=SHORT)
            with pytest.raises(Fenced):
                await pool.run(source, source.stop)
            assert len(source.gated) == source.at
            kinds = Counter(source.kinds().values())
            assert set(kinds) == {ACCEPTED, RETURNED}
            assert kinds[ACCEPTED] == len(server.accepted) == sum(map(len, source.gated[:-1]))
            assert sorted(source.outcomes) == sorted(source.pulled)
            assert all(len(outcomes) == 1 for outcomes in source.outcomes.values())
            await pool.close()

    run(work())


@pytest.mark.parametrize("method", ["next", "done", "trouble"])
def test_what_the_source_raises_comes_out_of_the_run(method: str) -> None:
    async def work() -> None:
        async with serving() as server:
            source = Letters(letters(50), patience=10**6)
            calls = 0
            right = getattr(source, method)

            def wrong(*arguments: object) -> object:
                nonlocal calls
                calls += 1
                answer = right(*arguments)
                if calls == 7 or method == "trouble":
                    raise LookupError("broken")
                return answer

            setattr(source, method, wrong)
            if method == "trouble":
                server.max_connections = 0
            pool = Pool(server.relay(), connections=2, timeouts=SHORT, retry_seconds=0.01)
            with pytest.raises(LookupError):
                await pool.run(source, source.stop)
            assert len(source.pulled) == sum(map(len, source.outcomes.values())) + (method == "next")
            await pool.close()

    run(work())


def test_a_cancelled_run_settles_its_letters() -> None:
    async def work() -> None:
        async with serving([NONE] * 20 + [fault(dot=SILENCE)] * 3) as server:
            source = Letters(letters(100))
            pool = Pool(server.relay(), connections=3)
            running = asyncio.ensure_future(pool.run(source, source.stop))
            await until(lambda: pool.on_the_wire == 3 and len(server.accepted) == 20)
            await asyncio.sleep(0.05)
            running.cancel()
            with pytest.raises(asyncio.CancelledError):
                await running
            kinds = Counter(source.kinds().values())
            assert kinds[ACCEPTED] == 20
            assert kinds[UNKNOWN] == 3
            assert sorted(source.outcomes) == sorted(source.pulled)
            source = Letters(letters(5, 200))
            await pool.run(source, source.stop)
            assert set(source.kinds().values()) == {ACCEPTED}
            await pool.close()

    run(work())


def test_the_gate_sees_a_letter_before_its_outcome_even_when_the_connection_dies_meanwhile() -> None:
    class Slow(Letters):
        waiting = 0

        async def before_wire(self, envelopes: list[Envelope]) -> list[Envelope]:
            self.waiting = len(envelopes)
            await asyncio.sleep(0.1)
            assert not self.outcomes
            self.waiting = 0
            return envelopes

    async def work() -> None:
        async with serving() as server:
            source = Slow(letters(1), patience=10**6)
            running = asyncio.ensure_future(send(server, source))
            await until(lambda: source.waiting)
            for task in asyncio.all_tasks():
                if "serve" in repr(task):
                    task.cancel()
            await running
            assert source.kinds() == {0: RETURNED}
            assert server.accepted == []

    run(work())


def test_half_of_those_that_might_come_need_not_wait_for_the_others() -> None:
    async def work() -> None:
        source, verdicts = Letters([]), list[str]()
        gate = GroupCommit(source, lambda problem: None, lambda: 4)
        gate.ask(Held(0, verdicts))
        for _ in range(5):
            await asyncio.sleep(0)
        assert source.gated == []
        for key in (1, 2):
            gate.ask(Held(key, verdicts))
        for _ in range(5):
            await asyncio.sleep(0)
        assert source.gated == [[0, 1, 2]]
        gate.ask(Held(3, verdicts))
        await until(lambda: len(verdicts) == 4)
        assert source.gated[1:] == [[3]]

    run(work())


@pytest.mark.parametrize("leaving", [True, False])
def test_a_letter_that_waits_for_others_is_answered_once_when_the_gate_closes(leaving: bool) -> None:
    async def work() -> None:
        source, verdicts = Letters([]), list[str]()
        gate = GroupCommit(source, lambda problem: None, lambda: 4)
        first = Held(0, verdicts)
        gate.ask(first)
        if leaving:
            assert gate.leave(first)
        await gate.close("over")
        await asyncio.sleep(0.01)
        assert verdicts == ([] if leaving else ["0 over"])
        assert source.gated == []

    run(work())


def test_letters_ready_in_one_turn_pass_the_gate_together() -> None:
    async def work() -> None:
        async with serving() as server:
            source = Letters(letters(400))
            await send(server, source, connections=4)
            assert max(map(len, source.gated)) > 1
            assert max(map(len, source.gated)) <= 4

    run(work())


class Held:
    """A connection at the gate."""

    def __init__(self, key: int, verdicts: list[str]) -> None:
        self.held = letter(key)
        self._verdicts = verdicts

    def granted(self) -> None:
        self._verdicts.append(f"{self.held.key} granted")

    def withheld(self, why: str) -> None:
        self._verdicts.append(f"{self.held.key} {why}")


class Deciding(Letters):
    """Answers when told to."""

    def __init__(self) -> None:
        super().__init__([])
        self.may = asyncio.Event()

    async def note(self, envelopes: list[Envelope]) -> list[Envelope]:
        await self.may.wait()
        return await super().note(envelopes)


def test_connections_that_come_and_go_at_the_gate_are_answered_once() -> None:
    async def work() -> None:
        source, verdicts = Deciding(), list[str]()
        gate = GroupCommit(source, lambda problem: None)
        first, second, third = (Held(key, verdicts) for key in range(3))
        gate.ask(first)
        assert gate.leave(first)
        gate.ask(second)
        await asyncio.sleep(0)
        gate.ask(third)
        await asyncio.sleep(0)
        assert not gate.leave(second)
        source.may.set()
        await until(lambda: len(verdicts) == 2)
        assert verdicts == ["1 granted", "2 granted"]
        assert source.gated == [[1], [2]]
        await gate.close("over")
        gate.ask(first)
        assert verdicts[2:] == ["0 over"]

    run(work())


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_closing_the_gate_withholds_what_is_with_the_source(turns: int) -> None:
    async def work() -> None:
        source, verdicts = Deciding(), list[str]()
        gate = GroupCommit(source, lambda problem: None)
        gate.ask(Held(0, verdicts))
        for _ in range(turns):
            await asyncio.sleep(0)
        gate.ask(Held(1, verdicts))
        await gate.close("over")
        await asyncio.sleep(0.01)
        assert sorted(verdicts) == ["0 over", "1 over"]

    run(work())
