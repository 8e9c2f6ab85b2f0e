"""``kairan dkim``: keys to sign letters with."""

from __future__ import annotations

import os
from pathlib import Path

import click

import settings
from models.store import clock
from models.store.errors import Invalid
from worker.sending.dkim import Key, KeyKind

KINDS = {"rsa": (KeyKind.RSA,), "ed25519": (KeyKind.ED25519,), "both": (KeyKind.RSA, KeyKind.ED25519)}


@click.group
def dkim() -> None:
    """DKIM (RFC 6376): signatures by which receivers know that a letter is from its sender's domain."""


@dkim.command
@click.argument("domain")
@click.option("--selector", default="", help="The key's name in the DNS; by default kairan and the year.")
@click.option("--kind", type=click.Choice(list(KINDS)), default="rsa", show_default=True, help="Both sign together.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="A folder; by default KAIRAN_DATA/dkim.")
def new(domain: str, selector: str, kind: str, out: Path | None) -> None:
    """Make a key for DOMAIN, the one in the newsletter's sender address; say what to do with it."""
    folder = out or settings.get().kairan_data / "dkim"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    name = selector or f"kairan{clock.today():%Y}"
    keys = [Key.new(domain, name if one is KINDS[kind][0] else f"{name}e", one) for one in KINDS[kind]]
    files = [_write(folder.absolute() / f"{key.selector}.{key.domain}.pem", key) for key in keys]
    click.echo("1. Put this into the zone of the domain (one record a key):\n")
    click.echo("\n".join(f"{key.zone_line}\n" for key in keys))
    click.echo("   Where a form asks for name and text instead:\n")
    click.echo("\n".join(f"   {key.record_name}\n   {key.record}\n" for key in keys))
    click.echo("2. When the DNS answers with it, put this into the newsletter's file, and import that again:\n")
    click.echo("dkim:")
    for key, file in zip(keys, files, strict=True):
        click.echo(f"  - {{domain: {key.domain}, selector: {key.selector}, key_file: {file}}}")
    click.echo("\nEvery worker must be able to read the file, and nobody else.")


def _write(file: Path, key: Key) -> Path:
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Invalid(f"{file} is there already: name another --selector, so that both can be used") from None
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(key.pem)
    return file
