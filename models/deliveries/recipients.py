"""Who would get an issue now: counted by the same SQL that preparing freezes, before anybody sends it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Select, TextClause, func, select, text
from sqlalchemy.orm import Session

from ..issues.issue import Issue
from ..issues.issue_state import IssueKind
from ..issues.newsletter import Newsletter
from ..readers.subscriber import Subscriber, Subscription, SubscriptionState
from ..store import db, mail_address
from ..store.errors import Invalid
from . import preparation

FEW = 20_000
"""Readers of a newsletter up to whom samples are looked for among all at once."""
SOME = (300, 2_000)
"""Readers among whom they are looked for otherwise: first some, then more, enough where one of a hundred is meant."""
_GOLDEN = (5**0.5 - 1) / 2
_NEXT_READERS = text("""
    SELECT DISTINCT (SELECT x.subscriber_id FROM subscription x
                     WHERE x.newsletter_id = :newsletter AND x.state = 'active' AND x.subscriber_id >= start
                     ORDER BY x.subscriber_id LIMIT 1)
    FROM unnest(CAST(:starts AS bigint[])) AS start
""")


class Sample(NamedTuple):
    """A reader as a page may show one."""

    address: str
    """With all but its first character and domain hidden."""
    audience: str
    """Its name; empty where the reader has none."""


class Samples(NamedTuple):
    """Some of the readers who would get an issue now."""

    readers: list[Sample]
    among: int | None
    """Of how many readers from everywhere they are the only ones; None: of all, or as many as were asked for."""


class RecipientRow(NamedTuple):
    """Readers of one audience who get a letter, or who get none."""

    audience_id: int | None
    left_out: bool
    size: int
    first: int
    """The least id of them."""


@dataclass(frozen=True, slots=True)
class Recipients:
    """The readers of an issue as they are now."""

    mailed: int
    left_out: int
    """Readers who get no letter, such as those whose address is suppressed."""
    by_audience: Mapping[str, int]
    """Readers who get a letter by the name of their audience; the empty name is for those without one."""
    samples: tuple[str, ...]
    """An address from each audience, with all but its first character and domain hidden."""


def count(session: Session, issue: Issue) -> Recipients:
    """The readers whom preparing would find now.

    Raises:
        Invalid: the issue's segment cannot be read.
    """
    return of_rows(session, issue, rows(session, issue))


def rows(session: Session, issue: Issue) -> list[RecipientRow]:
    """The same as :func:`count`, by audience, the most readers first, without a reader's address.

    Raises:
        Invalid: the issue's segment cannot be read.
    """
    with _chosen(session, issue):
        found = session.execute(
            _query(
                issue,
                """SELECT audience_id, reason IS NOT NULL, count(*), min(subscriber_id)
                FROM recipient GROUP BY 1, 2 ORDER BY 3 DESC""",
            ),
            preparation.recipient_values(session, issue, ()),
        )
        return [RecipientRow(*row) for row in found]


def of_rows(session: Session, issue: Issue, rows: Sequence[RecipientRow]) -> Recipients:
    """What :func:`rows` has found, in words for people."""
    names = {audience.id: audience.name for audience in issue.newsletter.audiences}
    mailed = [row for row in rows if not row.left_out]
    first = select(Subscriber.id, Subscriber.address).where(Subscriber.id.in_([row.first for row in mailed]))
    addresses = dict(session.execute(first).all()) if mailed else {}
    return Recipients(
        mailed=sum(row.size for row in mailed),
        left_out=sum(row.size for row in rows if row.left_out),
        by_audience={names.get(row.audience_id or 0, ""): row.size for row in mailed},
        samples=tuple(mail_address.masked(addresses.get(row.first) or "") for row in mailed),
    )


def sample(session: Session, issue: Issue, size: int, *, of_all: bool = False) -> Samples:
    """Some of the readers who would get the issue now: each time the same, as long as they are the same readers.

    Where a newsletter has many readers, they are looked for among some from everywhere: of a million, that takes a
    hundredth of the time. What few readers are in is found by looking at all, which takes seconds then.

    Arguments:
        size: how many at most.
        of_all: look at all.

    Raises:
        Invalid: the issue's segment cannot be read.
    """
    if of_all or _are_few(session, issue.newsletter_id):
        return Samples(_sample(session, issue, size, None), None)
    for most in SOME:
        some = _spread(session, issue.newsletter_id, most)
        found = _sample(session, issue, size, some)
        if len(found) == size:
            return Samples(found, None)
    return Samples(found, len(some))


def _readers(newsletter_id: int) -> Select[int]:
    return select(Subscription.subscriber_id).where(
        Subscription.newsletter_id == newsletter_id, Subscription.state == SubscriptionState.ACTIVE
    )


def _are_few(session: Session, newsletter_id: int) -> bool:
    readers = _readers(newsletter_id).limit(FEW + 1).subquery()
    return (session.scalar(select(func.count()).select_from(readers)) or 0) <= FEW


def _spread(session: Session, newsletter_id: int, most: int) -> list[int]:
    """Ids of readers from everywhere among those of a newsletter, always the same."""
    readers = _readers(newsletter_id)
    ends = func.min(Subscription.subscriber_id), func.max(Subscription.subscriber_id)
    first, last = session.execute(readers.with_only_columns(*ends)).one()
    # Multiples of the golden ratio lie evenly in a line, and stay where they are while it grows to its double length.
    line = 1 << (last - first).bit_length()
    starts = [place for n in range(most) if (place := first + int(n * _GOLDEN % 1 * line)) <= last]
    return list(session.scalars(_NEXT_READERS, {"newsletter": newsletter_id, "starts": starts}))


def _sample(session: Session, issue: Issue, size: int, among: list[int] | None) -> list[Sample]:
    with _chosen(session, issue, among):
        chosen = _query(
            issue,
            """SELECT s.address, r.audience_id FROM recipient r JOIN subscriber s ON s.id = r.subscriber_id
            WHERE r.reason IS NULL ORDER BY hashint8(r.subscriber_id), r.subscriber_id LIMIT :size""",
            few=among is not None,
        )
        values = preparation.recipient_values(session, issue, ()) | {"size": size, "among": among}
        rows = session.execute(chosen, values).all()
    names = {audience.id: audience.name for audience in issue.newsletter.audiences}
    return [Sample(mail_address.masked(address or ""), names.get(audience, "")) for address, audience in rows]


def as_if(issue: Issue | None, newsletter: Newsletter, audience: str, segment: dict[str, Any]) -> Issue:
    """An issue that is never kept, to count the readers it would have.

    Arguments:
        issue: what it stands for, as a correction goes to some readers only; None where it is any.
        segment: as an issue keeps it.
    """
    stands_in = Issue(newsletter_id=newsletter.id, newsletter=newsletter, audience=audience, segment=segment)
    stands_in.kind = issue.kind if issue else IssueKind.REGULAR
    stands_in.correction_of, stands_in.corrects_all = (
        (issue.correction_of, issue.corrects_all) if issue else (None, False)
    )
    return stands_in


@contextmanager
def _chosen(session: Session, issue: Issue, among: list[int] | None = None) -> Iterator[None]:
    """The segment's readers are in a table while this lasts, and what is asked of it may take no longer either."""
    if not issue.segment:
        yield
        return
    preparation.select_segment(session, issue, among)
    try:
        planner = {} if among else preparation.LARGE
        with db.time_limit(session, preparation.seconds_for_segment(), **planner):
            yield
    except db.TooSlow as error:
        raise preparation.TakesTooLong from error
    finally:
        preparation.forget_segment(session)


def _query(issue: Issue, chosen: str, *, few: bool = False) -> TextClause:
    return text(f"WITH {preparation.recipients_sql(issue, (), few=few)} {chosen}")


def check_any(found: Recipients) -> None:
    """Refuse to send to nobody.

    Raises:
        Invalid: there is nobody to send it to.
    """
    if not found.mailed:
        raise Invalid("nobody would get this issue: look at its audience and segment, and at who subscribes")
