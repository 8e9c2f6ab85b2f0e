"""The tables of rules: complete, and safe for hostile text."""

from __future__ import annotations

import tomllib
from importlib.resources import files

import pytest

from models.bounces import reasons, recognition
from models.bounces.bounce_class import BounceClass

TABLES = ("providers.toml", "words.toml", "codes.toml")


def entries() -> list[dict[str, object]]:
    folder = files("models.bounces") / "rules"
    return [one for name in TABLES for one in tomllib.loads((folder / name).read_text("utf-8"))["rule"]]


def test_every_rule_says_what_it_rests_on() -> None:
    assert [one["name"] for one in entries() if not (one.get("source") and one.get("seen"))] == []
    names = [str(one["name"]) for one in entries()]
    assert len(names) == len(set(names)), "a reading keeps the name"
    known = {
        "name",
        "class",
        "words",
        "unless",
        "raw",
        "status",
        "codes",
        "stages",
        "provider",
        "transient",
        "weak",
        "source",
        "seen",
    }
    assert {key for one in entries() for key in one} <= known


def test_every_class_of_failure_has_a_rule() -> None:
    failures = {kind for kind in BounceClass if kind.is_failure} - {BounceClass.UNKNOWN_FAILURE}
    assert {rule.kind for rule in reasons.rules()} == failures


@pytest.mark.parametrize(
    "unit", ["mailbox ", "user a ", "a@", "address address ", "容量 ", "553 host ", "x" * 50 + " ", "550-5.1.1 "]
)
def test_no_text_makes_a_rule_slow(unit: str) -> None:
    """What is looked at is bounded, and each rule is linear in it: a nested repetition would not come back."""
    for rule in reasons.rules():
        for pattern in (rule.words, rule.unless, rule.raw):
            if pattern:
                pattern.search(unit * (reasons.MOST_CHARACTERS // len(unit)))


def test_a_transient_answer_ends_nobody() -> None:
    for rule in reasons.rules():
        if rule.kind is BounceClass.NO_SUCH_MAILBOX and rule.words:
            found = reasons.reason("450 4.1.1 user unknown, no such host", "", "rcpt", ("b.example",))
            assert found is not None
            assert found.kind.coarse == "soft", rule.name


def test_lists_for_recognition_are_patterns() -> None:
    text = (files("models.bounces") / "rules" / recognition.FILE).read_text("utf-8")
    for name in tomllib.loads(text):
        assert recognition.pattern(name).search("zzz qqq") is None, f"{name} is found in anything"
