"""``kairan returns``: returned mail, read."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from models.bounces import bounce
from models.bounces.bounce_reading import Reading

_MOST_BYTES = 64 * 1024 * 1024
"""Of a file that are read; what a report says stands at its beginning."""
_EVERY = 100


@click.group
def returns() -> None:
    """Returned mail: bounces, complaints and answers."""


@returns.command
@click.argument("folder", type=click.Path(path_type=Path, exists=True))
@click.option("--json", "as_json", is_flag=True, help="For programs: one object a line; see docs/returned-mail.md.")
def read(folder: Path, *, as_json: bool) -> None:
    """Say what each message in FOLDER (or one file) is, whom it names and which rule said so.

    Nothing is stored, nobody is suppressed, and no database is needed. What cannot be read is named and left out.
    """
    count, unread = 0, 0
    for count, file in enumerate(_files(folder), 1):
        name = file.name if file == folder else str(file.relative_to(folder))
        try:
            with file.open("rb") as opened:
                found = bounce.read(opened.read(_MOST_BYTES))
        except OSError as error:
            unread += 1
            click.echo(f"{name} cannot be read: {error.strerror}.", err=True)
            continue
        click.echo(_as_json(name, found) if as_json else _as_words(name, found))
        if count % _EVERY == 0:
            click.echo(f"{count:,} files read", err=True)
    click.echo(f"{count - unread:,} files read, {unread:,} left out.", err=True)
    if not count or unread:
        sys.exit(1)


def _files(folder: Path) -> Iterator[Path]:
    """The file itself, or every file below a folder, by name."""
    if folder.is_dir():
        yield from (file for file in sorted(folder.rglob("*")) if file.is_file())
    else:
        yield folder


def _as_json(name: str, found: Reading) -> str:
    recipients = [
        {
            "address": one.address,
            "class": one.kind.coarse,
            "kind": one.kind.value,
            "rule": one.rule,
            "status": one.status,
        }
        for one in found.recipients
        if one.address
    ]
    whole = {"file": name, "class": found.kind.coarse, "kind": found.kind.value, "rule": found.rule}
    return json.dumps({**whole, "recipients": recipients, "rules": found.rules_version}, ensure_ascii=False)


def _as_words(name: str, found: Reading) -> str:
    named = ", ".join(f"{one.address} ({one.kind.value})" for one in found.recipients if one.address)
    return f"{name}: {found.kind.value} [{found.rule}] {named}".rstrip()
