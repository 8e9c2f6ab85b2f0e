"""A change of address can be undone: the earlier address is kept for that time.

Follows: 0004
"""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns. Changes from before have no earlier address, and cannot be undone."""
    op.execute("ALTER TABLE address_change ADD COLUMN old_address VARCHAR(320), ADD COLUMN undone_at TIMESTAMPTZ")


def downgrade() -> None:
    """Drop them."""
    op.execute("ALTER TABLE address_change DROP COLUMN old_address, DROP COLUMN undone_at")
