"""Issues and proposed corrections keep who answered for them before a handover, and may not approve them.

Follows: 0025
"""

from __future__ import annotations

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; nobody has handed anything over yet."""
    op.execute("ALTER TABLE issue ADD COLUMN former_author_ids JSONB NOT NULL DEFAULT '[]'")
    op.execute("ALTER TABLE issue ALTER COLUMN former_author_ids DROP DEFAULT")
    op.execute("ALTER TABLE proposal ADD COLUMN former_proposer_ids JSONB NOT NULL DEFAULT '[]'")
    op.execute("ALTER TABLE proposal ALTER COLUMN former_proposer_ids DROP DEFAULT")


def downgrade() -> None:
    """Drop them; the audit log still knows."""
    op.execute("ALTER TABLE proposal DROP COLUMN former_proposer_ids")
    op.execute("ALTER TABLE issue DROP COLUMN former_author_ids")
