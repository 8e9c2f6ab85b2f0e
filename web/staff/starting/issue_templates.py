"""Templates of issues: kept from an issue's page, listed by newsletter, renamed, deleted."""

from __future__ import annotations

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from models.issues import issue as issues
from models.issues.newsletter import Newsletter
from models.issues.starting import issue_template
from models.store.errors import Invalid

from ...language import _, language
from ...request import session
from .. import access
from ..login_session import blueprint, member


@blueprint.get("/issues/templates")
def issue_templates() -> ResponseReturnValue:
    """The templates of a newsletter."""
    return _page(access.newsletter())


@blueprint.get("/issues/<int:issue_id>/template")
def new_issue_template(issue_id: int) -> ResponseReturnValue:
    """The form that keeps an issue as a template."""
    return _form(issue_id, "")


@blueprint.post("/issues/<int:issue_id>/template")
def keep_issue_template(issue_id: int) -> ResponseReturnValue:
    """Keep an issue's present content as a template."""
    one, name = issues.get(session(), issue_id), request.form.get("name", "")
    try:
        kept = issue_template.keep(session(), one, name, member())
    except Invalid as error:
        session().rollback()
        return _form(issue_id, name, {"name": error.say(language())}, 422)
    flash(_("The template “%(name)s” is kept.", name=kept.name))
    return redirect(url_for("staff.issue_templates", newsletter=one.newsletter.slug))


@blueprint.post("/issues/templates/<int:template_id>/rename")
def rename_issue_template(template_id: int) -> ResponseReturnValue:
    """Give a template another name."""
    template, name = issue_template.get(session(), template_id), request.form.get("name", "")
    newsletter = session().get_one(Newsletter, template.newsletter_id)
    try:
        issue_template.rename(session(), template, name, member())
    except Invalid as error:
        session().rollback()
        return _page(newsletter, {f"name-{template_id}": error.say(language())}, 422, typed={template_id: name})
    flash(_("Saved."))
    return redirect(url_for("staff.issue_templates", newsletter=newsletter.slug))


@blueprint.post("/issues/templates/<int:template_id>/delete")
def delete_issue_template(template_id: int) -> ResponseReturnValue:
    """Delete a template."""
    template = issue_template.get(session(), template_id)
    newsletter = session().get_one(Newsletter, template.newsletter_id)
    issue_template.delete(session(), template, member())
    flash(_("The template “%(name)s” is deleted. Issues that began with it stay.", name=template.name))
    return redirect(url_for("staff.issue_templates", newsletter=newsletter.slug))


def _form(issue_id: int, name: str, errors: dict[str, str] | None = None, status: int = 200) -> ResponseReturnValue:
    one = issues.get(session(), issue_id)
    page = render_template("staff/starting/keep.html", issue=one, name=name, errors=errors or {})
    return make_response(page, status)


def _page(
    newsletter: Newsletter, errors: dict[str, str] | None = None, status: int = 200,
    typed: dict[int, str] | None = None,
) -> ResponseReturnValue:  # fmt: skip
    page = render_template(
        "staff/starting/templates.html", edited=newsletter, newsletters=access.list_newsletters(),
        templates=issue_template.list_all(session(), newsletter.id), errors=errors or {}, typed=typed or {},
    )  # fmt: skip
    return make_response(page, status)
