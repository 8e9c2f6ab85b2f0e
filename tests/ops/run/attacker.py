"""Who has everything that is left of an installation, and looks for who followed which link.

He holds the tables, every file, the exports, SECRET_KEY and the list of readers with the tokens of their letters. Each
attack returns what it found, so that a test can also show that it finds what is there to be found.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import sql
from sqlalchemy.orm import Session

from models.tracking import hit_table, pseudonym

BLOCK = 8192
_NEAR = 200
"""Bytes on both sides of a hit: a row of the table and a line of the spool are shorter."""
_BANDS = {"early-click": (0.0, 6.0), "soon-click": (6.0, 15.0), "first-minute": (15.0, 120.0)}
"""Seconds since the delivery that a rule tells."""
_CODED = re.compile(rb"[0-9A-Za-z+/_-]{22,64}={0,2}")


class KnownCopy(NamedTuple):
    """A letter of which the attacker knows whose it is."""

    reader: int
    audience: int | None
    delivered: datetime


class FoundHit(NamedTuple):
    """A row of ``hit``."""

    id: UUID
    at: datetime
    reader: int
    audience: int | None
    rules: list[str]


def dump(session: Session) -> dict[Path, bytes]:
    """Every table as text, by a path made of its name."""
    cursor = hit_table.driver_connection(session).cursor()
    names = [name for (name,) in cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
    found = {}
    for name in names:
        with cursor.copy(sql.SQL("COPY (SELECT * FROM {}) TO STDOUT").format(sql.Identifier(name))) as copy:
            found[Path("table", name)] = b"".join(bytes(part) for part in copy)
    return found


def changed(before: Mapping[Path, bytes], after: Mapping[Path, bytes]) -> dict[Path, list[bytes]]:
    """The blocks of each file that are not as they were, each with 64 bytes of the next one."""
    found: dict[Path, list[bytes]] = {}
    for path, content in after.items():
        old = before.get(path, b"")
        starts = range(0, len(content), BLOCK)
        differing = [start for start in starts if content[start : start + BLOCK] != old[start : start + BLOCK]]
        found[path] = [content[start : start + BLOCK + 64] for start in differing]
    return found


def keys(blocks: Mapping[Path, list[bytes]]) -> Iterator[bytes]:
    """Everything of 16, 24 or 32 bytes that looks random, as it is or written in hexadecimal digits or base64."""
    seen: set[bytes] = set()
    for block in (block for blocks_of_file in blocks.values() for block in blocks_of_file):
        for key in (*_windows(block), *_decoded(block)):
            if key not in seen:
                seen.add(key)
                yield key


def _windows(block: bytes) -> Iterator[bytes]:
    for at in range(len(block) - 31):
        for size in (16, 24, 32):
            window = block[at : at + size]
            if len(set(window)) > size // 2:
                yield window


def _decoded(block: bytes) -> Iterator[bytes]:
    for word in _CODED.findall(block):
        bare = word.rstrip(b"=")
        if len(bare) in (32, 48, 64) and re.fullmatch(rb"[0-9a-fA-F]+", bare):
            yield bytes.fromhex(bare.decode())
        if len(bare) in (22, 32, 43):
            yield urlsafe_b64decode(bare.translate(bytes.maketrans(b"+/", b"-_")) + b"=" * (-len(bare) % 4))


def opens(key: bytes, fingerprints: Iterable[str]) -> bool:
    """Whether a key is the salt of an issue, by what the database notes of it."""
    return blake2b(key, digest_size=16, person=b"kairan-salt").hexdigest() in fingerprints


def name_by_keys(keys: Iterable[bytes], readers: Iterable[int], numbers: set[int]) -> dict[int, int]:
    """Whose the numbers in the table are, under one of the keys by any derivation that the house has."""
    everybody = list(readers)
    return {
        number: reader
        for key in keys
        for reader in everybody
        for number in (pseudonym.of_reader(key, reader), pseudonym.of_machine(key, reader))
        if number in numbers
    }


def files_with(words: Iterable[bytes], files: Mapping[Path, bytes]) -> list[tuple[Path, bytes]]:
    """Where one of the words stands."""
    wanted = list(words)
    return [(path, word) for path, content in files.items() for word in wanted if word in content]


def readers_near(
    hits: Iterable[FoundHit], readers: Iterable[int], blocks: Mapping[Path, list[bytes]]
) -> list[tuple[Path, UUID, int]]:
    """Readers whose number stands beside a hit's id: a row, a line or an entry that was written of both."""
    forms = {form: reader for reader in readers for form in _forms(reader)}
    any_reader = re.compile(b"|".join(re.escape(form) for form in forms))
    ids = {form: hit.id for hit in hits for form in (hit.id.bytes, hit.id.hex.encode(), str(hit.id).encode())}
    any_id = re.compile(b"|".join(re.escape(form) for form in ids))
    return [
        (path, ids[hit.group()], forms[near.group()])
        for path, blocks_of_file in blocks.items()
        for block in blocks_of_file
        for hit in any_id.finditer(block)
        for near in any_reader.finditer(block, max(0, hit.start() - _NEAR), hit.end() + _NEAR)
    ]


def _forms(reader: int) -> list[bytes]:
    """How the number of a reader may be written."""
    return [str(reader).encode(), reader.to_bytes(6, "big"), reader.to_bytes(4, "little"), reader.to_bytes(8, "little")]


def copies_that_fit(hit: FoundHit, copies: Iterable[KnownCopy], told: set[Any]) -> set[int]:
    """Whose hit it may have been, by audience, by when copies were delivered, and by how soon rules say it came.

    Arguments:
        told: the audiences that any hit has; a reader of another one has hits without.
    """
    low, high = next((_BANDS[rule] for rule in map(_bare, hit.rules) if rule in _BANDS), (0.0, 1e9))
    return {
        copy.reader
        for copy in copies
        if hit.audience == (copy.audience if copy.audience in told else None)
        and low <= (hit.at - copy.delivered).total_seconds() <= high
    }


def _bare(rule: str) -> str:
    return rule.partition("@")[0]
