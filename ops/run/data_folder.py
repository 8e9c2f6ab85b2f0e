"""The data folder of an installation: made, closed to others, and with its secret key."""

from __future__ import annotations

import errno
import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path

from models.store.phrase import phrase

from . import run_state
from .child_process import CannotStart
from .spoiled_files import read_line, write_line


def prepare_folder(data: Path) -> None:
    """Make the data folder; nobody but its owner may enter it, whoever starts Kairan, and however it was before.

    PostgreSQL, which runs under another account when we are root, keeps its data beside it then
    (``postgres_user.py``).

    Raises:
        CannotStart: it cannot be made or written.
    """
    try:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not os.access(data, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, "no permission to write")
        close_folder(data)
    except OSError as error:
        raise CannotStart(
            phrase(
                "The data folder {data} cannot be used: {strerror}. Set KAIRAN_DATA to a folder of yours.",
                data=data,
                strerror=error.strerror,
            )
        ) from error


def close_folder(data: Path) -> None:
    """Close the data folder to everybody but its owner, if it is there and ours to close."""
    with suppress(OSError):  # a read-only system, or somebody else's folder
        # The group of a volume's folder is PostgreSQL's account, which may go through it.
        allowed = 0o710 if data.is_mount() and os.geteuid() == 0 else 0o700
        mode = stat.S_IMODE(data.stat().st_mode)
        if mode & ~allowed and os.geteuid() in (0, data.stat().st_uid):
            data.chmod(mode & allowed)


def secret_key(data: Path) -> str:
    """The installation's secret key, made at the first start and kept in a file that only we may read.

    Raises:
        SpoiledFile: the file holds none, as a disk's fault may leave it.
    """
    file = run_state.key_file(data)
    if not file.exists():
        write_line(file, secrets.token_urlsafe(48))
    return read_line(
        file,
        "Put the key back from a backup: with another one, links in letters that are out stop working. If nothing has "
        "been sent yet, remove the file, and a new key is made.",
    )
