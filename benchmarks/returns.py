"""How fast returned mail is read: ``python -m benchmarks.returns`` prints a table and writes ``results/returns.json``.

One process reads messages of many shapes, no two alike, then one of 15 MB and one of 50 MB, then 100,000 more
(``SCALE=0.1``) while its memory is watched. Then messages about letters that were sent are taken in, each in a
transaction of its own as the listener does, and judged with all that follows, into a real database.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Iterator

from sqlalchemy import insert

from benchmarks import harness
from models.bounces import bounce, returned_mail
from models.deliveries.delivery import Delivery, DeliveryState
from models.deliveries.letters import letter_report
from models.readers.subscriber import Subscriber, Subscription, SubscriptionState
from models.store import db, token
from tests.models.bounces.returned_mail import DAEMON, feedback, fields, japanese, message, report, said
from tests.sample import make_newsletter, make_sent
from worker.inbound import judging

_MB = 1024 * 1024
_SHAPES: tuple[Callable[[str], bytes], ...] = (
    lambda reader: report(fields(reader, "5.1.1", f"550 5.1.1 <{reader}>: User unknown"), to=reader),
    lambda reader: report(fields(reader, "5.2.2", f"552 5.2.2 <{reader}>: mailbox full"), to=reader, encoded=True),
    lambda reader: report(fields(reader, "4.4.1", "connection timed out", "delayed"), to=reader),
    lambda reader: said(reader, "550 5.7.1 refused by policy", "end of DATA"),
    lambda reader: said(reader, f"550 Unknown user {reader}", "end of DATA"),
    lambda reader: feedback("abuse", more=f"Original-Rcpt-To: {reader}"),
    lambda reader: japanese(f"次の宛先へは配信できませんでした。\n\n{reader}\n存在しません。\n", "iso2022_jp"),
    lambda reader: message(
        f"不在です。{reader}", sender=reader, subject="自動応答", head="Auto-Submitted: auto-replied"
    ),
)


def messages(count: int, start: int = 0) -> Iterator[bytes]:
    """So many messages, shape after shape, each about another reader."""
    for number in range(start, start + count):
        yield _SHAPES[number % len(_SHAPES)](f"reader{number}@machi{number % 977}.example")


def large(size: int) -> bytes:
    """A report that returns a letter of *size* bytes."""
    head, separator, tail = report(fields("a@b.example", "5.1.1", "550 5.1.1 user unknown")).partition(b"The letter.")
    return head + separator + b"\n" + (b"x" * 76 + b"\n") * (size // 77) + tail


def memory() -> float:
    """The largest that this process has been, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def seconds_for(raw: bytes) -> float:
    """Seconds for one message."""
    start = time.perf_counter()
    assert bounce.read(raw).recipients
    return time.perf_counter() - start


def _reader(address: str) -> dict[str, str]:
    hashed = token.address_hash(address)
    return {"address": address, "address_key": address, "address_hash": hashed, "domain": address.rpartition("@")[2]}


def into_the_database(count: int) -> dict[str, float | int | str]:
    """Messages a second that one process takes in, and that it judges; every other one proves its letter."""
    with db.session_scope() as session:
        home = make_newsletter(session)
        issue = make_sent(session, home, "1")
        rows = [_reader(f"reader{number}@machi{number % 977}.example") for number in range(count)]
        ids = session.scalars(insert(Subscriber).returning(Subscriber.id, sort_by_parameter_order=True), rows).all()
        active = SubscriptionState.ACTIVE
        session.execute(
            insert(Subscription), [{"subscriber_id": i, "newsletter_id": home.id, "state": active} for i in ids]
        )
        letter = {"issue_id": issue.id, "edition": 1, "lane_id": 1, "state": DeliveryState.ACCEPTED, "attempts": 1}
        session.execute(insert(Delivery), [{**letter, "subscriber_id": i, "at": issue.sent_at} for i in ids])
        path, number = token.folded_maker(token.Purpose.RETURN, issue.id), issue.id
    paths = [f"b+{path(one)}@bounce.news.example" if n % 2 else "ict@example.lg.jp" for n, one in enumerate(ids)]
    start = time.perf_counter()
    for raw, address in zip(messages(count), paths, strict=True):
        with db.session_scope() as session:
            returned_mail.take_in(session, raw, way="lmtp", recipients=[address])
    taken = time.perf_counter() - start
    start = time.perf_counter()
    assert judging.judge_waiting() == count
    judged = time.perf_counter() - start
    with db.session_scope() as session:
        amended = letter_report.count_amended(session, number)
    return {"taken in a second": count / taken, "judged a second": count / judged, "outcomes amended": amended}


def main() -> None:
    """Print the table, write the file."""
    made = list(messages(4000))
    for raw in made[:100]:
        bounce.read(raw)
    best = 0.0
    for part in (made[at : at + 1000] for at in range(0, len(made), 1000)):
        start = time.perf_counter()
        for raw in part:
            bounce.read(raw)
        best = max(best, len(part) / (time.perf_counter() - start))
    assert DAEMON in made[0].decode()
    figures: dict[str, float | int | str] = {"messages a second": best}
    for size in (15, 50):
        raw = large(size * _MB)
        figures[f"seconds for {size} MB"] = seconds_for(raw)
        figures[f"largest after {size} MB, in MB"] = memory()
    count = int(100_000 * harness.scale())
    start = time.perf_counter()
    for raw in messages(count, 10_000):
        bounce.read(raw)
    figures |= {
        f"seconds for {count:,}, made meanwhile": time.perf_counter() - start,
        "largest at the end, in MB": memory(),
    }
    with harness.servers():
        figures |= into_the_database(max(400, int(8000 * harness.scale())))
    harness.save("returns", figures)


if __name__ == "__main__":
    main()
