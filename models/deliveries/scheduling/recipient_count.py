"""How many readers an issue would have, for pages: counted anew where that is quick, else kept for a while.

Counting a million readers takes seconds, and a page that shows the number is opened often. So where a newsletter has
many readers, a page shows the number that was counted last, with its moment, and asks for it where there is none. What
sends counts for itself (:mod:`models.deliveries.recipients`).
"""

from __future__ import annotations

import json
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple

import structlog
from redis.exceptions import RedisError
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ...issues.issue import Issue
from ...issues.segments import segment
from ...readers.subscriber import Subscription, SubscriptionState
from ...store import broker
from ...store.clock import now
from .. import recipients
from ..recipients import RecipientRow, Recipients

log = structlog.get_logger(__name__)

FEW = 20_000
"""Subscriptions of a newsletter up to which its readers are counted for every page: some tens of milliseconds."""
KEEP_SECONDS = 3600
"""How long a number is shown before it must be counted again."""


class RecipientCount(NamedTuple):
    """The readers of an issue, and when they were counted."""

    found: Recipients
    at: datetime | None = None
    """None: for this very page."""


def known(session: Session, issue: Issue) -> RecipientCount | None:
    """The readers of *issue* as far as that can be told at once; None where somebody must wait for :func:`count`.

    Raises:
        Invalid: the issue's segment cannot be read.
    """
    if _are_few(session, issue.newsletter_id):
        return RecipientCount(recipients.count(session, issue))
    segment.check(session, issue.newsletter, issue.segment, issue.audience)
    try:
        kept = broker.client().get(_key(issue))
    except RedisError:
        return None
    if not isinstance(kept, bytes):
        return None
    content = json.loads(kept)
    rows = [RecipientRow(*row) for row in content["rows"]]
    return RecipientCount(recipients.of_rows(session, issue, rows), datetime.fromisoformat(content["at"]))


def count(session: Session, issue: Issue) -> RecipientCount:
    """Count the readers of *issue*, however long that takes, and keep the number for pages.

    Raises:
        Invalid: the issue's segment cannot be read, or finding its readers takes too long.
    """
    rows = recipients.rows(session, issue)
    content = json.dumps({"at": now().isoformat(), "rows": rows})
    try:
        broker.client().set(_key(issue), content, ex=KEEP_SECONDS)
    except RedisError as error:
        log.debug("number of readers not kept", error=str(error))
    return RecipientCount(recipients.of_rows(session, issue, rows))


def _are_few(session: Session, newsletter_id: int) -> bool:
    active = select(Subscription.newsletter_id).where(
        Subscription.newsletter_id == newsletter_id, Subscription.state == SubscriptionState.ACTIVE
    )
    return (session.scalar(select(func.count()).select_from(active.limit(FEW + 1).subquery())) or 0) <= FEW


def _key(issue: Issue) -> str:
    """The name of a number: of all that decides who gets the issue, so that other conditions have none yet."""
    chosen = [issue.newsletter_id, issue.audience, issue.segment, issue.kind.value]
    corrected = [issue.correction_of.id if issue.correction_of else None, issue.corrects_all]
    text = json.dumps([*chosen, *corrected], ensure_ascii=False, sort_keys=True)
    return f"kairan:recipients:{sha256(text.encode()).hexdigest()[:32]}"
