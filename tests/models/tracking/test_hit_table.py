"""Rows written in the binary format of COPY are what PostgreSQL reads, whatever is in them."""

from __future__ import annotations

from datetime import UTC, date, datetime

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from models.tracking import hit_table
from models.tracking.hit import Hit, ensure_partitions, from_microseconds, to_microseconds
from models.tracking.hit_table import HitRecord
from models.tracking.rules import HitKind, Verdict

FIRST = to_microseconds(datetime(2021, 4, 1, tzinfo=UTC))
MONTH = 30 * 86_400_000_000
TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=40)
RECORDS = st.builds(
    HitRecord,
    at=st.integers(FIRST, FIRST + MONTH - 1),
    id=st.binary(min_size=16, max_size=16).map(bytes.hex),
    issue=st.integers(1, 2**31 - 1),
    reader=st.integers(-(2**63), 2**63 - 1),
    kind=st.sampled_from(HitKind),
    method=st.sampled_from(["GET", "HEAD", "PROPFIND"]),
    link=st.integers(-(2**15), 2**15 - 1),
    article=st.none() | st.integers(1, 2**31 - 1),
    audience=st.none() | st.integers(0, 2**31 - 1),
    client=st.none() | st.sampled_from(["", "192.0.2.1", "2001:db8::1"]),
    agent=st.none() | TEXTS,
    headers=st.none() | TEXTS,
    verdict=st.sampled_from(Verdict),
    certainty=st.integers(0, 100),
    rules=st.lists(st.sampled_from(["cloud@1", "head@2", "ルール@1"]), max_size=3).map(tuple),
)


@given(st.lists(RECORDS, max_size=8, unique_by=lambda hit: hit.id))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_every_value_arrives(session: Session, hits: list[HitRecord]) -> None:
    ensure_partitions(session, [date(2021, 4, 1)])
    session.execute(text("DELETE FROM hit"))
    hit_table.insert(session, hits)
    found = {hit.id.hex: hit for hit in session.scalars(select(Hit).execution_options(populate_existing=True))}
    assert found.keys() == {hit.id for hit in hits}
    for hit in hits:
        row = found[hit.id]
        assert (row.at, row.issue_id, row.reader, row.kind) == (
            from_microseconds(hit.at), hit.issue, hit.reader, hit.kind
        )  # fmt: skip
        assert (row.method, row.link, row.article_id, row.audience_id) == (
            hit.method, hit.link, hit.article, hit.audience
        )  # fmt: skip
        assert (row.client, row.agent, row.headers) == (hit.client, hit.agent, hit.headers)
        assert (row.verdict, row.certainty, row.rules) == (hit.verdict, hit.certainty, list(hit.rules))
    session.expunge_all()


def test_more_rows_than_are_handed_over_at_once_arrive(session: Session) -> None:
    ensure_partitions(session, [date(2021, 4, 1)])
    hits = [
        HitRecord(FIRST + n, f"{n:032x}", 1, n, HitKind.OPEN, "GET", 0, None, None, None, None, None)
        for n in range(1, 1000)
    ]
    hit_table.insert(session, iter(hits))
    assert list(session.scalars(text("SELECT reader FROM hit ORDER BY at"))) == list(range(1, 1000))
    assert list(hit_table.load(session, [(1, 7, FIRST)])) == [hits[6]]


def test_no_rows_are_none(session: Session) -> None:
    hit_table.insert(session, [])
    assert session.scalar(text("SELECT count(*) FROM hit")) == 0
