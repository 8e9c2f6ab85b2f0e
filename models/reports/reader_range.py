"""The range beside a ranking's figure: how many of an article's readers are sure, and how many there may have been.

Two things are not known. Some clicks are ``unknown``: their readers may be people, and stand between the two policies.
And some verdicts are wrong in ways that nobody can tell: a crawler in a home's network with a person's browser, or a
person whose office looks like a machine. How many these are is measured (docs/verdicts.md), so the range allows for
their share and for its chance fluctuation. ``python -m benchmarks.ranges.ranking_ranges`` counts how often the truth
lies within.
"""

from __future__ import annotations

from math import floor, sqrt
from typing import NamedTuple

WRONG = 0.03
"""Of readers counted as people, the share whose clicks were all a machine's, tellable or not."""
MISSED = 0.01
"""Of people who clicked, as a share of all readers that may be people, those whose clicks count as a machine's."""
DEVIATIONS = 2.0
"""Standard deviations of these numbers that a range allows for: some 95 percent of figures lie within."""
DEVIATIONS_OF_PAIRS = 5.0
"""The same where two places are compared."""


class ReaderCounts(NamedTuple):
    """How many different readers clicked on an article, by each policy."""

    human: int
    wide: int
    """By ``human+unknown``."""

    def at_least(self, deviations: float = DEVIATIONS) -> int:
        """The least of them that are people."""
        return max(self.human - _allowance(self.human, WRONG, deviations), 0)

    def at_most(self, deviations: float = DEVIATIONS) -> int:
        """The most people who clicked."""
        return self.wide + _allowance(self.wide, MISSED, deviations)


NOBODY = ReaderCounts(0, 0)


def _allowance(readers: int, share: float, deviations: float) -> int:
    """Readers of whom so small a *share* is wrong, as many as there may be.

    Bernstein's inequality: so few of few readers do not follow the normal distribution, and its last term is what they
    may be more. Without it, five deviations of 0.18 expected readers were two, while such a number is three once in a
    thousand times (S. N. Bernstein, 1924; S. Boucheron et al., Concentration Inequalities, 2013, section 2.8).
    """
    expected = readers * share
    return floor(expected + deviations * sqrt(expected) + deviations**2 / 6)
