"""``kairan run``: everything in one command, in the right order, watched, and stopped in the reverse order.

Parts that the settings name (DATABASE_URL, REDIS_URL, SMTP_URL) are used; the others are started here, with
their data in one folder. Either everything runs, or nothing does and a message says why.
"""

from __future__ import annotations

import errno
import os
import secrets
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from redis.exceptions import RedisError
from sqlalchemy.exc import DBAPIError

import settings
from models import migrations
from models.store import broker

from . import health_probe, programs, reconnect, run_state
from .child_process import CannotStart, ChildProcess
from .embedded import EmbeddedServer, Postgres, Valkey

Echo = Callable[[str], None]
WORKER = f"run-{os.getpid()}"  # Celery tells workers apart by name; another Kairan may run on this host


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
        self.children: list[ChildProcess] = []
        self._servers: list[EmbeddedServer] = []
        self._lock = run_state.lock(self.data)
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

    def _start_servers(self) -> None:
        if not run_state.is_set("database_url"):
            self._start_server("DATABASE_URL", Postgres(self.data / "postgres", log=self._log("postgres")))
        if not run_state.is_set("redis_url"):
            self._start_server("REDIS_URL", Valkey(self.data / "valkey", log=self._log("valkey")))
        refuse_silent_broker()

    def _start_server(self, setting: str, server: EmbeddedServer) -> None:
        self._refuse_when_stopping()
        reconnect.apply(**{setting: server.start()})
        self._servers.append(server)

    def _start_mailbox(self) -> None:
        if run_state.is_set("smtp_url"):
            return
        # We listen ourselves and hand the socket over: nobody can take the port in between.
        self._mailbox_socket = socket.create_server(("127.0.0.1", 0))
        descriptor, port = self._mailbox_socket.fileno(), self._mailbox_socket.getsockname()[1]
        reconnect.apply(SMTP_URL=f"smtp://127.0.0.1:{port}", KAIRAN_MAILBOX=str(self.data / "mailbox"))
        child = self._start_child("mail catcher", "mailbox", programs.mailbox(descriptor), descriptor)
        self._wait_for(child, lambda: health_probe.smtp_answers(port))

    def _start_parts(self) -> None:
        worker = self._start_child("worker", "worker", programs.worker(WORKER), stop_timeout=20.0)
        schedule = self.data / "beat" / "schedule"
        schedule.parent.mkdir(exist_ok=True)
        beat = self._start_child("timetable", "beat", programs.beat(schedule))
        web = self._start_child("web server", "web", programs.web())
        url = f"http://{visible_host(settings.get().web_host)}:{settings.get().web_port}/healthz"
        self._wait_for(web, lambda: health_probe.web_answers(url))
        self._wait_for(worker, lambda: health_probe.worker_answers(WORKER))
        self._wait_for(
            beat, lambda: beat.returncode is None
        )  # it takes no requests; with a fault it would have exited already

    def _start_child(
        self, name: str, log: str, command: programs.Command, *inherit: int, stop_timeout: float = 10.0
    ) -> ChildProcess:
        self._refuse_when_stopping()
        descriptors = [self._lock.fileno(), *inherit]
        child = ChildProcess(name, command, log=self._log(log), inherit=descriptors, stop_timeout=stop_timeout)
        self.children.append(child)
        return child

    def _wait_for(self, child: ChildProcess, answers: Callable[[], bool]) -> None:
        def ready() -> bool:
            self._refuse_when_stopping()
            return answers()

        child.wait_until(ready, seconds=60)

    def start_demo(self, then: Callable[[], None]) -> None:
        """Start filling the database with demo data; what it prints is seen. *then* is called when it is full."""
        demo = ChildProcess("demo", programs.kairan("demo", "--no-logins"), log=None, inherit=[self._lock.fileno()])
        self.children.append(demo)
        self._after_demo = then

    def outside_folders(self) -> list[Path]:
        """Folders with data that could not lie in the data folder."""
        servers = [server for server in self._servers if isinstance(server, Postgres)]
        return [server.data for server in servers if self.data not in server.data.parents]

    def supervise(self) -> None:
        """Watch until somebody asks us to stop.

        Raises:
            CannotStart: a part died; with the tail of its log.
        """
        while not self.stopping:
            for child in list(self.children):
                if child.returncode is not None:
                    self._handle_exit(child)
            for server in self._servers:
                if server.child and server.child.returncode is not None:
                    raise CannotStart(server.child.describe_exit())
            time.sleep(0.2)

    def _handle_exit(self, child: ChildProcess) -> None:
        if child.log is not None:
            raise CannotStart(child.describe_exit())
        self.children.remove(child)  # the demo: it ends by itself
        child.stop()
        if not child.returncode:
            self._after_demo()
        elif not self.stopping:
            self.echo("The demo data are incomplete (see above). Start again, or run: kairan demo")

    def stop(self) -> None:
        """Stop everything: first what works, then what it stands on."""
        for child in reversed(self.children):
            child.request_stop()
        for child in reversed(self.children):
            child.stop()
        self.children.clear()
        for server in self._servers:
            if server.child:
                server.child.request_stop()
        for server in reversed(self._servers):
            server.stop()
        self._servers.clear()
        if self._mailbox_socket:
            self._mailbox_socket.close()
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


def prepare_folder(data: Path) -> None:
    """Make the data folder, closed to others as far as PostgreSQL's account allows.

    Raises:
        CannotStart: it cannot be made or written.
    """
    try:
        if not data.exists():
            data.mkdir(parents=True, mode=0o711 if os.geteuid() == 0 else 0o700)
        if not os.access(data, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, "no permission to write")
    except OSError as error:
        raise CannotStart(
            f"The data folder {data} cannot be used: {error.strerror}. Set KAIRAN_DATA to a folder of yours."
        ) from error


def secret_key(data: Path) -> str:
    """The installation's secret key, made at the first start and kept in a file that only we may read."""
    file = run_state.key_file(data)
    if not file.exists():
        unfinished = file.with_suffix(".new")
        unfinished.touch(mode=0o600)
        unfinished.write_text(secrets.token_urlsafe(48) + "\n")
        unfinished.rename(file)
    return file.read_text().strip()


def visible_host(host: str) -> str:
    """The host to write into an address for somebody on this machine, where we listen on *host*."""
    if host in ("0.0.0.0", "::", ""):  # noqa: S104  a comparison, nothing listens here
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def refuse_busy_port(host: str, port: int) -> None:
    """Raise CannotStart when the web server could not listen on *host* and *port*."""
    family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind) as test:
        test.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            test.bind(address)
        except OSError as error:
            why = "is in use by another program" if error.errno == errno.EADDRINUSE else f"({error.strerror})"
            raise CannotStart(
                f"Port {port} on {host} {why}. Stop what uses it, or choose another port: WEB_PORT={port + 1} make run"
            ) from error


def migrate() -> None:
    """Bring the database up to date, or raise CannotStart."""
    try:
        migrations.upgrade()
    except DBAPIError as error:
        raise CannotStart(f"The database could not be made ready: {str(error.orig).strip()}") from error


def refuse_silent_broker() -> None:
    """Raise CannotStart when the broker does not answer."""
    try:
        broker.client().ping()
    except RedisError as error:
        raise CannotStart(f"The broker of REDIS_URL does not answer: {error}") from error
