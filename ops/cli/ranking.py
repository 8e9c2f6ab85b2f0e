"""``kairan ranking``: draw it, show what it stands on, make an issue of it, count it again."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from models.issues import newsletter as newsletters
from models.reports import evidence, hit_export, period, ranking
from models.reports import ranking_issue as drafts
from models.reports.hit_export import HitRow
from models.reports.period import Period
from models.reports.ranking import Measure, Query, Ranking
from models.staff import audit
from models.store import clock, db
from models.store.errors import Invalid
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
@click.option("--evidence", "sheet", type=_FILE, help="Write the sheet that opens every place to its hits.")
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
        drawn = ranking.compute(session, query)
        found = evidence.sheet(session, drawn, top=top) if sheet or draft else None
        if sheet:
            sheet.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", "utf-8")
        click.echo(_json(drawn, top) if as_json else _table(drawn, top))
        if draft:
            issue = drafts.draft(session, drawn, top=top, evidence_digest=found["digest"] if found else "")
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
    lines = ["place  last  readers  received    rate  article"]
    for place in drawn.top(top):
        last = str(place.last_number) if place.last_number else "–"
        rate = "–" if place.rate is None else f"{place.rate:.1%}"
        numbers = f"{place.number:>5}  {last:>4}  {place.readers:>7,}  {place.received:>8,}  {rate:>6}"
        lines.append(f"{numbers}  {place.title} ({place.slug})")
    return "\n".join(lines)


@ranking_.command
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--hits", "files", multiple=True, type=_FILE, help="What `kairan hits export` wrote; may be given again.")
def verify(file: Path, files: tuple[Path, ...]) -> None:
    """Count the evidence sheet FILE again: from exported hits alone, or without --hits from the database.

    docs/ranking-verify.py does the same without Kairan.
    """
    try:
        found = json.loads(file.read_text("utf-8"))
    except ValueError as error:
        raise Invalid("this is no evidence sheet", file=str(file)) from error
    if not isinstance(found, dict):
        raise Invalid("this is no evidence sheet", file=str(file))
    if files:
        faults = evidence.verify(found, (row for one in files for row in read_rows(one)))
    else:
        with db.session_scope() as session:
            query = Query.from_json(found.get("query") or {})
            faults = evidence.verify(found, evidence.rows_for(session, query))
            faults += evidence.check_reach(session, found)
    if faults:
        raise Invalid("the sheet is not right:\n" + "\n".join(f"  {fault}" for fault in faults))
    click.echo(f"Every number of the {len(found['places'])} places is right.")


def read_rows(file: Path) -> Iterator[HitRow]:
    """The hits of a CSV file.

    Raises:
        Invalid: its columns are not those of an export.
    """
    with file.open(encoding="utf-8", newline="") as opened:
        reader = csv.reader(opened)
        if tuple(next(reader, ())) != hit_export.COLUMNS:
            raise Invalid("these are no exported hits: the first line must name the columns", file=str(file), line=1)
        for values in reader:
            if len(values) != len(hit_export.COLUMNS):
                raise Invalid("this line is not whole", file=str(file), line=reader.line_num)
            yield HitRow(*values)
