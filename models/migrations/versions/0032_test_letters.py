"""Test letters of issues, and the groups that they go to.

Follows: 0031
"""

from __future__ import annotations

from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

_STATEMENTS = (
    "ALTER TABLE newsletter ADD COLUMN test_groups JSONB NOT NULL DEFAULT '[]'",
    "ALTER TABLE newsletter ALTER test_groups DROP DEFAULT",
    """
    CREATE TABLE test_letter (
        id SERIAL NOT NULL,
        newsletter_id INTEGER NOT NULL,
        issue_id INTEGER NOT NULL,
        member_id INTEGER,
        group_name VARCHAR(100) NOT NULL,
        audience VARCHAR(100) NOT NULL,
        topics JSONB NOT NULL,
        letter_ids JSONB NOT NULL,
        at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_test_letter PRIMARY KEY (id),
        CONSTRAINT fk_test_letter_newsletter_id
            FOREIGN KEY (newsletter_id) REFERENCES newsletter (id) ON DELETE CASCADE,
        CONSTRAINT fk_test_letter_issue_id FOREIGN KEY (issue_id) REFERENCES issue (id) ON DELETE CASCADE,
        CONSTRAINT fk_test_letter_member_id FOREIGN KEY (member_id) REFERENCES member (id) ON DELETE SET NULL
    )""",
    "CREATE INDEX ix_test_letter_issue_id ON test_letter (issue_id)",
    "CREATE INDEX ix_test_letter_newsletter_id_member_id_at ON test_letter (newsletter_id, member_id, at)",
)


def upgrade() -> None:
    """Add the table and the column."""
    for statement in _STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Drop them."""
    op.execute("DROP TABLE test_letter")
    op.execute("ALTER TABLE newsletter DROP COLUMN test_groups")
