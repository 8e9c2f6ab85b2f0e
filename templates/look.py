"""A newsletter's look: its colours, their contrast, and what is derived from them."""

from __future__ import annotations

from dataclasses import dataclass

from .letter import Look

MIN_CONTRAST = 4.5
"""WCAG 2.2, success criterion 1.4.3, level AA."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a look: the field to change, and why in Japanese and English."""

    field: str
    ja: str
    en: str


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours ``#rrggbb``, from 1 to 21 (WCAG 2.2)."""
    raise NotImplementedError


def check(look: Look) -> list[Problem]:
    """Why *look* must be refused; empty where it may be used."""
    raise NotImplementedError
