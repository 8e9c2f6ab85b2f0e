"""What became of a newsletter's letters by lane and day, what alarms have paused, and the way to lift that."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, timedelta

from flask import render_template, request
from flask_babel import format_date
from flask_babel import gettext as _

import settings
from models.bounces.alarms import lane_alarm, lane_days
from models.bounces.alarms.lane_days import LaneDay
from models.deliveries import lane as lanes
from models.issues import newsletter as newsletters
from models.staff.permission import Permission
from models.store.clock import now, tokyo_date
from templates.charts.chart import SERIES, Chart, ChartKind, Series

from ...request import session
from .. import access, stop_reasons
from ..login_session import blueprint
from . import return_words

DAYS = 14
"""Days of one page."""


@blueprint.get("/newsletters/<slug>/returned-mail/lanes")
def returns_by_lane(slug: str) -> str:
    """Two weeks of letters by lane and day, the alarms with their thresholds, and what is paused."""
    newsletter = newsletters.find(session(), slug)
    last, today = _last_day(), tokyo_date(now())
    first = last - timedelta(days=DAYS - 1)
    found = lane_days.by_day(session(), first, last, newsletter.id)
    return render_template(
        "staff/returns/lanes.html", edited=newsletter, found=found, first=first, last=last,
        older=first - timedelta(days=1), paged=last < today,
        kinds=lane_days.kinds(found), words=return_words, chosen=settings.get(), charts=_charts(found),
        complained=lane_days.complained_issues(session(), newsletter.id),
        paused=[one for one in lanes.list_all(session()) if one.paused_at], by_alarm=lane_alarm.has_paused,
        explain=stop_reasons.explain, may_lift=None in access.scope(Permission.EDIT_DELIVERY),
    )  # fmt: skip


def _last_day() -> date:
    """The last day that is shown: today, unless an earlier one is asked for."""
    today = tokyo_date(now())
    with suppress(ValueError):
        return min(today, max(date(2000, 1, 1), date.fromisoformat(request.args.get("until", "")[:10])))
    return today


def _charts(found: Sequence[LaneDay]) -> list[Chart]:
    """Both shares by day with letters, of as many lanes as there are colours: those that got the most."""
    days = sorted({one.day for one in found if one.day})
    by_lane: dict[int, list[LaneDay]] = defaultdict(list)
    for one in found:
        by_lane[one.lane.id].append(one)
    largest = sorted(by_lane.values(), key=lambda of_lane: -sum(one.handed_over for one in of_lane))[:SERIES]
    unknown = _("Unknown mailboxes, share by day")
    complaints = _("Complaints, share by day")
    shares = (
        ("unknown", unknown, {(one.lane.id, one.day): one.unknown_share for one in found}),
        ("complaints", complaints, {(one.lane.id, one.day): one.complaint_share for one in found}),
    )
    said = _("The table “%(table)s” has the same numbers.", table=_("By lane and day"))
    return [
        Chart(
            f"chart-{key}", ChartKind.LINE, title, said, [format_date(day, "M/d") for day in days],
            [Series(of_lane[0].lane.name, [share.get((of_lane[0].lane.id, day)) for day in days])
             for of_lane in largest],
            whole=False,
        )
        for key, title, share in shares
    ]  # fmt: skip
