"""``kairan mailbox``: the letters that the catching SMTP server has caught."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import ClassVar

import click

import settings
from models.mailbox import IndexEntry, Mailbox
from models.store.clock import TOKYO

from .lazy_group import LazyGroup


def open_mailbox() -> Mailbox:
    """The mailbox of the settings."""
    chosen = settings.get()
    return Mailbox(chosen.kairan_mailbox or chosen.kairan_data / "mailbox")


class MailboxCommands(LazyGroup):
    """The commands of this group; aiosmtpd is slow to import, and only one of them needs it."""

    lazy: ClassVar[Mapping[str, tuple[str, str]]] = {
        "serve": ("ops.cli.mailbox_server:serve", "Catch letters over SMTP until stopped; none is mailed.")
    }


@click.group(cls=MailboxCommands)
def mailbox() -> None:
    """Letters that were caught instead of mailed."""


@mailbox.command("list")
@click.option("--search", default="", help="Only letters with these words in subject or addresses.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option("--limit", default=0, help="At most so many; 0 means all.")
def list_letters(search: str, as_json: bool, limit: int) -> None:
    """List caught letters, newest first."""
    entries = open_mailbox().entries(search)
    for entry in entries[: limit or None]:
        click.echo(_as_json(entry) if as_json else _as_line(entry))
    if not entries and not as_json:
        click.echo("No letters." if not search else "No letter matches.", err=True)


@mailbox.command
@click.argument("number", type=int)
@click.option("--part", type=click.Choice(["raw", "text", "html"]), default="raw", show_default=True)
def show(number: int, part: str) -> None:
    """Print letter NUMBER: as it was caught, or one of its parts."""
    if part == "raw":
        sys.stdout.buffer.write(open_mailbox().raw(number))
        return
    letter = open_mailbox().letter(number)
    click.echo(letter.text if part == "text" else letter.html)


def _as_line(entry: IndexEntry) -> str:
    when = entry.caught_at.astimezone(TOKYO).strftime("%Y-%m-%d %H:%M:%S")
    return f"{entry.number:6}  {when}  {', '.join(entry.recipients):32}  {entry.subject}"


def _as_json(entry: IndexEntry) -> str:
    return json.dumps(
        {
            "number": entry.number,
            "caught_at": entry.caught_at.isoformat(),
            "sender": entry.sender,
            "recipients": entry.recipients,
            "subject": entry.subject,
            "size": entry.size,
        },
        ensure_ascii=False,
    )
