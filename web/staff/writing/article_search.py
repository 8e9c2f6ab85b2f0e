"""What the editor asks for while somebody writes: articles, searched by their titles, and pictures to be taken."""

from __future__ import annotations

from flask import jsonify, make_response, request, url_for
from flask.typing import ResponseReturnValue

from models.issues import image as images
from models.issues import issue as model
from models.issues.article import Article
from models.issues.image import Image
from models.manuscript import named_by_blocks
from models.store.errors import Invalid

from ...language import language
from ...request import session
from ..login_session import blueprint


@blueprint.get("/issues/<int:issue_id>/write/articles")
def find_articles(issue_id: int) -> ResponseReturnValue:
    """The newest articles whose titles hold every word of ``?q=``, as JSON."""
    newsletter = model.get(session(), issue_id).newsletter
    found = named_by_blocks.find_articles(session(), newsletter, request.args.get("q", ""))
    return jsonify(articles=[_facts(article) for article in found])


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
    return jsonify(image=stored.digest, address=picture_address(stored))


def picture_address(image: Image) -> str:
    """Where the editor fetches a picture from."""
    return url_for("public.image", name=image.file_name, lang=None)


def _facts(article: Article) -> dict[str, str]:
    day = article.published_on.strftime("%Y/%m/%d") if article.published_on else ""
    topics = " / ".join(topic.name for topic in article.topics)
    return {"slug": article.slug, "title": article.title, "facts": " ".join(filter(None, (day, topics)))}
