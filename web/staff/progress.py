"""How far an issue has gone out, read again every few seconds."""

from __future__ import annotations

from flask import jsonify, render_template
from flask.typing import ResponseReturnValue

from models.deliveries import progress as model
from models.deliveries.delivery import DeliveryState
from models.issues import issue as issues
from models.issues.issue_state import IssueState

from ..request import session
from .login_session import blueprint, roles_required

ON_ITS_WAY = frozenset({IssueState.PREPARING, IssueState.SENDING})
REFRESH_SECONDS = 5


@blueprint.get("/issues/<int:issue_id>/progress")
@roles_required()
def progress(issue_id: int) -> ResponseReturnValue:
    """The page; it loads itself again while the issue is on its way, also without scripts."""
    one = issues.get(session(), issue_id)
    return render_template(
        "staff/progress.html", issue=one, progress=model.read(session(), one), deliveries=DeliveryState,
        refresh=REFRESH_SECONDS if one.state in ON_ITS_WAY else 0,
    )  # fmt: skip


@blueprint.get("/issues/<int:issue_id>/progress.json")
@roles_required()
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
        paused_lanes=dict(now.paused_lanes),
        relay_errors=dict(now.relay_errors),
    )
