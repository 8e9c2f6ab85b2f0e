"""The audit log is numbered, signed and has heads of days; what is there is carried over as it was written.

Follows: 0021
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the script beside this file."""
    script = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    # Past SQLAlchemy, which would look for parameters behind every percent sign.
    cursor = op.get_bind().connection.cursor()
    cursor.execute(script)
    cursor.close()


def downgrade() -> None:
    """What was signed could be verified by nobody."""
    raise NotImplementedError("this migration cannot be taken back: restore a backup instead")
