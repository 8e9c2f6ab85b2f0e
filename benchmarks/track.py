"""Clicks a second through the real tracker, against a bare Flask redirect; then how fast hits are ingested.

``python -m benchmarks.track``; ``SECONDS=N`` shortens each run. Needs wrk (Debian's package). Rounds of both servers
alternate, and the figures are medians, as other work on the machine slows both down. Then the hits of a large issue's
first days, of people and machines, wait in the stream, and one process ingests them.
"""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import islice
from pathlib import Path
from statistics import median
from typing import NamedTuple

from sqlalchemy import text

import settings
from models.store import broker, db, token
from models.store.clock import now
from models.store.token import Purpose
from models.tracking.hit import STREAM, to_microseconds
from ops.run import programs
from ops.run.child_process import ChildProcess
from ops.run.health_probe import web_answers
from tests.servers import free_port
from worker.tracking import ingest

from . import harness, sample_data, traffic_mix

READERS = 2000
ROUNDS = 7
"""Many short ones, as the kernel distributes the connections to the two processes anew in each."""
CONNECTIONS = 64
MIXED = 60_000
"""Hits of an issue that wait when the speed of ingesting is measured."""
INGESTIONS = 4
"""So many issues are measured."""


class Load(NamedTuple):
    """What wrk counted: requests with an answer, per second, and the 99th percentile in milliseconds."""

    answers: int
    per_second: float
    p99_ms: float


@contextmanager
def serving(folder: Path, application: str) -> Iterator[str]:
    """An application under granian, with two processes; its address. Ours as production starts it, Flask in threads."""
    port = free_port()
    settings.reload(WEB_PORT=str(port), WEB_WORKERS="2")
    command = programs.web()
    if application != command[-1]:
        command = [
            *("wsgi" if word == "asginl" else word for word in command[:-1]),
            "--blocking-threads",
            "8",
            application,
        ]
    child = ChildProcess("web server", command, log=folder / f"{application.partition('.')[0]}.log")
    try:
        child.wait_until(lambda: web_answers(f"http://127.0.0.1:{port}/healthz"), seconds=30)
        yield f"http://127.0.0.1:{port}"
    finally:
        child.stop()


def paths(folder: Path, issue_id: int) -> Path:
    """A script for wrk that follows links of many readers."""
    make = token.maker(Purpose.CLICK)
    lines = [f'"/c/{1 + n % 8}/{make(issue_id, 1 + n % READERS).decode()}"' for n in range(READERS * 4)]
    script = folder / "clicks.lua"
    script.write_text(
        f"local paths = {{{','.join(lines)}}}\nlocal at = 0\n"
        'local headers = {["User-Agent"] = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36", '
        '["Accept"] = "text/html", ["Accept-Language"] = "ja"}\n'
        'request = function() at = at % #paths + 1; return wrk.format("GET", paths[at], headers) end\n'
    )
    return script


def load(address: str, script: Path, seconds: float) -> Load:
    """Run wrk for so many seconds."""
    command = ["wrk", "-t2", f"-c{CONNECTIONS}", f"-d{seconds:g}s", "--latency", "-s", str(script), address]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    count, rate = re.search(r"(\d+) requests in", output), re.search(r"Requests/sec:\s+([\d.]+)", output)
    slowest = re.search(r"99%\s+([\d.]+)(us|ms|s)", output)
    assert count, output
    assert rate, output
    assert slowest, output
    assert "Non-2xx" not in output, output
    return Load(int(count[1]), float(rate[1]), float(slowest[1]) * {"us": 0.001, "ms": 1, "s": 1000}[slowest[2]])


class Ingested(NamedTuple):
    """How many hits were ingested, in how many seconds, and in how many of CPU time of this process."""

    hits: int
    seconds: float
    busy: float


def ingest_waiting() -> Ingested:
    """Ingest everything that waits."""
    began, busy, stored = time.monotonic(), time.process_time(), 0
    while new := ingest.ingest_all():
        stored += new
    return Ingested(stored, time.monotonic() - began, time.process_time() - busy)


def clicks(folder: Path, seconds: float) -> dict[str, float | int | str]:
    """Clicks through the tracker and through the bare redirect, and whether each one is in the database."""
    with db.session_scope() as session:
        of = sample_data.newsletter(session)
        sample_data.readers(session, READERS)
        made = sample_data.issue(session, of, now(), sample_data.articles(session, of, sample_data.ARTICLES))
        sample_data.deliver(session, made, READERS)
        script = paths(folder, made.id)
    ours: list[Load] = []
    bare: list[Load] = []
    for _ in range(ROUNDS):
        with serving(folder, "web.asgi:app") as address:
            ours.append(load(address, script, seconds))
        with serving(folder, "benchmarks.bare_flask:app") as address:
            bare.append(load(address, script, seconds))
    ingest_waiting()
    with db.session_scope() as session:
        stored = session.scalar(text("SELECT count(*) FROM hit")) or 0
    answers = sum(one.answers for one in ours)
    return {
        "clicks_per_s": median(one.per_second for one in ours),
        "bare_per_s": median(one.per_second for one in bare),
        "click_ratio": median(a.per_second / b.per_second for a, b in zip(ours, bare, strict=True)),
        "click_p99_ms": median(one.p99_ms for one in ours),
        "bare_p99_ms": median(one.p99_ms for one in bare),
        "click_p99_ratio": median(a.p99_ms / b.p99_ms for a, b in zip(ours, bare, strict=True)),
        # wrk does not count answers on their way when it stops, so there may be more hits than answers.
        "answers": answers,
        "lost": max(0, answers - stored),
    }


def ingestion(count: int) -> dict[str, float | int | str]:
    """How fast one process ingests the hits of large issues: stored, judged and in every roll-up.

    The first issue is left out, as everything is remembered anew then. What other work on the machine does to CPU time
    shows in how far the median is above the least.
    """
    with db.session_scope() as session:
        of = sample_data.newsletter(session)
        sample_data.readers(session, count)
        articles = sample_data.articles(session, of, sample_data.ARTICLES)
    rounds = []
    for n in range(1 + INGESTIONS):
        at = now() - timedelta(days=30 + 5 * n)
        with db.session_scope() as session:
            made = sample_data.issue(session, session.merge(of), at, [session.merge(one) for one in articles])
            sample_data.deliver(session, made, count)
            issue_id = made.id
        hits = traffic_mix.hits(issue_id, to_microseconds(at), count, sample_data.LINKS, seed=1 + n)
        wait(entry.pack() for entry in hits)
        rounds.append(ingest_waiting())
    speeds = [one.hits / one.seconds for one in rounds[1:]]
    costs = [1e6 * one.busy / one.hits for one in rounds[1:]]
    return {
        "hits_ingested": sum(one.hits for one in rounds),
        "hits_ingested_per_s": median(speeds),
        "hits_ingested_per_s_most": max(speeds),
        "ingest_cpu_us_per_hit": median(costs),
        "ingest_cpu_us_per_hit_least": min(costs),
    }


def wait(packed: Iterator[bytes]) -> None:
    """Put hits into the stream."""
    while some := list(islice(packed, 2000)):
        with broker.client().pipeline(transaction=False) as pipe:
            for one in some:
                pipe.xadd(STREAM, {"h": one})
            pipe.execute()


def main() -> None:
    """Measure, print a table, and save the figures."""
    seconds = harness.seconds(3)
    with harness.servers() as folder:
        found = clicks(folder, seconds)
    with harness.servers():
        found |= ingestion(round(MIXED * harness.scale()))
    harness.save("track", found)


if __name__ == "__main__":
    main()
