"""Templates of issues.

Follows: 0030
"""

from __future__ import annotations

from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make their table; there is none yet."""
    op.execute(
        """
        CREATE TABLE issue_template (
            id SERIAL NOT NULL,
            newsletter_id INTEGER NOT NULL,
            name VARCHAR(100) NOT NULL,
            content JSONB NOT NULL,
            created_at TIMESTAMP WITH TIME ZONE NOT NULL,
            updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
            CONSTRAINT pk_issue_template PRIMARY KEY (id),
            CONSTRAINT uq_issue_template_newsletter_id_name UNIQUE (newsletter_id, name),
            CONSTRAINT fk_issue_template_newsletter_id FOREIGN KEY (newsletter_id) REFERENCES newsletter (id)
        )"""
    )


def downgrade() -> None:
    """Drop it."""
    op.execute("DROP TABLE issue_template")
