"""How fast stored hits are judged again: where every verdict changes, and then where none does.

``python -m benchmarks.reclassify``; at ``SCALE=1`` they are a million hits of twenty issues, with the details that
rules need. First one process ingests them, as other work on the machine slows that down, too: compare the figures with
its own. It gives every hit a verdict that no rule gives, so that each one changes, with all that is counted.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple
from unittest.mock import patch

from sqlalchemy import text

from models.store import db
from models.store.clock import now
from models.tracking import classify
from models.tracking.hit import to_microseconds
from models.tracking.rules import Verdict
from models.tracking.verdict import Event, Judgement
from worker.tracking import reclassify_pool

from . import harness, process_usage, sample_data, traffic_mix
from .track import ingest_waiting, wait

HITS = 1_000_000
ISSUES = 20
PROCESSES = 2
APART = timedelta(days=3)


class Spent(NamedTuple):
    """Seconds: those that passed, and those of CPU time of our processes and of PostgreSQL's."""

    passed: float
    ours: float
    postgres: float


class Watch:
    """Measures from when it is made."""

    def __init__(self) -> None:
        with db.session_scope() as session:
            backend = session.scalar(text("SELECT pg_backend_pid()")) or 0
        self._postgres = process_usage.parent(backend)
        self._began = self._now()

    def _now(self) -> Spent:
        theirs = process_usage.cpu(process_usage.family(self._postgres))
        return Spent(time.monotonic(), process_usage.cpu([os.getpid()]), theirs)

    def read(self) -> Spent:
        """What was spent since it was made."""
        return Spent(*(now - then for now, then in zip(self._now(), self._began, strict=True)))


def _nothing_known(events: Sequence[Event], **_facts: object) -> list[Judgement]:
    return [Judgement(Verdict.UNKNOWN, 50, ("unrecorded@1",))] * len(events)


def fill(count: int) -> Spent:
    """Ingest hits of :data:`ISSUES` issues with a verdict that no rule gives."""
    first = now() - (ISSUES + 10) * APART
    with db.session_scope() as session:
        of = sample_data.newsletter(session)
        sample_data.readers(session, count // ISSUES)
    spent = []
    for n in range(ISSUES):
        at = first + n * APART
        with db.session_scope() as session:
            articles = sample_data.articles(session, session.merge(of), sample_data.ARTICLES, n * sample_data.ARTICLES)
            made = sample_data.issue(session, session.merge(of), at, articles)
            sample_data.deliver(session, made, count // ISSUES)
            issue = made.id
        hits = traffic_mix.hits(issue, to_microseconds(at), count // ISSUES, sample_data.LINKS, seed=n)
        wait(one.pack() for one in hits)
        watch = Watch()
        with patch.object(classify, "judge", _nothing_known):
            ingest_waiting()
        spent.append(watch.read())
    with db.engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")
    return Spent(*map(sum, zip(*spent, strict=True)))


def judge_again() -> tuple[Spent, int]:
    """Judge all hits again; returns also how many verdicts changed."""
    watch = Watch()
    *_, last = reclassify_pool.run(now() - timedelta(days=365), PROCESSES)
    return watch.read(), last.changed


def main() -> None:
    """Measure, print a table, and save the figures."""
    count = round(HITS * harness.scale())
    with harness.servers():
        ingested = fill(count)
        changing, changed = judge_again()
        staying, again = judge_again()
        with db.session_scope() as session:
            hits = session.scalar(text("SELECT count(*) FROM hit")) or 0
    assert again == 0
    figures: dict[str, float | int | str] = {"hits": hits, "changed": changed}
    for name, spent in (("ingested", ingested), ("all_change", changing), ("none_changes", staying)):
        figures |= {
            f"{name}_s": spent.passed,
            f"{name}_cpu_us_per_hit": 1e6 * (spent.ours + spent.postgres) / hits,
            f"{name}_postgres_us_per_hit": 1e6 * spent.postgres / hits,
        }
    harness.save("reclassify", figures)


if __name__ == "__main__":
    main()
