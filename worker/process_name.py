"""The name of this process, by which others see whether it still lives."""

from __future__ import annotations

import os
import socket
from functools import cache
from pathlib import Path


def name() -> str:
    """This process, as a batch's row names it: ``HOST/PLACE/PID/START``.

    PLACE is the machine's present boot and the namespace in which PID counts, so that nobody takes a number in
    another container, or from before a restart, for one of their own.
    """
    pid = os.getpid()
    return f"{socket.gethostname()[:40]}/{_boot_and_namespace()}/{pid}/{_start_time(pid)}"


def has_ended(worker: str) -> bool:
    """Whether the process of that name ran here and runs no more. False where that cannot be known."""
    words = worker.split("/")
    if len(words) != 4 or not _boot_and_namespace() or words[:2] != [socket.gethostname()[:40], _boot_and_namespace()]:
        return False
    return _start_time(int(words[2])) != words[3]


@cache
def _boot_and_namespace() -> str:
    """Boot and process namespace in short; empty where the system does not tell (it is not Linux)."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{boot[:8]}-{os.readlink('/proc/self/ns/pid').strip('pid:[]')}"
    except OSError:
        return ""


def _start_time(pid: int) -> str:
    """When a process began, in ticks since boot; empty where it is gone or a zombie."""
    try:
        # The program's name in parentheses may hold anything; what we want stands behind it.
        words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if words[0] == "Z" else words[19]
