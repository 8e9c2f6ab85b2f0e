"""Whether the audit log is as it was written: every row that was changed, removed or put in, the first one first.

The description that this follows is ``docs/audit.md``; ``docs/verify/audit-verify.py`` follows it without a line of
this.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from . import audit, audit_day, audit_key
from .audit import AuditEntry
from .audit_day import AuditDay, Head

_REACH = 1000
"""How far an entry is looked for that stands under another number than the one that it was written with."""


class FaultKind(enum.Enum):
    """What is wrong."""

    CHANGED = "changed"
    MISSING = "missing"
    INSERTED = "inserted"
    FORGED = "forged"
    HEAD = "head"


class AuditFault(NamedTuple):
    """One thing that is wrong with the log."""

    number: int
    """Of the entry, or of the first of several."""
    kind: FaultKind
    until: int = 0
    """The number of the last one, where there are several."""
    id: int | None = None
    """Of the row, where it is there."""


class Checked(NamedTuple):
    """What was found."""

    faults: Sequence[AuditFault]
    entries: int
    head: Head | None
    cut: AuditDay | None
    """The last day that was cut away."""
    keys: dict[str, int]
    """How many entries each key has signed; the empty name stands for those of versions that signed nothing."""


def check(session: Session, heads: Iterable[Head] = ()) -> Checked:
    """Go through the whole log.

    Arguments:
        heads: that were noted earlier. Without one nothing tells of entries that are gone from the end.
    """
    walk = _Walk(session)
    for entry in session.scalars(
        select(AuditEntry).order_by(AuditEntry.number, AuditEntry.id).execution_options(yield_per=1000)
    ):
        walk.take(entry)
    walk.compare_days()
    for one in heads:
        walk.compare(one)
    faults = sorted(set(walk.faults), key=lambda fault: (fault.number, fault.kind.value))
    last = walk.last
    return Checked(faults, walk.count, Head(*last) if last else None, walk.cut, walk.signed)


class _Walk:
    """One walk over the entries, in the order of their numbers."""

    def __init__(self, session: Session) -> None:
        self.days = list(audit_day.list_days(session))
        self.keys = {one.id: one.public_key for one in audit_key.list_keys(session)}
        self.cut = self._last_cut(session)
        self.faults: list[AuditFault] = []
        self.count = 0
        self.signed: dict[str, int] = {}
        self.first = self.cut.last + 1 if self.cut else 1
        self.expected, self.before = self.first, self.cut.head if self.cut else ""
        self.last: tuple[date, int, str] | None = None
        self._numbers: dict[str, int] = {self.before: self.first - 1}
        self._ends: dict[date, tuple[int, str]] = {}
        self._digests: dict[int, str] = {}
        self._form = 1
        self._blamed = 0

    def _last_cut(self, session: Session) -> AuditDay | None:
        said = session.scalars(select(AuditEntry.detail["until"].as_string()).where(AuditEntry.action == audit.CUT))
        until = max(filter(None, said), default="")
        return next((one for one in reversed(self.days) if one.day.isoformat() == until), None)

    def take(self, entry: AuditEntry) -> None:
        """Look at the next entry."""
        self.count += 1
        number = entry.number
        gap = number > self.expected
        if gap:
            self._blame(FaultKind.MISSING, self.expected, number - 1)
        elif number < self.expected:
            self._blame(FaultKind.INSERTED, number, row=entry)
        if not self._is_whole(entry):
            self._blame_changed(entry)
        elif not self._is_signed(entry):
            self._blame(FaultKind.FORGED, number, row=entry)
        elif not gap and entry.previous != self.before and self._blamed < number - 1:
            # What it followed was another entry than the one that stands there now.
            self._blame(FaultKind.CHANGED if number > self.first else FaultKind.MISSING, max(number - 1, 1))
        self._form = max(self._form, entry.form)
        self.expected, self.before = max(number, self.expected - 1) + 1, entry.digest
        self.last = (entry.day, number, entry.digest)
        self._numbers[entry.digest] = number
        self._digests[number] = entry.digest
        self._ends[entry.day] = (number, entry.digest)

    def _is_whole(self, entry: AuditEntry) -> bool:
        return entry.form in (self._form, audit.FORM) and entry.digest == audit.digest_of(entry)

    def _is_signed(self, entry: AuditEntry) -> bool:
        self.signed[entry.key_id] = self.signed.get(entry.key_id, 0) + 1
        if entry.form == 1:
            return not entry.signature
        return self._holds(entry.key_id, entry.signature, Head(entry.day, entry.number, entry.digest))

    def _holds(self, key_id: str, signature: str, head: Head) -> bool:
        assert head.day is not None
        public = self.keys.get(key_id, b"")
        return audit_key.holds(public, audit_key.message(head.day, head.number, head.digest), signature)

    def _blame_changed(self, entry: AuditEntry) -> None:
        """It was changed; or it is whole under the number that it had before others were put in or taken out."""
        number, followed = entry.number, self._numbers.get(entry.previous)
        if followed is not None and followed + 1 < number and self._was(entry, followed + 1):
            self._blame(FaultKind.INSERTED, followed + 1, number - 1)
            return
        for before in range(number + 1, number + _REACH if entry.form > 1 and followed is None else number):
            if self._was(entry, before):
                self._blame(FaultKind.MISSING, number, before - 1)
                return
        self._blame(FaultKind.CHANGED, number, row=entry)

    def _was(self, entry: AuditEntry, number: int) -> bool:
        return entry.digest == audit.digest_of(entry, number)

    def _blame(self, kind: FaultKind, number: int, until: int = 0, row: AuditEntry | None = None) -> None:
        self.faults.append(AuditFault(number, kind, until or number, row.id if row else None))
        self._blamed = max(self._blamed, until or number)

    def compare_days(self) -> None:
        """The head of each day that is over is that of its last entry; of days that were cut away it is signed."""
        first, signed = 1, False
        for one in self.days:
            signed = signed or bool(one.signature)
            if signed and not self._holds(one.key_id, one.signature, Head(one.day, one.last, one.head)):
                self._blame(FaultKind.HEAD, one.last)
            if self.cut is None or one.day > self.cut.day:
                self._compare_day(one, first)
            first = one.last + 1
        over = {one.day for one in self.days}
        for day, (number, _) in sorted(self._ends.items())[:-1]:
            if day not in over:
                self._blame(FaultKind.HEAD, number)

    def _compare_day(self, one: AuditDay, first: int) -> None:
        if one.day not in self._ends:
            self._blame(FaultKind.MISSING, first, one.last)
        elif self._ends[one.day][0] < one.last:
            self._blame(FaultKind.MISSING, self._ends[one.day][0] + 1, one.last)
        elif self._ends[one.day][0] > one.last:
            self._blame(FaultKind.INSERTED, one.last + 1, self._ends[one.day][0])
        elif self._ends[one.day][1] != one.head:
            self._blame(FaultKind.CHANGED, one.last)

    def compare(self, noted: Head) -> None:
        """What was noted earlier is still in the log."""
        end = self.expected - 1
        if not noted.day:
            if noted.digest not in self._numbers and noted.digest not in {one.head for one in self.days}:
                self._blame(FaultKind.MISSING, end + 1)
        elif noted.number > end:
            self._blame(FaultKind.MISSING, end + 1, noted.number)
        elif noted.number >= self.first:
            if self._digests.get(noted.number) != noted.digest:
                self._blame(FaultKind.CHANGED, noted.number)
        elif any(one.last == noted.number and one.head != noted.digest for one in self.days):
            self._blame(FaultKind.HEAD, noted.number)
