"""Who answers for an issue (起案者), and who did before it was handed over (元の起案者)."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..issues.issue import Issue
from ..staff.member import Member


class Authorship(NamedTuple):
    """The authors of one issue."""

    author: Member | None
    """None where a command made the issue for nobody."""
    former: tuple[Member, ...]
    """Without the present author, each once, the first of them first."""


def of(session: Session, issue: Issue) -> Authorship:
    """The authors of an issue."""
    ids = [one for one in dict.fromkeys([*issue.former_author_ids, issue.author_id]) if one is not None]
    known = {one.id: one for one in session.scalars(select(Member).where(Member.id.in_(ids)))} if ids else {}
    former = tuple(known[one] for one in ids if one in known and one != issue.author_id)
    return Authorship(known.get(issue.author_id or 0), former)
