"""Pictures of the text that is being written: taken when they come, and shown."""

from __future__ import annotations

from flask import jsonify, make_response, request, url_for
from flask.typing import ResponseReturnValue

from models.issues import image as images
from models.issues import issue as model
from models.issues.image import Image
from models.store.errors import Invalid

from ...language import language
from ...request import session
from .. import access
from ..login_session import blueprint


@blueprint.post("/issues/<int:issue_id>/write/pictures")
def upload_picture(issue_id: int) -> ResponseReturnValue:
    """Store a picture, and answer the name by which a figure calls it, and its address."""
    model.get(session(), issue_id)
    return _stored()


@blueprint.post("/articles/pictures")
def upload_article_picture() -> ResponseReturnValue:
    """Store a picture for an article, and answer the name by which the article calls it, and its address."""
    access.newsletter()
    return _stored()


def _stored() -> ResponseReturnValue:
    upload = request.files.get("picture")
    try:
        stored = images.store(session(), upload.read(images.MAX_BYTES + 1) if upload else b"")
    except Invalid as error:
        session().rollback()
        return make_response(jsonify(message=error.say(language())), 422)
    return jsonify(image=stored.digest, address=address(stored))


def address(image: Image) -> str:
    """Where a browser gets it."""
    return url_for("public.image", name=image.file_name, lang=None)
