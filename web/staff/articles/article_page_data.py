"""What the scripts of an article's form get with the page."""

from __future__ import annotations

from typing import Any

from flask import request, url_for
from flask_wtf.csrf import generate_csrf

from models.issues.article import Article, by_slug
from models.issues.image import Image
from models.issues.newsletter import Newsletter

from ...language import language
from ...request import session
from ..login_session import member
from ..writing import article_document, editor_words, pictures
from .article_form import Values


def make(newsletter: Newsletter, one: Article | None, values: Values, theirs: Values | None) -> dict[str, Any]:
    """The data of the form that shows *values*.

    Arguments:
        theirs: what is saved now, where that is newer.
    """
    related = [*values["related"].split("\n"), *(theirs["related"].split("\n") if theirs else ())]
    picture = session().get(Image, values["figure"]) if values["figure"] else None
    here = newsletter.slug
    own = url_for("staff.edit_article", article_id=one.id) if one else url_for("staff.new_article", newsletter=here)
    return {
        "kind": "article",
        "key": f"article-{one.id}" if one else f"article-new-{newsletter.slug}",
        "tabs": [tab] if (tab := request.form.get("tab")) else [],
        "member": member().id,
        "version": one.revision if one else 0,
        "language": language(),
        "documents": _documents(values) | values.get("documents", {}),
        "theirs": _documents(theirs) if theirs else {},
        "words": editor_words.of_article(),
        "audiences": [],
        "topics": [],
        "modes": [],
        "articles": {found.slug: found.title for found in by_slug(session(), newsletter.id, related)},
        "pictures": {picture.digest: pictures.address(picture)} if picture else {},
        "slug": one.slug if one else "",
        "addresses": {
            "articles": url_for("staff.article_search", newsletter=here),
            "pictures": url_for("staff.upload_article_picture", newsletter=here),
            "page": own,
        },
        "csrf": generate_csrf(),
    }


def _documents(values: Values) -> dict[str, Any]:
    return {"body": article_document.of(values["body"]), "recap": article_document.of_recap(values["recap"])}
