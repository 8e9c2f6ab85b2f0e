"""Which file a manuscript means by the name of a picture: as people see names, not as disks keep them.

A Mac writes が as two characters and a keyboard as one; editors write %20 for a blank; Windows takes Chart.PNG for
chart.png and separates folders by a backslash; and some digits were typed full-width. All of these are one name.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterator
from difflib import get_close_matches
from itertools import islice
from pathlib import Path
from urllib.parse import unquote

PICTURES = re.compile(r"(?i)\.(png|jpe?g|jpe|gif|hei[cf]|hif|tiff?|bmp|webp|avif)\Z")
"""How the names of pictures end."""
MAX_FILES = 5000
"""Files of a folder that are looked through."""


def seen_as(name: str) -> str:
    """*name* in the one form that all names have which look the same (UAX #15, NFKC, without case)."""
    plain = unicodedata.normalize("NFKC", unquote(name, errors="strict") if _is_quoted(name) else name)
    parts = [part for part in plain.replace("\\", "/").replace("¥", "/").casefold().split("/") if part not in ("", ".")]
    return "/".join(unicodedata.normalize("NFKC", part).strip() for part in parts)


def alike(folder: Path, named: str) -> list[Path]:
    """The files in *folder* or below whose name looks like *named*; several where a disk tells them apart."""
    wanted = seen_as(named)
    return [path for path in _files(folder) if seen_as(str(path.relative_to(folder))) == wanted]


def near(folder: Path, named: str) -> str:
    """The picture in *folder* or below that was most probably meant, as a manuscript names it; empty where none is."""
    known = [name for name in (path.relative_to(folder).as_posix() for path in _files(folder)) if PICTURES.search(name)]
    stems = {_stem(name): name for name in reversed(known)}
    last = seen_as(named).rpartition("/")[2]
    same_file = [name for name in known if seen_as(name).rpartition("/")[2] == last]
    close = [stems[stem] for stem in get_close_matches(_stem(named), stems, 1, 0.6)]
    return next(iter([*same_file, *close]), "")


def _stem(name: str) -> str:
    """The last part of a name, without what says its type."""
    last = seen_as(name).rpartition("/")[2]
    return last.rpartition(".")[0] or last


def _is_quoted(name: str) -> bool:
    try:
        unquote(name, errors="strict")
    except UnicodeDecodeError:
        return False
    return "%" in name


def _files(folder: Path) -> Iterator[Path]:
    """Files of *folder* and below it, no hidden ones, through no links to elsewhere."""

    def walk() -> Iterator[Path]:
        for top, folders, files in os.walk(folder):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            yield from (Path(top, name) for name in sorted(files) if not name.startswith("."))

    return islice(walk(), MAX_FILES)
