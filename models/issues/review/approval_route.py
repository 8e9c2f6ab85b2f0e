"""Routes (決裁ルート): the steps of approval that a newsletter's issues go through, one after another.

A route is plain data of the newsletter, one for each kind of issue that has its own (専決); all others go by that of
regular issues. A route without steps asks for nobody's yes. Numbers here are those of members; whether they may
approve at all is asked each time (:mod:`.route_progress`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from ..issue_state import IssueKind

MOST_STEPS = 9
MOST_YESES = 9
"""That a step asks of any approvers of the newsletter."""
MOST_NAMED = 50
LONGEST_NAME = 50
"""Characters of a step's name."""
ALL = 0
"""What :attr:`RouteStep.needed` is where all who are named must say yes."""


class RouteStep(BaseModel):
    """One step: any of the newsletter's approvers, or people by name; and how many of them must say yes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(max_length=LONGEST_NAME)] = ""
    """What the office calls it, such as 課長; empty: it has a number only."""
    approvers: tuple[int, ...] = Field((), max_length=MOST_NAMED)
    """Numbers of members; empty: any approver of the newsletter."""
    needed: int = Field(1, ge=0, le=MOST_NAMED)
    """How many of them must say yes; :data:`ALL` of those who are named."""

    @property
    def yeses(self) -> int:
        """How many people must say yes."""
        return self.needed or len(self.approvers)


class ApprovalRoute(BaseModel):
    """Steps, the first to be asked first."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    steps: tuple[RouteStep, ...] = Field((), max_length=MOST_STEPS)

    @property
    def yeses(self) -> int:
        """How many people must say yes in all."""
        return sum(step.yeses for step in self.steps)

    @property
    def is_number(self) -> bool:
        """Whether it says no more than how many approvers must say yes."""
        return self == of_number(self.yeses)

    def stored(self) -> list[Any]:
        """As a column keeps it."""
        return [step.model_dump(mode="json") for step in self.steps]

    def with_successor(self, leaver_id: int, successor_id: int) -> ApprovalRoute:
        """The route with somebody else in one person's place; whoever stands in a step already is not put there twice.

        A step that wanted so many yeses of more people wants those of all who are left.
        """
        steps = []
        for step in self.steps:
            named = tuple(dict.fromkeys(successor_id if one == leaver_id else one for one in step.approvers))
            steps.append(step.model_copy(update={"approvers": named, "needed": min(step.needed, len(named))})
                         if leaver_id in step.approvers else step)  # fmt: skip
        return ApprovalRoute(steps=tuple(steps))


def of_number(yeses: int) -> ApprovalRoute:
    """The route of one step that asks any *yeses* approvers of the newsletter; none for 0."""
    return ApprovalRoute(steps=(RouteStep(needed=yeses),) if yeses else ())


def parse(stored: list[Any] | None) -> ApprovalRoute:
    """The route that a column keeps."""
    return ApprovalRoute.model_validate({"steps": stored or ()})


def of_kind(routes: Mapping[str, Any] | None, kind: IssueKind) -> ApprovalRoute:
    """The route that issues of a kind take.

    Arguments:
        routes: those of a newsletter; None in one that is not kept yet: one approver.
    """
    if routes is None:
        return of_number(1)
    return parse(routes.get(kind.value, routes.get(IssueKind.REGULAR.value)))


def with_kind(routes: Mapping[str, Any] | None, kind: IssueKind, route: ApprovalRoute | None) -> dict[str, Any]:
    """*routes* with another one for a kind; None: it goes by that of regular issues."""
    found = dict(routes or {})
    if route is None:
        found.pop(kind.value, None)
    else:
        found[kind.value] = route.stored()
    return found
