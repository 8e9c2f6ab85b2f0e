"""``kairan run`` for real: started, found by other commands, stopped, killed, refused."""

from __future__ import annotations

import json
import os
import pwd
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from shutil import rmtree

import pytest

from ops.run import programs
from ops.run.health_probe import smtp_answers, web_answers
from tests.conftest import NOWHERE
from tests.servers import ROOT, free_port
from tests.worker.inbound.hostile_imap import HostileImap, serving


class Installation:
    """A data folder, and the commands that run on it."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "data"
        self.port = free_port()
        self.output = folder / "output"
        self.process: subprocess.Popen[bytes] | None = None
        unset = {*NOWHERE, "SECRET_KEY", "BASE_URL", "KAIRAN_MAILBOX"}
        self.environment = {name: value for name, value in os.environ.items() if name not in unset}
        self.environment |= {
            "KAIRAN_DATA": str(self.data),
            "WEB_PORT": str(self.port),
            "WEB_WORKERS": "1",
            "SEND_PROCESSES": "1",
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
        }

    def start(self) -> None:
        """Start ``kairan run`` and wait for the addresses."""
        with self.output.open("wb") as output:
            command = programs.kairan("run", "--no-demo")
            self.process = subprocess.Popen(
                command, env=self.environment, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
            )
        while "Kairan runs" not in self.said():
            assert self.process.poll() is None, self.said()
            time.sleep(0.1)

    def said(self) -> str:
        """What it has printed."""
        return self.output.read_text()

    def end(self, number: signal.Signals = signal.SIGINT) -> int:
        """Send a signal and wait for the end; the exit status."""
        assert self.process
        self.process.send_signal(number)
        return self.process.wait()

    def refuses(self) -> str:
        """Start it where it cannot; what it says."""
        answer = self.command("run", "--no-demo")
        assert answer.returncode == 1, answer.stdout
        return answer.stderr

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run another command on the same data folder."""
        return subprocess.run(
            programs.kairan(*words), env=self.environment, capture_output=True, text=True, check=False
        )

    def database(self) -> Path:
        """Where PostgreSQL's data lie."""
        wanted = self.data / "postgres" / "cluster"
        location = wanted.with_name("cluster.location")
        return Path(location.read_text().strip()) if location.exists() else wanted

    def processes(self) -> list[int]:
        """The processes that serve this data folder."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                environment = (folder / "environ").read_bytes()
            except OSError:
                continue
            if f"KAIRAN_DATA={self.data}".encode() in environment:
                found.append(int(folder.name))
        return found


@pytest.fixture
def installation() -> Iterator[Installation]:
    """A fresh installation, stopped and removed afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="kt-", dir="/tmp"))
    folder.chmod(0o755)
    fresh = Installation(folder)
    yield fresh
    if fresh.process and fresh.process.poll() is None:
        fresh.end(signal.SIGTERM)
    rmtree(folder)


def test_it_runs_stops_and_keeps_its_data(installation: Installation) -> None:
    intake = free_port()
    installation.environment["RETURNS_LMTP"] = f"127.0.0.1:{intake}"
    with serving(HostileImap(1)) as mailbox:
        installation.environment["RETURNS_IMAP_URL"] = mailbox.url
        installation.start()
        while not smtp_answers(intake) or mailbox.uids:
            time.sleep(0.1)
    assert web_answers(f"http://127.0.0.1:{installation.port}/healthz")
    assert f"http://127.0.0.1:{installation.port}/dev/mailbox" in installation.said()
    assert (installation.data / "secret_key").stat().st_mode & 0o777 == 0o600
    key = (installation.data / "secret_key").read_text()
    state_file = installation.data / "run.json"
    assert state_file.stat().st_mode & 0o777 == 0o600
    assert json.loads(state_file.read_text())["BASE_URL"] == f"http://127.0.0.1:{installation.port}"
    assert "The database is at" in installation.command("migrate").stdout
    assert installation.end() == 0
    assert installation.processes() == []
    assert not state_file.exists()
    assert "There is no database. Start `kairan run`" in installation.command("migrate").stderr
    version = installation.database() / "PG_VERSION"
    made = version.stat().st_mtime
    installation.start()
    assert version.stat().st_mtime == made
    assert (installation.data / "secret_key").read_text() == key
    assert installation.end(signal.SIGTERM) == 0


def test_a_second_start_and_a_busy_port_are_refused(installation: Installation) -> None:
    installation.start()
    assert "is in use by another Kairan" in installation.refuses()
    assert web_answers(f"http://127.0.0.1:{installation.port}/healthz")
    installation.end()
    with socket.create_server(("127.0.0.1", installation.port)):
        said = installation.refuses()
    assert f"Port {installation.port} on 127.0.0.1 is in use by another program" in said
    assert f"WEB_PORT={installation.port + 1}" in said
    assert installation.processes() == []


def test_a_killed_launcher_leaves_nothing_behind_and_the_next_start_works(installation: Installation) -> None:
    installation.start()
    assert installation.end(signal.SIGKILL) == -signal.SIGKILL
    installation.start()
    assert installation.end() == 0
    assert installation.processes() == []


def test_data_of_another_version_are_refused_before_anything_runs(installation: Installation) -> None:
    installation.start()
    installation.end()
    (installation.database() / "PG_VERSION").write_text("15\n")
    assert "made by PostgreSQL 15; this Kairan carries PostgreSQL" in installation.refuses()
    assert installation.processes() == []


def test_a_server_that_is_set_and_silent_is_named(installation: Installation) -> None:
    installation.environment["REDIS_URL"] = f"redis://127.0.0.1:{free_port()}/0"
    assert "The broker of REDIS_URL does not answer" in installation.refuses()
    assert installation.processes() == []


def test_data_below_a_closed_folder(installation: Installation) -> None:
    installation.data.parent.chmod(0o700)
    installation.start()
    place = installation.database()
    if os.geteuid() == 0:  # PostgreSQL runs under another account, which cannot go in there
        assert str(place) in installation.said()
        assert place.stat().st_uid == pwd.getpwnam("nobody").pw_uid
    assert (place / "PG_VERSION").exists()
    assert installation.end() == 0
    if os.geteuid() == 0:
        rmtree(place.parent)
