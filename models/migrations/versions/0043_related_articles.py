"""Articles that an article leads to.

Follows: 0042
"""

from __future__ import annotations

from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the list; articles that are there have none."""
    op.execute("ALTER TABLE article ADD COLUMN related TEXT[] DEFAULT '{}' NOT NULL")
    op.execute("ALTER TABLE article ALTER COLUMN related DROP DEFAULT")


def downgrade() -> None:
    """Drop it."""
    op.execute("ALTER TABLE article DROP COLUMN related")
