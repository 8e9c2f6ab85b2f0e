"""``kairan subscriber``: lists of readers in and out, and what a reader may ask staff for."""

from __future__ import annotations

import csv
import dataclasses
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Select, select
from sqlalchemy.orm import Session, selectinload

from models.imports import command_import, csv_file, encoding, examine, import_batch, pipeline, reader_status
from models.imports.error_file import ErrorFile
from models.imports.subscribers import ImportCounts, Importer, ParsedBatch
from models.issues import newsletter as newsletters
from models.issues.newsletter import Newsletter
from models.privacy import own_data
from models.readers import profile, subscriber, suppression
from models.readers.subscriber import Subscriber, Subscription, SubscriptionState
from models.readers.suppression import SuppressionReason
from models.staff import audit, member  # noqa: F401  issues name their authors
from models.store import clock, db, mail_address
from models.store.errors import Invalid, NotFound
from models.store.language import Language
from models.store.phrase import phrase

from .messages import spoken

COMMAND = "kairan subscriber"
_newsletter = click.option("--newsletter", default="", help="Its slug; may be left out where there is only one.")


@click.group("subscriber")
def subscriber_() -> None:
    """Readers: import lists, look, suppress, erase."""


@subscriber_.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@_newsletter
@click.option("--source", default="", help="Where the consent came from, for lines that do not say it.")
@click.option("--audience", default="", help="Slug of the audience of lines that do not say it.")
@click.option("--language", type=click.Choice(["ja", "en"]), default="ja", show_default=True)
@click.option("--map", "mapped", multiple=True, metavar="HEADING=FIELD", help="What a column holds; may be repeated.")
@click.option("--ignore", multiple=True, metavar="HEADING", help="A column to leave out; may be repeated.")
@click.option("--status", multiple=True, metavar="WORD=STATE", help="What a status word means; may be repeated.")
@click.option("--headings", default="", help="The headings of a file that has none, with commas between them.")
@click.option("--dry-run", is_flag=True, help="Say what would become of each line, and change nothing.")
@click.option("--errors", type=click.Path(path_type=Path), help="Gets the refused lines; FILE.errors.csv by default.")
def import_list(
    file: Path,
    newsletter: str,
    source: str,
    audience: str,
    language: Language,
    mapped: tuple[str, ...],
    ignore: tuple[str, ...],
    status: tuple[str, ...],
    headings: str,
    dry_run: bool,
    errors: Path | None,
) -> None:
    """Take in the readers of a CSV FILE who have agreed elsewhere.

    A line names the columns: address, name, audience, source (of the consent), and, where there are any, kana,
    organisation, topics, language, status and the newsletter's own fields. Headings in Japanese, and those of Google,
    Outlook, Mailchimp and others, are known; what is not known is asked before anything is taken in. UTF-8, Shift_JIS,
    EUC-JP, ISO-2022-JP and UTF-16 are recognised, and commas, tabs, semicolons and bars. The same list again changes
    nothing; suppressed addresses stay suppressed, people who have left stay unsubscribed, and whom the list calls
    unsubscribed or bounced will not be mailed. Status 1 where lines were refused: FILE.errors.csv holds them as they
    were, to be mended and imported again.
    """
    report = errors or file.with_suffix(".errors.csv")
    if report.exists() and report.samefile(file):
        raise Invalid("the refused lines cannot go to the file that they come from: choose another one with --errors")
    with db.session_scope() as session:
        home = _home(session, newsletter)
    profile.audience_id(home, audience)  # a wrong slug would refuse every line
    importer = Importer(
        home,
        source=profile.tidy(source),
        audience=audience,
        language=language,
        name=encoding.name_of(file),
        spoken=spoken.language(),
    )
    given = next(csv.reader([headings])) if headings else []
    opened = csv_file.CsvFile(file, importer.custom, _pairs("map", mapped), ignore, given)
    told = examine.in_columns(opened, reader_status.told(_pairs("status", status)))
    found = examine.examine(opened, told)
    click.echo(spoken.say(examine.summary(opened, found)))
    for doubt in examine.doubts(opened, found):
        click.echo(spoken.say(phrase("Look: {doubt}", doubt=doubt)), err=True)
    importer.left = found.left
    rows = examine.rows(opened, found, told)
    refused = ErrorFile(report, opened.head.headings)
    stored = None if dry_run else _Stored(importer, opened)
    outcome = _import(
        rows, found.counts.records, importer, refused, stored.store if stored else partial(_foreseen, importer)
    )
    if stored:
        stored.end(outcome)
    if outcome.total != found.counts.records:
        raise AssertionError(f"{found.counts.records} records were read, but {outcome} became of them")
    _report(outcome, report, dry_run)
    if outcome.refused:
        sys.exit(1)


