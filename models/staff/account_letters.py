"""Letters to a person of the staff about their own account: what has changed, when and from where.

Whoever has a password that is not theirs cannot keep its owner from reading it (NIST SP 800-63B, 4.6).
"""

from __future__ import annotations

import enum

from sqlalchemy.orm import Session

import settings

from ..outbox import transactional
from ..store.clock import now
from .member import Member

CHANGED = "account_changed"


class AccountChange(enum.Enum):
    """What the letter tells of."""

    PASSWORD = "password"  # noqa: S105  (the name of a change)
    APP_ADDED = "app_added"
    APP_REMOVED = "app_removed"
    PASSKEY_ADDED = "passkey_added"
    PASSKEY_REMOVED = "passkey_removed"
    CODES_MADE = "codes_made"
    CODE_USED = "code_used"
    WRONG_CODES = "wrong_codes"
    RESET = "reset"


def tell(session: Session, member: Member, change: AccountChange, place: str = "", left: int | None = None) -> None:
    """Post a letter to *member* that says what has changed.

    Arguments:
        place: from where: browser and address, in words of no language; empty where a command did it.
        left: how many recovery codes are left.
    """
    transactional.post(
        session,
        CHANGED,
        member.address,
        language=member.letter_language,
        name=member.name,
        change=change.value,
        at=now().isoformat(timespec="seconds"),
        place=place,
        left="" if left is None else str(left),
        link=f"{settings.get().base_url}/staff/account",
    )
