"""Letters of an issue that have not simply gone out: what was answered, and what can be done about each."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from models.deliveries.delivery import message_id_maker
from models.deliveries.letters import letter_list, unknown
from models.deliveries.letters.letter_list import PAGE_SIZE, LetterKind
from models.issues import issue as issues
from models.issues.issue import Issue
from models.issues.issue_state import IssueState
from models.staff import audit
from models.staff.permission import Permission
from models.store import input_rule

from ...request import session
from .. import stop_reasons
from ..access import may
from ..login_session import blueprint, member

LONGEST_NOTE = 500


@blueprint.get("/issues/<int:issue_id>/letters/<any(unknown, policy, failed, bounced, deferred):kind>")
def letters(issue_id: int, kind: str) -> ResponseReturnValue:
    """A page of them; readers' addresses are for those who may read subscribers, and who looks is written down."""
    one = issues.get(session(), issue_id)
    return render_template("staff/sending/letters.html", **_shown(one, LetterKind(kind), _after()))


def _shown(one: Issue, kind: LetterKind, after: int) -> dict[str, object]:
    found = letter_list.of(session(), one, kind, after)
    shown = found[:PAGE_SIZE]
    whole = may(Permission.READ_SUBSCRIBERS)
    if whole and found:
        numbers = [letter.subscriber_id for letter in shown]
        audit.record(
            session(), member(), "look at letters", f"issue/{one.id}",
            kind=kind.value, letters=len(numbers), first=numbers[0], last=numbers[-1],
        )  # fmt: skip
    return {
        "issue": one, "kind": kind, "kinds": LetterKind, "after": after,
        "letters": shown if whole else [letter.masked() for letter in shown], "masked": not whole,
        "next": found[PAGE_SIZE - 1].subscriber_id if len(found) > PAGE_SIZE else None,
        "message_id": message_id_maker(one), "explain": stop_reasons.explain,
        "may_settle": may(Permission.SEND) and kind is LetterKind.UNKNOWN,
        "may_resend": one.state is not IssueState.CANCELLED,
    }  # fmt: skip


def _after() -> int:
    typed = request.args.get("after", "")
    number = input_rule.whole_number(typed) if typed else 0
    if number is None:
        abort(404)
    return number


@blueprint.post("/issues/<int:issue_id>/letters/<int:reader>/<any(accepted, again):outcome>")
def settle_letter(issue_id: int, reader: int, outcome: str) -> ResponseReturnValue:
    """Say what became of a letter of which nobody knew, as the relay's log has it."""
    one = issues.get(session(), issue_id)
    note = request.form.get("note", "").strip()[:LONGEST_NOTE]
    if outcome == "accepted":
        unknown.mark_accepted(session(), one, reader, by=member(), note=note)
        flash(_("The letter counts as delivered now."))
    else:
        unknown.resend(session(), one, reader, by=member(), note=note)
        flash(_("The letter is sent again."))
    return redirect(url_for("staff.letters", issue_id=one.id, kind=LetterKind.UNKNOWN.value, after=_after() or None))
