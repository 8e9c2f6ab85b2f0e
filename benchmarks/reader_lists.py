"""How long a page of a list of readers takes: ``SCALE=1 python -m benchmarks.reader_lists``.

At SCALE 1 there are 1,000,000 readers of one newsletter, a tenth of whom read a second one. For each search of each
newsletter it prints the median and the worst of ten first pages and ten second ones, by the clock and in the time that
the database's process worked, as on a busy machine the clock tells little.
"""

from __future__ import annotations

import os
import time
from datetime import timedelta
from pathlib import Path
from statistics import median

from sqlalchemy import text
from sqlalchemy.orm import Session

from models.issues.newsletter import Newsletter
from models.issues.segments import segment
from models.readers.finding import reader_list
from models.readers.finding.reader_filter import NO_AUDIENCE, ReaderFilter
from models.readers.subscriber import SubscriptionState
from models.store import db
from models.store.clock import today

from . import harness, sample_data

RUNS = 10
_FAMILIES = "田中,佐藤,鈴木,山田,伊藤,渡辺,中村,小林,加藤,吉田,森,阿部,池田,橋本,石井"
_FAMILY_KANA = (
    "タナカ,サトウ,スズキ,ヤマダ,イトウ,ワタナベ,ナカムラ,コバヤシ,カトウ,ヨシダ,モリ,アベ,イケダ,ハシモト,イシイ"
)
_GIVEN = "太郎,花子,健一,美咲,翔太,陽子,直樹,恵,誠,由美"
_GIVEN_KANA = "タロウ,ハナコ,ケンイチ,ミサキ,ショウタ,ヨウコ,ナオキ,メグミ,マコト,ユミ"


def searches(topic: int, audience: int) -> dict[str, ReaderFilter]:
    """What is asked for; the numbers are those of a topic and an audience."""
    old = today() - timedelta(days=365 * 5)
    english = segment.parse({"conditions": {"of": [{"what": "language", "values": ["en"]}]}})
    return {
        "everybody": ReaderFilter(),
        "active": ReaderFilter(state=SubscriptionState.ACTIVE),
        "pending, one in 300": ReaderFilter(state=SubscriptionState.PENDING),
        "audience": ReaderFilter(audience=audience),
        "no audience, and not confirmed": ReaderFilter(audience=NO_AUDIENCE, confirmed=False),
        "topic": ReaderFilter(topic=topic),
        "joined five years ago or more": ReaderFilter(last=old),
        "mail is stopped": ReaderFilter(suppressed=True),
        "active and stopped, nobody": ReaderFilter(suppressed=True, state=SubscriptionState.ACTIVE),
        "beginning of an address": ReaderFilter(words="reader77"),
        "whole address": ReaderFilter(words="reader777@city7.example.lg.jp"),
        "family name, one in 15": ReaderFilter(words="田中"),
        "both names": ReaderFilter(words="田中 太郎"),
        "reading of the given name": ReaderFilter(words="はなこ"),
        "domain of 700": ReaderFilter(words="@city7.example.lg.jp"),
        "middle of an address": ReaderFilter(words="77@city", within=True),
        "nobody has it": ReaderFilter(words="存在しない"),
        "segment by language": ReaderFilter(segment=english),
    }


