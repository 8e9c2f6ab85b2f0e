"""Returned mail for ``benchmarks.returns``: readers, letters sent to them, and what comes back."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from typing import NamedTuple

from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from models.deliveries.delivery import Batch, BatchState
from models.readers.subscriber import Subscriber
from models.store import token
from tests.models.bounces.returned_mail import feedback, fields, japanese, message, report, said
from tests.sample import make_newsletter, make_sent

ISSUES = 12
"""Weekly ones that were sent; what comes back is about the last."""
LETTERS_PER_MESSAGE = 6
"""So many letters of the issue for one that comes back, so that no lane is suspected."""
OFFICE = "ict@example.lg.jp"
_PORTION = 5000
_LETTER = "".join(f"{hashlib.sha256(b'%d' % line).hexdigest():.76}\n" for line in range(700))
"""45 kB of a letter that comes back whole."""


def _hard(reader: str) -> bytes:
    return report(fields(reader, "5.1.1", f"550 5.1.1 <{reader}>: User unknown"), to=reader)


def _whole(reader: str) -> bytes:
    return _hard(reader).replace(b"The letter.", _LETTER.encode())


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
    _hard, _full, _delayed, _whole, _policy, _away, _hard, _full, _complaint, _hard,
    _expired, _full, _whole, _in_japanese, _delayed, _policy, _full, _hard, _away, _hard,
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
    first_reader: int

    def returned(self, count: int, start: int = 0) -> Iterator[Returned]:
        """So many messages about its letters."""
        path = token.folded_maker(token.Purpose.RETURN, self.id)
        for number, raw in enumerate(messages(count, start), start):
            proved = number % len(_MIX) != len(_MIX) - 1
            yield Returned(raw, f"b+{path(self.first_reader + number)}@bounce.news.example" if proved else OFFICE)


def _reader(number: int, address: str) -> dict[str, object]:
    hashed, domain = token.address_hash(address), address.rpartition("@")[2]
    return {"id": number, "address": address, "address_key": address, "address_hash": hashed, "domain": domain}


def send_to(session: Session, messages: int) -> SentIssue:
    """Readers and sent issues in the database, for so many messages that come back."""
    home, first = make_newsletter(session), 1_000_001
    issues = [make_sent(session, home, f"{n}", days_ago=1 + 7 * (ISSUES - n)) for n in range(1, ISSUES + 1)]
    for start in range(0, messages, _PORTION):
        numbers = range(start, min(start + _PORTION, messages))
        session.execute(insert(Subscriber), [_reader(first + number, address(number)) for number in numbers])
    session.execute(text(_SUBSCRIBE), {"newsletter": home.id, "first": first})
    for issue in issues:
        letters = messages * (LETTERS_PER_MESSAGE if issue is issues[-1] else 1)
        last = first + letters - 1
        session.execute(text(_DELIVER), {"issue": issue.id, "first": first, "last": last, "at": issue.sent_at})
        session.add(Batch(issue_id=issue.id, lane_id=1, number=1, size=letters, state=BatchState.DONE))
    return SentIssue(issues[-1].id, first)


_SUBSCRIBE = """
    INSERT INTO subscription (subscriber_id, newsletter_id, state, topic_ids, created_at, ended_reason, asked)
    SELECT id, :newsletter, 'active', '{}', now(), '', '{}' FROM subscriber WHERE id >= :first
"""
_DELIVER = """
    INSERT INTO delivery (issue_id, subscriber_id, edition, lane_id, state, attempts, at)
    SELECT :issue, number, 1, 1, 'accepted', 1, :at FROM generate_series(CAST(:first AS bigint), :last) AS number
"""
