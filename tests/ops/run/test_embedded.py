"""The embedded servers, for real: started, killed, started again, and refused."""

from __future__ import annotations

import os
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path
from shutil import rmtree

import psycopg
import pytest
from redis import Redis

from ops.run.child_process import CannotStart
from ops.run.embedded import Postgres, Valkey


@pytest.fixture
def home() -> Iterator[Path]:
    """A short temporary folder that PostgreSQL's account may enter."""
    path = Path(tempfile.mkdtemp(prefix="kt-", dir="/tmp"))
    path.chmod(0o755)
    yield path
    rmtree(path)


def connect(address: str) -> psycopg.Connection[tuple[object, ...]]:
    """A connection to an embedded server, each statement committed by itself."""
    return psycopg.connect(address.replace("+psycopg", ""), autocommit=True)


def kill(server: Postgres | Valkey) -> None:
    """Kill a server as a power cut does: the pid file and the sockets stay."""
    assert server.child
    os.killpg(server.child.pid, signal.SIGKILL)
    server.child.stop()
    server._lock.release()


def test_data_outlive_a_restart_and_a_kill(home: Path) -> None:
    server = Postgres(home / "postgres")
    with connect(server.start()) as connection:
        connection.execute("CREATE TABLE note AS SELECT '回覧' AS word")
    server.stop()
    server.start()
    kill(server)
    again = Postgres(home / "postgres")
    with connect(again.start()) as connection:
        assert connection.execute("SELECT word FROM note").fetchall() == [("回覧",)]
    again.stop()
    assert not Path(again._sockets.folder).exists()


def test_case_of_every_script_is_known(home: Path) -> None:
    server = Postgres(home / "postgres", durable=False)
    with connect(server.start()) as connection:
        assert connection.execute("SELECT lower('ＤＸ É')").fetchone() == ("ｄｘ é",)
    server.stop()


def test_a_stale_pid_of_another_program_is_removed(home: Path) -> None:
    server = Postgres(home / "postgres", durable=False)
    server.start()
    note = server.data / "postmaster.pid"
    kill(server)
    lines = note.read_text().splitlines()
    note.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    server.start()
    server.stop()


@pytest.mark.parametrize("spoiled", [b"", b"\0" * 90, b"\xff\xfe\n1"], ids=["nothing", "zeros", "noise"])
def test_case_d3_files_that_a_power_cut_spoiled_stop_no_start(home: Path, spoiled: bytes) -> None:
    server = Postgres(home / "postgres", durable=False)
    server.start()
    notes = server.data / "postmaster.pid", server.folder / "sockets"
    kill(server)
    for note in notes:
        note.write_bytes(spoiled)
    with connect(server.start()) as connection:
        connection.execute("SELECT 1")
    server.stop()


def test_one_data_folder_has_one_owner(home: Path) -> None:
    first = Postgres(home / "postgres", durable=False)
    first.start()
    with pytest.raises(CannotStart, match=rf"in use by another Kairan \(process {os.getpid()}\)"):
        Postgres(home / "postgres").start()
    with connect(first.address) as connection:
        connection.execute("SELECT 1")
    first.stop()


def test_data_of_another_version_are_refused(home: Path) -> None:
    server = Postgres(home / "postgres", durable=False)
    server.start()
    server.stop()
    (server.data / "PG_VERSION").write_text("15\n")
    with pytest.raises(CannotStart, match="made by PostgreSQL 15; this Kairan carries PostgreSQL"):
        server.start()


def test_what_the_server_says_is_in_the_error(home: Path) -> None:
    server = Postgres(home / "postgres", durable=False)
    server.start()
    server.stop()
    with (server.data / "postgresql.conf").open("a") as settings_file:
        settings_file.write("no_such_setting = 1\n")
    with pytest.raises(CannotStart, match="no_such_setting"):
        server.start()


def test_valkey_keeps_what_it_was_told(home: Path) -> None:
    server = Valkey(home / "valkey")
    with Redis.from_url(server.start()) as client:
        client.set("word", "回覧")
        assert client.config_get("appendonly")["appendonly"] == "yes"
    server.stop()
    with Redis.from_url(server.start()) as client:
        assert client.get("word") == "回覧".encode()
    server.stop()


@pytest.mark.parametrize("zeros", [1, 4096, 200_000])
def test_case_d3_zeros_that_a_power_cut_left_behind_the_brokers_log_are_cut_off(home: Path, zeros: int) -> None:
    server = Valkey(home / "valkey")
    with Redis.from_url(server.start()) as client:
        client.set("word", "回覧\0")
    kill(server)
    (log,) = (home / "valkey" / "appendonlydir").glob("*.incr.aof")
    written = log.read_bytes()
    log.write_bytes(written + b"\0" * zeros)
    with Redis.from_url(server.start()) as client:
        assert client.get("word") == "回覧\0".encode()
    server.stop()
    assert log.read_bytes().startswith(written)


@pytest.mark.parametrize(
    ("file", "content"), [("*.manifest", b""), ("*.manifest", b"\0" * 88), ("*.incr.aof", b"noise")]
)
def test_case_d3_a_spoiled_log_of_the_broker_is_named_with_what_to_do(home: Path, file: str, content: bytes) -> None:
    server = Valkey(home / "valkey")
    server.start()
    server.stop()
    (spoiled,) = (home / "valkey" / "appendonlydir").glob(file)
    spoiled.write_bytes(content)
    with pytest.raises(CannotStart, match=f"Move {home}/valkey/appendonlydir to another place and start again"):
        server.start()
    (home / "valkey" / "appendonlydir").rename(home / "away")
    server.start()
    server.stop()
