"""Search takes hiragana for katakana, and its excerpts have no marks of Markdown.

Follows: 0017
"""

from __future__ import annotations

from models.migrations import script_beside

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the script beside this file."""
    script_beside.run(__file__)


def downgrade() -> None:
    """The former functions find less; whoever wants them back has a backup."""
    raise NotImplementedError("this migration cannot be taken back: restore a backup instead")
