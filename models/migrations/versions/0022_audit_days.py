"""The audit log is numbered, signed and has heads of days; what is there is carried over as it was written.

Follows: 0021
"""

from __future__ import annotations

from models.migrations import script_beside

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the script beside this file."""
    script_beside.run(__file__)


def downgrade() -> None:
    """What was signed could be verified by nobody."""
    raise NotImplementedError("this migration cannot be taken back: restore a backup instead")
