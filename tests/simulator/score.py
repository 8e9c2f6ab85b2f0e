"""How right verdicts are: precision and recall of human clicks, opens and reader–article pairs, and calibration.

A click is human where a person made it; an open where a person or, for a person, a picture proxy made it; a
reader–article pair (copy, link) is read where a person clicked that link. ``unknown`` claims nothing: such a hit is in
no numerator of a precision and is missing from recall. Intervals are Wilson's, 95 %, and take hits as independent: hits
of one copy are not, so by kind they are somewhat too narrow.

Rules are tuned on seeds 1 to 20 and reported on seeds 101 and up.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import sqrt
from typing import Any, NamedTuple

from .import_traffic import JudgedCopy, Verdict
from .records import Request

FIGURES = ("clicks", "opens", "pairs")
Z = 1.959964


class Share(NamedTuple):
    """A part of a whole with its 95 % interval."""

    part: int
    whole: int

    @property
    def value(self) -> float | None:
        """The share; None of nothing."""
        return self.part / self.whole if self.whole else None

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's interval (Wilson 1927; Brown, Cai and DasGupta 2001); everything where there is nothing."""
        if not self.whole:
            return 0.0, 1.0
        share, whole = self.part / self.whole, self.whole
        middle = share + Z * Z / (2 * whole)
        spread = Z * sqrt(share * (1 - share) / whole + Z * Z / (4 * whole * whole))
        below = 1 + Z * Z / whole
        return max(0.0, (middle - spread) / below), min(1.0, (middle + spread) / below)


@dataclass
class Figure:
    """Counts of one figure: what is true, what was said, and both."""

    right: int = 0
    said: int = 0
    true: int = 0

    def add(self, said: bool, true: bool, weight: int = 1) -> None:
        """Count one."""
        self.right += weight * (said and true)
        self.said += weight * said
        self.true += weight * true

    @property
    def precision(self) -> Share:
        """Of what was said to be a person's, the part that was."""
        return Share(self.right, self.said)

    @property
    def recall(self) -> Share:
        """Of what was a person's, the part that was said to be."""
        return Share(self.right, self.true)


@dataclass
class Score:
    """Figures over some copies; ``unknown`` counts hits without a claim, ``bins`` is the calibration."""

    all: dict[str, Figure] = field(default_factory=lambda: {name: Figure() for name in FIGURES})
    tellable: dict[str, Figure] = field(default_factory=lambda: {name: Figure() for name in FIGURES})
    hits: int = 0
    unknown: int = 0
    untellable: int = 0
    bins: dict[int, Figure] = field(default_factory=lambda: defaultdict(Figure))
    """By the lower end of the certainty in percent: ``said`` counts hits, ``right`` those whose verdict is right."""
    confusion: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    """Hits by kind of request, who made it, and verdict."""

    def values(self) -> dict[str, Any]:
        """As plain values, for JSON."""
        return {
            "hits": self.hits, "unknown": self.unknown, "untellable": self.untellable,
            "all": {name: _plain(figure) for name, figure in self.all.items()},
            "tellable": {name: _plain(figure) for name, figure in self.tellable.items()},
            "calibration": {str(low): [self.bins[low].right, self.bins[low].said] for low in sorted(self.bins)},
            "confusion": {" ".join(key): count for key, count in sorted(self.confusion.items())},
        }  # fmt: skip


def _plain(figure: Figure) -> dict[str, Any]:
    return {
        name: {"part": share.part, "whole": share.whole, "value": share.value, "interval": share.interval}
        for name, share in (("precision", figure.precision), ("recall", figure.recall))
    }


def is_human(request: Request) -> bool:
    """Whether a request is a person's."""
    return request.by == "person" or (request.kind == "open" and request.by == "proxy")


def is_said_human(request: Request, verdict: Verdict) -> bool:
    """Whether the verdict counts it as a person's."""
    return verdict.name == "human" or (request.kind == "open" and verdict.name == "proxy")


def score(judged: Iterable[JudgedCopy]) -> Score:
    """The score over all copies."""
    found = Score()
    for copy in judged:
        _add(found, copy)
    return found


def score_by_kind(judged: Sequence[JudgedCopy]) -> dict[str, Score]:
    """The score by the name of the copy's kind or mixture, in alphabetical order."""
    found: dict[str, list[JudgedCopy]] = defaultdict(list)
    for copy in judged:
        found[copy.copy.name].append(copy)
    return {name: score(found[name]) for name in sorted(found)}


