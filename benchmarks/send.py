"""Letters a second through the whole pipeline, from the database to the wire and back: ``make bench-send``.

Real PostgreSQL, Valkey and Celery, two worker processes; personal letters of about 60 KB go to Postfix's ``smtp-sink``
on this machine. Beside it stand Postfix's own ``smtp-source`` with ready-made messages of that size, a naive sender
(:mod:`.naive`), and for preparing a bare ``INSERT``. ``RECIPIENTS=N`` (100,000) says how many readers an issue has; the
large one, by which memory and preparing are measured, has ten times as many.

Runs take turns and ratios are medians of pairs, as anything else on the machine slows both. CPU times cannot be
compared so: ``rsa_sign_us``, a bare RSA-2048 signature in the same run, says how fast the machine was.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import NamedTuple

from sqlalchemy import text

import settings
from models.deliveries import progress
from models.deliveries.delivery import DeliveryState
from models.issues import issue as issues
from models.issues.dkim_key import Key, KeyKind
from models.issues.issue_state import IssueState
from models.store import db, enqueue
from tests.servers import start_worker
from worker.app import make_celery
from worker.preparing.prepare import prepare

from . import harness, naive_sender, sending_data
from .process_usage import children, cpu, cpu_beside_main, family, rss_mb
from .smtp import bare_rsa, sink

RECIPIENTS = int(os.environ.get("RECIPIENTS", "100000"))
LARGE = 10
"""So many times as many readers has the large issue."""
ROUNDS = 3
PROCESSES = 2
CONNECTIONS = 16
"""Of each process: what becomes ready together is written to the journal together."""
KEY_FILE = "bench.pem"


class Sending(NamedTuple):
    """What it took to send an issue."""

    per_second: float
    cpu_us: float
    """CPU of all worker processes per letter."""
    share: float
    """How much of it went into Celery's main process, and into the threads that speak to the database."""
    rss_first: float
    """Megabytes of the largest process that sends, when a tenth had gone out."""
    rss_max: float
    """Its most."""
    rss_main: float
    """Megabytes of Celery's main process, which hands out tasks."""


def send(folder: Path, issue_id: int, count: int, port: int) -> Sending:
    """Let two worker processes send a prepared issue of *count* letters."""
    make_celery().control.purge()  # Preparing has named the batches. The clock starts when they are begun.
    environment = {"SMTP_URL": f"smtp://127.0.0.1:{port}", "CONNECTIONS": str(CONNECTIONS), "LOG_LEVEL": "info"}
    worker = start_worker(folder / f"worker-{issue_id}.log", environment, processes=PROCESSES)
    try:
        processes, before, began = children(worker.pid), _used(worker.pid), time.monotonic()
        _name_batches(issue_id)
        sizes: list[tuple[float, float]] = []
        while not _is_sent(issue_id):
            sizes.append((time.monotonic() - began, max(map(rss_mb, processes))))
            time.sleep(0.1)
        took, after, main = time.monotonic() - began, _used(worker.pid), rss_mb(worker.pid)
    finally:
        worker.stop()
    with db.session_scope() as session:
        accepted = progress.count(session, issue_id)[DeliveryState.ACCEPTED]
    assert accepted == count, f"{accepted} of {count} letters were accepted"
    everything, beside = after[0] - before[0], after[1] - before[1]
    return Sending(
        per_second=count / took,
        cpu_us=everything / count * 1e6,
        share=beside / everything,
        rss_first=next(size for at, size in sizes if at >= took / 10),
        rss_max=max(size for _, size in sizes),
        rss_main=main,
    )


def _used(worker: int) -> tuple[float, float]:
    """CPU seconds: of all processes, and of Celery's own and the threads beside the sending."""
    return cpu(family(worker)), cpu([worker]) + cpu_beside_main(children(worker))


def _is_sent(issue_id: int) -> bool:
    with db.session_scope() as session:
        return issues.get(session, issue_id).state is IssueState.SENT


def _name_batches(issue_id: int) -> None:
    with db.session_scope() as session:
        for batch_id in session.scalars(text("SELECT id FROM batch WHERE issue_id = :id"), {"id": issue_id}):
            enqueue.enqueue(session, enqueue.DELIVER, batch_id)


def _prepared(newsletter_id: int) -> tuple[int, float]:
    """A prepared issue, and how many seconds preparing took."""
    issue_id = sending_data.issue(newsletter_id)
    began = time.monotonic()
    prepare(issue_id)
    return issue_id, time.monotonic() - began


def _set_aside(issue_id: int) -> None:
    """Let no sweep find an issue that was prepared for nothing but the time it takes."""
    with db.session_scope() as session:
        session.execute(text("UPDATE issue SET state = 'cancelled' WHERE id = :id"), {"id": issue_id})
        session.execute(text("UPDATE batch SET state = 'done' WHERE issue_id = :id"), {"id": issue_id})


