"""From the rules that fired to a verdict and its certainty: points are logarithms of odds, so they add up."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from ..rules import CERTAIN, HUMAN_UNTIL, KEPT, MACHINE_FROM, PRIOR, RETIRED, RULES, Family, HitKind, Rule, Verdict

_MEASURED = 8
"""Points of ten to one, as simulated traffic shows it: the families are not quite independent, and rules modest."""
_HIGHEST = 99
"""Percent: only what no person ever does is surer."""


class Judgement(NamedTuple):
    """What a hit was, how sure that is, and why."""

    verdict: Verdict
    certainty: int
    """In percent."""
    rules: tuple[str, ...]
    """``NAME@VERSION`` of each rule that fired, the strongest reason for the verdict first."""

    @property
    def reason(self) -> str:
        """The name of the rule that took the hit away from people; empty where it was a person's."""
        return "" if self.verdict is Verdict.HUMAN else self.rules[0].partition("@")[0]


def combine(kind: HitKind, names: Iterable[str], *, also: HitKind | None = None) -> Judgement:
    """The verdict on a hit of *kind* that the rules *names* fire on, in any order.

    Arguments:
        also: what else the same visitor asked for; a device that follows links is judged by that in all it does.
    """
    return _combine(kind, frozenset(names), PRIOR[also or kind])


@lru_cache(16_384)
def combine_parts(
    kind: HitKind, of_visitor: frozenset[str], of_hit: tuple[str, ...], also: HitKind | None
) -> Judgement:
    """As :func:`combine` with the rules of both, which come in few combinations, so that the answer is remembered.

    Arguments:
        of_visitor: what was found out about the visitor, the same for all its hits.
        of_hit: what the hit fires besides.
    """
    return combine(kind, of_visitor.union(of_hit), also=also)


@lru_cache(8192)
def _combine(kind: HitKind, names: frozenset[str], prior: int) -> Judgement:
    rules = [rule for rule in (RULES.get(name) or RETIRED.get(name) for name in names) if rule]
    by_points = sorted(rules, key=lambda rule: (-rule.points, rule.name))
    points = prior + _sum(by_points, alone=prior == PRIOR[HitKind.OPEN])
    marks = tuple(rule.mark for rule in by_points)
    if kind is HitKind.OPEN and (judgement := _picture(by_points, marks)):
        return judgement
    if points >= MACHINE_FROM:
        strongest = by_points[0]
        return Judgement(strongest.verdict, 100 if strongest.points >= CERTAIN else percent(points), marks)
    if points <= HUMAN_UNTIL:
        return Judgement(Verdict.HUMAN, percent(-points), marks[::-1])
    return Judgement(Verdict.UNKNOWN, 50, marks)


def combine_kept(kind: HitKind, verdict: Verdict) -> Judgement:
    """What is kept of a verdict where the reader must not be identified: neither rules nor how sure they are."""
    return combine(kind, (KEPT[verdict],))


def forget() -> None:
    """Drop what is remembered of :data:`.rules.RULES`; for tests that change them."""
    combine_parts.cache_clear()
    _combine.cache_clear()


def _sum(by_points: list[Rule], *, alone: bool) -> int:
    """Points of the strongest rule of each family, by points.

    Arguments:
        alone: the visitor does nothing but fetch pictures. Mail services do that for people from their own servers, so
            the network says half as much.
    """
    strongest: dict[Family, int] = {}
    for rule in by_points:
        strongest.setdefault(rule.family, rule.points // 2 if alone and rule.family is Family.NETWORK else rule.points)
    return sum(strongest.values())


def percent(points: int) -> int:
    """The certainty of so many points, in percent."""
    return min(_HIGHEST, round(100 / (1 + 10 ** (-points / _MEASURED))))


_PICTURES = {"image-proxy": 98, "gmail-prefetch": 99, "apple-prefetch": 78}
"""Programs that fetch pictures for a mail service, and how sure it is what that means: they have no other evidence."""
_FOLLOWED = 91
"""Percent: a picture that may have been fetched ahead, but then somebody followed a link."""


def _picture(by_points: list[Rule], marks: tuple[str, ...]) -> Judgement | None:
    """The verdict on a picture that a mail service fetched, wherever from; None where none did."""
    names = {rule.name: rule for rule in by_points}
    service = next((names[name] for name in _PICTURES if name in names), None)
    if service is None:
        return None
    if service.name == "image-proxy" and ("followed" in names or not names.keys() & {"proxy-ahead", "early-open"}):
        certainty = _FOLLOWED if "followed" in names else _PICTURES[service.name]
        return Judgement(Verdict.PROXY, certainty, (service.mark, *(m for m in marks if m != service.mark)))
    ahead = next((names[name] for name in ("proxy-ahead", "early-open") if name in names), service)
    certainty = _PICTURES[service.name]
    return Judgement(Verdict.PREFETCH, certainty, (ahead.mark, *(m for m in marks if m != ahead.mark)))
