"""Topics are named by slug or name, in the ways people list them."""

from __future__ import annotations

import pytest

from models.imports import topic_cell
from models.issues.newsletter import Topic

TOPICS = [
    Topic(slug="safety", name="防災、防犯"),
    Topic(slug="disaster", name="防災"),
    Topic(slug="ict", name="ICT, データ"),
    Topic(slug="privacy", name="個人情報"),
]


@pytest.mark.parametrize(
    ("cell", "slugs"),
    [
        ("防災、防犯", ["safety"]),
        ("防災、防犯、個人情報", ["safety", "privacy"]),
        ("防災、個人情報", ["disaster", "privacy"]),
        ("個人情報、防災", ["privacy", "disaster"]),
        ('"防災、防犯","個人情報"', ["safety", "privacy"]),
        ("「防災」「個人情報」", ["disaster", "privacy"]),
        ("ＩＣＴ，　データ；個人情報", ["ict", "privacy"]),
        ("safety|privacy\nict", ["safety", "privacy", "ict"]),
        ("Safety ; PRIVACY ;", ["safety", "privacy"]),
        ("防災 、 防犯", ["disaster", "防犯"]),
        ("防災訓練", ["防災訓練"]),
        ("水道、防災、防犯", ["水道", "safety"]),
        ("", []),
        (" 、,; ", []),
        ('"', ['"']),
    ],
)
def test_case_i9_topics_in_a_cell(cell: str, slugs: list[str]) -> None:
    assert topic_cell.slugs(cell, TOPICS) == slugs


def test_audience_by_slug_or_name() -> None:
    assert topic_cell.slug(" 防災、防犯 ", TOPICS) == "safety"
    assert topic_cell.slug("ＩＣＴ, データ", TOPICS) == "ict"
    assert topic_cell.slug("だれか", TOPICS) == "だれか"
