"""Python and mblaze agree on what our letters say; ``scripts/strangers`` asks Go and Node, too."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.strangers.letters import make, store
from tests.strangers.readers import mblaze, normalised, python


def test_python_and_mblaze_read_what_was_written(tmp_path: Path) -> None:
    if shutil.which("mshow") is None:
        pytest.fail("mblaze is not here: install it (Debian: scripts/system-packages does)", pytrace=False)
    made = make(40)
    for file, one in zip(store(made, tmp_path), made, strict=True):
        first, second = normalised(python(file)), normalised(mblaze(file))
        assert {name: first[name] for name in one.said} == normalised(one.said)
        assert second == {name: first[name] for name in second}
