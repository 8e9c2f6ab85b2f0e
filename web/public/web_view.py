"""The page behind “View in a browser” in a letter: the reader's own copy of the issue, also where it is not public.

It shows the edition as it was frozen, and nothing that tells who the reader is or acts for them: letters are passed on.
"""

from __future__ import annotations

import re

from flask import render_template
from flask.typing import ResponseReturnValue

from models.archive import published
from models.deliveries import correction, edition
from models.issues import issue as issues
from models.issues.issue import Issue
from models.issues.issue_state import IssueState
from models.store import token as tokens
from models.store.errors import NotFound
from models.store.language import known
from models.store.token import Purpose
from templates.archive.web_copy import EditionFacts, web_copy
from templates.content import compose
from templates.content.wording import wording

from ..request import session
from .blueprint import blueprint

# The letter brings its styles in its elements, and pictures from wherever its staff keep them; nothing else is run.
POLICY = (
    "default-src 'none'; img-src http: https: data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
_EMBEDDED = re.compile(r'"cid:([0-9a-f]{32})@')


@blueprint.get("/v/<token>")
def web_view(token: str) -> ResponseReturnValue:
    """The edition that the reader got, with links that are not tracked."""
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
    page = web_copy(own.html, _facts(issue, own.html), wording(known(issue.language) or "ja"))
    return page, {"Content-Security-Policy": POLICY, "X-Robots-Tag": "noindex, nofollow"}


def _facts(issue: Issue, html: str) -> EditionFacts:
    embedded = published.images_beginning(session(), set(_EMBEDDED.findall(html)))
    return EditionFacts(
        links=edition.targets(session(), issue.id),
        corrected={wrong: right for (wrong, _), right in correction.corrected_addresses(session(), issue).items()},
        pictures={one.digest[:32]: compose.image_address(one) for one in embedded},
        note=issue.correction_note if issue.prepared_at else "",
    )