_READERS = text("""
    INSERT INTO subscriber (address, address_key, address_hash, domain, name, kana, organisation, language, fields,
      tracking_refused, created_at)
    SELECT 'reader' || n || '@' || domain, 'reader' || n || '@' || domain, md5(n::text) || md5(n::text || 'x'), domain,
      (string_to_array(:families, ','))[f] || ' ' || (string_to_array(:given, ','))[g],
      (string_to_array(:family_kana, ','))[f] || ' ' || (string_to_array(:given_kana, ','))[g], '',
      CASE WHEN n % 20 = 0 THEN 'en' ELSE 'ja' END, '{}', false, now() - interval '6 years' * (1 - n::float / :count)
    FROM (SELECT n, 1 + (hashint4(n) & 1023) % 15 AS f, 1 + (hashint4(n * 5) & 1023) % 10 AS g,
      CASE WHEN n % 10 < 3 THEN 'mail.example.jp' ELSE 'city' || (hashint4(n) & 65535) % 1000 || '.example.lg.jp' END
        AS domain
      FROM generate_series(1, :count) AS n) AS made
""")
_SUBSCRIPTIONS = text("""
    INSERT INTO subscription (subscriber_id, newsletter_id, audience_id, topic_ids, state, created_at, confirmed_at,
      ended_reason, asked)
    SELECT id, :newsletter, CASE WHEN id % 7 > 0 THEN CAST(:audience + id % 3 AS int) END,
      CASE WHEN id % 3 = 0 THEN ARRAY[CAST(:topic + id % 5 AS int)] ELSE '{}' END,
      CASE WHEN id % 10 = 0 THEN 'ended' WHEN id % 300 = 1 THEN 'pending' ELSE 'active' END, created_at,
      CASE WHEN id % 300 <> 1 THEN created_at END, CASE WHEN id % 10 = 0 THEN 'unsubscribed' ELSE '' END, '{}'
    FROM subscriber WHERE id % :each = 0 ORDER BY id
""")
_SUPPRESSIONS = text("""
    INSERT INTO suppression (address_hash, newsletter_id, reason, note, at)
    SELECT address_hash, :newsletter, 'unsubscribed', '', now() FROM subscriber WHERE id % 10 = 0
""")


def fill(session: Session, count: int) -> list[int]:
    """*count* readers; the ids of the two newsletters."""
    first = sample_data.newsletter(session)
    second = Newsletter(slug="second", name="二つ目", sender_name="計測係", sender_address="bench@example.jp")
    session.add(second)
    session.flush()
    names = {"families": _FAMILIES, "family_kana": _FAMILY_KANA, "given": _GIVEN, "given_kana": _GIVEN_KANA}
    session.execute(_READERS, {"count": count, **names})
    for newsletter, each in ((first, 1), (second, 10)):
        values = {"newsletter": newsletter.id, "each": each, "topic": first.topics[0].id}
        session.execute(_SUBSCRIPTIONS, {**values, "audience": first.audiences[0].id})
    session.execute(_SUPPRESSIONS, {"newsletter": first.id})
    return [first.id, second.id]


def main() -> None:
    """Fill the database, and print a line for each search and newsletter."""
    count = int(1_000_000 * harness.scale())
    with harness.servers():
        with db.session_scope() as session:
            newsletters = fill(session, count)
            first = session.get_one(Newsletter, newsletters[0])
            asked = searches(first.topics[0].id, first.audiences[0].id)
        with db.engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")
        for newsletter in newsletters:
            for name, wanted in asked.items():
                _measure(newsletter, name, wanted)


def _measure(newsletter_id: int, name: str, wanted: ReaderFilter) -> None:
    clock, worked, shown, onward = [], [], 0, ""
    for run in range(2 * RUNS):
        with db.session_scope() as session:
            newsletter = session.get_one(Newsletter, newsletter_id)
            _loaded = newsletter.audiences, newsletter.topics, newsletter.merged_topics
            began, before = time.perf_counter(), _processor_seconds(session)
            found = reader_list.page(session, newsletter, wanted, onward if run >= RUNS else "")
            clock.append(1000 * (time.perf_counter() - began))
            worked.append(1000 * (_processor_seconds(session) - before))
            shown, onward = (shown, onward) if run >= RUNS else (len(found.rows), found.next)
    print(f"{newsletter_id:2} {name:32} {median(clock):6.0f} ms, at most {max(clock):6.0f} "
          f"(processor: {sum(worked) / len(worked):5.0f} ms) {shown:4} readers", flush=True)  # fmt: skip


def _processor_seconds(session: Session) -> float:
    """What the database's process of this session has worked so far."""
    process = session.scalar(text("SELECT pg_backend_pid()"))
    times = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(times[11]) + int(times[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
