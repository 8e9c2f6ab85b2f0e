"""What came in, for staff: a newsletter's messages page by page, counted by class, and one of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from ..issues.newsletter import Newsletter
from ..store.clock import now
from ..store.errors import NotFound
from .returned_mail import ReturnedMail

PAGE_SIZE = 50
COUNTED = timedelta(days=90)


def page(
    session: Session, newsletter: Newsletter, *, kind: str = "", before: datetime | None = None, others: bool = False
) -> Sequence[ReturnedMail]:
    """At most :data:`PAGE_SIZE` and one more judged messages, the latest first.

    Arguments:
        kind: of one class alone; empty: of all.
        before: those that came before this moment.
        others: also those of which nobody knows the newsletter; for who may see all newsletters.
    """
    query = select(ReturnedMail).where(_of(newsletter, others=others), ReturnedMail.judged_at.is_not(None))
    if kind:
        query = query.where(ReturnedMail.kind == kind)
    if before:
        query = query.where(ReturnedMail.received_at < before)
    return session.scalars(query.order_by(ReturnedMail.received_at.desc()).limit(PAGE_SIZE + 1)).all()


def counts(session: Session, newsletter: Newsletter, *, others: bool = False) -> dict[str, int]:
    """How many messages of each class came within :data:`COUNTED`, the most first."""
    recent = ReturnedMail.received_at > now() - COUNTED, ReturnedMail.judged_at.is_not(None)
    query = select(ReturnedMail.kind, func.count()).where(_of(newsletter, others=others), *recent)
    return dict(session.execute(query.group_by(ReturnedMail.kind).order_by(func.count().desc())).all())


def get(session: Session, newsletter: Newsletter, digest: str, *, others: bool = False) -> ReturnedMail:
    """One message.

    Raises:
        NotFound: there is none, or it is another newsletter's.
    """
    query = select(ReturnedMail).where(ReturnedMail.digest == digest[:64], _of(newsletter, others=others))
    found = session.scalars(query).one_or_none()
    if found is None:
        raise NotFound("there is no such message any more")
    return found


def _of(newsletter: Newsletter, *, others: bool) -> ColumnElement[bool]:
    own = ReturnedMail.newsletter_id == newsletter.id
    return or_(own, ReturnedMail.newsletter_id.is_(None)) if others else own
