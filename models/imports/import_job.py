"""Imports of lists as stored things: what was uploaded, what its columns hold, how far it is, and what it changed."""

from __future__ import annotations

import enum
import json
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from ..issues.newsletter import Newsletter
from ..staff.member import Member
from ..store.base import Base
from ..store.clock import now
from ..store.errors import NotFound, WrongState
from ..store.phrase import Phrase, phrase

LEAST_EVIDENCE, MOST_EVIDENCE = 10, 200
"""Characters of where and when the people agreed."""


class ImportState(enum.Enum):
    """Where an import stands."""

    UPLOADED = "uploaded"
    """The file is kept and not read yet."""
    READ = "read"
    """Encoding and headings are known; somebody must say what the columns hold."""
    MAPPED = "mapped"
    """What the columns hold is known; the dry run is going on, or waits for a worker."""
    CHECKED = "checked"
    RUNNING = "running"
    """Readers are taken in, or wait for a worker to begin."""
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"
    UNDOING = "undoing"
    UNDONE = "undone"


WORKING = (ImportState.UPLOADED, ImportState.MAPPED, ImportState.RUNNING, ImportState.UNDOING)
"""States in which a worker has something to do."""
CHANGING = (ImportState.RUNNING, ImportState.UNDOING)
"""States in which readers change: one import of a newsletter at a time."""
BEFORE = (ImportState.UPLOADED, ImportState.READ, ImportState.MAPPED, ImportState.CHECKED)
"""States in which nothing has been taken in."""

KEPT_DAYS = 30
"""Days for which it is kept what an import changed."""

ENDED = (ImportState.DONE, ImportState.CANCELLED, ImportState.FAILED)
"""States in which what was taken in can be undone."""

STATE_WORDS: dict[ImportState, Phrase] = {
    ImportState.UPLOADED: phrase("not read yet"),
    ImportState.READ: phrase("read, and not tried yet"),
    ImportState.MAPPED: phrase("being tried"),
    ImportState.CHECKED: phrase("tried"),
    ImportState.RUNNING: phrase("running"),
    ImportState.DONE: phrase("done"),
    ImportState.CANCELLED: phrase("cancelled"),
    ImportState.FAILED: phrase("failed"),
    ImportState.UNDOING: phrase("being undone"),
    ImportState.UNDONE: phrase("undone"),
}


class ImportJob(Base):
    """One list, and what became of it."""

    __tablename__ = "import_job"

    id: Mapped[int] = mapped_column(primary_key=True)
    newsletter_id: Mapped[int] = mapped_column(ForeignKey("newsletter.id", ondelete="CASCADE"))
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id", ondelete="SET NULL"))
    """Who uploaded it; None where a command did."""
    state: Mapped[ImportState] = mapped_column(default=ImportState.UPLOADED)
    name: Mapped[str] = mapped_column(String(200))
    """What the file is called."""
    file_id: Mapped[int | None] = mapped_column(ForeignKey("kept_file.id", ondelete="SET NULL"))
    """The list as CSV, once a workbook was read; None where it is kept no longer."""
    refused_id: Mapped[int | None] = mapped_column(ForeignKey("kept_file.id", ondelete="SET NULL"))
    """The refused lines; see :mod:`.refused_rows`."""
    evidence: Mapped[str] = mapped_column(String(MOST_EVIDENCE))
    """Where and when the people agreed, for lines that do not say it."""
    encoding: Mapped[str] = mapped_column(String(20), default="")
    """The encoding that somebody chose; empty where it is found."""
    found_encoding: Mapped[str] = mapped_column(String(20), default="")
    headings: Mapped[list[Any]] = mapped_column(default=list)
    headless: Mapped[bool] = mapped_column(default=False)
    """Whether the file has no line of headings; the columns are called by their numbers then."""
    guesses: Mapped[list[Any]] = mapped_column(default=list)
    """What each column holds as far as its heading says."""
    sample: Mapped[list[Any]] = mapped_column(default=list)
    """The first rows, each a list of cells; emptied with the file."""
    headings_digest: Mapped[str] = mapped_column(String(64), default="")
    mapping: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """``columns``: what each holds, in their order; ``words``: what status words mean, by the place of their column and
    folded; ``audience``, ``language``."""
    asked: Mapped[list[Any]] = mapped_column(default=list)
    """Status words that nobody knows: place of the column, word folded; heading, word, on how many lines."""
    trial: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What the dry run found: counts by their names."""
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What has become of the lines so far: counts by their names."""
    first_refused: Mapped[list[Any]] = mapped_column(default=list)
    """The first refused lines with their reasons; emptied with the file."""
    records: Mapped[int] = mapped_column(default=0)
    """Lines of the list that hold something."""
    settled: Mapped[int] = mapped_column(default=0)
    """How many of them are through, in the order of the file."""
    problem: Mapped[str] = mapped_column(default="")
    """Why it failed, or what must be said before it can go on."""
    epoch: Mapped[int] = mapped_column(default=0)
    """A fencing token: whoever works on it with an older one must stop."""
    lease_until: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    newsletter: Mapped[Newsletter] = relationship()
    member: Mapped[Member | None] = relationship()

    __table_args__ = (
        Index("ix_import_job_newsletter_id_id", "newsletter_id", "id"),
        Index(
            "uq_import_job_changing", "newsletter_id", unique=True,
            postgresql_where=text("state IN ('running', 'undoing')"),
        ),
    )  # fmt: skip

    def move(self, state: ImportState, *, from_: tuple[ImportState, ...], wanted: Phrase) -> None:
        """Go on to *state*.

        Raises:
            WrongState: it stands in none of *from_*.
        """
        if self.state not in from_:
            raise WrongState(phrase("the import"), STATE_WORDS[self.state], wanted)
        self.state = state
        self.epoch += 1  # whoever works on it stops
        self.lease_until = None


