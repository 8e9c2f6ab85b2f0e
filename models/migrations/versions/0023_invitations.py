"""Invitations to the staff, and the end of somebody's term.

Follows: 0022
"""

from __future__ import annotations

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_TABLE = """
CREATE TABLE invitation (
    id SERIAL NOT NULL,
    member_id INTEGER NOT NULL,
    invited_by_id INTEGER,
    key_digest VARCHAR(64) NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    accepted_at TIMESTAMP WITH TIME ZONE,
    withdrawn_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_invitation PRIMARY KEY (id),
    CONSTRAINT uq_invitation_key_digest UNIQUE (key_digest),
    CONSTRAINT fk_invitation_member_id FOREIGN KEY (member_id) REFERENCES member (id) ON DELETE CASCADE,
    CONSTRAINT fk_invitation_invited_by_id FOREIGN KEY (invited_by_id) REFERENCES member (id)
)
"""


def upgrade() -> None:
    """Make the table and the column."""
    op.execute(_TABLE)
    op.execute("CREATE INDEX ix_invitation_member_id ON invitation (member_id)")
    op.execute("ALTER TABLE member ADD COLUMN term_ends_on DATE")


def downgrade() -> None:
    """Drop both: whoever was invited needs a password from a command."""
    op.execute("DROP TABLE invitation")
    op.execute("ALTER TABLE member DROP COLUMN term_ends_on")
