"""A drill in which parts are taken away, in turn and together, while an issue goes out and hits come in."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from models.deliveries.delivery import Batch, Delivery, DeliveryState
from models.issues.issue_state import IssueState
from models.readers.subscriber import Subscriber
from models.store import db
from models.store.errors import Unavailable
from models.store.phrase import phrase
from models.tracking.hit import Hit

from ..run import health_probe, programs, reconnect
from ..run.child_process import ChildProcess
from ..run.supervisor import SupervisedPart, Supervisor
from . import environment, reconcile, small_disk
from .faults import PartFault
from .hit_source import HitSource, number_of
from .reconcile import Reconciliation
from .scenario import STALL_SECONDS, Drill

_SHORTEST_SECONDS = 0.5
_STATE_SECONDS = 0.3
_ORDER = (PartFault.WORKER, PartFault.BROKER, PartFault.BEAT, PartFault.DISK, PartFault.DATABASE)
"""The order in which parts go together: what may become unknown is counted when workers and broker have gone."""


class FaultDrill(Drill):
    """A drill with the faults of its plan; workers are killed as parts, not at random."""

    def _send(self) -> None:
        self._supervisor = Supervisor(self.echo)
        self._until: dict[PartFault, float] = {}
        self._claimed_without_broker: set[int] = set()
        self._journals_are_cut = False
        self._rounds = self._make_rounds()
        self._moments = [self.plan.recipients * (n + 1) / (len(self._rounds) + 1) for n in range(len(self._rounds))]
        web, port = self._start_web()
        try:
            self._supervise_all(port)
            with db.session_scope() as session:
                readers = session.scalars(select(Subscriber.id).limit(500)).all()
            self._hits = HitSource(port, self._issue, readers)
            self._started_at = time.monotonic()
            environment.start_sending(self._issue)
            self._run_rounds()
            self._settle()
        finally:
            small_disk.empty(self._servers.folder)
            self._stop_parts(web)

    def _make_rounds(self) -> list[list[PartFault]]:
        order = list(self.plan.faults)
        self._random.shuffle(order)
        return [[fault] for fault in order] + ([order] if len(order) > 1 else [])

    def _start_web(self) -> tuple[ChildProcess, int]:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = int(free.getsockname()[1])
        reconnect.apply(WEB_PORT=str(port), WEB_WORKERS="1")
        web = ChildProcess("web server", programs.web(), log=self._log / "web.log")
        web.wait_until(lambda: health_probe.web_answers(f"http://127.0.0.1:{port}/healthz"), seconds=60)
        return web, port

    def _supervise_all(self, port: int) -> None:
        servers = self._servers
        for name, server in (("database", servers.database), ("broker", servers.broker)):
            assert server.child
            part = SupervisedPart(name, server.child, server.start_again, server.answers, carries_others=True)
            self._supervisor.add(part)
        self._start_worker()
        assert self._worker
        for name, child, start in (
            ("worker", self._worker, self._start_worker_again),
            ("beat", self._beat, self._start_beat),
        ):
            self._supervisor.add(SupervisedPart(name, child, start, _runs))

    def _start_worker_again(self) -> ChildProcess:
        self._start_worker()
        assert self._worker
        return self._worker

    def _run_rounds(self) -> None:
        """Until the issue is sent and every round is over."""
        moved, at, asked, state = time.monotonic(), -1, 0.0, None
        while state is not IssueState.SENT or self._rounds or self._until:
            self._supervisor.look()
            now, done = time.monotonic(), self._done()
            if now - asked > _STATE_SECONDS:
                state, asked = self._state_if_known(), now
                if self._journals_are_cut and not self._supervisor.down.keys().isdisjoint({"broker", "worker"}):
                    with contextlib.suppress(SQLAlchemyError):  # The database may be away as well: the next look sees.
                        self._note_claimed()
            if state is not None and state in (IssueState.SENDING, IssueState.SENT):
                self._hits.start_once()
            if done != at or self._until:
                moved, at = now, done
            if now - moved > STALL_SECONDS:
                raise Unavailable(
                    phrase(
                        "nothing has moved for {stall_seconds} s, down: {down}",
                        stall_seconds=f"{STALL_SECONDS:.0f}",
                        down=self._supervisor.down,
                    )
                )
            self._end_faults(now)
            due = self._rounds and not self._until and (done >= self._moments[0] or state is IssueState.SENT)
            if due and self._state_if_known() is not None:
                self._moments.pop(0)
                self._begin(self._rounds.pop(0), done)
            time.sleep(0.02)
        self.echo(f"{self._clock()}  sent")

    def _state_if_known(self) -> IssueState | None:
        try:
            return self._state()
        except SQLAlchemyError:
            return None

    def _begin(self, faults: list[PartFault], done: int) -> None:
        seconds = self._random.uniform(_SHORTEST_SECONDS, self.plan.fault_seconds)
        names = ", ".join(fault.value for fault in faults)
        self.echo(f"{self._clock()}  {names}: away for {seconds:.1f} s after {done:,} letters")
        for fault in sorted(faults, key=_ORDER.index):
            self._until[fault] = time.monotonic() + seconds
            self._take_away(fault, seconds)

    def _take_away(self, fault: PartFault, seconds: float) -> None:
        # Whoever loses the broker, the database or the disk may lose what is on the wire, as one that is killed does.
        if fault is not PartFault.BEAT:
            self._killed_processes += self.plan.processes
        if fault is PartFault.DISK:
            small_disk.fill(self._servers.folder)
            return
        (part,) = [one for one in self._supervisor.parts if one.name == fault.value]
        part.hold(seconds)
        if part.child.returncode is None:
            kill: Callable[[int, int], None] = os.killpg if fault is PartFault.WORKER else os.kill
            kill(part.child.pid, signal.SIGKILL)
        if fault is PartFault.BROKER:
            self._journals_are_cut = True
            self._note_claimed()

    def _note_claimed(self) -> None:
        """Note whose letters are claimed and have no outcome yet: workers go on to claim while the broker is away.

        And after it has come back, until they end of it: the next worker finds no journal that reaches back so far.
        """
        with db.session_scope() as session:
            # Claims lock their batch until they are committed: wait for one that a killed worker has just asked for.
            session.execute(select(Batch.id).with_for_update())
            claimed = select(Delivery.subscriber_id).where(Delivery.state == DeliveryState.SENDING)
            self._claimed_without_broker.update(session.scalars(claimed))

    def _end_faults(self, now: float) -> None:
        for fault, until in list(self._until.items()):
            if now >= until:
                del self._until[fault]
                if fault is PartFault.DISK:
                    small_disk.empty(self._servers.folder)

    def _settle(self) -> None:
        """Wait until everything runs again and no hit waits any more."""
        self._hits.stop()
        until = time.monotonic() + STALL_SECONDS
        while self._supervisor.down or not self._hits.answered <= self._stored_hits().keys():
            self._supervisor.look()
            if time.monotonic() > until:
                return
            time.sleep(0.2)

    def _stored_hits(self) -> Counter[int]:
        """By number, how often each hit is in the database; none while it is away."""
        try:
            with db.session_scope() as session:
                return Counter(map(number_of, session.scalars(select(Hit.agent).where(Hit.issue_id == self._issue))))
        except SQLAlchemyError:
            return Counter()

    def _stop_parts(self, web: ChildProcess) -> None:
        for part in self._supervisor.parts:
            if part.name in ("worker", "beat"):
                part.child.stop()
            if part.name == "beat":
                self._beat = part.child
        web.stop()

    def _most_unknown(self) -> int:
        """So many letters may be unknown.

        While the journal is whole, that is what was on the wire. A broker that was killed may have lost the end of each
        journal; then all that a lost worker had claimed may have been on the wire (decision 4).
        """
        return super()._most_unknown() + len(self._claimed_without_broker)

    def _reconcile(self) -> Reconciliation:
        found = super()._reconcile()
        answered, unanswered, stored = self._hits.answered, self._hits.unanswered, self._stored_hits()
        self.echo(
            f"hits: {len(answered):,} answered, {stored.total():,} in the database, {len(unanswered):,} not answered"
        )
        self.echo(f"unknown by kills: {found.unknown_by_kill}, at most {self._most_unknown()} may be")
        wrong = [*found.wrong, *reconcile.compare_hits(answered, unanswered, stored)]
        assert self._server
        twice = sum(times - 1 for times in self._server.count.taken.values())
        with db.session_scope() as session:
            open_states = (DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.DEFERRED)
            lost = sum(
                letter.state in open_states
                or (letter.state is DeliveryState.ACCEPTED and not self._server.count.taken[letter.address])
                for letter in reconcile.letters(session, self._issue)
            )
        self.echo(f"lost {lost}, twice {twice}")
        return replace(found, wrong=tuple(wrong))


def _runs() -> bool:
    """A part that takes no requests answers as long as it runs."""
    return True
