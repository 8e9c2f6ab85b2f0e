"""How far yeses bring an issue along a route, and who is asked next."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from models.issues.review import approval_route, route_edit, route_progress
from models.issues.review.approval_route import ALL, ApprovalRoute, RouteStep
from models.issues.review.route_progress import Bench, RouteProgress, Yes
from models.issues.review.substitute import Substitute
from models.staff.member import Member

ANN, BEN, CHO, DAN = 1, 2, 3, 4
PEOPLE = {one: Member(id=one, name=str(one)) for one in (ANN, BEN, CHO, DAN)}


def progress(*steps: RouteStep, said: tuple[Yes, ...] = ()) -> RouteProgress:
    return route_progress.along(ApprovalRoute(steps=steps), said)


def bench(*gone: int, authors: set[int] | None = None, substitutes: tuple[tuple[int, int], ...] = ()) -> Bench:
    rows = [Substitute(member_id=absent, substitute_id=instead) for absent, instead in substitutes]
    return Bench({one: who for one, who in PEOPLE.items() if one not in gone}, rows, authors or set())


def asked(found: RouteProgress, at: Bench) -> list[tuple[int, int | None]]:
    return [(seat.member.id, seat.in_place_of_id) for seat in at.asked(found)]


def test_steps_are_asked_one_after_another() -> None:
    steps = RouteStep(approvers=(ANN, BEN)), RouteStep(approvers=(CHO,)), RouteStep()
    assert asked(progress(*steps), bench()) == [(ANN, None), (BEN, None)]
    assert asked(progress(*steps, said=(Yes(BEN),)), bench()) == [(CHO, None)]
    found = progress(*steps, said=(Yes(BEN), Yes(CHO)))
    assert asked(found, bench()) == [(ANN, None), (DAN, None)], "one person has one yes"
    found = progress(*steps, said=(Yes(BEN), Yes(CHO), Yes(DAN)))
    assert (found.is_complete, asked(found, bench())) == (True, [])


def test_a_yes_that_no_step_asked_for_counts_in_none() -> None:
    steps = RouteStep(approvers=(ANN,)), RouteStep(approvers=(BEN,))
    found = progress(*steps, said=(Yes(BEN), Yes(CHO), Yes(ANN)))
    assert [len(one.yeses) for one in found.steps] == [1, 0], "Ben spoke before he was asked"


def test_all_of_them_are_all_of_them() -> None:
    step = RouteStep(approvers=(ANN, BEN, CHO), needed=ALL)
    assert not progress(step, said=(Yes(ANN), Yes(CHO))).is_complete
    assert progress(step, said=(Yes(ANN), Yes(CHO), Yes(BEN))).is_complete


def test_a_substitute_fills_the_place_and_has_said_the_one_yes() -> None:
    step = RouteStep(approvers=(ANN, BEN), needed=ALL)
    away = bench(ANN, substitutes=((ANN, DAN),))
    assert asked(progress(step), away) == [(BEN, None), (DAN, ANN)]
    found = progress(step, RouteStep(), said=(Yes(DAN, ANN), Yes(ANN), Yes(BEN)))
    assert [yes.member_id for yes in found.yeses] == [DAN, BEN], "Ann's place is taken"
    assert asked(found, bench(substitutes=((ANN, DAN),))) == [(ANN, None), (CHO, None)]


def test_authors_are_asked_for_nothing_in_nobodys_place() -> None:
    step = RouteStep(approvers=(ANN, BEN))
    assert asked(progress(step), bench(authors={ANN, DAN}, substitutes=((BEN, DAN), (ANN, CHO)))) == [
        (BEN, None), (CHO, ANN),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("steps", "gone", "substitutes", "stuck"),
    [
        ((RouteStep(needed=3),), (), (), []),
        ((RouteStep(needed=4), RouteStep(needed=1)), (DAN,), (), [1]),
        ((RouteStep(), RouteStep(approvers=(ANN, BEN), needed=ALL)), (BEN,), (), [2]),
        ((RouteStep(approvers=(ANN, BEN), needed=ALL),), (BEN,), ((BEN, CHO),), []),
        # One person substitutes for two: that is one yes.
        ((RouteStep(approvers=(ANN, BEN), needed=ALL),), (ANN, BEN), ((ANN, CHO), (BEN, CHO)), [1]),
        ((RouteStep(approvers=(ANN, BEN), needed=ALL),), (BEN,), ((ANN, CHO), (BEN, CHO)), []),
    ],
)
def test_a_step_that_nobody_can_complete_is_seen(
    steps: tuple[RouteStep, ...], gone: tuple[int, ...], substitutes: tuple[tuple[int, int], ...], stuck: list[int]
) -> None:
    found = bench(*gone, substitutes=substitutes).stuck(progress(*steps))
    assert [one.number for one in found] == stuck


def test_a_successor_takes_the_places() -> None:
    route = ApprovalRoute(steps=(RouteStep(approvers=(ANN, BEN), needed=2), RouteStep(approvers=(CHO,), needed=ALL)))
    assert [one.approvers for one in route.with_successor(ANN, DAN).steps] == [(DAN, BEN), (CHO,)]
    merged = route.with_successor(ANN, BEN).steps[0]
    assert (merged.approvers, merged.yeses) == ((BEN,), 1), "nobody stands in a step twice"
    assert route.with_successor(CHO, DAN).steps[1].needed == ALL


def test_a_number_is_a_route_of_one_step() -> None:
    assert [approval_route.of_number(count).yeses for count in (0, 1, 9)] == [0, 1, 9]
    assert approval_route.of_number(2).is_number
    assert not ApprovalRoute(steps=(RouteStep(approvers=(ANN,)),)).is_number


def test_what_cannot_be_a_step_is_refused() -> None:
    assert route_edit.fault(RouteStep(needed=ALL))
    assert route_edit.fault(RouteStep(approvers=(ANN,), needed=2))
    assert route_edit.fault(RouteStep(approvers=(ANN, BEN), needed=2)) is None
    with pytest.raises(ValidationError):
        approval_route.parse([{"needed": 1}] * 10)
