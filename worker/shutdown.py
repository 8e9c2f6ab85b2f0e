"""Draining: how the process that sends learns that the worker must end, so that nothing stays unknown.

Celery's main process gets the signal and only waits for its children. So it writes into a pipe that they watch.
A child that gets SIGTERM itself (systemd tells the whole group; the kernel, when the parent has died) takes that
for the same.
"""

from __future__ import annotations

import os
import select
import signal
import sys
from types import FrameType
from typing import Any

from celery import platforms
from celery.signals import worker_init, worker_shutting_down


class _Shutdown:
    """The pipe, and what this process does at the moment."""

    def __init__(self) -> None:
        self.reader = -1
        self.writer = -1
        self.asked = False
        self.busy = False


_state = _Shutdown()


@worker_init.connect
def _open_pipe(**_: Any) -> None:
    _state.reader, _state.writer = os.pipe()


@worker_shutting_down.connect
def _tell_children(**_: Any) -> None:
    # Nobody reads it: that there is something to read is the message, for every child alike.
    os.write(_state.writer, b"!")


def watch() -> None:
    """Begin to listen, in a process that has just been forked."""
    # Celery has its children killed with their parent; they must finish their letters instead.
    platforms.set_pdeathsig("SIGTERM")  # type: ignore[attr-defined]
    signal.signal(signal.SIGTERM, _on_sigterm)


def _on_sigterm(_signal: int, _frame: FrameType | None) -> None:
    _state.asked = True
    if not _state.busy:
        sys.exit(0)


def is_requested() -> bool:
    """Whether this process must end as soon as the letters on the wire are answered."""
    if not _state.asked and _state.reader >= 0:
        _state.asked = bool(select.select([_state.reader], [], [], 0)[0])
    return _state.asked


class Busy:
    """While this lasts, SIGTERM is a request and not the end."""

    def __enter__(self) -> None:
        _state.busy = True

    def __exit__(self, *_: object) -> None:
        _state.busy = False
