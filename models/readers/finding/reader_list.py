"""A page of a newsletter's readers, in a time that does not grow with their number.

Readers are walked through along an index, the newest first, and a page looks at :data:`LOOK` of them at most. Where a
filter lets few of them through, the page says how far it has looked and goes on from there when asked to. So no page
counts or sorts a million rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, tuple_
from sqlalchemy.orm import Session, joinedload

from ...issues.newsletter import Newsletter
from ...store import db
from ...store.input_rule import MAX_INTEGER
from .. import segment_query
from ..subscriber import Subscriber, Subscription
from ..suppression import Suppression, applies_to
from . import search_words
from .reader_filter import ReaderFilter

PER_PAGE = 50
LOOK = 20_000
"""Readers whom one page looks at, at most."""
MOST_COUNTED = 1_000
SECONDS, SEGMENT_SECONDS = 2.0, 4.0
"""Within how many seconds a page must be found, and one of a segment's readers."""
_PLANNER = {"enable_seqscan": "off", "max_parallel_workers_per_gather": "0", "jit": "off"}
"""PostgreSQL would rather read all readers at once with several processes than some thousand along an index."""
_ALONG = {"enable_mergejoin": "off", "enable_hashjoin": "off"}
"""Each reader is looked up. What a segment says of reading is joined by its hash instead (see ``reading_query.py``)."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Key = tuple[Any, ...]


@dataclass(slots=True)
class FoundReaders:
    """One page of a list."""

    rows: Sequence[Subscription] = ()
    suppressed: dict[int, Suppression] = field(default_factory=dict)
    """By the reader's id, why no letter goes there."""
    count: int = 0
    """Of those that were looked at, from this page on; up to :data:`MOST_COUNTED`."""
    is_counted: bool = True
    """Whether there are no more than that."""
    next: str = ""
    """Where the next page begins; empty where there is none."""
    looked_at: int = 0
    """How many readers were looked at, where that was not all of them; else 0."""
    by_beginning: bool = False
    """Whether the words were looked for at the beginnings of addresses and names alone."""


class ListTooSlow(Exception):
    """The readers are not found in time, such as those of a segment about what was read."""


def page(session: Session, newsletter: Newsletter, wanted: ReaderFilter, after: str = "") -> FoundReaders:
    """The readers who are found, the newest first.

    Arguments:
        after: :attr:`FoundReaders.next` of the page before.

    Raises:
        ListTooSlow: it takes too long.
        Invalid: the segment names what there is not any more.
    """
    plain = wanted.segment is None
    try:
        with db.time_limit(session, SECONDS if plain else SEGMENT_SECONDS, **(_PLANNER | (_ALONG if plain else {}))):
            return _page(session, newsletter, wanted, after)
    except db.TooSlow as error:
        raise ListTooSlow from error


def _page(session: Session, newsletter: Newsletter, wanted: ReaderFilter, after: str) -> FoundReaders:
    order, terms = _order(wanted), wanted.terms
    start = _read_key(after, wanted)
    walked = [Subscription.newsletter_id == newsletter.id, *wanted.walked()]
    if start is not None:
        walked.append(tuple_(*order) < start)
    edge = _edge(session, walked, order)
    query = _query(session, newsletter, wanted).where(*walked, *wanted.conditions())
    ids: list[int] = []
    if terms and edge is not None and not wanted.within:
        ids, more = search_words.beginnings(session, newsletter.id, terms, MOST_COUNTED)
        if ids and not more:
            return _of_ids(session, newsletter, wanted, walked, ids)
    query = query.where(*_same_of_reader(session, wanted, walked, edge))
    query = query.where(*map(search_words.holds, terms))
    if edge is not None:
        query = query.where(tuple_(*order) >= edge)
    keys = _keys(session, query, order)
    if ids and len(keys) < PER_PAGE:  # many begin with it, and few of those whom this page looks at
        found = _of_ids(session, newsletter, wanted, walked, ids)
        found.is_counted = False
        return found
    return _found(session, newsletter, keys, edge)


def _of_ids(
    session: Session, newsletter: Newsletter, wanted: ReaderFilter, walked: list[ColumnElement[bool]], ids: list[int]
) -> FoundReaders:
    """The same for readers who were found by their beginnings: so few that all of them are looked at."""
    query = _query(session, newsletter, wanted).where(*walked, *wanted.conditions(), Subscriber.id.in_(ids))
    found = _found(session, newsletter, _keys(session, query, _order(wanted)), None)
    found.by_beginning = True
    return found


