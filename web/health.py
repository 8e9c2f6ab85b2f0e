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

from models.reports import system_counts
from models.reports.system_counts import SystemCounts
from models.store import broker, db
from models.tracking.hit import STREAM

from . import part_health
from .part_health import OK, READ_ONLY
from .request import is_own_network


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


def _broker_metrics() -> Iterator[GaugeMetricFamily]:
    try:
        length = float(broker.client().xlen(STREAM))  # type: ignore[arg-type]
    except RedisError:
        return
    yield GaugeMetricFamily("kairan_hits_in_stream", "Hits in the stream, ingested or not.", value=length)
