"""Examinations of the senders' domains that a page asked for, and events of sending services.

Follows: 0040
"""

from __future__ import annotations

from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


_STATEMENTS = (
    """
    CREATE TABLE domain_check (
        id SERIAL NOT NULL,
        findings JSONB NOT NULL,
        at TIMESTAMP WITH TIME ZONE NOT NULL,
        finished_at TIMESTAMP WITH TIME ZONE,
        CONSTRAINT pk_domain_check PRIMARY KEY (id)
    )""",
    """
    CREATE TABLE provider_event (
        id BIGSERIAL NOT NULL,
        provider VARCHAR(20) NOT NULL,
        key VARCHAR(200) NOT NULL,
        received_at TIMESTAMP WITH TIME ZONE NOT NULL,
        at TIMESTAMP WITH TIME ZONE NOT NULL,
        kind VARCHAR(30) NOT NULL,
        raw VARCHAR,
        address VARCHAR(320) NOT NULL,
        message_ids JSONB NOT NULL,
        return_paths JSONB NOT NULL,
        status VARCHAR(11) NOT NULL,
        said VARCHAR(300) NOT NULL,
        tries SMALLINT NOT NULL,
        handled_at TIMESTAMP WITH TIME ZONE,
        consequence VARCHAR(20) NOT NULL,
        issue_id INTEGER,
        subscriber_id BIGINT,
        CONSTRAINT pk_provider_event PRIMARY KEY (id),
        CONSTRAINT fk_provider_event_issue_id FOREIGN KEY (issue_id) REFERENCES issue (id) ON DELETE SET NULL
    )""",
    "CREATE UNIQUE INDEX uq_provider_event_provider_key ON provider_event (provider, key)",
    "CREATE INDEX ix_provider_event_received_at ON provider_event (received_at)",
    "CREATE INDEX ix_provider_event_subscriber_id ON provider_event (subscriber_id)",
    "CREATE INDEX ix_provider_event_waiting ON provider_event (id) WHERE handled_at IS NULL",
)


def upgrade() -> None:
    """Add their tables."""
    for statement in _STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Take them away; an examination can be asked for again, and what events have led to stays."""
    op.execute("DROP TABLE provider_event")
    op.execute("DROP TABLE domain_check")
