"""What strangers may do to the listener: nothing of it costs memory, places, or somebody's mail."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine, select

import settings
from models.bounces import returned_mail
from models.bounces.returned_mail import ReturnedMail
from models.store import db
from tests.servers import free_port
from tests.traced_memory import traced
from worker.inbound import intake_protocol, judging, listener
from worker.inbound.intake_protocol import ByteBudget, ConnectionPlaces, IncomingMessage, IntakeSmtp
from worker.inbound.judging import Judging

MEGABYTES = 5


class RawClient:
    """Speaks to the listener byte by byte."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self._answers = self._socket.makefile("rb")
        self.greeting = self._answers.readline()

    def send(self, raw: bytes) -> None:
        self._socket.sendall(raw)

    def answer(self) -> bytes:
        """The last line of the next answer; empty where the line is closed."""
        while (line := self._answers.readline())[3:4] == b"-":
            pass
        return line

    def say(self, line: bytes) -> bytes:
        self.send(line + b"\r\n")
        return self.answer()

    def begin(self, *to: bytes, sender: bytes = b"") -> None:
        """Everything up to the message."""
        assert self.say(b"MAIL FROM:<%b>" % sender)[:3] == b"250"
        for one in to:
            assert self.say(b"RCPT TO:<%b>" % one)[:3] == b"250"
        assert self.say(b"DATA")[:3] == b"354"

    def close(self) -> None:
        self._answers.close()
        self._socket.close()


class InnerServer:
    """The listener in a thread of this process."""

    def __init__(self, way: str) -> None:
        self.port, self.executor = free_port(), ThreadPoolExecutor(2)
        self._clients: list[RawClient] = []
        self._loop, self._way = asyncio.new_event_loop(), way
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        address, held = f"127.0.0.1:{self.port}", listener.budget()
        self._server = self._run(listener.listen(way, address, self.executor, Judging(), held))

    def client(self) -> RawClient:
        client = RawClient(self.port)
        self._clients.append(client)
        if client.greeting[:3] == b"220":
            assert client.say(b"LHLO mx.example" if self._way == "lmtp" else b"EHLO mx.example")[:3] == b"250"
        return client

    def stop(self) -> None:
        for client in self._clients:
            client.close()
        self._run(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self.executor.shutdown()

    async def _close(self) -> None:
        self._server.close()
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _run(self, work):  # type: ignore[no-untyped-def]
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)


@pytest.fixture(params=["lmtp"])
def server(database: Engine, request: pytest.FixtureRequest) -> Iterator[InnerServer]:
    values = {"RETURNS_MEGABYTES": str(MEGABYTES), "RETURNS_ADDRESSES": "*"}
    settings.reload(**values)
    made = InnerServer(request.param)
    yield made
    made.stop()


def kept() -> set[bytes]:
    with db.session_scope() as session:
        return {one.message or b"" for one in session.scalars(select(ReturnedMail))}


WHOLE = {
    b".\r\n": b"",
    b"\r\n.\r\n": b"\r\n",
    b"..a\r\n..\r\n...\r\nb.\r\n.\r\n": b".a\r\n.\r\n..\r\nb.\r\n",
    b"a\n.\nb\r.\rc\r\n.\nd\n.\r\n\r\n.\r\n": b"a\n.\nb\r.\rc\r\n\nd\n.\r\n\r\n",
    b"\r\n\r\n\r\r\n..\r\n\r\n.\r\n": b"\r\n\r\n\r\r\n.\r\n\r\n",
    b"x" * 300_000 + b"\r\n.\r\n": b"x" * 300_000 + b"\r\n",
}


def test_a_message_comes_as_it_was_whatever_its_lines_and_however_it_is_cut(server: InnerServer) -> None:
    client = server.client()
    for number, sent in enumerate(WHOLE):
        client.begin(b"a@b.example")
        for at in range(0, len(sent), 1 if number < 5 else 70_000):
            client.send(sent[at : at + (1 if number < 5 else 70_000)])
        assert client.answer() == b"250 2.0.0 Kept\r\n"
    assert kept() == set(WHOLE.values())
    # What follows a message at once is heard as commands.
    client.begin(b"a@b.example")
    client.send(b"z\r\n.\r\nRSET\r\nNOOP\r\n")
    assert [client.answer()[:3] for _ in range(3)] == [b"250"] * 3
    # A sender in no character set at all is kept as far as it can be.
    assert client.say("MAIL FROM:<ü@b.example> SMTPUTF8".encode("latin-1"))[:3] == b"250"
    assert client.say(b"RCPT TO:<a@b.example>")[:3] == b"250"
    assert client.say(b"DATA")[:3] == b"354"
    assert client.say(b"y\r\n.")[:3] == b"250"
    client.close()
    assert {b"z\r\n", b"y\r\n"} < kept()


