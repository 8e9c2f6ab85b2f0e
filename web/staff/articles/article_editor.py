"""Writing an article: a form with its parts, and its exact form as a file. Nobody overwrites another's work unseen."""

from __future__ import annotations

from typing import Any

from flask import flash, jsonify, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

import settings
from models.issues.article import Article
from models.issues.articles import article_use
from models.issues.image import Image
from models.issues.newsletter import Newsletter
from models.manuscript import article_edit, article_text
from models.manuscript.article_file import ArticleFile
from models.store.errors import Invalid
from templates.archive import pages
from templates.content import change_effects, compose

from ...language import _, language
from ...request import commit, session
from .. import access
from ..login_session import blueprint, member
from ..writing import editor_bundle
from . import article_form, article_page_data
from .article_form import Values


@blueprint.get("/articles/new")
def new_article() -> ResponseReturnValue:
    """The form of an article that is still to be made."""
    newsletter = access.newsletter()
    return _form(newsletter, None, article_form.shown(ArticleFile("", "", language=newsletter.language)))


@blueprint.post("/articles/new")
def create_article() -> ResponseReturnValue:
    """Make an article."""
    newsletter = access.newsletter()
    values = article_form.typed()
    try:
        values = article_form.entered()
        change_effects.lock(session(), newsletter.id)
        made = article_edit.save(session(), newsletter, None, article_form.read(values), member())
    except Invalid as error:
        return _refused(newsletter.id, None, values, error)
    return done(made, _("The article is kept. Issues name it “%(slug)s”.", slug=made.slug))


@blueprint.get("/articles/<int:article_id>/edit")
def edit_article(article_id: int) -> ResponseReturnValue:
    """The form of an article."""
    one = article_edit.get(session(), article_id)
    return _form(_newsletter(one), one, article_form.shown(article_text.of_article(one)))


@blueprint.post("/articles/<int:article_id>/edit")
def save_article(article_id: int) -> ResponseReturnValue:
    """Take what was entered. Nothing that was typed is lost: an error shows it again."""
    one = article_edit.get(session(), article_id, lock=True)
    newsletter, values, opened = _newsletter(one), article_form.typed(), request.form.get("revision", "")
    if _is_stale(one):
        theirs = article_form.shown(article_text.of_article(one))
        return _form(newsletter, one, values, {"": _stale()}, 409, opened=opened, theirs=theirs)
    try:
        values = article_form.entered()
        change_effects.lock(session(), newsletter.id)
        article_edit.save(session(), newsletter, one, article_form.read(values), member())
    except Invalid as error:
        return _refused(newsletter.id, article_id, values, error, opened)
    return done(one)


@blueprint.get("/articles/<int:article_id>/manuscript")
def article_manuscript(article_id: int) -> ResponseReturnValue:
    """The article as a file, in a box."""
    one = article_edit.get(session(), article_id)
    return _manuscript(one, article_edit.text_of(session(), one))


@blueprint.post("/articles/<int:article_id>/manuscript")
def save_article_manuscript(article_id: int) -> ResponseReturnValue:
    """Take the changed file."""
    text = request.form.get("text", "").replace("\r\n", "\n")
    one = article_edit.get(session(), article_id, lock=True)
    opened = request.form.get("revision", "")
    if _is_stale(one):
        theirs = article_edit.text_of(session(), one)
        return _manuscript(one, text, {"text": _stale()}, 409, opened=opened, theirs=theirs)
    try:
        found = article_edit.read(session(), _newsletter(one), text, one)
        change_effects.lock(session(), one.newsletter_id)
        article_edit.save(session(), _newsletter(one), one, found, member())
    except Invalid as error:
        session().rollback()
        one = article_edit.get(session(), article_id)
        return _manuscript(one, text, {"text": error.say(language())}, 422, opened=opened)
    return done(one)


def _newsletter(one: Article) -> Newsletter:
    return session().get_one(Newsletter, one.newsletter_id)


def _is_stale(one: Article) -> bool:
    current = str(one.revision)
    return current not in (request.form.get("revision", ""), request.form.get("overwrite"))


def _stale() -> str:
    return _("Somebody else has saved this article since you opened it. What you entered is still here; what is saved "
             "now stands beside it. Take over what you want, then choose to overwrite, and save again.")  # fmt: skip


def done(one: Article, message: str = "") -> ResponseReturnValue:
    """Back to the article's page; issues whose approval was for its old words are drafts again."""
    returned = change_effects.return_changed(session(), member(), one.newsletter_id)
    flash(message or _("Saved."))
    if returned:
        numbers = _(", ").join(str(issue.number) for issue in returned)
        flash(_("The approval of these issues was for the old words, so they are drafts again: %(numbers)s",
                numbers=numbers))  # fmt: skip
    return _to_page(one)


def _to_page(one: Article) -> ResponseReturnValue:
    """To the page of an article that is saved; the editor's scripts go there themselves."""
    address = url_for("staff.article", article_id=one.id)
    by_script = request.accept_mimetypes.best == "application/json"
    return jsonify(address=address) if by_script else redirect(address)


def _refused(
    newsletter_id: int, article_id: int | None, values: Values, error: Invalid, opened: str = ""
) -> ResponseReturnValue:
    """The form again, with what is wrong; a picture that came along stays stored, as its bytes come only once."""
    picture, errors = values["figure"], article_form.errors_of(error)
    session().rollback()
    if picture and session().get(Image, picture) is None and "figure" not in errors:
        values = _keep_picture(values)
    newsletter = session().get_one(Newsletter, newsletter_id)
    one = article_edit.get(session(), article_id) if article_id else None
    return _form(newsletter, one, values, errors, 422, opened=opened)


def _keep_picture(values: Values) -> Values:
    """Store the picture of a refused form once more, in a transaction that stays."""
    request.files["picture"].stream.seek(0)
    kept = article_form.entered()
    commit()
    return {**values, "figure": kept["figure"]}


def _form(
    newsletter: Newsletter, one: Article | None, values: Values, errors: dict[str, str] | None = None,
    status: int = 200, **more: Any,
) -> ResponseReturnValue:  # fmt: skip
    """The form. *more*: the revision that was ``opened``, and ``theirs``, what is saved now, where that is newer."""
    waiting = article_use.issues_leading_to(session(), one, change_effects.WAITING) if one else []
    bundle = editor_bundle.find()
    data = article_page_data.make(newsletter, one, values, more.get("theirs")) if bundle else None
    page = render_template(
        "staff/articles/edit.html", edited=newsletter, article=one, values=values, errors=errors or {},
        picture=session().get(Image, values["figure"]) if values["figure"] else None, waiting=waiting,
        bundle=bundle, data=data, theirs_shown=_shown(newsletter, more.get("theirs")), **more,
    )  # fmt: skip
    return make_response(page, status)


def _shown(newsletter: Newsletter, theirs: Values | None) -> dict[str, Markup]:
    """What is saved now, as readers see it."""
    if not theirs:
        return {}
    base, home = settings.get().base_url, compose.archive_home(newsletter)
    return {
        "recap": pages.render_recap(theirs["recap"], base, home),
        "body": pages.render_article(theirs["body"], base, home),
    }


def _manuscript(
    one: Article, text: str, errors: dict[str, str] | None = None, status: int = 200, **more: str
) -> ResponseReturnValue:
    page = render_template("staff/articles/manuscript.html", article=one, text=text, errors=errors or {}, **more)
    return make_response(page, status)
