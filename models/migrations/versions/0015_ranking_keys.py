"""Evidence of rankings is signed: the public keys of newsletters, with their dates.

Follows: 0014
"""

from __future__ import annotations

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table; a newsletter's first evidence makes its first key."""
    op.execute("""
        CREATE TABLE ranking_key (
            id VARCHAR(16) NOT NULL CONSTRAINT pk_ranking_key PRIMARY KEY,
            newsletter_id INTEGER NOT NULL CONSTRAINT fk_ranking_key_newsletter_id REFERENCES newsletter (id),
            nonce BYTEA NOT NULL,
            public_key BYTEA NOT NULL,
            made_at TIMESTAMP WITH TIME ZONE NOT NULL,
            retired_at TIMESTAMP WITH TIME ZONE
        )
    """)
    op.execute("""
        CREATE UNIQUE INDEX ix_ranking_key_newsletter_id ON ranking_key (newsletter_id) WHERE retired_at IS NULL
    """)


def downgrade() -> None:
    """Drop the table: what was signed can be verified only by those who kept the public keys."""
    op.execute("DROP TABLE ranking_key")
