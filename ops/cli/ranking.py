"""``kairan ranking``: draw it, show what it stands on, make an issue of it, count it again."""

from __future__ import annotations

import csv
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from models.issues import newsletter as newsletters
from models.reports import (
    evidence,
    evidence_check,
    evidence_files,
    hit_export,
    period,
    ranking,
    ranking_clicks,
    ranking_key,
)
from models.reports import ranking_issue as drafts
from models.reports.evidence import Evidence
from models.reports.period import Period
from models.reports.ranking import Measure, Query, Ranking
from models.staff import audit
from models.store import clock, db
from models.store.errors import Invalid
from models.store.phrase import joined, phrase
from models.tracking.readership import Policy

_FILE = click.Path(path_type=Path, dir_okay=False)
_DAY = click.DateTime(["%Y-%m-%d"])


@click.group("ranking", invoke_without_command=True)
@click.option("--newsletter", default="", help="Slug; needed where there is more than one.")
@click.option("--year", type=int, help="Calendar year, or with --fiscal the one from April; this year by default.")
@click.option("--fiscal", is_flag=True, help="The year from April to March (年度).")
@click.option("--quarter", type=int, help="Quarter 1 to 4 of the calendar year.")
@click.option("--month", type=int, help="Month 1 to 12.")
@click.option("--from", "first", type=_DAY, help="First day of a free period.")
@click.option("--until", "last", type=_DAY, help="Last day of a free period.")
@click.option("--audience", default="", help="Slug of an audience; all readers by default.")
@click.option("--topic", default="", help="Slug of a topic; all by default.")
@click.option("--policy", type=click.Choice([p.value for p in Policy]), default="human", show_default=True)
@click.option("--measure", type=click.Choice([m.value for m in Measure]), default="readers", show_default=True)
@click.option("--first-days", type=click.IntRange(1), default=30, show_default=True, help="With --measure early.")
@click.option("--top", type=click.IntRange(1, 100), default=5, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.option(
    "--evidence", "sheet", type=_FILE, help="Write the signed sheet, and -clicks.csv and -reach.json beside it."
)
@click.option("--draft", is_flag=True, help="Make a ranking issue of it, as a draft.")
@click.pass_context
def ranking_(context: click.Context, /, top: int, as_json: bool, sheet: Path | None, draft: bool, **asked: Any) -> None:
    """Rank a period's articles by their human readers (days in Asia/Tokyo)."""
    if context.invoked_subcommand:
        return
    with db.session_scope() as session:
        # One look at the database for all: hits come in meanwhile.
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        query = _query(session, **asked)
        found = evidence.draw(session, query, top=top) if sheet or draft else None
        drawn = found.ranking if found else ranking.compute(session, query)
        if sheet and found:
            _write_evidence(session, sheet, found)
        click.echo(_json(drawn, top) if as_json else _table(drawn, top))
    if draft:
        with db.session_scope() as session:  # the audit log is chained to its last entry, not to one of a look back
            issue = drafts.draft(session, drawn, top=top, evidence_digest=found.sheet["digest"] if found else "")
            audit.record(session, "kairan ranking", "draft ranking", f"issue/{issue.id}", query=query.as_json())
        click.echo(f"Issue {issue.id} (no. {issue.number}) is drafted: “{issue.subject}”.", err=as_json)


def _query(session: Session, newsletter: str, audience: str, topic: str, **asked: Any) -> Query:
    slug = newsletter or newsletters.single(session).slug
    return Query(
        slug,
        chosen_period(**{name: asked[name] for name in ("year", "fiscal", "quarter", "month", "first", "last")}),
        audience,
        topic,
        Policy(asked["policy"]),
        Measure(asked["measure"]),
        asked["first_days"],
    )


def chosen_period(
    year: int | None,
    fiscal: bool,
    quarter: int | None,
    month: int | None,
    first: datetime | None,
    last: datetime | None,
) -> Period:
    """The period that the options mean.

    Raises:
        Invalid: they contradict each other, or there is no such period.
    """
    if sum([fiscal, quarter is not None, month is not None, bool(first or last)]) > 1:
        raise Invalid("choose one of --fiscal, --quarter, --month, or --from with --until")
    if first or last:
        if not first or not last or year is not None:
            raise Invalid("a free period needs --from and --until, and no --year")
        return period.free(first.date(), last.date())
    today = clock.today()
    if fiscal:
        return period.fiscal_year(year if year is not None else today.year - (today.month < 4))
    number = today.year if year is None else year
    if quarter is not None:
        return period.quarter(number, quarter)
    return period.month(number, month) if month is not None else period.year(number)


def _json(drawn: Ranking, top: int) -> str:
    places = [
        {
            "number": place.number,
            "article": place.slug,
            "title": place.title,
            "readers": place.readers,
            "at_least": place.at_least,
            "at_most": place.at_most,
            "received": place.received,
            "rate": place.rate,
            "last_number": place.last_number,
        }
        for place in drawn.top(top)
    ]
    return json.dumps({"query": drawn.query.as_json(), "places": places}, ensure_ascii=False, indent=1)


def _table(drawn: Ranking, top: int) -> str:
    if not drawn.places:
        return "No article had a reader in this period."
    # The title stands last: full-width letters would push what follows out of its column.
    lines = ["place  last  readers  at least  at most  received    rate  article"]
    for place in drawn.top(top):
        last = str(place.last_number) if place.last_number else "–"
        rate = "–" if place.rate is None else f"{place.rate:.1%}"
        numbers = f"{place.number:>5}  {last:>4}  {place.readers:>7,}  {place.at_least:>8,}  {place.at_most:>7,}"
        numbers += f"  {place.received:>8,}  {rate:>6}"
        lines.append(f"{numbers}  {place.title} ({place.slug})")
    return "\n".join(lines)


@ranking_.command
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--hits", "files", multiple=True, type=_FILE, help="The clicks beside the sheet; may be given again.")
@click.option("--reach", "reach", type=_FILE, help="The reach file beside the sheet.")
@click.option("--key", default="", help="The newsletter's public key: a file, or 64 hexadecimal digits.")
def verify(file: Path, files: tuple[Path, ...], reach: Path | None, key: str) -> None:
    """Count the evidence sheet FILE again: from its files and the key alone, or without any from the database.

    Says what was verified and what was not. docs/verify/ranking-verify.py does the same without Kairan.
    """
    found = evidence_files.read_json(file)
    if files or reach or key:
        keys = evidence_check.read_keys(_text_of(key)) if key else None
        rows = (row for one in files for row in evidence_files.read_rows(one)) if files else None
        done = evidence_check.verify(found, rows, evidence_files.read_json(reach) if reach else None, keys)
    else:
        with db.snapshot() as session:
            done = evidence_check.verify_here(session, found)
    for one in done.verified:
        click.echo(f"Looked at: {one}.")
    for one in done.unverified:
        click.echo(f"NOT looked at: {one}.")
    if done.faults:
        faults = joined([f"  {fault}" for fault in done.faults], "\n")
        raise Invalid(phrase("the sheet is not right:\n{faults}", faults=faults))
    whole = f"Every number of the {len(found['places'])} places is right."
    click.echo("Nothing else is wrong." if done.unverified else whole)


@ranking_.command
@click.option("--newsletter", default="", help="Slug; needed where there is more than one.")
@click.option("--new", is_flag=True, help="Retire the key that signs now, and make another one.")
def key(newsletter: str, new: bool) -> None:
    """Write the public keys that evidence is signed with, the latest first, as the archive publishes them."""
    with db.session_scope() as session:
        slug = newsletter or newsletters.single(session).slug
        found = newsletters.find(session, slug)
        made = ranking_key.rotate(session, found) if new else ranking_key.current(session, found)
        if new:
            audit.record(session, "kairan ranking", "new ranking key", f"newsletter/{slug}", key=made.id)
        click.echo(ranking_key.published(ranking_key.list_keys(session, found)), nl=False)


def _text_of(key: str) -> str:
    try:
        return evidence_files.read_text(Path(key)) if Path(key).is_file() else key
    except (OSError, ValueError) as error:
        raise Invalid("this key cannot be read", file=key) from error


def _write_evidence(session: Session, file: Path, found: Evidence) -> None:
    """The sheet, and beside it its clicks and its reach file, all of one look at the database."""
    clicks, reach = files_beside(file)
    for path, content in ((file, found.sheet), (reach, found.reach)):
        path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", "utf-8")
    with clicks.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened, lineterminator="\n")
        writer.writerow(hit_export.COLUMNS)
        writer.writerows(ranking_clicks.rows(session, found.clicks))


def files_beside(file: Path) -> tuple[Path, Path]:
    """Where the clicks and the reach file of the sheet *file* lie."""
    return file.with_name(f"{file.stem}-clicks.csv"), file.with_name(f"{file.stem}-reach.json")
