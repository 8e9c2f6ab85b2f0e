"""A disk that is full exactly when Kairan starts: a message, and nothing left running."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path


def _take_no_bytes() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def test_case_d3_a_disk_that_takes_nothing_at_the_start_is_named(tmp_path: Path) -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "ops.cli", "run", "--no-demo"],
        env={**os.environ, "KAIRAN_DATA": str(tmp_path)},
        preexec_fn=_take_no_bytes,
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 1
    assert "Traceback" not in answer.stderr
    assert "The disk takes no more" in answer.stderr
