"""The page behind “View in a browser” in a letter: the reader's own copy of the issue, also where it is not public.

It shows nothing that tells who the reader is, and leads to no page of the reader's: letters are passed on.
"""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from models.deliveries import correction, edition
from models.issues import issue as issues
from models.issues.issue_state import IssueState
from models.store import token as tokens
from models.store.errors import NotFound
from models.store.token import Purpose
from templates.archive import pages
from templates.content import compose
from templates.content.variant import Variant

from ..request import session
from .blueprint import blueprint


@blueprint.get("/v/<token>")
def web_view(token: str) -> ResponseReturnValue:
    """The blocks that the reader's letter has, with links that are not tracked."""
    claim = tokens.read(Purpose.VIEW, token)
    own = edition.find_for_reader(session(), claim.issue, claim.subscriber)
    if own is None:
        raise NotFound("there is no such letter")
    issue = issues.get(session(), claim.issue)
    if issue.state is IssueState.CANCELLED:
        return render_template("public/withdrawn.html", newsletter=issue.newsletter, issue=issue), 410
    if issue.in_repair:
        page = render_template("public/in_repair.html", newsletter=issue.newsletter, issue=issue)
        return page, 503, {"Retry-After": "600"}
    letter = compose.compose(session(), issue, Variant.of_stored(issue, own.variant))
    return render_template(
        "public/web_view.html",
        newsletter=issue.newsletter,
        issue=issue,
        dated=compose.dated(issue),
        content=pages.render_issue(letter, correction.corrected_addresses(session(), issue)),
    )
