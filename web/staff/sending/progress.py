"""How far an issue has gone out: its page, the part of it that is kept up to date, and the same as events."""

from __future__ import annotations

import unicodedata
from typing import Any, NamedTuple

from flask import Response, flash, jsonify, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from models.bounces.alarms import complaint_alarm, lane_alarm
from models.deliveries import lane as lanes
from models.deliveries import progress as model
from models.deliveries.delivery import DeliveryState
from models.deliveries.letters import failed
from models.deliveries.letters.letter_list import LetterKind
from models.deliveries.progress import Progress
from models.issues import issue as issues
from models.issues.issue import Issue
from models.issues.issue_state import SENT_STATES, IssueState
from models.issues.issue_words import wrong_state
from models.staff import audit
from models.store import enqueue
from models.store.errors import Invalid
from models.store.phrase import phrase

from ... import event_stream
from ...request import session
from .. import stop_reasons
from ..login_session import blueprint, member

ON_ITS_WAY = frozenset({IssueState.PREPARING, IssueState.SENDING, IssueState.PAUSED})
FASTEST = 10_000
"""Letters a second that may be asked for; relays take fewer."""


@blueprint.get("/issues/<int:issue_id>/progress")
def progress(issue_id: int) -> ResponseReturnValue:
    """The page. Without scripts it is asked for again by a link."""
    return page(issues.get(session(), issue_id))


@blueprint.get("/issues/<int:issue_id>/progress/figures")
def progress_figures(issue_id: int) -> ResponseReturnValue:
    """What of the page changes while the issue goes out."""
    return render_template("staff/sending/figures.html", **_shown(issues.get(session(), issue_id)))


@blueprint.get("/issues/<int:issue_id>/progress/events")
def progress_events(issue_id: int) -> ResponseReturnValue:
    """The same again whenever it has changed."""
    return event_stream.of_part(url_for_part(issue_id))


def url_for_part(issue_id: int) -> str:
    """The path of :func:`progress_figures` below the application."""
    return url_for("staff.progress_figures", issue_id=issue_id).removeprefix(request.script_root)


def page(one: Issue, errors: dict[str, str] | None = None, status: int = 200, rate: str | None = None) -> Response:
    """The page of an issue on its way.

    Arguments:
        rate: what was typed as its speed, where that is wrong.
    """
    typed = {"rate": f"{one.rate:g}" if one.rate else ""} if rate is None else {"rate": rate}
    return make_response(
        render_template("staff/sending/progress.html", errors=errors or {}, typed=typed, **_shown(one)), status
    )


def _shown(one: Issue) -> dict[str, Any]:
    now = model.read(session(), one)
    some_failed = one.state is not IssueState.CANCELLED and now.counts.get(DeliveryState.FAILED)
    sent = one.state in SENT_STATES and one.state not in ON_ITS_WAY
    return {
        "issue": one, "progress": now, "deliveries": DeliveryState, "states": IssueState,
        "live": one.state in ON_ITS_WAY, "sent": sent, "lanes": _by_lane(now),
        "explain": stop_reasons.explain, "complained": complaint_alarm.is_reason(now.trouble),
        "by_alarm": lane_alarm.is_reason, "kinds": LetterKind,
        "waiting": model.deferred(session(), one.id) if now.counts.get(DeliveryState.DEFERRED) else (),
        "failed": failed.count_by_lane(session(), one) if some_failed else (),
    }  # fmt: skip


class LaneProgress(NamedTuple):
    """The letters of one lane."""

    name: str
    total: int
    accepted: int
    waiting: int
    not_out: int
    """Refused, given up or unknown."""


_WAITING = (DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.DEFERRED)
_NOT_OUT = (DeliveryState.BOUNCED, DeliveryState.FAILED, DeliveryState.UNKNOWN)


def _by_lane(now: Progress) -> list[LaneProgress]:
    def letters(lane_id: int, *states: DeliveryState) -> int:
        return sum(now.by_lane.get((lane_id, state), 0) for state in states)

    used = {lane_id for (lane_id, _state), number in now.by_lane.items() if number}
    return [
        LaneProgress(
            lane.name, letters(lane.id, *DeliveryState), letters(lane.id, DeliveryState.ACCEPTED),
            letters(lane.id, *_WAITING), letters(lane.id, *_NOT_OUT),
        )
        for lane in lanes.list_all(session()) if lane.id in used
    ]  # fmt: skip


@blueprint.post("/issues/<int:issue_id>/speed")
def change_speed(issue_id: int) -> ResponseReturnValue:
    """Set how many letters of the issue go out in a second at most; none: as many as the lanes take."""
    one = issues.get(session(), issue_id, lock=True)
    typed = unicodedata.normalize("NFKC", request.form.get("rate", "")).strip().replace(",", "")
    if typed and not (typed.isdecimal() and len(typed) < 9 and 1 <= int(typed) <= FASTEST):
        most = _("Write a whole number from 1 to %(most)s, or nothing for as fast as possible.", most=f"{FASTEST:,}")
        return page(one, {"rate": most}, 422, rate=request.form.get("rate", ""))
    if one.state not in ON_ITS_WAY:
        raise wrong_state(one, phrase("get another speed"))
    one.rate = float(typed) if typed else None
    audit.record(session(), member(), "change speed", f"issue/{one.id}", rate=typed)
    flash(_("Done. It takes hold within moments."))
    return redirect(url_for("staff.progress", issue_id=one.id))


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
