"""What a check of the doctor found."""

from __future__ import annotations

import enum
from typing import NamedTuple


class Grade(enum.Enum):
    """How a part does."""

    GOOD = "good"
    DOUBTFUL = "doubtful"
    BAD = "bad"


class CheckResult(NamedTuple):
    """What one check found; *remedy* says what to do about it, empty where all is well."""

    part: str
    grade: Grade
    text: str
    remedy: str = ""
