"""Unknown mailboxes in a lane: over a share of its letters, the lane pauses until somebody looks.

Providers block who writes to people that are not there, and a list that is old, or a relay that is set up wrongly,
shows so. What relays answer at once and what is reported later count alike. Judged are the letters of one issue and
those of all issues, of today and yesterday: a large issue must not hide a small one, and many small ones count, too.
"""

from __future__ import annotations

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

import settings

from ...deliveries import lane as lanes
from ...deliveries.lane import Lane
from ...deliveries.letters import letter_tally
from ...deliveries.letters.letter_tally import UnknownShare
from ...store.phrase import phrase

log = structlog.get_logger(__name__)

_REASON = phrase("{unknown} of the last {letters} letters came back: no such mailbox")
_BY = "sender"


def judge(session: Session, lane_id: int | None = None) -> None:
    """Pause a lane where too many of its letters met unknown mailboxes. Again changes nothing. The caller commits.

    Arguments:
        lane_id: of which something is known now; None, for the sweep: of all lanes, for what was left out as they
            were busy.
    """
    over: dict[int, UnknownShare] = {}
    for one in letter_tally.watched(session, lane_id):
        if _is_over(one):
            over.setdefault(one.lane_id, one)
    for number, share in over.items():
        _pause(session, number, share)


def has_paused(lane: Lane) -> bool:
    """Whether it is this alarm that has paused a lane."""
    return lane.paused_at is not None and is_reason(lane.pause_reason)


def is_reason(reason: str) -> bool:
    """Whether something has stopped for unknown mailboxes."""
    return _REASON.is_said_in(reason)


def _pause(session: Session, lane_id: int, share: UnknownShare) -> None:
    # Nobody waits for whoever holds the lane, who may wait for the letter that this is about: the sweep comes by.
    free = select(Lane).where(Lane.id == lane_id).with_for_update(key_share=True, skip_locked=True)
    found = session.scalars(free.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        log.info("a lane is busy; it is judged at the next sweep", lane=lane_id)
    elif found.paused_at is None or found.resume_at is not None:
        reason = _REASON.filled(unknown=f"{share.unknown:,}", letters=f"{share.letters:,}")
        lanes.pause(session, lane_id, reason.say(settings.get().default_language), by=_BY)


def _is_over(share: UnknownShare) -> bool:
    chosen = settings.get()
    return share.letters >= chosen.unknown_least and share.unknown * 100 > chosen.unknown_pause_percent * share.letters
