"""``kairan subscriber``: lists of readers in and out, and what a reader may ask staff for."""

from __future__ import annotations

import csv
import json
import sys
from contextlib import closing
from io import TextIOWrapper
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Select, select
from sqlalchemy.orm import Session, selectinload

from models.imports import csv_file
from models.imports.subscribers import ImportCounts, Importer, RejectedRow, batches
from models.issues import newsletter as newsletters
from models.issues.newsletter import Newsletter
from models.privacy import own_data
from models.readers import profile, subscriber, suppression
from models.readers.subscriber import Subscriber, Subscription, SubscriptionState
from models.readers.suppression import SuppressionReason
from models.staff import audit, member  # noqa: F401  issues name their authors
from models.store import clock, db, mail_address
from models.store.csv_cell import without_formula
from models.store.errors import NotFound

COMMAND = "kairan subscriber"
COUNTS = ("added", "known", "suppressed", "repeated", "refused")
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
@click.option("--errors", type=click.Path(path_type=Path), help="Gets the refused lines; FILE.errors.csv by default.")
def import_list(file: Path, newsletter: str, source: str, audience: str, language: str, errors: Path | None) -> None:
    """Take in the readers of a CSV FILE who have agreed elsewhere.

    Its first line names the columns: address, name, audience, source (of the consent), and, where there are any,
    kana, organisation, topics, language and the newsletter's own fields; Japanese headings are known, too. UTF-8,
    Shift_JIS and UTF-16 are recognised. The same list again changes nothing; suppressed addresses stay suppressed,
    and people who have left stay unsubscribed. Status 1 where lines were refused.
    """
    with db.session_scope() as session:
        home = _home(session, newsletter)
    profile.audience_id(home, audience)  # a wrong slug would refuse every line
    importer = Importer(home, source=source, audience=audience, language=language)
    outcome, refused = _import(file, importer, errors or file.with_suffix(".errors.csv"))
    with db.session_scope() as session:
        counts = {name: getattr(outcome, name) for name in COUNTS}
        audit.record(session, COMMAND, "import subscribers", f"newsletter/{home.id}", file=file.name, **counts)
    click.echo(_summary(outcome))
    if refused:
        click.echo(f"{outcome.refused} lines were refused; see {refused}", err=True)
        sys.exit(1)


def _import(file: Path, importer: Importer, errors: Path) -> tuple[ImportCounts, Path | None]:
    """Take in a file, a batch a transaction; where lines were refused, the file that lists them."""
    whole = ImportCounts()
    encoding = csv_file.encoding_of(file)
    refusals = _Refusals(errors)
    with (
        file.open("rb") as raw,
        TextIOWrapper(raw, encoding, newline="") as text,
        closing(refusals),
        _progress_bar(file) as bar,
    ):
        for batch in batches(csv_file.rows(text, file.name, importer.custom)):
            with db.session_scope() as session:
                outcome, refused = importer.store_batch(session, batch)
            whole.add(outcome)
            refusals.write(refused)
            bar.update(raw.tell() - bar.pos)
    return whole, errors if whole.refused else None


def _progress_bar(file: Path) -> Any:
    return click.progressbar(length=file.stat().st_size, label=file.name, file=sys.stderr)


class _Refusals:
    """The refused lines as a CSV file that spreadsheets open rightly; made when there is one."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: Any = None

    def write(self, refused: list[RejectedRow]) -> None:
        if refused and self._file is None:
            self._file = self._path.open("w", encoding="utf-8-sig", newline="")
            csv.writer(self._file).writerow(["line", "address", "problem"])
        if self._file is not None:
            csv.writer(self._file).writerows(
                (one.line, without_formula(one.address), without_formula(one.reason)) for one in refused
            )

    def close(self) -> None:
        if self._file is not None:
            self._file.close()


def _summary(outcome: ImportCounts) -> str:
    return (
        f"{outcome.added} added, {outcome.known} known already, {outcome.suppressed} suppressed, "
        f"{outcome.repeated} repeated, {outcome.refused} refused"
    )


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
        audit.record(session, COMMAND, "erase", f"subscriber/{reader.id}")
        own_data.erase(session, reader)
    click.echo("Erased.")


def _home(session: Session, slug: str) -> Newsletter:
    """The newsletter that is meant, with all that an import asks of it."""
    found = newsletters.find(session, slug) if slug else newsletters.single(session)
    _loaded = found.audiences, found.topics  # while the session is open
    return found


def _reader(session: Session, typed: str) -> Subscriber:
    found = subscriber.find(session, mail_address.parse(typed).key)
    if found is None:
        raise NotFound(f"nobody has the address {typed}")
    return found


def _target(session: Session, key: str) -> str:
    found = subscriber.find(session, key)
    return f"subscriber/{found.id}" if found else "an unknown address"
