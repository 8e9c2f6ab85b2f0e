"""Sums of letters by lane and day, alarms of complaints, and the newsletter of a provider's event.

Follows: 0044
"""

from __future__ import annotations

from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

_FORMER_KINDS = (
    "'approval_asked', 'sent_back', 'withdrawn', 'approval_stuck', 'approved', 'ready_to_send', 'not_prepared', "
    "'orphaned', 'issue_stopped', 'lane_stopped', 'complained'"
)
_KINDS = f"{_FORMER_KINDS}, 'complaints_many'"
# Of issues of the last days, so that complaints about them have something to be a share of. What came back later is
# kept with what had been before.
_FILL = """
    INSERT INTO letter_tally (lane_id, since, batch_id, kind, later, issue_id, letters)
    SELECT lane_id, date_trunc('day', at, 'Asia/Tokyo'), coalesce(batch_id, 0), kind, later, issue_id, count(*)
    FROM (
        SELECT d.lane_id, d.at, d.batch_id, d.issue_id, false AS later,
               CASE d.state WHEN 'accepted' THEN 'accepted' WHEN 'bounced' THEN 'no_such_mailbox'
                            ELSE 'unknown_failure' END AS kind
        FROM issue i JOIN delivery d ON d.issue_id = i.id
        WHERE i.prepared_at > now() - interval '7 days' AND d.state IN ('accepted', 'bounced', 'failed')
          AND NOT EXISTS (SELECT FROM letter_report r WHERE r.issue_id = d.issue_id
                          AND r.subscriber_id = d.subscriber_id AND r.amended_at IS NOT NULL)
        UNION ALL
        SELECT d.lane_id, r.first_at, d.batch_id, d.issue_id, told.later,
               CASE WHEN told.later THEN r.kind ELSE 'accepted' END
        FROM issue i JOIN letter_report r ON r.issue_id = i.id
        JOIN delivery d ON d.issue_id = r.issue_id AND d.subscriber_id = r.subscriber_id
        CROSS JOIN (VALUES (false), (true)) AS told (later)
        WHERE i.prepared_at > now() - interval '7 days' AND r.amended_at IS NOT NULL
        UNION ALL
        SELECT d.lane_id, coalesce(d.at, r.at), d.batch_id, d.issue_id, true, r.kind
        FROM issue i JOIN letter_report r ON r.issue_id = i.id AND r.kind = 'complaint'
        JOIN delivery d ON d.issue_id = r.issue_id AND d.subscriber_id = r.subscriber_id
        WHERE i.prepared_at > now() - interval '7 days'
    ) found
    WHERE at IS NOT NULL AND lane_id IN (SELECT id FROM lane)
    GROUP BY 1, 2, 3, 4, 5, 6
"""
_STATEMENTS = (
    "ALTER TABLE lane ADD COLUMN watched_from TIMESTAMP WITH TIME ZONE",
    "UPDATE lane SET watched_from = resumed_at",
    """
    CREATE TABLE letter_tally (
        lane_id INTEGER NOT NULL,
        since TIMESTAMP WITH TIME ZONE NOT NULL,
        batch_id INTEGER NOT NULL,
        kind VARCHAR(30) NOT NULL,
        later BOOLEAN NOT NULL,
        issue_id INTEGER NOT NULL,
        letters INTEGER NOT NULL,
        CONSTRAINT pk_letter_tally PRIMARY KEY (lane_id, since, batch_id, kind, later),
        CONSTRAINT fk_letter_tally_lane_id FOREIGN KEY (lane_id) REFERENCES lane (id) ON DELETE CASCADE,
        CONSTRAINT fk_letter_tally_issue_id FOREIGN KEY (issue_id) REFERENCES issue (id) ON DELETE CASCADE
    )""",
    "CREATE INDEX ix_letter_tally_issue_id ON letter_tally (issue_id)",
    "CREATE INDEX ix_letter_tally_since ON letter_tally (since)",
    """
    CREATE TABLE complaint_alarm (
        issue_id INTEGER NOT NULL,
        complaints INTEGER NOT NULL,
        warned_at TIMESTAMP WITH TIME ZONE,
        stopped_at TIMESTAMP WITH TIME ZONE,
        known INTEGER NOT NULL,
        CONSTRAINT pk_complaint_alarm PRIMARY KEY (issue_id),
        CONSTRAINT fk_complaint_alarm_issue_id FOREIGN KEY (issue_id) REFERENCES issue (id) ON DELETE CASCADE
    )""",
    """
    INSERT INTO complaint_alarm (issue_id, complaints, known)
    SELECT issue_id, count(*), 0 FROM letter_report WHERE kind = 'complaint' GROUP BY issue_id""",
    _FILL,
    "ALTER TABLE provider_event ADD COLUMN newsletter_id INTEGER",
    "ALTER TABLE provider_event ADD CONSTRAINT fk_provider_event_newsletter_id "
    "FOREIGN KEY (newsletter_id) REFERENCES newsletter (id) ON DELETE SET NULL",
    "UPDATE provider_event e SET newsletter_id = i.newsletter_id FROM issue i WHERE i.id = e.issue_id",
    "CREATE INDEX ix_provider_event_shown ON provider_event (newsletter_id, id) "
    "WHERE kind NOT IN ('delivered', 'delayed')",
    "ALTER TABLE notification DROP CONSTRAINT ck_notification_notificationkind",
    f"ALTER TABLE notification ADD CONSTRAINT ck_notification_notificationkind CHECK (kind IN ({_KINDS}))",
)


def upgrade() -> None:
    """Add them, with the sums of the last days."""
    for statement in _STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Drop them."""
    op.execute("DELETE FROM notification WHERE kind = 'complaints_many'")
    op.execute("ALTER TABLE notification DROP CONSTRAINT ck_notification_notificationkind")
    op.execute(
        f"ALTER TABLE notification ADD CONSTRAINT ck_notification_notificationkind CHECK (kind IN ({_FORMER_KINDS}))"
    )
    op.execute("DROP INDEX ix_provider_event_shown")
    op.execute("ALTER TABLE provider_event DROP COLUMN newsletter_id")
    op.execute("DROP TABLE complaint_alarm")
    op.execute("DROP TABLE letter_tally")
    op.execute("ALTER TABLE lane DROP COLUMN watched_from")
