"""`scripts/follow-issue` shows the way of an issue through the code."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from tests.servers import ROOT


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_an_issue_is_followed_until_it_is_sent() -> None:
    command = [sys.executable, "scripts/follow-issue", "--readers", "2"]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    entered = re.findall(r"^ *\d+  (\S+)", answer.stdout, re.M)
    for file in ("worker/preparing/prepare.py", "worker/sending/deliver.py", "models/deliveries/finish.py"):
        assert file in entered
    folders = entered[entered.index("worker") :]
    assert len(folders) == len(set(folders))
