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
        "words.changed",
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


@pytest.mark.parametrize(
    ("text", "rule", "severity", "says"),
    [
        ("ﾒｰﾙでお知らせします。", "words.kana", Severity.WARNING, "メール"),
        ("お申し込みは🎉こちらの窓口へ。", "words.emoji", Severity.WARNING, "絵文字"),
        ("家族👨\u200d👩\u200d👧の窓口です。", "words.emoji", Severity.WARNING, "👨\u200d👩\u200d👧"),
        ("①と㈱とⅢと㍻です。", "words.enclosed", Severity.WARNING, "①→(1) ㈱→(株) Ⅲ→III ㍻→平成"),
        ("髙台の事例です。", "words.kanji", Severity.WARNING, "読みをかな"),
        ("외の事例です。", "words.characters", Severity.WARNING, "一般的な文字"),
        ("渡\ue000さんです。", "words.private", Severity.ERROR, "U+E000"),
        ("高\ufffd市です。", "words.lost", Severity.ERROR, "高\ufffd市です。"),
    ],
    ids=lambda value: value if isinstance(value, str) and value.startswith("words.") else "",
)
def test_case_g22_each_kind_has_advice_of_its_own(text: str, rule: str, severity: Severity, says: str) -> None:
    entry = {"name": rule, "blocks": [{"kind": "prose", "text": text}]}
    [found] = [one for one in preflight.check(corpus.letter(entry)) if one.rule.startswith("words.")]
    assert (found.rule, found.severity) == (rule, severity)
    assert says in found.message("ja") + found.remedy("ja")
    others = {MESSAGES[name][1].message for name in MESSAGES if name.startswith("words.") and name != rule}
    assert MESSAGES[rule][1].message not in others
