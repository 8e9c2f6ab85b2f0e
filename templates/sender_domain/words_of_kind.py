"""The words of one kind of finding."""

from __future__ import annotations

from typing import NamedTuple

from models.sender_domain.domain_finding import Grade

from ..translations import Phrase


class WordsOfKind(NamedTuple):
    """How bad, about what, what is wrong, and what to do."""

    grade: Grade
    part: Phrase
    message: Phrase
    remedy: Phrase | None = None
