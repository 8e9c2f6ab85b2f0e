"""Evidence: the sheet is right, is refused with any number changed, and a script without Kairan agrees."""

from __future__ import annotations

import copy
import csv
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from models.reports import evidence, hit_export, period, ranking
from models.reports.hit_export import HitRow
from models.reports.ranking import Measure, Query
from models.store.errors import Invalid
from models.tracking import ingest
from models.tracking.readership import Policy
from tests import traffic_simulator

from ..tracking import sample_newsletter
from ..tracking.sample_newsletter import PUBLISHED, SampleNewsletter

SCRIPT = Path(__file__).parents[3] / "docs" / "ranking-verify.py"
QUERY = Query("dx-letter", period.year(2021))


@pytest.fixture
def made(session: Session) -> SampleNewsletter:
    """People and machines on two issues."""
    made = sample_newsletter.create(session, issue_count=2, article_count=6, reader_count=40, plain_links=3)
    links = max(made.links[made.issues[0].id])
    entries = []
    for place, name in enumerate(traffic_simulator.KINDS):
        for n, requests in enumerate(traffic_simulator.traffic(name, 6, links=links)):
            issue, reader = made.issues[n % 2], made.readers[(place * 6 + n) % 40]
            entries += [
                sample_newsletter.incoming_hit(issue.id, reader, request, made.delivered(issue.id))
                for request in requests
            ]
    ingest.store_incoming(session, entries)
    return made


def drawn(session: Session, query: Query = QUERY, top: int = 3) -> tuple[dict[str, Any], list[HitRow]]:
    """A sheet as it is read from a file, and the exported hits."""
    sheet = evidence.sheet(session, ranking.compute(session, query), top=top)
    return json.loads(json.dumps(sheet)), list(hit_export.rows(session, sheet["issues"]))


@pytest.mark.parametrize(
    "query",
    [
        QUERY,
        Query("dx-letter", period.month(2021, 5), audience="official"),
        Query("dx-letter", period.fiscal_year(2021), topic="rpa", policy=Policy.WIDE),
        Query("dx-letter", period.year(2021), measure=Measure.EARLY, first_days=1),
        Query("dx-letter", period.year(2021), measure=Measure.RATE),
    ],
)
def test_a_true_sheet_is_accepted(session: Session, made: SampleNewsletter, query: Query, tmp_path: Path) -> None:
    sheet, rows = drawn(session, query)
    assert sheet["places"]
    assert evidence.verify(sheet, rows) == []
    assert evidence.verify(sheet, reversed(rows)) == []
    assert evidence.verify(sheet, evidence.rows_for(session, query)) == []
    assert evidence.check_reach(session, sheet) == []
    assert script(tmp_path, sheet, rows) == 0


def test_the_sheet_adds_up(session: Session, made: SampleNewsletter) -> None:
    sheet, _ = drawn(session, top=6)
    for place in sheet["places"]:
        assert place["raw"] == place["counted"] + sum(place["excluded"].values())
        assert place["readers"] <= place["counted"]
    assert sum(sum(place["excluded"].values()) for place in sheet["places"]) > 50
    assert {"head", "scanner-range", "crawl"} <= {rule for place in sheet["places"] for rule in place["excluded"]}


def test_drawn_again_it_has_the_same_digest(session: Session, made: SampleNewsletter) -> None:
    found = ranking.compute(session, QUERY)
    later = replace(found, computed_at=found.computed_at + timedelta(hours=1))
    sheet, again = evidence.sheet(session, found, top=3), evidence.sheet(session, later, top=3)
    assert again["computed_at"] != sheet["computed_at"]
    assert again["digest"] == sheet["digest"]


