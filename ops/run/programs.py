"""The programs that make up a running Kairan, as command lines: one place for launcher, containers and people."""

from __future__ import annotations

import resource
import socket
import sys
from pathlib import Path

import settings

Command = list[str]


def web() -> Command:
    """The web server: granian with one process per core."""
    chosen = settings.get()
    return [
        *(sys.executable, "-m", "granian", "--interface", "asginl", "--http", "1", "--no-ws"),
        *("--host", chosen.web_host, "--port", str(chosen.web_port), "--workers", str(chosen.web_workers)),
        *("--backlog", "2048", "--backpressure", str(_open_connections())),
        *("--http1-header-read-timeout", "10000", "--respawn-failed-workers", "--workers-kill-timeout", "5"),
        *("--log-level", "warning", "web.asgi:app"),
    ]


def _open_connections() -> int:
    """How many a web process may have at once. They cost a coroutine each, no thread, and a file descriptor."""
    allowed, _most = resource.getrlimit(resource.RLIMIT_NOFILE)
    return 2048 if allowed == resource.RLIM_INFINITY else max(128, min(2048, allowed // 2))


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
