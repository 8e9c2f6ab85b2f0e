"""Readers by both policies instead of a range, which now follows from them: see models/reports/reader_range.py.

Where an issue's hits are no longer all kept, its readers with an unknown hit cannot be counted; the upper end of the
former range, which holds them all, stays in their place.

Follows: 0018
"""

from __future__ import annotations

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_COLUMNS = """
ALTER TABLE turnout DROP COLUMN at_least;
ALTER TABLE turnout RENAME COLUMN at_most TO wide;
ALTER TABLE daily_reader_count DROP COLUMN at_least;
ALTER TABLE daily_reader_count RENAME COLUMN at_most TO wide
"""
# Nobody's numbers, from -2**44 to -1, count no reader.
_COUNTED = """
CREATE TEMPORARY TABLE kept ON COMMIT DROP AS
  SELECT issue_id FROM (SELECT issue_id, count(*) AS hits FROM hit GROUP BY issue_id) AS stored
    JOIN (SELECT issue_id, sum(hits) AS hits FROM tally GROUP BY issue_id) AS counted USING (issue_id)
  WHERE stored.hits = counted.hits;
CREATE TEMPORARY TABLE perhaps ON COMMIT DROP AS
  SELECT DISTINCT issue_id, kind, link, (at AT TIME ZONE 'Asia/Tokyo')::date AS day,
    coalesce(audience_id, 0) AS audience_id, reader
  FROM hit JOIN kept USING (issue_id)
  WHERE (verdict IN ('human', 'unknown') OR (verdict = 'proxy' AND kind = 'open'))
    AND (reader >= 0 OR reader < -17592186044416);
UPDATE daily_reader_count SET wide = readers FROM kept WHERE kept.issue_id = daily_reader_count.issue_id;
UPDATE turnout SET wide = readers FROM kept WHERE kept.issue_id = turnout.issue_id;
UPDATE daily_reader_count SET wide = counted.readers
FROM (SELECT issue_id, kind, link, day, count(DISTINCT reader) AS readers FROM perhaps GROUP BY 1, 2, 3, 4) AS counted
WHERE (counted.issue_id, counted.kind, counted.link, counted.day)
  = (daily_reader_count.issue_id, daily_reader_count.kind, daily_reader_count.link, daily_reader_count.day);
UPDATE turnout SET wide = counted.readers
FROM (
  SELECT issue_id, kind, place, audience_id, count(DISTINCT reader) AS readers
  FROM perhaps CROSS JOIN LATERAL (SELECT link::int AS place UNION SELECT 0) AS places GROUP BY 1, 2, 3, 4) AS counted
WHERE (counted.issue_id, counted.kind, counted.place, counted.audience_id)
  = (turnout.issue_id, turnout.kind, turnout.link, turnout.audience_id);
DROP TABLE perhaps;
DROP TABLE kept
"""


def upgrade() -> None:
    """Change the columns, and count anew what can be counted."""
    op.execute(_COLUMNS)
    op.execute(_COUNTED)


def downgrade() -> None:
    """A range from people to people and unknown ones, until hits are judged again."""
    for table in ("turnout", "daily_reader_count"):
        op.execute(f"ALTER TABLE {table} RENAME COLUMN wide TO at_most")
        op.execute(f"ALTER TABLE {table} ADD COLUMN at_least INTEGER")
        op.execute(f"UPDATE {table} SET at_least = readers")  # noqa: S608  only constants are put in
        op.execute(f"ALTER TABLE {table} ALTER at_least SET NOT NULL")
