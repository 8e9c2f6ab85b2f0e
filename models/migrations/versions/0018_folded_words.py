"""Search takes hiragana for katakana, and its excerpts have no marks of Markdown.

Follows: 0017
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0018"
down_revision = "0017"
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
    """The former functions find less; whoever wants them back has a backup."""
    raise NotImplementedError("this migration cannot be taken back: restore a backup instead")
