"""What processes use: CPU seconds and memory, read from ``/proc`` (Linux)."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

_TICK = 1 / os.sysconf("SC_CLK_TCK")


def children(parent: int) -> list[int]:
    """The processes that *parent* has started, by number."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                words = _words(folder)
            except OSError:
                continue
            if int(words[1]) == parent:
                found.append(int(folder.name))
    return sorted(found)


def family(parent: int) -> list[int]:
    """*parent* and all its descendants."""
    return [parent, *(one for child in children(parent) for one in family(child))]


def parent(process: int) -> int:
    """The process that has started *process*."""
    return int(_words(Path(f"/proc/{process}"))[1])


def cpu(processes: Iterable[int]) -> float:
    """Seconds of user and system time so far: of all threads, and of children that have ended."""
    return sum(map(_cpu, processes))


def running(processes: Iterable[int]) -> float:
    """Seconds of processor time of the main threads of those that still run, to the microsecond (``schedstat``)."""
    total = 0
    for process in processes:
        try:
            total += int(Path(f"/proc/{process}/schedstat").read_text().split()[0])
        except OSError:
            continue
    return total / 1e9


def cpu_beside_main(processes: Iterable[int]) -> float:
    """The same for threads other than the main one."""
    total = 0.0
    for process in processes:
        for thread in Path(f"/proc/{process}/task").iterdir():
            if int(thread.name) != process:
                total += _seconds(_words(thread))
    return total


def rss_mb(process: int) -> float:
    """Megabytes (10^6 bytes) of memory that a process has in use."""
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024 / 1e6
    return 0.0


def _cpu(process: int) -> float:
    try:
        return _seconds(_words(Path(f"/proc/{process}")), 4)
    except OSError:
        return 0.0


def _seconds(words: list[str], fields: int = 2) -> float:
    """User and system time; with four fields, also those of children that have ended."""
    return sum(map(int, words[11 : 11 + fields])) * _TICK


def _words(folder: Path) -> list[str]:
    """The fields of ``stat`` behind the program's name, which may hold anything."""
    return (folder / "stat").read_text().rpartition(")")[2].split()
