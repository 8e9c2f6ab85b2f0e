"""The keys that a newsletter signs its letters with, from the files that it names.

A newsletter that signs never sends unsigned: where a key cannot be read, its letters wait and staff are told.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from models.issues.dkim_key import Key, key_path
from models.issues.newsletter import DKIM_PARTS, Newsletter
from models.store.errors import Invalid
from models.store.phrase import phrase

from .dkim import Signer


def signer(newsletter: Newsletter) -> Signer | None:
    """What signs the letters of *newsletter*; None where it names no key.

    Raises:
        Invalid: a key is named wrongly, cannot be read, or is none; the text says which.
    """
    keys = []
    for entry in newsletter.dkim:
        if (
            not isinstance(entry, dict)
            or set(entry) != set(DKIM_PARTS)
            or not all(map(str.strip, map(str, entry.values())))
        ):
            raise Invalid(
                phrase("each entry of the newsletter's “dkim” needs {names}", names=", ".join(DKIM_PARTS)), field="dkim"
            )
        path = key_path(str(entry["key_file"]))
        keys.append(_key(path, _changed(path), str(entry["domain"]), str(entry["selector"])))
    return Signer(keys) if keys else None


def _changed(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0  # Loading it says why.


@lru_cache(maxsize=32)
def _key(path: Path, _changed_at: int, domain: str, selector: str) -> Key:
    """A key, read again when its file has changed."""
    return Key.load(path, domain, selector)
