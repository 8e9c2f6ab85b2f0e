"""Preflight finds every defect that was put into a letter, and leaves clean letters alone."""

from __future__ import annotations

from typing import Any

import pytest

from templates import preflight
from templates.preflight import Severity
from templates.preflight.messages import MESSAGES

from . import corpus

DEFECTS, CLEAN = corpus.load("defects.yaml"), corpus.load("clean.yaml")


def name_of(entry: dict[str, Any]) -> str:
    return str(entry["name"])


def test_the_corpus_is_large_enough_and_touches_every_rule() -> None:
    assert len(DEFECTS) >= 40
    assert len(CLEAN) >= 20
    asked_elsewhere = {
        "readers.unknown",
        "readers.nobody",
        "link.broken",
        "link.archive",
        "link.unreachable",
        "link.private",
        "article.address",
        "legal.unsubscribe",
        "size.relay",
    }
    assert {rule for entry in DEFECTS for rule in entry["finds"]} | asked_elsewhere == set(MESSAGES)


@pytest.mark.parametrize("entry", DEFECTS, ids=name_of)
def test_every_defect_is_found(entry: dict[str, Any]) -> None:
    findings = preflight.check(corpus.letter(entry))
    assert {finding.rule for finding in findings} == set(entry["finds"])
    for finding in findings:
        for language in ("ja", "en"):
            assert finding.message(language)
            assert finding.remedy(language)
            assert finding.where.name(language)


@pytest.mark.parametrize("entry", CLEAN, ids=name_of)
def test_a_clean_letter_has_no_error(entry: dict[str, Any]) -> None:
    findings = preflight.check(corpus.letter(entry))
    assert not [finding for finding in findings if finding.severity is Severity.ERROR]
    assert {finding.rule for finding in findings} == set(entry.get("warns", []))


def test_the_docs_name_every_rule() -> None:
    page = (corpus.FOLDER.parents[2] / "docs" / "preflight.md").read_text(encoding="utf-8")
    assert [rule for rule in MESSAGES if f"| `{rule}` |" not in page] == []
