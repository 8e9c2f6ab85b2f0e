"""Roll-ups: hits counted by issue, link, day, audience and verdict, and different readers by issue, link and day.

No page counts raw hits. Roll-ups are kept by difference: whoever adds hits, or changes their verdicts, gives the hits
of each reader's copy as they were and as they are now to a :class:`RollupChange`, which adds only what differs, in the
same transaction. Different readers need all hits of a copy on both sides, as a reader counts once however many hits
there are. Counting an issue again would read millions of rows; the difference costs as much as the new hits.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, Protocol

from sqlalchemy import String, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from ..store.base import Base
from ..store.db import array_literal
from . import readership, shared_copy
from .pseudonym import is_nobody
from .readership import NO_AUDIENCE
from .rules import SURE, HitKind, Verdict
from .shared_copy import MIN_DEVICES, DeviceHit


class DailyHitCount(Base):
    """How many hits of one kind and verdict a link, or the letter itself (link 0), had on a day in Asia/Tokyo."""

    __tablename__ = "tally"

    issue_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[HitKind] = mapped_column(primary_key=True)
    link: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(primary_key=True)
    audience_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """NO_AUDIENCE where the reader has none."""
    verdict: Mapped[Verdict] = mapped_column(primary_key=True)
    reason: Mapped[str] = mapped_column(String(40), primary_key=True)
    """The rule that decided; empty for a person's."""
    sure: Mapped[bool] = mapped_column(primary_key=True)
    hits: Mapped[int]


class UniqueReaderCount(Base):
    """How many different readers of an issue had a hit that counts as a person's."""

    __tablename__ = "turnout"

    issue_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[HitKind] = mapped_column(primary_key=True)
    link: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """0 for any."""
    audience_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    readers: Mapped[int]
    wide: Mapped[int]
    """Also those with a hit that is ``unknown``: by :attr:`.readership.Policy.WIDE`."""


class DailyReaderCount(Base):
    """How many different readers a link, or the letter itself (link 0), had on a day in Asia/Tokyo.

    A report's clicks by people are sums of these, so that a link which was passed on to a thousand people, or reloaded
    a thousand times, is one click a day. The columns are those of :class:`UniqueReaderCount`.
    """

    __tablename__ = "daily_reader_count"

    issue_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[HitKind] = mapped_column(primary_key=True)
    link: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(primary_key=True)
    readers: Mapped[int]
    wide: Mapped[int]


class CountableHit(DeviceHit, Protocol):
    """What roll-ups need of a hit."""

    @property
    def at(self) -> int: ...
    @property
    def issue(self) -> int: ...
    @property
    def reader(self) -> int: ...
    @property
    def link(self) -> int: ...
    @property
    def article(self) -> int | None: ...
    @property
    def audience(self) -> int | None: ...
    @property
    def certainty(self) -> int: ...


_DAY = 86_400_000_000
_TOKYO_OFFSET = 9 * 3_600_000_000
"""Microseconds. Japan has kept this offset since 1951, and a time zone object in the inner loop is slow."""
_READERS, _WIDE = range(2)
"""The columns of :class:`UniqueReaderCount` that count; and of readings: clicks by people, and unknown ones."""
_CLICK, _UNKNOWN, _HUMAN = HitKind.CLICK, Verdict.UNKNOWN, Verdict.HUMAN
_Counter = tuple[int, str, int, int, int, int]
"""Issue, kind, link, audience, day and column: a number in which a reader counts once, on one day or on any."""
_Presence = frozenset[frozenset[_Counter]]
"""The counters in which a reader counts, as sets of those of each hit: few different ones, which are made once."""
_ANY_DAY = -1_000_000
_ANY_AUDIENCE = -1


def _day_number(at: int) -> int:
    """Days from 1970 to the day in Asia/Tokyo of microseconds since 1970."""
    return (at + _TOKYO_OFFSET) // _DAY


@lru_cache(4096)
def _date(number: int) -> date:
    return date.fromordinal(719_163 + number)


class _AlikeHits:
    """Hits with the same issue, kind, link, article, audience, verdict, reason and day: they count alike everywhere."""

    __slots__ = ("counters", "hits", "reads")

    def __init__(self, counters: frozenset[_Counter], reads: dict[int, int] | None) -> None:
        self.hits = 0
        """How many are added."""
        self.counters = counters
        self.reads = reads
        """Clicks added by reader, for the article, day, audience and column of all these; None where they are none."""


