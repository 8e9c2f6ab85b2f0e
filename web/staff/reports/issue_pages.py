"""What became of an issue: its report, its certificate, and what the last issues tell for the next one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import IO, Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from models.deliveries import certificate as certificates
from models.deliveries import kept_certificate, preparation
from models.deliveries.edition import LinkKind
from models.issues import issue as issues
from models.issues import issue_list
from models.issues.issue import Issue
from models.reports import briefing as briefings
from models.reports.issue_report import Hits
from models.reports.tables.issue_tables import IssueTables
from models.reports.tables.table import ReportTable
from models.store.errors import NotFound
from models.store.phrase import phrase

from ...request import session
from .. import access
from ..csv_download import csv_attachment, written
from ..login_session import blueprint, member
from . import report_charts, table_files  # noqa: F401  pages draw charts

MAX_DAYS = 31
"""Days that the chart shows one by one; what came later is summed up."""
_ISSUE_COUNTS = range(1, 25)


@blueprint.get("/issues/<int:issue_id>/report")
def report(issue_id: int) -> ResponseReturnValue:
    """Who got an issue, opened it, and followed which links; people and total."""
    one = prepared_issue(issue_id)
    tables = IssueTables(session(), one)
    return render_template(
        "staff/reports/issue.html",
        issue=one,
        tables=tables,
        report=tables.report,
        days=days_without_gap(tables.days()),
        others=newest_others(one),
    )


@blueprint.get("/issues/<int:issue_id>/report/<table>.<ending>")
def report_table(issue_id: int, table: str, ending: str) -> ResponseReturnValue:
    """One table of the report as a file."""
    one = prepared_issue(issue_id)
    found = IssueTables(session(), one).find(table)
    return table_files.download(found, f"{one.newsletter.slug}-{one.number}-{table}", ending)


@blueprint.get("/issues/<int:issue_id>/report.csv")
def report_csv(issue_id: int) -> ResponseReturnValue:
    """The links of an issue with their numbers, for a spreadsheet."""
    one = prepared_issue(issue_id)
    found = IssueTables(session(), one).report
    heading = ("number", "kind", "article", "title", "url", "readers", "readers_at_least", "readers_at_most",
               "clicks_human", "clicks_at_least", "clicks_at_most", "clicks_total")  # fmt: skip
    rows = (
        (link.number, link.kind, link.slug, link.title, link.url,
         link.readers.readers, link.readers.at_least, link.readers.at_most,
         link.clicks.human, link.clicks.at_least, link.clicks.at_most, link.clicks.total)
        for link in found.links if link.kind != LinkKind.HONEYPOT.value
    )  # fmt: skip
    return csv_attachment(f"{one.newsletter.slug}-{one.number}-links.csv", heading, rows)


@blueprint.get("/issues/<int:issue_id>/certificate")
def certificate(issue_id: int) -> ResponseReturnValue:
    """The account of every letter, to be printed."""
    one = prepared_issue(issue_id)
    now = request.args.get("draw") == "now"
    drawn = kept_certificate.draw(session(), one) if now else kept_certificate.find(session(), one)
    if drawn is None:
        return render_template("staff/undrawn.html", issue=one, counted=preparation.find(session(), one.id))
    return render_template(
        "staff/certificate.html",
        issue=one,
        drawn=drawn,
        noted=certificates.was_issued(session(), drawn),
        final=certificates.FINAL_STATES,
        open=certificates.OPEN_STATES,
    )


@blueprint.post("/issues/<int:issue_id>/certificate")
def issue_certificate(issue_id: int) -> ResponseReturnValue:
    """Note, once, that the certificate as it is now was handed out."""
    one = prepared_issue(issue_id)
    drawn = kept_certificate.draw(session(), one)
    if not certificates.was_issued(session(), drawn):
        certificates.record_issuance(session(), drawn, member())
    return redirect(url_for("staff.certificate", issue_id=one.id))


@blueprint.get("/issues/<int:issue_id>/certificate.csv")
def certificate_csv(issue_id: int) -> ResponseReturnValue:
    """The lines that the certificate's digest is chained over."""
    one = prepared_issue(issue_id)

    def write(file: IO[bytes]) -> None:
        def write_line(line: str) -> None:
            file.write(line.encode() + b"\n")

        certificates.compute(session(), one, write_line)

    return written(f"{one.newsletter.slug}-{one.number}-letters.csv", write)


@blueprint.get("/briefing")
def briefing() -> ResponseReturnValue:
    """Which topics each audience read more than the others did, lately."""
    every = access.list_newsletters()
    if not every:
        return render_template("staff/briefing.html", newsletters=every, chosen=None, found=None, last=0)
    chosen = access.newsletter()
    last = request.args.get("last", 6, type=int)
    last = last if last in _ISSUE_COUNTS else 6
    found = briefings.compute(session(), chosen.slug, last=last)
    return render_template(
        "staff/briefing.html", newsletters=every, chosen=chosen, found=found, last=last, floor=briefings.MIN_READERS
    )


def prepared_issue(issue_id: int) -> Issue:
    """An issue whose letters are prepared, of which alone there is something to report.

    Raises:
        NotFound: there is none, or it has not gone out yet.
    """
    one = issues.get(session(), issue_id)
    if one.prepared_at is None:
        raise NotFound(phrase("issue {issue_id} has not gone out yet", issue_id=issue_id))
    return one


def newest_others(one: Issue) -> list[Issue]:
    """Issues to compare it with, the newest first."""
    found = issue_list.newest_of(session(), one.newsletter_id)
    return [other for other in found if other.prepared_at is not None and other.id != one.id]


def days_without_gap(found: ReportTable) -> ReportTable:
    """The table of days without a gap, for as many days as a chart shows; all later ones are one row without a day."""
    if not found.rows:
        return found
    known = {row[0]: row for row in found.rows}
    first, last = found.rows[0][0], found.rows[-1][0]
    shown = [first + timedelta(days=n) for n in range(min(MAX_DAYS, (last - first).days + 1))]
    rows = [known.get(day) or (day, Hits(), Hits()) for day in shown]
    rest = [row for row in found.rows if row[0] > shown[-1]]
    return ReportTable(found.key, found.columns, [*rows, *([_later(rest)] if rest else [])])


def _later(rows: Sequence[Sequence[Any]]) -> tuple[None, Hits, Hits]:
    clicks, opens = Hits(), Hits()
    for _day, more_clicks, more_opens in rows:
        for to, more in ((clicks, more_clicks), (opens, more_opens)):
            to.add(more.readers, more.wide)
            to.total += more.total
    return None, clicks, opens
