"""For machines that watch over us: whether we live, whether we can serve, and numbers."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Flask, Response, abort, jsonify
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from models.bounces.alarms import lane_alarm, lane_days
from models.reports import system_counts
from models.reports.system_counts import SystemCounts
from models.store import broker, db
from models.tracking.hit import STREAM

from . import part_health
from .part_health import OK, READ_ONLY
from .request import is_own_network

MOST_LANES = 40
"""Lanes that have a label of their own in metrics."""


def init_app(app: Flask) -> None:
    """Add /healthz, /readyz and /metrics."""
    app.add_url_rule("/healthz", "healthz", _alive)
    app.add_url_rule("/readyz", "readyz", _ready)
    app.add_url_rule("/metrics", "metrics", _metrics)


def _alive() -> Response:
    """The process answers; nothing else is asked."""
    return Response("ok\n", mimetype="text/plain")


def _ready() -> ResponseReturnValue:
    """Whether pages can be served: 503 without the database. Without other parts they can, if less well."""
    parts = part_health.read()
    return jsonify(parts), 200 if parts["database"] in (OK, READ_ONLY) else 503


def _metrics() -> Response:
    """Numbers in Prometheus' format, for the networks of METRICS_NETWORKS alone."""
    if not is_own_network():
        abort(404)
    registry = CollectorRegistry()
    registry.register(_Metrics())
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


class _Metrics(Collector):
    """What is true now, asked when it is read: the same whichever web process answers."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        up = GaugeMetricFamily("kairan_up", "Whether a part answers.", labels=["part"])
        up.add_metric(["broker"], not broker.trouble())
        try:
            with Session(db.engine()) as session:
                yield from _database_metrics(system_counts.read(session))
                yield from _lane_metrics(session)
            up.add_metric(["database"], 1)
        except SQLAlchemyError:
            up.add_metric(["database"], 0)
        yield up
        yield from _broker_metrics()


def _database_metrics(counts: SystemCounts) -> Iterator[GaugeMetricFamily]:
    subscriptions = GaugeMetricFamily("kairan_subscriptions", "Subscriptions.", labels=["newsletter", "state"])
    for slug, subscription_state, count in counts.subscriptions:
        subscriptions.add_metric([slug, subscription_state.value], count)
    yield subscriptions
    issues = GaugeMetricFamily("kairan_issues", "Issues.", labels=["state"])
    for state, count in counts.issues.items():
        issues.add_metric([state.value], count)
    yield issues
    for name, help_text, value in (
        ("kairan_transactional_waiting", "Transactional letters that wait.", counts.transactional_waiting),
        ("kairan_transactional_delay_seconds", "How late the first of them is.", counts.transactional_delay),
        ("kairan_hits_waiting_in_database", "Hits kept while the broker was down.", counts.hits_waiting),
    ):
        yield GaugeMetricFamily(name, help_text, value=value)


def _lane_metrics(session: Session) -> Iterator[GaugeMetricFamily]:
    """By lane, and for today and yesterday in Japan's time; what is older stands on the page."""
    lanes, days = lane_days.last_two(session, MOST_LANES)
    where = ["lane", "day"]
    letters = GaugeMetricFamily(
        "kairan_lane_letters", "Letters handed over, and what became of them.", labels=[*where, "kind"]
    )
    unknown = GaugeMetricFamily("kairan_lane_unknown_share", "Unknown mailboxes of letters handed over.", labels=where)
    complaints = GaugeMetricFamily("kairan_lane_complaint_share", "Complaints of letters accepted.", labels=where)
    for lane, day, one in days:
        numbers = {"handed_over": one.handed_over, "accepted": one.accepted, "complaint": one.complaints, **one.failed}
        for kind, number in numbers.items():
            letters.add_metric([lane, day, kind], number)
        for family, share in ((unknown, one.unknown_share), (complaints, one.complaint_share)):
            if share is not None:
                family.add_metric([lane, day], share)
    paused = GaugeMetricFamily("kairan_lane_paused", "Whether a lane is paused or rests.", labels=["lane", "by_alarm"])
    for found in lanes:
        by_alarm = "yes" if lane_alarm.has_paused(found) else "no"
        paused.add_metric([found.slug, by_alarm], found.paused_at is not None)
    yield from (letters, unknown, complaints, paused)
    stopped = lane_days.count_paused_issues(session)
    yield GaugeMetricFamily("kairan_issues_paused_by_alarm", "Issues that their complaints paused.", value=stopped)


def _broker_metrics() -> Iterator[GaugeMetricFamily]:
    try:
        length = float(broker.client().xlen(STREAM))  # type: ignore[arg-type]
    except RedisError:
        return
    yield GaugeMetricFamily("kairan_hits_in_stream", "Hits in the stream, ingested or not.", value=length)
