"""Certificates that are kept: of an issue with many letters, once every one of them has its outcome.

Drawing one reads every letter, about 15 s for a million, so pages show the kept one. It stays exact: when all letters
have their outcomes, nothing changes one but what staff do (:mod:`.unknown`, :mod:`.failed`), and that calls
:func:`forget` first; and letters that come back, after which it is drawn anew within :data:`REDRAW_AFTER`. Whoever
draws and whoever forgets hold the row of the issue's preparation meanwhile, so that none is kept that was drawn before
such a change and written after it. What its lines are made of beside the letters (the names of lanes, the sender's
domain, SECRET_KEY) is kept along as a digest: where that has changed, it is drawn anew.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import ForeignKey, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from ..issues.issue import Issue
from ..issues.issue_state import IssueState
from ..store.base import Base
from ..store.clock import now
from ..store.db import NO_KEY_UPDATE
from . import certificate
from .certificate import Certificate, Totals
from .delivery import Batch, BatchState, DeliveryState, message_id_maker
from .lane import list_all
from .letters import letter_report
from .preparation import Preparation

FEW = 5_000
"""Letters up to which a page draws a certificate by itself: less than a tenth of a second."""
REDRAW_AFTER = timedelta(hours=1)
"""Letters that come back change a certificate no sooner than this: they come one by one, for days."""
LATEST_RETURNS = timedelta(days=7)
"""Letters that came back longer ago are in every certificate."""
_FINISHED = (IssueState.SENT, IssueState.CANCELLED)


class KeptCertificate(Base):
    """What was counted for the certificate of one issue."""

    __tablename__ = "kept_certificate"

    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id", ondelete="CASCADE"), primary_key=True)
    basis: Mapped[str] = mapped_column(String(64))
    """SHA-256 of what its lines are made of beside the letters."""
    totals: Mapped[dict[str, Any]]
    drawn_at: Mapped[datetime] = mapped_column(default=now)


def find(session: Session, issue: Issue) -> Certificate | None:
    """The certificate of *issue*, as far as that can be told at once; None where it must be drawn (:func:`draw`)."""
    counted = session.get(Preparation, issue.id)
    if counted is None or counted.targeted <= FEW:
        return certificate.compute(session, issue)
    return _kept(session, issue)


def lanes(session: Session, issue_id: int) -> Mapping[str, Mapping[DeliveryState, int]] | None:
    """The letters of an issue by the slug of their lane and by state, where its certificate is kept."""
    kept = session.get(KeptCertificate, issue_id, populate_existing=True)
    return Totals.of_json(kept.totals).lanes if kept else None


def draw(session: Session, issue: Issue) -> Certificate:
    """Draw the certificate of *issue* by reading every letter, and keep it if all have their outcomes."""
    counted = session.get(Preparation, issue.id, with_for_update=NO_KEY_UPDATE)
    session.refresh(issue, ["state"])
    if (found := _kept(session, issue)) and issue.id not in _outdated(session):
        return found  # somebody has drawn it while this one waited
    basis, totals = _basis(session, issue), certificate.count(session, issue)
    drawn = certificate.of_totals(session, issue, totals)
    if counted and counted.targeted > FEW and drawn.final:
        session.merge(KeptCertificate(issue_id=issue.id, basis=basis, totals=totals.as_json(), drawn_at=drawn.drawn_at))
        session.flush()
    return drawn


def forget(session: Session, issue_id: int) -> None:
    """Before a letter of a finished issue gets another state: what was drawn is no longer so."""
    session.get(Preparation, issue_id, with_for_update=NO_KEY_UPDATE)
    session.execute(delete(KeptCertificate).where(KeptCertificate.issue_id == issue_id))


def undrawn(session: Session) -> list[int]:
    """The issues with many letters that are all done, and of which no certificate is kept; the latest first."""
    open_batch = select(Batch.id).where(Batch.issue_id == Issue.id, Batch.state == BatchState.OPEN).exists()
    kept = select(KeptCertificate.issue_id).where(KeptCertificate.issue_id == Issue.id).exists()
    query = select(Issue.id).join(Preparation, Preparation.issue_id == Issue.id)
    query = query.where(Issue.state.in_(_FINISHED), Preparation.targeted > FEW, ~open_batch, ~kept)
    return [*session.scalars(query.order_by(Issue.id.desc())), *_outdated(session)]


def _outdated(session: Session) -> list[int]:
    """The issues of which letters have come back since their certificate was drawn, where that is some time ago."""
    amended = letter_report.last_amended(session, LATEST_RETURNS)
    late = KeptCertificate.issue_id.in_(list(amended)), KeptCertificate.drawn_at < now() - REDRAW_AFTER
    kept = session.execute(select(KeptCertificate.issue_id, KeptCertificate.drawn_at).where(*late))
    return [issue_id for issue_id, drawn_at in kept if drawn_at < amended[issue_id]]


def _kept(session: Session, issue: Issue) -> Certificate | None:
    kept = session.get(KeptCertificate, issue.id, populate_existing=True)
    if kept is None or issue.state not in _FINISHED:
        return None
    if kept.basis != _basis(session, issue):
        session.delete(kept)  # the worker draws it anew
        session.flush()
        return None
    return certificate.of_totals(session, issue, Totals.of_json(kept.totals), kept.drawn_at)


def _basis(session: Session, issue: Issue) -> str:
    lanes = {str(lane.id): lane.slug for lane in list_all(session)}
    return sha256(json.dumps([lanes, message_id_maker(issue)(0)], sort_keys=True).encode()).hexdigest()