def test_empty_lines_and_a_line_without_end_cost_no_more_than_their_bytes(server: InnerServer) -> None:
    client, lines = server.client(), b"\r\n" * 50_000
    with traced() as memory:
        client.begin(b"a@b.example", b"c@b.example")
        for _ in range(MEGABYTES * 10):
            client.send(lines)
        client.send(b".\r\n")
        assert [client.answer()[:3] for _ in range(2)] == [b"250"] * 2
        assert memory.peak < MEGABYTES * 5_000_000, "it was 44 times its bytes"
        # Too large is told to each recipient (RFC 2033, 4.2), and what comes after its limit is not held.
        memory.forget_peak()
        client.begin(b"a@b.example", b"c@b.example")
        for _ in range(MEGABYTES * 80):
            client.send(b"x" * 100_000)
        client.send(b"\r\n.\r\n")
        assert [client.answer()[:3] for _ in range(2)] == [b"552"] * 2
        assert memory.peak < MEGABYTES * 5_000_000
    assert client.say(b"NOOP")[:3] == b"250"
    client.close()
    assert kept() == {b"\r\n" * (MEGABYTES * 500_000)}


def test_whatever_goes_wrong_the_mail_server_keeps_the_message(server: InnerServer) -> None:
    client = server.client()
    client.begin(b"a@b.example", b"c@b.example")
    server.executor.shutdown()
    assert client.say(b"x\r\n.") == b"451 4.3.0 Cannot keep it now; try again\r\n"
    assert client.answer()[:3] == b"451", "for each recipient"
    client.say(b"MAIL FROM:<>")
    assert client.say(b"RCPT TO:<a@b.example>")[:3] == b"451"
    client.close()
    assert kept() == set()


def test_strangers_cannot_fill_the_database(server: InnerServer) -> None:
    client = server.client()
    client.begin(b"a@b.example")
    for _ in range(10):
        client.send(b"x" * 99_998 + b"\r\n")
    assert client.say(b".")[:3] == b"250"
    settings.reload(RETURNS_DAY_MEGABYTES="1")
    assert client.say(b"MAIL FROM:<>")[:3] == b"250"
    assert client.say(b"RCPT TO:<a@b.example>")[:3] == b"452"
    other = server.client()
    other.say(b"MAIL FROM:<>")
    assert other.say(b"RCPT TO:<a@b.example>")[:3] == b"452"
    for one in (client, other):
        one.close()
    # What proves nothing is kept as it came only while it is small.
    with db.session_scope() as session:
        returned_mail.take_in(session, b"small", way="lmtp")
    assert judging.judge_waiting() == 2
    assert kept() == {b"small", b""}


@pytest.mark.parametrize("server", ["smtp"], indirect=True)
def test_a_place_is_for_mail(server: InnerServer) -> None:
    client = server.client()
    answers = [client.say(b"NOOP")[:3] for _ in range(intake_protocol.COMMANDS["NOOP"] + 1)]
    assert answers[-2:] == [b"250", b"421"]
    assert client.answer() == b"", "and the line is closed"
    opened = [server.client() for _ in range(listener.MOST_OF_PEER)]
    refused = server.client()
    assert refused.greeting[:3] == b"421"
    for one in (client, refused, *opened):
        one.close()


def test_messages_of_all_connections_have_one_budget() -> None:
    budget = ByteBudget(1000)
    first, second, third = (IncomingMessage(600, budget) for _ in range(3))
    first.add(b"\r\n" + b"a" * 598)
    second.add(b"b" * 400)
    assert (first.refusal, second.refusal, budget.held) == ("", "", 1000)
    third.add(b"c")
    second.add(b"b")
    assert (second.refusal[:3], third.refusal[:3], budget.held) == ("452", "452", 600)
    first.add(b"\r\n.\r\n")
    assert (first.content(), budget.held) == (b"a" * 598 + b"\r\n", 605)
    first.release()
    first.release()
    large = IncomingMessage(600, budget)
    large.add(b"d" * 606)
    large.add(b"d")
    assert (large.refusal[:3], budget.held) == ("552", 0)
    places = ConnectionPlaces(3, 2)
    assert [places.take(peer) for peer in "aaabb"] == [True, True, False, True, False]
    places.give_back("a")
    assert places.take("b")


def test_the_time_of_silence_begins_anew_with_each_piece_of_a_message_only() -> None:
    async def converse() -> list[bool]:
        ours, theirs = socket.socketpair()
        loop = asyncio.get_running_loop()
        intake = listener.Intake("smtp", ThreadPoolExecutor(1), Judging())
        made = IntakeSmtp(
            intake,
            loop=loop,
            hostname="x",
            data_size_limit=1000,
            budget=ByteBudget(1000),
            places=ConnectionPlaces(1, 1),
        )
        await loop.connect_accepted_socket(lambda: made, ours)
        reader, writer = await asyncio.open_connection(sock=theirs)
        await reader.readline()
        writer.write(b"HELO a\r\n")
        await reader.readline()
        made.envelope.rcpt_tos.append("a@b.example")  # type: ignore[union-attr]

        async def moves(piece: bytes) -> bool:
            before, held = made._timeout_handle, len(made._reader._buffer)  # type: ignore[attr-defined]
            writer.write(piece)
            while len(made._reader._buffer) == held:  # type: ignore[attr-defined]
                await asyncio.sleep(0)
            return made._timeout_handle is not before

        found = [await moves(b"NO")]
        writer.write(b"OP\r\nDATA\r\n")
        await reader.readline()
        await reader.readline()
        found += [await moves(b"a"), await moves(b"b")]
        made._data_until = loop.time()
        found.append(await moves(b"c"))
        writer.close()
        await writer.wait_closed()
        return found

    assert asyncio.run(converse()) == [False, True, True, False]
