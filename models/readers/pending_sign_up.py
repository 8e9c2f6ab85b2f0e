"""What unconfirmed sign-ups say of a reader: each is bound to the link in its own letter.

Anybody may enter an address again, with other answers, before its owner has confirmed; the owner's link then still
means what the owner entered. A link's time of expiry tells the sign-ups of a subscription apart.
"""

from __future__ import annotations

from typing import NamedTuple

from .profile import Profile
from .subscriber import Subscription

EXPIRES, EARLIER, AGREED = "expires", "earlier", "agreed"
MOST_EARLIER = 6
"""As many letters as an address gets in a day; older sign-ups are forgotten."""


class PendingSignUp(NamedTuple):
    """What one form said, and the words that were agreed to."""

    profile: Profile
    agreed: str


def add(subscription: Subscription, profile: Profile, agreed: str, expires: int) -> None:
    """Keep what a form said until the link that expires then is used; earlier ones stay beside it."""
    before = dict(subscription.pending_answers)
    earlier = before.pop(EARLIER, [])
    subscription.pending_answers = {
        **profile.model_dump(mode="json"),
        AGREED: agreed,
        EXPIRES: expires,
        EARLIER: ([*earlier, before] if before else earlier)[-MOST_EARLIER:],
    }


def find(subscription: Subscription, expires: int) -> PendingSignUp | None:
    """The sign-up that a link was made for; None where it was used, or given up by leaving.

    Arguments:
        expires: when the link expires. Sign-ups that an older version has kept do not know it, and take any.
    """
    last = subscription.pending_answers
    for one in (last, *reversed(last.get(EARLIER, []))):
        if one.get(EXPIRES) in (None, expires):
            return PendingSignUp(Profile.model_validate(one), str(one.get(AGREED, "")))
    return None
