"""``kairan audit``: whether the audit log is whole."""

from __future__ import annotations

import click

from models.staff import audit
from models.store import db
from models.store.errors import Invalid
from models.store.phrase import phrase


@click.group("audit")
def audit_() -> None:
    """The audit log: who did what."""


@audit_.command()
@click.option("--noted", metavar="DIGEST", default="", help="A digest that an earlier run printed.")
def verify(noted: str) -> None:
    """Check that no entry was changed, removed or put in: each one's digest covers the one before.

    Note the digest that is printed in another place. Given back with --noted, it shows entries that were removed from
    the end, and a log that was written anew as a whole.
    """
    with db.session_scope() as session:
        broken = list(audit.broken_entries(session))
        count, last = audit.end(session)
        lost = bool(noted) and not audit.contains(session, noted)
    for entry_id in broken:
        click.echo(f"entry {entry_id} was changed, or does not follow the one before it")
    if lost:
        click.echo(f"no entry has the digest {noted}")
    if broken or lost:
        raise Invalid(phrase("The audit log is not whole ({count} entries).", count=f"{count:,}"))
    click.echo(f"{count:,} entries, each as it was written. The last one's digest: {last or 'none'}")
