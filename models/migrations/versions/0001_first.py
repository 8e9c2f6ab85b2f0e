"""The first tables, with the triggers and partitions that their models declare beside them."""

from __future__ import annotations

from alembic import op

from models.store.base import Base

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create everything."""
    Base.metadata.create_all(op.get_bind())


def downgrade() -> None:
    """Remove everything."""
    Base.metadata.drop_all(op.get_bind())
