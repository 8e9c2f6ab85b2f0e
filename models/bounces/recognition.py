"""By what messages are known: the lists of ``rules/recognition.toml``, each as one pattern."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

from ..deliveries.rule_pattern import compiled

FILE = "recognition.toml"


@cache
def pattern(name: str, *, at_end: bool = False) -> re.Pattern[str]:
    """The list of a name as one pattern, case-blind.

    Arguments:
        at_end: whether the text must end with it.

    Raises:
        KeyError: there is no such list.
    """
    found = "|".join(_lists()[name])
    return compiled(rf"(?:{found})\W{{0,4}}\Z" if at_end else found, re.IGNORECASE)


@cache
def _lists() -> dict[str, list[str]]:
    return tomllib.loads((files(__package__) / "rules" / FILE).read_text(encoding="utf-8"))
