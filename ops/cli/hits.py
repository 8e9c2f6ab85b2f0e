"""``kairan hits``: hits in and out, and judged again."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import TextIO

import click
from sqlalchemy.orm import Session

from models.issues import issue as issues
from models.reports import hit_export
from models.reports.kept import issue_sums
from models.staff import audit
from models.store import clock, db
from models.store.errors import Invalid
from models.tracking import access_log, ingest
from models.tracking import reclassify as again
from models.tracking.hit import IncomingHit
from worker.tracking import ingest as mover
from worker.tracking import reclassify_pool

_BATCH = 5000
_MAX_LISTED = 20


@click.group
def hits() -> None:
    """Opens, clicks and views: import, export, judge again."""


@hits.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def import_(file: Path) -> None:
    """Store the hits in FILE, one JSON object a line: time, url, method, client, headers; see docs/verdicts.md.

    They are judged as if they had come in live. The same file again changes nothing. Lines that are no hits are
    named and left out.
    """
    total, wrong = ingest.IngestResult(), 0
    batch: list[IncomingHit] = []
    with file.open(encoding="utf-8-sig", errors="replace") as lines:  # A byte order mark is no part of the first line.
        for found in access_log.read_lines(lines, str(file)):
            if isinstance(found, Invalid):
                wrong += 1
                if wrong <= _MAX_LISTED:
                    click.echo(str(found), err=True)
                continue
            batch.append(found)
            if len(batch) == _BATCH:
                _store(batch, total)
                batch = []
    _store(batch, total)
    words = [f"{total.new:,} new", f"{total.repeated:,} known before", f"{total.untracked:,} not tracked"]
    words += [f"{total.left_out:,} nameless ones that cannot be kept"] if total.left_out else []
    click.echo(f"{', '.join(words)}, {total.rejected:,} that fit no issue or link, {wrong:,} wrong lines.")
    if wrong:
        sys.exit(1)


def _store(batch: list[IncomingHit], total: ingest.IngestResult) -> None:
    with db.session_scope() as session:
        stored = ingest.store_incoming(session, batch, imported=True)
        if stored.new:
            issue_sums.forget(session, (hit.issue for hit in batch))
    for name in ingest.IngestResult.__slots__:
        setattr(total, name, getattr(total, name) + getattr(stored, name))


@hits.command("export")
@click.option("--issue", "numbers", type=int, multiple=True, required=True, help="ID of an issue; may be given again.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="File to write; by default the output.")
@click.option("--linkable", is_flag=True, help="Exact times, and one code for a reader in all issues and exports.")
def export_(numbers: tuple[int, ...], out: Path | None, *, linkable: bool) -> None:
    """Write every hit of issues as CSV: time, link, article, reader (a code), verdict, rules.

    Times are whole minutes, and a reader has another code in each issue and export.
    """
    with db.session_scope() as session:
        for number in numbers:
            issues.get(session, number)
        rows = hit_export.rows(session, numbers, linkable=linkable)
        if out is None:
            _write(rows, sys.stdout)
        else:
            with out.open("w", encoding="utf-8", newline="") as file:
                click.echo(f"{_write(rows, file):,} hits written to {out}.")


def _write(rows: Iterable[hit_export.HitRow], file: TextIO) -> int:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(hit_export.COLUMNS)
    written = 0
    for row in rows:
        writer.writerow(row)
        written += 1
    return written


@hits.command
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), required=True, help="A day in Asia/Tokyo.")
@click.option("--processes", type=click.IntRange(1, 64), help="How many judge; by default one per processor.")
def reclassify(since: datetime, processes: int | None) -> None:
    """Judge hits since a day again, by the rules of this version. Roll-ups, reports and rankings follow."""
    done = reclassify_pool.ReclassifyProgress(0, 0)
    for done in reclassify_pool.run(clock.start_of_day(since.date()), processes):
        click.echo(f"\r{done.copies:,} copies looked at, {done.changed:,} verdicts changed", nl=False, err=True)
    changed = done.changed
    changed += _reclassify_replays(since.date())
    with db.session_scope() as session:
        issue_sums.forget_since(session, since.date())
        _record(session, since, changed)
    click.echo(f"{changed:,} verdicts changed in {done.copies:,} copies.")


def _reclassify_replays(since: date) -> int:
    """Compare clicks across copies, once each copy has been judged by itself."""
    changed = 0
    with db.session_scope() as session:
        days = again.days_with_hits(session, clock.start_of_day(since))
    for day in days:
        with db.session_scope() as session:
            changed += again.reclassify_replays(session, day)
        click.echo(f"\rcompared across copies until {day}, {changed:,} verdicts changed", nl=False, err=True)
    return changed


def _record(session: Session, since: datetime, changed: int) -> None:
    audit.record(session, "kairan hits", "reclassify hits", since=since.date().isoformat(), changed=changed)


@hits.command
def move() -> None:
    """Move waiting hits to the database now, as the worker does every second."""
    click.echo(f"{mover.ingest_all():,} hits moved.")
