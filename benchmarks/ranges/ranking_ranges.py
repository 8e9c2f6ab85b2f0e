"""How often the true number of readers lies within the range of a ranking or report, on simulated whole issues.

``python -m benchmarks.ranges.ranking_ranges --seeds 101-102``: each seed's letters go to readers who have several
issues, in three audiences; some articles stand in several issues. Every request goes through the import of access logs,
and every figure of the rankings of each quarter and of the whole time, and of each issue's report, is compared with the
readers who really clicked or opened. Another generator with a function ``traffic(seed, copies)`` is named by
``--traffic MODULE``.
"""

from __future__ import annotations

import argparse
import importlib
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import combinations
from pathlib import Path

from sqlalchemy.orm import Session

from models.reports import ranking
from models.reports.ranking import Measure, Place, Query
from models.store import db
from models.tracking.readership import Policy
from tests.simulator import simulate
from tests.simulator.__main__ import embedded_database, seeds

from . import report_ranges
from .range_counts import Counts, lines, size, values
from .simulated_year import AUDIENCES, SimulatedYear


def compare(session: Session, year: SimulatedYear, found: dict[str, Counts]) -> None:
    """Add the figures and pairs of every ranking to those of each sort."""
    for name, span in year.periods():
        for audience in ("", *AUDIENCES):
            for policy in Policy:
                for measure in Measure:
                    query = Query(year.slug, span, audience, "", policy, measure)
                    sorts = ("total", name, audience or "everybody", policy.value, measure.value)
                    _compare(year, query, ranking.compute(session, query, compare=False).places, found, sorts)


def _compare(
    year: SimulatedYear, query: Query, places: Sequence[Place], found: dict[str, Counts], sorts: Iterable[str]
) -> None:
    spans = {place.article_id: query.counting_days(place.first_sent_on or date.max) for place in places}
    true = year.true_readers(query.audience, {article: span for article, span in spans.items() if span})
    for place in places:
        for sort in (*sorts, size(place)):
            found[sort].add(place, true.get(place.article_id, 0))
    for first, second in combinations(places, 2):
        certain = first.is_surely_before(second, query.measure)
        one, other = (_value(place, true.get(place.article_id, 0), query.measure) for place in (first, second))
        for sort in sorts:
            found[sort].pairs += 1
            found[sort].certain += certain
            found[sort].swapped += one < other
            found[sort].wrong += certain and one < other


def _value(place: Place, readers: int, measure: Measure) -> float:
    return readers / place.received if measure is Measure.RATE else float(readers)


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line, simulate, rank and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ranges.ranking_ranges", description=__doc__)
    parser.add_argument("--seeds", type=seeds, default=[101], help="1 to 20 for tuning, 101 and up for reports")
    parser.add_argument("--copies", type=int, default=3000, help="letters per seed")
    parser.add_argument("--per-issue", type=int, default=300, help="letters per issue, of our own generator")
    parser.add_argument("--traffic", metavar="MODULE", help="another generator")
    parser.add_argument("--json", type=Path, metavar="F", help="write everything to this file, too")
    options = parser.parse_args(arguments)
    other = importlib.import_module(options.traffic).traffic if options.traffic else None
    found: dict[str, Counts] = defaultdict(Counts)
    with embedded_database():
        for seed in options.seeds:
            copies = other(seed, options.copies) if other else simulate.traffic(seed, options.copies, options.per_issue)
            with Session(db.engine()) as session:
                year = SimulatedYear(session, copies, f"seed-{seed}")
                session.commit()
                compare(session, year, found)
                report_ranges.compare(session, year, found)
    print("\n".join(lines(found)))
    if options.json:
        options.json.write_text(json.dumps({name: values(counts) for name, counts in found.items()}, indent=1))


if __name__ == "__main__":
    main()
