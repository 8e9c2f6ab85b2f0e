"""Real servers for tests: a catching SMTP server, the web server and a worker as processes of their own."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from aiosmtpd.smtp import SMTP, Envelope, Session

from ops.run import programs
from ops.run.child_process import ChildProcess
from ops.run.health_probe import web_answers

ROOT = Path(__file__).parent.parent


class Caught(NamedTuple):
    """One letter as it came over the wire."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes


class SmtpCatcher:
    """An SMTP server on a loopback port, in a thread of its own, that keeps what it gets in ``letters``."""

    def __init__(self) -> None:
        self.letters: list[Caught] = []
        self._loop = asyncio.new_event_loop()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._run, name="smtp-catcher")

    @property
    def address(self) -> str:
        """The SMTP_URL of this server."""
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        """Keep a letter; what aiosmtpd calls."""
        assert isinstance(envelope.content, bytes)
        self.letters.append(Caught(envelope.mail_from or "", tuple(envelope.rcpt_tos), envelope.content))
        return "250 2.0.0 caught"

    def start(self) -> None:
        """Listen."""
        self._thread.start()

    def stop(self) -> None:
        """Close every connection and wait for the thread's end."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _protocol(self) -> SMTP:
        return SMTP(self, hostname="catcher.example", enable_SMTPUTF8=True, loop=self._loop)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(self._loop.create_server(self._protocol, sock=self._socket))
        self._loop.run_forever()
        server.close()
        tasks = asyncio.all_tasks(self._loop)
        for task in tasks:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()


def free_port() -> int:
    """A loopback port that nobody listens on at this moment."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def start_web(log: Path, port: int, environment: Mapping[str, str] | None = None) -> ChildProcess:
    """Start granian with the real application on loopback *port*; wait for /healthz.

    *environment* is laid over this process's.
    """
    command = programs.web()
    for option, value in (("--host", "127.0.0.1"), ("--port", str(port)), ("--workers", "1")):
        command[command.index(option) + 1] = value
    child = ChildProcess("web server", command, log=log, environment=_environment(environment))
    return _ready(child, lambda: web_answers(f"http://127.0.0.1:{port}/healthz"))


def start_worker(
    log: Path, environment: Mapping[str, str] | None = None, *, processes: int = 1, beat: bool = True
) -> ChildProcess:
    """Start a real Celery worker, with its timetable beside it, and wait until it takes tasks."""
    command = [sys.executable, "-m", "celery", "-A", "worker.app", "worker", "--loglevel", "info"]
    command += ["--concurrency", str(processes), "--hostname", f"test-{os.getpid()}-{log.stem}@%h"]
    command += ["--without-gossip", "--without-mingle", "--queues", "celery,deliver"]
    if beat:
        command += ["--beat", "--schedule", str(log.with_suffix(".beat"))]
    child = ChildProcess("worker", command, log=log, environment=_environment(environment))
    return _ready(child, lambda: " ready." in child.tail(100))


def _environment(more: Mapping[str, str] | None) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", **(more or {})}


def _ready(child: ChildProcess, ready: object) -> ChildProcess:
    assert callable(ready)
    try:
        child.wait_until(ready, seconds=30)
    except BaseException:
        child.stop()
        raise
    return child
