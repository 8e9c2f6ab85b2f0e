"""Different readers by link and day, copies that were shared, and where replays are found.

Follows: 0013
"""

from __future__ import annotations

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_TABLES = """
CREATE TABLE daily_reader_count (
    issue_id INTEGER NOT NULL,
    kind VARCHAR(20) NOT NULL,
    link INTEGER NOT NULL,
    day DATE NOT NULL,
    readers INTEGER NOT NULL,
    at_least INTEGER NOT NULL,
    at_most INTEGER NOT NULL,
    CONSTRAINT pk_daily_reader_count PRIMARY KEY (issue_id, kind, link, day),
    CONSTRAINT ck_daily_reader_count_hitkind CHECK (kind IN ('open', 'click', 'view'))
);
CREATE TABLE shared_copy (
    issue_id INTEGER NOT NULL,
    reader BIGINT NOT NULL,
    devices INTEGER NOT NULL,
    last_day DATE NOT NULL,
    CONSTRAINT pk_shared_copy PRIMARY KEY (issue_id, reader)
);
CREATE INDEX ix_hit_replay ON hit (at) WHERE 'across-copies@1' = ANY (rules)
"""
_FROM_HITS = """
INSERT INTO daily_reader_count (issue_id, kind, link, day, readers, at_least, at_most)
SELECT issue_id, kind, link, day, count(*) FILTER (WHERE person), count(*) FILTER (WHERE surely),
  count(*) FILTER (WHERE person OR perhaps)
FROM (
  SELECT issue_id, kind, link, (at AT TIME ZONE 'Asia/Tokyo')::date AS day, bool_or(person) AS person,
    bool_or(person AND certainty >= 80) AS surely, bool_or(certainty < 80) AS perhaps
  FROM (SELECT *, verdict = 'human' OR (verdict = 'proxy' AND kind = 'open') AS person FROM hit) AS hit
  GROUP BY issue_id, kind, link, day, reader) AS reader
WHERE person OR perhaps GROUP BY issue_id, kind, link, day
"""
# Where hits are no longer kept, their readers cannot be told apart: the numbers stay what they were.
_FROM_TALLY = """
INSERT INTO daily_reader_count (issue_id, kind, link, day, readers, at_least, at_most)
SELECT * FROM (
  SELECT issue_id, kind, link, day, coalesce(sum(hits) FILTER (WHERE person), 0) AS readers,
    coalesce(sum(hits) FILTER (WHERE person AND sure), 0) AS at_least,
    coalesce(sum(hits) FILTER (WHERE person OR NOT sure), 0) AS at_most
  FROM (SELECT *, verdict = 'human' OR (verdict = 'proxy' AND kind = 'open') AS person FROM tally) AS tally
  GROUP BY issue_id, kind, link, day) AS counted
WHERE at_most > 0 ON CONFLICT DO NOTHING
"""


def upgrade() -> None:
    """Make the tables, and count what is there."""
    op.execute(_TABLES)
    op.execute(_FROM_HITS)
    op.execute(_FROM_TALLY)


def downgrade() -> None:
    """Drop them."""
    op.execute("DROP INDEX ix_hit_replay; DROP TABLE shared_copy; DROP TABLE daily_reader_count")
