"""The demo's ranking issue in one session: its own words, figures and products, without a year of clicks before it."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.issues.article import Article
from models.issues.issue import Issue
from models.responses import period
from models.responses.draft import draft
from models.responses.ranking import Place, Query, Ranking
from models.staff.member import Role
from models.store import clock
from ops.demo import finale, note, stock

TOP = ("rpa-first-steps", "dx-procedures", "post-office", "personal-data", "standardisation")
"""Articles with figures, from the first place to the last."""


def put(session: Session, folder: Path) -> Issue:
    """The issue as the demo ends, with *TOP* as the places; *folder* gets the note of the staff's passwords."""
    stock.put_newsletter(session)
    for file in stock.articles():
        stock.put_article(session, file)
    stock.put_staff(session, note.Note(folder / "demo.json"))
    query = Query(stock.SLUG, period.year(clock.today().year), audience=finale.AUDIENCE)
    places = tuple(_place(session, number, slug) for number, slug in enumerate(TOP, 1))
    ranking = Ranking(query, places, clock.now())
    draft(session, ranking, top=finale.TOP, author=stock.staff(session, Role.AUTHOR))
    return finale.put_ranking(session)


def _place(session: Session, number: int, slug: str) -> Place:
    article = session.scalars(select(Article).where(Article.slug == slug)).one()
    return Place(
        number, article.id, slug, article.title, readers=150 - 17 * number, received=300,
        published_on=article.published_on, first_sent_on=article.published_on, issues=(),
        last_number=(None, 3, 1, None, 5)[number - 1],
    )  # fmt: skip
