"""Workers that die or hang: every reader is accounted for, nobody is mailed twice, nobody is lost."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from sqlalchemy import select

from models.deliveries.delivery import Batch, DeliveryState
from models.issues.issue_state import IssueState
from models.store import broker, db

from ..issue_sending import (
    check_deliveries,
    counts,
    kill_all,
    make_issue,
    running_worker,
    smtp_server,
    state_of,
    url,
    wait_for,
)
from ..smtp.server import Server

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("own_services")]

PROCESSES, CONNECTIONS = 2, 3


def services(server: Server) -> dict[str, str]:
    return {"SMTP_URL": url(server), "CONNECTIONS": str(CONNECTIONS), "WINDOW_SIZE": "200", "BATCH_SIZE": "1000"}


def finish(issue: int, server: Server, folder: Path, name: str = "second") -> None:
    """Let a fresh worker finish the issue."""
    with running_worker(folder, name, processes=PROCESSES, **services(server)) as worker:
        wait_for(lambda: state_of(issue) is IssueState.SENT, worker=worker)


def senders(issue: int) -> set[int]:
    """The processes that hold batches of an issue."""
    with db.session_scope() as session:
        names = session.scalars(select(Batch.worker).where(Batch.issue_id == issue, Batch.worker.is_not(None)))
        return {int(name.split("/")[2]) for name in names if name}


def test_killed_in_the_middle_of_five_thousand(tmp_path: Path) -> None:
    with smtp_server() as server:
        issue = make_issue(5000)
        with running_worker(tmp_path, "first", processes=PROCESSES, **services(server)) as worker:
            wait_for(lambda: len(server.accepted) > 2000, worker=worker)
            kill_all(worker)
        assert len(server.accepted) < 5000
        finish(issue, server, tmp_path)
        summed = check_deliveries(issue, server, unknown_at_most=PROCESSES * CONNECTIONS)
    assert summed[DeliveryState.ACCEPTED] + summed[DeliveryState.UNKNOWN] == 5000


def test_one_process_of_a_worker_is_killed(tmp_path: Path) -> None:
    """The others go on, and one of them takes over what it held."""
    with smtp_server() as server:
        issue = make_issue(2000)
        with running_worker(tmp_path, "worker", processes=PROCESSES, **services(server)) as worker:
            wait_for(lambda: len(server.accepted) > 500, worker=worker)
            os.kill(senders(issue).pop(), signal.SIGKILL)
            wait_for(lambda: state_of(issue) is IssueState.SENT, worker=worker)
        summed = check_deliveries(issue, server, unknown_at_most=CONNECTIONS)
    assert summed[DeliveryState.ACCEPTED] + summed[DeliveryState.UNKNOWN] == 2000


def test_a_deploy_leaves_nothing_unknown(tmp_path: Path) -> None:
    """SIGTERM: letters on the wire get their answers, the rest waits for the next worker."""
    with smtp_server() as server:
        issue = make_issue(2000)
        with running_worker(tmp_path, "first", processes=PROCESSES, **services(server)) as worker:
            wait_for(lambda: len(server.accepted) > 500, worker=worker)
            worker.request_stop()
            wait_for(lambda: worker.returncode is not None)
        assert worker.returncode == 0
        left = counts(issue)
        assert left[DeliveryState.ACCEPTED] == len(server.accepted) < 2000
        assert left[DeliveryState.QUEUED] == 2000 - left[DeliveryState.ACCEPTED], "what was claimed was not given back"
        finish(issue, server, tmp_path)
        assert check_deliveries(issue, server) == {DeliveryState.ACCEPTED: 2000}


def test_a_worker_that_hangs_loses_its_batch_and_sends_nothing_after(tmp_path: Path) -> None:
    with smtp_server() as server:
        issue = make_issue(1000)  # one batch
        with running_worker(tmp_path, "first", processes=1, beat=False, **services(server)) as worker:
            wait_for(lambda: state_of(issue) is not IssueState.SCHEDULED, worker=worker)
            wait_for(lambda: len(server.accepted) > 200, worker=worker)
            os.killpg(worker.pid, signal.SIGSTOP)
            assert len(server.accepted) < 1000
            finish(issue, server, tmp_path)
            before = counts(issue)
            os.killpg(worker.pid, signal.SIGCONT)
            wait_for(lambda: "taken over" in worker.tail(100), worker=worker)
        assert counts(issue) == before
        summed = check_deliveries(issue, server, unknown_at_most=CONNECTIONS)
    assert summed[DeliveryState.ACCEPTED] + summed[DeliveryState.UNKNOWN] == 1000


def test_the_broker_loses_everything(tmp_path: Path) -> None:
    """Queues, fences, journals, limits: gone while letters are on their way. The sweep finds what is left to do."""
    with smtp_server() as server:
        issue = make_issue(2000)
        with running_worker(tmp_path, "worker", processes=PROCESSES, **services(server)) as worker:
            wait_for(lambda: len(server.accepted) > 500, worker=worker)
            broker.client().flushdb()
            wait_for(lambda: state_of(issue) is IssueState.SENT, worker=worker)
        assert check_deliveries(issue, server) == {DeliveryState.ACCEPTED: 2000}


def test_worker_and_broker_die_together(tmp_path: Path) -> None:
    """Without the journal, what was claimed is in doubt; it is never sent twice, and nobody is lost."""
    with smtp_server() as server:
        issue = make_issue(2000)
        with running_worker(tmp_path, "first", processes=PROCESSES, **services(server)) as worker:
            wait_for(lambda: len(server.accepted) > 500, worker=worker)
            kill_all(worker)
        broker.client().flushdb()
        claimed = counts(issue)[DeliveryState.SENDING]
        finish(issue, server, tmp_path)
        summed = check_deliveries(issue, server, unknown_at_most=claimed)
    assert summed[DeliveryState.ACCEPTED] + summed[DeliveryState.UNKNOWN] == 2000
