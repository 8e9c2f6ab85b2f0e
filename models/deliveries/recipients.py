"""Who would get an issue now: counted by the same SQL that preparing freezes, before anybody sends it."""

# ruff: noqa: S608  the SQL here is made of constants of this package; what people wrote is passed as values

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from ..issues.issue import Issue
from ..readers.subscriber import Subscriber
from ..store import mail_address
from ..store.errors import Invalid
from . import preparation


@dataclass(frozen=True, slots=True)
class Recipients:
    """The readers of an issue as they are now."""

    mailed: int
    left_out: int
    """Readers who get no letter, such as those whose address is suppressed."""
    by_audience: Mapping[str, int]
    """Readers who get a letter by the name of their audience; the empty name is for those without one."""
    samples: tuple[str, ...]
    """An address from each audience, with all but its first character and domain hidden."""


def count(session: Session, issue: Issue) -> Recipients:
    """The readers whom preparing would find now.

    Raises:
        Invalid: the issue's segment cannot be read.
    """
    if issue.segment:
        preparation.select_segment(session, issue)
    query = f"""
        WITH {preparation.recipients_sql(issue, ())}
        SELECT audience_id, reason IS NOT NULL, count(*), min(subscriber_id)
        FROM recipient GROUP BY 1, 2 ORDER BY 3 DESC
    """
    rows = session.execute(text(query), preparation.recipient_values(session, issue, ())).all()
    if issue.segment:
        preparation.forget_segment(session)
    names = {audience.id: audience.name for audience in issue.newsletter.audiences}
    mailed = [(names.get(audience, ""), size, first) for audience, left_out, size, first in rows if not left_out]
    return Recipients(
        mailed=sum(size for _, size, _ in mailed),
        left_out=sum(size for _, left_out, size, _ in rows if left_out),
        by_audience={name: size for name, size, _ in mailed},
        samples=tuple(mail_address.masked(session.get_one(Subscriber, first).address or "") for _, _, first in mailed),
    )


def check_any(found: Recipients) -> None:
    """Refuse to send to nobody.

    Raises:
        Invalid: there is nobody to send it to.
    """
    if not found.mailed:
        raise Invalid("nobody would get this issue: look at its audience and segment, and at who subscribes")
