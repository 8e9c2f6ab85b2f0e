"""Hits that come while neither disk nor broker nor database take any: in memory, up to a bound, until one is back."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

from redis import Redis
from sqlalchemy import Engine

import settings
from models.tracking import spool
from models.tracking.hit import STREAM, IncomingHit
from tests.conftest import NOWHERE, set_environment
from tests.models.tracking import sample_newsletter
from tests.servers import ROOT
from web.track.database import Database
from web.track.hit_buffer import HitBuffer
from worker.tracking import ingest

NOTHING = {**NOWHERE, "KAIRAN_DATA": "/dev/null/data"}


FORKED = """
import multiprocessing, sys, time
from tests.conftest import set_environment
from tests.models.tracking import sample_newsletter
from tests.web.track.test_hit_memory import NOTHING, entry
from web.track.database import Database
from web.track.hit_buffer import HitBuffer

def serve():
    set_environment(**NOTHING)
    buffer = HitBuffer(Database(), retry_seconds=60)
    for number in range(12):
        buffer.put(entry(number))
    while not buffer._disk_at:  # until it has seen that the disk takes nothing
        time.sleep(0.01)
    set_environment(KAIRAN_DATA=sys.argv[1])

process = multiprocessing.get_context("fork").Process(target=serve)
process.start()
process.join()
"""
"""Ends as a process of the web server does: in order, and without the functions of :mod:`atexit`."""


def present() -> dict[str, str]:
    """The settings that an outage changes."""
    chosen = settings.get()
    names = [*NOWHERE, "KAIRAN_DATA", "HIT_MEMORY_MEGABYTES"]
    return {name: str(getattr(chosen, name.lower())) for name in names}


def entry(number: int) -> IncomingHit:
    """A hit of its own."""
    return sample_newsletter.click(1, number + 1, 1, sample_newsletter.PUBLISHED + timedelta(seconds=number))


def lines_on_disk() -> int:
    """As somebody else sees the spool."""
    return sum(path.read_bytes().count(b"\n") for path in spool.folder().glob("hits-*"))


def test_case_d3_hits_wait_in_memory_and_come_to_the_broker_when_it_is_back(
    database: Engine, redis_client: Redis
) -> None:
    before = present()
    try:
        set_environment(**NOTHING)
        own = Database()
        buffer = HitBuffer(own, retry_seconds=0.1)
        for number in range(12):
            buffer.put(entry(number))
        assert not buffer.settle(0.5)
    finally:
        set_environment(**before)
    assert buffer.settle(30)
    assert redis_client.xlen(STREAM) == 12
    buffer.close()
    own.close()


def test_case_d3_a_process_that_ends_leaves_them_on_the_disk_that_is_back(
    database: Engine, redis_client: Redis, tmp_path: Path
) -> None:
    newsletter = sample_newsletter
    before = present()
    try:
        set_environment(**NOTHING)
        own = Database()
        buffer = HitBuffer(own)
        for number in range(12):
            buffer.put(newsletter.click(1, number + 1, 1, newsletter.PUBLISHED))
        set_environment(KAIRAN_DATA=str(tmp_path))
        buffer.close()
        own.close()
        (file,) = spool.abandoned_files()
        assert file.unsent().count(b"\n") == 12
        file.close()
        set_environment(**{**before, "KAIRAN_DATA": str(tmp_path)})
        ingest.ingest_all()
        assert not list(spool.folder().glob("hits-*"))
    finally:
        set_environment(**before)


def test_case_d3_hits_leave_memory_for_the_disk_once_it_is_back(database: Engine, tmp_path: Path) -> None:
    """Broker and database stay away, and the process may be killed at any moment."""
    before = present()
    try:
        set_environment(**NOTHING)
        own = Database()
        buffer = HitBuffer(own, retry_seconds=0.1)
        for number in range(12):
            buffer.put(entry(number))
        assert not any(file.on_disk for file in buffer._files)
        set_environment(KAIRAN_DATA=str(tmp_path))
        until = time.monotonic() + 60
        while lines_on_disk() < 12:
            assert time.monotonic() < until
            time.sleep(0.02)
        buffer.put(entry(12))
        assert lines_on_disk() == 13, "what comes now goes there at once"
        assert all(file.on_disk for file in buffer._files)
    finally:
        set_environment(**{**before, "KAIRAN_DATA": str(tmp_path)})
    assert buffer.settle(30)
    buffer.close()
    own.close()
    set_environment(**before)


def test_case_d3_a_process_of_the_web_server_that_is_stopped_leaves_them_on_disk(
    servers_folder: Path, tmp_path: Path
) -> None:
    subprocess.run([sys.executable, "-c", FORKED, str(tmp_path)], cwd=ROOT, check=True)
    before = present()
    set_environment(KAIRAN_DATA=str(tmp_path))
    assert lines_on_disk() == 12
    set_environment(**before)


def test_case_d3_the_memory_for_them_has_a_bound(database: Engine, redis_client: Redis) -> None:
    before = present()
    kept = {}
    try:
        for megabytes in (4, 8):
            set_environment(**NOTHING, HIT_MEMORY_MEGABYTES=str(megabytes))
            own = Database()
            buffer = HitBuffer(own, retry_seconds=60)
            for number in range(45_000):
                buffer.put(entry(number))
            kept[megabytes] = sum(file.end for file in buffer._files)
            buffer.close()
            own.close()
    finally:
        set_environment(**before)
    assert 3 << 20 < kept[4] <= 4 << 20 < kept[8] <= 8 << 20
