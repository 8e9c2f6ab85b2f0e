"""The examples of docs/manuscript.md are taken in as they stand, and its tables name every key and part."""

from __future__ import annotations

import re
from pathlib import Path

from PIL import Image
from sqlalchemy.orm import Session

from models.issues.block import Prose
from models.manuscript import article_file, fenced_block, manuscript
from models.manuscript.import_article import import_article
from models.manuscript.import_issue import import_issue
from models.manuscript.newsletter_file.import_newsletter import KEYS, import_newsletter
from templates.content.newsletter_faults import first_fault
from templates.render import edition
from tests.templates import sample_letters

PAGE = (Path(__file__).parents[2] / "docs" / "manuscript.md").read_text(encoding="utf-8")


def example(name: str) -> str:
    """The example that is called *name*."""
    match = re.search(rf"<!-- example: {name} -->\n```\w+\n(.*?)\n```", PAGE, re.DOTALL)
    assert match, name
    return match.group(1)


def test_the_examples_are_taken_in(session: Session, tmp_path: Path) -> None:
    (tmp_path / "figures").mkdir()
    Image.new("RGB", (8, 8)).save(tmp_path / "figures" / "open-data.png")
    for name, suffix in (("newsletter", "yaml"), ("article", "md"), ("issue", "md")):
        (tmp_path / f"{name}.{suffix}").write_text(example(name), encoding="utf-8")
    import_newsletter(session, tmp_path / "newsletter.yaml", first_fault)
    import_article(session, tmp_path / "article.md")
    other = re.sub(r"slug: .*|figure:\n(  .*\n)+|addresses:\n(  .*\n)+", "", example("article"))
    (tmp_path / "no-writing-counter.md").write_text(other, encoding="utf-8")
    import_article(session, tmp_path / "no-writing-counter.md")
    issue = import_issue(session, tmp_path / "issue.md").issue
    kinds = {block.kind for block in issue.blocks}
    assert kinds >= {"prose", "ranking", "heading", "table", "button", "products", "topics", "search", "signup"}
    assert {new.kind for block in issue.blocks if block.kind == "ranking" for new in block.news} == {
        "prose", "listing", "figure", "notice",
    }  # fmt: skip


def test_every_key_and_every_part_is_named() -> None:
    for key in (*manuscript.KEYS, *article_file.KEYS, *article_file.FIGURE_KEYS, *KEYS):
        assert re.search(rf"`{key}`|^\s*(- )?{{?{key}:", PAGE, re.MULTILINE), f"docs/manuscript.md does not name {key}"
    for name in (*fenced_block.KINDS, *fenced_block.JAPANESE):
        assert re.search(rf"`{name}`|\b{name}\b", PAGE), f"docs/manuscript.md does not name the part {name}"


def test_case_g18_lines_are_broken_as_the_page_says() -> None:
    made = edition.render(sample_letters.letter(Prose(text=example("lines"))))
    assert "〒000-0000<br>見本市中央一丁目1番1号<br>見本市役所 情報政策課</p>" in made.html
    assert "\n〒000-0000\n見本市中央一丁目1番1号\n見本市役所 情報政策課\n" in made.text
