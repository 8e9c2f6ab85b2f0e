"""The programs that make up a running Kairan, as command lines: one place for launcher, containers and people."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

import settings

Command = list[str]


def web() -> Command:
    """The web server: granian with one process per core."""
    chosen = settings.get()
    return [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws", "--respawn-failed-workers"),
        *("--host", chosen.web_host, "--port", str(chosen.web_port), "--workers", str(chosen.web_workers)),
        # Fewer threads than the connection pool has connections: no request waits for one in vain.
        *("--blocking-threads", "8", "--workers-kill-timeout", "5", "--log-level", "warning", "web.app:app"),
    ]


def worker(name: str = "worker") -> Command:
    """A worker: a pool of processes that prepare and send. Celery knows it as *name* at this host."""
    chosen = settings.get()
    return [
        *(sys.executable, "-m", "celery", "--app", "worker.app", "worker", "--loglevel", chosen.log_level),
        *("--concurrency", str(chosen.send_processes), "--queues", "celery,deliver"),
        *("--hostname", worker_node(name), "--without-gossip", "--without-mingle"),
    ]


def worker_node(name: str) -> str:
    """The full name by which Celery knows the worker *name* of this host."""
    return f"{name}@{socket.gethostname()}"


def beat(schedule: Path) -> Command:
    """The timetable: one per installation. It keeps what it did in the file *schedule*."""
    return [
        *(sys.executable, "-m", "celery", "--app", "worker.app", "beat"),
        *("--schedule", str(schedule), "--pidfile", "", "--loglevel", settings.get().log_level),
    ]


def mailbox(descriptor: int) -> Command:
    """The catching SMTP server on an open socket."""
    return [*kairan("mailbox", "serve"), "--descriptor", str(descriptor)]


def kairan(*words: str) -> Command:
    """A command of our own."""
    return [sys.executable, "-m", "ops.cli", *words]
