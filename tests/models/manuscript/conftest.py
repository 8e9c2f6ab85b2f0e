"""A newsletter to import into, and files beside each other."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy.orm import Session

from models.issues.article import Article
from models.issues.newsletter import Audience, Newsletter, Topic

Write = Callable[[str, str], Path]


def make_newsletter(session: Session, slug: str = "ict") -> Newsletter:
    """A newsletter with three topics, two audiences and two articles."""
    newsletter = Newsletter(
        slug=slug, name="自治体ICTだより", sender_name="情報政策課", sender_address="ict@example.lg.jp"
    )
    newsletter.topics = [
        Topic(slug=name, name=name, position=place) for place, name in enumerate(("rpa", "data", "dx"))
    ]
    newsletter.audiences = [
        Audience(slug=name, name=name, position=place) for place, name in enumerate(("official", "citizen"))
    ]
    session.add(newsletter)
    session.flush()
    session.add_all(
        Article(newsletter_id=newsletter.id, slug=name, title=name, address=f"https://example.jp/{slug}/{name}")
        for name in ("rpa-guide", "post-office")
    )
    session.flush()
    return newsletter


@pytest.fixture
def newsletter(session: Session) -> Newsletter:
    """The only newsletter."""
    return make_newsletter(session)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a file into a folder that also has figures/chart.png."""
    figures = tmp_path / "figures"
    figures.mkdir()
    content = BytesIO()
    Image.new("RGB", (8, 6), "white").save(content, "PNG")
    (figures / "chart.png").write_bytes(content.getvalue())

    def write(name: str, text: str) -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write
