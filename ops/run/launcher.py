"""``kairan run``: everything in one command, in the right order, watched, and stopped in the reverse order.

Parts that the settings name (DATABASE_URL, REDIS_URL, SALTS_URL, SMTP_URL) are used; the others are started here, with
their data in one folder. At the start either everything runs, or nothing does and a message says why. A part that
ends later is started again, and all others go on meanwhile.
"""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import settings
from models.store import part_status
from models.store.part_status import PartStatusFile
from models.store.secret_key import refuse_weak
from worker.inbound import daemon

from . import health_probe, programs, reconnect, run_state
from .child_process import ChildProcess
from .data_folder import prepare_folder, secret_key
from .embedded import EmbeddedServer, Postgres, Valkey
from .memory_valkey import MemoryValkey
from .start_checks import migrate, refuse_busy_port, refuse_silent_broker, visible_host
from .supervisor import SupervisedPart, Supervisor

Echo = Callable[[str], None]
WORKER = f"run-{os.getpid()}"  # Celery tells workers apart by name; another Kairan may run on this host

SETTLED_SECONDS = 5.0
"""A part that takes no requests counts as running after so long; with a fault it would have ended already."""


class Stopped(Exception):
    """Somebody asked us to stop while we were starting."""


class Launcher:
    """A running Kairan.

    Arguments:
        data: the folder of everything that lasts.
        echo: takes each line for the person who watches.
    """

    def __init__(self, data: Path, echo: Echo) -> None:
        self.data = data.absolute()
        self.echo = echo
        self.stopping = False
        self.supervisor = Supervisor(echo)
        self._demo: ChildProcess | None = None
        self._servers: list[EmbeddedServer] = []
        self._lock = run_state.lock(self.data)
        self._part_status: PartStatusFile | None = None
        self._mailbox_socket: socket.socket | None = None
        self._after_demo: Callable[[], None] = lambda: None

    def start(self) -> None:
        """Start everything and wait until it answers.

        Raises:
            CannotStart: says what and why. Whatever ran by then has been stopped.
            Stopped: SIGINT or SIGTERM came.
        """
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # which is how nohup asks
                signal.signal(number, self._request_stop)
        try:
            self._start()
        except BaseException:
            self.stop()
            raise

    def _start(self) -> None:
        prepare_folder(self.data)
        self._lock.acquire()
        self._part_status = PartStatusFile(part_status.path_in(self.data))
        self.supervisor.status = self._part_status
        self._choose_settings()
        refuse_busy_port(settings.get().web_host, settings.get().web_port)
        self._start_servers()
        migrate()
        self._start_mailbox()
        run_state.write(self.data)
        self._start_parts()

    def _choose_settings(self) -> None:
        chosen = settings.get()
        taken = {"KAIRAN_DATA": str(self.data)}
        if not run_state.is_set("secret_key"):
            taken["SECRET_KEY"] = secret_key(self.data)
        if not run_state.is_set("base_url"):
            taken["BASE_URL"] = f"http://{visible_host(chosen.web_host)}:{chosen.web_port}"
        reconnect.apply(**taken)
        refuse_weak()

    def _start_servers(self) -> None:
        if not run_state.is_set("database_url"):
            self._start_server("postgres", "DATABASE_URL", Postgres(self.data / "postgres", log=self._log("postgres")))
        if not run_state.is_set("redis_url"):
            self._start_server("valkey", "REDIS_URL", Valkey(self.data / "valkey", log=self._log("valkey")))
        if not run_state.is_set("salts_url"):
            salts = MemoryValkey(self.data / "salts", log=self._log("salts"))
            self._start_server("salts", "SALTS_URL", salts, carries_others=False)
        refuse_silent_broker()

    def _start_server(self, part: str, setting: str, server: EmbeddedServer, *, carries_others: bool = True) -> None:
        self._refuse_when_stopping()
        reconnect.apply(**{setting: server.start()})
        self._servers.append(server)
        assert server.child
        self.supervisor.add(
            SupervisedPart(part, server.child, server.start_again, server.answers, carries_others=carries_others)
        )

    def _start_mailbox(self) -> None:
        if run_state.is_set("smtp_url"):
            return
        # We listen ourselves and hand the socket over: nobody can take the port in between, or while it is away.
        self._mailbox_socket = socket.create_server(("127.0.0.1", 0))
        descriptor, port = self._mailbox_socket.fileno(), self._mailbox_socket.getsockname()[1]
        reconnect.apply(SMTP_URL=f"smtp://127.0.0.1:{port}", KAIRAN_MAILBOX=str(self.data / "mailbox"))
        self._start_child(
            "mailbox", "mail catcher", programs.mailbox(descriptor), descriptor,
            answers=lambda: health_probe.smtp_answers(port),
        )  # fmt: skip

    def _start_parts(self) -> None:
        schedule = self.data / "beat" / "schedule"
        schedule.parent.mkdir(exist_ok=True)
        url = f"http://{visible_host(settings.get().web_host)}:{settings.get().web_port}/healthz"
        worker = self._start_child("worker", "worker", programs.worker(WORKER), stop_timeout=20.0)
        self._start_child("beat", "timetable", programs.beat(schedule))
        if daemon.is_wanted():
            self._start_child("returns", "intake of returned mail", programs.kairan("returns"))
        self._start_child("web", "web server", programs.web(), answers=lambda: health_probe.web_answers(url))
        self._wait_for(worker, lambda: health_probe.worker_answers(WORKER))

    def _start_child(
        self,
        part: str,
        name: str,
        command: programs.Command,
        *inherit: int,
        answers: Callable[[], bool] | None = None,
        stop_timeout: float = 10.0,
    ) -> ChildProcess:
        """Start a part, wait until it *answers*, and keep it running from here on."""
        self._refuse_when_stopping()
        started_at = 0.0

        def start() -> ChildProcess:
            nonlocal started_at
            started_at = time.monotonic()
            descriptors = [self._lock.fileno(), *inherit]
            return ChildProcess(name, command, log=self._log(part), inherit=descriptors, stop_timeout=stop_timeout)

        def stays() -> bool:
            return time.monotonic() - started_at > SETTLED_SECONDS

        child = start()
        self.supervisor.add(SupervisedPart(part, child, start, answers or stays))
        if answers:
            self._wait_for(child, answers)
        return child

    def _wait_for(self, child: ChildProcess, answers: Callable[[], bool]) -> None:
        def ready() -> bool:
            self._refuse_when_stopping()
            return answers()

        child.wait_until(ready, seconds=60)

    def start_demo(self, then: Callable[[], None]) -> None:
        """Start filling the database with demo data; what it prints is seen. *then* is called when it is full."""
        command = programs.kairan("demo", "--no-logins")
        self._demo = ChildProcess("demo", command, log=None, inherit=[self._lock.fileno()])
        self._after_demo = then

    def outside_folders(self) -> list[Path]:
        """Folders with data that could not lie in the data folder."""
        servers = [server for server in self._servers if isinstance(server, Postgres)]
        return [server.data for server in servers if self.data not in server.data.parents]

    def supervise(self) -> None:
        """Keep every part running until somebody asks us to stop."""
        while not self.stopping:
            self.supervisor.look()
            if self._demo and self._demo.returncode is not None:
                self._end_demo(self._demo)
            time.sleep(0.2)

    def _end_demo(self, demo: ChildProcess) -> None:
        self._demo = None
        demo.stop()
        if not demo.returncode:
            self._after_demo()
        elif not self.stopping:
            self.echo("The demo data are incomplete (see above). Start again, or run: kairan demo")

    def stop(self) -> None:
        """Stop everything: first what works, then what it stands on."""
        of_servers = [server.child for server in self._servers if server.child]
        children = [part.child for part in self.supervisor.parts if part.child not in of_servers]
        children += [self._demo] if self._demo else []
        for child in reversed(children):
            child.request_stop()
        for child in reversed(children):
            child.stop()
        self.supervisor.parts.clear()
        for child in of_servers:
            child.request_stop()
        for server in reversed(self._servers):
            server.stop()
        self._servers.clear()
        self._close_files()

    def _close_files(self) -> None:
        if self._mailbox_socket:
            self._mailbox_socket.close()
        if self._part_status:
            self._part_status.close()
            self._part_status = None
        if self._lock.fileno() >= 0:
            run_state.state_file(self.data).unlink(missing_ok=True)
        self._lock.release()

    def _request_stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping = True

    def _refuse_when_stopping(self) -> None:
        if self.stopping:
            raise Stopped

    def _log(self, name: str) -> Path:
        return self.data / "logs" / f"{name}.log"
