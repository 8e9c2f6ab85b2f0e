"""The first tables, with the functions, triggers, partitions and rows that belong to them."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the script beside this file: what the models declared when it was written.

    It never changes. Only the extension ``pg_trgm``, which nothing ever used, is not made any more; see 0002.
    """
    script = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    # Past SQLAlchemy, which would look for parameters behind every percent sign.
    cursor = op.get_bind().connection.cursor()
    cursor.execute(script)
    cursor.close()


def downgrade() -> None:
    """There is nothing before the first tables."""
    raise NotImplementedError("the first migration cannot be taken back: drop the database instead")
