"""Return paths: where a letter goes back to, and whose it is when it does (variable envelope return paths, VERP).

``b+TOKEN@RETURN_DOMAIN``: the token names the letter and carries a MAC of its own purpose. Whoever can write to it has
been sent the letter, or has it from somebody who was; an address that a report merely names proves nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import settings

from ...issues.newsletter import Newsletter
from ...store.token import BadToken, Claim, Purpose, folded_maker, read_folded

LOCAL = "b"
LEAVE_LOCAL = "unsubscribe"
_MARKS = "+-="
"""What may stand between the name and the token: some servers have another mark than ours for extensions."""


def maker(newsletter: Newsletter, issue_id: int) -> Callable[[int], str]:
    """A function from a subscriber to the envelope sender of their copy; made once, called per letter."""
    domain = settings.get().return_domain
    if not (domain and newsletter.own_return_path):
        fixed = newsletter.bounce_address or newsletter.sender_address
        return lambda _subscriber: fixed
    token, after = folded_maker(Purpose.RETURN, issue_id), f"@{domain}"

    def return_path(subscriber: int) -> str:
        return f"{LOCAL}+{token(subscriber)}{after}"

    return return_path


def read(address: str) -> Claim | None:
    """Whose copy of which issue a return path is of; None where it is none, or its MAC does not hold.

    Arguments:
        address: an envelope recipient. Its domain is not looked at, as servers rewrite it; its case may have changed.
    """
    local = address.strip().strip("<>").rpartition("@")[0] or address
    head, token = local[: len(LOCAL) + 1].lower(), local[len(LOCAL) + 1 :]
    if head[:-1] != LOCAL or head[-1:] not in _MARKS:
        return None
    try:
        return read_folded(Purpose.RETURN, token)
    except BadToken:
        return None


def lifetime() -> timedelta:
    """For how long after its letter a return path or a Message-ID proves anything."""
    return timedelta(days=settings.get().return_days)


def leave_address() -> str:
    """Where readers' programs may write to leave a newsletter; empty where nobody reads it."""
    domain = settings.get().return_domain
    return f"{LEAVE_LOCAL}@{domain}" if domain else ""
