"""Versions: every saved state of an issue's content and of an article's, with who saved it and when.

They are written where rows are written: after each flush of a session that has changed content. So a page, a command, a
repair, an import, and whatever comes later leave a version without a line of theirs. A state that is the same as the
last version makes none. Versions hold what staff wrote and nothing of readers.
"""

from __future__ import annotations

import enum
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint, event, func, insert, inspect, select
from sqlalchemy.orm import Mapped, Session, defer, mapped_column, relationship

from ...staff import audit_origin
from ...staff.member import Member
from ...store.base import Base
from ...store.clock import now
from ...store.errors import NotFound
from ...store.phrase import phrase

PER_PAGE = 50
_FIELDS: dict[str, tuple[str, ...]] = {
    "issue": (
        "subject", "preheader", "kind", "language", "audience", "segment", "dated", "correction_of_id",
        "correction_note", "public", "blocks_json",
    ),
    "article": (
        "slug", "title", "language", "published_on", "recap", "address", "body", "figure_image", "figure_alt",
        "figure_caption", "figure_source", "topics", "related", "addresses",
    ),
}  # fmt: skip
"""By table the attributes that are content, in the order in which pages show them."""
_LATER = frozenset({"related"})
"""Attributes that came later: left out where they are empty, so that a state from before them is the same as now."""
_SAVED_BY, _RESTORED = "saved by", "restored from"


class ContentVersion(Base):
    """One state of an issue's or an article's content. Nothing of it changes once it is written."""

    __tablename__ = "content_version"

    id: Mapped[int] = mapped_column(primary_key=True)
    issue_id: Mapped[int | None] = mapped_column(ForeignKey("issue.id", ondelete="CASCADE"))
    article_id: Mapped[int | None] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"))
    number: Mapped[int]
    """From 1 within the issue or article."""
    content: Mapped[dict[str, Any]]
    """What :func:`content_of` tells."""
    digest: Mapped[str] = mapped_column(String(64))
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    actor: Mapped[str] = mapped_column(String(320), default="")
    """The command that saved it, where it was no person; empty in versions from before there were any."""
    restored_from: Mapped[int | None]
    """The number of the version that it brought back."""
    created_at: Mapped[datetime] = mapped_column(default=now)

    member: Mapped[Member | None] = relationship()

    __table_args__ = (
        UniqueConstraint("issue_id", "number"),
        UniqueConstraint("article_id", "number"),
        CheckConstraint("num_nonnulls(issue_id, article_id) = 1", name="owner"),
    )


class VersionPage(NamedTuple):
    """A part of the list of versions, the latest first; ``more`` where another one follows."""

    versions: Sequence[ContentVersion]
    more: bool


def content_of(row: Any) -> dict[str, Any]:
    """The content of an issue or article as JSON keeps it; the blocks of an issue under ``blocks``."""
    found = {name.removesuffix("_json"): _plain(getattr(row, name)) for name in _FIELDS[row.__tablename__]}
    return {name: value for name, value in found.items() if value or name not in _LATER}


def digest_of(content: dict[str, Any]) -> str:
    """SHA-256 of content (64 hex digits)."""
    return sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode("utf-8", "surrogatepass")).hexdigest()


def saved_by(row: Any, member: Member | None, restored_from: int | None = None) -> None:
    """Say who changes *row*, where the request or command does not know; call it before the change is flushed.

    Arguments:
        restored_from: the number of the version that is brought back.
    """
    info = inspect(row).info
    info[_SAVED_BY] = member.id if member else None
    info[_RESTORED] = restored_from or info.get(_RESTORED)


def page(session: Session, owner: Any, number: int = 1) -> VersionPage:
    """Page *number* (from 1) of the versions of an issue or article, without their blocks and texts."""
    query = select(ContentVersion).where(_of(owner)).order_by(ContentVersion.number.desc())
    query = query.options(defer(ContentVersion.content)).offset((number - 1) * PER_PAGE).limit(PER_PAGE + 1)
    found = session.scalars(query).all()
    return VersionPage(found[:PER_PAGE], len(found) > PER_PAGE)


