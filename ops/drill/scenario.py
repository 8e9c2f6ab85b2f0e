"""A drill from its beginning to its end: servers, an issue, workers killed at random, the reconciliation."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

from sqlalchemy import select

from models.deliveries import progress
from models.deliveries.delivery import Batch
from models.issues import issue as issues
from models.issues.issue_state import IssueState
from models.store import db
from models.store.errors import Unavailable
from models.store.phrase import phrase
from worker.process_name import has_ended

from ..run import programs, reconnect
from ..run.child_process import ChildProcess
from . import environment, reconcile
from .environment import DrillServers
from .faults import PartFault
from .reconcile import Reconciliation
from .smtp_server import CountingServer

STALL_SECONDS = 120.0
"""Seconds without any progress after which a drill has failed."""
WHOLE_WORKER_SHARE = 0.3
"""How many of the kills take a worker with all its processes; the others take one process."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The parameters of a drill."""

    recipients: int
    kills: int
    seed: int
    smtp: str = ""
    """``host:port`` of the caller's own server; empty for one that counts."""
    processes: int = 2
    connections: int = 4
    list_to: Path | None = None
    faults: tuple[PartFault, ...] = ()
    """Parts that are taken away, in turn and together."""
    fault_seconds: float = 3.0
    """The longest that one is away."""

    @property
    def needs_disk(self) -> bool:
        """Whether a disk must be filled."""
        return PartFault.DISK in self.faults


class Drill:
    """One drill.

    Arguments:
        plan: the parameters.
        echo: takes each line for the person who watches.
    """

    def __init__(self, plan: Plan, echo: Callable[[str], None]) -> None:
        self.plan = plan
        self.echo = echo
        self._random = Random(f"kills/{plan.seed}")  # noqa: S311  a sequence that can be repeated
        self._server = None if plan.smtp else CountingServer(plan.seed)
        self._issue = 0
        self._killed_processes = 0
        self._worker: ChildProcess | None = None
        self._started_at = 0.0
        self._log = Path()
        self._servers: DrillServers
        self._beat: ChildProcess

    def run(self) -> Reconciliation:
        """Everything. What is started is stopped again, whatever happens.

        Raises:
            Unavailable: nothing has moved for two minutes.
        """
        with environment.servers(disk=self.plan.needs_disk) as servers:
            self._servers, folder = servers, servers.folder
            self._log = folder / "logs"
            address = self.plan.smtp
            if self._server:
                self._server.start()
                address = f"127.0.0.1:{self._server.port}"
            reconnect.apply(**self._settings(address))
            self._issue = environment.create_issue(self.plan.recipients)
            self._beat = self._start_beat()
            try:
                self._send()
                return self._reconcile()
            finally:
                if self._worker:
                    self._worker.stop()
                self._beat.stop()
                if self._server:
                    self._server.stop()

    def _settings(self, address: str) -> dict[str, str]:
        """Small batches, so that there is much to take over; short waits, so that it is over soon."""
        return {
            "SMTP_URL": f"smtp://{address}",
            "SEND_PROCESSES": str(self.plan.processes),
            "CONNECTIONS": str(self.plan.connections),
            "BATCH_SIZE": str(max(200, self.plan.recipients // 20)),
            "LEASE_SECONDS": "3",
            "SWEEP_SECONDS": "1",
            "RETRY_MINUTES": "[0.02, 0.03, 0.05]",
            "SMTP_TIMEOUT_SECONDS": "10",
            "LOG_LEVEL": "warning",
            "LOG_FORMAT": "text",
        }

    def _send(self) -> None:
        """Let the issue go out, kill at the moments that are due, and wait for the end."""
        moments = sorted(self._random.uniform(0.02, 0.95) * self.plan.recipients for _ in range(self.plan.kills))
        self._start_worker()
        self._started_at = time.monotonic()
        environment.start_sending(self._issue)
        moved, at = time.monotonic(), -1
        while self._state() is not IssueState.SENT:
            done = self._done()
            if done != at:
                moved, at = time.monotonic(), done
            if time.monotonic() - moved > STALL_SECONDS:
                assert self._worker
                raise Unavailable(
                    phrase(
                        "nothing has moved for {stall_seconds} s.\n{worker}",
                        stall_seconds=f"{STALL_SECONDS:.0f}",
                        worker=self._worker.tail(40),
                    )
                )
            if moments and done >= moments[0]:
                moments.pop(0)
                self._kill(done)
            time.sleep(0.01)
        for _ in moments:
            self.echo("a kill came too late: the issue was sent already")
        self.echo(f"{self._clock()}  sent")

    def _start_beat(self) -> ChildProcess:
        return ChildProcess("timetable", programs.beat(self._servers.folder / "schedule"), log=self._log / "beat.log")

    def _start_worker(self) -> None:
        log = self._log / "worker.log"
        self._worker = ChildProcess("worker", programs.worker("drill"), log=log, stop_timeout=30.0)

    def _kill(self, done: int) -> None:
        """SIGKILL for one process that sends, or for a worker with all of them, which is started again."""
        time.sleep(self._random.uniform(0, 0.05))
        assert self._worker
        senders = self._senders()
        if senders and self._random.random() > WHOLE_WORKER_SHARE:
            process = self._random.choice(senders)
            os.kill(process, signal.SIGKILL)
            self._killed_processes += 1
            self.echo(f"{self._clock()}  killed process {process} after {done:,} letters")
            return
        os.killpg(self._worker.pid, signal.SIGKILL)
        self._killed_processes += self.plan.processes
        self.echo(f"{self._clock()}  killed the whole worker after {done:,} letters")
        self._worker.stop()
        self._start_worker()

    def _senders(self) -> list[int]:
        """Processes that hold batches, and live."""
        with db.session_scope() as session:
            names = session.scalars(select(Batch.worker).where(Batch.worker.is_not(None)).distinct()).all()
        return sorted({int(name.split("/")[2]) for name in names if name and not has_ended(name)})

    def _done(self) -> int:
        """Letters that have come so far."""
        if self._server:
            return self._server.count.letters
        with db.session_scope() as session:
            seen = progress.read(session, issues.get(session, self._issue))
        return seen.total - seen.left

    def _state(self) -> IssueState:
        with db.session_scope() as session:
            found = issues.get(session, self._issue)
            if found.trouble:
                raise Unavailable(phrase("the issue does not go out: {trouble}", trouble=found.trouble))
            return found.state

    def _reconcile(self) -> Reconciliation:
        most = self._most_unknown()
        with db.session_scope() as session:
            if self.plan.list_to:
                reconcile.write_list(session, self._issue, self.plan.list_to)
            return reconcile.reconcile(session, self._issue, self._server.count if self._server else None, most)

    def _most_unknown(self) -> int:
        """So many letters were on the wire of killed processes at most."""
        return self._killed_processes * self.plan.connections

    def _clock(self) -> str:
        return f"{time.monotonic() - self._started_at:6.1f} s"
