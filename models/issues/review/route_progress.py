"""How far an issue has come on its route: whose yes stands in which step, and who is asked now.

Nothing of this is kept. It is worked out of the decisions in their order, so that a yes which counts no more (its giver
has become an author, the content has changed) leaves nothing behind in a later step. One person has one yes, whatever
steps name them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from ...staff.member import Member
from .approval_route import ApprovalRoute, RouteStep
from .substitute import Substitute


@dataclass(frozen=True)
class Yes:
    """Somebody's yes, as a route sees it."""

    member_id: int
    in_place_of_id: int | None = None
    """For whom it was said by a substitute."""


@dataclass(frozen=True)
class Seat:
    """One way for a person to say yes in a step: in their own name, or in somebody's place."""

    member: Member
    in_place_of_id: int | None = None

    @property
    def holder_id(self) -> int:
        """The person whom the step names."""
        return self.in_place_of_id or self.member.id


@dataclass(frozen=True)
class StepProgress:
    """A step, and whose yeses stand in it."""

    number: int
    """From 1."""
    step: RouteStep
    yeses: tuple[Yes, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Whether all have said yes whose yes it wants."""
        return len(self.yeses) >= self.step.yeses

    @property
    def missing(self) -> int:
        """How many yeses it still wants."""
        return max(0, self.step.yeses - len(self.yeses))

    def has_said(self, holder_id: int) -> bool:
        """Whether a yes stands in the place of this person."""
        return any(holder_id == (yes.in_place_of_id or yes.member_id) for yes in self.yeses)

    def takes(self, yes: Yes) -> bool:
        """Whether the yes is one that it asks for."""
        holder_id = yes.in_place_of_id or yes.member_id
        if self.has_said(holder_id):
            return False
        return holder_id in self.step.approvers if self.step.approvers else yes.in_place_of_id is None


@dataclass(frozen=True)
class RouteProgress:
    """A route, and how far it is gone."""

    steps: tuple[StepProgress, ...]

    @property
    def open_step(self) -> StepProgress | None:
        """The step that is asked now; None where all are complete."""
        return next((one for one in self.steps if not one.is_complete), None)

    @property
    def is_complete(self) -> bool:
        """Whether every step has its yeses."""
        return self.open_step is None

    @property
    def yeses(self) -> list[Yes]:
        """The yeses that count, those of the first step first."""
        return [yes for one in self.steps for yes in one.yeses]

    @property
    def needed(self) -> int:
        """How many yeses the route wants in all."""
        return sum(one.step.yeses for one in self.steps)

    def has_said_yes(self, member_id: int) -> bool:
        """Whether a yes of this person counts in any step."""
        return any(yes.member_id == member_id for yes in self.yeses)


def along(route: ApprovalRoute, yeses: Iterable[Yes]) -> RouteProgress:
    """How far *yeses*, in the order in which they were said, bring an issue along a route."""
    steps = [StepProgress(number, step) for number, step in enumerate(route.steps, 1)]
    said: set[int] = set()
    for yes in yeses:
        at = next((one for one in steps if not one.is_complete), None)
        if at is not None and yes.member_id not in said and at.takes(yes):
            steps[at.number - 1] = StepProgress(at.number, at.step, (*at.yeses, yes))
            said.add(yes.member_id)
    return RouteProgress(tuple(steps))


@dataclass(frozen=True)
class Bench:
    """Everybody who could say yes to one issue."""

    approvers: Mapping[int, Member]
    """Those who may approve what the newsletter sends, by their numbers."""
    substitutes: Sequence[Substitute] = ()
    """Those in force today."""
    authors: Collection[int] = ()
    """Whose yes counts for nothing here, in whosever place they would say it."""

    def seats(self, at: StepProgress, progress: RouteProgress) -> list[Seat]:
        """Every way in which somebody can still say yes in a step; of a person, the own name first."""
        free = [one for one in self.approvers.values()
                if one.id not in self.authors and not progress.has_said_yes(one.id)]  # fmt: skip
        if not at.step.approvers:
            return [Seat(one) for one in free]
        empty = [one for one in at.step.approvers if not at.has_said(one)]
        own = [Seat(one) for one in free if one.id in empty]
        known = {one.id: one for one in free}
        return own + [
            Seat(known[one.substitute_id], one.member_id)
            for one in self.substitutes
            if one.member_id in empty and one.substitute_id in known
        ]

    def asked(self, progress: RouteProgress) -> list[Seat]:
        """Who is asked now, each person once."""
        if progress.open_step is None:
            return []
        found: dict[int, Seat] = {}
        for seat in self.seats(progress.open_step, progress):
            found.setdefault(seat.member.id, seat)
        return list(found.values())

    def stuck(self, progress: RouteProgress) -> list[StepProgress]:
        """The steps that too few people are left to complete."""
        return [one for one in progress.steps if one.missing and _most(self.seats(one, progress)) < one.missing]


def _most(seats: Sequence[Seat]) -> int:
    """How many yeses these seats can bring: a person sits in one, and one person sits in each (Kuhn's matching)."""
    taken: dict[int, int] = {}
    choices: dict[int, list[int]] = {}
    for seat in seats:
        choices.setdefault(seat.member.id, []).append(seat.holder_id)

    def finds(member_id: int, tried: set[int]) -> bool:
        for holder_id in choices[member_id]:
            if holder_id not in tried:
                tried.add(holder_id)
                if holder_id not in taken or finds(taken[holder_id], tried):
                    taken[holder_id] = member_id
                    return True
        return False

    return sum(finds(member_id, set()) for member_id in choices)
