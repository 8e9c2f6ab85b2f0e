"""A picture names the smaller one that letters show of it, and a newsletter the headline of what is new in a ranking.

Pictures of before are shown themselves, as they were.

Follows: 0016
"""

from __future__ import annotations

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns."""
    op.execute("ALTER TABLE image ADD COLUMN letter_digest VARCHAR(64) NOT NULL DEFAULT ''")
    op.execute("ALTER TABLE image ALTER letter_digest DROP DEFAULT")
    op.execute("ALTER TABLE newsletter ADD COLUMN ranking_news_title VARCHAR NOT NULL DEFAULT ''")
    op.execute("ALTER TABLE newsletter ALTER ranking_news_title DROP DEFAULT")


def downgrade() -> None:
    """Drop them; the smaller pictures stay, as letters that are out show them."""
    op.execute("ALTER TABLE newsletter DROP COLUMN ranking_news_title")
    op.execute("ALTER TABLE image DROP COLUMN letter_digest")
