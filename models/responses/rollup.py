"""Roll-ups: hits counted by issue, link, day, audience and verdict, and readers by issue; kept by difference.

No page counts raw hits. Whoever adds hits or changes their verdicts hands the hits of each touched copy, as they
were and as they are, to a :class:`Change`, and applies it in the same transaction.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache
from typing import Any, Protocol

from sqlalchemy import String, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from ..store.base import Base
from . import readership
from .rules import SURE, HitKind, Verdict

NO_AUDIENCE = 0
JST = timezone(timedelta(hours=9))
"""Asia/Tokyo, without a zone file in the inner loop: Japan has kept this offset since 1951."""


class Tally(Base):
    """How many hits of one sort a link, or the letter itself (link 0), had on a day in Asia/Tokyo."""

    __tablename__ = "tally"

    issue_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[HitKind] = mapped_column(primary_key=True)
    link: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(primary_key=True)
    audience_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """0 where the reader has none."""
    verdict: Mapped[Verdict] = mapped_column(primary_key=True)
    reason: Mapped[str] = mapped_column(String(40), primary_key=True)
    """The rule that decided; empty for a person's."""
    sure: Mapped[bool] = mapped_column(primary_key=True)
    hits: Mapped[int]


class Turnout(Base):
    """How many different readers of an issue had a hit that counts as a person's."""

    __tablename__ = "turnout"

    issue_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[HitKind] = mapped_column(primary_key=True)
    link: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """0 for any."""
    audience_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    readers: Mapped[int]
    at_least: Mapped[int]
    """Only those with a hit that surely was a person's."""
    at_most: Mapped[int]
    """With those who had none but one that is not surely a machine's."""


class Counted(Protocol):
    """What a roll-up needs to know of a hit."""

    @property
    def at(self) -> int: ...
    @property
    def issue(self) -> int: ...
    @property
    def reader(self) -> int: ...
    @property
    def kind(self) -> HitKind: ...
    @property
    def link(self) -> int: ...
    @property
    def article(self) -> int | None: ...
    @property
    def audience(self) -> int | None: ...
    @property
    def verdict(self) -> Verdict: ...
    @property
    def certainty(self) -> int: ...
    @property
    def rules(self) -> tuple[str, ...]: ...


_DAY = 86_400_000_000
_OFFSET = 9 * 3_600_000_000
_COUNTED, _SURELY, _AT_MOST = 1, 2, 4
_BITS = (_COUNTED, _SURELY, _AT_MOST)
"""What a reader's hits of one kind and link say of him, in the order of the columns of :class:`Turnout`."""
_COUNTS = (Verdict.HUMAN, Verdict.UNKNOWN)
_Presence = dict[tuple[str, int, int], int]
"""By kind, link and audience these bits."""


@lru_cache(4096)
def _day(number: int) -> date:
    return date.fromordinal(719_163 + number)