class ImportChange(Base):
    """What an import changed about one reader, so that it can be undone.

    Without foreign keys: a list of a million would look each of them up a million times.
    """

    __tablename__ = "import_change"

    import_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    subscriber_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(20))
    """``reader``: new here; ``subscription``: of a reader who was known; ``agreed``: it had waited to be confirmed;
    ``filled``: nothing but blanks; ``named``: nothing, but an earlier import had added the reader."""
    filled: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What was written into blanks."""
    was: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """The pending subscription as it was."""


class ImportStop(Base):
    """An address of which an import has said that it is not mailed, so that it can be undone."""

    __tablename__ = "import_stop"

    import_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    address_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    ended_at: Mapped[datetime | None]
    """When it has ended the subscription; None where there was none that went on."""
    was_reason: Mapped[str | None] = mapped_column(String(20))
    """Why it had not been mailed before, where the list gave a graver reason; None where it did not."""
    was_note: Mapped[str | None] = mapped_column(String(500))


def get(session: Session, newsletter_id: int, import_id: int, *, lock: bool = False) -> ImportJob:
    """An import of a newsletter.

    Raises:
        NotFound: the newsletter has no such import.
    """
    query = select(ImportJob).where(ImportJob.id == import_id, ImportJob.newsletter_id == newsletter_id)
    if lock:
        query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    found = session.scalar(query)
    if found is None:
        raise NotFound("there is no such import")
    return found


def list_of(session: Session, newsletter_id: int, limit: int = 100) -> list[ImportJob]:
    """The imports of a newsletter, the latest first."""
    query = select(ImportJob).where(ImportJob.newsletter_id == newsletter_id)
    return list(session.scalars(query.order_by(ImportJob.id.desc()).limit(limit)))


def changing(session: Session, newsletter_id: int) -> ImportJob | None:
    """The import that changes a newsletter's readers now, if there is one."""
    query = select(ImportJob).where(ImportJob.newsletter_id == newsletter_id, ImportJob.state.in_(CHANGING))
    return session.scalar(query)


def ended_others(session: Session, newsletter_id: int, import_id: int) -> list[int]:
    """Imports of a newsletter that have changed readers and can be undone still, but for the one of *import_id*."""
    ended = ImportJob.started_at.is_not(None) & ImportJob.state.in_(ENDED)
    ended &= ImportJob.ended_at >= now() - timedelta(days=KEPT_DAYS)
    query = select(ImportJob.id).where(ImportJob.newsletter_id == newsletter_id, ended, ImportJob.id != import_id)
    return list(session.scalars(query.order_by(ImportJob.id)))


def digest_of(headings: list[str]) -> str:
    """Stands for a line of headings: the same for the next file of the same kind."""
    return sha256(json.dumps(headings, ensure_ascii=False).encode()).hexdigest()


def remembered(session: Session, job: ImportJob) -> dict[str, Any]:
    """What somebody said of the columns of the last list with the same headings; empty where there was none."""
    query = select(ImportJob.mapping).where(
        ImportJob.newsletter_id == job.newsletter_id,
        ImportJob.headings_digest == job.headings_digest,
        ImportJob.mapping != {},
        ImportJob.id != job.id,
    )
    return session.scalar(query.order_by(ImportJob.id.desc()).limit(1)) or {}