def _bare_insert(issue_id: int) -> float:
    """Seconds for writing the same rows into a table that has nothing but a primary key."""
    with db.session_scope() as session:
        session.execute(text("CREATE TABLE bare (LIKE delivery, PRIMARY KEY (issue_id, subscriber_id))"))
    began = time.monotonic()
    with db.session_scope() as session:
        session.execute(text("INSERT INTO bare SELECT * FROM delivery WHERE issue_id = :id"), {"id": issue_id})
    took = time.monotonic() - began
    with db.session_scope() as session:
        session.execute(text("DROP TABLE bare"))
    return took


def _smtp_source(port: int, size: int) -> float:
    """Postfix's own client with ready-made messages over as many connections: letters a second."""
    count, began = max(1000, RECIPIENTS // 4), time.monotonic()
    command = ["/usr/sbin/smtp-source", "-d", "-s", str(PROCESSES * CONNECTIONS), "-m", str(count), "-l", str(size)]
    subprocess.run([*command, f"127.0.0.1:{port}"], check=True)
    return count / (time.monotonic() - began)


def _size(issue_id: int) -> int:
    with db.session_scope() as session:
        return session.scalar(text("SELECT max(size) FROM edition WHERE issue_id = :id"), {"id": issue_id}) or 0


class Figures(NamedTuple):
    """What each round has brought."""

    issue_id: int
    """Of the last one."""
    ours: list[Sending]
    source_per_s: list[float]
    naive_per_s: list[float]


def _rounds(folder: Path, port: int, newsletter_id: int) -> Figures:
    """Ours, ``smtp-source`` and the naive sender by turns."""
    ours, source, slow = [], [], []
    for _ in range(ROUNDS):
        issue_id, _ = _prepared(newsletter_id)
        source.append(_smtp_source(port, _size(issue_id)))
        ours.append(send(folder, issue_id, RECIPIENTS, port))
        slow.append(naive_sender.measure(folder, port, PROCESSES, max(100, min(500, RECIPIENTS // 20))))
    return Figures(issue_id, ours, source, slow)


def _signed(folder: Path, port: int) -> dict[str, float]:
    """CPU of a letter that is signed with RSA-2048, and of the bare signature before and after."""
    key = Key.new("news.example", "bench", KeyKind.RSA)
    settings.get().kairan_data.mkdir(parents=True, exist_ok=True)
    (settings.get().kairan_data / KEY_FILE).write_bytes(key.pem)
    readers = max(1000, RECIPIENTS // 4)
    newsletter_id = sending_data.newsletter("signed", readers, key, KEY_FILE)
    used, bare = [], []
    for _ in range(ROUNDS):
        bare.append(bare_rsa(key) * 1e6)
        used.append(send(folder, _prepared(newsletter_id)[0], readers, port).cpu_us)
        bare.append(bare_rsa(key) * 1e6)
    return {
        "rsa_sign_us": median(bare),
        "cpu_us_per_letter_rsa": median(used),
        "rsa_above_bare_us": median(used) - 1.2 * median(bare),
    }


def _large(folder: Path, port: int) -> dict[str, float]:
    """Memory while a large issue goes out, and how long its preparing takes."""
    readers = RECIPIENTS * LARGE
    newsletter_id = sending_data.newsletter("large", readers)
    prepared, bare = [], []
    for _ in range(ROUNDS):
        issue_id, seconds = _prepared(newsletter_id)
        prepared.append(seconds)
        bare.append(_bare_insert(issue_id))
        if len(bare) < ROUNDS:
            _set_aside(issue_id)
    whole = send(folder, issue_id, readers, port)
    return {
        "large_recipients": readers,
        "large_per_s": whole.per_second,
        "rss_mb_first": whole.rss_first,
        "rss_mb_max": whole.rss_max,
        "rss_mb_main": whole.rss_main,
        "prepare_s": median(prepared),
        "prepare_ratio": _ratio(prepared, bare),
    }


def _ratio(some: list[float], others: list[float]) -> float:
    """The median of pairs."""
    return median(a / b for a, b in zip(some, others, strict=True))


def measure(folder: Path, port: int) -> dict[str, float | int | str]:
    """Every figure."""
    sending_data.readers(RECIPIENTS * LARGE)
    newsletter_id = sending_data.newsletter("plain", RECIPIENTS)
    issue_id, ours, source_per_s, naive_per_s = _rounds(folder, port, newsletter_id)
    rates = [one.per_second for one in ours]
    return {
        "recipients": RECIPIENTS,
        "bytes_per_letter": _size(issue_id),
        "letters_per_s": median(rates),
        "smtp_source_per_s": median(source_per_s),
        "ratio_to_smtp_source": _ratio(rates, source_per_s),
        "cpu_us_per_letter": median(one.cpu_us for one in ours),
        "celery_share": median(one.share for one in ours),
        "naive_per_s": median(naive_per_s),
        "ratio_to_naive": _ratio(rates, naive_per_s),
        **_signed(folder, port),
        **_large(folder, port),
    }


def main() -> None:
    """Measure, print a table, and keep the figures."""
    with harness.servers() as folder, sink() as (port, _):
        settings.reload(SMTP_URL=f"smtp://127.0.0.1:{port}")
        harness.save("send", measure(folder, port))


if __name__ == "__main__":
    sys.exit(main())
