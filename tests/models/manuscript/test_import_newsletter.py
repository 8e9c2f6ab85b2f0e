"""Newsletters from YAML files."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from models.issues.newsletter import Tracking
from models.manuscript.import_issue import ImportAction
from models.manuscript.newsletter_file.import_newsletter import import_newsletter
from models.store.errors import Invalid

from .conftest import Write

GOOD = """slug: ict
name: 自治体ICTだより
sender_name: 例示市 情報政策課
sender_address: ict@example.lg.jp
postal_address: 例示県例示市一丁目1番1号
contact: ict@example.lg.jp
tracking: aggregate
approvals_needed: 2
embed_images: yes
look: {primary: "#1d4f7c"}
topics:
  dx: 自治体DX
  rpa: RPA
audiences:
  official: 自治体職員
related_products:
  - {name: 資料, address: "https://example.jp/", text: 説明}
"""


def test_a_file_becomes_a_newsletter(session: Session, write: Write) -> None:
    made, outcome = import_newsletter(session, write("n.yaml", GOOD))
    assert (outcome, made.slug, made.tracking, made.approvals_needed) == (
        ImportAction.CREATED,
        "ict",
        Tracking.AGGREGATE,
        2,
    )
    assert made.embed_images
    assert made.open_to_signup
    assert [(topic.slug, topic.name) for topic in made.topics] == [("dx", "自治体DX"), ("rpa", "RPA")]
    assert import_newsletter(session, write("n.yaml", GOOD))[1] is ImportAction.UNCHANGED


def test_a_changed_file_changes_it_and_keeps_what_it_leaves_out(session: Session, write: Write) -> None:
    first, _ = import_newsletter(session, write("n.yaml", GOOD))
    topics = {topic.slug: topic.id for topic in first.topics}
    changed = (
        GOOD.replace("  dx: 自治体DX\n", "  ai: 生成AI\n")
        .replace("RPA\n", "業務の自動化\n")
        .replace("embed_images: yes\n", "")
    )
    made, outcome = import_newsletter(session, write("n.yaml", changed))
    assert outcome is ImportAction.UPDATED
    assert made.embed_images
    assert {topic.slug: topic.name for topic in made.topics} == {
        "dx": "自治体DX",
        "rpa": "業務の自動化",
        "ai": "生成AI",
    }
    assert {topic.slug: topic.id for topic in made.topics if topic.slug in topics} == topics


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("postal_address: 例示県例示市一丁目1番1号\n", ""), "n.yaml:1: “postal_address” is missing (特定電子メール法"),
        (("slug: ict", "slug: ICT"), "n.yaml:1: “ICT” cannot be a slug"),
        (("tracking: aggregate", "tracking: all"), "n.yaml:7: “tracking” cannot be “all”"),
        (("approvals_needed: 2", "approvals_needed: two"), "n.yaml:8: “approvals_needed” is a number"),
        (("embed_images: yes", "embed_images: maybe"), "n.yaml:9: “embed_images” cannot be “maybe”"),
        (("look: {", "lok: {"), "n.yaml:10: “lok” is not known here; did you mean “look”?"),
        (("  dx: ", "  D X: "), "n.yaml:12: “D X” cannot be a slug"),
        (('"https://example.jp/"', "www"), "n.yaml:16: each product has"),
        (('look: {primary: "#1d4f7c"}', "look: 3"), "n.yaml:10: “look” is a mapping"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(
    session: Session, write: Write, change: tuple[str, str], words: str
) -> None:
    assert change[0] in GOOD
    with pytest.raises(Invalid) as caught:
        import_newsletter(session, write("n.yaml", GOOD.replace(*change)))
    assert words in str(caught.value)
