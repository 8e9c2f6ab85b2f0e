"""Letters of a lane that come back: over a share of them, the lane pauses until somebody looks.

Unknown mailboxes are one reason: providers block who writes to people that are not there, and a list that is old, or a
relay that is set up wrongly, shows so. What relays answer at once and what is reported later count alike. The other
one is that letters are refused as spam or by policy, where that is reported later: what is answered at once pauses the
lane by the answer. That is about us, and never about a reader.

Judged are the letters of one issue and those of all issues, of today and yesterday: a large issue must not hide a small
one, and many small ones count, too.
"""

from __future__ import annotations

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

import settings

from ...deliveries import lane as lanes
from ...deliveries.lane import Lane
from ...deliveries.letters import letter_tally
from ...deliveries.letters.letter_tally import LaneShare
from ...store.phrase import Phrase, phrase

log = structlog.get_logger(__name__)

_UNKNOWN = phrase("{unknown} of the last {letters} letters came back: no such mailbox")
_REFUSED = phrase("{refused} of the last {letters} letters came back: refused as spam or by policy")
_BY = "sender"


def judge(session: Session, lane_id: int | None = None) -> None:
    """Pause a lane where too many of its letters came back. Again changes nothing. The caller commits.

    Arguments:
        lane_id: of which something is known now; None, for the sweep: of all lanes, for what was left out as they
            were busy.
    """
    over: dict[int, Phrase] = {}
    for one in letter_tally.watched(session, lane_id):
        if reason := _reason(one):
            over.setdefault(one.lane_id, reason)
    for number, reason in over.items():
        _pause(session, number, reason)


def has_paused(lane: Lane) -> bool:
    """Whether it is this alarm that has paused a lane."""
    return lane.paused_at is not None and is_reason(lane.pause_reason)


def is_reason(reason: str) -> bool:
    """Whether something has stopped for letters that came back."""
    return is_unknown(reason) or _REFUSED.is_said_in(reason)


def is_unknown(reason: str) -> bool:
    """Whether it has for unknown mailboxes."""
    return _UNKNOWN.is_said_in(reason)


def _pause(session: Session, lane_id: int, reason: Phrase) -> None:
    # Nobody waits for whoever holds the lane, who may wait for the letter that this is about: the sweep comes by.
    free = select(Lane).where(Lane.id == lane_id).with_for_update(key_share=True, skip_locked=True)
    found = session.scalars(free.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        log.info("a lane is busy; it is judged at the next sweep", lane=lane_id)
    elif found.paused_at is None or found.resume_at is not None:
        lanes.pause(session, lane_id, reason.say(settings.get().default_language), by=_BY)


def _reason(share: LaneShare) -> Phrase | None:
    """Why a lane is to pause; None: it is not."""
    chosen = settings.get()
    if share.letters < chosen.unknown_least:
        return None
    letters = f"{share.letters:,}"
    if share.unknown * 100 > chosen.unknown_pause_percent * share.letters:
        return _UNKNOWN.filled(unknown=f"{share.unknown:,}", letters=letters)
    if share.refused * 100 > chosen.refused_pause_percent * share.letters:
        return _REFUSED.filled(refused=f"{share.refused:,}", letters=letters)
    return None
