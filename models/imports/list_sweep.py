"""Lists are kept no longer than they are needed: they hold the data of people."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from ..readers.subscriber import Subscriber
from ..store.clock import now
from ..store.phrase import phrase
from . import import_steps
from .import_job import BEFORE, KEPT_DAYS, WORKING, ImportChange, ImportJob, ImportState, ImportStop

LIST_DAYS = 7
"""Days after which the file and its refused lines are forgotten; sooner where an import is cancelled or undone."""


def forget_old(session: Session) -> None:
    """Forget lists that nobody has touched for :data:`LIST_DAYS`, and what imports changed after :data:`KEPT_DAYS`."""
    old = now() - timedelta(days=LIST_DAYS)
    kept = or_(ImportJob.file_id.is_not(None), ImportJob.refused_id.is_not(None))
    query = select(ImportJob).where(
        kept, ImportJob.created_at < old, or_(ImportJob.ended_at.is_(None), ImportJob.ended_at < old)
    )
    for job in session.scalars(query.with_for_update(key_share=True, skip_locked=True)):
        if job.state in BEFORE:
            job.move(ImportState.CANCELLED, from_=BEFORE, wanted=phrase("be cancelled"))
            job.ended_at = now()
        if job.state not in WORKING:
            import_steps.forget_list(session, job)
    over = select(ImportJob.id).where(
        ImportJob.ended_at < now() - timedelta(days=KEPT_DAYS), ImportJob.state.not_in(WORKING)
    )
    session.execute(delete(ImportChange).where(ImportChange.import_id.in_(over)))
    session.execute(delete(ImportStop).where(ImportStop.import_id.in_(over)))


def forget_reader(session: Session, subscriber_id: int) -> None:
    """Forget what imports changed about a reader whose data are erased."""
    session.execute(delete(ImportChange).where(ImportChange.subscriber_id == subscriber_id))
    theirs = select(Subscriber.address_hash).where(Subscriber.id == subscriber_id).scalar_subquery()
    session.execute(delete(ImportStop).where(ImportStop.address_hash == theirs))
