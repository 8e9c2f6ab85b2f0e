"""docs/verdicts.md names every rule as it is, and every kind of traffic that cannot be told."""

from __future__ import annotations

import re
from pathlib import Path

from models.tracking.rules import RETIRED, RULES, Verdict
from tests.simulator.simulate import KINDS

HERE = Path(__file__).parents[2]
PAGE = (HERE / "docs" / "verdicts.md").read_text("utf-8")


def test_the_table_of_rules_is_that_of_the_code() -> None:
    written = set(re.findall(r"^\| `([a-z-]+)` \| (-?\d+) \| (\w+) \|", PAGE, re.MULTILINE))
    assert written == {(rule.name, str(rule.points), rule.verdict.value) for rule in RULES.values()}


def test_what_cannot_be_told_is_named() -> None:
    section = PAGE.split("\n## What cannot be told\n")[1].split("\n## ")[0]
    named = {name.strip() for row in re.findall(r"^\| ([^|]+) \|", section, re.MULTILINE) for name in row.split(",")}
    assert {name.replace("_", " ") for name, kind in KINDS.items() if not kind.tellable} - named == set()


def test_reports_have_words_for_every_rule_that_leaves_hits_out() -> None:
    macros = (HERE / "templates" / "web" / "staff" / "report_macros.html").read_text("utf-8")
    wanted = {rule.name for rule in (*RULES.values(), *RETIRED.values()) if rule.verdict is not Verdict.HUMAN}
    assert wanted - set(re.findall(r'"([a-z-]+)": _\(', macros)) == set()
