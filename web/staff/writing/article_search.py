"""What blocks name: articles, searched by their titles while somebody types, and pictures, taken when they come."""

from __future__ import annotations

from collections.abc import Iterable

from flask import jsonify, make_response, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.issues import image as images
from models.issues import issue as model
from models.issues import search_index
from models.issues.article import Article
from models.issues.block import Block, Figure, with_news
from models.issues.image import Image
from models.issues.newsletter import Newsletter
from models.store.errors import Invalid

from ...language import language
from ...request import session
from ..login_session import blueprint

MOST_FOUND = 20


@blueprint.get("/issues/<int:issue_id>/write/articles")
def find_articles(issue_id: int) -> ResponseReturnValue:
    """The newest articles whose titles hold every word of ``?q=``, as JSON."""
    newsletter = model.get(session(), issue_id).newsletter
    query = select(Article).where(Article.newsletter_id == newsletter.id)
    for term in search_index.terms(request.args.get("q", "")):
        query = query.where(search_index.holds(func.search_plain(Article.title), term))
    query = query.order_by(Article.published_on.desc().nulls_last(), Article.id.desc()).limit(MOST_FOUND)
    return jsonify(articles=[_facts(article) for article in session().scalars(query)])


@blueprint.post("/issues/<int:issue_id>/write/pictures")
def upload_picture(issue_id: int) -> ResponseReturnValue:
    """Store a picture, and answer the name by which a figure calls it, and its address."""
    model.get(session(), issue_id)
    upload = request.files.get("picture")
    try:
        stored = images.store(session(), upload.read(images.MAX_BYTES + 1) if upload else b"")
    except Invalid as error:
        session().rollback()
        return make_response(jsonify(message=error.say(language())), 422)
    return jsonify(image=stored.digest, address=_address(stored))


def titles(session: Session, newsletter: Newsletter, blocks: Iterable[Block]) -> dict[str, str]:
    """The titles of the articles that *blocks* name, by their slugs."""
    slugs = {str(getattr(block, "article", "")) for block in blocks} - {""}
    query = select(Article.slug, Article.title).where(Article.newsletter_id == newsletter.id, Article.slug.in_(slugs))
    return dict(session.execute(query).all())


def pictures(session: Session, blocks: Iterable[Block]) -> dict[str, str]:
    """The addresses of the pictures that *blocks* show, by their digests."""
    digests = {part.image for block in blocks for part in with_news(block) if isinstance(part, Figure)}
    return {one.digest: _address(one) for one in session.scalars(select(Image).where(Image.digest.in_(digests)))}


def _facts(article: Article) -> dict[str, str]:
    day = article.published_on.strftime("%Y/%m/%d") if article.published_on else ""
    topics = " / ".join(topic.name for topic in article.topics)
    return {"slug": article.slug, "title": article.title, "facts": " ".join(filter(None, (day, topics)))}


def _address(image: Image) -> str:
    return url_for("public.image", name=image.file_name, lang=None)
