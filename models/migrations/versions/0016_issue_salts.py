"""An issue has one salt for pseudonyms and never a second one.

Follows: 0015
"""

from __future__ import annotations

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table that notes which issues have had their salt. Those that are out had one, which is gone."""
    op.execute("""
        CREATE TABLE issue_salt (
            issue_id INTEGER NOT NULL CONSTRAINT pk_issue_salt PRIMARY KEY,
            fingerprint VARCHAR(32) NOT NULL,
            made_at TIMESTAMP WITH TIME ZONE NOT NULL
        )""")
    op.execute(
        "INSERT INTO issue_salt SELECT id, '', CURRENT_TIMESTAMP FROM issue "
        "WHERE EXISTS (SELECT FROM hit WHERE hit.issue_id = issue.id AND hit.reader < 0)"
    )


def downgrade() -> None:
    """Drop it."""
    op.execute("DROP TABLE issue_salt")
