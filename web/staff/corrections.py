"""Putting right what is out: repairing a paused issue, correcting one that was sent, mending links and the archive."""

from __future__ import annotations

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from models.deliveries import correction as model
from models.deliveries import progress, proposal
from models.deliveries.delivery import DeliveryState
from models.deliveries.proposal import Change, Proposal, ProposalKind
from models.issues import approval, article, issue_list, repair
from models.issues import issue as issues
from models.issues.issue import Issue
from models.issues.issue_state import IssueKind, IssueState
from models.issues.issue_words import wrong_state
from models.staff import member as members
from models.staff.member import Member
from models.store.errors import Invalid, WrongState
from models.store.phrase import phrase
from templates.content import digest

from ..request import session
from .login_session import blueprint, member

REFRESH_SECONDS = 3


@blueprint.get("/issues/<int:issue_id>/correction")
def correction(issue_id: int) -> ResponseReturnValue:
    """What can be put right, and how far that is."""
    return _page(issues.get(session(), issue_id))


@blueprint.post("/issues/<int:issue_id>/repair")
def apply_repair(issue_id: int) -> ResponseReturnValue:
    """Have the approved content put into the letters that are not yet sent."""
    one = issues.get(session(), issue_id, lock=True)
    try:
        asked = repair.request(session(), one, member(), digest.of(session(), one))
    except WrongState:
        session().rollback()
        message = _("The new content is not approved yet, or the issue is not paused any more.")
        return _page(issues.get(session(), issue_id), {"": message}, 409)
    if not asked:
        return _done(one, _("What the issue shows has changed since it was approved. It waits for approval first."))
    return _done(one, _("The letters that are not yet sent are being changed. This takes a few seconds."))


@blueprint.post("/issues/<int:issue_id>/correction")
def draft_correction(issue_id: int) -> ResponseReturnValue:
    """Draft a correction."""
    one = issues.get(session(), issue_id)
    note, everybody = request.form.get("note", ""), request.form.get("to") == "all"
    try:
        made = model.draft(session(), one, note, member(), everybody=everybody)
    except Invalid:
        message = _("Say in no more than 2,000 characters what was wrong, and what is right.")
        return _page(one, {"note": message}, 422, note=note)
    flash(_("This is the draft of the correction. Fix what is wrong in it, then ask for approval."))
    return redirect(url_for("staff.issue", issue_id=made.id))


@blueprint.post("/issues/<int:issue_id>/stamp")
def save_note(issue_id: int) -> ResponseReturnValue:
    """Say on the archive's page what was wrong."""
    one = issues.get(session(), issue_id, lock=True)
    typed = request.form.get("stamp", "")
    try:
        waiting = proposal.propose(session(), one, ProposalKind.NOTE, typed, member())
    except Invalid:
        message = _("Say in no more than 2,000 characters what was wrong, and what is right.")
        return _page(one, {"stamp": message}, 422, stamp=typed)
    if waiting is not None:
        return _done(one, _("It is proposed. The approvers get a letter, and decide on it next."))
    done = _("The archive shows it within a minute.") if one.correction_note else _("The note has been taken away.")
    return _done(one, done)


@blueprint.post("/issues/<int:issue_id>/links/<int:number>")
def correct_link(issue_id: int, number: int) -> ResponseReturnValue:
    """Point a link of letters that are out to another address."""
    one = issues.get(session(), issue_id, lock=True)
    typed = request.form.get("url", "")
    try:
        waiting = proposal.propose(session(), one, ProposalKind.LINK, typed, member(), number)
    except Invalid:
        message = _("Write a whole address that begins with https:// or http://, without spaces. "
                    "It must not be the address of a tracked link.")  # fmt: skip
        return _page(one, {f"url-{number}": message}, 422, number=number, url=typed)
    if waiting is not None:
        return _done(one, _("It is proposed. The approvers get a letter, and decide on it next."))
    return _done(one, _("Link %(number)s leads to its new address within a minute.", number=number))


@blueprint.post("/issues/<int:issue_id>/proposals/<int:proposal_id>/<any(approve, refuse):decision>")
def decide_on_proposal(issue_id: int, proposal_id: int, decision: str) -> ResponseReturnValue:
    """Say yes or no to a link or a note that somebody else proposed."""
    one = issues.get(session(), issue_id, lock=True)
    if decision == "refuse":
        proposal.refuse(session(), one, proposal_id, member())
        return _done(one, _("The correction is refused."))
    if proposal.approve(session(), one, proposal_id, member()):
        return _done(one, _("The correction is made. Readers see it within a minute."))
    return _done(one, _("Your approval is recorded."))


def _done(one: Issue, message: str) -> ResponseReturnValue:
    flash(message)
    return redirect(url_for("staff.correction", issue_id=one.id))


def _page(one: Issue, errors: dict[str, str] | None = None, status: int = 200, **typed: object) -> ResponseReturnValue:
    """The page of what can be put right; *typed* is what somebody entered that could not be taken."""
    if one.prepared_at is None:
        raise wrong_state(one, phrase("be corrected"), phrase("Nothing of it is out yet: edit it instead"))
    counts = progress.known(session(), one)
    got = sum(counts.get(state, 0) for state in model.RECEIVED_STATES)
    editions = model.list_editions(session(), one)
    links = model.list_links(session(), one)
    page = render_template(
        "staff/correction.html",
        issue=one,
        states=IssueState,
        errors=errors or {},
        typed=typed,
        got=got,
        waiting=counts.get(DeliveryState.QUEUED, 0) + counts.get(DeliveryState.DEFERRED, 0),
        approved=not one.in_repair or approval.is_complete(session(), one, digest.of(session(), one)),
        # Where every edition is wrong, it is everybody who has a letter, and need not be counted again.
        wrong=model.count_readers(session(), one) if any(row.superseded_at for row in editions) else got,
        repaired=any(row.superseded_at for row in editions),
        is_correction=one.kind is IssueKind.CORRECTION,
        corrections=issue_list.corrections(session(), one),
        links=links,
        proposals=_proposals(one),
        member_id=member().id,
        needs_approval=proposal.needs_approval(one),
        titles=article.titles(session(), (row.article_id for row in links if row.article_id)),
        refresh=REFRESH_SECONDS if one.repair_asked_at else 0,
    )
    return make_response(page, status)


def _proposals(one: Issue) -> list[tuple[Proposal, Change, list[Member]]]:
    """Each correction that waits for approval, what it changes, and who is asked."""
    approvers = members.list_approvers(session(), one.newsletter_id)
    return [
        (waiting, proposal.find_change(session(), one, waiting.kind, waiting.number, waiting.value),
         proposal.asked(approvers, waiting))
        for waiting in proposal.list_open(session(), one)
    ]  # fmt: skip
