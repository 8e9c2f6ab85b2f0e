"""What is done about readers again and again."""

from __future__ import annotations

from models.readers import unconfirmed
from models.store.db import session_scope


def tend() -> int:
    """Forget sign-ups that nobody confirmed, a portion a transaction; answer how many."""
    forgotten = 0
    while True:
        with session_scope() as session:
            portion = unconfirmed.forget(session)
        if not portion:
            return forgotten
        forgotten += portion
