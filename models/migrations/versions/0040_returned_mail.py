"""Returned mail: messages as they came with what they say, and reports that change what became of a letter.

Follows: 0039
"""

from __future__ import annotations

from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

_STATES = "'queued', 'sending', 'accepted', 'deferred', 'bounced', 'failed', 'unknown', 'suppressed'"
_FORMER_KINDS = (
    "'approval_asked', 'sent_back', 'withdrawn', 'approval_stuck', 'approved', 'ready_to_send', 'not_prepared', "
    "'orphaned', 'issue_stopped', 'lane_stopped'"
)
_KINDS = f"{_FORMER_KINDS}, 'complained'"
_STATEMENTS = (
    f"""
    CREATE TABLE letter_report (
        issue_id INTEGER NOT NULL,
        subscriber_id BIGINT NOT NULL,
        kind VARCHAR(30) NOT NULL,
        lane_id INTEGER NOT NULL,
        source VARCHAR(80) NOT NULL,
        reason VARCHAR(300) NOT NULL,
        at TIMESTAMP WITH TIME ZONE NOT NULL,
        waits BOOLEAN NOT NULL,
        amended_at TIMESTAMP WITH TIME ZONE,
        first_state VARCHAR(20),
        first_at TIMESTAMP WITH TIME ZONE,
        first_answer VARCHAR(500),
        CONSTRAINT pk_letter_report PRIMARY KEY (issue_id, subscriber_id, kind),
        CONSTRAINT fk_letter_report_issue_id FOREIGN KEY (issue_id) REFERENCES issue (id) ON DELETE CASCADE,
        CONSTRAINT ck_letter_report_deliverystate CHECK (first_state IN ({_STATES}))
    )""",
    "CREATE INDEX ix_letter_report_subscriber_id ON letter_report (subscriber_id)",
    "CREATE INDEX ix_letter_report_amended_at ON letter_report (amended_at)",
    """
    CREATE TABLE returned_mail (
        digest VARCHAR(64) NOT NULL,
        received_at TIMESTAMP WITH TIME ZONE NOT NULL,
        way VARCHAR(10) NOT NULL,
        sender VARCHAR(320) NOT NULL,
        recipients JSONB NOT NULL,
        size INTEGER NOT NULL,
        raw BYTEA,
        tries SMALLINT NOT NULL,
        judged_at TIMESTAMP WITH TIME ZONE,
        kind VARCHAR(30) NOT NULL,
        rule VARCHAR(200) NOT NULL,
        rules_version VARCHAR(64) NOT NULL,
        status VARCHAR(11) NOT NULL,
        said VARCHAR(300) NOT NULL,
        address VARCHAR(320) NOT NULL,
        proof VARCHAR(20) NOT NULL,
        consequence VARCHAR(20) NOT NULL,
        newsletter_id INTEGER,
        issue_id INTEGER,
        subscriber_id BIGINT,
        CONSTRAINT pk_returned_mail PRIMARY KEY (digest),
        CONSTRAINT fk_returned_mail_newsletter_id
            FOREIGN KEY (newsletter_id) REFERENCES newsletter (id) ON DELETE SET NULL,
        CONSTRAINT fk_returned_mail_issue_id FOREIGN KEY (issue_id) REFERENCES issue (id) ON DELETE SET NULL
    )""",
    "CREATE INDEX ix_returned_mail_newsletter_id_received_at ON returned_mail (newsletter_id, received_at)",
    "CREATE INDEX ix_returned_mail_received_at ON returned_mail (received_at)",
    "CREATE INDEX ix_returned_mail_subscriber_id ON returned_mail (subscriber_id)",
    "CREATE INDEX ix_returned_mail_waiting ON returned_mail (received_at) WHERE judged_at IS NULL",
    "ALTER TABLE newsletter ADD COLUMN own_return_path BOOLEAN NOT NULL DEFAULT true",
    "ALTER TABLE newsletter ALTER own_return_path DROP DEFAULT",
    "ALTER TABLE notification DROP CONSTRAINT ck_notification_notificationkind",
    f"ALTER TABLE notification ADD CONSTRAINT ck_notification_notificationkind CHECK (kind IN ({_KINDS}))",
)


def upgrade() -> None:
    """Add the tables, a newsletter's switch, and the notification of a complaint."""
    for statement in _STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Drop them."""
    op.execute("DELETE FROM notification WHERE kind = 'complained'")
    op.execute("ALTER TABLE notification DROP CONSTRAINT ck_notification_notificationkind")
    op.execute(
        f"ALTER TABLE notification ADD CONSTRAINT ck_notification_notificationkind CHECK (kind IN ({_FORMER_KINDS}))"
    )
    op.execute("ALTER TABLE newsletter DROP COLUMN own_return_path")
    op.execute("DROP TABLE returned_mail")
    op.execute("DROP TABLE letter_report")
