"""The table ``login_session``: staff's sessions end on the server. Whoever is logged in logs in once more.

Follows: 0009
"""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    op.execute("""
        CREATE TABLE login_session (
            id BIGSERIAL NOT NULL,
            key_digest VARCHAR(64) NOT NULL,
            member_id INTEGER NOT NULL,
            session_number INTEGER NOT NULL,
            created_at TIMESTAMP WITH TIME ZONE NOT NULL,
            last_seen_at TIMESTAMP WITH TIME ZONE NOT NULL,
            ended_at TIMESTAMP WITH TIME ZONE,
            CONSTRAINT pk_login_session PRIMARY KEY (id),
            CONSTRAINT uq_login_session_key_digest UNIQUE (key_digest),
            CONSTRAINT fk_login_session_member_id FOREIGN KEY (member_id) REFERENCES member (id) ON DELETE CASCADE
        )
    """)
    op.execute("CREATE INDEX ix_login_session_member_id ON login_session (member_id)")


def downgrade() -> None:
    """Drop the table."""
    op.execute("DROP TABLE login_session")