def _keys(session: Session, query: Select[Any], order: list[Any]) -> list[Key]:
    rows = session.execute(query.order_by(*(one.desc() for one in order)).limit(MOST_COUNTED + 1))
    return [tuple(row) for row in rows]


def _same_of_reader(
    session: Session, wanted: ReaderFilter, walked: list[ColumnElement[bool]], edge: Key | None
) -> list[ColumnElement[bool]]:
    """The bounds of a page for the table of readers, too: PostgreSQL does not see that they follow from the others.

    Only where most readers between them are this newsletter's: else it would read all of the others as well.
    """
    if wanted.by_day or edge is None:
        return []
    top = session.scalar(select(func.max(Subscription.subscriber_id)).where(*walked)) or 0
    return [Subscriber.id.between(edge[0], top)] if top - edge[0] <= 2 * LOOK else []


def _found(session: Session, newsletter: Newsletter, keys: list[Key], edge: Key | None) -> FoundReaders:
    found = FoundReaders(count=min(len(keys), MOST_COUNTED), is_counted=len(keys) <= MOST_COUNTED)
    found.rows = _load(session, newsletter, [key[-1] for key in keys[:PER_PAGE]])
    found.suppressed = _suppressed(session, newsletter, found.rows)
    if len(keys) > PER_PAGE:
        found.next = _write_key(keys[PER_PAGE - 1])
    elif edge is not None:
        found.next = _write_key(edge)
    if edge is not None and found.is_counted:
        found.looked_at = LOOK
    return found


def _query(session: Session, newsletter: Newsletter, wanted: ReaderFilter) -> Select[Any]:
    if wanted.segment is not None:
        found = segment_query.subscriptions(session, newsletter, wanted.segment)
    else:
        found = select(Subscription.id).join(Subscriber, Subscriber.id == Subscription.subscriber_id)
    return found.with_only_columns(*_order(wanted), maintain_column_froms=True)


def _edge(session: Session, walked: list[ColumnElement[bool]], order: list[Any]) -> Key | None:
    """The key of the last reader whom this page may look at; None where the end of the list is nearer."""
    found = select(*order).where(*walked).order_by(*(one.desc() for one in order)).offset(LOOK - 1).limit(1)
    row = session.execute(found).first()
    return tuple(row) if row else None


def _order(wanted: ReaderFilter) -> list[Any]:
    """By what readers are walked through; ids grow with the time."""
    by_id = Subscription.subscriber_id
    return [Subscription.confirmed_at, by_id] if wanted.by_day else [by_id]


def _write_key(key: Key) -> str:
    return "-".join(str((one - _EPOCH) // timedelta(microseconds=1)) if isinstance(one, datetime) else str(one)
                    for one in key)  # fmt: skip


def _read_key(written: str, wanted: ReaderFilter) -> Key | None:
    """What :func:`_write_key` wrote; None for the first page, and for what it never wrote for such a filter."""
    parts = written.split("-")
    if len(parts) != 1 + wanted.by_day or not all(one.isascii() and one.isdigit() for one in parts):
        return None
    if len(written) > 40 or int(parts[-1]) > MAX_INTEGER:
        return None
    if not wanted.by_day:
        return (int(parts[0]),)
    try:
        return (_EPOCH + timedelta(microseconds=int(parts[0])), int(parts[1]))
    except OverflowError:
        return None


def _load(session: Session, newsletter: Newsletter, reader_ids: list[int]) -> Sequence[Subscription]:
    if not reader_ids:
        return ()
    rows = session.scalars(
        select(Subscription)
        .where(Subscription.newsletter_id == newsletter.id, Subscription.subscriber_id.in_(reader_ids))
        .options(joinedload(Subscription.subscriber), joinedload(Subscription.audience))
    )
    by_reader = {one.subscriber_id: one for one in rows}
    return [by_reader[one] for one in reader_ids if one in by_reader]


def _suppressed(session: Session, newsletter: Newsletter, rows: Sequence[Subscription]) -> dict[int, Suppression]:
    readers = {one.subscriber.address_hash: one.subscriber_id for one in rows if one.subscriber.address_hash}
    if not readers:
        return {}
    found = select(Suppression).where(Suppression.address_hash.in_(list(readers)), applies_to(newsletter.id))
    return {readers[one.address_hash]: one for one in session.scalars(found)}
