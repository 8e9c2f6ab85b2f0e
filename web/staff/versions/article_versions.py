"""The versions of an article."""

from __future__ import annotations

from flask import url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from models.issues.article import Article
from models.manuscript import article_edit, version_restore
from models.staff.permission import Permission
from models.store.errors import Invalid
from templates.content import change_effects

from ...request import session
from .. import access
from ..articles import article_editor
from ..login_session import blueprint, member
from . import version_pages
from .version_pages import Addresses


@blueprint.get("/articles/<int:article_id>/versions")
def article_versions(article_id: int) -> ResponseReturnValue:
    """Every saved state of the article, the latest first."""
    one = article_edit.get(session(), article_id)
    return version_pages.listed(one, _addresses(one), may_restore=access.may(Permission.WRITE))


@blueprint.get("/articles/<int:article_id>/versions/compare")
def compare_article_versions(article_id: int) -> ResponseReturnValue:
    """Two of them side by side."""
    one = article_edit.get(session(), article_id)
    return version_pages.compared(one, _addresses(one), may_restore=access.may(Permission.WRITE))


@blueprint.post("/articles/<int:article_id>/versions/<int:number>/restore")
def restore_article_version(article_id: int, number: int) -> ResponseReturnValue:
    """Bring one back, by an edit like any other."""
    one = article_edit.get(session(), article_id, lock=True)
    if version_pages.is_stale(one):
        return _refused(article_id, version_pages.stale_error(), 409)
    change_effects.lock(session(), one.newsletter_id)
    try:
        version_restore.restore_article(session(), one, number, member())
    except Invalid as error:
        session().rollback()
        return _refused(article_id, version_pages.refusal(error), 422)
    message = _("Version %(number)s is back. What was there before is a version, too.", number=number)
    return article_editor.done(one, message)


def _refused(article_id: int, errors: dict[str, str], status: int) -> ResponseReturnValue:
    one = article_edit.get(session(), article_id)
    return version_pages.listed(one, _addresses(one), errors, status, may_restore=access.may(Permission.WRITE))


def _addresses(one: Article) -> Addresses:
    return {
        "title": one.title,
        "home": url_for("staff.article", article_id=one.id),
        "above": (_("Articles"), url_for("staff.articles")),
        "listed": lambda **more: url_for("staff.article_versions", article_id=one.id, **more),
        "compared": lambda **more: url_for("staff.compare_article_versions", article_id=one.id, **more),
        "restored": lambda number: url_for("staff.restore_article_version", article_id=one.id, number=number),
        "voids": False,
        **version_pages.names(),
    }
