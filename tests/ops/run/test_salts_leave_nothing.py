"""When a salt has expired and everything was killed, nothing leads from a hit to its reader (cases G1 and G9)."""

from __future__ import annotations

import base64
import os
import re
import signal
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from hashlib import blake2b
from http.client import HTTPConnection
from pathlib import Path
from shutil import rmtree
from typing import NamedTuple

import pytest
from click.testing import CliRunner
from redis import Redis
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

import settings
from models import migrations
from models.deliveries.delivery import Delivery
from models.issues.newsletter import Tracking
from models.store import clock, db, token
from models.store.db import session_scope
from models.store.token import Purpose
from models.tracking import pseudonym, salt
from models.tracking.anonymity import MIN_READERS
from models.tracking.hit import Hit
from models.tracking.pseudonym import is_nobody
from ops.cli import kairan
from ops.run.child_process import ChildProcess
from ops.run.embedded import Postgres, Valkey
from ops.run.memory_valkey import MemoryValkey
from tests.conftest import set_environment
from tests.models.tracking import sample_newsletter
from tests.servers import free_port, start_web
from worker.tracking import ingest

from . import attacker
from .attacker import FoundHit, KnownCopy

READERS = 45
LATE = 6
"""Readers whose copy is delivered just before they follow a link: nothing is kept of that."""
WAITING = 5
"""Clicks that no worker has moved yet."""
FIRST_READER = 7_340_001
"""No other number of the database is near."""
LIFE_SECONDS = 20
MARK = b"recognisable-agent-of-this-test"
CLIENT = "198.51.100.{}"
_LINE = re.compile(rb'\["([0-9a-f]{32})",[0-9]+,"click"')
"""A hit in the spool, the stream and the append-only file."""


class Installation(NamedTuple):
    """Servers of a test, and the folder with all that they write."""

    folder: Path
    children: list[ChildProcess]


class Remains(NamedTuple):
    """What is left after the salt's end and SIGKILL; and the truth, which nobody has."""

    files: dict[Path, bytes]
    """With tables and exports."""
    blocks: dict[Path, list[bytes]]
    """What was written since the first click."""
    hits: list[FoundHit]
    copies: list[KnownCopy]
    tokens: dict[int, str]
    fingerprints: set[str]
    secret: bytes
    """The salt."""

    @property
    def numbers(self) -> set[int]:
        """Pseudonyms and numbers of nobody's in the table."""
        return {hit.reader for hit in self.hits}


@pytest.fixture(scope="module")
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


@pytest.fixture(scope="module")
def remains(installation: Installation) -> Remains:
    """Every reader follows a link, the salt expires, and everything is killed."""
    with session_scope() as session:
        session.execute(text(f"ALTER SEQUENCE subscriber_id_seq RESTART WITH {FIRST_READER}"))
        made = sample_newsletter.create(session, reader_count=READERS, issue_count=1, tracking=Tracking.AGGREGATE)
        issue = made.issues[0].id
        tokens = {reader: token.make(Purpose.CLICK, issue, reader) for reader in made.readers}
        _deliver(session, made.readers)
    before = files(installation.folder, Path("/dev/shm"))
    web = start_web(
        installation.folder / "web.log", port := free_port(), {"LOG_LEVEL": "debug", "TRUSTED_PROXIES": "1"}
    )
    try:
        secret = _click(port, issue, list(tokens.values()), READERS - LATE)
        assert ingest.ingest_all() == READERS - LATE
        _click(port, issue, list(tokens.values())[-WAITING:], WAITING)  # These stay in the stream.
        with Redis.from_url(settings.get().redis_url) as main, Redis.from_url(settings.get().salts_url) as salts:
            main.config_set("rdbcompression", "no")  # What is packed would be searched in vain.
            main.save()
            while salts.exists(salt.KEY.format(issue=issue)):
                time.sleep(0.1)
    finally:
        kill(web)
    export = installation.folder / "export.csv"
    assert CliRunner().invoke(kairan, ["hits", "export", "--issue", str(issue), "--out", str(export)]).exit_code == 0
    with session_scope() as session:
        tables = attacker.dump(session)
        hits = [
            FoundHit(hit.id, hit.at, hit.reader, hit.audience_id, hit.rules) for hit in session.scalars(select(Hit))
        ]
        copies = [
            KnownCopy(copy.subscriber_id, copy.audience_id, copy.at) for copy in session.scalars(select(Delivery))
        ]
        fingerprints = set(session.scalars(text("SELECT fingerprint FROM issue_salt")))
    db.dispose()
    for child in installation.children:
        kill(child)
    after = {**files(installation.folder, Path("/dev/shm")), **tables}
    return Remains(after, attacker.changed(before, after), hits, copies, tokens, fingerprints, secret)


def _deliver(session: Session, readers: list[int]) -> None:
    """The issue went out ten minutes ago, a few copies only now."""
    for place, reader in enumerate(readers):
        ago = 5 if place < LATE else 600 + place % 4
        at = clock.now() - timedelta(seconds=ago)
        session.execute(update(Delivery).where(Delivery.subscriber_id == reader).values(at=at))


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


