"""Saved segments with their versions, which version an issue has a copy of, and since when readers are known by name.

Follows: 0033
"""

from __future__ import annotations

from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

_STATEMENTS = (
    """
    CREATE TABLE saved_segment (
        id SERIAL NOT NULL,
        newsletter_id INTEGER NOT NULL,
        name VARCHAR(200) NOT NULL,
        hidden_at TIMESTAMP WITH TIME ZONE,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_saved_segment PRIMARY KEY (id),
        CONSTRAINT fk_saved_segment_newsletter_id FOREIGN KEY (newsletter_id) REFERENCES newsletter (id)
    )""",
    """
    CREATE UNIQUE INDEX uq_saved_segment_shown_name ON saved_segment (newsletter_id, name)
        WHERE hidden_at IS NULL""",
    """
    CREATE TABLE segment_version (
        id SERIAL NOT NULL,
        saved_segment_id INTEGER NOT NULL,
        number INTEGER NOT NULL,
        segment JSONB NOT NULL,
        by VARCHAR(320) NOT NULL,
        at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_segment_version PRIMARY KEY (id),
        CONSTRAINT uq_segment_version_saved_segment_id_number UNIQUE (saved_segment_id, number),
        CONSTRAINT fk_segment_version_saved_segment_id FOREIGN KEY (saved_segment_id) REFERENCES saved_segment (id)
    )""",
    "ALTER TABLE issue ADD COLUMN segment_version_id INTEGER",
    """
    ALTER TABLE issue ADD CONSTRAINT fk_issue_segment_version_id
        FOREIGN KEY (segment_version_id) REFERENCES segment_version (id)""",
    # Empty where nobody knows better: of newsletters that were there before, readers count as known from the beginning.
    "ALTER TABLE newsletter ADD COLUMN individual_since TIMESTAMP WITH TIME ZONE",
)


def upgrade() -> None:
    """Add the tables and the columns."""
    for statement in _STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Drop them."""
    op.execute("ALTER TABLE newsletter DROP COLUMN individual_since")
    op.execute("ALTER TABLE issue DROP COLUMN segment_version_id")
    op.execute("DROP TABLE segment_version")
    op.execute("DROP TABLE saved_segment")
