"""A Maildir that is looked into: what is in ``new`` is stored, and moves to ``cur`` once it is."""

from __future__ import annotations

import os
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

    What is too large moves to ``cur`` with a flag for people (F). What cannot be read or moved stays, for the next
    time, and keeps no other from being stored. Both are logged.

    Raises:
        OSError: the folder cannot be read or written.
    """
    (folder / "cur").mkdir(exist_ok=True)
    stored, stay = 0, list[str]()
    with os.scandir(folder / "new") as found:  # In no order: a million names are not sorted for the next 500.
        for entry in found:
            if stored >= _AT_ONCE:
                break
            try:
                if entry.is_file():
                    stored += _collect(Path(entry.path), folder / "cur")
            except FileNotFoundError:
                pass  # Somebody else has moved it.
            except OSError as error:
                stay.append(f"{entry.name}: {error.strerror}")
    if stay:
        log.warning("returned messages in a Maildir cannot be read or moved", number=len(stay), such_as=stay[:3])
    return stored


def _collect(file: Path, cur: Path) -> bool:
    kept = _store(file)
    file.rename(cur / f"{file.name.partition(':')[0]}:2,{'S' if kept else 'FS'}")
    return kept


def _store(file: Path) -> bool:
    raw = file.read_bytes() if file.stat().st_size <= settings.get().returns_megabytes * 1_000_000 else None
    if raw is None:
        log.warning("a returned message is too large and is left", file=file.name)
        return False
    with session_scope() as session:
        returned_mail.take_in(session, raw, way=WAY)
    return True
