"""Events of sending services about a newsletter's letters: what came, what it was taken for, and what followed."""

from __future__ import annotations

from flask import render_template, request

from models.bounces.events import event_list
from models.bounces.events.provider_event import MOST_TRIES
from models.bounces.returned_mail_list import PAGE_SIZE
from models.issues import newsletter as newsletters
from models.store import input_rule
from models.store.mail_address import masked

from ...request import session
from ..login_session import blueprint
from . import return_words
from .returned_mail_pages import sees_all


@blueprint.get("/newsletters/<slug>/returned-mail/events")
def provider_events(slug: str) -> str:
    """One page of events, and how many of each class came."""
    newsletter = newsletters.find(session(), slug)
    kind = request.args.get("kind", "")
    kind = kind if kind in return_words.KINDS else ""
    before = input_rule.whole_number(request.args.get("before", ""))
    found = event_list.page(session(), newsletter, kind=kind, before=before, others=sees_all())
    return render_template(
        "staff/returns/events.html", edited=newsletter, kind=kind, found=found[:PAGE_SIZE], more=len(found) > PAGE_SIZE,
        counts=event_list.counts(session(), newsletter, others=sees_all()), words=return_words, masked=masked,
        paged=before is not None, most_tries=MOST_TRIES,
    )  # fmt: skip
