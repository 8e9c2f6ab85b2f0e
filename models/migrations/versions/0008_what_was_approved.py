"""Approvals keep the digests of the parts that they were given to; issues keep who submitted them.

Approvals from before keep no parts and count for nothing that is still to be mailed: what is approved or scheduled is
asked for approval again, with the reason.

Follows: 0007
"""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns. The submitter of an issue that waits for a decision is in the audit log."""
    op.execute("ALTER TABLE approval ADD COLUMN parts JSONB NOT NULL DEFAULT '{}'")
    op.execute("ALTER TABLE approval ALTER parts DROP DEFAULT")
    op.execute(
        "ALTER TABLE issue ADD COLUMN submitter_id INTEGER CONSTRAINT fk_issue_submitter_id REFERENCES member (id)"
    )
    op.execute("""
        UPDATE issue SET submitter_id = (
            SELECT member_id FROM audit_entry
            WHERE action = 'submit issue' AND subject = 'issue/' || issue.id ORDER BY id DESC LIMIT 1)
        WHERE state IN ('in_review', 'approved', 'scheduled')
    """)


def downgrade() -> None:
    """Drop the columns."""
    op.execute("ALTER TABLE issue DROP COLUMN submitter_id")
    op.execute("ALTER TABLE approval DROP COLUMN parts")
