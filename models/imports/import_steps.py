"""What staff do with an import, one step after the other: upload, say what the columns hold, try, run, cancel, undo."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import IO, Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..issues.newsletter import Newsletter
from ..readers import profile
from ..staff import audit
from ..staff.member import Member
from ..store import enqueue, kept_file
from ..store.clock import now
from ..store.errors import Invalid, WrongState
from ..store.phrase import phrase
from . import encoding, excel_file, headings, import_job, list_start, reader_status, undo_import
from .import_job import BEFORE, ENDED, LEAST_EVIDENCE, MOST_EVIDENCE, ImportJob, ImportState
from .list_start import ListStart
from .subscribers import Importer

AT_ONCE = 1_000_000
"""Bytes of a list that is read while somebody waits for the page; a larger one is read by a worker."""
WORKBOOK_AT_ONCE = 100_000
"""The same of a workbook, which unpacks to ten times as much."""
ROWS_AT_ONCE = 20_000
UNPACKED_AT_ONCE = 1_500_000
"""Bytes that such a workbook may unpack to; one of few bytes can unpack to a thousand times as much."""


def upload(
    session: Session, newsletter: Newsletter, member: Member, name: str, content: IO[bytes], evidence: str
) -> ImportJob:
    """Keep a list, and read how it begins: at once where it is small, else by a worker.

    Arguments:
        name: what the file is called.
        evidence: where and when the people agreed, in words.

    Raises:
        Invalid: the file is empty or none that can be read, or nothing is said of the consent.
    """
    said = profile.tidy(evidence)
    if len(said) < LEAST_EVIDENCE or reader_status.says_yes(said):
        raise Invalid(
            phrase(
                "say in at least {least} characters where and when these people agreed to get this newsletter",
                least=LEAST_EVIDENCE,
            ),
            field="evidence",
        )
    if len(said) > MOST_EVIDENCE:
        raise Invalid(phrase("this is longer than {most} characters", most=MOST_EVIDENCE), field="evidence")
    job = ImportJob(newsletter_id=newsletter.id, newsletter=newsletter, member_id=member.id, evidence=said)
    job.name = list_start.shown(name)[:200] or "list"
    job.file_id = kept_file.make(session)
    size = kept_file.write(session, job.file_id, content)
    if not size:
        raise Invalid("choose a file; the one that was sent is empty", field="file")
    session.add(job)
    session.flush()
    try:
        if _is_small(session, job.file_id, size, job.name):
            read(session, job, ROWS_AT_ONCE)
            return job
    except excel_file.NoTime:
        pass
    enqueue.enqueue(session, enqueue.WORK_ON_IMPORT, job.id)
    return job


def _is_small(session: Session, file_id: int, size: int, name: str) -> bool:
    first = next(kept_file.read(session, file_id))
    if not first.startswith(b"PK"):
        return size <= AT_ONCE
    if size > WORKBOOK_AT_ONCE:
        return False
    return excel_file.unpacked(BytesIO(b"".join(kept_file.read(session, file_id))), name) <= UNPACKED_AT_ONCE


def read(session: Session, job: ImportJob, at_once: int = excel_file.MOST_ROWS) -> None:
    """Read how the list begins; arguments and errors as of :meth:`UnreadList.look`."""
    with folder() as place:
        unread = unread_list(session, job, place)
        looked = unread.look(at_once)
        keep_look(session, job, looked, keep_csv(session, looked))


class LookedAt(NamedTuple):
    """How a list begins, and where it is as CSV in UTF-8; None where it came as CSV."""

    start: ListStart
    as_csv: Path | None


class UnreadList(NamedTuple):
    """A list in a file, with all that is needed to look at it while no session is open."""

    path: Path
    name: str
    custom: Mapping[str, str]
    chosen_encoding: str

    def look(self, at_once: int = excel_file.MOST_ROWS) -> LookedAt:
        """Read how it begins, of a workbook the whole.

        Arguments:
            at_once: rows of a workbook for which there is time.

        Raises:
            Invalid: it is none that can be read.
            NoTime: it is a workbook of more rows than *at_once*.
        """
        if not excel_file.is_workbook(self.path, self.name):
            return LookedAt(list_start.read(self.path, self.name, self.custom, self.chosen_encoding), None)
        as_csv = self.path.with_suffix(".csv")
        excel_file.to_csv(self.path, as_csv, self.name, at_once)
        return LookedAt(list_start.read(as_csv, self.name, self.custom, encoding.UTF_8), as_csv)


def unread_list(session: Session, job: ImportJob, place: Path) -> UnreadList:
    """Write the kept list into a folder, to be looked at."""
    write_to(session, job, place / "list")
    return UnreadList(place / "list", job.name, Importer(job.newsletter).custom, job.encoding)


def keep_csv(session: Session, looked: LookedAt) -> int | None:
    """Keep what a workbook has become; None where it was none."""
    if looked.as_csv is None:
        return None
    file_id = kept_file.make(session)
    with looked.as_csv.open("rb") as file:
        kept_file.write(session, file_id, file)
    return file_id


def keep_look(session: Session, job: ImportJob, looked: LookedAt, file_id: int | None) -> None:
    """Note how a list begins; somebody says what its columns hold.

    Arguments:
        file_id: from :func:`keep_csv`.
    """
    start = looked.start
    if file_id is not None:
        kept_file.remove(session, job.file_id)
        job.file_id, job.encoding = file_id, encoding.UTF_8
    job.found_encoding, job.headings, job.headless = start.encoding, start.headings, start.headless
    job.sample, job.guesses = start.rows, start.guesses
    digest = import_job.digest_of(start.headings)
    if digest != job.headings_digest:
        job.headings_digest, job.mapping = digest, {}  # What was said was said of other columns.
    job.asked, job.problem = [], ""
    job.move(ImportState.READ, from_=BEFORE, wanted=phrase("be read"))


def choose_encoding(session: Session, job: ImportJob, name: str) -> None:
    """Read the list again in another encoding; empty: in the one that is found."""
    if name and name not in encoding.CHOICES:
        raise Invalid("choose one of the encodings in the list", field="encoding")
    job.encoding = name
    if kept_file.size(session, job.file_id or 0) <= AT_ONCE or job.encoding:
        read(session, job)
    else:
        job.move(ImportState.UPLOADED, from_=BEFORE, wanted=phrase("be read"))
        enqueue.enqueue(session, enqueue.WORK_ON_IMPORT, job.id)


@contextmanager
def folder() -> Iterator[Path]:
    """A folder for one list, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="kairan-import-") as name:
        yield Path(name)


