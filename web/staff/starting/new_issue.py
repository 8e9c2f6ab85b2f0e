"""The page on which an issue begins: what it can begin with, each with its button."""

from __future__ import annotations

from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from models.issues import issue as issues
from models.issues import issue_list
from models.issues.issue import Issue
from models.issues.issue_state import IssueKind
from models.issues.newsletter import Newsletter
from models.issues.starting import draft_copy, issue_template
from models.reports import period as periods
from models.reports.ranking import Query
from models.staff import audit
from models.store import clock, input_rule
from models.store.errors import Invalid, NotFound

from ...language import _, language
from ...request import session
from .. import access
from ..login_session import blueprint, member
from ..reports import ranking_form
from ..reports.ranking_form import RankingForm

MAX_SUBJECT = 500


@blueprint.get("/issues/new")
def new_issue() -> ResponseReturnValue:
    """What an issue of a newsletter can begin with."""
    return page(access.newsletter())


@blueprint.post("/issues/new")
def create_issue() -> ResponseReturnValue:
    """Make a draft: empty, of an earlier issue, or of a template."""
    newsletter = access.newsletter()
    try:
        made = _begin(newsletter)
    except (Invalid, NotFound) as error:
        session().rollback()
        field = error.field if isinstance(error, Invalid) and error.field else "start"
        return page(access.newsletter(), {field: error.say(language())}, 422)
    return begun(made)


def begun(made: Issue) -> ResponseReturnValue:
    """On to writing."""
    flash(_("This is the draft of issue %(number)s. Look through it, and change what is different this time.",
            number=made.number))  # fmt: skip
    return redirect(url_for("staff.write", issue_id=made.id))


def _begin(newsletter: Newsletter) -> Issue:
    match request.form.get("start", ""):
        case "copy":
            source = issues.get(session(), _number("issue", _("Choose an issue.")))
            if source.newsletter_id != newsletter.id:
                raise NotFound("there is no such issue in this newsletter")
            return draft_copy.copy(session(), source, member())
        case "template":
            template = issue_template.get(session(), _number("template", _("Choose a template.")))
            if template.newsletter_id != newsletter.id:
                raise NotFound("there is no such template any more")
            return issue_template.begin(session(), template, member())
        case _:
            return _empty(newsletter)


def _number(name: str, missing: str) -> int:
    number = input_rule.whole_number(request.form.get(name, ""))
    if number is None:
        raise Invalid(missing, field=name)
    return number


def _empty(newsletter: Newsletter) -> Issue:
    subject = input_rule.line(request.form.get("subject", ""))
    if not input_rule.is_visible(subject):
        raise Invalid("the issue has no subject: write one", field="subject")
    if len(subject) > MAX_SUBJECT:
        raise Invalid("the subject is longer than 500 characters: shorten it", field="subject")
    made = issues.create(session(), newsletter, subject=subject, author_id=member().id)
    audit.record(session(), member(), "create issue", f"issue/{made.id}")
    return made


def usual_subject(newsletter: Newsletter) -> str:
    """What a new issue may be called."""
    latest = issue_list.latest(session(), newsletter.id)
    number = latest.number + 1 if latest else 1
    if newsletter.language == "en":
        return f"{newsletter.name} No. {number}"
    return f"{newsletter.name} 第{number}号"


def page(
    newsletter: Newsletter, errors: dict[str, str] | None = None, status: int = 200, **typed: Any
) -> ResponseReturnValue:
    """The page. *typed*: what was entered, where it is shown again."""
    newest = issue_list.newest_of(session(), newsletter.id)
    latest = next((one for one in newest if one.kind is IssueKind.REGULAR), None)
    ranked = RankingForm(newsletter, Query(newsletter.slug, periods.year(clock.today().year)), ranking_form.TOP)
    shown = render_template(
        "staff/starting/new.html", edited=newsletter, newsletters=access.list_newsletters(), latest=latest,
        moved=draft_copy.moved(session(), latest) if latest else None,
        earlier=[one for one in newest if one is not latest], form=ranked,
        templates=issue_template.list_all(session(), newsletter.id), periods=ranking_form.period_choices(ranked),
        subject=request.form.get("subject") or usual_subject(newsletter), feed=typed.get("feed", ""),
        errors=errors or {},
    )  # fmt: skip
    return make_response(shown, status)
