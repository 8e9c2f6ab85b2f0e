"""Search knows nothing of an issue that its templates hold back.

Follows: 0011
"""

from __future__ import annotations

from models.migrations import script_beside

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the script beside this file."""
    script_beside.run(__file__)


def downgrade() -> None:
    """The former columns told what no public page shows."""
    raise NotImplementedError("this migration cannot be taken back: restore a backup instead")
