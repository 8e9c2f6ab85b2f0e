"""A letter to somebody on the staff as whom others try to log in: once a day at most, and to nobody unknown."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

import settings

from ..outbox import transactional
from ..outbox.transactional import TransactionalLetter
from ..store.clock import now
from .audit import AuditEntry
from .member import Member

KIND = "staff_login_failures"
WRONG_TRIES = 10
"""So many wrong passwords in a day are no slip any more."""
_SPAN = timedelta(days=1)


def warn(session: Session, member_id: int, network: str) -> bool:
    """Write to the person after many wrong passwords; whether a letter was posted. The caller commits.

    The failed try is in the audit log already: that entry keeps others waiting, so that of two at once one writes.
    Both are counted in the database, so that a flushed broker sends nobody a second letter.

    Arguments:
        member_id: whose account was tried.
        network: from where the last try came.
    """
    person = session.get(Member, member_id)
    if person is None or not person.may_enter:
        return False
    since = now() - _SPAN
    count, first = session.execute(
        select(func.count(AuditEntry.id), func.min(AuditEntry.at)).where(
            AuditEntry.subject == f"member/{member_id}", AuditEntry.action == "fail login", AuditEntry.at > since
        )
    ).one()
    if count < WRONG_TRIES or _was_written(session, person, since):
        return False
    transactional.post(
        session,
        KIND,
        person.address,
        language=settings.get().default_language,
        link=f"{settings.get().base_url}/staff/",
        since=first.isoformat(),
        count=str(count),
        network=network,
        name=person.name,
    )
    return True


def _was_written(session: Session, person: Member, since: object) -> bool:
    query = select(TransactionalLetter.id).where(
        TransactionalLetter.kind == KIND,
        TransactionalLetter.address == person.address,
        TransactionalLetter.created_at > since,
    )
    return session.scalar(query.limit(1)) is not None
