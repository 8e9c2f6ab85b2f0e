"""``python -m tests.simulator``: judge simulated traffic in a database of its own, and print how right the verdicts
are."""

from __future__ import annotations

import argparse
import importlib
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.orm import Session

from models import migrations
from models.store import db
from ops.run.embedded import Postgres
from tests.conftest import NOWHERE, SECRET, set_environment

from .import_traffic import JudgedCopy, judge
from .records import Copy
from .score import by_kind, calibration, score, score_by_kind, score_by_source, totals
from .simulate import KINDS, traffic, traffic_of


@contextmanager
def embedded_database() -> Iterator[None]:
    """PostgreSQL in a temporary folder, every migration run, as tests have it."""
    folder = Path(tempfile.mkdtemp(prefix="ks-", dir="/tmp"))
    folder.chmod(0o755)  # PostgreSQL runs under another account when we are root.
    set_environment(SECRET_KEY=SECRET, KAIRAN_DATA=str(folder / "data"), **NOWHERE)
    server = Postgres(folder / "postgres", durable=False)
    try:
        set_environment(DATABASE_URL=server.start())
        migrations.upgrade()
        yield
    finally:
        db.dispose()
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def seeds(value: str) -> list[int]:
    """The numbers of ``1-4`` or ``1,3,101-103``."""
    found = []
    for part in value.split(","):
        first, _, last = part.partition("-")
        found += range(int(first), int(last or first) + 1)
    return found


def judge_seeds(
    numbers: Sequence[int], copies: int, kind: str | None = None, made: Callable[[int, int], list[Copy]] = traffic
) -> list[JudgedCopy]:
    """Judge the traffic of each seed, each in a newsletter of its own, in the database of the settings."""
    judged: list[JudgedCopy] = []
    for seed in numbers:
        found = traffic_of(kind, seed, copies) if kind else made(seed, copies)
        with Session(db.engine()) as session:
            judged += judge(session, found, f"seed-{seed}")
            session.commit()
    return judged


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line, judge and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulator", description=__doc__)
    parser.add_argument(
        "--seeds", type=seeds, default=[1], help="1-4 or 1,3; 1 to 20 for tuning, 101 and up for reports"
    )
    parser.add_argument("--copies", type=int, default=3000, help="letters per seed")
    parser.add_argument("--kind", choices=sorted(KINDS), help="only this kind")
    parser.add_argument("--traffic", metavar="MODULE", help="another generator, such as tests.traffic.traffic_letters")
    parser.add_argument("--by-kind", action="store_true", help="also a line for each kind")
    parser.add_argument(
        "--by-source", action="store_true", help="also a line for each maker of requests, inside mixtures, too"
    )
    parser.add_argument("--json", type=Path, metavar="F", help="write everything to this file, too")
    options = parser.parse_args(arguments)
    made = importlib.import_module(options.traffic).traffic if options.traffic else traffic
    with embedded_database():
        judged = judge_seeds(options.seeds, options.copies, options.kind, made)
    total, kinds, sources = score(judged), score_by_kind(judged), score_by_source(judged)
    untold = frozenset(name for name, found in KINDS.items() if not found.tellable)
    print("\n".join([*totals(total), "", *calibration(total)]))
    if options.by_kind:
        print("\n".join(["", *by_kind(kinds, untold)]))
    if options.by_source:
        print("\n".join(["", *by_kind(sources, untold)]))
    if options.json:
        values = {
            "seeds": options.seeds, "copies": options.copies, "total": total.values(),
            "kinds": {name: found.values() for name, found in kinds.items()},
            "sources": {name: found.values() for name, found in sources.items()},
        }  # fmt: skip
        options.json.write_text(json.dumps(values, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