def score_by_source(judged: Sequence[JudgedCopy]) -> dict[str, Score]:
    """The score by who made the requests, also inside mixtures; pairs are not counted."""
    found: dict[str, Score] = defaultdict(Score)
    for copy in judged:
        for request, verdict in zip(copy.copy.requests, copy.verdicts, strict=True):
            _add_hit(found[request.source], request, verdict)
    return dict(sorted(found.items()))


def below(found: Score, least: dict[tuple[str, str, str], float]) -> list[str]:
    """What of a score is lower than it should be, as sentences; for whoever writes the test with thresholds.

    Arguments:
        least: by (``all`` or ``tellable``, name of the figure, ``precision`` or ``recall``) the least share.
    """
    return list(_below(found, least))


def _below(found: Score, least: dict[tuple[str, str, str], float]) -> Iterator[str]:
    for (part, name, which), wanted in least.items():
        figure: Figure = getattr(found, part)[name]
        share: Share = getattr(figure, which)
        if share.value is None or share.value < wanted:
            low, high = share.interval
            yield f"{which} of {name} ({part}): {share.value} ({low:.4f} to {high:.4f}), wanted {wanted}"


def _add(found: Score, judged: JudgedCopy) -> None:
    pairs: dict[int, list[tuple[bool, bool, bool]]] = defaultdict(list)
    for request, verdict in zip(judged.copy.requests, judged.verdicts, strict=True):
        _add_hit(found, request, verdict)
        if request.kind == "click" and not request.trap:
            pairs[request.link].append((is_said_human(request, verdict), is_human(request), request.tellable))
    for hits in pairs.values():
        said, true = any(hit[0] for hit in hits), any(hit[1] for hit in hits)
        found.all["pairs"].add(said, true)
        if all(hit[2] for hit in hits):
            found.tellable["pairs"].add(said, true)


def _add_hit(found: Score, request: Request, verdict: Verdict) -> None:
    said, true = is_said_human(request, verdict), is_human(request)
    found.hits += 1
    found.untellable += not request.tellable
    found.confusion[request.kind, request.by, verdict.name] += 1
    if request.kind != "view":
        name = f"{request.kind}s"
        found.all[name].add(said, true)
        if request.tellable:
            found.tellable[name].add(said, true)
    if verdict.name == "unknown":
        found.unknown += 1
    else:
        bin_ = found.bins[min(verdict.certainty // 10 * 10, 90)]
        bin_.said += 1
        bin_.right += said == true


def totals(found: Score) -> Iterator[str]:
    """Precision and recall, on all and on what can be told."""
    yield f"{found.hits} hits, {found.unknown} without a verdict, {found.untellable} that nobody can tell"
    yield f"{'':<22}{'precision':<34}recall"
    for part, figures in (("all", found.all), ("tellable", found.tellable)):
        for name in FIGURES:
            figure = figures[name]
            yield f"{part + ', ' + name:<22}{_long(figure.precision):<34}{_long(figure.recall):<34}".rstrip()


def calibration(found: Score) -> Iterator[str]:
    """How often verdicts of each certainty are right."""
    yield f"{'certainty':<12}{'hits':>8}  right"
    for low in sorted(found.bins):
        figure = found.bins[low]
        yield f"{f'{low} to {100 if low == 90 else low + 9} %':<12}{figure.said:>8}  {_long(figure.precision)}"


def by_kind(scores: Mapping[str, Score], untold: frozenset[str] = frozenset()) -> Iterator[str]:
    """A line a kind: precision and recall of each figure, on all requests; * marks kinds that cannot all be told."""
    yield f"{'kind':<30}{'hits':>7}" + "".join(f"  {name + ' P':>9} {name + ' R':>9}" for name in FIGURES)
    for name, found in scores.items():
        shares = "".join(f"  {_short(found.all[f].precision):>9} {_short(found.all[f].recall):>9}" for f in FIGURES)
        yield f"{name + ('*' if name in untold else ''):<30}{found.hits:>7}{shares}"


def _long(share: Share) -> str:
    if share.value is None:
        return "–"
    low, high = share.interval
    return f"{share.value:.4f} ({low:.4f}–{high:.4f}) of {share.whole}"


def _short(share: Share) -> str:
    return "–" if share.value is None else f"{share.value:.3f}"
