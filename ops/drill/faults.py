"""What goes wrong in a drill, and how often: drawn for each letter that begins."""

from __future__ import annotations

import enum
from random import Random


class Fault(enum.Enum):
    """What the server does instead of taking a letter as it should."""

    NONE = "none"
    RECIPIENT_DEFERRED = "4xx to the recipient"
    MESSAGE_DEFERRED = "4xx to the message"
    RECIPIENT_REFUSED = "5xx to the recipient"
    MESSAGE_REFUSED = "5xx to the message"
    SERVICE_CLOSING = "421"
    DROPS_IN_MESSAGE = "hangs up before the dot"
    DROPS_AFTER_TAKING = "takes it, hangs up after the dot"
    DROPS_WITHOUT_TAKING = "does not take it, hangs up after the dot"
    SLOW = "answers slowly"


class PartFault(enum.Enum):
    """A part that is taken away for a while."""

    BROKER = "broker"
    DATABASE = "database"
    DISK = "disk"
    WORKER = "worker"
    BEAT = "beat"


SHARES = {
    Fault.RECIPIENT_DEFERRED: 0.02,
    Fault.MESSAGE_DEFERRED: 0.01,
    Fault.RECIPIENT_REFUSED: 0.01,
    Fault.MESSAGE_REFUSED: 0.005,
    Fault.SERVICE_CLOSING: 0.001,
    Fault.DROPS_IN_MESSAGE: 0.002,
    Fault.DROPS_AFTER_TAKING: 0.0005,
    Fault.DROPS_WITHOUT_TAKING: 0.0005,
    Fault.SLOW: 0.002,
}
"""How often each happens, of all letters that begin. All others are taken."""

IN_DOUBT = frozenset({Fault.DROPS_AFTER_TAKING, Fault.DROPS_WITHOUT_TAKING})
"""After these the sender cannot know."""
SLOW_SECONDS = (0.05, 0.4)


def choose(random: Random) -> Fault:
    """The fault of one letter."""
    number = random.random()
    for fault, share in SHARES.items():
        number -= share
        if number < 0:
            return fault
    return Fault.NONE
