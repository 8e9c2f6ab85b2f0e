"""The embedded Valkey for salts of pseudonyms, which may be on no disk (docs/decisions/0035)."""

from __future__ import annotations

from typing import ClassVar

from .embedded import Valkey


class MemoryValkey(Valkey):
    """A Valkey that keeps nothing: neither file nor snapshot, nor what it holds in a report of a crash."""

    name = "Valkey for salts"
    keeping: ClassVar[dict[str, str]] = {
        "appendonly": "no", "save": "", "crash-log-enabled": "no", "slowlog-log-slower-than": "-1",
    }  # fmt: skip
