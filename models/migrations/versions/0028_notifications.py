"""Notifications, and when letters about them go to a person.

Follows: 0027
"""

from __future__ import annotations

from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

_KINDS = (
    "'approval_asked', 'sent_back', 'approved', 'ready_to_send', 'not_prepared', 'orphaned', 'issue_stopped', "
    "'lane_stopped'"
)
_STATEMENTS = (
    f"""
    CREATE TABLE notification (
        id BIGSERIAL NOT NULL,
        member_id INTEGER NOT NULL,
        kind VARCHAR(20) NOT NULL,
        event VARCHAR(100) NOT NULL,
        newsletter_id INTEGER,
        issue_id INTEGER,
        lane VARCHAR(40) NOT NULL,
        lane_name VARCHAR(100) NOT NULL,
        by VARCHAR(200) NOT NULL,
        reason VARCHAR NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL,
        read_at TIMESTAMP WITH TIME ZONE,
        mailed_at TIMESTAMP WITH TIME ZONE,
        ended_at TIMESTAMP WITH TIME ZONE,
        CONSTRAINT pk_notification PRIMARY KEY (id),
        CONSTRAINT uq_notification_member_id_kind_event UNIQUE (member_id, kind, event),
        CONSTRAINT fk_notification_member_id FOREIGN KEY (member_id) REFERENCES member (id) ON DELETE CASCADE,
        CONSTRAINT fk_notification_newsletter_id
            FOREIGN KEY (newsletter_id) REFERENCES newsletter (id) ON DELETE CASCADE,
        CONSTRAINT fk_notification_issue_id FOREIGN KEY (issue_id) REFERENCES issue (id) ON DELETE CASCADE,
        CONSTRAINT ck_notification_notificationkind CHECK (kind IN ({_KINDS}))
    )""",
    "CREATE INDEX ix_notification_member_id_id ON notification (member_id, id)",
    "CREATE INDEX ix_notification_waiting ON notification (member_id) WHERE read_at IS NULL AND ended_at IS NULL",
    "CREATE INDEX ix_notification_issue_id ON notification (issue_id)",
    "CREATE INDEX ix_notification_created_at ON notification (created_at)",
    # Whoever is on the staff already hears at once, as anybody new does.
    "ALTER TABLE member ADD COLUMN notification_timing VARCHAR(20) NOT NULL DEFAULT 'at_once'",
    "ALTER TABLE member ALTER notification_timing DROP DEFAULT",
    """
    ALTER TABLE member ADD CONSTRAINT ck_member_notificationtiming
        CHECK (notification_timing IN ('at_once', 'daily', 'never'))""",
)


def upgrade() -> None:
    """Add the table and the column."""
    for statement in _STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Drop them."""
    op.execute("ALTER TABLE member DROP COLUMN notification_timing")
    op.execute("DROP TABLE notification")
