"""Issues know who scheduled them. Those in the timetable take it from the audit log; where a command did it, nobody.

Follows: 0024
"""

from __future__ import annotations

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column, and fill it for issues that are still to go out."""
    op.execute("ALTER TABLE issue ADD COLUMN scheduler_id INTEGER")
    op.execute("""
        ALTER TABLE issue ADD CONSTRAINT fk_issue_scheduler_id FOREIGN KEY (scheduler_id) REFERENCES member (id)
    """)
    op.execute("""
        UPDATE issue SET scheduler_id = (
            SELECT member_id FROM audit_entry
            WHERE subject = 'issue/' || issue.id AND action = 'schedule issue' ORDER BY id DESC LIMIT 1
        ) WHERE state = 'scheduled'
    """)


def downgrade() -> None:
    """Drop the column; the audit log still knows."""
    op.execute("ALTER TABLE issue DROP COLUMN scheduler_id")
