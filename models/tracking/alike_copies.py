"""Copies that are alike to whoever has the database: among them a reader who must not be identified is looked for.

Alike are copies of one issue whose readers are nameless since it was prepared, whose hits tell the same audience and
links (:mod:`.anonymity`), and that were delivered when the hit is one of theirs: in the same slot of two seconds, or,
where that has fewer than ten, more than two minutes before the hit. What nobody else could have done as well is not
kept. This is the one place that says so, and everything that is stored of a nameless hit stands on it.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import Connection, text

from ..readers.consent import TRACKING_ALLOWED, TRACKING_REFUSED

MIN_READERS = 10
"""What fewer readers share is not told."""
SLOT_SECONDS = 2.0
"""Deliveries within a slot, of the same for all, are taken for one moment."""
SOON_SECONDS = 120.0
"""Seconds after a delivery in which verdicts look at how many have passed."""
REFRESH_SECONDS = 60.0
"""Seconds after which copies are counted again, as some readers may have agreed to tracking meanwhile."""
_AGAIN_SECONDS, _AGAIN_COSTS = 2.0, 20.0
"""Copies are counted again for a hit that too few fit, as an issue may be going out: so many seconds after the last
time, and so many times as long as it took."""

Group = tuple[int, int]
"""Readers of an issue with one audience (0 for none) and one edition."""


class NamelessCopy(NamedTuple):
    """The copy of a reader who is nameless since its issue was prepared."""

    group: Group
    slot: int | None
    """In which it was delivered; None where it was not, or nobody knows yet."""


@dataclass(slots=True)
class NamelessCopies:
    """How many nameless copies an issue has, by group and by the slot of their delivery."""

    sizes: dict[Group, int] = field(default_factory=dict)
    """Also with those that are not delivered."""
    slots: dict[Group, Counter[int]] = field(default_factory=dict)
    counted: float = field(default_factory=time.monotonic)
    cost: float = 0.0
    """Seconds that counting took."""

    def is_old(self, *, wanting: bool) -> bool:
        """Whether they should be counted again.

        Arguments:
            wanting: for a hit that too few of them fit.
        """
        passed = time.monotonic() - self.counted
        return passed > (max(_AGAIN_SECONDS, _AGAIN_COSTS * self.cost) if wanting else REFRESH_SECONDS)


@dataclass(slots=True)
class AnonymitySet:
    """Nameless copies of an issue whose hits tell the same."""

    slots: Counter[int] = field(default_factory=Counter)
    """How many of them were delivered in each."""
    wider: list[AnonymitySet] = field(default_factory=list)
    """Those whose hits may tell all of that and more: whoever has the database looks for a reader there, too."""

    def moment(self, slot: int, at: float) -> float | None:
        """When a copy of the set was delivered, as far as a hit may tell: the middle of its slot, in seconds since
        1970; None where fewer than ten copies could have had the same hit.

        Of a copy that shares its slot with ten, all of these could, once the slot is over. Of another, all could that
        were delivered two minutes before: then rules tell no time. Its hits of these two minutes could be no other's.

        Arguments:
            at: when the hit came, in seconds since 1970.
        """
        if at < (slot + 1) * SLOT_SECONDS:
            return None
        last = int((at - SOON_SECONDS) // SLOT_SECONDS) - 1
        enough = self._is_enough(slot, slot) or (slot <= last and self._is_enough(_FIRST, last))
        return (slot + 0.5) * SLOT_SECONDS if enough else None

    def _is_enough(self, first: int, last: int) -> bool:
        """Whether ten copies whose hits would be kept, too, were delivered from one slot to another."""
        return self._are_inside(first, last) + sum(
            [wide._are_inside(first, last) for wide in self.wider if wide._is_enough(first, last)]
        ) >= MIN_READERS  # fmt: skip

    def _are_inside(self, first: int, last: int) -> int:
        """How many were delivered from one slot to another; where it may be more than ten, at least ten."""
        if first == last:
            return self.slots[first]
        copies = 0
        for slot, number in self.slots.items():
            copies += number if first <= slot <= last else 0
            if copies >= MIN_READERS:
                break
        return copies


_FIRST = -(10**12)


def find(connection: Connection, issue: int, reader: int, *, everybody: bool) -> NamelessCopy | None:
    """A reader's copy of an issue; None where there is none that is nameless since the issue was prepared.

    Arguments:
        everybody: whether the newsletter identifies nobody; else only those who refused are looked at.
    """
    query = _ONE_OF_ALL if everybody else _ONE_OF_REFUSING
    row = connection.execute(query, {"issue": issue, "reader": reader}).first()
    return None if row is None else NamelessCopy(_group(row.audience_id, row.edition), row.slot)


def count(connection: Connection, issue: int, *, everybody: bool) -> NamelessCopies:
    """All nameless copies of an issue; the arguments are those of :func:`find`."""
    began = time.monotonic()
    found = NamelessCopies()
    for row in connection.execute(_ALL if everybody else _REFUSING, {"issue": issue}):
        group = _group(row.audience_id, row.edition)
        found.sizes[group] = found.sizes.get(group, 0) + row.copies
        if row.slot is not None:
            found.slots.setdefault(group, Counter())[row.slot] += row.copies
    found.cost = time.monotonic() - began
    return found


def _group(audience: int | None, edition: int) -> Group:
    return audience or 0, edition


_COLUMNS = f"""
    SELECT audience_id, edition,
      CASE WHEN state IN ('accepted', 'unknown') THEN floor(extract(epoch FROM at) / {SLOT_SECONDS})::bigint END AS slot
