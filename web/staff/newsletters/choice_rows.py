"""What readers choose among: topics and audiences, added, renamed and ordered on one page each; topics merged."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from models.issues import choices
from models.issues.choices import TypedChoice
from models.issues.newsletter import Audience, Newsletter, Topic
from models.readers import topic_merge
from models.store.errors import Invalid

from ...language import language
from ...request import session
from ..login_session import blueprint, member
from . import row_form
from . import section as frame
from .row_form import Row, RowColumn

KINDS: dict[str, type[Topic] | type[Audience]] = {"topics": Topic, "audiences": Audience}
COLUMNS = (
    RowColumn("name", lazy_gettext("Name that readers see")),
    RowColumn("slug", lazy_gettext("Name in addresses"), lazy_gettext("Small letters and digits; empty: made for you."),
              fixed=True),
)  # fmt: skip


@blueprint.get("/newsletters/<slug>/topics", defaults={"kind": "topics"}, endpoint="newsletter_topics")
@blueprint.get("/newsletters/<slug>/audiences", defaults={"kind": "audiences"}, endpoint="newsletter_audiences")
def newsletter_choices(slug: str, kind: str) -> ResponseReturnValue:
    """The topics, or the audiences, of a newsletter."""
    return _page(frame.find(slug), kind)


@blueprint.post("/newsletters/<slug>/topics", defaults={"kind": "topics"}, endpoint="save_newsletter_topics")
@blueprint.post("/newsletters/<slug>/audiences", defaults={"kind": "audiences"}, endpoint="save_newsletter_audiences")
def save_newsletter_choices(slug: str, kind: str) -> ResponseReturnValue:
    """Save names and order, and add what is new."""
    newsletter, rows = frame.find(slug, lock=True), row_form.typed(COLUMNS)
    standing = row_form.filled(rows)
    wanted = [TypedChoice(row.values["slug"], row.values["name"], row.is_new) for row in standing]
    if faults := choices.faults(newsletter, KINDS[kind], wanted):
        errors = {f"name-{standing[place].key}": why.say(language()) for place, why in faults.items()}
        return _page(newsletter, kind, 422, rows=rows, errors=errors, version=request.form.get("version", ""))
    if frame.is_stale(choices.version(newsletter, KINDS[kind])):
        return _page(newsletter, kind, 409, rows=rows, errors=frame.stale_error(), stale=True,
                     version=request.form.get("version", ""))  # fmt: skip
    change = partial(choices.save, session(), newsletter, KINDS[kind], wanted, member())
    if question := frame.keep(newsletter, change):
        return _page(newsletter, kind, 409, rows=rows, question=question)
    return frame.done(frame.address_of(kind, newsletter))


@blueprint.get("/newsletters/<slug>/topics/merge")
def merge_topics_form(slug: str) -> ResponseReturnValue:
    """What merging one topic into another would do, with the button that does it."""
    return _merge_page(frame.find(slug), request.args.get("merged", ""), request.args.get("into", ""))


@blueprint.post("/newsletters/<slug>/topics/merge")
def merge_topics(slug: str) -> ResponseReturnValue:
    """Merge them: readers' choices, articles, links and rankings go on."""
    newsletter = frame.find(slug, lock=True)
    names = [request.form.get(name, "") for name in ("merged", "into")]
    merged, into = (_topic(newsletter, name) for name in names)
    if merged is None or into is None or merged is into:
        wrong = {"into": _("Choose two different topics; one that was merged meanwhile is no longer there.")}
        return _merge_page(newsletter, *names, errors=wrong, status=422)
    told = _("“%(merged)s” is part of “%(into)s” now.", merged=merged.name, into=into.name)
    try:
        question = frame.keep(newsletter, lambda: topic_merge.merge(session(), newsletter, merged, into, member()))
    except Invalid as error:
        session().rollback()
        return _merge_page(newsletter, *names, errors={error.field: error.say(language())}, status=422)
    if question:
        return _merge_page(newsletter, *names, question=question, status=409)
    return frame.done(url_for("staff.newsletter_topics", slug=slug), told)


def _topic(newsletter: Newsletter, slug: str) -> Topic | None:
    return next((one for one in newsletter.topics if one.slug == slug), None)


def _page(
    newsletter: Newsletter, kind: str, status: int = 200, *, rows: list[Row] | None = None, **values: Any
) -> ResponseReturnValue:
    kept = [{"name": one.name, "slug": one.slug} for one in choices.of(newsletter, KINDS[kind])]
    version = choices.version(newsletter, KINDS[kind])
    return frame.page("rows", newsletter, kind, status, columns=COLUMNS, rows=rows or row_form.shown(COLUMNS, kept),
                      kept=[one["name"] for one in kept], current=version, merged=newsletter.merged_topics,
                      **{"version": version, **values})  # fmt: skip


def _merge_page(
    newsletter: Newsletter, merged: str, into: str, *, status: int = 200, **values: Any
) -> ResponseReturnValue:
    one, other = _topic(newsletter, merged), _topic(newsletter, into)
    effect = topic_merge.effect(session(), one, other) if one and other and one is not other else None
    return frame.page("merge_topics", newsletter, "topics", status, merged=one, into=other, effect=effect,
                      title=_("Merge topics"), **values)  # fmt: skip
