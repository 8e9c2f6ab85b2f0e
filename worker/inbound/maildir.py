"""A Maildir that is looked into: what is in ``new`` is stored, and moves to ``cur`` once it is."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import structlog

import settings
from models.bounces import returned_mail
from models.store.db import session_scope

log = structlog.get_logger(__name__)

WAY = "maildir"
EVERY_SECONDS = 5.0
_AT_ONCE = 500


def collect(folder: Path) -> int:
    """Store the messages that are new in a Maildir; how many. Killed on the way, it begins with the same one again.

    What is too large, or cannot be read, moves to ``cur`` with a flag for people (F) and is logged.

    Raises:
        OSError: the folder cannot be read or written.
    """
    (folder / "cur").mkdir(exist_ok=True)
    stored = 0
    for file in sorted((folder / "new").iterdir())[:_AT_ONCE]:
        if not file.is_file():
            continue
        with suppress(FileNotFoundError):  # Somebody else has moved it.
            kept = _store(file)
            stored += kept
            file.rename(folder / "cur" / f"{file.name.partition(':')[0]}:2,{'S' if kept else 'FS'}")
    return stored


def _store(file: Path) -> bool:
    raw = file.read_bytes() if file.stat().st_size <= settings.get().returns_megabytes * 1_000_000 else None
    if raw is None:
        log.warning("a returned message is too large and is left", file=file.name)
        return False
    with session_scope() as session:
        returned_mail.take_in(session, raw, way=WAY)
    return True
