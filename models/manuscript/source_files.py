"""Files that staff hand in: texts that are really UTF-8, and pictures that lie beside them and nowhere else."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from sqlalchemy.orm import Session

from ..issues import image
from ..store.errors import Invalid
from ..store.phrase import Phrase, phrase
from . import picture_name

MAX_TEXT_BYTES = 2_000_000
_OTHER_ENCODINGS = {"cp932": "Shift_JIS", "euc_jp": "EUC-JP"}


def read_text(path: Path) -> str:
    """The text of a file.

    Raises:
        Invalid: there is no such file, it is far too long, or not UTF-8; then with the line where that shows.
    """
    name = path.name
    data = _bytes(path, MAX_TEXT_BYTES, name, 0, phrase("the file is longer than any issue: is this the right one?"))
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise Invalid(
            phrase("the file is not UTF-8{guess}: save it as UTF-8", guess=_guess(data)), file=name, line=line
        ) from None


def _guess(data: bytes) -> Phrase | str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return phrase(" (it looks like {encoding})", encoding="UTF-16")
    for encoding, name in _OTHER_ENCODINGS.items():
        try:
            data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return phrase(" (it looks like {encoding})", encoding=name)
    return ""


_SHOWN = 200
"""Characters of a picture's name that an error repeats."""


class ManuscriptFolder:
    """The pictures of one manuscript: files in its own folder or below, kept in the database when first named.

    Arguments:
        session: where pictures are kept.
        manuscript: the file that names them.
    """

    def __init__(self, session: Session, manuscript: Path) -> None:
        self._session = session
        self._folder = manuscript.resolve().parent
        self._name = manuscript.name
        self._digests: dict[Path, str] = {}

    def load_image(self, named: str, line: int) -> str:
        """Keep the picture that the manuscript calls *named* in *line*; returns its digest.

        Raises:
            Invalid: there is none, it lies outside of the folder (also through a link), or it cannot be shown.
        """
        path = self._path(named, line)
        shown = named if len(named) <= _SHOWN else named[:_SHOWN] + "…"
        if "://" in named:
            self._refuse(
                phrase("the picture “{named}” is on the web: save it beside the manuscript", named=named), line
            )
        if not named or path == self._folder:
            self._refuse("the picture has no file name", line)
        if not path.is_relative_to(self._folder):
            self._refuse(
                phrase("the picture “{named}” lies outside of the manuscript's folder: copy it there", named=named),
                line,
            )
        if path not in self._digests:
            near = picture_name.near(self._folder, named) if not _is_there(path) else ""
            hint = (
                phrase("; did you mean “{name}”?", name=near)
                if near
                else phrase(": put it into the manuscript's folder")
            )
            missing = phrase("there is no picture “{shown}” beside the manuscript{hint}", shown=shown, hint=hint)
            large = phrase("the picture “{named}” is larger than 10 MB: make it smaller", named=named)
            data = _bytes(path, image.MAX_BYTES, self._name, line, large, missing)
            self._digests[path] = image.store(self._session, data, file=self._name, line=line).digest
        return self._digests[path]

    def _path(self, named: str, line: int) -> Path:
        """The file that is meant: the one of exactly this name, else the only one whose name looks the same."""
        if "\0" in named or "://" in named:
            return self._folder
        path = (self._folder / named).resolve()
        if _is_there(path) or not path.is_relative_to(self._folder):
            return path
        found = picture_name.alike(self._folder, named)
        if len(found) > 1:
            both = "”, “".join(one.relative_to(self._folder).as_posix() for one in found[:3])
            self._refuse(
                phrase(
                    "the picture “{named}” could be “{both}”: give them names that differ more", named=named, both=both
                ),
                line,
            )
        return found[0].resolve() if found else path

    def _refuse(self, message: str | Phrase, line: int) -> None:
        raise Invalid(message, file=self._name, line=line)


_NO_FILE = phrase("there is no such file")


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # a name that is too long for a file
        return False


def _bytes(path: Path, limit: int, name: str, line: int, large: Phrase, missing: Phrase = _NO_FILE) -> bytes:
    """At most *limit* bytes of a plain file; devices and pipes are not opened."""
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise Invalid("this is a folder or a device, but a file is wanted", file=name, line=line)
        if found.st_size > limit:
            raise Invalid(large, file=name, line=line)
        with path.open("rb") as opened:
            return opened.read(limit + 1)
    except (FileNotFoundError, NotADirectoryError):
        raise Invalid(missing, file=name, line=line) from None
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            raise Invalid(missing, file=name, line=line) from None
        raise Invalid(
            phrase("it cannot be read: {os}", os=os.strerror(error.errno or 0)), file=name, line=line
        ) from None
