"""Copies of a letter whose links were followed from many devices: they were passed on or published.

Such a copy is one reader still, as nobody can tell how many people stand behind it. Reports say that there are some, so
that staff know what their numbers leave out.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Protocol

from sqlalchemy import BigInteger, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from ..store.base import Base
from .rules import HitKind, Verdict

MIN_DEVICES = 20
"""Devices from which a copy is taken for shared. A person who moves about has several addresses in one letter's life,
and rarely so many with a click from each."""


class SharedCopy(Base):
    """A reader's copy that people followed links of from many devices. Dropped with the raw hits' retention."""

    __tablename__ = "shared_copy"

    issue_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    reader: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    devices: Mapped[int]
    """Different pairs of client address and agent, as far as they were kept when it was last looked at."""
    last_day: Mapped[date]
    """The day (Asia/Tokyo) of its last click."""


class DeviceHit(Protocol):
    """What this needs of a hit."""

    @property
    def kind(self) -> HitKind: ...
    @property
    def client(self) -> str | None: ...
    @property
    def agent(self) -> str | None: ...
    @property
    def verdict(self) -> Verdict: ...
    @property
    def rules(self) -> tuple[str, ...]: ...


def count_devices(hits: Iterable[DeviceHit]) -> tuple[int, bool]:
    """How many devices people clicked from, and whether that is all, as no click's details are missing.

    Clicks beyond :data:`.rules.FLOOD` count as well: a published link may bring more than that.
    """
    devices, complete = set(), True
    for hit in hits:
        if hit.kind is HitKind.CLICK and (hit.verdict is Verdict.HUMAN or _is_flood(hit.rules)):
            if hit.client is None and hit.agent is None:
                complete = False
            else:
                devices.add((hit.client, hit.agent))
    return len(devices), complete


def _is_flood(rules: tuple[str, ...]) -> bool:
    return bool(rules) and rules[0].partition("@")[0] == "flood"


def save(session: Session, found: Iterable[tuple[tuple[int, int], int, bool, date]]) -> None:
    """Note which copies are shared, or no longer seem to be.

    Arguments:
        found: issue and reader, what :func:`count_devices` told, and the day of the last click.
    """
    rows = sorted(found)
    shared = [(*copy, devices, day) for copy, devices, _, day in rows if devices >= MIN_DEVICES]
    single = [copy for copy, devices, complete, _ in rows if devices < MIN_DEVICES and complete]
    if shared:
        session.execute(_SAVE, dict(zip("abcd", map(list, zip(*shared, strict=True)), strict=True)))
    if single:
        session.execute(_DELETE, dict(zip("ab", map(list, zip(*single, strict=True)), strict=True)))


_SAVE = text(
    """
    INSERT INTO shared_copy (issue_id, reader, devices, last_day)
    SELECT * FROM unnest(CAST(:a AS int[]), CAST(:b AS bigint[]), CAST(:c AS int[]), CAST(:d AS date[]))
    ON CONFLICT (issue_id, reader) DO UPDATE SET devices = excluded.devices, last_day = excluded.last_day
    """
)
_DELETE = text(
    """
    DELETE FROM shared_copy USING unnest(CAST(:a AS int[]), CAST(:b AS bigint[])) AS single (issue_id, reader)
    WHERE shared_copy.issue_id = single.issue_id AND shared_copy.reader = single.reader
    """
)
