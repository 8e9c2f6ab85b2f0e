"""What the pages with a form of conditions share: the count, the samples, and the values that the form shows."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from flask import request

from models.deliveries import recipients
from models.deliveries.recipients import Recipients, Samples
from models.deliveries.scheduling import recipient_count
from models.issues.issue import Issue
from models.issues.newsletter import Newsletter
from models.issues.segments import segment
from models.issues.segments.condition import Tree
from models.staff import audit
from models.store.errors import Invalid
from templates.content import segment_words

from ...language import language
from ...request import session
from ..login_session import member
from . import condition_choices, segment_rows
from .segment_rows import SegmentForm

EXACTLY = "count exactly"
"""The button that counts however long it takes."""
OF_ALL = "samples of all"
"""The button that looks for samples among all readers, however long it takes."""
SAMPLES = 10
"""Readers who are shown of those whom a segment chooses."""


class Counted(NamedTuple):
    """How many readers a segment chooses now, or why that cannot be told."""

    found: Recipients | None = None
    at: datetime | None = None
    """When they were counted, where that was for another page."""
    waits: bool = False
    """Whether somebody must ask for the number, as it takes seconds."""
    samples: Samples | None = None
    problem: str = ""


class Typed(NamedTuple):
    """A form that was sent: what to show again, and what it says if nothing is wrong."""

    form: SegmentForm
    kept: dict[str, Any]
    errors: dict[str, str]


def typed(newsletter: Newsletter, before: dict[str, Any], audience: str = "") -> Typed:
    """The form of this request.

    Arguments:
        before: the segment that the page is about, which stays in its own form where nothing in it was changed.
    """
    form = segment_rows.typed()
    tree, faults = segment_rows.read(form)
    errors = {name: why.say(language()) for name, why in faults.items()}
    kept = before if not errors and same(before, tree) else {} if errors else segment.of_tree(tree)
    if not errors:
        try:
            segment.check(session(), newsletter, kept, audience)
        except Invalid as error:
            errors[""] = error.say(language())
    return Typed(form, kept, errors)


def same(kept: dict[str, Any], tree: Tree | None) -> bool:
    """Whether a segment, in whichever form, says what a tree says."""
    try:
        other = segment.parse(kept).tree
    except Invalid:
        return False
    return (other and other.model_dump()) == (tree and tree.model_dump())


def shown(kept: dict[str, Any]) -> SegmentForm:
    """The form for a segment; an empty one where it cannot be read."""
    try:
        return segment_rows.of_tree(segment.parse(kept).tree)
    except Invalid:
        return SegmentForm()


def count(
    issue: Issue | None, newsletter: Newsletter, audience: str, kept: dict[str, Any], *, samples: bool = False
) -> Counted:
    """The readers whom a segment chooses, as far as that can be told at once; a look at samples is written down."""
    asked = recipients.as_if(issue, newsletter, audience, kept)
    anew = request.form.get("action") == EXACTLY
    try:
        known = recipient_count.count(session(), asked) if anew else recipient_count.known(session(), asked)
        found, at = known or (None, None)
        if not samples:
            return Counted(found, at, waits=found is None)
        seen = recipients.sample(session(), asked, SAMPLES, of_all=request.form.get("action") == OF_ALL)
    except Invalid as error:
        return Counted(problem=error.say(language()))
    subject = f"issue/{issue.id}" if issue else f"newsletter/{newsletter.id}"
    said = sentence(newsletter, audience, kept)
    audit.record(session(), member(), "look at readers", subject, count=len(seen.readers), segment=said)
    return Counted(found, at, waits=found is None, samples=seen)


def sentence(newsletter: Newsletter, audience: str, kept: dict[str, Any]) -> str:
    """A segment in words, for the audit log, which has one language."""
    return segment_words.sentence(newsletter, audience, kept, newsletter.staff_language)


def values(newsletter: Newsletter, form: SegmentForm) -> dict[str, Any]:
    """What the template of the form needs."""
    known = condition_choices.kinds(newsletter)
    return {
        "form": form,
        "kinds": known,
        "offered": condition_choices.offered(newsletter, known.values()),
        "action": request.form.get("action", "") if request.method == "POST" else "",
    }


def in_words(newsletter: Newsletter, audience: str, kept: dict[str, Any]) -> str:
    """A segment in words of the page's language; what cannot be read says why."""
    try:
        return segment_words.sentence(newsletter, audience, kept, language())
    except Invalid as error:
        return error.say(language())
