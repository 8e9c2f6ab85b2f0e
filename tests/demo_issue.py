"""The demo's ranking issue in one session: its own words, figures and products, without a year of clicks before it."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.issues.article import Article
from models.issues.issue import Issue
from models.reports import period
from models.reports.ranking import Place, Query, Ranking
from models.reports.ranking_issue import draft
from models.staff.permission import Role
from models.store import clock
from ops.demo import ranking_issue, seed, state

TOP = ("rpa-first-steps", "dx-procedures", "post-office", "personal-data", "standardisation")
"""Articles with figures, from the first place to the last."""


def put(session: Session, folder: Path) -> Issue:
    """The issue as the demo ends, with *TOP* as the places; *folder* gets the note of the staff's passwords."""
    seed.ensure_newsletter(session)
    for file in seed.articles():
        seed.ensure_article(session, file)
    seed.ensure_staff(session, state.DemoState(folder / "demo.json"))
    query = Query(seed.SLUG, period.year(clock.today().year), audience=ranking_issue.AUDIENCE)
    places = tuple(_place(session, number, slug) for number, slug in enumerate(TOP, 1))
    ranking = Ranking(query, places, clock.now())
    draft(session, ranking, top=ranking_issue.TOP, author=seed.staff(session, Role.AUTHOR))
    return ranking_issue.ensure_ranking_issue(session)


def _place(session: Session, number: int, slug: str) -> Place:
    article = session.scalars(select(Article).where(Article.slug == slug)).one()
    return Place(
        number, article.id, slug, article.title, readers=150 - 17 * number, received=300,
        published_on=article.published_on, first_sent_on=article.published_on, issues=(),
        last_number=(None, 3, 1, None, 5)[number - 1],
    )  # fmt: skip
