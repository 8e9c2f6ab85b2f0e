"""The languages that pages, letters and messages are written in."""

from __future__ import annotations

from typing import Literal, get_args

Language = Literal["ja", "en"]
"""An ISO 639-1 code."""

LANGUAGES: tuple[Language, ...] = get_args(Language)
"""All of them, the first one first in every choice."""


def known(code: str | None) -> Language | None:
    """*code* where it is one of the languages."""
    return next((language for language in LANGUAGES if language == code), None)
