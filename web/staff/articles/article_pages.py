"""The list of articles, the page of one with where it is used and how it is read, and finding some while typing."""

from __future__ import annotations

from flask import abort, flash, jsonify, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

import settings
from models.archive import published
from models.issues.article import Article, by_slug
from models.issues.articles import article_list, article_use
from models.issues.image import Image
from models.issues.newsletter import Newsletter
from models.issues.search_index import MAX_LENGTH
from models.manuscript import article_edit
from models.reports import article_readers
from models.reports.issue_report import Readers
from models.staff.permission import Permission
from models.store.errors import Invalid
from templates.archive import pages
from templates.content import compose

from ...input_check import page_number
from ...language import language
from ...request import session
from .. import access
from ..login_session import blueprint, member


@blueprint.get("/articles")
def articles() -> ResponseReturnValue:
    """The articles of the newsletters that a person works for."""
    newsletters = access.list_newsletters()
    chosen = _chosen(newsletters)
    topic = request.args.get("topic", "")
    topic_id = next((one.id for one in chosen.topics if one.slug == topic), None) if chosen else None
    if topic and topic_id is None:
        abort(404)
    number = page_number()
    typed = request.args.get("q", "")[:MAX_LENGTH]
    found = article_list.page(session(), access.scope(Permission.READ_ISSUES), number, typed=typed,
                              newsletter_id=chosen.id if chosen else None, topic_id=topic_id)  # fmt: skip
    ids = [one.id for one in found.articles]
    uses = {}
    for newsletter_id in {one.newsletter_id for one in found.articles}:
        slugs = [one.slug for one in found.articles if one.newsletter_id == newsletter_id]
        for slug, places in article_use.issues_by_slug(session(), newsletter_id, slugs).items():
            uses[newsletter_id, slug] = places
    writable = member().scope(Permission.WRITE)
    return render_template(
        "staff/articles/list.html", articles=found.articles, more=found.more, page=number, typed=typed, topic=topic,
        chosen=chosen, newsletters=newsletters, names={one.id: one.name for one in newsletters}, uses=uses,
        readers=article_readers.count(session(), ids), public=published.public_among(session(), ids),
        writable=[one for one in newsletters if one.id in writable],
    )  # fmt: skip


def _chosen(newsletters: list[Newsletter]) -> Newsletter | None:
    """The newsletter to which the list is kept: the only one, or the one that ``?newsletter=`` names."""
    slug = request.args.get("newsletter", "")
    if not slug:
        return newsletters[0] if len(newsletters) == 1 else None
    found = next((one for one in newsletters if one.slug == slug), None)
    if found is None:
        abort(404)
    return found


@blueprint.get("/articles/search")
def article_search() -> ResponseReturnValue:
    """The articles of a newsletter that hold what is typed so far, as JSON: at most twenty, the best first."""
    found = article_list.suggest(session(), access.newsletter().id, request.args.get("q", ""))
    return jsonify(articles=[_suggested(one) for one in found])


def _suggested(one: Article) -> dict[str, str]:
    day = one.published_on.strftime("%Y/%m/%d") if one.published_on else ""
    return {
        "slug": one.slug,
        "title": one.title,
        "facts": " ".join(filter(None, (day, " / ".join(topic.name for topic in one.topics)))),
    }


@blueprint.get("/articles/<int:article_id>")
def article(article_id: int) -> ResponseReturnValue:
    """One article."""
    return page(article_edit.get(session(), article_id))


@blueprint.post("/articles/<int:article_id>/delete")
def delete_article(article_id: int) -> ResponseReturnValue:
    """Delete an article that nothing uses."""
    one = article_edit.get(session(), article_id, lock=True)
    try:
        article_edit.delete(session(), one, member())
    except Invalid as error:
        session().rollback()
        return page(article_edit.get(session(), article_id), {"": error.say(language())}, 409)
    flash(_("The article “%(title)s” is deleted.", title=one.title))
    return redirect(url_for("staff.articles"))


def page(one: Article, errors: dict[str, str] | None = None, status: int = 200) -> ResponseReturnValue:
    """The article's page, its words as readers see them."""
    newsletter = session().get_one(Newsletter, one.newsletter_id)
    base, home = settings.get().base_url, compose.archive_home(newsletter)
    shown = render_template(
        "staff/articles/article.html", article=one, edited=newsletter,
        recap=pages.render_recap(one.recap, base, home), body=pages.render_article(one.body, base, home),
        figure=session().get(Image, one.figure_image) if one.figure_image else None,
        related=by_slug(session(), one.newsletter_id, one.related),
        uses=article_use.issues_with(session(), one), linking=article_use.articles_linking_to(session(), one),
        readers=article_readers.count(session(), [one.id]).get(one.id, Readers()),
        public=bool(published.public_among(session(), [one.id])), errors=errors or {},
    )  # fmt: skip
    return make_response(shown, status)
