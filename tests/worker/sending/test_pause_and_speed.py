"""Staff's hand on an issue that goes out: pause, resume, cancel and speed take hold within a window."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from models.deliveries import progress
from models.deliveries.delivery import Batch, DeliveryState
from models.issues import issue as issues
from models.issues import workflow
from models.issues.issue_state import IssueState
from models.store import clock, db
from models.store.errors import WrongState
from ops.run.child_process import ChildProcess

from ..issue_sending import (
    ChangeSettings,
    check_deliveries,
    counts,
    issue_of,
    make_issue,
    running_worker,
    send,
    smtp_server,
    state_of,
    url,
    wait_for,
)
from ..smtp.server import Server

pytestmark = pytest.mark.usefixtures("own_services")

WINDOW = 100
ADDRESSES = {"CONNECTIONS": "2", "WINDOW_SIZE": str(WINDOW)}


def act(issue: int, step: Callable[..., None]) -> None:
    with db.session_scope() as session:
        step(session, issues.get(session, issue, lock=True), "test")


def settled(issue: int, server: Server, worker: ChildProcess) -> int:
    """How many letters have come, once no process holds a batch of the issue, so that no more come."""

    def held() -> bool:
        with db.session_scope() as session:
            query = select(Batch.id).where(Batch.issue_id == issue, Batch.worker.is_not(None))
            return session.scalar(query.limit(1)) is not None

    wait_for(lambda: not held(), worker=worker)
    return len(server.accepted)


def test_pause_and_resume(change_settings: ChangeSettings, tmp_path: Path) -> None:
    with smtp_server() as server:
        change_settings(SMTP_URL=url(server), **ADDRESSES)
        issue = make_issue(3000)
        with running_worker(tmp_path, "worker") as worker:
            wait_for(lambda: len(server.accepted) > 300, worker=worker)
            act(issue, workflow.pause)
            at = len(server.accepted)
            stopped = settled(issue, server, worker)
            # One process has this batch: what it has claimed ahead, and one window more.
            assert stopped < 3000
            assert stopped - at <= 500
            found = counts(issue)
            assert found == {DeliveryState.ACCEPTED: stopped, DeliveryState.QUEUED: 3000 - stopped}
            assert progress_of(issue) == found
            act(issue, workflow.resume)
            wait_for(lambda: state_of(issue) is IssueState.SENT, worker=worker)
        assert check_deliveries(issue, server) == {DeliveryState.ACCEPTED: 3000}


def progress_of(issue: int) -> dict[DeliveryState, int]:
    with db.session_scope() as session:
        found = progress.read(session, issues.get(session, issue)).counts
    return {state: number for state, number in found.items() if number}


def test_cancel(change_settings: ChangeSettings, tmp_path: Path) -> None:
    """What is not out stays here, and is accounted for; what was put off is closed at once, too."""

    def answer(recipient: str) -> bytes:
        return b"450 4.2.0 later\r\n" if recipient.startswith("reader1") else b"250 Ok\r\n"

    with smtp_server(recipient_answers=answer) as server:
        change_settings(SMTP_URL=url(server), **ADDRESSES)
        issue = make_issue(3000)
        with running_worker(tmp_path, "worker") as worker:
            wait_for(lambda: len(server.accepted) > 300, worker=worker)
            act(issue, workflow.cancel)
            stopped = settled(issue, server, worker)
            wait_for(lambda: not {DeliveryState.QUEUED, DeliveryState.DEFERRED} & set(counts(issue)), worker=worker)
        found = check_deliveries(issue, server)
        assert found[DeliveryState.ACCEPTED] == stopped < 3000
        assert found[DeliveryState.SUPPRESSED] == 3000 - stopped
    assert state_of(issue) is IssueState.CANCELLED
    with pytest.raises(WrongState):
        act(issue, workflow.resume)


def test_cancel_while_letters_are_put_off(change_settings: ChangeSettings, tmp_path: Path) -> None:
    with smtp_server(recipient_answers=lambda who: b"450 4.2.0 later\r\n") as server:
        change_settings(SMTP_URL=url(server))
        issue = make_issue(5)
        send(issue)
        assert counts(issue) == {DeliveryState.DEFERRED: 5}
        act(issue, workflow.cancel)
        with running_worker(tmp_path, "worker") as worker:
            wait_for(lambda: counts(issue) == {DeliveryState.SUPPRESSED: 5}, worker=worker)


def test_speed_can_be_changed_on_the_way(change_settings: ChangeSettings, tmp_path: Path) -> None:
    def at(rate: float | None) -> None:
        with db.session_scope() as session:
            issues.get(session, issue, lock=True).rate = rate

    with smtp_server() as server:
        change_settings(SMTP_URL=url(server), **ADDRESSES)
        issue = make_issue(2000)
        at(5)  # It would take more than six minutes.
        begun = time.monotonic()
        with running_worker(tmp_path, "worker") as worker:
            wait_for(lambda: len(server.accepted) >= 10, worker=worker)
            assert len(server.accepted) <= 2 + 5 * (time.monotonic() - begun)
            at(None)
            wait_for(lambda: state_of(issue) is IssueState.SENT, worker=worker)
        assert check_deliveries(issue, server) == {DeliveryState.ACCEPTED: 2000}


def test_progress(change_settings: ChangeSettings, tmp_path: Path) -> None:
    """Counted as it goes: sums to what was targeted, comes to its end, knows its rate."""
    with smtp_server() as server:
        change_settings(SMTP_URL=url(server), **ADDRESSES)
        issue = make_issue(1500)
        with db.session_scope() as session:
            issues.get(session, issue, lock=True).rate = 200
        rates, sums, done = set(), set(), 0
        with running_worker(tmp_path, "worker") as worker:
            wait_for(lambda: state_of(issue) is not IssueState.SCHEDULED, worker=worker)
            wait_for(lambda: state_of(issue) is not IssueState.PREPARING, worker=worker)
            while state_of(issue) is IssueState.SENDING:
                with db.session_scope() as session:
                    seen = progress.read(session, issues.get(session, issue))
                sums.add(seen.total)
                rates.add(round(seen.rate))
                accepted = seen.counts.get(DeliveryState.ACCEPTED, 0)
                assert accepted >= done
                done = accepted
                if seen.rate and seen.left:
                    assert (seen.seconds_left or 0) >= 0
                time.sleep(0.1)
        assert sums == {1500}
        assert max(rates) > 0
        assert progress_of(issue) == {DeliveryState.ACCEPTED: 1500}
        check_deliveries(issue, server)


def test_scheduled_for_later_is_not_sent_now(change_settings: ChangeSettings, tmp_path: Path) -> None:
    with smtp_server() as server:
        change_settings(SMTP_URL=url(server))
        issue = make_issue(5)
        with db.session_scope() as session:
            found = issues.get(session, issue, lock=True)
            found.scheduled_at = clock.now().replace(year=clock.now().year + 1)
        send(issue)
        assert state_of(issue) is IssueState.SCHEDULED
        assert server.accepted == []
        assert issue_of(issue).prepared_at is None
