"""The journal: which letters of a batch have gone on the wire, and which answers have come, kept in Redis.

It is written before the letters it names: a worker that dies leaves behind at most the letters on the wire, and
whoever takes its batch next knows them. It is also the fence: a write with an older epoch than the batch's is
refused, and its letters stay off the wire.

A batch has two keys: ``kairan:fence:BATCH``, the epoch that may write, and ``kairan:journal:BATCH``, lines of bytes::

    @ SERVER            which run of the Redis server the journal began in
    > READER ATTEMPT    this letter goes on the wire now
    < READER ATTEMPT …  its answer: kind, stage, code, enhanced code, relay, time of the next attempt, text

A line never changes; what stands last for a reader and attempt is true. ATTEMPT is the delivery's count of attempts, so
that an older one says nothing of a newer one. Redis keeps what it has told us for one second before it is on the disk
(AOF, everysec), so after a restart of the server the end of a journal may be missing: then answers in it are
believed, and a letter without one is taken for one that may have been on the wire.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha1
from typing import NamedTuple, cast

from redis import Redis
from redis.exceptions import ResponseError

import settings
from models.deliveries.delivery_result import DeliveryResult
from models.deliveries.lease import Fenced, Lease
from models.deliveries.reply_code import OutcomeKind
from models.store.phrase import phrase

from . import redis_pipe

KEEP_SECONDS = 30 * 24 * 3600

# The fence and the journal are compared and written in one script each, because Redis runs a script as one: between the
# comparison and the write no other worker can raise the fence. Two commands would leave a gap in which a worker that
# stood still for a while could write, and send, after another one had read the journal. A transaction (WATCH, MULTI)
# would close the gap, too, but takes more round trips, and this one stands before every letter.

# KEYS: fence, journal. ARGV: epoch, seconds to keep, text. Answers with the journal that was left behind.
_BEGIN = """
local fence = tonumber(redis.call('GET', KEYS[1]) or '0')
if fence > tonumber(ARGV[1]) then return redis.error_reply('FENCED') end
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
return redis.call('GET', KEYS[2]) or ''
"""
# Starts an empty journal with a first line, or removes it where that is empty.
_CLEAR = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return redis.error_reply('FENCED') end
if ARGV[3] == '' then redis.call('DEL', KEYS[2]) else redis.call('SET', KEYS[2], ARGV[3], 'EX', ARGV[2]) end
return 1
"""
# Appends lines. ARGV: epoch, lines. Called by its digest (EVALSHA), so that the text goes over the line once.
# A journal that is gone while its worker writes means that Redis has lost what stood in it: as good as fenced.
_WRITE = b"""
if redis.call('GET', KEYS[1]) ~= ARGV[1] or redis.call('EXISTS', KEYS[2]) == 0 then
  return redis.error_reply('FENCED') end
redis.call('APPEND', KEYS[2], ARGV[2])
"""
_WRITE_DIGEST = sha1(_WRITE, usedforsecurity=False).hexdigest().encode()


def _keys(batch_id: int) -> tuple[str, str]:
    return f"kairan:fence:{batch_id}", f"kairan:journal:{batch_id}"


class JournalState(NamedTuple):
    """What a journal says."""

    whole: bool
    """Whether nothing of it can be missing."""
    answers: dict[tuple[int, int], DeliveryResult]
    """By reader and try."""
    on_wire: set[tuple[int, int]]
    """Went on the wire, and no answer is known."""

    def settle(self, deliveries: Iterable[tuple[int, int]]) -> tuple[list[DeliveryResult], list[tuple[int, int]]]:
        """What became of *deliveries* (reader and try), which a worker had claimed and never recorded.

        Returns:
            The results to record, and the deliveries that were never on the wire and are simply queued again.
        """
        results, unsent = [], []
        for delivery in deliveries:
            if answer := self.answers.get(delivery):
                results.append(answer)
            elif delivery in self.on_wire or not self.whole:
                results.append(
                    DeliveryResult(*delivery, OutcomeKind.UNKNOWN, "dot", answer="the worker ended before the answer")
                )
            else:
                unsent.append(delivery)
        return results, unsent


def begin(client: Redis, lease: Lease) -> JournalState:
    """Raise the fence to the lease's epoch, and read what those before have left behind.

    Raises:
        Fenced: somebody has raised it higher.
        redis.exceptions.RedisError: Redis does not answer.
    """
    return parse(_eval(client, _BEGIN, lease, ""), _server_run_id(client))


