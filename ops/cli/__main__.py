"""``python -m ops.cli`` is ``kairan``."""

from __future__ import annotations

from . import main

main()
