"""``make help`` names every target, and every script that the Makefile calls is there."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
MAKEFILE = (ROOT / "Makefile").read_text()


def test_every_target_is_explained() -> None:
    answer = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    targets = {name for line in re.findall(r"^\.PHONY: (.*)$", MAKEFILE, re.M) for name in line.split()}
    explained = set(re.findall(r"^ +make ([a-z-]+) +\S", answer.stdout, re.M))
    assert explained == targets
    assert {"run", "test", "lint", "bench", "bench-send", "bench-track", "bench-ranking", "bench-render"} <= targets


def test_every_script_can_be_run() -> None:
    called = set(re.findall(r"scripts/[a-z-]+", MAKEFILE))
    assert called
    assert [name for name in sorted(called) if not os.access(ROOT / name, os.X_OK)] == []


def test_ci_runs_what_people_run() -> None:
    assert re.findall(r"^make (\w+)$", (ROOT / ".ci" / "run").read_text(), re.M) == ["lint", "test"]
