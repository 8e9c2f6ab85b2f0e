"""When the next connection may be opened: one first, then one more at a time, and slowly after failures."""

from __future__ import annotations


class ConnectionBackoff:
    """Counts failures in a row, and says when the next attempt may be.

    Arguments:
        first_pause: seconds after the first failure; each further one doubles it.
        max_pause: the most seconds between two attempts.
    """

    __slots__ = ("_failures", "_first_pause", "_max_pause", "_not_before")

    def __init__(self, first_pause: float, max_pause: float) -> None:
        self._first_pause = first_pause
        self._max_pause = max_pause
        self._failures = 0
        self._not_before = 0.0

    def failed(self, now: float) -> None:
        """A connection could not be opened, or ended before it took a letter."""
        pause = min(self._max_pause, self._first_pause * 2 ** min(self._failures, 16))
        self._failures += 1
        self._not_before = now + pause

    def succeeded(self) -> None:
        """A letter was answered: the relay works."""
        self._failures = 0

    def allows(self, now: float) -> bool:
        """Whether the pause is over."""
        return now >= self._not_before
