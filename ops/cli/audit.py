"""``kairan audit``: the audit log's heads, whether it is whole, and the whole of it as a file."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from models.staff import audit, audit_check, audit_day, audit_export, audit_key
from models.staff.audit_check import AuditFault, Checked, FaultKind
from models.store import db
from models.store.errors import Invalid, NotFound
from models.store.phrase import phrase

_DAY = click.DateTime(["%Y-%m-%d"])
SHOWN = 20
"""So many faults are named: the first one tells where to look."""


@click.group("audit")
def audit_() -> None:
    """The audit log: who did what."""


@audit_.command()
@click.option("--date", "day", type=_DAY, default=None, help="A day in Asia/Tokyo; by default, the log as it is.")
def head(day: datetime | None) -> None:
    """Print the head of the log: one line that vouches for every entry so far.

    Note it in another place, on paper say. `kairan audit verify --head` takes it.
    """
    with db.session_scope() as session:
        found = audit.head(session, day.date() if day else None)
    if found is None:
        raise NotFound(phrase("The audit log has no entry of that day.") if day else phrase("The audit log is empty."))
    click.echo(str(found))


@audit_.command()
@click.option("--head", "heads", multiple=True, metavar="HEAD", help="A head that was noted earlier; may be repeated.")
@click.option("--noted", "heads", multiple=True, hidden=True)
def verify(heads: tuple[str, ...]) -> None:
    """Check that no entry was changed, removed or put in, and name the first one that was.

    Each entry is chained to the one before it and signed. That entries are missing at the end shows where you give
    back a head that was noted after them.
    """
    noted = [audit_day.parse_head(one) for one in heads]
    with db.session_scope() as session:
        found = audit_check.check(session, noted)
    for fault in found.faults[:SHOWN]:
        click.echo(words_of(fault))
    if len(found.faults) > SHOWN:
        click.echo(f"and {len(found.faults) - SHOWN:,} more")
    if found.faults:
        raise Invalid(phrase("The audit log is not whole ({count} entries).", count=f"{found.entries:,}"))
    click.echo("\n".join(_summary(found)))


@audit_.command()
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The file to write.")
def export(out: Path) -> None:
    """Write the whole log as JSON lines, which docs/verify/audit-verify.py checks without Kairan."""
    with db.snapshot() as session, out.open("w", encoding="utf-8", newline="\n") as file:
        count = 0
        for line in audit_export.lines(session):
            file.write(line + "\n")
            count += 1
    click.echo(f"{out}: {count:,} lines")


@audit_.command()
def key() -> None:
    """Print the public keys that entries were signed with; note them in another place, as heads are."""
    with db.session_scope() as session:
        keys = audit_key.list_keys(session)
    for one in keys:
        click.echo(f"{one.id}  {one.public_key.hex()}  since {one.made_at.isoformat(timespec='seconds')}")
    if not keys:
        click.echo("Nothing was signed yet.", err=True)


def words_of(fault: AuditFault) -> str:
    """A fault in a sentence."""
    several = fault.until > fault.number
    which = f"entries {fault.number} to {fault.until}" if several else f"entry {fault.number}"
    row = f" (id {fault.id})" if fault.id is not None else ""
    return f"{which}{row} {_WORDS[fault.kind][several]}"


_WORDS = {
    FaultKind.CHANGED: ("was changed", "were changed"),
    FaultKind.MISSING: ("is missing", "are missing"),
    FaultKind.INSERTED: ("was put in", "were put in"),
    FaultKind.FORGED: ("was changed or put in: its signature does not hold",) * 2,
    FaultKind.HEAD: ("ends a day whose head is missing or was changed",) * 2,
}


def _summary(found: Checked) -> list[str]:
    lines = [f"{found.entries:,} entries, each as it was written. Head: {found.head or 'none'}"]
    if found.cut:
        lines.append(f"Entries up to {found.cut.day} (number {found.cut.last}) were cut away by AUDIT_RETENTION_DAYS.")
    own = audit_key.own_key()
    for name, count in found.keys.items():
        if not name:
            lines.append(f"{count:,} of them are older than signatures.")
        elif name != own:
            lines.append(f"{count:,} of them are signed with the key {name}, which is not of the present SECRET_KEY.")
    return lines
