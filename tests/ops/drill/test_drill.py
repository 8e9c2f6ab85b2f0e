"""The fire drill: it runs, it says yes where all is well, and no where anything is not."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from models.deliveries.delivery import Delivery, DeliveryState
from models.deliveries.preparation import Preparation
from models.issues import issue as issues
from models.issues.block import Prose
from models.issues.issue_state import IssueState
from models.store import clock
from ops.drill import reconcile
from ops.drill.smtp_server import ReaderCount

from ...sample import make_newsletter, make_reader
from ...servers import ROOT, SmtpCatcher

STATES = [*[DeliveryState.ACCEPTED] * 3, DeliveryState.BOUNCED, DeliveryState.UNKNOWN, DeliveryState.UNKNOWN]


def drill(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ops.cli", "drill", *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_a_small_drill() -> None:
    ran = drill("--recipients", "2000", "--kills", "2", "--seed", "11")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert len(re.findall(r"killed", ran.stdout)) == 2
    assert re.search(r"targeted +2,000\n", ran.stdout)
    assert "nobody was mailed twice" in ran.stdout


@pytest.mark.slow
def test_to_a_server_of_the_callers(smtp_catcher: SmtpCatcher, tmp_path: Path) -> None:
    lines = tmp_path / "letters.csv"
    ran = drill("--recipients", "300", "--kills", "0", "--smtp", f"127.0.0.1:{smtp_catcher.port}", "--list", str(lines))
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert sorted(line.split(",")[0] for line in lines.read_text().splitlines()) == sorted(
        letter.recipients[0] for letter in smtp_catcher.letters
    )
    assert len(smtp_catcher.letters) == 300


@pytest.mark.slow
def test_case_d1_d2_case_d3_parts_are_taken_away_in_turn_and_together() -> None:
    parts = ["broker", "database", "disk", "worker", "beat"]
    ran = drill("--recipients", "600", "--seed", "1", "--faults", ",".join(parts), "--fault-seconds", "1")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    for part in parts:
        assert re.search(rf"  {part}: away for", ran.stdout), "each in turn"
    assert re.search(r"  (\w+, ){4}\w+: away for", ran.stdout), "and all together"
    assert "lost 0, twice 0" in ran.stdout
    hits = re.search(r"hits: ([\d,]+) answered, ([\d,]+) in the database, 0 not answered", ran.stdout)
    assert hits
    assert hits[1] == hits[2] != "0"


def test_an_unknown_part_is_named() -> None:
    ran = drill("--faults", "broker,moon")
    assert ran.returncode == 2
    assert "parts are broker, database, disk, worker, beat" in ran.stderr


def six_deliveries(session: Session) -> int:
    """Six letters: three accepted, one bounced, two unknown, one of them by a broken connection."""
    home = make_newsletter(session)
    issue = issues.create(session, home, subject="号", blocks=[Prose(text="本文です。")])
    issue.state, issue.prepared_at = IssueState.SENT, clock.now()
    for number, state in enumerate(STATES):
        reader = make_reader(session, home, f"reader{number}@town.example").subscriber_id
        relay = None if number == 5 else "127.0.0.1:25"
        session.add(Delivery(issue_id=issue.id, subscriber_id=reader, edition=1, lane_id=1, state=state, relay=relay))
    session.add(Preparation(issue_id=issue.id, targeted=len(STATES), left_out=0, editions=1, batches=1))
    session.flush()
    return issue.id


def counted() -> ReaderCount:
    """What a server has seen that agrees with them."""
    count = ReaderCount()
    count.taken.update(f"reader{number}@town.example" for number in (0, 1, 2, 5))
    count.refused.add("reader3@town.example")
    count.in_doubt["reader4@town.example"] += 1
    return count


def test_where_books_and_server_agree(session: Session) -> None:
    found = reconcile.reconcile(session, six_deliveries(session), counted(), unknown_at_most=1)
    assert found.wrong == ()
    assert (found.unknown_by_server, found.unknown_by_kill) == (1, 1)
    assert any("- unknown                2" in line for line in reconcile.table(found))


def twice(count: ReaderCount) -> None:
    count.taken["reader1@town.example"] += 1


def lost(count: ReaderCount) -> None:
    del count.taken["reader1@town.example"]


def stranger(count: ReaderCount) -> None:
    count.taken["stranger@town.example"] += 1


def mailed_and_bounced(count: ReaderCount) -> None:
    count.taken["reader3@town.example"] += 1


def never_refused(count: ReaderCount) -> None:
    count.refused.clear()


def never_broken(count: ReaderCount) -> None:
    count.in_doubt.clear()


def misaddressed(count: ReaderCount) -> None:
    count.misaddressed = 1


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (twice, "1 mailed twice: reader1@town.example"),
        (lost, "1 accepted in the database, never taken by the server: reader1"),
        (stranger, "1 mailed, and never meant to be: stranger"),
        (mailed_and_bounced, "1 taken by the server, something else in the database: reader3"),
        (never_refused, "1 refused in the database, never by the server: reader3"),
        (never_broken, "1 unknown by a broken connection that the server never broke: reader4"),
        (misaddressed, "another To"),
    ],
)
def test_where_they_do_not(change: Callable[[ReaderCount], None], says: str, session: Session) -> None:
    count = counted()
    change(count)
    (wrong,) = reconcile.reconcile(session, six_deliveries(session), count, unknown_at_most=1).wrong
    assert says in wrong


def test_more_unknown_than_may_be(session: Session) -> None:
    (wrong,) = reconcile.reconcile(session, six_deliveries(session), counted(), unknown_at_most=0).wrong
    assert "at most 0 may be" in wrong


@pytest.mark.parametrize(
    ("stored", "says"),
    [
        ([1, 2, 3], []),
        ([1, 2, 3, 4], []),
        ([1, 4], ["2 hits answered and not in the database: 2, 3"]),
        ([1, 2, 3, 3], ["1 hits in the database more than once: 3"]),
        ([0, 1, 2], ["1 hits answered and not in the database: 3", "1 hits in the database and never asked for: 0"]),
    ],
)
def test_case_d3_each_answered_hit_must_be_there_once(stored: list[int], says: list[str]) -> None:
    assert list(reconcile.compare_hits({1, 2, 3}, {4}, Counter(stored))) == says
