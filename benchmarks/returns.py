"""How fast returned mail is read and judged: ``python -m benchmarks.returns`` writes ``results/returns.json``.

One process reads messages of many shapes, no two alike, then one of 15 MB and one of 50 MB. Then 100,000 messages
(``SCALE=0.1``) about letters that were sent, one of 50 MB among them, are taken in, each in a transaction of its own as
the listener does, and judged with all that follows, into a real database, while the process's memory is watched.
"""

from __future__ import annotations

import resource
import time
from pathlib import Path

from sqlalchemy import text, update

import settings
from benchmarks import harness
from benchmarks.returned_traffic import Returned, SentIssue, messages, send_to
from models.bounces import bounce, returned_mail
from models.bounces.returned_mail import ReturnedMail
from models.deliveries.letters import letter_report
from models.store import db
from tests.models.bounces.returned_mail import fields, report
from worker.inbound import judging

_MB = 1024 * 1024
_ROUNDS = 10
_LARGE_ROUND = 4
"""At whose end the message of 50 MB comes."""


def large(size: int) -> bytes:
    """A report that returns a letter of *size* bytes."""
    head, separator, tail = report(fields("a@b.example", "5.1.1", "550 5.1.1 user unknown")).partition(b"The letter.")
    return head + separator + b"\n" + (b"x" * 76 + b"\n") * (size // 77) + tail


def largest() -> float:
    """The largest that this process has been, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def memory() -> float:
    """How large this process is, in MB."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / _MB


def seconds_for(raw: bytes) -> float:
    """Seconds for reading one message."""
    start = time.perf_counter()
    assert bounce.read(raw).recipients
    return time.perf_counter() - start


def reading() -> dict[str, float | int | str]:
    """Messages read a second without a database, and large ones."""
    made = list(messages(4000))
    for raw in made[:100]:
        bounce.read(raw)
    best = 0.0
    for part in (made[at : at + 1000] for at in range(0, len(made), 1000)):
        start = time.perf_counter()
        for raw in part:
            bounce.read(raw)
        best = max(best, len(part) / (time.perf_counter() - start))
    figures: dict[str, float | int | str] = {"read a second": best}
    for size in (15, 50):
        raw = large(size * _MB)
        figures[f"seconds for {size} MB"] = seconds_for(raw)
        figures[f"largest after {size} MB, in MB"] = largest()
    return figures


def take_in(returned: Returned) -> None:
    """Store a message as the listener does."""
    with db.session_scope() as session:
        returned_mail.take_in(session, returned.raw, way="lmtp", recipients=[returned.recipient])


def a_round(issue: SentIssue, number: int, count: int) -> tuple[float, float]:
    """Seconds for taking in *count* messages, and for judging them."""
    made = list(issue.returned(count, number * count))
    start = time.perf_counter()
    for one in made:
        take_in(one)
    taken = time.perf_counter()
    assert judging.judge_waiting() == count
    return taken - start, time.perf_counter() - taken


def into_the_database(count: int) -> dict[str, float | int | str]:
    """Messages a second that one process takes in and judges, and its memory meanwhile."""
    alone = count // 20
    with db.session_scope() as session:
        issue = send_to(session, count + alone)
    with db.engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    figures: dict[str, float | int | str] = {}
    in_a_round, took = count // _ROUNDS, []
    processor = time.process_time()
    for number in range(_ROUNDS):
        took.append(a_round(issue, number, in_a_round))
        figures[f"memory after {(number + 1) * in_a_round:,}, in MB"] = memory()
        if number == _LARGE_ROUND:
            used = time.process_time() - processor
            figures |= among_them()
            processor = time.process_time() - used
    used = time.process_time() - processor
    figures["judged a second, each alone"] = one_by_one(issue, count, alone)
    taking, judging_ = sum(one for one, _ in took), sum(one for _, one in took)
    with db.session_scope() as session:
        figures["outcomes amended"] = letter_report.count_amended(session, issue.id)
    return figures | {
        "taken in a second": count / taking,
        "judged a second": count / judging_,
        "judged a second, slowest round": in_a_round / max(one for _, one in took),
        "taken in and judged a second": count / (taking + judging_),
        "ms of processor for both": used / count * 1000,
        "largest at the end, in MB": largest(),
    }


def one_by_one(issue: SentIssue, start: int, count: int) -> float:
    """Messages judged a second where each is alone, as after something went wrong."""
    for one in issue.returned(count, start):
        take_in(one)
    with db.session_scope() as session:
        session.execute(update(ReturnedMail).where(ReturnedMail.judged_at.is_(None)).values(tries=1))
    begun = time.perf_counter()
    assert judging.judge_waiting() == count
    return count / (time.perf_counter() - begun)


def among_them() -> dict[str, float | int | str]:
    """A message of 50 MB, taken in and judged."""
    start = time.perf_counter()
    take_in(Returned(large(50 * _MB), "ict@example.lg.jp"))
    assert judging.judge_waiting() == 1
    seconds = time.perf_counter() - start
    return {"50 MB taken in and judged, seconds": seconds, "memory after that, in MB": memory(),
            "largest after that, in MB": largest()}  # fmt: skip


def main() -> None:
    """Print the table, write the file."""
    figures = reading()
    with harness.servers():
        settings.reload(RETURNS_MEGABYTES="60")
        figures |= into_the_database(int(100_000 * harness.scale()))
    harness.save("returns", figures)


if __name__ == "__main__":
    main()
