"""Leaving by the link in a letter, and by the button of a mail program (RFC 8058).

A GET or HEAD changes nothing. A POST asks for no cookie, no login and no CSRF token, is never redirected, and may come
twice.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl

from flask import render_template, request
from flask.typing import ResponseReturnValue

from models.issues import newsletter as newsletters
from models.issues.issue import Issue
from models.issues.newsletter import Newsletter
from models.readers import subscriber
from models.readers import unsubscribe as leaving
from models.readers.subscriber import Subscription, SubscriptionState
from models.readers.unsubscribe import LeavingLink
from models.store.errors import NotFound
from models.store.mail_address import masked

from ..input_check import judges_body
from ..request import client_address, csrf_exempt, session
from .blueprint import blueprint

_FIELD, _ONE_CLICK = "list-unsubscribe", "one-click"
_LONGEST_BODY = 1024
"""Bytes; the longest that a mail program sends has the boundaries of one field of a form."""
_PART = re.compile(r'name="?list-unsubscribe"?[^\n]*\n(?:[^\n]+\n)*\s*one-click\s*(?:--|$)', re.IGNORECASE)
"""The field as a part of a form (RFC 7578), whatever the type of the body says of it."""


@blueprint.get("/u/<link>")
def unsubscribe(link: str) -> str:
    """Show what would end, with a button."""
    subscriptions, newsletter = _of(leaving.read_link(link))
    return _page(subscriptions, newsletter)


@blueprint.post("/u/<link>")
@csrf_exempt
@judges_body
def submit_unsubscribe(link: str) -> ResponseReturnValue:
    """End it, at once."""
    opened = leaving.read_link(link)
    one_click = is_one_click(request.get_data(cache=True))  # before the form is read, which leaves no body
    if not one_click and request.form.get("leave") != "yes":
        subscriptions, newsletter = _of(opened)
        return _page(subscriptions, newsletter), 400
    subscriber.lock(session(), opened.subscriber_id)
    subscriptions, newsletter = _of(opened)
    chosen = request.form.getlist("newsletters")
    for subscription in subscriptions:
        if one_click or len(subscriptions) == 1 or subscription.newsletter.slug in chosen:
            _end(subscription, one_click=one_click)
    return render_template("public/unsubscribed.html", newsletter=newsletter, subscriptions=subscriptions)


def is_one_click(body: bytes) -> bool:
    """Whether *body* is what a mail program posts for its user (RFC 8058, section 3.2), however it is wrapped.

    The words alone decide: senders of them name other types than a form's or none, and end them by a line end. A link
    checker has no such words, so nobody leaves by one.
    """
    if len(body) > _LONGEST_BODY:
        return False
    text = body.decode("utf-8-sig", "replace").replace("\r\n", "\n").strip().strip("\0\"'")
    pairs = ((name.strip().lower(), value.strip().lower()) for name, value in parse_qsl(text))
    return (_FIELD, _ONE_CLICK) in pairs or _PART.search(text) is not None


def _end(subscription: Subscription, *, one_click: bool) -> None:
    ended = leaving.unsubscribe(
        session(),
        subscription,
        source="one-click" if one_click else "page",
        client=client_address(),
        user_agent=request.user_agent.string,
    )
    # A mail program has told its user already; whoever used the page may hold a letter that was passed on.
    if ended and not one_click:
        leaving.post_goodbye(session(), subscription)


def _of(link: LeavingLink) -> tuple[list[Subscription], Newsletter | None]:
    """What a link is about: the newsletter of its letter; of older letters the one that it names, or all."""
    newsletter = _newsletter(link)
    found = leaving.subscriptions(session(), link.subscriber_id, newsletter.id if newsletter else None)
    if newsletter is None and len(found) == 1:
        newsletter = found[0].newsletter
    return found, newsletter


def _newsletter(link: LeavingLink) -> Newsletter | None:
    if link.newsletter_id:
        return session().get(Newsletter, link.newsletter_id)
    if link.issue_id:
        issue = session().get(Issue, link.issue_id)
        return issue.newsletter if issue else None
    try:
        return newsletters.find(session(), request.args.get("newsletter", ""))
    except NotFound:
        return None


def _page(subscriptions: list[Subscription], newsletter: Newsletter | None) -> str:
    running = [one for one in subscriptions if one.state is not SubscriptionState.ENDED]
    return render_template(
        "public/unsubscribe.html",
        newsletter=newsletter,
        running=running,
        masked=masked(running[0].subscriber.address or "") if running else "",
    )
