"""Roll-ups: hits counted by issue, link, day, audience and verdict, and different readers by issue, link and day.

No page counts raw hits. Roll-ups are kept by difference: whoever adds hits, or changes their verdicts, gives the hits
of each reader's copy as they were and as they are now to a :class:`RollupChange`, which adds only what differs, in the
same transaction. Different readers need all hits of a copy on both sides, as a reader counts once however many hits
there are. Counting an issue again would read millions of rows; the difference costs as much as the new hits.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from operator import attrgetter
from typing import Any, Protocol

from sqlalchemy import String, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from ..store.base import Base
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
"""The columns of :class:`UniqueReaderCount` that count."""
_COUNTS = (Verdict.HUMAN, Verdict.UNKNOWN)
_CLICK, _UNKNOWN, _HUMAN = HitKind.CLICK, Verdict.UNKNOWN, Verdict.HUMAN.value
_PLACE = attrgetter("issue", "kind._value_", "link", "audience", "verdict._value_")
_GROUP = attrgetter("issue", "kind._value_", "link", "audience", "verdict._value_", "rules", "certainty")
_Presence = frozenset[tuple[int, str, int, int, int, int]]
"""Issue, kind, link, audience, day and column: the counters in which a reader counts, on one day or on any."""
_ANY_DAY = -1_000_000
_ANY_AUDIENCE = -1


def _day_number(at: int) -> int:
    """Days from 1970 to the day in Asia/Tokyo of microseconds since 1970."""
    return (at + _TOKYO_OFFSET) // _DAY


@lru_cache(4096)
def _date(number: int) -> date:
    return date.fromordinal(719_163 + number)


class RollupChange:
    """What adding hits, or changing their verdicts, does to every roll-up."""

    def __init__(self, elsewhere: Container[tuple[int, int | None]] = ()) -> None:
        """Arguments:
        elsewhere: issues with articles that went out in another issue first. Under a pseudonym a reader of both issues
            would be two; so such readers of an article are counted in its first issue only.
        """
        self._elsewhere = elsewhere
        self._added: list[CountableHit] = []
        self._removed: list[CountableHit] = []
        self._moves: Counter[tuple[_Presence, _Presence]] = Counter()
        self._devices: list[tuple[tuple[int, int], int, bool, date]] = []

    def add(self, before: Sequence[CountableHit], after: Sequence[CountableHit], new: Sequence[CountableHit]) -> None:
        """Add the change of one reader's copy.

        Arguments:
            before: the hits that are stored, as they were.
            after: the same as they are now, in the same order; the same objects where nothing has changed.
            new: those that are added.
        """
        was = now = _presence(before) if before else _NOWHERE
        if after is not before:
            changed = [(old, hit) for old, hit in zip(before, after, strict=True) if old is not hit]
            self._removed += [old for old, _ in changed]
            self._added += [hit for _, hit in changed]
            now = _presence(after)
        if new:
            self._added += new
            now = now | _presence(new) if now else _presence(new)
        if was != now:
            self._moves[was, now] += 1
        if len(before) + len(new) >= MIN_DEVICES:
            self._add_devices([*after, *new])

    def _add_devices(self, hits: Sequence[CountableHit]) -> None:
        one = hits[0]
        if one.reader > 0:
            last = max([_day_number(hit.at) for hit in hits])
            self._devices.append(((one.issue, one.reader), *shared_copy.count_devices(hits), _date(last)))

    def apply(self, session: Session) -> None:
        """Write the change to every roll-up. The caller holds :func:`.ingest.lock`."""
        daily_hits = [(*key, hits) for key, hits in _daily_hits(self._added, self._removed).items() if hits]
        if daily_hits:
            session.execute(_DAILY_HITS, _columns(daily_hits, 9))
        readers = self._unique_readers()
        unique_readers = _pivot({(*key, column): n for (*key, day, column), n in readers.items() if day == _ANY_DAY}, 2)
        if unique_readers:
            session.execute(_UNIQUE_READERS, _columns(unique_readers, 6))
        daily_readers = _pivot(
            {(*key, _date(day), column): n for (*key, _, day, column), n in readers.items() if day != _ANY_DAY}, 2
        )
        if daily_readers:
            session.execute(_DAILY_READERS, _columns(daily_readers, 6))
        shared_copy.save(session, self._devices)
        readings = _difference(self._readings(self._added), self._readings(self._removed))
        readership.apply_changes(session, _pivot(readings, 2))

    def _readings(self, hits: Iterable[CountableHit]) -> Iterator[tuple[Any, ...]]:
        for hit in hits:
            if hit.article is None or hit.kind is not _CLICK or hit.verdict not in _COUNTS:
                continue
            if hit.reader < 0 and (is_nobody(hit.reader) or (hit.issue, hit.article) in self._elsewhere):
                continue
            yield (
                hit.article,
                hit.reader,
                _date(_day_number(hit.at)),
                hit.audience or NO_AUDIENCE,
                hit.verdict is _UNKNOWN,
            )

    def _unique_readers(self) -> Counter[tuple[Any, ...]]:
        sums: Counter[tuple[Any, ...]] = Counter()
        for (was, now), readers in self._moves.items():
            for place in was ^ now:
                sums[place] += readers if place in now else -readers
        return sums


def _daily_hits(added: Sequence[CountableHit], removed: Sequence[CountableHit]) -> Counter[tuple[Any, ...]]:
    """Hits by the key of :class:`DailyHitCount`. Equal hits are counted first, as most are equal."""
    sums: Counter[tuple[Any, ...]] = Counter()
    for (group, number), hits in _difference(_groups(added), _groups(removed)).items():
        issue, kind, link, audience, verdict, rules, certainty = group
        reason = "" if verdict == _HUMAN else rules[0].partition("@")[0]
        sums[issue, kind, link, _date(number), audience or NO_AUDIENCE, verdict, reason, certainty >= SURE] += hits
    return sums


def _groups(hits: Sequence[CountableHit]) -> Iterator[tuple[Any, int]]:
    return zip(map(_GROUP, hits), [_day_number(hit.at) for hit in hits], strict=True)


def _difference(added: Iterable[tuple[Any, ...]], removed: Iterable[tuple[Any, ...]]) -> Counter[tuple[Any, ...]]:
    """How much more often each is added than removed."""
    sums = Counter(added)
    sums.subtract(removed)
    return sums


def _pivot(sums: Mapping[tuple[Any, ...], int], width: int) -> list[tuple[Any, ...]]:
    """Rows of keys without their last part, which is the column that the number belongs in."""
    rows: dict[tuple[Any, ...], list[int]] = {}
    for (*key, column), number in sums.items():
        rows.setdefault(tuple(key), [0] * width)[column] += number
    return [(*key, *numbers) for key, numbers in rows.items() if any(numbers)]


def _presence(hits: Sequence[CountableHit]) -> _Presence:
    """The counters in which these hits, all of one copy, count their reader."""
    if not hits or is_nobody(hits[0].reader):
        return _NOWHERE
    places = map(_contribution, map(_PLACE, hits), [(hit.at + _TOKYO_OFFSET) // _DAY for hit in hits])
    # Of one hit, and of hits that count alike, this is the set that is remembered.
    alike = set(places)
    return alike.pop() if len(alike) == 1 else _NOWHERE.union(*alike)


_NOWHERE: _Presence = frozenset()


@lru_cache(16_384)
def _contribution(where: tuple[int, str, int, int | None, str], day: int) -> _Presence:
    """The counters in which a hit counts its reader: for its link, for its link on that day, and for any link."""
    issue, kind, link, audience, name = where
    verdict = Verdict(name)
    columns = [_READERS, _WIDE] if verdict.is_person(HitKind(kind)) else [_WIDE] if verdict is _UNKNOWN else []
    places = {
        (0, audience or NO_AUDIENCE, _ANY_DAY),
        (link, audience or NO_AUDIENCE, _ANY_DAY),
        (link, _ANY_AUDIENCE, day),
    }
    return frozenset((issue, kind, *place, column) for place in places for column in columns)


def _columns(rows: Sequence[tuple[Any, ...]], width: int) -> dict[str, list[Any]]:
    # In the order of the key, so that two transactions cannot deadlock.
    return {f"c{n}": list(column) for n, column in zip(range(width), zip(*sorted(rows), strict=True), strict=True)}


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
