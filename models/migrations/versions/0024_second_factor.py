"""Second factors, recovery codes and passkeys; place and proof of a session; a person's language.

Follows: 0023
"""

from __future__ import annotations

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_TABLES = (
    """
    CREATE TABLE totp_secret (
        member_id INTEGER NOT NULL,
        sealed BYTEA NOT NULL,
        last_step BIGINT NOT NULL,
        made_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_totp_secret PRIMARY KEY (member_id),
        CONSTRAINT fk_totp_secret_member_id FOREIGN KEY (member_id) REFERENCES member (id) ON DELETE CASCADE
    )""",
    """
    CREATE TABLE wrong_codes (
        member_id INTEGER NOT NULL,
        known_device BOOLEAN NOT NULL,
        count INTEGER NOT NULL,
        last_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_wrong_codes PRIMARY KEY (member_id, known_device),
        CONSTRAINT fk_wrong_codes_member_id FOREIGN KEY (member_id) REFERENCES member (id) ON DELETE CASCADE
    )""",
    """
    CREATE TABLE recovery_code (
        id SERIAL NOT NULL,
        member_id INTEGER NOT NULL,
        code_hash VARCHAR(64) NOT NULL,
        made_at TIMESTAMP WITH TIME ZONE NOT NULL,
        used_at TIMESTAMP WITH TIME ZONE,
        CONSTRAINT pk_recovery_code PRIMARY KEY (id),
        CONSTRAINT fk_recovery_code_member_id FOREIGN KEY (member_id) REFERENCES member (id) ON DELETE CASCADE
    )""",
    "CREATE INDEX ix_recovery_code_member_id ON recovery_code (member_id)",
    """
    CREATE TABLE passkey (
        id SERIAL NOT NULL,
        member_id INTEGER NOT NULL,
        credential_id BYTEA NOT NULL,
        public_key BYTEA NOT NULL,
        sign_count BIGINT NOT NULL,
        name VARCHAR(100) NOT NULL,
        made_at TIMESTAMP WITH TIME ZONE NOT NULL,
        last_used_at TIMESTAMP WITH TIME ZONE,
        CONSTRAINT pk_passkey PRIMARY KEY (id),
        CONSTRAINT uq_passkey_credential_id UNIQUE (credential_id),
        CONSTRAINT fk_passkey_member_id FOREIGN KEY (member_id) REFERENCES member (id) ON DELETE CASCADE
    )""",
    "CREATE INDEX ix_passkey_member_id ON passkey (member_id)",
    """
    CREATE TABLE pending_login (
        id BIGSERIAL NOT NULL,
        key_digest VARCHAR(64) NOT NULL,
        member_id INTEGER NOT NULL,
        session_number INTEGER NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_pending_login PRIMARY KEY (id),
        CONSTRAINT uq_pending_login_key_digest UNIQUE (key_digest),
        CONSTRAINT fk_pending_login_member_id FOREIGN KEY (member_id) REFERENCES member (id) ON DELETE CASCADE
    )""",
    "CREATE INDEX ix_pending_login_member_id ON pending_login (member_id)",
)
# What sessions and people that are there already have in new columns; new rows name their own.
_COLUMNS = (
    "ALTER TABLE login_session ADD COLUMN client VARCHAR(45) NOT NULL DEFAULT ''",
    "ALTER TABLE login_session ADD COLUMN browser VARCHAR(60) NOT NULL DEFAULT ''",
    "ALTER TABLE login_session ALTER client DROP DEFAULT, ALTER browser DROP DEFAULT",
    "ALTER TABLE login_session ADD COLUMN proved_at TIMESTAMP WITH TIME ZONE",
    "ALTER TABLE member ADD COLUMN language VARCHAR(2) NOT NULL DEFAULT ''",
    "ALTER TABLE member ALTER language DROP DEFAULT",
)


def upgrade() -> None:
    """Add tables and columns."""
    for statement in (*_TABLES, *_COLUMNS):
        op.execute(statement)


def downgrade() -> None:
    """Drop them."""
    op.execute("ALTER TABLE member DROP COLUMN language")
    op.execute("ALTER TABLE login_session DROP COLUMN proved_at, DROP COLUMN browser, DROP COLUMN client")
    op.execute("DROP TABLE pending_login, passkey, recovery_code, wrong_codes, totp_secret")
