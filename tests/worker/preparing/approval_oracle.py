"""What may leave, worked out from plain values: who said yes to what, since when, and in which step of the route.

It is written from what the rules say, and knows nothing of how they are kept. Each method is something that people or
workers do: it tells whether they may, and what comes of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import NamedTuple

MISSED = timedelta(hours=6)
"""So long after its time an issue does not go out by itself any more."""
ON_TIME = timedelta(minutes=10)
"""So long after its time it still counts as sent at its time."""
Window = tuple[datetime | None, datetime | None]
OPEN: Window = (None, None)


class Step(NamedTuple):
    """Of these people (None: of all approvers) so many."""

    people: frozenset[str] | None
    needed: int


Route = tuple[Step, ...]


@dataclass(frozen=True)
class Content:
    """Everything that is approved."""

    subject: str = "0"
    for_ja: bool = False
    """Whether only readers of Japanese get it."""
    title: str = "0"
    imprint: str = "0"
    sender: str = "0"
    window: Window = OPEN


class Said(NamedTuple):
    """A yes: by whom, in whose place (the own name: in the own), and to what."""

    who: str
    place: str
    content: Content


class Substitution(NamedTuple):
    """Who is away, who says yes instead, from when, and until when."""

    away: str
    instead: str
    first: datetime
    until: datetime


@dataclass
class Oracle:
    """One newsletter with one issue at a time."""

    now: Callable[[], datetime]
    approvers: set[str]
    route: Route
    """Of the newsletter now."""
    content: Content = field(default_factory=Content)
    substitutions: list[Substitution] = field(default_factory=list)
    # Of the issue
    state: str = "draft"
    taken: Route = ()
    """As it was when the issue was handed in."""
    said: list[Said] = field(default_factory=list)
    author: str = ""
    editor: str = ""
    submitter: str = ""
    late: set[str] = field(default_factory=set)
    """Who has changed anything of it since it was handed in."""
    saved: set[str] = field(default_factory=set)
    """Who has ever saved its text."""
    at: datetime | None = None
    frozen: Content | None = None
    """What its letters carry."""
    in_repair: bool = False

    def write_another(self, author: str) -> None:
        """The next issue begins. What was said about the last one is nothing to it."""
        self.state, self.author, self.editor, self.submitter = "draft", author, "", ""
        self.saved, self.said, self.late, self.at, self.frozen, self.in_repair = set(), [], set(), None, None, False
        self.content = replace(self.content, for_ja=False, window=OPEN)

    # Who may say yes

    @property
    def writers(self) -> set[str]:
        """Who answers for the content, and so has no say."""
        before = self.saved if self.frozen is None else set()
        return {self.author, self.editor, self.submitter, *self.late, *before} - {""}

    @property
    def route_now(self) -> Route:
        """The way of the issue; a repair takes the newsletter's present one."""
        return self.route if self.in_repair else self.taken

    @property
    def awaits(self) -> bool:
        return self.state == "in_review" or (self.state == "paused" and self.in_repair)

    def filled(self) -> list[list[Said]]:
        """Whose yes to the present content stands in which step."""
        route = self.route_now
        found: list[list[Said]] = [[] for _ in route]
        for said in self.said:
            if said.content != self.content or said.who in self.writers:
                continue
            if any(said.who == other.who for step in found for other in step):
                continue  # one person, one yes
            at = self.open_step(found)
            if at is None or any(said.place == other.place for other in found[at]):
                continue
            if said.place in (route[at].people or {said.who}):
                found[at].append(said)
        return found

    def open_step(self, found: list[list[Said]] | None = None) -> int | None:
        """The step that is asked now; None where all are complete."""
        found = self.filled() if found is None else found
        return next((at for at, step in enumerate(self.route_now) if len(found[at]) < step.needed), None)

    @property
    def is_complete(self) -> bool:
        return self.open_step() is None

    def place_for(self, who: str) -> str | None:
        """In whose place this person may say yes now; None where nobody lets them."""
        found = self.filled()
        at = self.open_step(found)
        if at is None or who not in self.approvers - self.writers:
            return None
        if any(who == said.who for step in found for said in step):
            return None
        wanted, taken = self.route_now[at].people, {said.place for said in found[at]}
        if wanted is None or (who in wanted and who not in taken):
            return who
        of_today = [one for one in self.substitutions if one.instead == who and one.first <= self.now() < one.until]
        places = (one.away for one in sorted(of_today, key=lambda one: one.first) if one.away in wanted - taken)
        return next(places, None)

    # What writers do

    def edit(self, who: str, after: Content) -> bool:
        changed = after != self.content
        if self.state == "paused":
            if after.for_ja != self.content.for_ja:
                return False
            assert self.frozen is not None
            self.in_repair = (after.subject, after.for_ja) != (self.frozen.subject, self.frozen.for_ja)
        elif self.state not in ("draft", "in_review", "approved", "scheduled"):
            return False
        elif changed:
            self.state, self.at = "draft", None
        self.content, self.editor = after, who
        if changed:
            self.late.add(who)
            self.saved.add(who)
        return True

    def submit(self, who: str, window: Window) -> bool:
        if self.state != "draft" or (window[1] is not None and window[1] <= self.now()):
            return False
        self.content = replace(self.content, window=window)
        self.submitter, self.taken, self.said, self.late = who, self.route, [], set()
        self.state = "in_review" if self.taken else "approved"
        return True

    def withdraw(self, who: str) -> bool:
        if who not in {self.author, self.editor, self.submitter} or self.state not in ("in_review", "approved"):
            return False
        self.state, self.said = "draft", []
        return True

    def change_beside(self, who: str | None, after: Content) -> None:
        """An article or the newsletter changes; the issue itself stays."""
        if after != self.content and who is not None:
            self.late.add(who)
        self.content = after

    def hear(self) -> None:
        """Somebody looks whether what was approved is what would go out."""
        last = self.content.window[1]
        if self.state in ("approved", "scheduled") and (
            not self.is_complete or (last is not None and last < self.begins)
        ):
            self.state, self.at = "draft", None

    @property
    def begins(self) -> datetime:
        """When it counts as sent if it is sent now."""
        now = self.now()
        return self.at if self.at is not None and timedelta() <= now - self.at <= ON_TIME else now

    # What approvers do

    def approve(self, who: str) -> bool:
        place = self.place_for(who)
        if not self.awaits or place is None:
            return False
        self.said.append(Said(who, place, self.content))
        if self.state == "in_review" and self.is_complete:
            self.state = "approved"
        return True

    def send_back(self, who: str) -> bool:
        has_said = any(who == said.who for step in self.filled() for said in step)
        if not self.awaits or who not in self.approvers - self.writers or not (has_said or self.place_for(who)):
            return False
        self.said = []
        if self.state == "in_review":
            self.state = "draft"
        return True

    # What senders and workers do

    def schedule(self, at: datetime) -> bool:
        if self.state not in ("approved", "scheduled"):
            return False
        self.hear()
        if self.state == "draft":
            return False
        first, last = self.content.window
        if (first is not None and at < first) or (last is not None and at > last):
            return False
        self.state, self.at = "scheduled", at
        return True

    def unschedule(self) -> bool:
        return self._go("scheduled", "approved")

    def pause(self) -> bool:
        return self._go("sending", "paused")

    def resume(self) -> bool:
        return not self.in_repair and self._go("paused", "sending")

    def _go(self, before: str, after: str) -> bool:
        if self.state != before:
            return False
        self.state = after
        return True

    def prepare(self) -> None:
        """A worker looks whether it goes out now, as it is now."""
        if self.state != "scheduled" or self.at is None:
            return
        now, (first, last) = self.now(), self.content.window
        if self.at < now - MISSED:
            self.state = "approved"
        elif self.at <= now:
            in_window = (first is None or first <= self.begins) and (last is None or self.begins <= last)
            self.state = "sending" if self.is_complete and in_window else "draft"
            if self.state == "sending":
                self.frozen = self.content

    def repair(self, who: str) -> bool:
        """Put the present content into letters that are not out; where nobody has approved it, ask for that."""
        if self.state != "paused" or (self.in_repair and not self.is_complete):
            return False
        if self.is_complete:
            self.frozen, self.in_repair = self.content, False
        else:
            self.submitter, self.in_repair = who, True
        return True
