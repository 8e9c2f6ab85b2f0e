"""How long the sender waits, and how often it looks: the one table of these times. What an installation may want to
change is a setting (``SMTP_TIMEOUT_SECONDS``, ``LEASE_SECONDS``); the rest stands here, in seconds.
"""

from __future__ import annotations

from dataclasses import dataclass

import settings

TURN = 5.0
"""After about this time a task ends and names its batch again, so that other tasks of the process get their turn."""
TICK = 0.1
"""How often a turn looks at its runs."""
RECORD = 0.5
"""Answers are written into the database at least this often, while there are some."""
MAX_WAIT = 5.0
"""A batch that a limit holds up for longer is given back until then."""
STUCK = 2.0
"""A batch of which no letter was answered in this time rests after its turn."""
REST = 5.0
"""How long a batch rests when a service that it needs does not answer."""
LANE_FULL = 1.0
"""How long a lane whose connections others hold is passed over."""
PROBATION = 30.0
"""How long a relay that failed gets no share, unless it takes a letter before that."""
UNREACHED = 30.0
"""When a single letter is tried again whose relay could not be reached."""
REDIS_CONNECT = 5.0
"""Connecting to Redis and logging in."""


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long the SMTP client waits (RFC 5321, 4.5.3.2, names minutes for the first three)."""

    connect: float = 30.0
    """TCP and TLS handshakes, each."""
    reply: float = 120.0
    """Greeting and every answer to a command."""
    dot: float = 300.0
    """The answer to the final dot, counted from the last progress in writing the message."""
    quit: float = 2.0
    """The answer to QUIT."""
    close: float = 3.0
    """The end of all connections, when a pool closes."""
    idle: float = 30.0
    """An idle connection is closed after this time; the last one is kept while a run lasts."""
    check_after: float = 2.0
    """After this time of idleness a relay might have hung up, so NOOP is asked before the next letter."""
    retry: float = 1.0
    """The first pause after a connection failed without taking a letter; each further failure doubles it."""
    max_retry: float = 60.0
    """The longest of these pauses."""
    poll: float = 0.05
    """How often an idle connection asks for a letter again."""


def smtp() -> Timeouts:
    """The SMTP client's times by the settings of this installation."""
    seconds = settings.get().smtp_timeout_seconds
    return Timeouts(connect=min(Timeouts().connect, seconds), reply=seconds, dot=seconds * 2.5)
