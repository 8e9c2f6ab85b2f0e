"""``kairan returns``: returned mail, taken in and read."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import click

import settings
from models.bounces import bounce, returned_mail
from models.bounces.bounce_reading import Reading
from models.bounces.returned_mail import ReturnedMail
from models.store.db import session_scope
from worker.inbound import daemon, judging, mail_files

_MOST_BYTES = 64 * 1024 * 1024
"""Of a file that are read; what a report says stands at its beginning."""
_EVERY = 100


@click.group(invoke_without_command=True)
@click.pass_context
def returns(context: click.Context) -> None:
    """Returned mail: bounces, complaints and answers. Without a command: take it in and judge it until stopped.

    Where it comes from say RETURNS_LMTP, RETURNS_SMTP, RETURNS_MAILDIR and RETURNS_IMAP_URL.
    """
    if context.invoked_subcommand is None:
        daemon.run()


@returns.command("import")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
def import_(paths: tuple[Path, ...]) -> None:
    """Take in the messages of PATHS and judge them: files with one message or many (mbox), folders, Maildirs.

    Messages that are there already change nothing. The files stay as they are.
    """
    files = [file for path in paths for file in mail_files.list_files(path)]
    most = settings.get().returns_megabytes * 1_000_000
    new = known = left_out = 0
    with click.progressbar(
        length=sum(file.stat().st_size for file in files), label="Taking in", file=sys.stderr
    ) as bar:
        for file in files:
            try:
                for message in mail_files.read(file, most):
                    bar.update(message.read)
                    if message.raw is None:
                        left_out += 1
                        click.echo(f"{file}: a message is larger than RETURNS_MEGABYTES.", err=True)
                    elif _take_in(message.raw):
                        new += 1
                    else:
                        known += 1
            except OSError as error:
                left_out += 1
                click.echo(f"{file} cannot be read: {error.strerror}.", err=True)
    judged = judging.judge_waiting()
    click.echo(f"{new:,} messages taken in, {known:,} known already, {left_out:,} left out; {judged:,} judged.")
    if left_out:
        sys.exit(1)


def _take_in(raw: bytes) -> bool:
    with session_scope() as session:
        return returned_mail.take_in(session, raw, way="import")


@returns.command
def judge() -> None:
    """Judge again what older rules have judged, and tell whose class has changed.

    What a new class calls for follows. Suppressions are not lifted: do that on the reader's page, with a note.
    """
    changed = 0

    def tell(digest: str, former: str) -> None:
        nonlocal changed
        changed += 1
        with session_scope() as session:
            mail = session.get_one(ReturnedMail, digest)
            reader = f" (reader {mail.subscriber_id})" if mail.subscriber_id else ""
            click.echo(f"{digest[:12]}: {former} → {mail.kind}{reader}")

    looked_at = judging.judge_again(tell)
    click.echo(f"{looked_at:,} messages looked at, {changed:,} of another class now.")


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
