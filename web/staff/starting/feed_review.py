"""From a feed to a draft: its new entries are shown with check boxes, and nothing is made before somebody has chosen.

The entries stand in the form itself, so that exactly what was seen is made, whatever the feed says by then.
"""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from flask import make_response, render_template, request
from flask.typing import ResponseReturnValue

import settings
from models.issues.newsletter import Newsletter
from models.manuscript.article_edit import InvalidArticle
from models.manuscript.feed import feed_articles, feed_fetch, feed_file
from models.manuscript.feed.feed_file import MOST_ENTRIES, FeedEntry
from models.store import input_rule, link_address
from models.store.errors import Invalid
from templates.content import change_effects

from ...language import language
from ...request import limiter, session
from .. import access
from ..login_session import blueprint, member
from . import new_issue


class ReviewRow(NamedTuple):
    """An entry as the form shows it."""

    title: str
    address: str
    published: str
    recap: str
    chosen: bool


@blueprint.post("/issues/new/feed")
@limiter.limit("20 per minute")
def read_feed() -> ResponseReturnValue:
    """The entries of a feed that are no articles yet."""
    newsletter, address = access.newsletter(), request.form.get("feed", "").strip()
    try:
        if wrong := link_address.fault(address, settings.get().base_url):
            raise Invalid(wrong, field="feed")
        session().rollback()  # no connection is held while another site is asked
        fetched = feed_fetch.fetch(address)
        entries = feed_file.parse(fetched.data, fetched.address)
    except Invalid as error:
        return new_issue.page(access.newsletter(), {"feed": error.say(language())}, 422, feed=address)
    newsletter = access.newsletter()
    found = feed_articles.new_entries(session(), newsletter, entries)
    rows = [ReviewRow(one.title, one.address, one.published.isoformat() if one.published else "", one.recap, False)
            for one in found]  # fmt: skip
    return _page(newsletter, rows, new_issue.usual_subject(newsletter), address, len(entries) - len(found))


@blueprint.post("/issues/new/feed/take")
def take_feed() -> ResponseReturnValue:
    """Make articles of the entries that were chosen, and a draft that shows them."""
    newsletter, rows = access.newsletter(), _entered()
    subject = input_rule.line(request.form.get("subject", ""))
    places = [place for place, row in enumerate(rows) if row.chosen]
    try:
        chosen = [_entry(rows[place]) for place in places]
        change_effects.lock(session(), newsletter.id)
        made = feed_articles.begin(session(), newsletter, subject, chosen, member())
    except Invalid as error:
        session().rollback()
        return _page(access.newsletter(), rows, subject, request.form.get("feed", ""), 0, _errors(error, places), 422)
    change_effects.return_changed(session(), member(), made.newsletter_id)
    return new_issue.begun(made)


def _entered() -> list[ReviewRow]:
    rows = []
    for place in range(MOST_ENTRIES):
        if f"address-{place}" not in request.form:
            break
        title, address, published, recap = (
            input_rule.line(request.form.get(f"{name}-{place}", ""))
            for name in ("title", "address", "published", "recap")
        )
        rows.append(ReviewRow(title, address, published, recap, f"chosen-{place}" in request.form))
    return rows


def _entry(row: ReviewRow) -> FeedEntry:
    try:
        return FeedEntry(
            row.title, row.address, date.fromisoformat(row.published) if row.published else None, row.recap
        )
    except ValueError:
        return FeedEntry(row.title, row.address, None, row.recap)


def _errors(error: Invalid, places: list[int]) -> dict[str, str]:
    """What is wrong by the fields of the form: chosen entries are counted among all of them."""
    if not isinstance(error, InvalidArticle):
        return {error.field or "": error.say(language())}
    found = {}
    for name, why in error.faults.items():
        field, _hyphen, place = name.rpartition("-")
        shown = field if field in ("title", "recap") else "title"
        found[f"{shown}-{places[int(place)]}"] = why.say(language())
    return found


def _page(
    newsletter: Newsletter, rows: list[ReviewRow], subject: str, feed: str, known: int,
    errors: dict[str, Any] | None = None, status: int = 200,
) -> ResponseReturnValue:  # fmt: skip
    page = render_template("staff/starting/feed.html", edited=newsletter, rows=rows, subject=subject, feed=feed,
                           known=known, errors=errors or {})  # fmt: skip
    return make_response(page, status)
