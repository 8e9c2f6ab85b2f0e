"""Certificates of issues with many letters, kept once every letter has its outcome.

Follows: 0035
"""

from __future__ import annotations

from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    op.execute(
        """
        CREATE TABLE kept_certificate (
            issue_id INTEGER NOT NULL,
            basis VARCHAR(64) NOT NULL,
            totals JSONB NOT NULL,
            drawn_at TIMESTAMP WITH TIME ZONE NOT NULL,
            CONSTRAINT pk_kept_certificate PRIMARY KEY (issue_id),
            CONSTRAINT fk_kept_certificate_issue_id FOREIGN KEY (issue_id) REFERENCES issue (id) ON DELETE CASCADE
        )"""
    )


def downgrade() -> None:
    """Drop it; certificates are drawn again when they are asked for."""
    op.execute("DROP TABLE kept_certificate")
