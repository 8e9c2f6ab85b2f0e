"""Working copies: what somebody writes in one tab of a browser and has not saved yet, and who is writing an issue now.

A working copy is nobody's content: it has no version, voids no approval and goes into no letter until its writer saves.
A row stands for a tab, so two tabs of one person are two writers. It says itself when it was last heard of, whichever
web process took the message.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, ForeignKey, String, Text, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, defer, mapped_column, relationship

from ...staff.member import Member
from ...store.base import Base
from ...store.clock import now
from ...store.errors import Invalid
from ...store.phrase import phrase

LIVE_FOR = timedelta(seconds=35)
"""A tab that was not heard of for so long counts as closed; an open one is heard of every ten seconds."""
_EMPTY_FOR = timedelta(hours=1)
"""After so long the row of a closed tab without a text is removed."""
_NO_TEXT = phrase("this is no text of the editor: open the page anew")


class WorkingCopy(Base):
    """A tab in which an issue is open, and what was written there since it was last saved."""

    __tablename__ = "working_copy"

    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id", ondelete="CASCADE"), primary_key=True)
    tab: Mapped[str] = mapped_column(String(32), primary_key=True)
    """A random name that the tab has given itself."""
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    version: Mapped[int]
    """The number of the issue's version (:mod:`..versions.content_version`) that the text began with."""
    step: Mapped[int] = mapped_column(BigInteger, default=0)
    """Counted by the tab at each change: of two messages that overtake each other, the later one stays."""
    text: Mapped[str | None] = mapped_column(Text)
    """What the editor holds, as its JSON in ASCII; None where nothing is unsaved."""
    kept_at: Mapped[datetime | None]
    """When the text came."""
    seen_at: Mapped[datetime | None]
    """When the tab was last heard of; None once it said that it is closing."""

    member: Mapped[Member] = relationship()


class Writer(NamedTuple):
    """Somebody else, or oneself in another tab, who has the issue open."""

    member_id: int
    name: str
    unsaved: bool
    """Whether they have written something that is not saved."""


def hear(session: Session, issue_id: int, member: Member, tab: str, version: int, *, closing: bool = False) -> None:
    """Write down that *tab* is open, or closing. A text that it holds stays.

    Raises:
        Invalid: the tab is somebody else's, or its name is none.
    """
    seen = {"seen_at": None if closing else now()}
    new = {"version": version, **seen}
    if not _put(session, (issue_id, tab, member.id), new, seen):
        raise Invalid(_NO_TEXT)


def keep(
    session: Session, issue_id: int, member: Member, tab: str, version: int, step: int, text: str, *,
    closing: bool = False,
) -> bool:  # fmt: skip
    """Keep what *tab* holds; False where a later text of it is kept or saved already.

    Arguments:
        version: the number of the issue's version that the text began with.
        step: how often the text has changed since the tab was opened.

    Raises:
        Invalid: the tab is somebody else's, or its name is none.
    """
    hear(session, issue_id, member, tab, version, closing=closing)
    values = {"version": version, "step": step, "text": text, "kept_at": now()}
    changed = update(WorkingCopy).where(*_of(issue_id, tab), WorkingCopy.step < step).values(values)
    return session.scalar(changed.returning(WorkingCopy.step)) is not None


def saved(session: Session, issue_id: int, member: Member, tab: str, version: int, step: int) -> None:
    """What *tab* held up to *step* is the issue's *version* now: it is no working copy any more.

    Raises:
        Invalid: the tab is somebody else's, or its name is none.
    """
    hear(session, issue_id, member, tab, version)
    values = {"version": version, "step": step, "text": None, "kept_at": None}
    session.execute(update(WorkingCopy).where(*_of(issue_id, tab), WorkingCopy.step <= step).values(values))


