"""Links of letters that are out and notes in the archive are proposed, and approved by others.

Follows: 0010
"""

from __future__ import annotations

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table of proposals, and the newsletter's switch."""
    op.execute("ALTER TABLE newsletter ADD COLUMN corrections_need_approval BOOLEAN NOT NULL DEFAULT true")
    op.execute("ALTER TABLE newsletter ALTER corrections_need_approval DROP DEFAULT")
    op.execute("""
        CREATE TABLE proposal (
            id SERIAL NOT NULL CONSTRAINT pk_proposal PRIMARY KEY,
            issue_id INTEGER NOT NULL CONSTRAINT fk_proposal_issue_id REFERENCES issue (id),
            kind VARCHAR(20) NOT NULL CONSTRAINT ck_proposal_proposalkind CHECK (kind IN ('link', 'note')),
            number INTEGER NOT NULL,
            value VARCHAR NOT NULL,
            proposer_id INTEGER NOT NULL CONSTRAINT fk_proposal_proposer_id REFERENCES member (id),
            approver_ids JSONB NOT NULL,
            at TIMESTAMP WITH TIME ZONE NOT NULL,
            decided_at TIMESTAMP WITH TIME ZONE
        )""")
    op.execute("CREATE INDEX ix_proposal_issue_id ON proposal (issue_id)")


def downgrade() -> None:
    """Drop both."""
    op.execute("DROP TABLE proposal")
    op.execute("ALTER TABLE newsletter DROP COLUMN corrections_need_approval")
