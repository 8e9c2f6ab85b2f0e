"""A finding as the editor gets it: at which block, what it says, and how it can be mended there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from models.store.language import Language
from models.store.phrase import Phrase
from templates.preflight import Finding
from templates.preflight.finding import PREHEADER, SUBJECT

from .block_document import Place

FIELDS = {
    "figure.alt": "alt",
    "figure.source": "source",
    "figure.missing": "image",
    "article.missing": "article",
    "topic.missing": "topics",
}
"""The field of a block's form in which what a rule misses is filled in."""


def of(finding: Finding, places: Sequence[Place], language: Language) -> dict[str, Any]:
    """*finding* as plain values.

    Arguments:
        places: where each block of the letter stands in the document.
    """
    number = finding.where.block
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "place": places[number - 1][0] if 0 < number <= len(places) else None,
        "field": {SUBJECT: "subject", PREHEADER: "preheader"}.get(finding.where, ""),
        "form": FIELDS.get(finding.rule, ""),
        "message": finding.message(language),
        "remedy": finding.remedy(language),
        "where": finding.where.name(language),
        "mends": finding.mends,
    }


def of_problem(place: Place, why: Phrase, language: Language) -> dict[str, Any]:
    """A block that cannot be saved as it is, as plain values."""
    return {
        "rule": "block", "severity": "error", "place": place[0], "field": "", "form": "",
        "message": why.say(language), "remedy": "", "where": "", "mends": (),
    }  # fmt: skip
