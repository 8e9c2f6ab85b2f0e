"""How long it takes to find the readers of a segment: ``SCALE=1 python -m benchmarks.segments [--plans]``.

At SCALE 1 there are 1,000,000 readers, who got three issues; of each, six in ten have a hit, two thirds of these a
person's; one of five articles is about a topic that is asked for. Prints the seconds of the count that a page shows
(:func:`models.deliveries.recipients.count`), which is the query of preparing as well, and those of ten samples.
"""

from __future__ import annotations

import os
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

import settings
from models.deliveries import recipients
from models.issues.article import Article
from models.issues.newsletter import Newsletter
from models.issues.segments import segment
from models.issues.segments.condition import Tree
from models.readers import segment_query
from models.store import db
from models.store.clock import now
from models.tracking import hit

from . import harness, sample_data

ISSUES = 3
ARTICLES = 400
SAMPLES = 20
"""So often ten samples are looked for: once takes less than a process's time is counted in."""
ASKED: dict[str, dict[str, Any] | None] = {
    "everybody, without a segment": None,
    "language": {"of": [{"what": "language", "values": ["ja"]}]},
    "audience and topic": {"of": [{"what": "audience", "values": ["citizen"]},
                                  {"what": "topic", "values": ["topic-1"]}]},
    "answer contains": {"of": [{"what": "field", "name": "place", "how": "contains", "values": ["中央"]}]},
    "joined in 30 days": {"of": [{"what": "joined", "how": "within", "values": ["30"]}]},
    "end of the address": {"of": [{"what": "domain", "values": ["lg.jp"]}]},
    "read an issue": {"of": [{"what": "read_issue", "values": ["3"]}]},
    "not read an issue": {"of": [{"what": "read_issue", "values": ["3"], "negated": True}]},
    "not read a topic": {"of": [{"what": "read_topic", "values": ["topic-1"], "negated": True}]},
    "none of the last 3 read": {"of": [{"what": "read_recent", "values": ["3"], "negated": True}]},
    "citizen, and topic or not read": {"of": [
        {"what": "audience", "values": ["citizen"]},
        {"match": "any", "of": [{"what": "topic", "values": ["topic-2"]},
                                {"what": "read_issue", "values": ["2", "3"], "negated": True}]},
    ]},
}  # fmt: skip


def fill(session: Session, count: int) -> Newsletter:
    """*count* readers, who got three issues and read some of them."""
    made = sample_data.newsletter(session)
    made.fields = [{"name": "place", "label": "都道府県", "required": False}]
    sample_data.readers(session, count)
    articles = [
        Article(newsletter_id=made.id, slug=f"a-{n}", title=f"記事{n}", topics=[made.topics[n % 5]])
        for n in range(ARTICLES)
    ]
    session.add_all(articles)
    session.flush()
    audiences = [one.id for one in made.audiences]
    session.execute(
        text(
            "UPDATE subscriber SET domain = CASE WHEN id % 7 = 0 THEN 'city.example.lg.jp' ELSE 'example.jp' END, "
            "tracking_refused = id % 11 = 0, address_hash = md5(address) || md5(address), "
            "fields = CASE WHEN id % 3 = 0 THEN '{\"place\": \"東京都中央区\"}'::jsonb ELSE '{}'::jsonb END"
        )
    )
    session.execute(
        text(
            "INSERT INTO subscription (subscriber_id, newsletter_id, audience_id, topic_ids, state, created_at, "
            "confirmed_at, ended_reason, asked) SELECT id, :newsletter, (CAST(:audiences AS int[]))[1 + id % 3], "
            "CASE WHEN id % 4 = 0 THEN ARRAY[CAST(:topic + id % 5 AS int)] ELSE '{}' END, 'active', now(), "
            "now() - id % 400 * interval '1 day', '', '{}' FROM subscriber"
        ),
        {"newsletter": made.id, "audiences": audiences, "topic": made.topics[0].id},
    )
    hit.ensure_partitions(session, [(now() - timedelta(days=30 * n)).date() for n in range(ISSUES + 1)])
    for number in range(ISSUES):
        at = now() - timedelta(days=30 * (ISSUES - number))
        issue = sample_data.issue(session, made, at, articles)
        values = {"issue": issue.id, "at": at, "seed": number, "article": articles[number].id}
        session.execute(_DELIVERIES, values)
        session.execute(_HITS, values)
        session.execute(_READINGS, values)
    return made


_DELIVERIES = text(
    "INSERT INTO delivery (issue_id, subscriber_id, edition, lane_id, state, attempts, at) "
    "SELECT :issue, id, 1, 1, 'accepted', 1, :at FROM subscriber"
)
_HITS = text(
    "INSERT INTO hit (at, id, issue_id, reader, kind, method, link, verdict, certainty, rules) "
    "SELECT CAST(:at AS timestamptz) + id % 90000 * interval '1 second', gen_random_uuid(), :issue, id, 'click', "
    "'GET', 1, CASE WHEN (id + :seed) % 3 = 0 THEN 'proxy' ELSE 'human' END, 0, '{}' "
    "FROM subscriber WHERE (id * 7 + :seed) % 10 < 6 ORDER BY id % 90000"
)
_READINGS = text(
    "INSERT INTO reading (article_id, reader, day, audience_id, human, unknown) "
    "SELECT :article, id, CAST(:at AS date), 0, 1, 0 FROM subscriber WHERE (id * 7 + :seed) % 10 < 4"
)


def main() -> None:
    """Print the seconds and the readers of each segment, and with ``--plans`` how PostgreSQL finds them."""
    count = int(1_000_000 * harness.scale())
    with harness.servers():
        settings.reload(DATABASE_SECONDS="900")  # to see how long it takes, however long
        with db.session_scope() as session:
            newsletter_id = fill(session, count).id
        with db.engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")
        for name, tree in ASKED.items():
            with db.session_scope() as session:
                _measure(session, session.get_one(Newsletter, newsletter_id), name, tree)


def _measure(session: Session, newsletter: Newsletter, name: str, tree: dict[str, Any] | None) -> None:
    kept = segment.of_tree(Tree.model_validate(tree) if tree else None)
    taken = []
    for _ in range(2):
        began, worked = time.perf_counter(), _processor_seconds(session)
        found = recipients.count(session, recipients.as_if(None, newsletter, "", kept))
        taken.append((_processor_seconds(session) - worked, time.perf_counter() - began))
    asked = recipients.as_if(None, newsletter, "", kept)
    worked = _processor_seconds(session)
    for _ in range(SAMPLES):
        samples = recipients.sample(session, asked, 10)
    sampling = (_processor_seconds(session) - worked) / SAMPLES * 1000
    print("{:32} {:6.2f} s ({:6.2f} s of a processor) {:>9,} readers; {:3.0f} ms for {} samples".format(
        name, *reversed(min(taken)), found.mailed, sampling, len(samples.readers)), flush=True)  # fmt: skip
    if "--plans" in sys.argv:
        session.execute(text("SET LOCAL enable_nestloop = off; SET LOCAL work_mem = '128MB'"))
        query = segment_query.subscriptions(session, newsletter, segment.parse(kept))
        compiled = query.compile(session.connection(), compile_kwargs={"literal_binds": True})
        for (line,) in session.execute(text("EXPLAIN (ANALYZE, COSTS OFF) " + str(compiled).replace(":", r"\:"))):
            print("   ", line)


def _processor_seconds(session: Session) -> float:
    """What the database's process of this session has worked so far: on a busy machine the clock tells little."""
    process = session.scalar(text("SELECT pg_backend_pid()"))
    times = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(times[11]) + int(times[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
