"""How far an issue has gone out, read again every few seconds."""

from __future__ import annotations

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from models.deliveries import failed
from models.deliveries import lane as lanes
from models.deliveries import progress as model
from models.deliveries.delivery import DeliveryState
from models.issues import issue as issues
from models.issues.issue_state import IssueState
from models.store import enqueue
from models.store.errors import Invalid

from ..request import session
from . import stop_reasons
from .login_session import blueprint, member

ON_ITS_WAY = frozenset({IssueState.PREPARING, IssueState.SENDING})
REFRESH_SECONDS = 5


@blueprint.get("/issues/<int:issue_id>/progress")
def progress(issue_id: int) -> ResponseReturnValue:
    """The page; it loads itself again while the issue is on its way, also without scripts."""
    one = issues.get(session(), issue_id)
    now = model.read(session(), one)
    some_failed = one.state is not IssueState.CANCELLED and now.counts.get(DeliveryState.FAILED)
    return render_template(
        "staff/progress.html", issue=one, progress=now, deliveries=DeliveryState,
        refresh=REFRESH_SECONDS if one.state in ON_ITS_WAY else 0, explain=stop_reasons.explain,
        waiting=model.deferred(session(), one.id) if now.counts.get(DeliveryState.DEFERRED) else (),
        failed=failed.count_by_lane(session(), one) if some_failed else (), states=IssueState,
    )  # fmt: skip


@blueprint.get("/issues/<int:issue_id>/progress.json")
def progress_json(issue_id: int) -> ResponseReturnValue:
    """The same numbers for a program."""
    now = model.read(session(), issues.get(session(), issue_id))
    return jsonify(
        state=now.state.value,
        total=now.total,
        left=now.left,
        rate=now.rate,
        seconds_left=now.seconds_left,
        counts={state.value: now.counts.get(state, 0) for state in DeliveryState},
        paused_lanes={lane.name: lane.reason for lane in now.stopped_lanes},
        lanes_go_on={lane.name: lane.resume_at.isoformat() for lane in now.stopped_lanes if lane.resume_at},
        trouble=now.trouble,
        relay_errors=dict(now.relay_errors),
    )


@blueprint.post("/issues/<int:issue_id>/lanes/<slug>/resume")
def resume_lane(issue_id: int, slug: str) -> ResponseReturnValue:
    """Go on with a lane that is paused or rests."""
    one = issues.get(session(), issue_id)
    lanes.resume(session(), lanes.find(session(), slug), by=member())
    enqueue.enqueue(session(), enqueue.SWEEP)
    flash(_("Done. It takes hold within moments."))
    return redirect(url_for("staff.progress", issue_id=one.id))


@blueprint.post("/issues/<int:issue_id>/retry")
def retry_failed(issue_id: int) -> ResponseReturnValue:
    """Send letters again that failed for a reason that is not the reader's: of one lane, or of all."""
    one = issues.get(session(), issue_id)
    slug = request.form.get("lane", "")
    try:
        number = failed.retry(session(), one, lanes.find(session(), slug) if slug else None, by=member())
        flash(_("%(number)s letters are sent again.", number=f"{number:,}"))
    except Invalid:
        flash(_("No letter is left that could be sent again."))
    return redirect(url_for("staff.progress", issue_id=one.id))
