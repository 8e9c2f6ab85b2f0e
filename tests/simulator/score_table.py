"""Scores as tables for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from .score import FIGURES, Score, Share


def totals(found: Score) -> Iterator[str]:
    """Precision and recall, on all and on what can be told."""
    yield f"{found.hits} hits, {found.unknown} without a verdict, {found.untellable} that nobody can tell"
    yield f"{'':<22}{'precision':<34}{'recall':<34}"
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
