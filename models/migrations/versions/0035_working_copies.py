"""What somebody writes in a tab and has not saved yet, and when the tab was last heard of.

Follows: 0034
"""

from __future__ import annotations

from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

_STATEMENTS = (
    """
    CREATE TABLE working_copy (
        issue_id INTEGER NOT NULL,
        tab VARCHAR(32) NOT NULL,
        member_id INTEGER NOT NULL,
        version INTEGER NOT NULL,
        step BIGINT NOT NULL,
        text TEXT,
        kept_at TIMESTAMP WITH TIME ZONE,
        seen_at TIMESTAMP WITH TIME ZONE,
        CONSTRAINT pk_working_copy PRIMARY KEY (issue_id, tab),
        CONSTRAINT fk_working_copy_issue_id FOREIGN KEY (issue_id) REFERENCES issue (id) ON DELETE CASCADE,
        CONSTRAINT fk_working_copy_member_id FOREIGN KEY (member_id) REFERENCES member (id) ON DELETE CASCADE
    )""",
    "CREATE INDEX ix_working_copy_member_id ON working_copy (member_id)",
)


def upgrade() -> None:
    """Add the table."""
    for statement in _STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Drop it."""
    op.execute("DROP TABLE working_copy")
