"""Charts of reports, made from the tables that stand beside them."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date

from flask.blueprints import BlueprintSetupState
from flask_babel import format_date, format_decimal, format_percent
from flask_babel import gettext as _
from markupsafe import Markup

from models.reports.tables.table import ColumnKind, ReportTable
from templates.charts import chart as charts
from templates.charts.chart import SERIES, Chart, ChartKind, Series

from ..login_session import blueprint
from . import report_cells, report_words


def draw(chart: Chart) -> Markup:
    """The picture; its axis speaks the language of the page."""
    return charts.draw(chart, lambda value: format_decimal(value) if chart.whole else format_percent(value, "0.##%"))


def hours(table: ReportTable) -> Chart:
    """Clicks by hour: people from the ground, all others above them."""
    clicks = table.column("clicks")
    labels = [_("%(n)s h", n=hour) for hour in table.column("hour")]
    return _chart(table, ChartKind.BARS, _("Clicks by hour since sending"), labels, [
        Series(_("People"), [one.human for one in clicks]),
        Series(_("Machines, unclear, repeated"), [max(0, one.total - one.human) for one in clicks]),
    ])  # fmt: skip


def days(table: ReportTable) -> Chart:
    """Clicks by day, in the same way."""
    clicks = table.column("clicks")
    labels = [format_date(day, "M/d") for day in table.column("day")]
    return _chart(table, ChartKind.BARS, _("Clicks by day"), labels, [
        Series(_("People"), [one.human for one in clicks]),
        Series(_("Machines, unclear, repeated"), [max(0, one.total - one.human) for one in clicks]),
    ])  # fmt: skip


def growth(table: ReportTable) -> Chart:
    """Readers at the end of each month."""
    series = [Series(_("Readers at the end"), table.column("readers_at_end"))]
    return _chart(table, ChartKind.LINE, _("Readers at the end of each month"), _months(table), series)


def leaving(table: ReportTable) -> Chart:
    """Who left, by reason; where there are more reasons than colours, the last one is all others."""
    reasons = [column for column in table.columns if column.key.startswith("left_")]
    series = [Series(report_words.heading(one), table.column(one.key)) for one in reasons]
    if len(series) > SERIES:
        rest = [sum(values) for values in zip(*(one.values for one in series[SERIES - 1 :]), strict=True)]
        series = [*series[: SERIES - 1], Series(_("other reasons"), rest)]
    return _chart(table, ChartKind.BARS, _("Readers who left, by reason"), _months(table), series)


def issue_rates(table: ReportTable) -> Chart:
    """Shares who opened and who followed a link, issue by issue."""
    labels = [_("No. %(number)s", number=number) for number in table.column("issue")]
    series = [
        Series(report_words.heading(column), [one.value if one.is_known else None for one in table.column(column.key)])
        for column in table.columns
        if column.kind is ColumnKind.RATE
    ]
    return _chart(table, ChartKind.LINE, _("Shares by issue"), labels, series, whole=False)


def topics(table: ReportTable) -> Chart:
    """Readers of topics, month by month: as many topics as there are colours, the most read ones."""
    columns = [column for column in table.columns if column.kind is ColumnKind.READERS]
    values = {column.key: [one.readers if one else None for one in table.column(column.key)] for column in columns}
    most = sorted(columns, key=lambda column: -sum(value or 0 for value in values[column.key]))[:SERIES]
    series = [Series(column.label, values[column.key]) for column in columns if column in most]
    return _chart(table, ChartKind.LINE, _("Readers of topics by month"), _months(table), series)


def _months(table: ReportTable) -> list[str]:
    return [_month(month) for month in table.column("month")]


def _month(month: date) -> str:
    return f"{month.year}/{month.month}"


def _chart(
    table: ReportTable,
    kind: ChartKind,
    title: str,
    labels: Sequence[str],
    series: Sequence[Series],
    *,
    whole: bool = True,
) -> Chart:
    said = _("The table “%(table)s” has the same numbers.", table=report_words.title(table))
    return Chart(f"chart-{table.key}", kind, title, said, labels, series, whole)


@blueprint.record_once
def _prepare(state: BlueprintSetupState) -> None:
    state.app.jinja_env.globals.update(
        report_charts=sys.modules[__name__], report_words=report_words, report_cells=report_cells, draw_chart=draw
    )
