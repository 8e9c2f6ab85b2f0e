"""The timetable goes on when the clock is set back, while it runs or is away, and when its file is spoiled."""

from __future__ import annotations

import random
import shelve
import time
from datetime import timedelta
from pathlib import Path

import pytest
from redis import Redis

from ops.run import programs
from ops.run.child_process import ChildProcess
from worker.app import make_celery
from worker.timetable import Timetable

AHEAD = timedelta(hours=3)


def wait_for_tasks(broker: Redis, beat: ChildProcess) -> None:
    """Wait until the timetable has named a task that is due each ten seconds at most."""
    while not broker.llen("celery"):
        assert beat.returncode is None, beat.describe_exit()
        time.sleep(0.1)


def start(folder: Path) -> ChildProcess:
    return ChildProcess("timetable", programs.beat(folder / "schedule"), log=folder / "beat.log")


def test_case_d2_the_timetable_goes_on_though_its_file_is_of_a_clock_that_was_ahead(
    redis_client: Redis, tmp_path: Path
) -> None:
    beat = start(tmp_path)
    try:
        wait_for_tasks(redis_client, beat)
    finally:
        beat.stop()
    with shelve.open(str(tmp_path / "schedule"), writeback=True) as file:
        for entry in file["entries"].values():
            entry.last_run_at += AHEAD
    redis_client.delete("celery")
    beat = start(tmp_path)
    try:
        wait_for_tasks(redis_client, beat)
    finally:
        beat.stop()


def test_case_d2_the_timetable_goes_on_though_the_clock_is_set_back_while_it_runs(
    redis_client: Redis, tmp_path: Path
) -> None:
    celery = make_celery()
    present = celery.now
    celery.now = lambda: present() + AHEAD
    timetable = Timetable(app=celery, schedule_filename=str(tmp_path / "schedule"))
    try:
        timetable.tick()
        celery.now = present
        redis_client.delete("celery")
        while not redis_client.llen("celery"):
            assert timetable.tick() < 60, "longer than any wait until the next sweep"
            time.sleep(0.1)
    finally:
        timetable.close()


SPOILED = {"nothing": b"", "zeros": b"\0" * 4000, "noise": random.Random(5).randbytes(4000)}


@pytest.mark.parametrize("spoiled", SPOILED.values(), ids=SPOILED)
def test_case_d2_the_timetable_goes_on_though_its_file_is_spoiled(
    redis_client: Redis, tmp_path: Path, spoiled: bytes
) -> None:
    Timetable(app=make_celery(), schedule_filename=str(tmp_path / "schedule")).close()
    good = {path: path.read_bytes() for path in tmp_path.iterdir()}
    assert good
    for spoiled_one in good:
        for path, content in good.items():
            path.write_bytes(spoiled if path == spoiled_one else content)
        timetable = Timetable(app=make_celery(), schedule_filename=str(tmp_path / "schedule"))
        while not redis_client.llen("celery"):
            timetable.tick()
            time.sleep(0.1)
        timetable.close()
        again = Timetable(app=make_celery(), schedule_filename=str(tmp_path / "schedule"))
        assert any(entry.total_run_count for entry in again.schedule.values()), "what it did was written"
        again.close()
        redis_client.delete("celery")
        for path in tmp_path.iterdir():
            path.unlink()
