"""A process that we start, watch and stop.

Each child gets a session of its own, so that Ctrl+C reaches only us and we stop our children in order.
A watcher beside it (one idle ``sh``) holds the other end of a pipe; if we die, the pipe
closes and the watcher stops the child, so that nothing is left behind.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path

from models.store.errors import KairanError
from models.store.phrase import phrase

from .postgres_user import PostgresUser

LOG_LIMIT = 10_000_000
_WATCH = 'trap "" INT TERM HUP; read -r _; kill -s "$1" "$2" 2>/dev/null'


class CannotStart(KairanError):
    """A part does not start. The text says why and what to do."""


class ChildProcess:
    """A running process with its log.

    Arguments:
        name: what a person calls it, in messages.
        command: program and arguments.
        log: the file that gets what it prints; the last one is kept as ``*.log.1`` when it has grown.
            Without one it prints where we print.
        environment: its whole environment; by default ours.
        user: the user to run it as, when we are root.
        stop_signal: the signal that asks it to end in order.
        stop_timeout: seconds that it gets for that before it is killed.
        inherit: descriptors that stay open in it (locks that it holds as long as it lives).
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        log: Path | None,
        environment: Mapping[str, str] | None = None,
        user: PostgresUser | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
        stop_timeout: float = 10.0,
        inherit: Sequence[int] = (),
    ) -> None:
        self.name, self.log, self.stop_signal, self.stop_timeout = name, log, stop_signal, stop_timeout
        self._asked = False
        self._log_start = rotate(log) if log else 0
        with log.open("ab") if log else nullcontext() as output:
            self._process = subprocess.Popen(
                [str(word) for word in command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT if log else None,
                start_new_session=True,
                pass_fds=tuple(inherit),
                env=dict(environment) if environment is not None else None,
                user=user.user if user else None,
                group=user.group if user else None,
                extra_groups=[] if user else None,
                cwd="/" if user else None,
            )
        self._watcher = subprocess.Popen(
            ["/bin/sh", "-c", _WATCH, "sh", stop_signal.name.removeprefix("SIG"), str(self.pid)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    @property
    def pid(self) -> int:
        """The process id, which is its group's id too."""
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        """The exit status, or nothing while it runs."""
        return self._process.poll()

    def group_lives(self) -> bool:
        """Whether it, or a process that it started, still runs."""
        if self.returncode is None:
            return True
        try:
            os.killpg(self.pid, 0)
        except (ProcessLookupError, PermissionError):
            return False
        return True

    def request_stop(self) -> None:
        """Send the signal that ends it in order, once, and return at once."""
        if not self._asked and self.returncode is None:
            self._process.send_signal(self.stop_signal)
        self._asked = True

    def stop(self) -> None:
        """End it in order; after the timeout, by force. Whatever it started itself ends too."""
        self.request_stop()
        try:
            self._process.wait(self.stop_timeout)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        self._stop_watcher()

    def _stop_watcher(self) -> None:
        # Killed before its pipe closes: otherwise it could signal a number that belongs to another process by now.
        self._watcher.kill()
        self._watcher.communicate()

    def tail(self, lines: int = 15) -> str:
        """The last *lines* that it printed since this start."""
        if not self.log:
            return ""
        with contextlib.suppress(FileNotFoundError), self.log.open("rb") as log:
            log.seek(self._log_start)
            return "\n".join(log.read()[-20_000:].decode(errors="replace").splitlines()[-lines:])
        return ""

    def wait_until(self, ready: Callable[[], bool], *, seconds: float) -> None:
        """Wait until *ready* says yes.

        Raises:
            CannotStart: the process ended, or *seconds* went by; with the tail of its log.
        """
        until = time.monotonic() + seconds
        while not ready():
            if self.returncode is not None:
                raise CannotStart(self.describe_exit())
            if time.monotonic() > until:
                raise CannotStart(
                    phrase(
                        "{name} did not answer within {seconds} s.\n{thing}",
                        name=self.name,
                        seconds=f"{seconds:.0f}",
                        thing=self._log_end(),
                    )
                )
            time.sleep(0.05)

    def describe_exit(self) -> str:
        """How it ended, with the tail of its log."""
        code = self.returncode
        how = f"signal {signal.Signals(-code).name}" if code is not None and code < 0 else f"status {code}"
        return f"{self.name} ended with {how}.\n{self._log_end()}"

    def _log_end(self) -> str:
        return f"The end of {self.log}:\n{self.tail() or '(nothing)'}" if self.log else ""


def rotate(log: Path) -> int:
    """Make room for *log*; answer its size. Its folder exists then; past 10 MB the file becomes ``*.log.1``."""
    log.parent.mkdir(parents=True, exist_ok=True)
    log.touch()
    if log.stat().st_size <= LOG_LIMIT:
        return log.stat().st_size
    log.replace(log.with_name(log.name + ".1"))
    return 0
