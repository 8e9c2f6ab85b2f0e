"""When a salt has expired and everything was killed, no file leads from a pseudonym to its reader (case G1)."""

from __future__ import annotations

import base64
import os
import signal
import tempfile
import time
from collections.abc import Iterator
from hashlib import blake2b
from http.client import HTTPConnection
from pathlib import Path
from shutil import rmtree
from typing import NamedTuple

import pytest
from redis import Redis
from sqlalchemy import select

import settings
from models import migrations
from models.issues.newsletter import Tracking
from models.store import token
from models.store.db import session_scope
from models.store.token import Purpose
from models.tracking import pseudonym, salt
from models.tracking.hit import Hit
from ops.run.child_process import ChildProcess
from ops.run.embedded import Postgres, Valkey
from ops.run.memory_valkey import MemoryValkey
from tests.conftest import set_environment
from tests.models.tracking import sample_newsletter
from tests.servers import free_port, start_web
from worker.tracking import ingest

READERS = 30
LIFE_SECONDS = 20
BLOCK = 8192
MARK = b"recognisable-agent-of-this-test"


class Installation(NamedTuple):
    """Servers of a test, and the folder with all that they write."""

    folder: Path
    children: list[ChildProcess]


@pytest.fixture
def installation() -> Iterator[Installation]:
    folder = Path(tempfile.mkdtemp(prefix="kn-", dir="/tmp"))
    folder.chmod(0o755)
    names = ("DATABASE_URL", "REDIS_URL", "SALTS_URL", "KAIRAN_DATA", "PSEUDONYM_DAYS")
    before = {name: os.environ.get(name, "") for name in names}
    servers = [Postgres(folder / "postgres"), Valkey(folder / "valkey"), MemoryValkey(folder / "salts")]
    addresses = dict(zip(names, [server.start() for server in servers], strict=False))
    set_environment(**addresses, KAIRAN_DATA=str(folder / "data"), PSEUDONYM_DAYS=str(LIFE_SECONDS / 86_400))
    migrations.upgrade()
    yield Installation(folder, [server.child for server in servers if server.child])
    set_environment(**before)
    for server in servers:
        server.stop()
    rmtree(folder)


def kill(child: ChildProcess) -> None:
    """Kill a part and all its processes, and wait until they are gone."""
    os.killpg(child.pid, signal.SIGKILL)
    while child.returncode is None or child.group_lives():
        time.sleep(0.05)
    child.stop()


def files(*folders: Path) -> dict[Path, bytes]:
    """All that is on disk (and in shared memory)."""
    found = {}
    for folder in folders:
        for path in folder.rglob("*"):
            if path.is_file() and not path.is_symlink():
                try:
                    found[path] = path.read_bytes()
                except OSError:
                    continue
    return found


def forms(secret: bytes) -> list[bytes]:
    """How the bytes of a salt may be written, whole or in part."""
    pieces = [secret[at : at + 12] for at in range(0, len(secret) - 11, 4)]
    texts = [secret.hex(), secret.hex().upper(), *(piece.hex() for piece in pieces)]
    coded = [base64.b64encode(secret[skip:])[2:22] for skip in range(3)]
    coded += [base64.urlsafe_b64encode(secret[skip:])[2:22] for skip in range(3)]
    return [secret, secret[::-1], *pieces, *(text.encode() for text in texts), *coded]


def windows(before: dict[Path, bytes], after: dict[Path, bytes]) -> Iterator[bytes]:
    """Everything of 16, 24 or 32 bytes that looks random, in what has changed."""
    seen: set[bytes] = set()
    for path, content in after.items():
        old = before.get(path, b"")
        for start in range(0, len(content), BLOCK):
            block = content[start : start + BLOCK + 32]
            if block[:BLOCK] == old[start : start + BLOCK]:
                continue
            for at in range(len(block) - 15):
                for size in (16, 24, 32):
                    window = block[at : at + size]
                    if len(set(window)) > size // 2 and window not in seen:
                        seen.add(window)
                        yield window


@pytest.mark.slow
def test_case_g1_no_file_leads_from_a_pseudonym_to_its_reader(installation: Installation) -> None:
    with session_scope() as session:
        made = sample_newsletter.create(session, reader_count=READERS, issue_count=1, tracking=Tracking.AGGREGATE)
        issue, readers = made.issues[0].id, list(made.readers)
    before = files(installation.folder, Path("/dev/shm"))
    port = free_port()
    log = installation.folder / "web.log"
    web = start_web(log, port, {"LOG_LEVEL": "debug"})
    try:
        secret = _click(port, issue, readers)
        assert ingest.ingest_all() == READERS
        _click(port, issue, readers[:5])  # these stay in the stream and the spool
        with Redis.from_url(settings.get().salts_url) as salts:
            while salts.exists(salt.KEY.format(issue=issue)):
                time.sleep(0.1)
    finally:
        kill(web)
    with session_scope() as session:
        pseudonyms = set(session.scalars(select(Hit.reader)))
    assert len(pseudonyms) == READERS
    known = [pseudonym.of_reader(secret, reader) for reader in readers]
    assert pseudonyms == set(known), "whoever had the salt would name everybody"
    for child in installation.children:
        kill(child)
    after = files(installation.folder, Path("/dev/shm"))
    _look_for_salt(secret, after)
    _try_windows(before, after, pseudonyms, readers)


def _click(port: int, issue: int, readers: list[int]) -> bytes:
    """Every reader follows a link; the issue's salt."""
    connection = HTTPConnection("127.0.0.1", port)
    for reader in readers:
        path = f"/c/1/{token.make(Purpose.CLICK, issue, reader)}"
        headers = {
            "User-Agent": f"Mozilla/5.0 Chrome/130.0 {MARK.decode()}",
            "Accept": "text/html",
            "Accept-Language": "ja",
        }
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 302
    connection.close()
    with Redis.from_url(settings.get().salts_url) as salts, Redis.from_url(settings.get().redis_url) as broker:
        while broker.xlen("kairan:hits") < len(readers):
            time.sleep(0.05)
        found = salts.get(salt.KEY.format(issue=issue))
    assert isinstance(found, bytes)
    return found


def _look_for_salt(secret: bytes, after: dict[Path, bytes]) -> None:
    assert any(b"r1@example.jp" in content for content in after.values()), "the search finds what is there"
    for path, content in after.items():
        assert MARK not in content, path
        for form in forms(secret):
            assert form not in content, (path, form)


def _try_windows(before: dict[Path, bytes], after: dict[Path, bytes], pseudonyms: set[int], readers: list[int]) -> None:
    """Take everything on disk for a key, and SECRET_KEY, and look whether a reader comes out who is there."""
    keys = [settings.get().secret_key.get_secret_value().encode()[:64]]
    keys += [blake2b(keys[0], person=b"kairan-key", salt=salts).digest() for salts in (b"hit-export", b"")]
    tried = 0
    for key in (*keys, *windows(before, after)):
        tried += 1
        assert pseudonym.of_reader(key, readers[0]) not in pseudonyms
    assert tried > 3_000
