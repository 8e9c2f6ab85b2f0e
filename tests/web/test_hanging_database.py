"""A PostgreSQL that is there and says nothing: pages say so after a while, links and health go on, all comes back."""

from __future__ import annotations

import os
import signal
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from sqlalchemy import text

from models.store import db
from tests.sample import make_newsletter
from tests.servers import free_port, start_web


def get(address: str, seconds: float = 60) -> tuple[int, str | None]:
    try:
        with urllib.request.urlopen(address, timeout=seconds) as answer:
            return answer.status, answer.headers["Retry-After"]
    except urllib.error.HTTPError as error:
        return error.code, error.headers["Retry-After"]


def children(parent: int) -> list[int]:
    tasks = Path(f"/proc/{parent}/task")
    return [int(pid) for task in tasks.iterdir() for pid in (task / "children").read_text().split()]


@pytest.mark.slow
def test_pages_of_a_hanging_database_give_up_case_d5(tmp_path: Path, database: object, redis_client: object) -> None:
    with db.session_scope() as session:
        make_newsletter(session)
        data = Path(session.scalars(text("SHOW data_directory")).one())
    postmaster = int((data / "postmaster.pid").read_text().split()[0])
    port = free_port()
    server = start_web(tmp_path / "web.log", port, {"DATABASE_SECONDS": "2", "WEB_WORKERS": "1"})
    page = f"http://127.0.0.1:{port}/subscribe/ict"
    try:
        assert get(page)[0] == 200
        hanging = [postmaster, *children(postmaster)]
        for pid in hanging:
            os.kill(pid, signal.SIGSTOP)
        try:
            assert get(page) == (503, "30")
            assert get(f"http://127.0.0.1:{port}/healthz")[0] == 200
        finally:
            for pid in hanging:
                os.kill(pid, signal.SIGCONT)
        until = time.monotonic() + 60
        while get(page)[0] != 200:
            assert time.monotonic() < until
    finally:
        server.stop()