def _put(session: Session, owner: tuple[int, str, int], new: dict[str, Any], changed: dict[str, Any]) -> bool:
    issue_id, tab, member_id = owner
    if not is_tab(tab):
        return False
    row = insert(WorkingCopy).values(issue_id=issue_id, tab=tab, member_id=member_id, step=0, **new)
    upsert = row.on_conflict_do_update(
        index_elements=[WorkingCopy.issue_id, WorkingCopy.tab], set_=changed, where=WorkingCopy.member_id == member_id
    )
    return session.scalar(upsert.returning(WorkingCopy.member_id)) is not None


def is_tab(name: Any) -> bool:
    """Whether a tab can have given itself that name."""
    return isinstance(name, str) and name.isalnum() and name.isascii() and 8 <= len(name) <= 32


def _of(issue_id: int, tab: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return WorkingCopy.issue_id == issue_id, WorkingCopy.tab == tab


def writers(session: Session, issue_id: int, tab: str) -> Sequence[Writer]:
    """Who else has the issue open now; one entry for each person."""
    query = (
        select(Member.id, func.coalesce(func.nullif(Member.name, ""), Member.address),
               func.bool_or(WorkingCopy.text.is_not(None)))
        .join(WorkingCopy, WorkingCopy.member_id == Member.id)
        .where(WorkingCopy.issue_id == issue_id, WorkingCopy.tab != tab, WorkingCopy.seen_at > now() - LIVE_FOR)
        .group_by(Member.id)
        .order_by(Member.id)
    )  # fmt: skip
    return [Writer(*row) for row in session.execute(query)]


def left(session: Session, issue_id: int, member: Member, tab: str = "") -> Sequence[WorkingCopy]:
    """What *member* wrote in tabs that are closed now and never saved, the latest first, without the texts."""
    query = (
        select(WorkingCopy)
        .options(defer(WorkingCopy.text))
        .where(
            WorkingCopy.issue_id == issue_id, WorkingCopy.member_id == member.id, WorkingCopy.tab != tab,
            WorkingCopy.text.is_not(None), ~_is_live(),
        )
        .order_by(WorkingCopy.kept_at.desc())
    )  # fmt: skip
    return session.scalars(query).all()


def live_tabs(session: Session, issue_id: int, member: Member) -> Sequence[str]:
    """The tabs in which *member* has the issue open."""
    query = select(WorkingCopy.tab).where(WorkingCopy.issue_id == issue_id, WorkingCopy.member_id == member.id)
    return session.scalars(query.where(_is_live())).all()


def unsaved_by(session: Session, issue_id: int) -> Sequence[str]:
    """The names of those who have written something about the issue that is not saved."""
    query = select(func.coalesce(func.nullif(Member.name, ""), Member.address)).join(WorkingCopy.member)
    return session.scalars(
        query.where(WorkingCopy.issue_id == issue_id, WorkingCopy.text.is_not(None)).distinct()
    ).all()


def find(session: Session, issue_id: int, member: Member, tab: str) -> WorkingCopy | None:
    """A working copy of *member*'s own, with its text; None where nothing of them is unsaved under that name."""
    found = session.get(WorkingCopy, (issue_id, tab))
    return found if found is not None and found.member_id == member.id and found.text is not None else None


def drop(session: Session, issue_id: int, member: Member, tabs: Sequence[str]) -> None:
    """Throw away what these tabs of *member* held; nothing happens where there is nothing."""
    mine = (WorkingCopy.issue_id == issue_id) & (WorkingCopy.member_id == member.id)
    if tabs:
        session.execute(delete(WorkingCopy).where(mine, WorkingCopy.tab.in_(tabs)))


def sweep(session: Session, issue_id: int) -> None:
    """Remove the rows of tabs that are closed and left no text."""
    old = or_(WorkingCopy.seen_at.is_(None), WorkingCopy.seen_at < now() - _EMPTY_FOR)
    session.execute(delete(WorkingCopy).where(WorkingCopy.issue_id == issue_id, WorkingCopy.text.is_(None), old))


def _is_live() -> ColumnElement[bool]:
    return func.coalesce(WorkingCopy.seen_at > now() - LIVE_FOR, False)
