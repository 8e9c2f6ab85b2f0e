"""The axis of a chart: round numbers from zero to above the highest value."""

from __future__ import annotations

from math import floor, log10

STEPS = (1, 2, 2.5, 5, 10)
TICKS = 4
"""At most so many steps from zero to the top."""
_NOTHING = 1e-9
"""What is less is drawn as nothing: its marks would be written as zero."""


def ticks(highest: float, *, whole: bool = True) -> list[float]:
    """Round numbers at equal distances, from zero to the first one that is not below *highest*.

    Arguments:
        whole: whether there is nothing between two whole numbers, as with people.
    """
    if highest < _NOTHING:
        return [0.0, 1.0]
    rough = highest / TICKS
    power = 10.0 ** floor(log10(rough))
    step = next(power * one for one in STEPS if power * one >= rough * 0.999999)
    if whole:
        step = max(1.0, step if step == int(step) else float(int(step) + 1))
    count = 1
    while count * step < highest * 0.999999:
        count += 1
    return [round(step * n, 10) for n in range(count + 1)]


def label_places(count: int, most: int) -> list[int]:
    """Which of *count* labels stand below the axis where only *most* have room: the first, and then evenly."""
    if count <= most:
        return list(range(count))
    step = -(-count // most)
    return list(range(0, count, step))
