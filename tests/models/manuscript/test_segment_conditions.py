"""Conditions of a manuscript that cannot be: each is refused with its line and what to do."""

from __future__ import annotations

import pytest

from models import manuscript
from models.store.errors import Invalid

HEAD = "---\nsubject: 第1号\nsegment:\n"
FINE = "{what: audience, values: [citizen]}"


def refused(lines: str) -> str:
    """What is said of a segment with these lines."""
    with pytest.raises(Invalid) as told:
        manuscript.parse(f"{HEAD}{lines}---\n\n本文です。\n", "issue.md", lambda *_: "")
    assert told.value.line in (4, 5)
    return told.value.say("en")


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("  conditions: []\n", "empty"),
        ("  conditions: {of: [{what: audience}]}\n", "lacks a value"),
        ("  conditions: {of: [{what: colour, values: [red]}]}\n", "audience"),
        ("  conditions: {of: [{what: joined, how: within, values: [many]}]}\n", "number of days"),
        ("  conditions: {of: [{what: joined, how: contains, values: [2026-04-01]}]}\n", "cannot be asked"),
        ("  conditions: {of: [{what: joined, how: from, values: [2026-02-30]}]}\n", "date that does not exist"),
        ("  conditions: {of: [{what: read_recent, values: [25]}]}\n", "from 1 to 24"),
        ("  conditions: {of: [{what: field, values: [東京都]}]}\n", "needs its name"),
        ("  conditions: {of: [{what: topic, name: dx, values: [dx]}]}\n", "needs its name"),
        ("  conditions: {of: [{of: [{of: [" + FINE + "]}]}]}\n", "no other group"),
        ("  conditions: {ov: [" + FINE + "]}\n", "“ov” is not known"),
        ("  conditions: {of: [" + ", ".join([FINE] * 31) + "]}\n", "too many"),
        ("  conditions: {of: [{of: [" + ", ".join([FINE] * 20) + "]}, {of: [" + ", ".join([FINE] * 20) + "]}]}\n",
         "too many"),
        ("  conditions: {of: [" + FINE + "]}\n  topics: [dx]\n", "do not go together"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_its_line(lines: str, said: str) -> None:
    assert said in refused(lines)


def test_numbers_and_days_are_what_stands_there() -> None:
    text = f"{HEAD}  conditions: {{of: [{{what: joined, how: from, values: 2026-04-01}}, " \
           "{what: read_issue, values: [12], negated: true}]}\n---\n\n本文です。\n"  # fmt: skip
    found = manuscript.parse(text, "issue.md", lambda *_: "")
    assert found.segment == {"conditions": {"of": [
        {"what": "joined", "how": "from", "values": ["2026-04-01"]},
        {"what": "read_issue", "values": ["12"], "negated": True},
    ]}}  # fmt: skip
    assert ("read", "12", 4) in {(one.what, one.name, one.line) for one in found.references}
