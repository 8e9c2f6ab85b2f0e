"""How long a year's ranking, an issue's report and an evidence sheet take over ten million hits.

``python -m benchmarks.ranking``; ``SCALE=0.01`` makes readers and hits a hundredth. Each figure is the median of
several runs, each in its own session, like that of a page or a command.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

from sqlalchemy import text
from sqlalchemy.orm import Session

from models.reports import evidence, issue_report, period, ranking
from models.reports.ranking import Query, Ranking
from models.store import db
from models.store.clock import today

from . import harness, year_data

READERS, ISSUES, HITS = 1_000_000, 200, 10_000_000
RUNS = 5
TOP = 10


def seconds(work: Callable[[Session], object], runs: int = RUNS) -> float:
    """The median of how long some work takes."""
    took = []
    for _ in range(runs):
        began = time.monotonic()
        with db.session_scope() as session:
            work(session)
        took.append(time.monotonic() - began)
    return median(took)


def main() -> None:
    """Fill a database, measure, print a table, and save the figures."""
    of_year, size = today().year - 1, harness.scale()
    with harness.servers(max_wal_size="8GB"):
        began = time.monotonic()
        issues = year_data.fill(of_year, readers=round(READERS * size), issues=ISSUES, hits=round(HITS * size))
        filled = time.monotonic() - began
        query = Query("bench", period.year(of_year), audience="official")

        def rank(session: Session) -> Ranking:
            return ranking.compute(session, query)

        def evidence_sheet(session: Session) -> None:
            evidence.sheet(session, rank(session), top=TOP)

        with db.session_scope() as session:
            hits = session.scalar(text("SELECT count(*) FROM hit")) or 0
            places = len(rank(session).places)
            clicks = sum(place["raw"] for place in evidence.sheet(session, rank(session), top=TOP)["places"])
        chosen = iter(issues[:: max(1, len(issues) // (4 * RUNS))])
        harness.save(
            "ranking",
            {
                "readers": round(READERS * size),
                "issues": len(issues),
                "hits": hits,
                "fill_s": filled,
                "articles_ranked": places,
                "ranking_ms": 1000 * seconds(rank),
                "report_ms": 1000 * seconds(lambda session: issue_report.of_issue(session, next(chosen)), 4 * RUNS),
                "evidence_s": seconds(evidence_sheet, 3),
                "evidence_clicks": clicks,
            },
        )


if __name__ == "__main__":
    main()
