"""`kairan hits reclassify` that is killed half-way: nothing is half done, and the next run does all of it."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import timedelta

from sqlalchemy import Engine, text

from models.reports import period, ranking
from models.reports.ranking import Query
from models.store.db import session_scope
from models.tracking import ingest
from tests.models.tracking import sample_newsletter
from tests.models.tracking.sample_newsletter import PUBLISHED, SampleNewsletter
from tests.servers import ROOT

COMMAND = [sys.executable, "-m", "ops.cli", "hits", "reclassify", "--since", "2021-04-01"]
LOCK = 4711
"""An advisory lock at which the third changed hit waits."""
TABLES = ("tally", "turnout", "daily_reader_count", "reading", "readership")


def readers(made: SampleNewsletter) -> list[int]:
    with session_scope() as session:
        places = ranking.compute(session, Query(made.newsletter.slug, period.year(2021))).places
        return [place.readers for place in places]


def rows(connection: Engine) -> dict[str, list[tuple[object, ...]]]:
    """Every verdict and roll-up; counts of zero are none."""
    with connection.connect() as opened:
        found = {name: [tuple(row) for row in opened.execute(text(f"SELECT * FROM {name}"))] for name in TABLES}
        found["hit"] = [tuple(row) for row in opened.execute(text("SELECT id, verdict, certainty, rules FROM hit"))]
    return {name: sorted(kept, key=str) for name, kept in found.items()}


def test_case_8_killed_half_way(database: Engine, redis_client: object) -> None:
    with session_scope() as session:
        made = sample_newsletter.create(session, issue_count=1, reader_count=8)
        for number, reader in enumerate(made.readers):
            at = PUBLISHED + timedelta(hours=1, seconds=number)
            ingest.store_incoming(session, [sample_newsletter.click(made.issues[0].id, reader, 1, at)])
    assert readers(made) == [8]
    with database.begin() as connection:  # As if they had come right after their deliveries.
        connection.execute(text("UPDATE delivery SET at = at + interval '1 hour'"))
        connection.execute(text(f"""
            CREATE SEQUENCE changed;
            CREATE FUNCTION wait_for_lock() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
              IF nextval('changed') = 3 THEN PERFORM pg_advisory_xact_lock({LOCK}); END IF; RETURN NEW; END $$;
            CREATE TRIGGER waiting BEFORE UPDATE ON hit FOR EACH ROW EXECUTE FUNCTION wait_for_lock()
        """))  # fmt: skip
    before = rows(database)
    try:
        with database.begin() as connection:
            connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))
            process = subprocess.Popen(COMMAND, cwd=ROOT, stderr=subprocess.DEVNULL)
            while not connection.scalar(
                text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
            ):
                assert process.poll() is None
                time.sleep(0.05)
            process.kill()
            process.wait()
        with session_scope() as session:
            ingest.lock(session)  # until what was begun is taken back
        assert rows(database) == before
        told = subprocess.run(COMMAND, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    finally:
        with database.begin() as connection:
            connection.execute(text("DROP TRIGGER waiting ON hit; DROP FUNCTION wait_for_lock; DROP SEQUENCE changed"))
    assert told.startswith("8 verdicts changed"), told
    assert readers(made) == [1]
    again = subprocess.run(COMMAND, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert again.startswith("0 verdicts changed")
