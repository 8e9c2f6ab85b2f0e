"""A test letter of an issue: to oneself or to a test group, as any kind of reader."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from models.issues import issue as model
from models.issues.issue import Issue
from models.issues.test_letters import test_letter as tests
from models.issues.test_letters.test_letter import TestLetter
from models.outbox import transactional
from models.outbox.transactional import TransactionalLetter
from models.readers import test_letter_request
from models.store.clock import now
from models.store.errors import Invalid, NotFound
from templates.message.mime import StampedLetter
from templates.render import test_letter as rendering

from ..language import language
from ..request import session
from .login_session import blueprint, member


class SentTest(NamedTuple):
    """A test as the page lists it."""

    test: TestLetter
    letters: Sequence[TransactionalLetter]
    """Those of its letters that the outbox still remembers."""


@blueprint.get("/issues/<int:issue_id>/test-letter")
def test_letter(issue_id: int) -> ResponseReturnValue:
    """The form, with the tests that were sent."""
    return _page(model.get(session(), issue_id), request.args.get("audience", ""), request.args.getlist("topic"))


@blueprint.post("/issues/<int:issue_id>/test-letter")
def send_test_letter(issue_id: int) -> ResponseReturnValue:
    """Put it into the outbox; what cannot be rendered is said here and not found out by waiting."""
    one = model.get(session(), issue_id)
    audience, topics = request.form.get("audience", ""), request.form.getlist("topic")
    group = request.form.get("group", "")
    try:
        _render(one, audience, topics)
        made = test_letter_request.post(session(), one, member(), group=group, audience=audience, topics=topics)
    except (Invalid, NotFound) as error:
        session().rollback()
        one = model.get(session(), issue_id)
        return _page(one, audience, topics, group=group, errors={"group": error.say(language())}, status=422)
    count = len(made.letter_ids)
    flash(
        ngettext("%(num)s test letter is on its way.", "%(num)s test letters are on their way.", count)
        if group
        else _("A test letter is on its way to %(address)s.", address=member().address)
    )
    return redirect(url_for("staff.test_letter", issue_id=issue_id, audience=audience or None, topic=topics))


def _render(one: Issue, audience: str, topics: Sequence[str]) -> StampedLetter:
    letter = rendering.compose_test(session(), one, audience, topics)
    return rendering.write(letter, to=member().address, number=0, moment=now())


def _page(
    one: Issue, audience: str, topics: Sequence[str], *, group: str = "", status: int = 200, **values: Any
) -> ResponseReturnValue:
    shown = render_template(
        "staff/test_letter.html", issue=one, audience=audience, topics=topics, group=group, own=member().address,
        sent=_sent(one.id), **{"errors": {}, **values},
    )  # fmt: skip
    return make_response(shown, status)


def _sent(issue_id: int) -> list[SentTest]:
    """The last tests, with their letters, by two queries."""
    latest = tests.latest(session(), issue_id)
    wanted = [number for one in latest for number in one.letter_ids]
    letters = transactional.find(session(), wanted)
    return [SentTest(one, [letters[number] for number in one.letter_ids if number in letters]) for one in latest]
