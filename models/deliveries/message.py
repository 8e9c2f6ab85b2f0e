"""Message-IDs: the name by which a letter stands in a relay's log, made from the delivery itself."""

from __future__ import annotations

from collections.abc import Callable

from ..issues.issue import Issue
from ..store.token import Purpose, maker


def message_ids(issue: Issue) -> Callable[[int], str]:
    """A function from a subscriber's number to the Message-ID of that reader's letter, angle brackets included.

    It is the same in all tries. With another ``SECRET_KEY`` than that of the sending it would be another one.
    """
    domain = issue.newsletter.sender_address.rpartition("@")[2]
    if not domain.isascii():
        domain = domain.encode("idna").decode()  # as it stands in the From field
    make, number = maker(Purpose.MESSAGE), issue.id

    def message_id(subscriber: int) -> str:
        return f"<{make(number, subscriber).decode()}@{domain}>"

    return message_id
