"""Line charts and stacked bars."""

from __future__ import annotations

import enum
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from . import scale

WIDTH, HEIGHT = 480, 230
LEFT, RIGHT, TOP, BOTTOM = 56, 12, 14, 30
_INNER_WIDTH, _GROUND = WIDTH - LEFT - RIGHT, HEIGHT - BOTTOM
SERIES = 6
"""Colours that can be told apart; a chart has no more series."""
LABELS = 6


class ChartKind(enum.Enum):
    """What a chart is drawn as."""

    LINE = "line"
    BARS = "bars"
    """Series stand on one another."""


@dataclass(frozen=True, slots=True)
class Series:
    """Numbers of one kind; None leaves a gap."""

    name: str
    values: Sequence[float | None]


@dataclass(frozen=True, slots=True)
class Chart:
    """What is drawn."""

    key: str
    """Unique on its page: ids begin with it."""
    kind: ChartKind
    title: str
    description: str
    """What a person who does not see it should know, and where its table is."""
    labels: Sequence[str]
    series: Sequence[Series]
    whole: bool = True
    """Whether its numbers are whole ones."""

    @property
    def is_drawn(self) -> bool:
        """Whether there is anything to draw."""
        return any(value for one in self.series for value in one.values)


def draw(chart: Chart, number: Callable[[float], str] = str) -> Markup:
    """The chart as an SVG element.

    Arguments:
        number: writes a number of the axis.

    Raises:
        ValueError: a series has not one value for each label, or there are too many of them.
    """
    if len(chart.series) > SERIES or any(len(one.values) != len(chart.labels) for one in chart.series):
        raise ValueError(f"chart {chart.key}: {len(chart.series)} series, {len(chart.labels)} labels")
    ticks = scale.ticks(_highest(chart), whole=chart.whole)
    body = _axis(ticks, number) + _labels(chart)
    body += _lines(chart, ticks[-1]) if chart.kind is ChartKind.LINE else _bars(chart, ticks[-1])
    return Markup(
        '<svg class="chart-picture" viewBox="0 0 {} {}" role="img" focusable="false"'
        ' aria-labelledby="{}-title {}-desc">'
        '<title id="{}-title">{}</title><desc id="{}-desc">{}</desc>{}</svg>'
    ).format(
        WIDTH, HEIGHT, chart.key, chart.key, chart.key, chart.title, chart.key, chart.description, Markup(body)  # noqa: S704
    )  # fmt: skip


def _highest(chart: Chart) -> float:
    columns = zip(*(one.values for one in chart.series), strict=True)
    if chart.kind is ChartKind.BARS:
        return max((sum(value or 0 for value in column) for column in columns), default=0)
    return max((value or 0 for column in columns for value in column), default=0)


def _axis(ticks: Sequence[float], number: Callable[[float], str]) -> str:
    parts = []
    for tick in ticks:
        y = _height(tick, ticks[-1])
        kind = "chart-ground" if not tick else "chart-grid"
        parts.append(f'<line class="{kind}" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y}" y2="{y}"/>')
        parts.append(
            f'<text class="chart-text" x="{LEFT - 6}" y="{y + 4}" text-anchor="end">{escape(number(tick))}</text>'
        )
    return "".join(parts)


def _labels(chart: Chart) -> str:
    parts = []
    for place in scale.label_places(len(chart.labels), LABELS):
        middle = _middle(place, len(chart.labels))
        anchor = "start" if middle < LEFT + 20 else "end" if middle > WIDTH - RIGHT - 20 else "middle"
        x = round(middle if anchor == "middle" else LEFT if anchor == "start" else WIDTH - RIGHT, 1)
        words = escape(chart.labels[place])
        parts.append(f'<text class="chart-text" x="{x}" y="{HEIGHT - 8}" text-anchor="{anchor}">{words}</text>')
    return "".join(parts)


def _bars(chart: Chart, top: float) -> str:
    room = _INNER_WIDTH / max(1, len(chart.labels))
    width = round(min(room * 0.75, 48), 2)
    parts = []
    for place in range(len(chart.labels)):
        below = 0.0
        x = round(_middle(place, len(chart.labels)) - width / 2, 2)
        for which, one in enumerate(chart.series):
            value = one.values[place] or 0
            if value > 0:
                y = _height(below + value, top)
                height = round(_height(below, top) - y, 2)
                parts.append(f'<rect class="chart-fill-{which}" x="{x}" y="{y}" width="{width}" height="{height}"/>')
                below += value
    return "".join(parts)


def _lines(chart: Chart, top: float) -> str:
    parts = []
    for which, one in enumerate(chart.series):
        points = [
            None if value is None else (round(_middle(place, len(chart.labels)), 2), _height(value, top))
            for place, value in enumerate(one.values)
        ]
        for run in _runs(points):
            path = " ".join(f"{x},{y}" for x, y in run)
            parts.append(f'<polyline class="chart-line chart-stroke-{which}" points="{path}"/>')
            parts += [f'<circle class="chart-fill-{which}" cx="{x}" cy="{y}" r="2.5"/>' for x, y in run]
    return "".join(parts)


def _runs(points: Sequence[tuple[float, float] | None]) -> list[list[tuple[float, float]]]:
    runs: list[list[tuple[float, float]]] = [[]]
    for point in points:
        if point is None:
            runs.append([])
        else:
            runs[-1].append(point)
    return [run for run in runs if run]


def _middle(place: int, count: int) -> float:
    return LEFT + _INNER_WIDTH * (place + 0.5) / max(1, count)


def _height(value: float, top: float) -> float:
    return round(_GROUND - (_GROUND - TOP) * value / top, 2)
