"""The end of a web process: what is in its memory alone must be handed on before."""

from __future__ import annotations

from collections.abc import Callable
from multiprocessing.util import Finalize


def at_end(close: Callable[[], None]) -> Callable[[], None]:
    """Call *close* when this process ends in order; returns what takes that back.

    The web server forks its processes by :mod:`multiprocessing`, which ends them by ``os._exit``: functions that are
    registered with :mod:`atexit` are not called there. What is registered here is called in every process.
    """
    return Finalize(None, close, exitpriority=0).cancel
