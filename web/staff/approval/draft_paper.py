"""The paper of an issue's approval (起案用紙): everything that was decided on and by whom, on sheets of A4."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from models.handover import authorship
from models.issues import approval
from models.issues import issue as model
from models.issues.approval import Decision
from models.issues.issue import Issue
from models.issues.review import block_remark, submission
from models.store.clock import now
from models.store.errors import Invalid
from templates.archive import pages
from templates.content import compose, digest, segment_words

from ...language import language
from ...request import session
from .. import counting
from ..login_session import blueprint
from . import approval_view


class PaperEvent(NamedTuple):
    """One thing that happened on the way of an issue to its approval."""

    at: datetime
    who: str
    what: str
    note: str
    digest: str = ""


@blueprint.get("/issues/<int:issue_id>/draft-paper")
def draft_paper(issue_id: int) -> ResponseReturnValue:
    """The paper, as it stands now."""
    one = model.get(session(), issue_id)
    letter = compose.everything(session(), one)
    content = digest.of(session(), one, letter)
    progress = approval.progress(session(), one, content)
    problem, shown = "", None
    try:
        shown = pages.render_issue(letter, {})
    except Invalid as error:
        problem = error.say(language())
    return render_template(
        "staff/approval/draft_paper.html", issue=one, content=content, progress=progress, drawn_at=now(),
        shown=approval_view.of(one, content, progress), authors=authorship.of(session(), one),
        conditions=segment_words.describe(one, language()), events=_events(one), letter=shown, problem=problem,
        **counting.of_request(one).values(),
    )  # fmt: skip


def _events(one: Issue) -> list[PaperEvent]:
    """What happened, the oldest first."""
    found: list[PaperEvent] = []
    for submitted in submission.list_all(session(), one):
        who = submitted.member.name if submitted.member else ""
        found.append(PaperEvent(submitted.at, who, _("Submitted"), submitted.note))
        if submitted.withdrawn_at:
            by = submitted.withdrawn_by.name if submitted.withdrawn_by else ""
            found.append(PaperEvent(submitted.withdrawn_at, by, _("Taken back"), ""))
    for decided in approval.history(session(), one):
        who = decided.member.name
        if decided.in_place_of:
            who = _("%(name)s, in the place of %(absent)s", name=who, absent=decided.in_place_of.name)
        what = _("Approval given") if decided.decision is Decision.APPROVED else _("Sent back")
        remarks = [
            _("Block %(number)s: %(text)s", number=remark.number, text=remark.text)
            for remark in block_remark.located(decided.remarks, ())
        ]
        found.append(PaperEvent(decided.at, who, what, "\n".join(filter(None, (decided.note, *remarks))),
                                decided.digest))  # fmt: skip
    return sorted(found, key=lambda event: event.at)
