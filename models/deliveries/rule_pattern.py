"""Patterns of the tables of rules. They are searched for in what strangers write, so none may run for hours on it."""

from __future__ import annotations

import re

_ATOM = re.compile(r"(\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|[^\\])(?:([*+]|\{\d*,\})(\+)?)?", re.DOTALL)


def compiled(expression: str, flags: re.RegexFlag = re.NOFLAG) -> re.Pattern[str]:
    r"""A pattern of a table of rules.

    Words are cut where rules are asked (:func:`models.bounces.mail_text.spaced`), so what repeats within a word is
    bounded. What also fits blanks, as ``\W*`` does, goes through the whole text: a few of them in a row, or in a
    group that repeats, are tried in every division of it. Those have a bound, or are possessive.

    Arguments:
        expression: as :mod:`re` takes it.

    Raises:
        ValueError: it repeats what fits blanks without a bound, or is no expression (:class:`re.error`).
    """
    made = re.compile(expression, flags)
    for atom, repeated, possessive in _ATOM.findall(expression):
        if repeated and not possessive and atom != ")" and re.match(atom, " "):
            raise ValueError(
                f"{atom}{repeated} in {expression[:200]!r} may run for hours: write a bound as in {atom}{{0,8}}, "
                f"or {atom}{repeated}+ where nothing that follows begins with what it fits"
            )
    return made
