"""`kairan hits` and `kairan ranking`, as a person types them, against a real database."""

from __future__ import annotations

import csv
import json
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from redis import Redis
from sqlalchemy import Engine, func, select, text

from models.reports.kept import issue_sums
from models.reports.kept.issue_sums import HourlyReaderCount
from models.store import token
from models.store.db import session_scope
from models.store.errors import Invalid
from models.store.token import Purpose
from models.tracking.hit import STREAM
from ops.cli import kairan
from tests import sample_requests
from tests.models.tracking import sample_newsletter
from tests.models.tracking.sample_newsletter import PUBLISHED, SampleNewsletter
from worker.tracking.ingest import count_for_reports


def run(*words: str, code: int = 0) -> Result:
    """One command; its output."""
    result = CliRunner().invoke(kairan, words)
    assert result.exit_code == code, f"{result.output}\n{result.exception!r}"
    return result


@pytest.fixture
def made(database: Engine, redis_client: Redis) -> SampleNewsletter:
    with session_scope() as session:
        return sample_newsletter.create(session)


def line(made: SampleNewsletter, reader: int, link: int, hours: int, agent: str = sample_requests.CHROME) -> str:
    """A click as an access log keeps it."""
    path = f"/c/{link}/{token.make(Purpose.CLICK, made.issues[0].id, made.readers[reader])}"
    at = PUBLISHED + timedelta(hours=hours)
    headers = {"User-Agent": agent, **sample_requests.BROWSER}
    return json.dumps({"time": at.isoformat(), "url": path, "client": "198.51.100.7", "headers": headers})


@pytest.fixture
def imported(made: SampleNewsletter, tmp_path: Path) -> Path:
    """Clicks of five readers, one of them a program, taken from a file; and the file."""
    clicks = [(0, 1, 30), (1, 1, 31), (2, 1, 32), (0, 2, 33), (3, 2, 34)]
    lines = [line(made, *click) for click in clicks] + [line(made, 4, 1, 40, "curl/8.5.0")]
    file = tmp_path / "hits.jsonl"
    file.write_text("\n".join(lines) + "\n", "utf-8")
    assert run("hits", "import", str(file)).output.startswith("6 new, 0 known before")
    return file


def export(made: SampleNewsletter, folder: Path) -> Path:
    """What is stored, as CSV."""
    file = folder / "hits.csv"
    numbers = [word for issue in made.issues for word in ("--issue", str(issue.id))]
    assert "6 hits written" in run("hits", "export", *numbers, "--out", str(file)).output
    return file


def test_a_file_again_changes_nothing(made: SampleNewsletter, imported: Path) -> None:
    assert run("hits", "import", str(imported)).output.startswith("0 new, 6 known before")


def test_the_sums_of_an_old_issue_follow_what_is_imported_and_judged_again(
    made: SampleNewsletter, imported: Path
) -> None:
    issue, file = made.issues[0].id, imported.with_name("later.jsonl")
    file.write_text(line(made, 5, 1, 50) + "\n" + line(made, 5, 2, 51) + "\n", "utf-8")

    def hits() -> int | None:
        with session_scope() as session:
            of_issue = HourlyReaderCount.issue_id == issue
            return session.scalar(select(func.sum(HourlyReaderCount.hits)).where(of_issue))

    def stale() -> list[int]:
        with session_scope() as session:
            return issue_sums.stale(session)

    count_for_reports()
    assert (hits(), stale()) == (6, [])
    run("hits", "import", str(file))
    assert stale() == [issue]
    count_for_reports()
    assert (hits(), stale()) == (8, [])
    run("hits", "import", str(file))
    assert stale() == []
    run("hits", "reclassify", "--since", "2021-04-01")
    assert stale() == [issue]


def test_wrong_lines_are_named_and_the_others_taken(made: SampleNewsletter, imported: Path) -> None:
    imported.write_text("nonsense\n" + line(made, 5, 1, 50) + "\n", "utf-8")
    output = run("hits", "import", str(imported), code=1).output
    assert "this is no JSON" in output
    assert "1 new" in output
    assert "1 wrong lines" in output


def test_a_byte_order_mark_and_nested_brackets_lose_no_hit(made: SampleNewsletter, imported: Path) -> None:
    lines = [line(made, 5, 1, 50), "[" * 100_000, line(made, 5, 2, 51)]
    imported.write_text("\n".join(lines) + "\n", "utf-8-sig")
    output = run("hits", "import", str(imported), code=1).output
    assert "2 new" in output
    assert "1 wrong lines" in output