def write_to(session: Session, job: ImportJob, path: Path) -> None:
    """Write the kept list into a file."""
    with path.open("wb") as file:
        for piece in kept_file.read(session, job.file_id or 0):
            file.write(piece)


def map_columns(
    session: Session,
    job: ImportJob,
    member: Member,
    columns: Sequence[str],
    words: Mapping[str, Mapping[str, str]],
    audience: str,
    language: str,
) -> None:
    """Say what the columns hold; the dry run begins.

    Arguments:
        columns: what each column holds, in their order: a field, or :data:`models.imports.headings.NOTHING`.
        words: what status words mean, by the place of their column and folded: the value of a
            :class:`models.imports.reader_status.ReaderStatus`.
        audience, language: of lines that do not say it.

    Raises:
        Invalid: a column is left open, none holds addresses, or two hold the same.
        WrongState: the import is running, or over.
    """
    own = set(Importer(job.newsletter).custom.values())
    allowed = {*headings.FIELDS, headings.NOTHING, *own}
    if len(columns) != len(job.headings) or not all(one in allowed for one in columns):
        raise Invalid("say of every column what it holds, or that it is left out", field="columns")
    if columns.count("address") != 1:
        raise Invalid("say of one column, and of one only, that it holds the mail addresses", field="columns")
    for holds in columns:
        if holds not in (headings.NOTHING, *headings.STATUS) and columns.count(holds) > 1:
            names = [name for name, one in zip(job.headings, columns, strict=True) if one == holds]
            raise Invalid(
                phrase("these columns are said to hold the same: {names}. Leave out all but one",
                       names=headings.listed(names)),
                field="columns",
            )  # fmt: skip
    for said in words.values():
        reader_status.told(said)
    profile.audience_id(job.newsletter, audience)
    job.move(ImportState.MAPPED, from_=BEFORE, wanted=phrase("be tried"))
    job.mapping = {
        "columns": list(columns),
        "words": _all_words(job, columns, words),
        "audience": audience,
        "language": "en" if language == "en" else "ja",
    }
    job.asked, job.problem, job.trial, job.first_refused = [], "", {}, []
    job.records = job.settled = 0
    _record(session, member, "try import", job)
    enqueue.enqueue(session, enqueue.WORK_ON_IMPORT, job.id)


