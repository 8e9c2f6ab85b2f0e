"""Indexes over hashes of addresses that are hash indexes themselves.

Follows: 0041
"""

from __future__ import annotations

from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

_TABLES = ("subscriber", "consent")


def upgrade() -> None:
    """Make them anew: these keys are only ever compared for being the same."""
    _make("hash")


def downgrade() -> None:
    """Make them trees again."""
    _make("btree")


def _make(method: str) -> None:
    for table in _TABLES:
        op.execute(f"DROP INDEX ix_{table}_address_hash")
        op.execute(f"CREATE INDEX ix_{table}_address_hash ON {table} USING {method} (address_hash)")
