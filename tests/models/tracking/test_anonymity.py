"""What nameless hits tell always leaves ten readers, and no difference gives a smaller group away."""

from __future__ import annotations

from collections import Counter
from itertools import combinations
from random import Random

import pytest

from models.tracking.anonymity import MIN_READERS, Group, Links, tellings


def links_of(edition: int) -> Links:
    """Links 1 to 5 stand in every edition; the others belong to some."""
    return frozenset({1, 2, 3, 4, 5, 10 + edition, 20 + edition % 2})


@pytest.mark.parametrize("seed", range(300))
def test_case_t3_ten_readers_are_left_by_whatever_is_told(seed: int) -> None:
    """An attacker who knows every reader's audience and edition looks for whoever fits what a pseudonym told."""
    random = Random(seed)
    groups: dict[Group, int] = {
        (random.randint(0, 3), random.randint(1, 4)): random.choice([1, 2, 3, 5, 8, 9, 10, 11, 40])
        for _ in range(random.randint(1, 8))
    }
    told = tellings(groups, links_of)
    if sum(groups.values()) < MIN_READERS:
        assert told == {}
        return
    assert told.keys() == groups.keys()
    for group, telling in told.items():
        allowed = links_of(group[1]) if telling.links is None else telling.links & (links_of(group[1]) or frozenset())
        for size in (0, 1, len(allowed or ())):
            for clicked in combinations(sorted(allowed or ()), size):
                fitting = sum(
                    readers
                    for (audience, edition), readers in groups.items()
                    if telling.audience in (None, audience) and set(clicked) <= (links_of(edition) or set())
                )
                assert fitting >= MIN_READERS, (groups, group, clicked)


@pytest.mark.parametrize("seed", range(300))
def test_case_t3_what_is_not_told_is_no_difference(seed: int) -> None:
    random = Random(seed)
    groups = {(audience, 1): random.randint(1, 25) for audience in range(random.randint(0, 1), random.randint(2, 5))}
    told = tellings(groups, lambda _edition: None)
    hidden: Counter[bool] = Counter()
    for group, telling in told.items():
        hidden[telling.audience is None] += groups[group]
    assert hidden[True] == 0 or hidden[True] >= MIN_READERS


def test_case_t3_the_next_smallest_audience_hides_a_small_one() -> None:
    told = tellings({(1, 1): 300, (2, 1): 40, (3, 1): 4}, lambda _edition: None)
    assert [telling.audience for telling in told.values()] == [1, None, None]


def test_case_t3_a_link_that_only_a_few_have_is_not_told() -> None:
    told = tellings({(1, 1): 300, (2, 2): 4}, links_of)
    assert 12 not in (told[2, 2].links or ())
    assert told[2, 2].audience is None
    assert {1, 2, 3} <= set(told[2, 2].links or ())
