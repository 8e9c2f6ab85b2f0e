"""Returned mail of a newsletter: what came, what it was taken for, and whose letters may stop soon.

Addresses are masked here. Whose letter a message is about, where that is proved, stands on the reader's own page, where
letters that were stopped can be let go again, with a note.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from flask import render_template, request

import settings
from models.bounces import returned_mail_list, streak
from models.bounces.returned_mail_list import PAGE_SIZE
from models.issues import newsletter as newsletters
from models.staff.permission import EVERY_NEWSLETTER, Permission
from models.store.mail_address import masked

from ...request import session
from .. import access
from ..login_session import blueprint
from . import return_words


@blueprint.get("/newsletters/<slug>/returned-mail")
def returned_mail(slug: str) -> str:
    """One page of messages, how many of each class came, and whose letters came back several times in a row."""
    newsletter = newsletters.find(session(), slug)
    kind = request.args.get("kind", "")
    kind = kind if kind in return_words.KINDS else ""
    found = returned_mail_list.page(session(), newsletter, kind=kind, before=_moment(), others=sees_all())
    return render_template(
        "staff/returns/list.html", edited=newsletter, kind=kind, found=found[:PAGE_SIZE], more=len(found) > PAGE_SIZE,
        counts=returned_mail_list.counts(session(), newsletter, others=sees_all()),
        near=streak.near(session(), newsletter.id), words=return_words, masked=masked, chosen=settings.get(),
        paged=_moment() is not None,
    )  # fmt: skip


@blueprint.get("/newsletters/<slug>/returned-mail/<digest>")
def returned_message(slug: str, digest: str) -> str:
    """One message: what was read in it, by which rule, whose letter it is about, and what followed."""
    newsletter = newsletters.find(session(), slug)
    mail = returned_mail_list.get(session(), newsletter, digest, others=sees_all())
    return render_template(
        "staff/returns/message.html", edited=newsletter, mail=mail, words=return_words, masked=masked,
        issue=mail.issue, kept_days=settings.get().returns_kept_days,
    )  # fmt: skip


def sees_all() -> bool:
    """Whether the person who asks sees also what belongs to no newsletter."""
    return access.scope(Permission.READ_SUBSCRIBERS) == EVERY_NEWSLETTER


def _moment() -> datetime | None:
    with suppress(ValueError):
        moment = datetime.fromisoformat(request.args.get("before", "")[:40])
        return moment if moment.tzinfo else None
    return None
