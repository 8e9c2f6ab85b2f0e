"""Quiet hours and monthly slots of newsletters, and the drafts that slots have opened.

Follows: 0032
"""

from __future__ import annotations

from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

_STATEMENTS = (
    "ALTER TABLE newsletter ADD COLUMN quiet_from VARCHAR(5) NOT NULL DEFAULT '21:00'",
    "ALTER TABLE newsletter ADD COLUMN quiet_until VARCHAR(5) NOT NULL DEFAULT '07:00'",
    "ALTER TABLE newsletter ADD COLUMN slots JSONB NOT NULL DEFAULT '[]'",
    "ALTER TABLE newsletter ALTER quiet_from DROP DEFAULT, ALTER quiet_until DROP DEFAULT, ALTER slots DROP DEFAULT",
    """
    CREATE TABLE opened_slot (
        id SERIAL NOT NULL,
        newsletter_id INTEGER NOT NULL,
        name VARCHAR(100) NOT NULL,
        month DATE NOT NULL,
        at TIMESTAMP WITH TIME ZONE NOT NULL,
        issue_id INTEGER,
        CONSTRAINT pk_opened_slot PRIMARY KEY (id),
        CONSTRAINT uq_opened_slot_newsletter_id_name_month UNIQUE (newsletter_id, name, month),
        CONSTRAINT fk_opened_slot_newsletter_id
            FOREIGN KEY (newsletter_id) REFERENCES newsletter (id) ON DELETE CASCADE,
        CONSTRAINT fk_opened_slot_issue_id FOREIGN KEY (issue_id) REFERENCES issue (id) ON DELETE SET NULL
    )""",
    "CREATE INDEX ix_opened_slot_issue_id ON opened_slot (issue_id)",
)


def upgrade() -> None:
    """Add the table and the columns; the hours are those that were asked about before."""
    for statement in _STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Drop them."""
    op.execute("DROP TABLE opened_slot")
    op.execute("ALTER TABLE newsletter DROP COLUMN slots, DROP COLUMN quiet_until, DROP COLUMN quiet_from")