class RollupChange:
    """What adding hits, or changing their verdicts, does to every roll-up."""

    def __init__(self, elsewhere: Container[tuple[int, int | None]] = ()) -> None:
        """Arguments:
        elsewhere: issues with articles that went out in another issue first. Under a pseudonym a reader of both issues
            would be two; so such readers of an article are counted in its first issue only.
        """
        self._elsewhere = elsewhere
        self._alike: dict[tuple[Any, ...], _AlikeHits] = {}
        self._reads: dict[tuple[int, int, int, int], dict[int, int]] = {}
        self._moves: dict[tuple[_Presence, _Presence], int] = {}
        self._devices: list[tuple[tuple[int, int], int, bool, date]] = []

    def add(self, before: Sequence[CountableHit], after: Sequence[CountableHit], new: Sequence[CountableHit]) -> None:
        """Add the change of one reader's copy.

        Arguments:
            before: the hits that are stored, as they were.
            after: the same as they are now, in the same order; the same objects where nothing has changed.
            new: those that are added.
        """
        gone: Sequence[CountableHit] = ()
        came, kept = new, before
        if after is not before:
            pairs = list(zip(before, after, strict=True))
            gone = [old for old, hit in pairs if old is not hit]
            came = [*(hit for old, hit in pairs if old is not hit), *new]
            kept = [hit for old, hit in pairs if old is hit]
        same = self._count(kept, 0) if kept else _NOWHERE
        was = same | self._count(gone, -1) if gone else same
        now = same if not came else same | self._count(came, 1) if kept else self._count(came, 1)
        if was != now:
            move = (was, now)
            self._moves[move] = self._moves.get(move, 0) + 1
        if len(before) + len(new) >= MIN_DEVICES:
            self._add_devices([*after, *new])

    def _count(self, hits: Sequence[CountableHit], times: int) -> _Presence:
        """Add some hits of one copy so many times; returns the counters in which they count their reader."""
        known, found = self._alike, set()
        first = hits[0]
        issue, reader = first.issue, first.reader
        is_pseudonym, last = reader < 0, None
        for hit in hits:
            key = (
                issue, hit.kind, hit.link, hit.article, hit.audience, hit.verdict, hit.certainty >= SURE,
                hit.rules[0] if hit.rules else "", (hit.at + _TOKYO_OFFSET) // _DAY, is_pseudonym,
            )  # fmt: skip
            alike = known.get(key)
            if alike is None:
                alike = known[key] = self._alike_hits(*key)
            if alike is not last:
                found.add(alike.counters)
                last = alike
            if times:
                alike.hits += times
                if (reads := alike.reads) is not None:
                    reads[reader] = reads.get(reader, 0) + times
        return _NOWHERE if is_nobody(reader) else frozenset(found)

    def _alike_hits(
        self, issue: int, kind: HitKind, link: int, article: int | None, audience: int | None, verdict: Verdict,
        _sure: bool, _rule: str, day: int, pseudonymous: bool,
    ) -> _AlikeHits:  # fmt: skip
        counters = _counters(issue, kind, link, audience, verdict, day)
        is_read = article is not None and kind is _CLICK and verdict in (_HUMAN, _UNKNOWN)
        if article is None or not is_read or (pseudonymous and (issue, article) in self._elsewhere):
            return _AlikeHits(counters, None)
        key = (article, day, audience or NO_AUDIENCE, _WIDE if verdict is _UNKNOWN else _READERS)
        return _AlikeHits(counters, self._reads.setdefault(key, {}))

    def _add_devices(self, hits: Sequence[CountableHit]) -> None:
        one = hits[0]
        if one.reader > 0:
            last = max([_day_number(hit.at) for hit in hits])
            self._devices.append(((one.issue, one.reader), *shared_copy.count_devices(hits), _date(last)))

    def apply(self, session: Session) -> None:
        """Write the change to every roll-up. The caller holds :func:`.ingest.lock`."""
        daily_hits = [(*key, hits) for key, hits in self._daily_hits().items() if hits]
        if daily_hits:
            session.execute(_DAILY_HITS, _columns(daily_hits))
        readers = self._unique_readers()
        unique_readers = _pivot({(*key, column): n for (*key, day, column), n in readers.items() if day == _ANY_DAY})
        if unique_readers:
            session.execute(_UNIQUE_READERS, _columns(unique_readers))
        daily_readers = _pivot(
            {(*key, _date(day), column): n for (*key, _, day, column), n in readers.items() if day != _ANY_DAY}
        )
        if daily_readers:
            session.execute(_DAILY_READERS, _columns(daily_readers))
        shared_copy.save(session, self._devices)
        readership.apply_changes(session, self._readings())

    def _daily_hits(self) -> Counter[tuple[Any, ...]]:
        """Hits by the key of :class:`DailyHitCount`."""
        sums: Counter[tuple[Any, ...]] = Counter()
        for key, alike in self._alike.items():
            if alike.hits:
                issue, kind, link, _, audience, verdict, sure, rule, day, _ = key
                reason = "" if verdict is _HUMAN else rule.partition("@")[0]
                place = (issue, kind._value_, link, _date(day), audience or NO_AUDIENCE, verdict._value_)
                sums[*place, f'"{reason}"', sure] += alike.hits
        return sums

    def _unique_readers(self) -> Counter[_Counter]:
        sums: Counter[_Counter] = Counter()
        for (was, now), readers in self._moves.items():
            before, after = frozenset().union(*was), frozenset().union(*now)
            for counter in before ^ after:
                sums[counter] += readers if counter in after else -readers
        return sums

    def _readings(self) -> list[tuple[Any, ...]]:
        """Article, reader, day, audience, and the clicks by people and unknown ones that are added."""
        sums: dict[tuple[Any, ...], list[int]] = {}
        for (article, day, audience, column), readers in self._reads.items():
            for reader, clicks in readers.items():
                if clicks and not is_nobody(reader):
                    sums.setdefault((article, reader, _date(day), audience), [0, 0])[column] += clicks
        return [(*key, *numbers) for key, numbers in sums.items()]


