"""``kairan web``, ``worker``, ``beat`` and ``run`` with a key that can be guessed, or settings that cannot be read."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from pathlib import Path

import pytest

import settings
from ops.run import programs
from tests.servers import ROOT

WEAK = {
    "one letter": ("x", "SECRET_KEY has 1 of 32 characters"),
    "none": ("", "SECRET_KEY has 0 of 32 characters"),
    "31": ("abcdefghijklmnopqrstuvwxyz01234", "SECRET_KEY has 31 of 32 characters"),
    "few characters": ("abc" * 20, "SECRET_KEY repeats few characters"),
    "repeats itself": ("0123456789ab" * 3 + "012", "SECRET_KEY repeats itself"),
}


def start(command: list[str], key: str, data: Path, **more: str) -> str:
    """What a command says that must refuse to start."""
    environment = {**os.environ, "SECRET_KEY": key, "KAIRAN_DATA": str(data), "PYTHONPATH": str(ROOT), **more}
    answer = subprocess.run(
        command, env=environment, cwd=data.parent, capture_output=True, text=True, check=False, timeout=60
    )
    assert answer.returncode != 0, answer.stdout
    return answer.stdout + answer.stderr


@pytest.mark.parametrize("key", WEAK)
@pytest.mark.parametrize("part", ["web", "worker", "beat"])
def test_case_d10_no_part_starts_with_a_weak_key(part: str, key: str, tmp_path: Path) -> None:
    value, says = WEAK[key]
    said = start(programs.kairan(part), value, tmp_path)
    assert says in said
    assert "token_urlsafe(48)" in said, "how to make one"
    assert "Traceback" not in said


def test_case_d10_run_refuses_before_anything_runs(tmp_path: Path) -> None:
    assert "SECRET_KEY has 1 of 32 characters" in start(programs.kairan("run"), "x", tmp_path / "data")


@pytest.mark.parametrize("part", ["worker", "beat"])
def test_case_d10_celery_itself_refuses(part: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "celery", "-A", "worker.app", part]
    assert "SECRET_KEY has 1 of 32 characters" in start(command, "x", tmp_path)


def test_case_d10_the_pages_refuse_under_any_server(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "from web.app import app"]
    assert "SECRET_KEY has 1 of 32 characters" in start(command, "x", tmp_path)


@pytest.mark.parametrize(
    ("name", "value"), [("LOGIN_LIMIT", "many"), ("METRICS_NETWORKS", "inside"), ("BASE_URL", "news.example.jp")]
)
def test_setting_nobody_can_read_is_refused_at_the_start_case_e3_case_e7_case_e8(
    name: str, value: str, tmp_path: Path
) -> None:
    said = start(programs.kairan("web"), secrets.token_urlsafe(48), tmp_path, **{name: value})
    assert f"{name}: " in said
    assert "Traceback" not in said


def test_settings_are_taken_as_people_write_them_case_e7_case_e8() -> None:
    read = settings.Settings(base_url="HTTPS://news.example.jp", metrics_networks="127.0.0.1/8, ::1/128")
    assert read.base_url == "https://news.example.jp"
    assert read.metrics_networks == "127.0.0.0/8 ::1/128"
