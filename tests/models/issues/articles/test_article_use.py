"""Where articles are used is found by an index, for blocks of every reader."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

from models.issues import issue as issues
from models.issues.articles import article_use
from models.issues.block import Only, Prose, RankingEntry
from tests.sample import card, make_article, make_newsletter


def test_all_issues_that_name_an_article_are_found_by_the_index(session: Session) -> None:
    newsletter = make_newsletter(session)
    for slug in ("water", "water-bill", "bath"):
        make_article(session, newsletter, slug, slug, body="本文")
    hidden = Prose(text="[料金](article:water)", only=Only(audiences=("official",)))
    for blocks in ((card("water"),), (hidden,), (RankingEntry(place=1, article="water"),), (card("water-bill"),)):
        issues.create(session, newsletter, subject="号", blocks=blocks)
    session.execute(text("SET LOCAL enable_seqscan = off"))
    found = article_use.issues_by_slug(session, newsletter.id, ["water", "bath"])
    assert {slug: [one.number for one in places] for slug, places in found.items()} == {"water": [3, 2, 1]}
    plan = session.execute(
        text("EXPLAIN SELECT id FROM issue WHERE issue_articles(blocks) && CAST(ARRAY['water'] AS text[])")
    )
    assert "ix_issue_named_articles" in "\n".join(plan.scalars())
