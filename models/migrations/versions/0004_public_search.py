"""Search knows of an issue what its public page shows, and an issue says whether the archive shows it.

Follows: 0003
"""

from __future__ import annotations

from models.migrations import script_beside

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the script beside this file."""
    script_beside.run(__file__)


def downgrade() -> None:
    """The former columns told what no public page shows."""
    raise NotImplementedError("this migration cannot be taken back: restore a backup instead")
