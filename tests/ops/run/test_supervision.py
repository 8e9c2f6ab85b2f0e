"""A part of ``kairan run`` that ends is started again, and everything else goes on meanwhile."""

from __future__ import annotations

import json
import os
import re
import signal
import time
from collections.abc import Callable
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

from redis import Redis

from ops.run.health_probe import web_answers

from .test_launcher import Installation, installation

__all__ = ["installation"]
PROGRAMS = {
    "worker": "celery --app worker.app worker",
    "beat": "celery --app worker.app beat",
    "mailbox": "ops.cli mailbox serve",
    "web": "granian",
}


def processes(of: Installation, part: str) -> list[int]:
    """The processes of a part, its first one before all others."""
    found = []
    for process in of.processes():
        words = Path(f"/proc/{process}/cmdline").read_bytes().replace(b"\0", b" ").decode()
        if PROGRAMS[part] in words:
            found.append(process)
    return sorted(found)


def ready(of: Installation) -> dict[str, str]:
    """What /readyz says; nothing while the web server does not answer."""
    try:
        with urlopen(f"http://127.0.0.1:{of.port}/readyz", timeout=10) as answer:
            return dict(json.load(answer))
    except HTTPError as error:
        return dict(json.load(error))
    except OSError:
        return {}


def wait_for(condition: Callable[[], bool]) -> None:
    while not condition():
        time.sleep(0.1)


def all_well(of: Installation) -> bool:
    """Whether /readyz names no part but those that are asked themselves, and all of these are well."""
    return ready(of) == {"database": "ok", "broker": "ok", "disk": "ok"}


def test_case_d2_a_killed_part_is_started_again_and_the_others_go_on(installation: Installation) -> None:
    installation.start()
    wait_for(lambda: all_well(installation))
    for part in ("mailbox", "beat", "worker"):
        web = processes(installation, "web")
        old = processes(installation, part)
        os.kill(old[0], signal.SIGKILL)
        wait_for(lambda part=part: "ended with signal SIGKILL" in ready(installation).get(part, ""))  # type: ignore[misc]
        wait_for(lambda: all_well(installation))
        assert set(processes(installation, part)).isdisjoint(old), part
        assert processes(installation, "web") == web, "the web server never ends because another part did"
    old = processes(installation, "web")
    os.kill(old[0], signal.SIGKILL)
    wait_for(lambda: "web server runs again." in installation.said())
    assert all_well(installation)
    said = installation.said()
    for title in ("mail catcher", "timetable", "worker", "web server"):
        assert re.search(f"{title} ended with signal SIGKILL.\nThe end of .*\\.log:", said)
        assert f"{title} runs again." in said
    assert installation.end() == 0
    assert installation.processes() == []


def test_case_d1_valkey_and_postgresql_come_back_under_the_same_address(installation: Installation) -> None:
    installation.start()
    web = processes(installation, "web")
    addresses = json.loads((installation.data / "run.json").read_text())
    with Redis.from_url(addresses["REDIS_URL"]) as client:
        valkey = client.info()["process_id"]
    postgres = int((installation.database() / "postmaster.pid").read_text().split()[0])
    os.kill(valkey, signal.SIGKILL)
    os.kill(postgres, signal.SIGKILL)
    wait_for(lambda: {"valkey", "postgres"} <= ready(installation).keys())
    assert web_answers(f"http://127.0.0.1:{installation.port}/healthz")
    wait_for(lambda: all_well(installation))
    wait_for(lambda: installation.said().count("runs again.") >= 2)
    assert processes(installation, "web") == web
    assert installation.command("migrate").returncode == 0
    assert installation.end() == 0
    assert installation.processes() == []