def _all_words(
    job: ImportJob, columns: Sequence[str], words: Mapping[str, Mapping[str, str]]
) -> dict[str, dict[str, str]]:
    """*words*, with what was said before of columns that still hold the same."""
    before, known = job.mapping.get("columns", []), job.mapping.get("words", {})
    kept = {at: said for at, said in known.items() if before[int(at)] == columns[int(at)]}
    return {at: {**kept.get(at, {}), **words.get(at, {})} for at in (*kept, *words)}


def start(session: Session, job: ImportJob, member: Member) -> None:
    """Take the list in, as the dry run has shown.

    Raises:
        WrongState: it was not tried, or another import changes the newsletter's readers now.
    """
    _let_nobody_else(session, job)
    job.move(ImportState.RUNNING, from_=(ImportState.CHECKED,), wanted=phrase("be run"))
    job.started_at, job.settled, job.counts, job.first_refused = now(), 0, {}, []
    kept_file.remove(session, job.refused_id)
    job.refused_id = kept_file.make(session)
    _record(session, member, "start import", job, evidence=job.evidence)
    enqueue.enqueue(session, enqueue.WORK_ON_IMPORT, job.id)


def add_running(session: Session, job: ImportJob) -> None:
    """Keep an import that runs from now on.

    Raises:
        WrongState: another one changes the newsletter's readers now.
    """
    _let_nobody_else(session, job)
    session.add(job)
    session.flush()


def cancel(session: Session, job: ImportJob, member: Member) -> None:
    """Stop. What has been taken in stays, and can be undone; before that, nothing is kept of the list.

    Raises:
        WrongState: it is over.
    """
    running = job.state is ImportState.RUNNING
    job.move(ImportState.CANCELLED, from_=(*BEFORE, ImportState.RUNNING), wanted=phrase("be cancelled"))
    job.ended_at = now()
    if not running:
        forget_list(session, job)
    _record(session, member, "cancel import", job, **job.counts)


def undo(session: Session, job: ImportJob, member: Member) -> None:
    """Take back what the import changed, in a worker.

    Raises:
        WrongState: letters were sent to readers whom it added, it is too long ago, or it took nothing in.
    """
    _let_nobody_else(session, job)
    undo_import.check(session, job)
    job.move(ImportState.UNDOING, from_=ENDED, wanted=phrase("be undone"))
    _record(session, member, "undo import", job)
    enqueue.enqueue(session, enqueue.WORK_ON_IMPORT, job.id)


def forget_list(session: Session, job: ImportJob) -> None:
    """Keep nothing of what the list said of people."""
    kept_file.remove(session, job.file_id, job.refused_id)
    job.file_id = job.refused_id = None
    job.sample, job.first_refused = [], []


def _let_nobody_else(session: Session, job: ImportJob) -> None:
    """Refuse where another import changes the newsletter's readers now; whoever begins one later waits for this one."""
    session.execute(select(Newsletter.id).where(Newsletter.id == job.newsletter_id).with_for_update(key_share=True))
    other = import_job.changing(session, job.newsletter_id)
    if other is not None and other.id != job.id:
        raise WrongState(
            phrase("another import into this newsletter"), phrase("going on"), phrase("begin one beside it"),
            phrase("Wait until it has ended"),
        )  # fmt: skip


def _record(session: Session, by: Member | str, act: str, job: ImportJob, **details: Any) -> None:
    audit.record(session, by, act, f"newsletter/{job.newsletter_id}", **{"import": job.id, "file": job.name}, **details)