def numbers(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where in a sheet there are numbers."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from numbers(inner, (*path, name))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from numbers(inner, (*path, place))
    elif isinstance(value, int):
        yield path


def changed(sheet: dict[str, Any], path: tuple[Any, ...], *, sign: bool) -> dict[str, Any]:
    """The sheet with one number raised; signed afresh by somebody who knows how."""
    forged = copy.deepcopy(sheet)
    spot = forged
    for step in path[:-1]:
        spot = spot[step]
    spot[path[-1]] += 1
    if sign:
        forged["digest"] = evidence.digest(forged)
    return forged


def test_any_changed_number_is_refused(session: Session, made: SampleNewsletter, tmp_path: Path) -> None:
    sheet, rows = drawn(session)
    paths = list(numbers(sheet))
    assert len(paths) > 40
    for path in paths:
        assert evidence.verify(changed(sheet, path, sign=False), rows), path


def test_a_forged_digest_does_not_help(session: Session, made: SampleNewsletter, tmp_path: Path) -> None:
    """Whoever signs afresh is found out by the hits; what received an article, by the database."""
    sheet, rows = drawn(session)
    counted = {"number", "readers", "raw", "counted"}
    paths = [path for path in numbers(sheet) if path[-1] in counted or "excluded" in path]
    assert len(paths) > 15
    for path in paths:
        assert evidence.verify(changed(sheet, path, sign=True), rows), path
    assert script(tmp_path, changed(sheet, paths[0], sign=True), rows) == 1
    received = changed(sheet, ("places", 0, "received"), sign=True)
    assert evidence.check_reach(session, received)


def test_changed_hits_are_found_out(session: Session, made: SampleNewsletter, tmp_path: Path) -> None:
    sheet, rows = drawn(session)
    place = next(
        n for n, row in enumerate(rows) if row.article == sheet["places"][0]["article"] and row.verdict == "human"
    )
    for forged in (
        [*rows[:place], *rows[place + 1 :]],
        [*rows, rows[place]],
        [*rows[:place], rows[place]._replace(verdict="scanner", rules="burst@1"), *rows[place + 1 :]],
        [*rows[:place], rows[place]._replace(reader="0" * 16), *rows[place + 1 :]],
    ):
        assert evidence.verify(sheet, forged)
        assert script(tmp_path, sheet, forged) == 1


def test_an_article_left_out_is_found_out(session: Session, made: SampleNewsletter, tmp_path: Path) -> None:
    sheet, rows = drawn(session)
    del sheet["places"][0]
    for number, entry in enumerate([*sheet["places"], *sheet["others"]], 1):
        entry["number"] = number
    sheet["digest"] = evidence.digest(sheet)
    assert any("is missing" in fault for fault in evidence.verify(sheet, rows))
    assert script(tmp_path, sheet, rows) == 1


@pytest.mark.parametrize("broken", [{}, {"query": 1}, {"query": {}, "places": []}])
def test_what_is_no_sheet(broken: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        evidence.verify(broken, [])


def test_exports_hide_who_read(session: Session, made: SampleNewsletter) -> None:
    _, rows = drawn(session)
    assert {len(row.reader) for row in rows} == {16}
    assert len({row.reader for row in rows}) == len(made.readers)
    assert not {str(reader) for reader in made.readers} & {row.reader for row in rows}


def script(folder: Path, sheet: dict[str, Any], rows: list[HitRow]) -> int:
    """What the script without Kairan says: 0 where everything is right."""
    (folder / "sheet.json").write_text(json.dumps(sheet, ensure_ascii=False), "utf-8")
    with (folder / "hits.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(hit_export.COLUMNS)
        writer.writerows(rows)
    command = [sys.executable, "-I", str(SCRIPT), str(folder / "sheet.json"), str(folder / "hits.csv")]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    assert answer.stderr == ""
    return answer.returncode


def test_the_script_is_short_and_stands_alone() -> None:
    lines = SCRIPT.read_text("utf-8").splitlines()
    assert len(lines) < 60
    imported = {line.split()[1] for line in lines if line.startswith(("import ", "from "))}
    assert imported <= set(sys.stdlib_module_names)


def test_it_cannot_be_drawn_for_hits_that_are_gone(session: Session, made: SampleNewsletter) -> None:
    found = ranking.compute(session, QUERY)
    session.execute(text("DROP TABLE hit_2021_04"))
    with pytest.raises(Invalid, match="no longer kept"):
        evidence.sheet(session, found, top=1)


def test_a_sheet_of_nothing(session: Session, made: SampleNewsletter) -> None:
    sheet, rows = drawn(session, Query("dx-letter", period.year(2020)))
    assert sheet["places"] == []
    assert evidence.verify(sheet, rows) == []


def test_hits_that_come_in_change_nothing_that_is_past(session: Session, made: SampleNewsletter) -> None:
    sheet, _ = drawn(session)
    late = sample_newsletter.click(made.issues[0].id, made.readers[0], 1, PUBLISHED + timedelta(days=400))
    ingest.store_incoming(session, [late])
    assert evidence.verify(sheet, evidence.rows_for(session, QUERY)) == []
