"""How passwords are kept."""

from __future__ import annotations

import subprocess
import sys

from argon2 import extract_parameters
from argon2.profiles import RFC_9106_LOW_MEMORY

from models.staff import password
from tests.servers import ROOT


def test_a_password_costs_whoever_guesses_what_the_standard_says() -> None:
    """Asked in a process of its own: tests hash at the least cost."""
    code = "from models.staff import password; print(password.hashed('三つの ことば'))"
    kept = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    ).stdout.strip()
    assert extract_parameters(kept) == RFC_9106_LOW_MEMORY
    assert password.fits(kept, "三つの ことば")
    assert not password.fits(kept, "三つのことば")
    assert password.is_outdated(kept)
