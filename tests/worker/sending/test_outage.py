"""Parts that fail: relay, broker, database, clock. Letters wait; nothing is lost, nothing is sent twice."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from redis.exceptions import RedisError
from sqlalchemy import create_engine, text

from models.deliveries import progress
from models.deliveries.delivery import DeliveryState
from models.issues import issue as issues
from models.issues.issue_state import IssueState
from models.store import broker, clock, db
from ops.run.embedded import Valkey
from worker.preparing import prepare
from worker.sending import deliver

from ...servers import free_port
from ..conftest import DATABASE
from ..issue_sending import (
    ChangeSettings,
    check_deliveries,
    counts,
    make_issue,
    open_batches,
    running_worker,
    send,
    smtp_server,
    state_of,
    take_turns,
    url,
    wait_for,
)

pytestmark = pytest.mark.usefixtures("own_services")


def test_no_relay_for_a_while(change_settings: ChangeSettings, tmp_path: Path) -> None:
    port = free_port()
    change_settings(SMTP_URL=f"smtp://127.0.0.1:{port}")
    issue = make_issue(500)
    with running_worker(tmp_path, "worker") as worker:
        wait_for(lambda: "relay failed" in worker.tail(100), worker=worker)
        assert state_of(issue) is IssueState.SENDING
        with db.session_scope() as session:
            trouble = progress.read(session, issues.get(session, issue)).relay_errors
        assert "refused" in trouble[f"127.0.0.1:{port}"]
        with smtp_server(port=port) as server:
            wait_for(lambda: state_of(issue) is IssueState.SENT, worker=worker)
            assert check_deliveries(issue, server) == {DeliveryState.ACCEPTED: 500}


def test_the_relay_goes_away_in_between(change_settings: ChangeSettings, tmp_path: Path) -> None:
    port = free_port()
    change_settings(SMTP_URL=f"smtp://127.0.0.1:{port}", CONNECTIONS="2")
    issue = make_issue(2000)
    with running_worker(tmp_path, "worker") as worker:
        with smtp_server(port=port) as first:
            wait_for(lambda: len(first.accepted) > 300, worker=worker)
        with smtp_server(port=port) as second:
            wait_for(lambda: state_of(issue) is IssueState.SENT, worker=worker)
    second.accepted[:0] = first.accepted
    summed = check_deliveries(issue, second, unknown_at_most=4)
    assert summed[DeliveryState.ACCEPTED] + summed[DeliveryState.UNKNOWN] == 2000


@pytest.fixture
def own_broker(change_settings: ChangeSettings, servers_folder: Path) -> Iterator[Valkey]:
    """A broker that may be stopped."""
    server = Valkey(servers_folder / "own")
    change_settings(REDIS_URL=server.start())
    broker.client().flushall()
    try:
        yield server
    finally:
        server.stop()


def test_the_broker_stops_and_comes_back(change_settings: ChangeSettings, own_broker: Valkey) -> None:
    """What was answered by then is recorded; what could not be noted stays off the wire and is queued again."""
    asked = 0

    def answer(recipient: str) -> bytes:
        nonlocal asked
        asked += 1
        if asked == 300:
            own_broker.stop()
        return b"250 Ok\r\n"

    with smtp_server(recipient_answers=answer) as server:
        change_settings(SMTP_URL=url(server), WINDOW_SIZE="100", CONNECTIONS="2")
        issue = make_issue(1000)
        send(issue)
        came = len(server.accepted)
        assert 290 < came < 305
        assert counts(issue) == {DeliveryState.ACCEPTED: came, DeliveryState.QUEUED: 1000 - came}
        with clock.moved(timedelta(seconds=30)), pytest.raises(RedisError):
            take_turns(issue)
        change_settings(REDIS_URL=own_broker.start())
        with clock.moved(timedelta(seconds=60)):
            take_turns(issue)
        assert check_deliveries(issue, server) == {DeliveryState.ACCEPTED: 1000}


def test_the_broker_dies_under_a_worker(change_settings: ChangeSettings, own_broker: Valkey, tmp_path: Path) -> None:
    with smtp_server() as server:
        change_settings(SMTP_URL=url(server), BATCH_SIZE="1000", WINDOW_SIZE="100", CONNECTIONS="2")
        issue = make_issue(2000)
        with running_worker(tmp_path, "first") as worker:
            wait_for(lambda: len(server.accepted) > 500, worker=worker)
            assert own_broker.child
            own_broker.child.stop_signal = 9  # type: ignore[assignment]
            own_broker.stop()
            wait_for(lambda: "does not answer" in worker.tail(100), worker=worker)
            assert len(server.accepted) < 2000
        change_settings(REDIS_URL=own_broker.start())
        with running_worker(tmp_path, "second") as worker:
            wait_for(lambda: state_of(issue) is IssueState.SENT, worker=worker)
        assert check_deliveries(issue, server) == {DeliveryState.ACCEPTED: 2000}


def test_the_database_is_away_for_a_moment(change_settings: ChangeSettings, tmp_path: Path) -> None:
    """Its connections break and nobody may come in: answers wait in the worker until somebody may."""
    with smtp_server() as server:
        change_settings(SMTP_URL=url(server), BATCH_SIZE="1000", WINDOW_SIZE="100", CONNECTIONS="2")
        issue = make_issue(2000)
        with running_worker(tmp_path, "worker") as worker:
            wait_for(lambda: len(server.accepted) > 500, worker=worker)
            with away():
                wait_for(lambda: "the database does not answer" in worker.tail(100), worker=worker)
            wait_for(lambda: state_of(issue) is IssueState.SENT, worker=worker)
        assert check_deliveries(issue, server) == {DeliveryState.ACCEPTED: 2000}


@contextmanager
def away() -> Iterator[None]:
    """Nobody can connect to the database, and who was connected is thrown out."""
    outside = create_engine(db.engine().url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with outside.connect() as connection:
        connection.execute(text(f"ALTER DATABASE {DATABASE} ALLOW_CONNECTIONS false"))
        connection.execute(text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{DATABASE}'"))
        yield
        connection.execute(text(f"ALTER DATABASE {DATABASE} ALLOW_CONNECTIONS true"))
    outside.dispose()


@pytest.mark.parametrize("jump", [timedelta(days=400), timedelta(days=-400)], ids=["ahead", "back"])
def test_the_clock_jumps(jump: timedelta, change_settings: ChangeSettings) -> None:
    """Leases go by the database's clock and limits by that of Redis; letters go out all the same."""
    with smtp_server() as server:
        change_settings(SMTP_URL=url(server), BATCH_SIZE="50")
        issue = make_issue(100)
        prepare.prepare(issue)
        first, second = open_batches(issue)
        deliver.deliver(first)
        with clock.moved(jump):
            deliver.deliver(second)
        take_turns(issue)
        assert check_deliveries(issue, server) == {DeliveryState.ACCEPTED: 100}
    assert state_of(issue) is IssueState.SENT
