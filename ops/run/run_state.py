"""What other commands need to know of a running ``kairan run``: where its servers are, kept in ``run.json``."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path

import settings

from .lock import Lock

SHARED_SETTINGS = ("DATABASE_URL", "REDIS_URL", "SALTS_URL", "SMTP_URL", "KAIRAN_MAILBOX", "BASE_URL")


def state_file(data: Path) -> Path:
    """The file that says where the servers are."""
    return data / "run.json"


def lock(data: Path) -> Lock:
    """The lock that a running Kairan and its children hold."""
    return Lock(data / "lock")


def key_file(data: Path) -> Path:
    """The file that keeps SECRET_KEY."""
    return data / "secret_key"


def is_set(name: str) -> bool:
    """Whether the environment or a secret file sets the setting *name*."""
    return name.lower() in settings.get().model_fields_set


def write(data: Path) -> None:
    """Say where the servers are that the settings of this process name."""
    values = {name: os.environ[name] for name in SHARED_SETTINGS if os.environ.get(name)}
    unfinished = state_file(data).with_suffix(".new")
    unfinished.touch(mode=0o600)
    unfinished.write_text(json.dumps(values, indent=2) + "\n")
    unfinished.rename(state_file(data))


def adopt() -> None:
    """Use the servers of a running ``kairan run`` for whatever nobody has set, and the key of its data folder.

    Called before anything is connected.
    """
    data = settings.get().kairan_data
    found: dict[str, str] = {}
    with suppress(FileNotFoundError, PermissionError, ValueError):
        key = key_file(data).read_text().strip()
        found["SECRET_KEY"] = key if key.isprintable() else ""  # `kairan run` says what to do about a spoiled one
    with suppress(FileNotFoundError, PermissionError, ValueError):
        if lock(data).held():
            found |= json.loads(state_file(data).read_text())
    found = {name: value for name, value in found.items() if not is_set(name)}
    if found:
        settings.reload(**found)
