"""Lanes rest for a time and go on by themselves: ``lane.resume_at``, ``lane.resumed_at``, ``lane.rests``.

Follows: 0006
"""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; lanes that are paused stay so until somebody resumes them."""
    op.execute(
        "ALTER TABLE lane ADD COLUMN resume_at TIMESTAMPTZ, ADD COLUMN resumed_at TIMESTAMPTZ, "
        "ADD COLUMN rests SMALLINT NOT NULL DEFAULT 0"
    )
    op.execute("ALTER TABLE lane ALTER rests DROP DEFAULT")


def downgrade() -> None:
    """Drop the columns."""
    op.execute("ALTER TABLE lane DROP COLUMN resume_at, DROP COLUMN resumed_at, DROP COLUMN rests")
