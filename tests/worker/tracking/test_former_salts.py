"""Salts that former versions kept in the broker are deleted there, and from its append-only file."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from shutil import rmtree

import pytest
from sqlalchemy import Engine

import settings
from models.store import broker
from models.tracking import salt
from ops.run.embedded import Valkey
from tests.conftest import set_environment
from worker.tracking import ingest

SECRET = b"thirty-two-bytes-of-former-salt!"


@pytest.fixture
def folder(valkey: str) -> Iterator[Path]:
    """The files of a broker of this test's own."""
    path = Path(tempfile.mkdtemp(prefix="kf-", dir="/tmp"))
    before, server = settings.get().redis_url, Valkey(path)
    set_environment(REDIS_URL=server.start())
    yield path
    set_environment(REDIS_URL=before)
    server.stop()
    rmtree(path)


def is_in_a_file(folder: Path) -> bool:
    for path in folder.rglob("*"):
        try:
            if path.is_file() and SECRET in path.read_bytes():
                return True
        except FileNotFoundError:  # The broker has just written it anew.
            continue
    return False


def test_they_leave_the_broker_and_its_file(database: Engine, folder: Path) -> None:
    client = broker.client()
    client.set("kairan:salt:7", SECRET, ex=600_000)
    client.set("kairan:salted", b"another key")
    while not is_in_a_file(folder):
        time.sleep(0.05)
    ingest.maintain()
    assert client.keys("kairan:salt*") == [b"kairan:salted"]
    while is_in_a_file(folder):
        time.sleep(0.05)
    assert salt.remove_former() == 0


def test_those_of_a_server_that_keeps_nothing_stay(valkey: str) -> None:
    """It may be the server of salts."""
    before = settings.get().redis_url
    try:
        set_environment(REDIS_URL=settings.get().salts_url)
        broker.client().set("kairan:salt:7", b"present", ex=60)
        assert salt.remove_former() == 0
        assert broker.client().getdel("kairan:salt:7") == b"present"
    finally:
        set_environment(REDIS_URL=before)
