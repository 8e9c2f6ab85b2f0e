"""What staff's pages of a newsletter keep: merged topics, versions of the consent text, tests of relays.

Follows: 0019
"""

from __future__ import annotations

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_UP = """
ALTER TABLE topic ADD COLUMN merged_into_id INTEGER CONSTRAINT fk_topic_merged_into_id REFERENCES topic (id);
CREATE TABLE consent_version (
    id SERIAL NOT NULL,
    newsletter_id INTEGER NOT NULL,
    number INTEGER NOT NULL,
    text VARCHAR NOT NULL,
    by VARCHAR(320) NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_consent_version PRIMARY KEY (id),
    CONSTRAINT uq_consent_version_newsletter_id_number UNIQUE (newsletter_id, number),
    CONSTRAINT fk_consent_version_newsletter_id FOREIGN KEY(newsletter_id) REFERENCES newsletter (id)
);
INSERT INTO consent_version (newsletter_id, number, text, by, at)
  SELECT id, 1, consent_text, '', created_at FROM newsletter;
CREATE TABLE relay_test (
    id SERIAL NOT NULL,
    relay_id INTEGER,
    address VARCHAR(320) NOT NULL,
    state VARCHAR(20) NOT NULL,
    answer VARCHAR(500) NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    finished_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_relay_test PRIMARY KEY (id),
    CONSTRAINT fk_relay_test_relay_id FOREIGN KEY(relay_id) REFERENCES relay (id) ON DELETE CASCADE,
    CONSTRAINT ck_relay_test_relayteststate CHECK (state IN ('waiting', 'accepted', 'refused', 'unreached', 'failed'))
)
"""


def upgrade() -> None:
    """Add them. The text of today is each newsletter's first version."""
    op.execute(_UP)


def downgrade() -> None:
    """Take them away; merged topics can be chosen again, and nobody has chosen them."""
    op.execute("DROP TABLE relay_test")
    op.execute("DROP TABLE consent_version")
    op.execute("ALTER TABLE topic DROP COLUMN merged_into_id")
