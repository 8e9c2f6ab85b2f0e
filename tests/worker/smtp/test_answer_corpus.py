"""Answers as they occur, over a socket: nobody is retired, lost, mailed for ever or stopped for who should not be."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from models.deliveries.answer_table import Stop
from models.deliveries.relays.relay_address import RelayAddress, Security
from models.deliveries.reply_code import OutcomeKind, Stage, interpret
from worker.smtp.envelope import Envelope, Outcome
from worker.smtp.pool import Pool

from ..scripted_relay import scripted_relay
from .recording_source import SHORT, RecordingSource, make_letter, run

FILE = Path(__file__).parents[2] / "data/answers/answers.jsonl"
LINES: list[dict[str, Any]] = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]
IN_LETTERS = [line for line in LINES if line["stage"] in ("mail", "rcpt", "data", "dot")]
ON_CONNECTING = [line for line in LINES if line not in IN_LETTERS]
MOST_WRONG = 0
"""Of the lines that nobody tunes on."""

_MAY_MEAN = {
    OutcomeKind.ACCEPTED: {"sent"},
    OutcomeKind.DEFERRED: {"wait", "soft"},
    OutcomeKind.RATE: {"wait", "stop"},
    OutcomeKind.RETURNED: {"wait"},
    OutcomeKind.POLICY: {"soft", "stop", "content"},
    OutcomeKind.FAILED: {"soft", "content", "stop-issue"},
    OutcomeKind.FILTERED: {"soft"},
    OutcomeKind.UNKNOWN: {"unknown"},
}


class Wrong(NamedTuple):
    """An answer that was read wrongly."""

    line: str
    right: list[str]
    got: set[str]
    said: str


def address(number: int, line: dict[str, Any]) -> str:
    return f"line{number}@{line.get('domain', 'example.jp')}"


def wire(line: dict[str, Any], to: str) -> bytes:
    """The bytes of an answer."""
    if line["answer"] == "<close>":
        return b""
    many = "\n".join([*["550-5.1.1 <{to}>: User unknown"] * 200, "550 5.1.1 <{to}>: User unknown"])
    text = line["answer"].replace("{many}", many).replace("{to}", to).replace("{long}", "z" * 100_000)
    return ("\r\n".join(text.split("\n")) + "\r\n").encode(line.get("charset", "utf-8"), "replace")


def meanings(outcome: Outcome) -> set[str]:
    """What an outcome amounts to, in the words of the corpus."""
    if outcome.kind not in (OutcomeKind.BOUNCED, OutcomeKind.HELD):
        return _MAY_MEAN[outcome.kind]
    meaning = interpret(outcome.code, outcome.enhanced, outcome.text, outcome.stage)
    if outcome.kind is OutcomeKind.BOUNCED:
        return {"dead"} if meaning.gone else {"soft"}
    return {"stop", "wait"} if meaning.stop is Stop.REST else {"stop", "stop-issue", "content"}


async def send_all(lines: list[dict[str, Any]]) -> dict[int, Outcome]:
    """A letter for each line, over real connections, each answered as its line says."""
    letters = [make_letter(n, recipient=address(n, line), sender=f"s{n}@news.example") for n, line in enumerate(lines)]

    def script(stage: str, who: str, _: int) -> bytes | None:
        if not who:
            return None
        number = int(who.split("@")[0].lstrip("lines"))
        return wire(lines[number], address(number, lines[number])) if lines[number]["stage"] == stage else None

    with scripted_relay(script) as relay:
        return await _outcomes(letters, RelayAddress("127.0.0.1", relay.server_address[1], Security.PLAIN))


async def _outcomes(letters: list[Envelope], relay: RelayAddress) -> dict[int, Outcome]:
    source = RecordingSource(letters, patience=1000)
    pool = Pool(relay, max_connections=4, timeouts=SHORT)
    await pool.run(source, source.stop)
    await pool.close()
    assert all(len(found) == 1 for found in source.outcomes.values())
    return {key: found[0] for key, found in source.outcomes.items()}


def read_wrongly(lines: list[dict[str, Any]]) -> list[Wrong]:
    outcomes = run(send_all(lines))
    assert len(outcomes) == len(lines)
    found = [(line, outcomes[number], meanings(outcomes[number])) for number, line in enumerate(lines)]
    return [Wrong(line["id"], line["right"], got, got_.text) for line, got_, got in found if not got & {*line["right"]}]


def test_case_c6_answers_are_read_as_an_expert_would() -> None:
    assert read_wrongly([line for line in IN_LETTERS if line["split"] == "tuned"]) == []


def test_case_c6_answers_that_nobody_tuned_on() -> None:
    wrong = read_wrongly([line for line in IN_LETTERS if line["split"] == "reported"])
    print(*wrong, sep="\n")
    assert len(wrong) <= MOST_WRONG


@pytest.mark.parametrize(
    "line", [line for line in ON_CONNECTING if line["stage"] != "starttls"], ids=lambda one: one["id"]
)
def test_case_c6_a_relay_that_refuses_the_connection_loses_no_letter(line: dict[str, Any]) -> None:
    """Whatever it says before a letter begins, none is touched, and what it said is told."""
    said = wire(line, "")
    stage = "connect" if line["stage"] == "banner" else line["stage"]

    async def work() -> None:
        with scripted_relay(lambda step, _, __: said if step == stage else None) as relay:
            user = {"user": "kairan", "password": "secret"} if stage == "auth" else {}
            address = RelayAddress("127.0.0.1", relay.server_address[1], Security.PLAIN, **user)
            source = RecordingSource([make_letter(1)])
            pool = Pool(address, max_connections=1, timeouts=SHORT)
            await pool.run(source, source.stop)
            await pool.close()
            assert relay.accepted == []
            assert source.pulled == []
            (failure,) = source.failures
            assert failure.stage is Stage.CONNECT
            assert failure.text
            assert failure.code == (int(said[:3]) if said else 0)

    run(work())
