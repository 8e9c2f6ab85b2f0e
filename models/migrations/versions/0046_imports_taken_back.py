"""Answers about status words by their columns; what a list has stopped, so that it can be taken back.

Follows: 0045
"""

from __future__ import annotations

from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

# What was said of a word counted in every column. It is asked again; an import that runs on such an answer is stopped,
# and what it has taken in can be undone.
_STATEMENTS = (
    """
    UPDATE import_job SET
        state = CASE state WHEN 'running' THEN 'cancelled' ELSE 'read' END,
        ended_at = CASE state WHEN 'running' THEN now() END, epoch = epoch + 1, lease_until = NULL, asked = '[]'
    WHERE state IN ('read', 'mapped', 'checked', 'running')
      AND (asked <> '[]' OR (mapping ? 'words' AND mapping->'words' <> '{}'))""",
    "UPDATE import_job SET mapping = jsonb_set(mapping, '{words}', '{}') WHERE mapping ? 'words'",
    "ALTER TABLE suppression ADD COLUMN import_id INTEGER",
    "UPDATE suppression SET import_id = 0 WHERE note LIKE 'list %' AND newsletter_id IS NOT NULL",
    """
    CREATE TABLE import_stop (
        import_id INTEGER NOT NULL,
        address_hash VARCHAR(64) NOT NULL,
        ended_at TIMESTAMP WITH TIME ZONE,
        was_reason VARCHAR(20),
        was_note VARCHAR(500),
        CONSTRAINT pk_import_stop PRIMARY KEY (import_id, address_hash)
    )""",
)
_BACK = (
    "DROP TABLE import_stop",
    "ALTER TABLE suppression DROP COLUMN import_id",
    "DELETE FROM import_change WHERE kind = 'named'",
    "UPDATE import_job SET asked = '[]'",
    "UPDATE import_job SET mapping = jsonb_set(mapping, '{words}', '{}') WHERE mapping ? 'words'",
)


def upgrade() -> None:
    """Change them."""
    for statement in _STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Take that back; words are asked about again."""
    for statement in _BACK:
        op.execute(statement)
