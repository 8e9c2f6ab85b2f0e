"""Searching the audit log: by person, thing, act and time, and what the things are called."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, String, cast, false, literal, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, lazyload, load_only

from ..issues.issue import Issue
from ..issues.newsletter import Newsletter
from ..staff.audit import AuditEntry
from ..staff.member import Member

Row = TypeVar("Row", Issue, Newsletter, Member)

PER_PAGE = 50
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class AuditSearch:
    """What is looked for; whatever is empty excludes nothing."""

    person: str = ""
    """A part of the name or address of who acted, or of the name of a command."""
    thing: str = ""
    """What was acted on: as the log says it (``issue/12``), or a part of its name."""
    action: str = ""
    first: date | None = None
    last: date | None = None
    """Days in Asia/Tokyo, both included."""
    newsletters: Collection[int] | None = None
    """Only what is about one of these; None: everything."""
    number: int | None = None
    """Of one entry."""


@dataclass(slots=True)
class AuditNames:
    """What things of the log are called, by how the log names them."""

    issues: dict[str, Issue] = field(default_factory=dict)
    newsletters: dict[str, Newsletter] = field(default_factory=dict)
    members: dict[str, Member] = field(default_factory=dict)


def page(
    session: Session, search: AuditSearch, before: int | None = None, most: int = PER_PAGE
) -> Sequence[AuditEntry]:
    """The latest entries with a number below *before*; one more than *most* where more follow."""
    query = _query(search).order_by(AuditEntry.number.desc()).limit(most + 1)
    return session.scalars(query.where(AuditEntry.number < before) if before is not None else query).all()


def portions(session: Session, search: AuditSearch) -> Iterator[Sequence[AuditEntry]]:
    """Every entry that is found, the oldest first, some hundred at a time."""
    after = 0
    while True:
        query = _query(search).where(AuditEntry.number > after).order_by(AuditEntry.number).limit(_CHUNK)
        found = session.scalars(query).all()
        if not found:
            return
        yield found
        after = found[-1].number
        session.expire_all()


def actions(session: Session, newsletters: Collection[int] | None = None) -> list[str]:
    """Every act that the log knows, or that it knows of some newsletters."""
    query = select(AuditEntry.action).distinct()
    return sorted(session.scalars(query if newsletters is None else query.where(_of_newsletters(newsletters))))


def names(session: Session, entries: Iterable[AuditEntry]) -> AuditNames:
    """What the things of *entries* and who acted are called."""
    found = AuditNames()
    subjects = {word for entry in entries for word in (entry.subject, *entry.changes)}
    subjects |= {f"member/{entry.member_id}" for entry in entries if entry.member_id}
    subjects |= {f"newsletter/{entry.detail['newsletter']}" for entry in entries if "newsletter" in entry.detail}
    found.issues = _named(session, Issue, subjects, Issue.number, Issue.subject)
    found.newsletters = _named(session, Newsletter, subjects, Newsletter.name)
    found.members = _named(session, Member, subjects, Member.name, Member.address)
    return found


def _named(
    session: Session, model: type[Row], subjects: Iterable[str], *columns: InstrumentedAttribute[Any]
) -> dict[str, Row]:
    """The rows of a table that *subjects* name, with some columns alone: an issue's text is long."""
    matched = (re.fullmatch(rf"{model.__tablename__}/(\d{{1,9}})", subject) for subject in subjects)
    ids = [int(one[1]) for one in matched if one]
    query = select(model).where(model.id.in_(ids)).options(load_only(*columns), lazyload("*"))
    return {f"{model.__tablename__}/{one.id}": one for one in session.scalars(query)} if ids else {}


def _query(search: AuditSearch) -> Select[AuditEntry]:
    query = select(AuditEntry)
    if search.person:
        members = select(Member.id).where(_holds(Member.name, search.person))
        query = query.where(or_(_holds(AuditEntry.actor, search.person), AuditEntry.member_id.in_(members)))
    if search.thing:
        query = query.where(_about(search.thing))
    if search.action:
        query = query.where(AuditEntry.action == search.action)
    if search.first:
        query = query.where(AuditEntry.day >= search.first)
    if search.last:
        query = query.where(AuditEntry.day <= search.last)
    if search.number is not None:
        query = query.where(AuditEntry.number == search.number)
    if search.newsletters is not None:
        query = query.where(_of_newsletters(search.newsletters))
    return query


def _about(thing: str) -> ColumnElement[bool]:
    if re.fullmatch(r"[a-z]+/\S+", thing):
        return AuditEntry.subject == thing
    issues = select(literal("issue/") + cast(Issue.id, String)).where(_holds(Issue.subject, thing))
    letters = select(literal("newsletter/") + cast(Newsletter.id, String)).where(
        or_(_holds(Newsletter.name, thing), Newsletter.slug == thing)
    )
    people = select(literal("member/") + cast(Member.id, String)).where(
        or_(_holds(Member.name, thing), _holds(Member.address, thing))
    )
    return or_(
        AuditEntry.subject.in_(issues), AuditEntry.subject.in_(letters), AuditEntry.subject.in_(people),
        AuditEntry.subject.in_([f"lane/{thing}", f"relay/{thing}"]),
    )  # fmt: skip


def _of_newsletters(ids: Collection[int]) -> ColumnElement[bool]:
    if not ids:
        return false()
    issues = select(literal("issue/") + cast(Issue.id, String)).where(Issue.newsletter_id.in_(ids))
    slugs = select(literal("newsletter/") + Newsletter.slug).where(Newsletter.id.in_(ids))
    # A reader may read several; an entry names the one that it is about.
    of_reader = AuditEntry.subject.startswith("subscriber/") & AuditEntry.detail["newsletter"].astext.in_(
        [str(one) for one in sorted(ids)]
    )
    return or_(
        of_reader,
        AuditEntry.subject.in_(issues), AuditEntry.subject.in_([f"newsletter/{one}" for one in ids]),
        AuditEntry.subject.in_(slugs),
    )  # fmt: skip


def _holds(column: SQLColumnExpression[str], typed: str) -> ColumnElement[bool]:
    return column.icontains(typed, autoescape=True)
