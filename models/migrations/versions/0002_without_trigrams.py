"""The extension ``pg_trgm`` goes: search stands on pairs of characters.

Follows: 0001
"""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Drop the extension, unless something else in the database uses it or it belongs to another account."""
    op.execute("""
        DO $$ BEGIN
          DROP EXTENSION IF EXISTS pg_trgm;
        EXCEPTION WHEN dependent_objects_still_exist OR insufficient_privilege THEN
          RAISE NOTICE 'pg_trgm stays: %', SQLERRM;
        END $$
    """)


def downgrade() -> None:
    """Nothing in this house needs it."""
