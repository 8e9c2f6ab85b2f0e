"""Single letters are found by their time: sign-ups of the last hour are counted with each form.

Follows: 0008
"""

from __future__ import annotations

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the index."""
    op.execute("CREATE INDEX ix_notice_created_at ON notice (created_at)")


def downgrade() -> None:
    """Drop it."""
    op.execute("DROP INDEX ix_notice_created_at")
