"""What the command line says about an error."""

from __future__ import annotations

import errno
import os

import click
from pydantic import ValidationError
from sqlalchemy.exc import DataError, InterfaceError, OperationalError

import settings
from models.store.errors import KairanError
from models.store.phrase import Phrase, joined, phrase

from ...run import run_state
from .spoken import language

_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO})
"""What a disk answers that is full, read only or broken."""


def of(error: Exception) -> str | None:
    """The message for an error that a person can do something about, with “Error: ”; None for a fault of ours."""
    words = _words(error)
    spoken = language()
    return click.style(phrase("Error: ").say(spoken), fg="red", bold=True) + words.say(spoken) if words else None


def _words(error: Exception) -> Phrase | KairanError | None:
    if isinstance(error, KairanError):
        return error
    if isinstance(error, ValidationError) and error.title == settings.Settings.__name__:
        return joined([_wrong_settings(error)], "")
    if isinstance(error, OperationalError | InterfaceError):
        return joined([_database_hint(error), str(error.orig).strip()], "\n")
    if isinstance(error, DataError):  # no column can hold what was asked for or typed
        return phrase("A number, a date or a text is out of the range that the database keeps.")
    if isinstance(error, OSError) and error.errno and isinstance(error.filename, str | os.PathLike):
        return joined([f"{click.format_filename(error.filename)}: {os.strerror(error.errno)}"], "")
    if isinstance(error, OSError) and error.errno in _NO_ROOM:  # a file that was open
        data = settings.get().kairan_data.absolute()
        return phrase(
            "The disk takes no more, perhaps that of {data}: {why}. Make room and try again.",
            data=data,
            why=os.strerror(error.errno),
        )
    return None


def _wrong_settings(error: ValidationError) -> str:
    """Each setting with what is wrong with it. Not its value, which may be secret."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    return "\n".join(f"{one['loc'][0]}".upper() + f": {one['msg'].removeprefix('Value error, ')}" for one in found)


def _database_hint(error: OperationalError | InterfaceError) -> Phrase:
    if getattr(error.orig, "sqlstate", None):  # it did answer
        return phrase("The database refused.")
    if run_state.is_set("database_url"):
        return phrase("The database does not answer. Check DATABASE_URL, or run `kairan doctor`.")
    data = settings.get().kairan_data.absolute()
    return phrase(
        "There is no database. Start `kairan run` on {data} and leave it running, or set DATABASE_URL.", data=data
    )
