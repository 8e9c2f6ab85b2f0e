"""The built files of the block editor (``scripts/build-editor``): not in the repository, so there may be none."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parents[2] / "static" / "editor"


class EditorBundle(NamedTuple):
    """Names of files below ``static/``, with their digests in them."""

    script: str
    style: str


def find() -> EditorBundle | None:
    """The files that were built; None where there are none, and issues are written as manuscripts.

    Looked for anew each time, so that a build needs no restart.
    """
    found = [sorted(FOLDER.glob(f"editor-*.{suffix}")) for suffix in ("js", "css")]
    if not all(found):
        return None
    script, style = (f"editor/{files[0].name}" for files in found)
    return EditorBundle(script, style)
