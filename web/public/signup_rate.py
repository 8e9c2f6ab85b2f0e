"""How many sign-ups one network may send (SIGNUP_LIMIT) before each further one takes a calculation or a wait."""

from __future__ import annotations

import math
import time

import structlog
from limits import parse_many

import settings

from ..request import limiter, network

log = structlog.get_logger("web")


def seconds_to_wait() -> int:
    """Count a sign-up of this network: 0 where it may be taken, else the seconds until one may."""
    wait = 0.0
    try:
        for item in parse_many(settings.get().signup_limit):
            if not limiter.limiter.hit(item, "signup", network()):
                free_at = limiter.limiter.get_window_stats(item, "signup", network()).reset_time
                wait = max(wait, free_at - time.time(), 1)
    except Exception as error:  # the limits' storage is down, and raises what its client raises: nobody is limited
        log.warning("sign-ups are not counted", error=str(error))
        return 0
    return math.ceil(wait)
