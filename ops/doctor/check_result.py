"""What a check of the doctor found."""

from __future__ import annotations

from typing import NamedTuple

from models.sender_domain.domain_finding import Grade

__all__ = ["CheckResult", "Grade"]


class CheckResult(NamedTuple):
    """What one check found; *remedy* says what to do about it, empty where all is well.

    ``zone`` has lines for a zone file, ready to be pasted.
    """

    part: str
    grade: Grade
    text: str
    remedy: str = ""
    zone: tuple[str, ...] = ()
