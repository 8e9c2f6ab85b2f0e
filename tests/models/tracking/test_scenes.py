"""Scenes of people and machines: each hit is taken for what it was."""

from __future__ import annotations

import pytest

from models.tracking.rules import SURE, Verdict

from .scene_table import ISSUE, MACHINES, NOT_COUNTED, PEOPLE, SCENES
from .scenes import is_right, judged


@pytest.mark.parametrize("name", SCENES)
def test_scenes(name: str) -> None:
    wrong = [
        f"{request.truth}'s link {request.link} at {request.at} s from {request.device.client}: {judgement}"
        for request, judgement in judged(SCENES[name])
        if not is_right(request, judgement, SURE)
    ]
    assert wrong == []


@pytest.mark.parametrize("name", NOT_COUNTED)
def test_machines_in_whole_browsers_count_as_nobody(name: str) -> None:
    for request, judgement in judged(NOT_COUNTED[name]):
        assert (judgement.verdict is Verdict.HUMAN) is (request.truth == "person"), (request.at, judgement)


def test_there_are_enough_scenes() -> None:
    assert len(ISSUE) >= 20
    assert len(PEOPLE) >= 20
    assert len(MACHINES) >= 20


@pytest.mark.parametrize("name", SCENES)
def test_the_order_in_which_hits_come_does_not_matter(name: str) -> None:
    forwards = {id(request): judgement for request, judgement in judged(SCENES[name])}
    backwards = {id(request): judgement for request, judgement in judged(SCENES[name][::-1])}
    assert backwards == forwards


@pytest.mark.parametrize("name", SCENES)
def test_a_verdict_that_is_no_persons_has_a_reason(name: str) -> None:
    for _, judgement in judged(SCENES[name]):
        assert bool(judgement.reason) is (judgement.verdict.value != "human")
