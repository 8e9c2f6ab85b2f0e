"""What goes wrong in a drill, and how often: drawn for each letter that begins."""

from __future__ import annotations

import enum
from random import Random


class Fault(enum.Enum):
    """What the server does instead of taking a letter as it should."""

    NONE = "none"
    LATER = "4xx to the recipient"
    LATER_AT_END = "4xx to the message"
    NOBODY = "5xx to the recipient"
    REFUSED = "5xx to the message"
    BUSY = "421"
    HANGS_UP_BEFORE = "hangs up before the dot"
    HANGS_UP_AFTER = "takes it, hangs up after the dot"
    HANGS_UP_WITHOUT = "does not take it, hangs up after the dot"
    SLOW = "answers slowly"


SHARES = {
    Fault.LATER: 0.02,
    Fault.LATER_AT_END: 0.01,
    Fault.NOBODY: 0.01,
    Fault.REFUSED: 0.005,
    Fault.BUSY: 0.001,
    Fault.HANGS_UP_BEFORE: 0.002,
    Fault.HANGS_UP_AFTER: 0.0005,
    Fault.HANGS_UP_WITHOUT: 0.0005,
    Fault.SLOW: 0.002,
}
"""How often each happens, of all letters that begin. All others are taken."""

IN_DOUBT = frozenset({Fault.HANGS_UP_AFTER, Fault.HANGS_UP_WITHOUT})
"""After these the sender cannot know."""
SLOW_SECONDS = (0.05, 0.4)


def draw(luck: Random) -> Fault:
    """The fault of one letter."""
    number = luck.random()
    for fault, share in SHARES.items():
        number -= share
        if number < 0:
            return fault
    return Fault.NONE