def clear(client: Redis, lease: Lease) -> None:
    """Begin an empty journal, once everything in the old one has been recorded.

    Raises:
        Fenced: the batch is somebody else's by now.
    """
    _eval(client, _CLEAR, lease, f"@ {_server_run_id(client)}\n")


def drop(client: Redis, lease: Lease) -> None:
    """Remove the journal: everything is recorded, and the batch is given back."""
    _eval(client, _CLEAR, lease, "")


def parse(text: bytes, run: str) -> JournalState:
    """What a journal says, seen from the present *run* of the Redis server. A cut last line counts for nothing."""
    first, _, rest = text.partition(b"\n")
    answers: dict[tuple[int, int], DeliveryResult] = {}
    on_wire: set[tuple[int, int]] = set()
    lines, _, _ = rest.rpartition(b"\n")
    for line in lines.split(b"\n"):
        words = line.split(b" ", 3)
        if len(words) < 3:
            continue
        delivery = (int(words[1]), int(words[2]))
        if words[0] == b">":
            on_wire.add(delivery)
            answers.pop(delivery, None)
        else:
            on_wire.discard(delivery)
            answers[delivery] = _result(delivery, words[3])
    return JournalState(first == f"@ {run}".encode(), answers, on_wire)


def wire_line(reader: int, attempt: int) -> bytes:
    """A letter goes on the wire."""
    return b"> %d %d\n" % (reader, attempt)


def answer_line(result: DeliveryResult) -> bytes:
    """Its answer has come."""
    due = result.due_at.isoformat() if result.due_at else ""
    return (
        f"< {result.subscriber_id} {result.attempt} {result.kind.value}\t{result.stage}\t{result.code}"
        f"\t{result.enhanced}\t{result.relay}\t{due}\t{result.answer}\n"
    ).encode(errors="replace")


class Journal:
    """The journal of one lease, open for writing in the sender's event loop.

    Arguments:
        lease: whose batch it is; :func:`clear` has been called with it.
    """

    def __init__(self, lease: Lease) -> None:
        self._pipe: redis_pipe.RedisPipe | None = None
        keys = [key.encode() for key in _keys(lease.batch_id)]
        self._write = redis_pipe.pack(b"EVALSHA", _WRITE_DIGEST, b"2", *keys, b"%d" % lease.epoch, following=1)

    async def open(self) -> None:
        """Connect.

        Raises:
            Unavailable: Redis does not answer.
        """
        self._pipe = await redis_pipe.connect(settings.get().redis_url)
        await self._pipe.ask(b"SCRIPT", b"LOAD", _WRITE)
        self._pipe.refused = _refused

    def write(self, lines: list[bytes]) -> asyncio.Future[None]:
        """Write *lines*; once it is done they stand there.

        Raises (when awaited):
            Fenced: the batch is somebody else's by now, or Redis has lost the journal. Send nothing more.
            Unavailable: Redis does not answer. Whether they stand there is not known; send nothing more.
        """
        assert self._pipe is not None
        return cast("asyncio.Future[None]", self._pipe.send(self._write + redis_pipe.bulk_string(b"".join(lines))))

    def close(self) -> None:
        """Disconnect."""
        if self._pipe is not None:
            self._pipe.close()
            self._pipe = None


def _refused(text: str) -> Exception:
    if "FENCED" in text:
        return Fenced("another worker has the batch, or Redis has lost its journal")
    return redis_pipe.CommandRefused(text)


def _result(delivery: tuple[int, int], line: bytes) -> DeliveryResult:
    kind, stage, code, enhanced, relay, due, answer = line.decode(errors="replace").split("\t", 6)
    due_at = datetime.fromisoformat(due) if due else None
    return DeliveryResult(*delivery, OutcomeKind(kind), stage, int(code), enhanced, answer, relay, due_at)


def _server_run_id(client: Redis) -> str:
    """Which run of the Redis server this is: another one after each of its starts."""
    facts = client.info("server")
    assert isinstance(facts, dict)
    return str(facts["run_id"])


def _eval(client: Redis, script: str, lease: Lease, text: str) -> bytes:
    try:
        answer = client.eval(script, 2, *_keys(lease.batch_id), str(lease.epoch), str(KEEP_SECONDS), text)
    except ResponseError as error:
        if "FENCED" in str(error):
            raise Fenced(
                phrase("batch {batch_id} was taken over from epoch {epoch}", batch_id=lease.batch_id, epoch=lease.epoch)
            ) from None
        raise
    return answer if isinstance(answer, bytes) else b""
