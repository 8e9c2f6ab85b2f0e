"""The tables of single sign-on: identities at the provider, sessions that began there, and groups that stand for roles.

Follows: 0026
"""

from __future__ import annotations

from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables."""
    op.execute("""
        CREATE TABLE provider_identity (
            id SERIAL NOT NULL,
            member_id INTEGER NOT NULL,
            issuer VARCHAR(500) NOT NULL,
            subject VARCHAR(255) NOT NULL,
            address VARCHAR(320) NOT NULL,
            created_at TIMESTAMP WITH TIME ZONE NOT NULL,
            last_login_at TIMESTAMP WITH TIME ZONE,
            CONSTRAINT pk_provider_identity PRIMARY KEY (id),
            CONSTRAINT uq_provider_identity_issuer_subject UNIQUE (issuer, subject),
            CONSTRAINT fk_provider_identity_member_id FOREIGN KEY (member_id) REFERENCES member (id) ON DELETE CASCADE
        )
    """)
    op.execute("CREATE INDEX ix_provider_identity_member_id ON provider_identity (member_id)")
    op.execute("""
        CREATE TABLE provider_session (
            id BIGSERIAL NOT NULL,
            login_session_id BIGINT,
            pending_login_id BIGINT,
            identity_id INTEGER NOT NULL,
            sid VARCHAR(255) NOT NULL,
            id_token VARCHAR NOT NULL,
            second_factor BOOLEAN NOT NULL,
            CONSTRAINT pk_provider_session PRIMARY KEY (id),
            CONSTRAINT uq_provider_session_login_session_id UNIQUE (login_session_id),
            CONSTRAINT uq_provider_session_pending_login_id UNIQUE (pending_login_id),
            CONSTRAINT fk_provider_session_login_session_id
                FOREIGN KEY (login_session_id) REFERENCES login_session (id) ON DELETE CASCADE,
            CONSTRAINT fk_provider_session_pending_login_id
                FOREIGN KEY (pending_login_id) REFERENCES pending_login (id) ON DELETE CASCADE,
            CONSTRAINT fk_provider_session_identity_id
                FOREIGN KEY (identity_id) REFERENCES provider_identity (id) ON DELETE CASCADE
        )
    """)
    op.execute("CREATE INDEX ix_provider_session_identity_id ON provider_session (identity_id)")
    op.execute("""
        CREATE TABLE group_role (
            id SERIAL NOT NULL,
            group_name VARCHAR(255) NOT NULL,
            role VARCHAR(20) NOT NULL,
            newsletter_id INTEGER,
            CONSTRAINT pk_group_role PRIMARY KEY (id),
            CONSTRAINT uq_group_role_group_name_role_newsletter_id
                UNIQUE NULLS NOT DISTINCT (group_name, role, newsletter_id),
            CONSTRAINT fk_group_role_newsletter_id
                FOREIGN KEY (newsletter_id) REFERENCES newsletter (id) ON DELETE CASCADE,
            CONSTRAINT ck_group_role_role CHECK (role IN ('author', 'approver', 'sender', 'analyst', 'administrator'))
        )
    """)
    op.execute("""
        ALTER TABLE pending_login ADD COLUMN first_step VARCHAR(40) NOT NULL DEFAULT 'password';
        ALTER TABLE pending_login ALTER first_step DROP DEFAULT
    """)
    op.execute("""
        ALTER TABLE role_grant ADD COLUMN by_group BOOLEAN NOT NULL DEFAULT false;
        ALTER TABLE role_grant ALTER by_group DROP DEFAULT;
        ALTER TABLE role_grant DROP CONSTRAINT uq_role_grant_member_id_role_newsletter_id;
        ALTER TABLE role_grant ADD CONSTRAINT uq_role_grant_member_id_role_newsletter_id_by_group
            UNIQUE NULLS NOT DISTINCT (member_id, role, newsletter_id, by_group)
    """)


def downgrade() -> None:
    """Drop them. Roles that groups gave go, too."""
    op.execute("""
        DELETE FROM role_grant WHERE by_group;
        ALTER TABLE role_grant DROP COLUMN by_group;
        ALTER TABLE role_grant ADD CONSTRAINT uq_role_grant_member_id_role_newsletter_id
            UNIQUE NULLS NOT DISTINCT (member_id, role, newsletter_id)
    """)
    op.execute("ALTER TABLE pending_login DROP COLUMN first_step")
    for table in ("group_role", "provider_session", "provider_identity"):
        op.execute(f"DROP TABLE {table}")
