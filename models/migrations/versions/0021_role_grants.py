"""Roles are rows, each for one newsletter or for all, instead of words at a person.

Every role that somebody has becomes one for all newsletters, as it was.

Follows: 0020
"""

from __future__ import annotations

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_TABLE = """
CREATE TABLE role_grant (
    id SERIAL NOT NULL,
    member_id INTEGER NOT NULL,
    role VARCHAR(20) NOT NULL,
    newsletter_id INTEGER,
    granted_at TIMESTAMP WITH TIME ZONE NOT NULL,
    granted_by_id INTEGER,
    CONSTRAINT pk_role_grant PRIMARY KEY (id),
    CONSTRAINT ck_role_grant_role CHECK (role IN ('author', 'approver', 'sender', 'analyst', 'administrator')),
    CONSTRAINT uq_role_grant_member_id_role_newsletter_id UNIQUE NULLS NOT DISTINCT (member_id, role, newsletter_id),
    CONSTRAINT fk_role_grant_member_id FOREIGN KEY (member_id) REFERENCES member (id) ON DELETE CASCADE,
    CONSTRAINT fk_role_grant_newsletter_id FOREIGN KEY (newsletter_id) REFERENCES newsletter (id),
    CONSTRAINT fk_role_grant_granted_by_id FOREIGN KEY (granted_by_id) REFERENCES member (id) ON DELETE SET NULL
)
"""


def upgrade() -> None:
    """Make the table, and a row of each role."""
    op.execute(_TABLE)
    op.execute("""
        INSERT INTO role_grant (member_id, role, granted_at)
        SELECT DISTINCT member.id, given, now() FROM member CROSS JOIN LATERAL unnest(role_names) AS given
    """)
    op.execute("ALTER TABLE member DROP COLUMN role_names")


def downgrade() -> None:
    """Words at a person again: only roles for all newsletters, and no analysts, whom nobody knew."""
    op.execute("ALTER TABLE member ADD COLUMN role_names VARCHAR(20)[] NOT NULL DEFAULT '{}'")
    op.execute("""
        UPDATE member SET role_names = given.names FROM (
            SELECT member_id, array_agg(role ORDER BY role) AS names FROM role_grant
            WHERE newsletter_id IS NULL AND role <> 'analyst' GROUP BY member_id
        ) AS given WHERE given.member_id = member.id
    """)
    op.execute("ALTER TABLE member ALTER role_names DROP DEFAULT")
    op.execute("DROP TABLE role_grant")
