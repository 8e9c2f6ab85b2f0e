"""Sums that reports are read from: letters by lane, hours, devices, cohorts of readers, and readers by month.

They are filled by the worker, one issue after another.

Follows: 0035
"""

from __future__ import annotations

from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

_TABLES = ("issue_sums", "letter_count", "hourly_reader_count", "device_reader_count", "cohort_count", "reader_month",
           "leaving_count")  # fmt: skip
_STATES = "'queued', 'sending', 'accepted', 'deferred', 'bounced', 'failed', 'unknown', 'suppressed'"
_STATEMENTS = (
    """
    CREATE TABLE issue_sums (
        issue_id INTEGER NOT NULL,
        counted_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_issue_sums PRIMARY KEY (issue_id)
    )""",
    f"""
    CREATE TABLE letter_count (
        issue_id INTEGER NOT NULL,
        lane_id INTEGER NOT NULL,
        audience_id INTEGER NOT NULL,
        state VARCHAR(20) NOT NULL,
        letters INTEGER NOT NULL,
        CONSTRAINT pk_letter_count PRIMARY KEY (issue_id, lane_id, audience_id, state),
        CONSTRAINT ck_letter_count_deliverystate CHECK (state IN ({_STATES}))
    )""",
    """
    CREATE TABLE hourly_reader_count (
        issue_id INTEGER NOT NULL,
        kind VARCHAR(20) NOT NULL,
        hour INTEGER NOT NULL,
        readers INTEGER NOT NULL,
        wide INTEGER NOT NULL,
        hits INTEGER NOT NULL,
        CONSTRAINT pk_hourly_reader_count PRIMARY KEY (issue_id, kind, hour),
        CONSTRAINT ck_hourly_reader_count_hitkind CHECK (kind IN ('open', 'click', 'view'))
    )""",
    """
    CREATE TABLE device_reader_count (
        issue_id INTEGER NOT NULL,
        device VARCHAR NOT NULL,
        readers INTEGER NOT NULL,
        wide INTEGER NOT NULL,
        CONSTRAINT pk_device_reader_count PRIMARY KEY (issue_id, device)
    )""",
    """
    CREATE TABLE cohort_count (
        issue_id INTEGER NOT NULL,
        quarter DATE NOT NULL,
        received INTEGER NOT NULL,
        readers INTEGER NOT NULL,
        wide INTEGER NOT NULL,
        CONSTRAINT pk_cohort_count PRIMARY KEY (issue_id, quarter)
    )""",
    """
    CREATE TABLE reader_month (
        newsletter_id INTEGER NOT NULL,
        month DATE NOT NULL,
        readers INTEGER NOT NULL,
        counted_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_reader_month PRIMARY KEY (newsletter_id, month)
    )""",
    """
    CREATE TABLE leaving_count (
        newsletter_id INTEGER NOT NULL,
        month DATE NOT NULL,
        reason VARCHAR(40) NOT NULL,
        readers INTEGER NOT NULL,
        CONSTRAINT pk_leaving_count PRIMARY KEY (newsletter_id, month, reason)
    )""",
)


def upgrade() -> None:
    """Add the tables."""
    for statement in _STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Drop them."""
    for table in _TABLES:
        op.execute(f"DROP TABLE {table}")
