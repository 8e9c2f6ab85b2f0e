"""Indexes by which returned mail is erased and forgotten; reports on a mailbox that is not the reader's.

Follows: 0043
"""

from __future__ import annotations

from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

_INDEXES = {
    "ix_returned_mail_raw": "returned_mail (received_at) WHERE raw IS NOT NULL",
    "ix_returned_mail_address": "returned_mail (lower(address)) WHERE address <> ''",
    "ix_returned_mail_sender": "returned_mail (lower(sender)) WHERE sender <> ''",
    "ix_provider_event_raw": "provider_event (received_at) WHERE raw IS NOT NULL",
    "ix_provider_event_address": "provider_event (lower(address)) WHERE address <> ''",
}


def upgrade() -> None:
    """Make them; of reports that are there nobody knows, and they count as they did."""
    op.execute("ALTER TABLE letter_report ADD COLUMN elsewhere BOOLEAN NOT NULL DEFAULT false")
    op.execute("ALTER TABLE letter_report ALTER elsewhere DROP DEFAULT")
    for name, place in _INDEXES.items():
        op.execute(f"CREATE INDEX {name} ON {place}")


def downgrade() -> None:
    """Drop them."""
    for name in _INDEXES:
        op.execute(f"DROP INDEX {name}")
    op.execute("ALTER TABLE letter_report DROP COLUMN elsewhere")