def _pivot(sums: Mapping[tuple[Any, ...], int]) -> list[tuple[Any, ...]]:
    """Rows of keys without their last part, which says which of two columns the number belongs in."""
    rows: dict[tuple[Any, ...], list[int]] = {}
    for (*key, column), number in sums.items():
        rows.setdefault(tuple(key), [0, 0])[column] += number
    return [(*key, *numbers) for key, numbers in rows.items() if any(numbers)]


_NOWHERE: _Presence = frozenset()


@lru_cache(16_384)
def _counters(
    issue: int, kind: HitKind, link: int, audience: int | None, verdict: Verdict, day: int
) -> frozenset[_Counter]:
    """The counters in which a hit counts its reader: for its link, for its link on that day, and for any link."""
    columns = [_READERS, _WIDE] if verdict.is_person(kind) else [_WIDE] if verdict is _UNKNOWN else []
    places = {
        (0, audience or NO_AUDIENCE, _ANY_DAY),
        (link, audience or NO_AUDIENCE, _ANY_DAY),
        (link, _ANY_AUDIENCE, day),
    }
    return frozenset((issue, kind._value_, *place, column) for place in places for column in columns)


def _columns(rows: Sequence[tuple[Any, ...]]) -> dict[str, str]:
    # In the order of the key, so that two transactions cannot deadlock.
    return {f"c{n}": array_literal(column) for n, column in enumerate(zip(*sorted(rows), strict=True))}


_DAILY_HITS = text(
    """
    INSERT INTO tally (issue_id, kind, link, day, audience_id, verdict, reason, sure, hits)
    SELECT * FROM unnest(CAST(:c0 AS int[]), CAST(:c1 AS text[]), CAST(:c2 AS int[]), CAST(:c3 AS date[]),
      CAST(:c4 AS int[]), CAST(:c5 AS text[]), CAST(:c6 AS text[]), CAST(:c7 AS boolean[]), CAST(:c8 AS int[]))
    ON CONFLICT (issue_id, kind, link, day, audience_id, verdict, reason, sure)
    DO UPDATE SET hits = tally.hits + excluded.hits
    """
)
_UNIQUE_READERS = text(
    """
    INSERT INTO turnout (issue_id, kind, link, audience_id, readers, wide)
    SELECT * FROM unnest(CAST(:c0 AS int[]), CAST(:c1 AS text[]), CAST(:c2 AS int[]), CAST(:c3 AS int[]),
      CAST(:c4 AS int[]), CAST(:c5 AS int[]))
    ON CONFLICT (issue_id, kind, link, audience_id) DO UPDATE SET
      readers = turnout.readers + excluded.readers, wide = turnout.wide + excluded.wide
    """
)
_DAILY_READERS = text(
    """
    INSERT INTO daily_reader_count (issue_id, kind, link, day, readers, wide)
    SELECT * FROM unnest(CAST(:c0 AS int[]), CAST(:c1 AS text[]), CAST(:c2 AS int[]), CAST(:c3 AS date[]),
      CAST(:c4 AS int[]), CAST(:c5 AS int[]))
    ON CONFLICT (issue_id, kind, link, day) DO UPDATE SET
      readers = daily_reader_count.readers + excluded.readers, wide = daily_reader_count.wide + excluded.wide
    """
)