def _pairs(option: str, typed: Sequence[str]) -> dict[str, str]:
    """What ``--map`` or ``--status`` says; a heading may hold the sign between them, a field cannot."""
    found = {}
    for one in typed:
        key, sign, value = one.rpartition("=")
        if not sign:
            raise Invalid(phrase("--{option} “{one}”: it must be of the form --{option} “…=…”", option=option, one=one))
        found[key] = value.strip()
    return found


def _import(
    rows: Iterator[csv_file.CsvRow], records: int, importer: Importer, report: ErrorFile, work: pipeline.Store
) -> ImportCounts:
    """Take in a list, a batch a transaction, and write down the lines that were refused."""
    whole = ImportCounts()
    with closing(report), click.progressbar(length=records, label=importer.name, file=sys.stderr) as bar:
        for parsed, outcome in pipeline.take_in(rows, importer, work):
            whole.add(outcome)
            report.write(parsed.refused)
            bar.update(parsed.lines)
    return whole


def _foreseen(importer: Importer, parsed: ParsedBatch, _turn: pipeline.Turn) -> ImportCounts:
    """What would become of a batch."""
    with db.session_scope() as session:
        return importer.foresee(session, parsed)[0]


class _Stored:
    """Stores batches as part of an import that pages show, too."""

    def __init__(self, importer: Importer, opened: csv_file.CsvFile) -> None:
        self._importer = importer
        names = [column.heading for column in opened.columns]
        with db.session_scope() as session:
            job = command_import.start(session, importer.newsletter, importer.name, importer.source, names)
            self._id, self._epoch = job.id, job.epoch

    def store(self, parsed: ParsedBatch, turn: pipeline.Turn) -> ImportCounts:
        """Store a batch."""
        with db.session_scope() as session:
            return import_batch.store(session, self._id, self._epoch, self._importer, parsed, turn)

    def end(self, counts: ImportCounts) -> None:
        """All of them are stored."""
        with db.session_scope() as session:
            command_import.end(session, self._id, self._epoch, counts, COMMAND)


def _report(outcome: ImportCounts, report: Path, dry_run: bool) -> None:
    """Say what became of the lines, and where those that were refused are."""
    summary = phrase(
        "{added} added, {known} known already, {suppressed} suppressed, {stopped} stopped, {repeated} repeated,"
        " {refused} refused",
        **dataclasses.asdict(outcome),
    )
    click.echo(
        spoken.say(phrase("Nothing was changed. It would be: {summary}", summary=summary) if dry_run else summary)
    )
    if outcome.refused:
        mend = phrase(
            "{count} lines were refused; mend them in {file}, and import that file",
            count=outcome.refused,
            file=click.format_filename(report),
        )
        click.echo(spoken.say(mend), err=True)


