"""Examinations of the senders' domains that a page asked for.

Follows: 0039
"""

from __future__ import annotations

from alembic import op

revision = "0041"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add their table."""
    op.execute(
        """
        CREATE TABLE domain_check (
            id SERIAL NOT NULL,
            findings JSONB NOT NULL,
            at TIMESTAMP WITH TIME ZONE NOT NULL,
            finished_at TIMESTAMP WITH TIME ZONE,
            CONSTRAINT pk_domain_check PRIMARY KEY (id)
        )"""
    )


def downgrade() -> None:
    """Take it away; an examination can be asked for again."""
    op.execute("DROP TABLE domain_check")
