"""Lanes: what a destination takes is kept to over all workers, and a slow lane keeps no other waiting."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from datetime import time as clock_time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from models.deliveries import lane as lanes
from models.deliveries import lease
from models.deliveries.delivery import Batch, DeliveryState
from models.deliveries.lane import Lane
from models.deliveries.relays import relay as relays
from models.deliveries.relays.relay_address import RelayAddress
from models.issues import issue as issues
from models.issues import workflow
from models.issues.block import Prose
from models.issues.issue import Issue
from models.issues.issue_state import IssueState
from models.store import broker, clock, db
from models.store.clock import TOKYO
from worker.preparing import prepare
from worker.sending import deliver, rate_limit

from ..issue_sending import (
    ChangeSettings,
    check_deliveries,
    counts,
    delivery_rows,
    make_issue,
    open_batches,
    running_worker,
    send,
    smtp_server,
    state_of,
    take_turns,
    take_turns_later,
    url,
    wait_for,
)

pytestmark = pytest.mark.usefixtures("own_services")


def limit(slug: str = "other", **values: Any) -> None:
    with db.session_scope() as session:
        session.execute(update(Lane).where(Lane.slug == slug).values(**values))


def moved_to(hour: int, minute: int = 0, days: int = 0) -> timedelta:
    """How far the clock must be moved for it to be this time in Japan, some days from now."""
    here = clock.now().astimezone(TOKYO)
    wanted = datetime.combine(here.date(), clock_time(hour, minute), TOKYO) + timedelta(days=days)
    return wanted - here


@pytest.mark.parametrize(
    ("domain", "slug"),
    [
        ("docomo.ne.jp", "docomo"),
        ("ezweb.ne.jp", "au"),
        ("i.softbank.jp", "softbank"),
        ("t.vodafone.ne.jp", "softbank"),
        ("gmail.com", "gmail"),
        ("outlook.jp", "microsoft"),
        ("yahoo.co.jp", "yahoo-japan"),
        ("notdocomo.ne.jp", "other"),
        ("town.example", "other"),
    ],
)
def test_a_domain_belongs_to_one_lane(domain: str, slug: str) -> None:
    issue = make_issue(1, domains=[domain])
    prepare.prepare(issue)
    with db.session_scope() as session:
        assert session.scalars(select(Lane.slug).join(Batch, Batch.lane_id == Lane.id)).all() == [slug]


def test_quiet_hours(change_settings: ChangeSettings) -> None:
    """Nothing goes out between them; the batch comes back when they are over."""
    with smtp_server() as server:
        change_settings(SMTP_URL=url(server))
        limit(quiet_from=clock_time(21), quiet_until=clock_time(8))
        with clock.moved(moved_to(23, days=1)):
            issue = make_issue(10)
            send(issue)
            assert counts(issue) == {DeliveryState.QUEUED: 10}
            assert open_batches(issue) == []
        with clock.moved(moved_to(7, 59, days=2)):
            take_turns(issue)
            assert counts(issue) == {DeliveryState.QUEUED: 10}
        with clock.moved(moved_to(8, 1, days=2)):
            take_turns(issue)
        assert check_deliveries(issue, server) == {DeliveryState.ACCEPTED: 10}


def test_a_rate_holds_over_all_workers(change_settings: ChangeSettings, tmp_path: Path) -> None:
    with smtp_server() as server:
        change_settings(SMTP_URL=url(server), BATCH_SIZE="150")
        limit(per_second=100)
        issue = make_issue(300)
        begun = time.monotonic()
        with running_worker(tmp_path, "worker", processes=2) as worker:
            wait_for(lambda: state_of(issue) is IssueState.SENT, worker=worker)
        assert check_deliveries(issue, server) == {DeliveryState.ACCEPTED: 300}
    # 300 letters at 100 a second, less the first burst.
    assert time.monotonic() - begun > 2.7


def test_a_slow_lane_keeps_no_other_waiting(change_settings: ChangeSettings) -> None:
    with smtp_server() as server:
        change_settings(SMTP_URL=url(server))
        limit("docomo", per_second=2)
        issue = make_issue(40, domains=["docomo.ne.jp"] + ["town.example"] * 9)
        prepare.prepare(issue)
        slow, fast = open_batches(issue)
        deliver.deliver(slow if lane_of(slow) == "docomo" else fast)
        first_of_fast = next(i for i, got in enumerate(server.accepted) if "town" in got.recipient)
        last_of_slow = max(i for i, got in enumerate(server.accepted) if "docomo" in got.recipient)
        assert first_of_fast < last_of_slow
        assert check_deliveries(issue, server) == {DeliveryState.ACCEPTED: 40}


def lane_of(batch: int) -> str:
    with db.session_scope() as session:
        return session.scalars(select(Lane.slug).join(Batch, Batch.lane_id == Lane.id).where(Batch.id == batch)).one()


def test_warming_up(change_settings: ChangeSettings) -> None:
    """So many letters on the first day, so many on the second, and all the rest on the third."""
    with smtp_server() as server:
        change_settings(SMTP_URL=url(server))
        with clock.moved(moved_to(10, days=1)):
            limit(warmup=[10, 20], warmup_from=clock.now())
            issue = make_issue(100)
            send(issue)
            assert counts(issue)[DeliveryState.ACCEPTED] == 10
            assert open_batches(issue) == []
        with clock.moved(moved_to(0, 5, days=2)):
            take_turns(issue)
            assert counts(issue)[DeliveryState.ACCEPTED] == 30
        with clock.moved(moved_to(0, 5, days=3)):
            take_turns(issue)
        assert check_deliveries(issue, server) == {DeliveryState.ACCEPTED: 100}


def test_letters_an_hour(change_settings: ChangeSettings) -> None:
    """At most the sixtieth part at once, then as fast as it refills."""
    with smtp_server() as server:
        change_settings(SMTP_URL=url(server))
        limit(per_hour=7200)  # 2 a second, 120 at once
        issue = make_issue(124)
        begun = time.monotonic()
        send(issue)
        assert time.monotonic() - begun > 1.5
        assert check_deliveries(issue, server) == {DeliveryState.ACCEPTED: 124}


def test_connections_of_a_lane(change_settings: ChangeSettings, tmp_path: Path) -> None:
    """All workers together open no more than the lane may have, though each could open four."""
    with smtp_server() as server:
        change_settings(SMTP_URL=url(server), BATCH_SIZE="200", CONNECTIONS="4")
        limit(connections=2, letters_per_connection=50)
        issue = make_issue(800)
        with running_worker(tmp_path, "worker", processes=2) as worker:
            wait_for(lambda: state_of(issue) is IssueState.SENT, worker=worker)
        assert check_deliveries(issue, server) == {DeliveryState.ACCEPTED: 800}
        assert server.most_connections <= 2
        assert server.connections >= 800 / 50


def make_again(issue: int) -> int:
    """Another issue for the same readers."""
    with db.session_scope() as session:
        home = session.get_one(Issue, issue).newsletter
        made = issues.create(session, home, subject="次の号", blocks=[Prose(text="本文です。")])
        workflow.submit(session, made, "test")
        workflow.schedule(session, made, clock.now(), "test")
        return made.id


def test_a_resumed_lane_starts_with_one_connection(change_settings: ChangeSettings) -> None:
    with smtp_server() as server:
        change_settings(SMTP_URL=url(server), CONNECTIONS="4")
        issue = make_issue(200)
        send(issue)
        assert server.open_connections > 1
        with db.session_scope() as session:
            lanes.pause(session, lanes.find(session, "other").id, "test", by="test")
        again = make_again(issue)
        prepare.prepare(again)
        take_turns(again)
        assert counts(again) == {DeliveryState.QUEUED: 200}
        wait_for(lambda: server.open_connections == 0, 5)
        before = server.connections
        with db.session_scope() as session:
            lanes.resume(session, lanes.find(session, "other"), by="test")
        server.accepted.clear()
        take_turns_later(again)
        assert server.connections > before
        assert check_deliveries(again, server) == {DeliveryState.ACCEPTED: 200}


def test_a_start_on_the_full_hour_is_spread(change_settings: ChangeSettings) -> None:
    with clock.moved(moved_to(9, days=1)):
        limit(jitter_seconds=600)
        issue = make_issue(3)
        with db.session_scope() as session:
            one = session.get_one(Issue, issue)
            one.scheduled_at = clock.now().replace(minute=0, second=0, microsecond=0)
        prepare.prepare(issue)
        with db.session_scope() as session:
            due = session.scalars(select(Batch.due_at)).one()
        assert timedelta(0) <= due - clock.now() <= timedelta(seconds=600)


def test_the_clock_of_a_worker_changes_no_limit() -> None:
    """Buckets are filled by the clock of Redis."""
    limit(per_second=10)
    issue = make_issue(1)
    prepare.prepare(issue)
    with db.session_scope() as session:
        acquired = lease.acquire(session, open_batches(issue)[0], "test", 30)
        assert acquired is not None
    held, status = acquired
    first = rate_limit.take(broker.client(), held, status, 100)
    assert first.letters == 2
    for jump in (timedelta(days=400), timedelta(days=-400)):
        with clock.moved(jump):
            assert rate_limit.take(broker.client(), held, status, 100).letters <= 1


def test_several_relays_have_their_shares_and_one_that_is_down_moves_its_own(change_settings: ChangeSettings) -> None:
    with smtp_server() as large, smtp_server() as small:
        change_settings(CONNECTIONS="2")
        with db.session_scope() as session:
            for name, server, weight in (("large", large, 3), ("small", small, 1)):
                session.add(relays.Relay(name=name, url=url(server), weight=weight))
            session.add(relays.Relay(name="gone", url="smtp://127.0.0.1:1", weight=4))
        issue = make_issue(800)
        send(issue)
        assert counts(issue) == {DeliveryState.ACCEPTED: 800}
        assert len(large.accepted) + len(small.accepted) == 800
        assert 2 < len(large.accepted) / len(small.accepted) < 4.5
        named = {row.delivery.relay for row in delivery_rows(issue)}
        assert named == {RelayAddress.parse(url(server)).name for server in (large, small)}
    with db.session_scope() as session:
        for relay in relays.list_active(session):
            session.delete(relay)
