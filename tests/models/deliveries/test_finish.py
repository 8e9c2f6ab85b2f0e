"""Two workers that give the last two batches of an issue back at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select

from models.deliveries import finish, lane, lease
from models.deliveries.delivery import Batch, BatchState
from models.deliveries.lane import Lane
from models.deliveries.lease import Lease
from models.issues import issue as issues
from models.issues.block import Prose
from models.issues.issue_state import IssueState
from models.store import clock, db

from ...sample import make_newsletter

pytestmark = pytest.mark.usefixtures("database")


def held() -> list[Lease]:
    """Two batches of one issue and one lane, each held by a worker, with nothing left to send."""
    with db.session_scope() as session:
        issue = issues.create(session, make_newsletter(session), subject="号", blocks=[Prose(text="本文です。")])
        issue.state, issue.prepared_at = IssueState.SENDING, clock.now()
        lane_id = session.scalars(select(Lane.id)).first()
        batches = [Batch(issue_id=issue.id, lane_id=lane_id, number=number, size=1) for number in (1, 2)]
        session.add_all(batches)
        session.flush()
        found = [lease.acquire(session, batch.id, f"worker{batch.number}", 60) for batch in batches]
        taken = [one and one[0] for one in found]
    return [one for one in taken if one is not None]


def both(act: Callable[[Lease, Barrier], bool]) -> list[bool]:
    """Do something with either batch at once, in two transactions that wait for each other in the middle."""
    together = Barrier(2, timeout=30)
    with ThreadPoolExecutor(2) as threads:
        return list(threads.map(lambda one: act(one, together), held()))


def test_neither_waits_for_the_other_for_ever() -> None:
    def give_back(one: Lease, together: Barrier) -> bool:
        with db.session_scope() as session:
            lease.renew(session, one, 60)
            assert lease.release(session, one) is BatchState.DONE
            together.wait()
            return finish.finish(session, one.issue_id)

    assert sorted(both(give_back)) == [False, True]
    with db.session_scope() as session:
        assert [issue.state for issue in session.scalars(select(issues.Issue))] == [IssueState.SENT]


def test_both_may_stop_their_lane() -> None:
    def stop(one: Lease, together: Barrier) -> bool:
        with db.session_scope() as session:
            lease.renew(session, one, 60)
            lease.renew(session, one, 60)
            together.wait()
            lane.pause(session, one.lane_id, "refused", by=f"relay{one.batch_id}")
        return True

    assert both(stop) == [True, True]
    with db.session_scope() as session:
        assert [one.pause_reason for one in session.scalars(select(Lane)) if one.paused_at] == ["refused"]
