"""The reconciliation of a drill: the certificate beside what the server counted, reader by reader."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Set
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.deliveries import certificate
from models.deliveries.certificate import Certificate
from models.deliveries.delivery import Delivery, DeliveryState
from models.issues import issue as issues
from models.readers.subscriber import Subscriber

from .smtp_server import ReaderCount

MAX_LISTED = 5
"""So many readers are named for each thing that is wrong."""


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """What came of a drill."""

    certificate: Certificate
    wrong: tuple[str, ...]
    """Empty where database and server agree."""
    unknown_by_server: int
    """Unknown since the server broke the connection off."""
    unknown_by_kill: int
    server: ReaderCount | None


class SentLetter(NamedTuple):
    """What became of one reader's letter."""

    address: str
    state: DeliveryState
    relay: str
    """Empty for one whose worker died, so that its outcome was taken from the journal."""


def letters(session: Session, issue_id: int) -> Iterator[SentLetter]:
    """All letters of an issue, by reader."""
    query = select(Subscriber.address, Delivery.state, Delivery.relay)
    query = query.join(Subscriber, Subscriber.id == Delivery.subscriber_id).where(Delivery.issue_id == issue_id)
    for address, state, relay in session.execute(query.order_by(Delivery.subscriber_id)):
        yield SentLetter(address or "", state, relay or "")


def reconcile(session: Session, issue_id: int, server: ReaderCount | None, unknown_at_most: int) -> Reconciliation:
    """Compare.

    Arguments:
        server: what was counted; None where the server is somebody else's.
        unknown_at_most: so many letters may be unknown beside those whose connection the server broke off.
    """
    drawn = certificate.compute(session, issues.get(session, issue_id))
    wrong = [f"the certificate's sum is off by {drawn.difference}"] if drawn.difference else []
    wrong += [] if drawn.final else [f"the issue is {drawn.state.value}, and {drawn.open} letters are open"]
    found = {letter.address: letter for letter in letters(session, issue_id)}
    unknown = [letter for letter in found.values() if letter.state is DeliveryState.UNKNOWN]
    by_kill = sum(1 for letter in unknown if not letter.relay)
    if by_kill > unknown_at_most:
        wrong.append(f"{by_kill} letters are unknown after kills, at most {unknown_at_most} may be")
    if server:
        wrong += _compare(found, server)
    return Reconciliation(drawn, tuple(wrong), len(unknown) - by_kill, by_kill, server)


def compare_hits(answered: Set[int], unanswered: Set[int], stored: Counter[int]) -> Iterator[str]:
    """What is wrong with the hits in the database.

    Arguments:
        answered: the numbers of hits whose requests were answered; each must be there.
        unanswered: of those that were not; each may be there.
        stored: how often each number is there.
    """
    for what, numbers in (
        ("answered and not in the database", answered - stored.keys()),
        ("in the database and never asked for", stored.keys() - answered - unanswered),
        ("in the database more than once", {number for number, times in stored.items() if times > 1}),
    ):
        if numbers:
            listed = ", ".join(map(str, sorted(numbers)[:MAX_LISTED]))
            yield f"{len(numbers)} hits {what}: {listed}{' …' if len(numbers) > MAX_LISTED else ''}"


def _compare(found: dict[str, SentLetter], server: ReaderCount) -> Iterator[str]:
    """What the database says otherwise than the server."""
    taken, records = server.taken, found.values()
    sure = (DeliveryState.ACCEPTED, DeliveryState.UNKNOWN)
    groups = {
        "mailed twice": [address for address, times in taken.items() if times > 1],
        "mailed, and never meant to be": [address for address in taken if address not in found],
        "accepted in the database, never taken by the server": [
            one.address for one in records if one.state is DeliveryState.ACCEPTED and not taken[one.address]
        ],
        "taken by the server, something else in the database": [
            one.address for one in records if one.state not in sure and taken[one.address]
        ],
        "refused in the database, never by the server": [
            one.address
            for one in records
            if one.state in (DeliveryState.BOUNCED, DeliveryState.FAILED) and one.address not in server.refused
        ],
        "unknown by a broken connection that the server never broke": [
            one.address
            for one in records
            if one.state is DeliveryState.UNKNOWN and one.relay and one.address not in server.in_doubt
        ],
        "suppressed, and nobody had left": [one.address for one in records if one.state is DeliveryState.SUPPRESSED],
    }
    for what, addresses in groups.items():
        if addresses:
            yield f"{len(addresses)} {what}: {', '.join(addresses[:MAX_LISTED])}"
    if server.misaddressed:
        yield f"{server.misaddressed} letters had another To than their envelope"


def table(result: Reconciliation) -> list[str]:
    """The certificate beside the server's count, as lines for a screen."""
    drawn, server = result.certificate, result.server
    counted: dict[DeliveryState, str] = {}
    if server:
        doubtful = sum(1 for address in server.in_doubt if server.taken[address])
        counted[DeliveryState.ACCEPTED] = f"{len(server.taken):,} readers' letters taken, {server.letters:,} in all"
        refused = len(server.refused)
        counted[DeliveryState.BOUNCED] = f"{refused:,} readers refused, for both"
        counted[DeliveryState.UNKNOWN] = f"{len(server.in_doubt):,} broken off, {doubtful:,} of their readers have it"
    lines = [f"{'':14}{'certificate':>12}   server", f"{'targeted':14}{drawn.targeted:12,}"]
    for state in certificate.FINAL_STATES:
        lines.append(f"- {state.value:12}{drawn.counts.get(state, 0):12,}   {counted.get(state, '')}".rstrip())
    return [*lines, f"{'= difference':14}{drawn.difference:12,}", f"digest  {drawn.digest}"]


def write_list(session: Session, issue_id: int, file: Path) -> None:
    """A line for each reader, ``address,state``: to compare with a server that counts by itself."""
    with file.open("w", encoding="utf-8") as lines:
        for letter in letters(session, issue_id):
            lines.write(f"{letter.address},{letter.state.value}\n")
