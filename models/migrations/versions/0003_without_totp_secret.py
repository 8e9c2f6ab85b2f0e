"""The column ``member.totp_secret`` goes: nothing ever wrote it.

Follows: 0002
"""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Drop the column."""
    op.execute("ALTER TABLE member DROP COLUMN IF EXISTS totp_secret")


def downgrade() -> None:
    """Add the column again, empty as it was."""
    op.execute("ALTER TABLE member ADD COLUMN totp_secret VARCHAR(64) NOT NULL DEFAULT ''")
    op.execute("ALTER TABLE member ALTER totp_secret DROP DEFAULT")