def day_of(at: int) -> date:
    """The day in Asia/Tokyo of microseconds since 1970."""
    return _day((at + _OFFSET) // _DAY)


def start_of(day: date) -> datetime:
    """When a day begins in Asia/Tokyo, in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=JST).astimezone(UTC)


class Change:
    """What adding hits, or changing their verdicts, does to every roll-up."""

    def __init__(self) -> None:
        self._tally: dict[tuple[Any, ...], int] = {}
        self._turnout: dict[tuple[Any, ...], list[int]] = {}
        self._reading: dict[tuple[int, int, int, int], list[int]] = {}

    def add(self, before: Sequence[Counted], after: Sequence[Counted], new: Sequence[Counted]) -> None:
        """One reader's copy.

        Arguments:
            before: the hits that are stored, as they were.
            after: the same as they are now, in the same order; the very same object where nothing has changed.
            new: those that are added.
        """
        was: _Presence = {}
        for hit in before:
            _note(was, hit)
        now: _Presence = dict(was)
        if after is not before:
            now.clear()
            for old, hit in zip(before, after, strict=True):
                _note(now, hit)
                if old is not hit:
                    self._count(old, -1)
                    self._count(hit, 1)
        for hit in new:
            _note(now, hit)
            self._count(hit, 1)
        if was != now:
            self._turn((*new, *after)[0].issue, was, now)

    def _count(self, hit: Counted, sign: int) -> None:
        # Day and reason stay as they come: they are worked out once for all hits that are alike.
        day, audience, verdict, kind = (hit.at + _OFFSET) // _DAY, hit.audience or NO_AUDIENCE, hit.verdict, hit.kind
        mark = "" if verdict is Verdict.HUMAN else hit.rules[0]
        key = (
            hit.issue, kind._value_, hit.link, day, audience, verdict._value_, mark, hit.certainty >= SURE,
        )  # fmt: skip
        self._tally[key] = self._tally.get(key, 0) + sign
        if hit.article is not None and kind is HitKind.CLICK and verdict in _COUNTS:
            place = (hit.article, hit.reader, day, audience)
            self._reading.setdefault(place, [0, 0])[verdict is Verdict.UNKNOWN] += sign

    def _turn(self, issue: int, was: _Presence, now: _Presence) -> None:
        for key in was.keys() | now.keys():
            old, new = was.get(key, 0), now.get(key, 0)
            if old != new:
                numbers = self._turnout.setdefault((issue, *key), [0, 0, 0])
                for place, difference in _steps(old, new):
                    numbers[place] += difference

    def apply(self, session: Session) -> None:
        """Write it down. The caller holds the lock that lets one at a time change hits."""
        sums: Counter[tuple[Any, ...]] = Counter()
        for (issue, kind, link, day, audience, verdict, mark, sure), hits in self._tally.items():
            sums[issue, kind, link, _day(day), audience, verdict, mark.partition("@")[0], sure] += hits
        tally = [(*key, hits) for key, hits in sums.items() if hits]
        if tally:
            session.execute(_TALLY, _columns(tally, 9))
        turnout = [(*key, *numbers) for key, numbers in self._turnout.items() if any(numbers)]
        if turnout:
            session.execute(_TURNOUT, _columns(turnout, 7))
        readings = [
            (article, reader, _day(day), audience, human, unknown)
            for (article, reader, day, audience), (human, unknown) in self._reading.items()
            if human or unknown
        ]
        readership.apply(session, readings)


@lru_cache(64)
def _steps(old: int, new: int) -> tuple[tuple[int, int], ...]:
    """Which columns change, and by how much, where a reader's bits do."""
    steps = ((place, (new & bit > 0) - (old & bit > 0)) for place, bit in enumerate(_BITS))
    return tuple((place, difference) for place, difference in steps if difference)


def _note(presence: _Presence, hit: Counted) -> None:
    """Add what a hit says of its reader, for its link and for any."""
    sure = hit.certainty >= SURE
    if hit.verdict.is_person(hit.kind):
        bits = _COUNTED | _SURELY | _AT_MOST if sure else _COUNTED | _AT_MOST
    elif sure:
        return
    else:
        bits = _AT_MOST
    kind, audience = hit.kind._value_, hit.audience or NO_AUDIENCE
    key = (kind, 0, audience)
    presence[key] = presence.get(key, 0) | bits
    if hit.link:
        key = (kind, hit.link, audience)
        presence[key] = presence.get(key, 0) | bits


def _columns(rows: Sequence[tuple[Any, ...]], width: int) -> dict[str, list[Any]]:
    # In the order of the key: two transactions that ever met would wait for each other, not lock up.
    return {f"c{n}": list(column) for n, column in zip(range(width), zip(*sorted(rows), strict=True), strict=True)}


_TALLY = text(
    """
    INSERT INTO tally (issue_id, kind, link, day, audience_id, verdict, reason, sure, hits)
    SELECT * FROM unnest(CAST(:c0 AS int[]), CAST(:c1 AS text[]), CAST(:c2 AS int[]), CAST(:c3 AS date[]),
      CAST(:c4 AS int[]), CAST(:c5 AS text[]), CAST(:c6 AS text[]), CAST(:c7 AS boolean[]), CAST(:c8 AS int[]))
    ON CONFLICT (issue_id, kind, link, day, audience_id, verdict, reason, sure)
    DO UPDATE SET hits = tally.hits + excluded.hits
    """
)
_TURNOUT = text(
    """
    INSERT INTO turnout (issue_id, kind, link, audience_id, readers, at_least, at_most)
    SELECT * FROM unnest(CAST(:c0 AS int[]), CAST(:c1 AS text[]), CAST(:c2 AS int[]), CAST(:c3 AS int[]),
      CAST(:c4 AS int[]), CAST(:c5 AS int[]), CAST(:c6 AS int[]))
    ON CONFLICT (issue_id, kind, link, audience_id) DO UPDATE SET
      readers = turnout.readers + excluded.readers, at_least = turnout.at_least + excluded.at_least,
      at_most = turnout.at_most + excluded.at_most
    """
)