def _click(port: int, issue: int, tokens: list[str], kept: int) -> bytes:
    """Every reader follows a link, of which so many are kept; the issue's salt."""
    connection = HTTPConnection("127.0.0.1", port)
    for place, name in enumerate(tokens):
        headers = {
            "User-Agent": f"Mozilla/5.0 Chrome/130.0 {MARK.decode()}",
            "Accept": "text/html",
            "Accept-Language": "ja",
            "X-Forwarded-For": CLIENT.format(place + 100),
        }
        connection.request("GET", f"/c/1/{name}", headers=headers)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 302
    connection.close()
    with Redis.from_url(settings.get().salts_url) as salts, Redis.from_url(settings.get().redis_url) as broker:
        while broker.xlen("kairan:hits") < kept:
            time.sleep(0.05)
        found = salts.get(salt.KEY.format(issue=issue))
    assert isinstance(found, bytes)
    return found


@pytest.mark.slow
def test_case_t1_no_file_leads_from_a_pseudonym_to_its_reader(remains: Remains) -> None:
    assert attacker.files_with([b"r1@example.jp"], remains.files), "the search finds what is there"
    assert not attacker.files_with([MARK, *forms(remains.secret)], remains.files)


@pytest.mark.slow
def test_case_t9_an_attacker_with_everything_names_nobody_by_a_key(remains: Remains) -> None:
    counted = {number for number in remains.numbers if not is_nobody(number)}
    named = attacker.name_by_keys([remains.secret], remains.tokens, counted)
    assert set(named) == counted, "whoever had the salt would name everybody who counts"
    assert len(set(named.values())) == len(counted) == READERS - LATE
    assert attacker.opens(remains.secret, remains.fingerprints), "a found salt would be known as one"

    secret_key = settings.get().secret_key.get_secret_value().encode()[:64]
    known = [
        secret_key,
        *(blake2b(secret_key, person=b"kairan-key", salt=made).digest() for made in (b"hit-export", b"")),
    ]
    known += [bytes.fromhex(noted) for noted in remains.fingerprints]
    assert not attacker.name_by_keys(known, remains.tokens, remains.numbers)
    somebody, tried = next(iter(named.values())), 0
    for tried, key in enumerate(attacker.keys(remains.blocks), 1):  # noqa: B007
        assert not attacker.opens(key, remains.fingerprints)
        assert pseudonym.of_reader(key, somebody) not in counted
    assert tried > 3_000
    planted = {Path("planted"): [b"x" * 9 + remains.secret + b"y" * 40, b"salt=" + remains.secret.hex().encode()]}
    found = [key for key in attacker.keys(planted) if attacker.opens(key, remains.fingerprints)]
    assert found == [remains.secret], "a salt on disk would be found"


@pytest.mark.slow
def test_case_t9_an_attacker_with_everything_names_nobody_by_a_trace(remains: Remains) -> None:
    clients = [CLIENT.format(place + 100).encode() for place in range(READERS)]
    words = [*clients, *(name.encode() for name in remains.tokens.values())]
    written = {path: b"".join(blocks) for path, blocks in remains.blocks.items()}
    assert not attacker.files_with(words, written)
    assert not attacker.readers_near(remains.hits, remains.tokens, remains.blocks)

    reader, hit = next(iter(remains.tokens)), remains.hits[0]
    line = hit.id.bytes + b"click" + reader.to_bytes(8, "little") + words[-1]
    assert attacker.files_with(words, {Path("planted"): line}), "a token would be found"
    assert attacker.readers_near(remains.hits, remains.tokens, {Path("planted"): [line]}), "a neighbour would be found"
    ids = [form for hit in remains.hits for form in (hit.id.bytes, hit.id.hex.encode())]
    ids.append(b'"click","GET"')  # Of hits that still wait.
    places = " ".join(str(path) for path, _ in attacker.files_with(ids, written))
    for place in ("postgres/cluster", "valkey/appendonlydir", "valkey/dump.rdb"):
        assert place in places, "hits lie where he looks"


@pytest.mark.slow
def test_case_t9_an_attacker_with_everything_names_nobody_by_times(remains: Remains) -> None:
    assert len(remains.hits) == READERS - LATE
    lines = {found for blocks in remains.blocks.values() for found in _LINE.findall(b"".join(blocks))}
    assert len(lines) == READERS - LATE + WAITING, "what is not kept of late copies stands nowhere"
    told = {hit.audience for hit in remains.hits}
    fitting = [len(attacker.copies_that_fit(hit, remains.copies, told)) for hit in remains.hits]
    assert min(fitting) >= MIN_READERS, sorted(fitting)
    late = remains.copies[0]._replace(audience=remains.hits[0].audience, delivered=remains.hits[0].at)
    sure = remains.hits[0]._replace(rules=["early-click@1"])
    assert attacker.copies_that_fit(sure, [late, *remains.copies[LATE:]], told) == {late.reader}, "he can tell by times"
