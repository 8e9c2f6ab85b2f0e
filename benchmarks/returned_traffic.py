"""Returned mail for ``benchmarks.returns``: readers, letters sent to them, and what comes back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from sqlalchemy import func, insert, literal, select
from sqlalchemy.orm import Session

from models.deliveries.delivery import Batch, BatchState, Delivery, DeliveryState
from models.issues.issue import Issue
from models.readers.subscriber import Subscriber, Subscription, SubscriptionState
from models.store import token
from tests.models.bounces.returned_mail import feedback, fields, japanese, message, report, said
from tests.sample import make_newsletter, make_sent

ISSUES = 12
"""Weekly ones that were sent; what comes back is about the last."""
READERS_PER_MESSAGE = 6
"""So many letters of the issue for one that comes back, so that no lane is suspected."""
OFFICE = "ict@example.lg.jp"


def _hard(reader: str) -> bytes:
    return report(fields(reader, "5.1.1", f"550 5.1.1 <{reader}>: User unknown"), to=reader)


def _full(reader: str) -> bytes:
    return report(fields(reader, "5.2.2", f"552 5.2.2 <{reader}>: mailbox full"), to=reader, encoded=True)


def _expired(reader: str) -> bytes:
    return report(fields(reader, "4.4.1", "connection timed out"), to=reader)


def _delayed(reader: str) -> bytes:
    return report(fields(reader, "4.4.1", "connection timed out", "delayed"), to=reader)


def _policy(reader: str) -> bytes:
    return said(reader, "550 5.7.1 refused by policy", "end of DATA")


def _complaint(reader: str) -> bytes:
    return feedback("abuse", more=f"Original-Rcpt-To: {reader}")


def _in_japanese(reader: str) -> bytes:
    return japanese(f"次の宛先へは配信できませんでした。\n\n{reader}\n存在しません。\n", "iso2022_jp")


def _away(reader: str) -> bytes:
    head = "Auto-Submitted: auto-replied"
    return message(f"不在です。{reader}", sender=reader, subject="自動応答", head=head)


_MIX: tuple[Callable[[str], bytes], ...] = (
    _hard, _full, _delayed, _hard, _policy, _away, _hard, _full, _complaint, _hard,
    _expired, _full, _hard, _in_japanese, _delayed, _policy, _full, _hard, _away, _hard,
)  # fmt: skip
"""What comes back of twenty; the last one goes to the office and proves nothing."""


def address(number: int) -> str:
    """The address of a reader."""
    return f"reader{number}@machi{number % 977}.example"


def messages(count: int, start: int = 0) -> Iterator[bytes]:
    """So many messages, each about another reader."""
    for number in range(start, start + count):
        yield _MIX[number % len(_MIX)](address(number))


class Returned(NamedTuple):
    """A message, and where it goes."""

    raw: bytes
    recipient: str


class SentIssue(NamedTuple):
    """An issue whose letters may come back."""

    id: int
    readers: list[int]

    def returned(self, count: int) -> Iterator[Returned]:
        """So many messages about its letters."""
        path = token.folded_maker(token.Purpose.RETURN, self.id)
        for number, raw in enumerate(messages(count)):
            proved = number % len(_MIX) != len(_MIX) - 1
            yield Returned(raw, f"b+{path(self.readers[number])}@bounce.news.example" if proved else OFFICE)


def _reader(address: str) -> dict[str, str]:
    hashed = token.address_hash(address)
    return {"address": address, "address_key": address, "address_hash": hashed, "domain": address.rpartition("@")[2]}


def send_to(session: Session, messages: int) -> SentIssue:
    """Readers and sent issues in the database, for so many messages that come back."""
    home = make_newsletter(session)
    issues = [make_sent(session, home, f"{n}", days_ago=1 + 7 * (ISSUES - n)) for n in range(1, ISSUES + 1)]
    rows = [_reader(address(number)) for number in range(messages * READERS_PER_MESSAGE)]
    query = insert(Subscriber).returning(Subscriber.id, sort_by_parameter_order=True)
    readers = list(session.scalars(query, rows))
    _subscribe(session, home.id)
    for issue in issues:
        _deliver(session, issue, readers[-1] if issue is issues[-1] else readers[messages - 1])
    return SentIssue(issues[-1].id, readers)


def _subscribe(session: Session, newsletter_id: int) -> None:
    columns = ("subscriber_id", "newsletter_id", "state")
    active = literal(SubscriptionState.ACTIVE, Subscription.state.type)
    session.execute(insert(Subscription).from_select(columns, select(Subscriber.id, literal(newsletter_id), active)))


def _deliver(session: Session, issue: Issue, last: int) -> None:
    """Every reader up to *last* was sent a letter, which a relay took."""
    columns = ("issue_id", "subscriber_id", "edition", "lane_id", "state", "attempts", "at")
    accepted = literal(DeliveryState.ACCEPTED, Delivery.state.type)
    query = select(
        literal(issue.id), Subscriber.id, literal(1), literal(1), accepted, literal(1), literal(issue.sent_at)
    )
    session.execute(insert(Delivery).from_select(columns, query.where(Subscriber.id <= last)))
    letters = session.scalar(select(func.count()).select_from(Delivery).where(Delivery.issue_id == issue.id))
    session.add(Batch(issue_id=issue.id, lane_id=1, number=1, size=letters, state=BatchState.DONE))