def test_the_export_says_what_each_hit_was(made: SampleNewsletter, imported: Path, tmp_path: Path) -> None:
    with export(made, tmp_path).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert sorted(row["verdict"] for row in rows) == ["human"] * 5 + ["scanner"]
    (machine,) = [row for row in rows if row["verdict"] == "scanner"]
    assert (machine["rules"], machine["method"], machine["article"]) == (
        "tool-agent@2 reader-language@1",
        "GET",
        "article-0",
    )


def test_judged_again_rankings_follow(made: SampleNewsletter, imported: Path) -> None:
    """As if the version before had not known of programs: the hit, its roll-ups and its reader are put right."""
    before = run("ranking", "--year", "2021", "--json").output
    with session_scope() as session:
        session.execute(text("UPDATE delivery SET at = at + interval '31 hours' WHERE subscriber_id = :reader"),
                        {"reader": made.readers[1]})  # fmt: skip
    assert "1 verdicts changed in 5 copies" in run("hits", "reclassify", "--since", "2021-04-01").output
    assert "0 verdicts changed" in run("hits", "reclassify", "--since", "2021-04-01").output
    after = run("ranking", "--year", "2021", "--json").output
    readers = [[place["readers"] for place in json.loads(told)["places"]] for told in (before, after)]
    assert readers == [[3, 2], [2, 2]]


def test_waiting_hits_are_moved(made: SampleNewsletter, redis_client: Redis) -> None:
    hit = sample_newsletter.click(made.issues[0].id, made.readers[0], 1, PUBLISHED + timedelta(days=1))
    redis_client.xadd(STREAM, {"h": hit.pack()})
    assert run("hits", "move").output == "1 hits moved.\n"


def test_a_ranking_is_drawn_shown_and_counted_again(made: SampleNewsletter, imported: Path, tmp_path: Path) -> None:
    sheet, key = tmp_path / "sheet.json", tmp_path / "key.pem"
    output = run("ranking", "--year", "2021", "--evidence", str(sheet)).output
    assert [row.split()[:3] for row in output.splitlines()[1:]] == [["1", "–", "3"], ["2", "–", "2"]]
    key.write_text(run("ranking", "key").output, "utf-8")
    hits, reach = tmp_path / "sheet-clicks.csv", tmp_path / "sheet-reach.json"
    for more in ([], ["--hits", str(hits), "--reach", str(reach), "--key", str(key)]):
        assert "Every number of the 2 places is right" in run("ranking", "verify", str(sheet), *more).output
    told = run("ranking", "verify", str(sheet), "--hits", str(hits)).output
    assert told.count("NOT looked at") == 2
    assert "no public key given" in told
    assert "Every number" not in told
    found = json.loads(sheet.read_text("utf-8"))
    assert found["places"][0]["excluded"] == {"tool-agent": 1}
    found["places"][1]["readers"] += 1
    sheet.write_text(json.dumps(found), "utf-8")
    refused = CliRunner().invoke(kairan, ["ranking", "verify", str(sheet), "--hits", str(hits)])
    assert isinstance(refused.exception, Invalid)
    assert "article-1: readers is 3, should be 2" in str(refused.exception)


def test_a_new_key_leaves_the_old_one_published(made: SampleNewsletter, imported: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.json"
    run("ranking", "--year", "2021", "--evidence", str(sheet))
    assert run("ranking", "key").output.count("BEGIN PUBLIC KEY") == 1
    keys = run("ranking", "key", "--new").output
    assert (keys.count("BEGIN PUBLIC KEY"), keys.count("Retired: ")) == (2, 1)
    assert json.loads(sheet.read_text("utf-8"))["key"] in keys
    assert "Every number of the 2 places is right" in run("ranking", "verify", str(sheet)).output


def test_a_sheet_of_a_former_version_is_refused(made: SampleNewsletter, tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.json"
    sheet.write_text(json.dumps({"kind": "kairan ranking evidence 1", "places": []}), "utf-8")
    refused = CliRunner().invoke(kairan, ["ranking", "verify", str(sheet)])
    assert isinstance(refused.exception, Invalid)
    assert "which is not signed" in str(refused.exception)


def test_a_ranking_becomes_a_draft(made: SampleNewsletter, imported: Path) -> None:
    assert "is drafted" in run("ranking", "--year", "2021", "--top", "2", "--draft").output
