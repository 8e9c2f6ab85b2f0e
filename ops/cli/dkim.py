"""``kairan dkim``: keys to sign letters with."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from models.issues import newsletter as newsletters
from models.issues import signing_keys
from models.issues.dkim_key import KeyKind
from models.staff.permission import Permission
from models.store import db
from models.store.phrase import phrase

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
    made = signing_keys.make(domain, selector, KINDS[kind], out)
    keys = [one.key for one in made if one.key is not None]
    click.echo("1. Put this into the zone of the domain (one record a key):\n")
    click.echo("\n".join(f"{key.zone_line}\n" for key in keys))
    click.echo("   Where a form asks for name and text instead:\n")
    click.echo("\n".join(f"   {key.record_name}\n   {key.record}\n" for key in keys))
    click.echo("2. When the DNS answers with it, sign the newsletter's letters with it (NEWSLETTER is its slug):\n")
    named = [shlex.join(("--key", one.domain, one.selector, one.file)) for one in made]
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
    with db.session_scope() as session:
        newsletter = newsletters.find(session, slug)
        who = actor.of(session, address, "dkim set", Permission.EDIT_NEWSLETTER, newsletter.id)
        loaded = signing_keys.use(session, newsletter, entries, who)
        sender = newsletter.sender_address
    for key in loaded:
        click.echo(f"{slug}: signed with {key.record_name}")
        if not signing_keys.is_aligned(key.domain, sender):
            click.echo(f"{sender} is not of {key.domain}: receivers do not count this signature (DMARC)", err=True)
    if not loaded:
        click.echo(f"{slug}: not signed")
