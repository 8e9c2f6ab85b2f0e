"""The public archive: issues, articles, topics, search, a feed, pictures. Nothing here sets a cookie."""

from __future__ import annotations

from datetime import datetime

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound as NoPage

import settings
from models.archive import published
from models.archive import search as archive_search
from models.deliveries import correction
from models.issues.image import Image
from models.issues.issue import Issue
from models.issues.issue_state import IssueState
from models.issues.search_index import MAX_LENGTH
from models.store import input_rule
from models.store.clock import now
from templates.archive import pages
from templates.content import compose, merge_tags
from templates.content.variant import Variant

from .. import base_path
from ..input_check import page_number
from ..request import session
from .blueprint import blueprint
from .http_cache import cached

FEED_ISSUES = 20
"""Issues in the feed."""
IMAGE_MAX_AGE = 365 * 24 * 3600


@blueprint.app_template_global("shown")
def _shown(of_issue: Issue, line: str) -> str:
    """An issue's subject or preheader as its page shows it, for lists of issues: to nobody in particular."""
    if not merge_tags.has_template(line):
        return line
    variant = Variant.of_reader(of_issue, audience=of_issue.audience)
    return pages.render_line(compose.compose(session(), of_issue, variant), line)


@blueprint.get("/archive/<slug>")
@cached
def issues(slug: str) -> ResponseReturnValue:
    """The issues that are out, the latest first."""
    newsletter = published.newsletter_with_archive(session(), slug)
    typed = request.args.get("year", "")
    year = input_rule.whole_number(typed, most=9999)
    if typed and year is None:
        raise NoPage
    return render_template(
        "public/issues.html",
        newsletter=newsletter,
        page=published.issues(session(), newsletter, page_number(), year),
        years=published.years(session(), newsletter),
        rankings=published.rankings(session(), newsletter),
        names={one.slug: one.name for one in newsletter.audiences},
        year=year,
        dated=compose.dated,
    )


@blueprint.get("/archive/<slug>/<int(max=2147483647):number>")
@cached
def issue(slug: str, number: int) -> ResponseReturnValue:
    """One issue, with a stamp where it was corrected."""
    newsletter = published.newsletter_with_archive(session(), slug)
    found = published.issue(session(), newsletter, number)
    if found.state is IssueState.CANCELLED:
        return render_template("public/withdrawn.html", newsletter=newsletter, issue=found), 410
    if found.in_repair:
        return render_template("public/in_repair.html", newsletter=newsletter, issue=found), 503, {"Retry-After": "600"}
    variant = Variant.of_reader(found, audience=found.audience)
    letter = compose.compose(session(), found, variant)
    before, after = published.neighbours(session(), found)
    return render_template(
        "public/issue.html",
        newsletter=newsletter,
        issue=found,
        dated=compose.dated(found),
        invites=any(block.kind == "signup" for block in letter.blocks),
        content=pages.render_issue(letter, correction.corrected_addresses(session(), found)),
        corrections=published.corrections(session(), found),
        corrects=found.correction_of,
        before=before,
        after=after,
    )


@blueprint.get("/archive/<slug>/articles/<name>")
@cached
def article(slug: str, name: str) -> ResponseReturnValue:
    """A hosted article; of an article elsewhere, what it says and where it is."""
    newsletter = published.newsletter_with_archive(session(), slug)
    found = published.article(session(), newsletter, name)
    base, home = settings.get().base_url, compose.archive_home(newsletter)
    return render_template(
        "public/article.html",
        newsletter=newsletter,
        article=found,
        recap=pages.render_recap(found.recap, base, home),
        body=pages.render_article(found.body, base, home),
        figure=session().get(Image, found.figure_image) if found.figure_image else None,
        issues=published.issues_with_article(session(), found),
        related=published.related_articles(session(), found),
        dated=compose.dated,
    )


@blueprint.get("/archive/<slug>/topics/<name>")
@cached
def topic(slug: str, name: str) -> ResponseReturnValue:
    """The articles of a topic."""
    newsletter = published.newsletter_with_archive(session(), slug)
    found = published.topic(session(), newsletter, name)
    if found.merged_into:  # letters and other sites go on linking to it
        return redirect(url_for("public.topic", slug=slug, name=found.merged_into.slug), 301)
    return render_template(
        "public/topic.html",
        newsletter=newsletter,
        topic=found,
        page=published.articles(session(), found, page_number()),
        recap=lambda one: pages.render_recap(one.recap, settings.get().base_url, compose.archive_home(newsletter)),
    )


@blueprint.get("/archive/<slug>/search")
@cached
def search(slug: str) -> ResponseReturnValue:
    """Issues and articles that hold every word of ``?q=``."""
    newsletter = published.newsletter_with_archive(session(), slug)
    typed = request.args.get("q", "").strip()[:MAX_LENGTH]
    return render_template(
        "public/search.html",
        newsletter=newsletter,
        typed=typed,
        page=archive_search.find(session(), newsletter, typed, page_number()),
        dated=compose.dated,
    )


@blueprint.get("/archive/<slug>/feed.atom")
@cached
def feed(slug: str) -> ResponseReturnValue:
    """The latest issues as an Atom feed (RFC 4287)."""
    newsletter = published.newsletter_with_archive(session(), slug)
    found = published.issues(session(), newsletter).entries[:FEED_ISSUES]
    response = make_response(
        render_template(
            "public/feed.xml",
            newsletter=newsletter,
            issues=found,
            home=f"{base_path.origin()}{url_for('public.issues', slug=slug)}",
            updated=max((_changed(one) for one in found), default=now()),
            changed=_changed,
        )
    )
    response.mimetype = "application/atom+xml"
    return response


@blueprint.get("/i/<name>")
def image(name: str) -> Response:
    """A picture. Its name is its digest, so it may be kept for ever, and its tag is known before it is read."""
    response = Response()
    response.cache_control.public = True
    response.cache_control.max_age = IMAGE_MAX_AGE
    response.cache_control.immutable = True
    tag = f"{name}-clean"  # so that nobody goes on with what was kept before pictures were cleaned
    response.set_etag(tag)
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"  # letters show it in mail programs
    if not request.if_none_match.contains(tag):
        found = published.image(session(), name)
        response.data, response.mimetype = found.data, found.media_type
    response.make_conditional(request)
    return response


def _changed(found: Issue) -> datetime:
    """When an entry of the feed changed last: when it was sent."""
    return found.sent_at or found.prepared_at or found.updated_at
