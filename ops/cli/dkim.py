"""``kairan dkim``: keys to sign letters with."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

import click

import settings
from models.issues import newsletter as newsletters
from models.staff import audit
from models.store import clock, db, mail_address
from models.store.errors import Invalid
from models.store.phrase import phrase
from worker.sending import dkim_keys
from worker.sending.dkim import Key, KeyKind

from . import actor
from .messages.usage_error import WrongUsage

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
    click.echo("2. When the DNS answers with it, sign the newsletter's letters with it (NEWSLETTER is its slug):\n")
    named = [shlex.join(("--key", key.domain, key.selector, str(file))) for key, file in zip(keys, files, strict=True)]
    click.echo(f"   kairan dkim set NEWSLETTER {' '.join(named)}")
    click.echo("\nEvery worker must be able to read the file, and nobody else.")


@dkim.command("set")
@click.argument("slug", metavar="NEWSLETTER")
@click.option("--key", "keys", nargs=3, multiple=True, metavar="DOMAIN SELECTOR FILE",
              help="A key to sign with; give it again for a second one.")  # fmt: skip
@click.option("--none", is_flag=True, help="Sign no more.")
@actor.option
def set_keys(slug: str, keys: tuple[tuple[str, str, str], ...], none: bool, address: str) -> None:
    """Sign the letters of NEWSLETTER with these keys from now on, and with no other.

    FILE lies below KAIRAN_DATA where it does not begin at the root.
    """
    if none == bool(keys):
        raise WrongUsage(phrase("name the keys with --key DOMAIN SELECTOR FILE, or say --none to sign no more"))
    entries = [dict(zip(newsletters.DKIM_PARTS, key, strict=True)) for key in keys]
    loaded = [Key.load(dkim_keys.key_path(file), domain, selector) for domain, selector, file in keys]
    with db.session_scope() as session:
        newsletter = newsletters.find(session, slug)
        newsletter.dkim = entries
        who = actor.of(session, address, "dkim set")
        audit.record(session, who, "set signing keys", f"newsletter/{newsletter.id}", keys=entries)
        sender = newsletter.sender_address
    for key in loaded:
        click.echo(f"{slug}: signed with {key.record_name}")
        if not _aligned(key.domain, sender):
            click.echo(f"{sender} is not of {key.domain}: receivers do not count this signature (DMARC)", err=True)
    if not loaded:
        click.echo(f"{slug}: not signed")


def _aligned(domain: str, sender: str) -> bool:
    """Whether a signature of *domain* counts for mail from *sender* (RFC 7489, 3.1.1), as far as names tell."""
    own = mail_address.addr_spec(sender).rpartition("@")[2].lower()
    return own == domain or own.endswith(f".{domain}") or domain.endswith(f".{own}")


def _write(file: Path, key: Key) -> Path:
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Invalid(
            phrase("{file} is there already: name another --selector, so that both can be used", file=file)
        ) from None
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(key.pem)
    return file