def get(session: Session, owner: Any, number: int) -> ContentVersion:
    """A version of an issue or article.

    Raises:
        NotFound: there is none.
    """
    found = session.scalar(select(ContentVersion).where(_of(owner), ContentVersion.number == number))
    if found is None:
        raise NotFound(phrase("there is no version {number}", number=number))
    return found


def last_number(session: Session, owner: Any) -> int:
    """The number of the latest version; 0 where there is none."""
    return _last(session, owner)[0]


def writers_since(session: Session, owner: Any, number: int) -> list[Member | None]:
    """Who has saved versions after that *number*, each once; None for commands. The work ends at a hundred versions."""
    query = select(ContentVersion).where(_of(owner), ContentVersion.number > number).limit(100)
    found = session.scalars(query.options(defer(ContentVersion.content)).order_by(ContentVersion.number))
    return list(dict.fromkeys(version.member for version in found))


def members_since(session: Session, since: Mapping[int, datetime | None]) -> dict[int, set[int]]:
    """By the ids of issues, the members who have saved versions of them after a moment (aware); None: ever."""
    query = select(ContentVersion.issue_id, ContentVersion.member_id, func.max(ContentVersion.created_at)).where(
        ContentVersion.issue_id.in_(since), ContentVersion.member_id.is_not(None)
    )
    found: dict[int, set[int]] = {one: set() for one in since}
    for issue_id, member_id, last in session.execute(query.group_by(*query.selected_columns[:2])):
        if issue_id is not None and member_id is not None and ((at := since[issue_id]) is None or last > at):
            found[issue_id].add(member_id)
    return found


def _of(owner: Any) -> Any:
    column = ContentVersion.issue_id if owner.__tablename__ == "issue" else ContentVersion.article_id
    return column == owner.id


def _last(session: Session, owner: Any) -> tuple[int, str]:
    query = select(ContentVersion.number, ContentVersion.digest).where(_of(owner))
    found = session.execute(query.order_by(ContentVersion.number.desc()).limit(1)).first()
    return (found[0], found[1]) if found else (0, "")


def _plain(value: Any) -> Any:
    match value:
        case enum.Enum():
            return value.value
        case date():
            return value.isoformat()
        case list() if value and hasattr(value[0], "address"):
            return sorted([one.address, one.language] for one in value)
        case list() if value and hasattr(value[0], "slug"):
            return sorted(one.slug for one in value)
    return value


@event.listens_for(Session, "after_flush")
def _keep(session: Session, _context: object) -> None:
    """Write a version of everything whose content this flush has changed."""
    with session.no_autoflush:
        for row in _changed(session):
            _write(session, row)


def _changed(session: Session) -> Iterator[Any]:
    deleted, seen = set(session.deleted), set()
    for touched in (*session.new, *session.dirty, *deleted):
        # Another address of an article is a row of its own, and content of the article.
        row = touched.article if getattr(touched, "__tablename__", "") == "article_address" else touched
        if row is None or row in deleted or id(row) in seen or getattr(row, "__tablename__", "") not in _FIELDS:
            continue
        state = inspect(row)
        if row is not touched or row in session.new or any(
            state.attrs[name].history.has_changes() for name in _FIELDS[row.__tablename__]
        ):  # fmt: skip
            seen.add(id(row))
            yield row


def _write(session: Session, row: Any) -> None:
    content = content_of(row)
    digest, (number, last) = digest_of(content), _last(session, row)
    info, origin = inspect(row).info, audit_origin.present()
    said, restored = info.pop(_SAVED_BY, None), info.pop(_RESTORED, None)
    if digest == last:
        return
    member_id = said or origin.member_id or (getattr(row, "author_id", None) if number == 0 else None)
    # Not by the session: what it is told within a flush waits for the next one.
    session.connection().execute(
        insert(ContentVersion),
        {
            f"{row.__tablename__}_id": row.id,
            "number": number + 1,
            "content": content,
            "digest": digest,
            "member_id": member_id,
            "actor": "" if member_id else origin.actor or origin.edge,
            "restored_from": restored,
            "created_at": now(),
        },
    )
