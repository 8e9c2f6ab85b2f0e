"""What the sender's tests share: readers by the thousand, an issue that is due, relays, and the books afterwards."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from models.deliveries import lease
from models.deliveries.delivery import Batch, BatchState, Delivery, DeliveryState
from models.deliveries.letters import letter_tally
from models.issues import issue as issues
from models.issues import workflow
from models.issues.block import Block, Prose
from models.issues.issue import Issue
from models.issues.issue_state import IssueState
from models.readers.subscriber import Subscriber, Subscription, SubscriptionState
from models.store import clock, db
from models.store.token import address_hash
from ops.run.child_process import ChildProcess
from worker.preparing import prepare
from worker.sending import deliver

from ..sample import make_newsletter
from ..servers import start_worker
from .smtp.server import Server, serving

ChangeSettings = Callable[..., None]
TEXT = "{{ reader.name | default('皆さま') }}、こんにちは。[手引を読む](https://city.example.jp/tebiki)"
FINAL = {DeliveryState.ACCEPTED, DeliveryState.BOUNCED, DeliveryState.FAILED, DeliveryState.SUPPRESSED}


def make_issue(
    readers: int, *, domains: Sequence[str] = ("town.example",), blocks: Sequence[Block] = (), **newsletter: Any
) -> int:
    """An issue that is due, for so many readers, whose addresses are ``reader0@…``, ``reader1@…``, …; its number."""
    with db.session_scope() as session:
        home = make_newsletter(session, **{"approvals_needed": 0, **newsletter})
        add_readers(session, home.id, readers, domains)
        issue = issues.create(session, home, subject="窓口のデジタル化", blocks=blocks or (Prose(text=TEXT),))
        workflow.submit(session, issue, "test")
        workflow.schedule(session, issue, clock.now(), "test")
        return issue.id


def add_readers(session: Session, newsletter_id: int, count: int, domains: Sequence[str]) -> None:
    rows = []
    for number in range(count):
        domain = domains[number % len(domains)]
        key = f"reader{number}@{domain}"
        rows.append({"address": key, "address_key": key, "address_hash": address_hash(key), "domain": domain,
                     "name": f"読者{number}" if number % 2 else ""})  # fmt: skip
    if not rows:
        return
    ids = session.scalars(insert(Subscriber).returning(Subscriber.id, sort_by_parameter_order=True), rows).all()
    session.execute(
        insert(Subscription),
        [{"subscriber_id": i, "newsletter_id": newsletter_id, "state": SubscriptionState.ACTIVE} for i in ids],
    )


def open_batches(issue_id: int) -> list[int]:
    """Batches of an issue that are due now."""
    with db.session_scope() as session:
        query = select(Batch.id).where(Batch.issue_id == issue_id, Batch.state == BatchState.OPEN)
        return list(session.scalars(query.where(Batch.due_at <= clock.now()).order_by(Batch.id)))


def send(issue_id: int) -> None:
    """Prepare an issue in this process, and give its batches turns."""
    prepare.prepare(issue_id)
    take_turns(issue_id)


def take_turns(issue_id: int) -> None:
    """Give batches that are due turns in this process, until none is due or nothing changes any more."""
    due, before = open_batches(issue_id), None
    while due and (present := counts(issue_id)) != before:
        before = present
        for batch_id in due:
            deliver.deliver(batch_id)
        with db.session_scope() as session:
            due = lease.next_due(session, issue_id=issue_id, limit=1000)


def take_turns_later(issue_id: int, times: int = 1) -> None:
    """Give batches that rest for a while further turns, half a minute later each."""
    for number in range(1, times + 1):
        with clock.moved(number * timedelta(seconds=30)):
            take_turns(issue_id)


def state_of(issue_id: int) -> IssueState:
    with db.session_scope() as session:
        return issues.get(session, issue_id).state


def issue_of(issue_id: int) -> Issue:
    with db.session_scope() as session:
        return issues.get(session, issue_id)


class DeliveryRow(NamedTuple):
    """A delivery with its reader's address."""

    address: str | None
    state: DeliveryState
    attempts: int
    answer: str | None
    delivery: Delivery


def delivery_rows(issue_id: int) -> list[DeliveryRow]:
    """The deliveries of an issue, by reader."""
    query = select(Delivery, Subscriber.address).join(Subscriber, Subscriber.id == Delivery.subscriber_id)
    with db.session_scope() as session:
        found = session.execute(query.where(Delivery.issue_id == issue_id).order_by(Delivery.subscriber_id))
        return [DeliveryRow(address, one.state, one.attempts, one.answer, one) for one, address in found]


def counts(issue_id: int) -> Counter[DeliveryState]:
    return Counter(row.state for row in delivery_rows(issue_id))


def check_deliveries(issue_id: int, server: Server, *, unknown_at_most: int = 0) -> Counter[DeliveryState]:
    """Compare the books with what the server took, reader by reader: nobody twice, nobody lost."""
    taken = Counter(letter.recipient for letter in server.accepted)
    twice = [address for address, times in taken.items() if times > 1]
    assert not twice, f"mailed twice: {twice[:5]} and {len(twice)} in all"
    found = delivery_rows(issue_id)
    for row in found:
        got = taken.pop(row.address or "", 0)
        if row.state is DeliveryState.ACCEPTED:
            assert got, f"lost: {row.address}"
        elif row.state is not DeliveryState.UNKNOWN:
            assert not got, f"{row.address} is {row.state} and has the letter"
    assert not taken, "letters to readers who have no delivery"
    assert server.violations == []
    summed = Counter(row.state for row in found)
    assert summed[DeliveryState.UNKNOWN] <= unknown_at_most, summed
    with db.session_scope() as session:
        assert letter_tally.accepted(session, issue_id) == summed[DeliveryState.ACCEPTED], "the kept sums are others"
    return summed


@contextmanager
def smtp_server(**fields: Any) -> Iterator[Server]:
    """A server that runs in a thread of its own; see :func:`~tests.worker.smtp.server.serving` for *fields*."""
    loop, ready, ended = asyncio.new_event_loop(), threading.Event(), asyncio.Event()
    servers: list[Server] = []

    async def serve() -> None:
        async with serving(**fields) as server:
            servers.append(server)
            ready.set()
            await ended.wait()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
        await asyncio.sleep(0.05)

    thread = threading.Thread(target=loop.run_until_complete, args=[serve()], name="smtp-server")
    thread.start()
    ready.wait(10)
    try:
        yield servers[0]
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join()
        loop.close()


def url(server: Server) -> str:
    return f"smtp://127.0.0.1:{server.port}"


def wait_for(what: Callable[[], bool], seconds: float = 120.0, *, worker: ChildProcess | None = None) -> None:
    until = time.monotonic() + seconds
    while not what():
        last = worker.tail(40) if worker else ""
        assert time.monotonic() < until, f"it did not happen in time\n{last}"
        time.sleep(0.02)


@contextmanager
def running_worker(
    folder: Path, name: str, *, processes: int = 2, beat: bool = True, **environment: str
) -> Iterator[ChildProcess]:
    """A real worker, for the length of the context."""
    child = start_worker(folder / f"{name}.log", environment, processes=processes, beat=beat)
    try:
        yield child
    finally:
        child.stop()


def kill_all(child: ChildProcess) -> None:
    """SIGKILL for a worker and every process of it, all at once."""
    os.killpg(child.pid, signal.SIGKILL)
    wait_for(lambda: child.returncode is not None)
