"""How fast the SMTP side is by itself: ``python -m benchmarks.smtp [letters]`` prints a table.

One process with ready-made letters of 60 KB sends to Postfix's ``smtp-sink`` on the same machine; beside it Postfix's
own ``smtp-source`` with messages of the same size over as many connections. Rounds are interleaved and medians shown.
CPU is user and system time of the sending process; it includes what the kernel takes to copy 60 KB. It halves where
sender and sink share a core, so that the message need not travel between caches; one row shows that. The figures
also go to ``results/smtp.json``.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import uvloop
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from models.deliveries.relays.relay_address import RelayAddress
from models.deliveries.reply_code import OutcomeKind
from models.issues.dkim_key import Key, KeyKind
from worker.sending.dkim import Signer
from worker.smtp.envelope import Envelope, Outcome
from worker.smtp.pool import Pool

RESULTS = Path(__file__).with_name("results")
SIZE, ROUNDS = 60_000, 3
HEADERS = b"".join(
    b"%s: =?UTF-8?B?44GT44KT44Gr44Gh44Gv?= %s\r\n" % (name, b"x" * 40)
    for name in b"From To Subject Date Message-ID MIME-Version Content-Type Reply-To List-Id List-Unsubscribe "
    b"List-Unsubscribe-Post Feedback-ID".split()
)
BODY = (b"A" * 76 + b"\r\n") * (SIZE // 78)


class Ready:
    """A source of one letter, *count* times, signed afresh where there is a *signer*."""

    def __init__(self, count: int, signer: Signer | None = None) -> None:
        self.stop = asyncio.Event()
        self.left = self.waited = count
        self.signer = signer
        self.data = HEADERS + b"\r\n" + BODY

    def next(self, relay: RelayAddress) -> Envelope | None:
        if not self.left:
            return None
        self.left -= 1
        data = self.data
        if self.signer:
            data = self.signer.sign(HEADERS, BODY, canonical_body=True) + data
        recipient = f"reader{self.left}@town.example"
        return Envelope(self.left, "bounce@news.example", recipient, data, needs_stuffing=False)

    def before_wire(self, envelopes: list[Envelope]) -> list[Envelope]:
        return envelopes

    def done(self, envelope: Envelope, outcome: Outcome) -> None:
        assert outcome.kind is OutcomeKind.ACCEPTED, outcome
        self.waited -= 1
        if not self.waited:
            self.stop.set()

    def relay_failed(self, relay: RelayAddress, outcome: Outcome) -> None:
        raise RuntimeError(outcome.text)


class Awaited(Ready):
    """The same with an ``async`` limit that yields once, as a journal over a socket would."""

    async def before_wire(self, envelopes: list[Envelope]) -> list[Envelope]:  # type: ignore[override]
        await asyncio.sleep(0)
        return envelopes


@contextmanager
def sink() -> Iterator[tuple[int, int]]:
    """``smtp-sink``: its port and its process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    user = ["-u", "nobody"] if os.geteuid() == 0 else []
    process = subprocess.Popen(["/usr/sbin/smtp-sink", *user, f"127.0.0.1:{port}", "1000"])
    try:
        for _ in range(100):
            with socket.socket() as client:
                if client.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait()


def used(who: int) -> float:
    """CPU seconds of this process or of its children so far."""
    usage = resource.getrusage(who)
    return usage.ru_utime + usage.ru_stime


def ours(make: Callable[[], Ready], port: int, connections: int) -> tuple[float, float]:
    """Seconds of wall clock and of CPU for one run on fresh connections."""

    async def work() -> tuple[float, float]:
        source, pool = make(), Pool(RelayAddress("127.0.0.1", port), max_connections=connections)
        wall, cpu = time.perf_counter(), used(resource.RUSAGE_SELF)
        await pool.run(source, source.stop)
        took = time.perf_counter() - wall, used(resource.RUSAGE_SELF) - cpu
        await pool.close()
        return took

    return uvloop.run(work())


@contextmanager
def one_core(*processes: int) -> Iterator[None]:
    """Keep these processes on one core."""
    before = os.sched_getaffinity(0)
    for process in processes:
        os.sched_setaffinity(process, {min(before)})
    yield
    for process in processes:
        os.sched_setaffinity(process, before)


def theirs(count: int, port: int, connections: int) -> tuple[float, float]:
    """The same for ``smtp-source``."""
    wall, cpu = time.perf_counter(), used(resource.RUSAGE_CHILDREN)
    options = ["-s", str(connections), "-m", str(count), "-l", str(SIZE)]
    subprocess.run(["/usr/sbin/smtp-source", *options, f"127.0.0.1:{port}"], check=True)
    return time.perf_counter() - wall, used(resource.RUSAGE_CHILDREN) - cpu


def bare_rsa(key: Key) -> float:
    """CPU seconds of one bare signature."""
    assert isinstance(key.private, RSAPrivateKey)
    begin, data = time.process_time(), os.urandom(1500)
    for _ in range(500):
        key.private.sign(data, PKCS1v15(), hashes.SHA256())
    return (time.process_time() - begin) / 500


def main() -> None:
    """Measure, print a table, and keep the figures."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 5000
    key = Key.new("news.example", "k1", KeyKind.RSA)
    taken = measure(count, key)
    results: dict[str, dict[str, float]] = {}
    print(f"{count} letters of {SIZE} bytes, {ROUNDS} rounds, medians")
    print(f"{'':30}{'letters/s':>12}{'CPU µs/letter':>16}")
    for name, rounds in taken.items():
        rate, cpu = count / median(wall for wall, _ in rounds), median(cpu for _, cpu in rounds) / count * 1e6
        results[name] = {"letters_per_second": round(rate), "cpu_us_per_letter": round(cpu, 1)}
        print(f"{name:30}{rate:12,.0f}{cpu:16.1f}")
    bare = bare_rsa(key) * 1e6
    print(f"one bare RSA-2048 signature: {bare:.1f} µs")
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "smtp.json").write_text(json.dumps({"rsa_sign_us": round(bare, 1), **results}, indent=2) + "\n")


def measure(count: int, key: Key) -> dict[str, list[tuple[float, float]]]:
    """Wall clock and CPU seconds of each round, by what was run."""
    dual = [key, Key.new("news.example", "k2", KeyKind.ED25519)]
    with sink() as (port, process):

        def on_one_core() -> tuple[float, float]:
            with one_core(0, process):
                return ours(lambda: Ready(count), port, 8)

        runs: dict[str, Callable[[], tuple[float, float]]] = {
            "smtp-source, 8 connections": lambda: theirs(count, port, 8),
            "ours, 8 connections": lambda: ours(lambda: Ready(count), port, 8),
            "ours, 8, on the sink's core": on_one_core,
            "ours, 4 connections": lambda: ours(lambda: Ready(count), port, 4),
            "ours, 1 connection": lambda: ours(lambda: Ready(count), port, 1),
            "ours, 8, async limit": lambda: ours(lambda: Awaited(count), port, 8),
            "ours, 8, DKIM RSA-2048": lambda: ours(lambda: Ready(count, Signer([key])), port, 8),
            "ours, 8, DKIM RSA + Ed25519": lambda: ours(lambda: Ready(count, Signer(dual)), port, 8),
        }
        taken: dict[str, list[tuple[float, float]]] = {name: [] for name in runs}
        for _ in range(ROUNDS):
            for name, work in runs.items():
                taken[name].append(work())
    return taken


if __name__ == "__main__":
    main()
