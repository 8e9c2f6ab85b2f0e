"""Imports and exports of readers as stored things, and the files that wait for them.

Follows: 0035
"""

from __future__ import annotations

from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

_STATEMENTS = (
    """
    CREATE TABLE kept_file (
        id SERIAL NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_kept_file PRIMARY KEY (id)
    )""",
    """
    CREATE TABLE kept_piece (
        file_id INTEGER NOT NULL,
        number INTEGER NOT NULL,
        data BYTEA NOT NULL,
        CONSTRAINT pk_kept_piece PRIMARY KEY (file_id, number),
        CONSTRAINT fk_kept_piece_file_id FOREIGN KEY (file_id) REFERENCES kept_file (id) ON DELETE CASCADE
    )""",
    """
    CREATE TABLE import_job (
        id SERIAL NOT NULL,
        newsletter_id INTEGER NOT NULL,
        member_id INTEGER,
        state VARCHAR(20) NOT NULL,
        name VARCHAR(200) NOT NULL,
        file_id INTEGER,
        refused_id INTEGER,
        evidence VARCHAR(200) NOT NULL,
        encoding VARCHAR(20) NOT NULL,
        found_encoding VARCHAR(20) NOT NULL,
        headings JSONB NOT NULL,
        headless BOOLEAN NOT NULL,
        guesses JSONB NOT NULL,
        sample JSONB NOT NULL,
        headings_digest VARCHAR(64) NOT NULL,
        mapping JSONB NOT NULL,
        asked JSONB NOT NULL,
        trial JSONB NOT NULL,
        counts JSONB NOT NULL,
        first_refused JSONB NOT NULL,
        records INTEGER NOT NULL,
        settled INTEGER NOT NULL,
        problem VARCHAR NOT NULL,
        epoch INTEGER NOT NULL,
        lease_until TIMESTAMP WITH TIME ZONE,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL,
        started_at TIMESTAMP WITH TIME ZONE,
        ended_at TIMESTAMP WITH TIME ZONE,
        CONSTRAINT pk_import_job PRIMARY KEY (id),
        CONSTRAINT ck_import_job_importstate CHECK (state IN ('uploaded', 'read', 'mapped', 'checked', 'running',
            'done', 'cancelled', 'failed', 'undoing', 'undone')),
        CONSTRAINT fk_import_job_newsletter_id
            FOREIGN KEY (newsletter_id) REFERENCES newsletter (id) ON DELETE CASCADE,
        CONSTRAINT fk_import_job_member_id FOREIGN KEY (member_id) REFERENCES member (id) ON DELETE SET NULL,
        CONSTRAINT fk_import_job_file_id FOREIGN KEY (file_id) REFERENCES kept_file (id) ON DELETE SET NULL,
        CONSTRAINT fk_import_job_refused_id FOREIGN KEY (refused_id) REFERENCES kept_file (id) ON DELETE SET NULL
    )""",
    "CREATE INDEX ix_import_job_newsletter_id_id ON import_job (newsletter_id, id)",
    """
    CREATE UNIQUE INDEX uq_import_job_changing ON import_job (newsletter_id)
        WHERE state IN ('running', 'undoing')""",
    """
    CREATE TABLE import_change (
        import_id INTEGER NOT NULL,
        subscriber_id BIGINT NOT NULL,
        kind VARCHAR(20) NOT NULL,
        filled JSONB NOT NULL,
        was JSONB NOT NULL,
        CONSTRAINT pk_import_change PRIMARY KEY (import_id, subscriber_id)
    )""",
    """
    CREATE TABLE reader_export (
        id SERIAL NOT NULL,
        newsletter_id INTEGER NOT NULL,
        member_id INTEGER NOT NULL,
        state VARCHAR(20) NOT NULL,
        format VARCHAR(20) NOT NULL,
        segment JSONB NOT NULL,
        segment_name VARCHAR(200) NOT NULL,
        language VARCHAR(2) NOT NULL,
        file_id INTEGER,
        readers INTEGER NOT NULL,
        problem VARCHAR NOT NULL,
        epoch INTEGER NOT NULL,
        lease_until TIMESTAMP WITH TIME ZONE,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL,
        ready_at TIMESTAMP WITH TIME ZONE,
        CONSTRAINT pk_reader_export PRIMARY KEY (id),
        CONSTRAINT ck_reader_export_exportstate CHECK (state IN ('waiting', 'ready', 'failed', 'removed', 'ended')),
        CONSTRAINT ck_reader_export_exportformat CHECK (format IN ('csv', 'xlsx')),
        CONSTRAINT fk_reader_export_newsletter_id
            FOREIGN KEY (newsletter_id) REFERENCES newsletter (id) ON DELETE CASCADE,
        CONSTRAINT fk_reader_export_member_id FOREIGN KEY (member_id) REFERENCES member (id) ON DELETE CASCADE,
        CONSTRAINT fk_reader_export_file_id FOREIGN KEY (file_id) REFERENCES kept_file (id) ON DELETE SET NULL
    )""",
    "CREATE INDEX ix_reader_export_newsletter_id_id ON reader_export (newsletter_id, id)",
)


def upgrade() -> None:
    """Add the tables."""
    for statement in _STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Drop them."""
    for table in ("reader_export", "import_change", "import_job", "kept_piece", "kept_file"):
        op.execute(f"DROP TABLE {table}")
