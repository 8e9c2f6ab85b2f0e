"""Whatever goes wrong, in whatever order: each letter that was pulled has one outcome, and none is taken twice."""

from __future__ import annotations

from collections import Counter

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.deliveries.reply_code import OutcomeKind
from worker.timeouts import Timeouts

from .faults import CLOSE, NONE, SILENCE, Faults
from .recording_source import RecordingSource, make_letter, run, send
from .server import OFFERED, serving

BRIEF = Timeouts(connect=1.0, reply=0.08, dot=0.08, retry=0.001, poll=0.01)
REFUSALS = [
    b"450 4.2.0 later",
    b"550 5.1.1 nobody",
    b"554 5.7.1 spam",
    b"421 4.3.2 closing",
    b"503 5.5.1 sequence",
]
TAKEN = [b"250", b"250 x\r\n250 y"]
HALF = b"450-and"
"""The next answer may complete it, so it must tell the truth: the letter was not taken."""
UNCLEAR = [b"hello", b"354 go", b"\xff" * 10, b"2" * 9000]
"""After these nobody knows whether the letter was taken."""

refusals = st.sampled_from([answer + b"\r\n" for answer in REFUSALS])
clear = refusals | st.sampled_from([answer + b"\r\n" for answer in TAKEN])
half = st.just(HALF + b"\r\n")
unclear = st.sampled_from([*(answer + b"\r\n" for answer in UNCLEAR), CLOSE, SILENCE])
steps = st.sampled_from(["mail", "rcpt", "data", "rset"])
letter_faults = st.one_of(
    st.builds(lambda step, said: Faults({step: said}), steps, clear | half | unclear),
    st.builds(lambda said: Faults({"body": said}), refusals | half | unclear),
    st.builds(lambda said: Faults({"dot": said}), clear | half),
    st.builds(lambda said, accept: Faults({"dot": said}, accept), unclear, st.booleans()),
)
connection_faults = st.builds(
    lambda step, said: Faults({step: said}), st.sampled_from(["connect", "ehlo", "noop"]), clear | half | unclear
)
offers = st.sampled_from([OFFERED, tuple(offer for offer in OFFERED if offer != "PIPELINING"), ("8BITMIME",)])


@settings(max_examples=120, suppress_health_check=[HealthCheck.too_slow])
@given(
    faults=st.lists(st.one_of(st.just(NONE), letter_faults), max_size=8),
    openings=st.lists(st.one_of(st.just(NONE), connection_faults), max_size=3),
    offered=offers,
    connections=st.integers(1, 3),
    per_connection=st.sampled_from([0, 0, 1, 3]),
    in_pieces=st.booleans(),
    to_nobody=st.booleans(),
    max_letters=st.sampled_from([10**9, 10**9, 2]),
)
def test_no_letter_is_lost_and_none_is_taken_twice(
    faults: list[Faults],
    openings: list[Faults],
    offered: tuple[str, ...],
    connections: int,
    per_connection: int,
    in_pieces: bool,
    to_nobody: bool,
    max_letters: int,
) -> None:
    async def work() -> None:
        async with serving(
            faults,
            openings,
            offered=offered,
            in_pieces=in_pieces,
            sends_354_to_nobody=to_nobody,
            max_letters=max_letters,
        ) as server:
            source = RecordingSource([make_letter(key) for key in range(12)], again=True, patience=10**6)
            await send(
                server,
                source,
                max_connections=connections,
                messages_per_connection=per_connection,
                timeouts=BRIEF,
            )
            assert server.violations == []
            check(source, Counter(int(got.data.split()[1]) for got in server.accepted))

    run(work())


def check(source: RecordingSource, taken: Counter[int]) -> None:
    assert sorted(source.outcomes) == list(range(12))
    for key, outcomes in source.outcomes.items():
        # One outcome per pull; only what was returned is pulled again.
        assert len(outcomes) == source.pulled.count(key)
        assert all(outcome.kind is OutcomeKind.RETURNED for outcome in outcomes[:-1])
        kind = outcomes[-1].kind
        if kind is OutcomeKind.ACCEPTED:
            assert taken[key] == 1
        elif kind is OutcomeKind.UNKNOWN:
            assert taken[key] <= 1
        else:
            assert taken[key] == 0, (key, outcomes[-1])
