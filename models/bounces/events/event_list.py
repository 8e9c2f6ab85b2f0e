"""Events of sending services, for staff: a newsletter's page by page, counted by class.

That a letter has arrived, or is still tried, is told of every letter: neither is listed.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, or_, select, text
from sqlalchemy.orm import Session

from ...issues.newsletter import Newsletter
from ...store.clock import now
from ..returned_mail_list import COUNTED, PAGE_SIZE
from .provider_event import ProviderEvent

# As the index has it, word for word.
_SHOWN = text("kind NOT IN ('delivered', 'delayed')")


def page(
    session: Session, newsletter: Newsletter, *, kind: str = "", before: int | None = None, others: bool = False
) -> Sequence[ProviderEvent]:
    """At most :data:`PAGE_SIZE` and one more events, the latest first.

    Arguments:
        kind: of one class alone; empty: of all.
        before: those that came before the event of this number.
        others: also those of which nobody knows the newsletter; for who may see all newsletters.
    """
    query = select(ProviderEvent).where(_of(newsletter, others=others), _SHOWN)
    if kind:
        query = query.where(ProviderEvent.kind == kind)
    if before is not None:
        query = query.where(ProviderEvent.id < before)
    return session.scalars(query.order_by(ProviderEvent.id.desc()).limit(PAGE_SIZE + 1)).all()


def counts(session: Session, newsletter: Newsletter, *, others: bool = False) -> dict[str, int]:
    """How many events of each class came within :data:`.COUNTED`, the most first."""
    recent = ProviderEvent.received_at > now() - COUNTED
    query = select(ProviderEvent.kind, func.count()).where(_of(newsletter, others=others), recent, _SHOWN)
    return dict(session.execute(query.group_by(ProviderEvent.kind).order_by(func.count().desc())).all())


def _of(newsletter: Newsletter, *, others: bool) -> ColumnElement[bool]:
    own = ProviderEvent.newsletter_id == newsletter.id
    return or_(own, ProviderEvent.newsletter_id.is_(None)) if others else own
