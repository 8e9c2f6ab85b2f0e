"""Routes of approval, submissions with their reasons, substitutes, and windows of sending.

A number of approvals becomes a route of one step. What is with its approvers or approved gets the submission that its
decisions belong to, so that approvals which were given go on counting.

Follows: 0028
"""

# ruff: noqa: S608  the SQL is made of constants of this file

from __future__ import annotations

from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

_KINDS = (
    "'approval_asked', 'sent_back', 'withdrawn', 'approval_stuck', 'approved', 'ready_to_send', 'not_prepared', "
    "'orphaned', 'issue_stopped', 'lane_stopped'"
)
_FORMER_KINDS = (
    "'approval_asked', 'sent_back', 'approved', 'ready_to_send', 'not_prepared', 'orphaned', 'issue_stopped', "
    "'lane_stopped'"
)
_STEPS = """
    CASE WHEN newsletter.approvals_needed = 0 THEN '[]'::jsonb ELSE jsonb_build_array(jsonb_build_object(
        'name', '', 'approvers', '[]'::jsonb, 'needed', newsletter.approvals_needed)) END"""
_STATEMENTS = (
    """
    CREATE TABLE submission (
        id SERIAL NOT NULL,
        issue_id INTEGER NOT NULL,
        member_id INTEGER,
        note VARCHAR NOT NULL,
        route_steps JSONB NOT NULL,
        at TIMESTAMP WITH TIME ZONE NOT NULL,
        withdrawn_at TIMESTAMP WITH TIME ZONE,
        withdrawn_by_id INTEGER,
        CONSTRAINT pk_submission PRIMARY KEY (id),
        CONSTRAINT fk_submission_issue_id FOREIGN KEY (issue_id) REFERENCES issue (id),
        CONSTRAINT fk_submission_member_id FOREIGN KEY (member_id) REFERENCES member (id),
        CONSTRAINT fk_submission_withdrawn_by_id FOREIGN KEY (withdrawn_by_id) REFERENCES member (id)
    )""",
    "CREATE INDEX ix_submission_issue_id_id ON submission (issue_id, id)",
    """
    CREATE TABLE substitute (
        id SERIAL NOT NULL,
        newsletter_id INTEGER NOT NULL,
        member_id INTEGER NOT NULL,
        substitute_id INTEGER NOT NULL,
        first_day DATE NOT NULL,
        last_day DATE NOT NULL,
        CONSTRAINT pk_substitute PRIMARY KEY (id),
        CONSTRAINT ck_substitute_days CHECK (first_day <= last_day),
        CONSTRAINT ck_substitute_people CHECK (member_id <> substitute_id),
        CONSTRAINT fk_substitute_newsletter_id FOREIGN KEY (newsletter_id) REFERENCES newsletter (id),
        CONSTRAINT fk_substitute_member_id FOREIGN KEY (member_id) REFERENCES member (id),
        CONSTRAINT fk_substitute_substitute_id FOREIGN KEY (substitute_id) REFERENCES member (id)
    )""",
    "CREATE INDEX ix_substitute_newsletter_id ON substitute (newsletter_id)",
    f"""
    INSERT INTO submission (issue_id, member_id, note, route_steps, at)
    SELECT issue.id, issue.submitter_id, '', {_STEPS}, issue.updated_at
    FROM issue JOIN newsletter ON newsletter.id = issue.newsletter_id
    WHERE issue.state IN ('in_review', 'approved', 'scheduled', 'preparing', 'sending', 'paused')
    ORDER BY issue.id""",
    "ALTER TABLE approval ADD COLUMN submission_id INTEGER",
    "ALTER TABLE approval ADD COLUMN in_place_of_id INTEGER",
    "ALTER TABLE approval ADD COLUMN words JSONB NOT NULL DEFAULT '[]'",
    "ALTER TABLE approval ADD COLUMN remarks JSONB NOT NULL DEFAULT '[]'",
    "ALTER TABLE approval ALTER words DROP DEFAULT",
    "ALTER TABLE approval ALTER remarks DROP DEFAULT",
    """
    ALTER TABLE approval ADD CONSTRAINT fk_approval_submission_id
        FOREIGN KEY (submission_id) REFERENCES submission (id)""",
    """
    ALTER TABLE approval ADD CONSTRAINT fk_approval_in_place_of_id
        FOREIGN KEY (in_place_of_id) REFERENCES member (id)""",
    "UPDATE approval SET submission_id = submission.id FROM submission WHERE submission.issue_id = approval.issue_id",
    "ALTER TABLE newsletter ADD COLUMN approval_routes JSONB",
    f"UPDATE newsletter SET approval_routes = jsonb_build_object('regular', {_STEPS})",
    "ALTER TABLE newsletter ALTER approval_routes SET NOT NULL",
    """
    ALTER TABLE newsletter ADD CONSTRAINT ck_newsletter_approval_routes
        CHECK (jsonb_exists(approval_routes, 'regular'))""",
    "ALTER TABLE newsletter DROP COLUMN approvals_needed",
    "ALTER TABLE issue ADD COLUMN not_before TIMESTAMP WITH TIME ZONE",
    "ALTER TABLE issue ADD COLUMN not_after TIMESTAMP WITH TIME ZONE",
    "ALTER TABLE notification DROP CONSTRAINT ck_notification_notificationkind",
    f"ALTER TABLE notification ADD CONSTRAINT ck_notification_notificationkind CHECK (kind IN ({_KINDS}))",
)
_BACK = (
    "DELETE FROM notification WHERE kind IN ('withdrawn', 'approval_stuck')",
    "ALTER TABLE notification DROP CONSTRAINT ck_notification_notificationkind",
    f"ALTER TABLE notification ADD CONSTRAINT ck_notification_notificationkind CHECK (kind IN ({_FORMER_KINDS}))",
    "ALTER TABLE issue DROP COLUMN not_after",
    "ALTER TABLE issue DROP COLUMN not_before",
    "ALTER TABLE newsletter ADD COLUMN approvals_needed INTEGER",
    """
    UPDATE newsletter SET approvals_needed = (
        SELECT coalesce(sum(CASE WHEN (step ->> 'needed')::int > 0 THEN (step ->> 'needed')::int
                            ELSE jsonb_array_length(step -> 'approvers') END), 0)
        FROM jsonb_array_elements(approval_routes -> 'regular') AS step)""",
    "ALTER TABLE newsletter ALTER approvals_needed SET NOT NULL",
    "ALTER TABLE newsletter ADD CONSTRAINT ck_newsletter_approvals CHECK (approvals_needed >= 0)",
    "ALTER TABLE newsletter DROP COLUMN approval_routes",
    "ALTER TABLE approval DROP COLUMN remarks",
    "ALTER TABLE approval DROP COLUMN words",
    "ALTER TABLE approval DROP COLUMN in_place_of_id",
    "ALTER TABLE approval DROP COLUMN submission_id",
    "DROP TABLE substitute",
    "DROP TABLE submission",
)


def upgrade() -> None:
    """Add tables and columns, and carry over what is there."""
    for statement in _STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Back to one number; steps, reasons and substitutes are lost."""
    for statement in _BACK:
        op.execute(statement)