@subscriber_.command("list")
@_newsletter
@click.option("--state", type=click.Choice([state.value for state in SubscriptionState]), default="active")
@click.option("--search", default="", help="Only addresses and names that hold this.")
@click.option("--limit", default=0, help="At most so many; 0 means all.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def list_readers(newsletter: str, state: str, search: str, limit: int, as_json: bool) -> None:
    """List the readers of a newsletter, in the order of signing up."""
    with db.session_scope() as session:
        query = _readers(_home(session, newsletter).id, SubscriptionState(state), search)
        for one in session.scalars(query.limit(limit or None)).yield_per(1000):
            click.echo(json.dumps(_values(one), ensure_ascii=False) if as_json else _line(one))


def _readers(newsletter_id: int, state: SubscriptionState, search: str) -> Select[Subscription]:
    query = (
        select(Subscription)
        .join(Subscriber)
        .where(Subscription.newsletter_id == newsletter_id, Subscription.state == state)
        .order_by(Subscription.id)
        .options(selectinload(Subscription.subscriber), selectinload(Subscription.audience))
    )
    if search:
        query = query.where(
            Subscriber.address_key.contains(search.lower(), autoescape=True)
            | Subscriber.name.contains(search, autoescape=True)
        )
    return query


def _values(one: Subscription) -> dict[str, Any]:
    reader = one.subscriber
    return {
        "id": reader.id,
        "address": reader.address,
        "name": reader.name,
        "audience": one.audience.slug if one.audience else None,
        "state": one.state.value,
        "confirmed_at": one.confirmed_at.isoformat() if one.confirmed_at else None,
    }


def _line(one: Subscription) -> str:
    when = one.confirmed_at.astimezone(clock.TOKYO).strftime("%Y-%m-%d") if one.confirmed_at else "-"
    audience = one.audience.slug if one.audience else "-"
    reader = one.subscriber
    return f"{reader.id:9}  {when:10}  {audience:12}  {reader.address or '(erased)'}  {reader.name}"


@subscriber_.command()
@click.argument("typed", metavar="ADDRESS")
def show(typed: str) -> None:
    """Print everything that is kept about ADDRESS, as JSON (開示)."""
    with db.session_scope() as session:
        click.echo(json.dumps(own_data.collect(session, _reader(session, typed)), ensure_ascii=False, indent=2))


@subscriber_.command()
@click.argument("typed", metavar="ADDRESS")
@click.option("--newsletter", default="", help="Its slug; all newsletters where it is left out.")
@click.option("--note", default="", help="Why, for whoever asks later.")
def suppress(typed: str, newsletter: str, note: str) -> None:
    """Never mail ADDRESS again, whether we know it or not."""
    key = mail_address.parse(typed).key
    with db.session_scope() as session:
        only = newsletters.find(session, newsletter).id if newsletter else None
        suppression.suppress(session, key, SuppressionReason.STAFF, newsletter_id=only, note=note)
        audit.record(session, COMMAND, "suppress", _target(session, key), newsletter=newsletter)
    click.echo("The address will not be mailed any more.")


@subscriber_.command()
@click.argument("typed", metavar="ADDRESS")
@click.option("--yes", is_flag=True, help="Do not ask.")
def erase(typed: str, yes: bool) -> None:
    """Empty everything that identifies ADDRESS; counts and certificates stay true. It cannot be undone."""
    with db.session_scope() as session:
        reader = _reader(session, typed)
        if not yes:
            click.confirm(f"Erase everything about {reader.address}?", abort=True)
        own_data.erase(session, reader)
        audit.record(session, COMMAND, "erase", f"subscriber/{reader.id}")
    click.echo("Erased.")


def _home(session: Session, slug: str) -> Newsletter:
    """The newsletter that is meant, with all that an import asks of it."""
    found = newsletters.find(session, slug) if slug else newsletters.single(session)
    _loaded = found.audiences, found.known_topics  # while the session is open
    return found


def _reader(session: Session, typed: str) -> Subscriber:
    found = subscriber.find(session, mail_address.parse(typed).key)
    if found is None:
        raise NotFound(phrase("nobody has the address {typed}", typed=typed))
    return found


def _target(session: Session, key: str) -> str:
    found = subscriber.find(session, key)
    return f"subscriber/{found.id}" if found else "an unknown address"
