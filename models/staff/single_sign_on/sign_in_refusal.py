"""Why somebody does not come in through the identity provider."""

from __future__ import annotations

import enum


class RefusalReason(enum.Enum):
    """Each has a page of its own that says what to do; the value stands in the audit log."""

    PROVIDER_DOWN = "provider does not answer"
    PROVIDER_WRONG = "provider's answer is wrong"
    BUSY = "too many at once"
    CANCELLED = "refused at the provider"
    ATTEMPT_OVER = "attempt is over, used or of another browser"
    CLOCK = "clocks differ"
    SIGNATURE = "identity token is wrong"
    NO_ADDRESS = "no mail address"
    UNVERIFIED = "mail address is not verified"
    ACCOUNT_EXISTS = "an account with this address is not connected"
    CONNECTED_ELSEWHERE = "identity or account is connected already"
    TOO_MANY_GROUPS = "more groups than a token holds"
    NO_ROLE = "no role"
    INACTIVE = "deactivated"
    INVITATION_OVER = "invitation is over or was used"
    ANOTHER_PERSON = "somebody else has confirmed"
    NOT_ASKED_ANEW = "the provider has not asked anew"
    NO_SECOND_FACTOR = "the provider tells of no second factor"


class SignInRefused(Exception):
    """Somebody does not come in.

    Arguments:
        reason: what the page says.
        detail: what the log and the audit log hold besides; no token, no secret.
    """

    def __init__(self, reason: RefusalReason, detail: str = "") -> None:
        self.reason, self.detail = reason, detail
        super().__init__(f"{reason.value}: {detail}" if detail else reason.value)
