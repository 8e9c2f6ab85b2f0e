"""Indexes along which staff look for readers.

Follows: 0035
"""

from __future__ import annotations

from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

_ADDED = {
    "ix_subscriber_address_key_beginning": "subscriber (address_key varchar_pattern_ops)",
    "ix_subscriber_name_beginning": "subscriber (name varchar_pattern_ops)",
    "ix_subscriber_kana_beginning": "subscriber (kana varchar_pattern_ops)",
    "ix_subscriber_domain": "subscriber (domain)",
    "ix_subscription_reader": "subscription (newsletter_id, subscriber_id)",
    "ix_subscription_state": "subscription (newsletter_id, state, subscriber_id)",
    "ix_subscription_audience": "subscription (newsletter_id, audience_id, subscriber_id)",
    "ix_subscription_joined": "subscription (newsletter_id, confirmed_at, subscriber_id)",
}


def upgrade() -> None:
    """Add them, and drop the one that the index by state takes the place of."""
    for name, on in _ADDED.items():
        op.execute(f"CREATE INDEX {name} ON {on}")
    op.execute("DROP INDEX ix_subscription_newsletter_id_state")


def downgrade() -> None:
    """Drop them, and make that one again."""
    op.execute("CREATE INDEX ix_subscription_newsletter_id_state ON subscription (newsletter_id, state)")
    for name in _ADDED:
        op.execute(f"DROP INDEX {name}")
