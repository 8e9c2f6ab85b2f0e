"""What became of an issue: its report, its certificate, and what the last issues tell for the next one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import timedelta
from tempfile import TemporaryFile
from typing import NamedTuple

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from models.deliveries import certificate as certificates
from models.deliveries import kept_certificate, preparation, progress
from models.deliveries.delivery import DeliveryState
from models.deliveries.edition import LinkKind
from models.issues import issue as issues
from models.issues.issue import Issue
from models.reports import briefing as briefings
from models.reports import issue_report as model
from models.reports.issue_report import DayReport, Hits, IssueReport
from models.store.errors import NotFound
from models.store.phrase import phrase

from ..request import session
from . import access
from .csv_download import csv_attachment, file_attachment
from .login_session import blueprint, member

MAX_DAYS = 31
"""Days that the chart shows one by one; what came later is summed up."""
_ISSUE_COUNTS = range(1, 25)


class Day(NamedTuple):
    """One day of the chart, with heights in percent of the highest day."""

    of: DayReport
    human: float
    total: float


@blueprint.get("/issues/<int:issue_id>/report")
def report(issue_id: int) -> ResponseReturnValue:
    """Who got an issue, opened it, and followed which links; people and total."""
    one = _prepared_issue(issue_id)
    found = model.of_issue(session(), one.id)
    days, later = _days(found.days)
    counts = progress.known(session(), one)
    counted = preparation.find(session(), one.id)
    return render_template(
        "staff/report.html",
        issue=one,
        report=found,
        links=[link for link in found.links if link.kind != LinkKind.HONEYPOT.value],
        most=max((link.clicks.human for link in found.links), default=0),
        days=days,
        later=later,
        deliveries=DeliveryState,
        counts=counts,
        targeted=counted.targeted if counted else sum(counts.values()),
    )


@blueprint.get("/issues/<int:issue_id>/report.csv")
def report_csv(issue_id: int) -> ResponseReturnValue:
    """The links of an issue with their numbers, for a spreadsheet."""
    one = _prepared_issue(issue_id)
    found: IssueReport = model.of_issue(session(), one.id)
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
    one = _prepared_issue(issue_id)
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
    one = _prepared_issue(issue_id)
    drawn = kept_certificate.draw(session(), one)
    if not certificates.was_issued(session(), drawn):
        certificates.record_issuance(session(), drawn, member())
    return redirect(url_for("staff.certificate", issue_id=one.id))


@blueprint.get("/issues/<int:issue_id>/certificate.csv")
def certificate_csv(issue_id: int) -> ResponseReturnValue:
    """The lines that the certificate's digest is chained over."""
    one = _prepared_issue(issue_id)
    lines = TemporaryFile()  # noqa: SIM115  closed at its end, when all of it is sent

    def write(line: str) -> None:
        lines.write(line.encode() + b"\n")

    certificates.compute(session(), one, write)
    return file_attachment(f"{one.newsletter.slug}-{one.number}-letters.csv", lines)


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


def _prepared_issue(issue_id: int) -> Issue:
    one = issues.get(session(), issue_id)
    if one.prepared_at is None:
        raise NotFound(phrase("issue {issue_id} has not gone out yet", issue_id=issue_id))
    return one


def _days(found: Sequence[DayReport]) -> tuple[list[Day], DayReport | None]:
    """The first days without a gap, and the sum of all later ones."""
    if not found:
        return [], None
    first = found[0].day
    known = {day.day: day for day in found}
    count = min(MAX_DAYS, (found[-1].day - first).days + 1)
    shown = [first + timedelta(days=n) for n in range(count)]
    reports = [known.get(day) or DayReport(day) for day in shown]
    highest = max((day.clicks.total for day in reports), default=0) or 1
    days = [Day(day, 100 * day.clicks.human / highest, 100 * day.clicks.total / highest) for day in reports]
    rest = [day for day in found if day.day > shown[-1]]
    if not rest:
        return days, None
    later = DayReport(rest[0].day)
    for day in rest:
        _add(later.opens, day.opens)
        _add(later.clicks, day.clicks)
    return days, later


def _add(to: Hits, more: Hits) -> None:
    for field in fields(Hits):
        setattr(to, field.name, getattr(to, field.name) + getattr(more, field.name))
