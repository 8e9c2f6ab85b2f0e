"""The list of a newsletter's readers: looked through by words and filters, a page at a time."""

from __future__ import annotations

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from models.issues import newsletter as newsletters
from models.issues.newsletter import Newsletter
from models.issues.segments import saved_segment
from models.readers.finding import reader_list as model
from models.readers.finding.reader_list import LOOK, FoundReaders, ListTooSlow
from models.readers.subscriber import SubscriptionState
from models.staff import audit
from models.staff.permission import Permission
from models.store.errors import Invalid, NotFound

from ...language import _, language
from ...request import session
from .. import access
from ..login_session import blueprint, member
from . import list_query, reader_words, sealed_words
from .list_query import NONE, ListQuery


@blueprint.get("/readers")
def readers() -> ResponseReturnValue:
    """The way to the readers of the first newsletter whose readers the person may see; each list names the others."""
    found = newsletters.list_all(session(), access.scope(Permission.READ_SUBSCRIBERS))
    if not found:
        raise NotFound("there is no newsletter yet")
    return redirect(url_for("staff.reader_list", slug=found[0].slug))


@blueprint.get("/newsletters/<slug>/readers")
def reader_list(slug: str) -> ResponseReturnValue:
    """One page; whose readers were shown, and how many, is written down."""
    newsletter = newsletters.find(session(), slug)
    query = list_query.of_address(newsletter)
    found = FoundReaders()
    if not query.errors:
        try:
            found = model.page(session(), newsletter, query.filter, request.args.get("after", "")[:60])
        except ListTooSlow:
            query.errors["segment" if query.filter.segment else "words"] = _(
                "This takes too long for a list. Narrow it by words or days, or count the segment on its own page."
            )
        except Invalid as error:
            query.errors["segment"] = error.say(language())
    if found.rows:
        audit.record(session(), member(), "look at list of readers", f"newsletter/{newsletter.id}",
                     count=len(found.rows), words=sealed_words.digest(query.filter.words))  # fmt: skip
    return _page(newsletter, query, found)


@blueprint.post("/newsletters/<slug>/readers")
def search_readers(slug: str) -> ResponseReturnValue:
    """Look for readers: leads to the list, with the words sealed in its address."""
    newsletter = newsletters.find(session(), slug)
    query = list_query.of_form(newsletter)
    if query.errors:
        return _page(newsletter, query, FoundReaders())
    return redirect(url_for("staff.reader_list", slug=slug, **list_query.for_address(newsletter, query)))


def _page(newsletter: Newsletter, query: ListQuery, found: FoundReaders) -> ResponseReturnValue:
    carried = list_query.for_address(newsletter, query)
    after = request.args.get("after", "")[:60]
    page = render_template(
        "staff/readers/list.html", edited=newsletter, query=query, typed=query.typed, found=found, look=LOOK,
        errors=query.errors, carried=carried, paged={**carried, "after": after} if after else carried,
        next_page={**carried, "after": found.next}, within={**carried, "within": "yes"}, after=after,
        words=reader_words, choices=_choices(newsletter),
        newsletters=newsletters.list_all(session(), access.scope(Permission.READ_SUBSCRIBERS)),
    )  # fmt: skip
    return make_response(page, 422 if query.errors else 200)


def _choices(newsletter: Newsletter) -> dict[str, list[tuple[str, str]]]:
    every, yes_no = ("", _("All")), [("yes", _("yes")), ("no", _("no"))]
    audiences = [(one.slug, one.name) for one in newsletter.audiences]
    saved = saved_segment.list_shown(session(), newsletter)
    return {
        "state": [every, *((one.value, reader_words.state(one)) for one in SubscriptionState)],
        "audience": [every, *audiences, (NONE, _("without audience"))],
        "topic": [every, *((one.slug, one.name) for one in newsletter.topics)],
        "confirmed": [every, *yes_no],
        "stopped": [every, *yes_no],
        "segment": [every, *((str(one.id), one.name) for one in saved)],
    }