"""  # noqa: S608  only constants of this file are put in
# Whoever was known by name in the issue, or has read one of its articles by name since, is none of those whom a
# pseudonym may hide, and would count once more.
_FROM = """
    FROM delivery JOIN (SELECT id, prepared_at FROM issue) AS issue ON issue.id = delivery.issue_id
    WHERE delivery.issue_id = :issue AND delivery.state <> 'suppressed'
      AND NOT EXISTS (
        SELECT FROM hit WHERE hit.issue_id = :issue AND hit.reader = delivery.subscriber_id
          AND hit.at >= issue.prepared_at - interval '1 day')
      AND NOT EXISTS (
        SELECT FROM link JOIN reading ON reading.article_id = link.article_id
        WHERE link.issue_id = :issue AND reading.reader = delivery.subscriber_id
          AND reading.day >= (issue.prepared_at AT TIME ZONE 'Asia/Tokyo')::date)
"""
# Whoever has refused, or agreed, since the issue was prepared is left out: when that was is written down beside it, so
# of several hits of a pseudonym only those would be left who refused before the first and until the last.
_REFUSED = f"""
      AND EXISTS (
        SELECT FROM subscriber WHERE subscriber.id = delivery.subscriber_id AND tracking_refused AND erased_at IS NULL
          AND NOT EXISTS (
            SELECT FROM consent WHERE consent.subscriber_id = subscriber.id AND consent.kind = 'changed'
              AND consent.text IN ('{TRACKING_REFUSED}', '{TRACKING_ALLOWED}') AND consent.at >= issue.prepared_at))
"""  # noqa: S608
_ALL_COLUMNS = f"SELECT audience_id, edition, slot, count(*) AS copies FROM ({_COLUMNS}"  # noqa: S608
_READER, _GROUPED = " AND delivery.subscriber_id = :reader", ") AS copy GROUP BY 1, 2, 3"
_ONE_OF_ALL, _ONE_OF_REFUSING = text(_COLUMNS + _FROM + _READER), text(_COLUMNS + _FROM + _REFUSED + _READER)
_ALL, _REFUSING = text(_ALL_COLUMNS + _FROM + _GROUPED), text(_ALL_COLUMNS + _FROM + _REFUSED + _GROUPED)
