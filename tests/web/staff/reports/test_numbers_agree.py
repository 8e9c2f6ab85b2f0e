"""A figure is the same wherever it stands: page, chart's table, CSV, Excel, monthly sheet, comparison, certificate."""

from __future__ import annotations

import csv
import itertools
import re
from datetime import timedelta
from io import BytesIO, StringIO

import pytest
from flask.testing import FlaskClient
from lxml import html as trees
from openpyxl import load_workbook
from sqlalchemy import Engine, update
from sqlalchemy.orm import Session

from models.deliveries import claim, finish, lease, outcome
from models.deliveries.delivery import Batch, Delivery, DeliveryState
from models.deliveries.delivery_result import DeliveryResult
from models.deliveries.letters import unknown
from models.deliveries.reply_code import OutcomeKind
from models.issues import workflow
from models.issues.issue import Issue
from models.issues.issue_state import IssueState
from models.reports import issue_report, ranking, reach
from models.reports.issue_report import Readers
from models.reports.kept import issue_sums
from models.reports.period import free
from models.reports.ranking import Query
from models.staff.permission import Role
from models.store import db
from models.tracking import ingest
from tests.models.tracking import sample_newsletter
from tests.models.tracking.sample_newsletter import SampleNewsletter
from tests.web.staff.reports import sample_year
from tests.web.staff.reports.sample_year import PERIOD, READERS
from tests.web.staff_login import log_in_as, make_staff
from worker.tracking import ingest as worker

Rows = list[list[str]]
PLACE = 3
"""The issue that is looked at: the one that most have read."""


@pytest.fixture
def made(database: Engine) -> SampleNewsletter:
    with db.session_scope() as session:
        make_staff(session)
        return sample_year.make(session)


def page_table(page: str, name: str) -> Rows:
    """The rows of a page's table, its heading first, as text without spaces."""
    tree = trees.document_fromstring(page)
    [table] = [found for found in tree.iter("table") if found.getparent().get("aria-label") == name]
    return [[re.sub(r"\s+", "", cell.text_content()) for cell in row.iter("th", "td")] for row in table.iter("tr")]


def csv_rows(client: FlaskClient, address: str) -> list[dict[str, str]]:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return list(csv.DictReader(StringIO(answer.data.decode("utf-8-sig"))))


def excel_rows(client: FlaskClient, address: str) -> Rows:
    answer = client.get(address)
    assert answer.status_code == 200, address
    sheet = load_workbook(BytesIO(answer.data)).worksheets[0]
    return [["" if cell is None else str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]


def written(readers: Readers) -> str:
    """A figure as pages have it."""
    return f"{readers.readers}({readers.at_least}〜{readers.at_most})"


def test_a_figure_is_the_same_everywhere(client: FlaskClient, made: SampleNewsletter) -> None:
    one, other = made.issues[PLACE], made.issues[0]
    with Session(db.engine()) as session:
        report = issue_report.of_issue(session, one.id)
        query = Query("dx-letter", free(*(sample_year.DAYS)))
        places = {place.slug: place for place in ranking.compute(session, query).places}
    clickers, openers = report.clickers, report.openers
    assert (clickers.readers, report.received) == (30, 60)
    assert not clickers.is_sure
    log_in_as(client, Role.APPROVER)
    month = "2021-07"

    # The issue's page, and its tables as files.
    page = client.get(f"/staff/issues/{one.id}/report").text
    responses = page_table(page, "反応")
    assert [row[1] for row in responses[1:3]] == [written(openers), written(clickers)]
    assert page_table(page, "状態別の通数")[1][1] == "60"
    [row] = [
        row for row in csv_rows(client, f"/staff/issues/{one.id}/report/responses.csv") if row["what"] == "clicked"
    ]
    numbers = [clickers.readers, clickers.at_least, clickers.at_most]
    assert [int(row[name]) for name in ("readers", "readers_at_least", "readers_at_most")] == numbers
    assert row["hits_human"] == str(report.clicks.human)
    assert row["hits_total"] == str(report.clicks.total)
    assert excel_rows(client, f"/staff/issues/{one.id}/report/responses.xlsx")[2][1:4] == [*map(str, numbers)]

    # The newsletter's page: all issues, as files, too.
    newsletter = client.get(f"/staff/reports?{PERIOD}").text
    [line] = [row for row in page_table(newsletter, "配信した号")[1:] if row[0] == str(one.number)]
    assert line[3:5] == ["60", written(openers)]
    assert line[6] == written(clickers)
    address = f"/staff/reports/tables/issues.{{}}?{PERIOD}"
    [row] = [row for row in csv_rows(client, address.format("csv")) if row["issue"] == str(one.number)]
    assert [int(row[name]) for name in ("received", "clickers", "clickers_at_least", "clickers_at_most")] == [
        60,
        *numbers,
    ]
    [cells] = [row for row in excel_rows(client, address.format("xlsx")) if row[0] == str(one.number)]
    assert [cells[3], *cells[10:13]] == ["60", *map(str, numbers)]
    assert row["click_rate"] == cells[13] == "0.5"

    # The month on paper, the comparison, the click map.
    sheet = client.get(f"/staff/reports/month?month={month}").text
    [printed] = [row for row in page_table(sheet, "配信した号")[1:] if row[0] == str(one.number)]
    assert printed == line
    compared = client.get(f"/staff/reports/compare?first={other.id}&second={one.id}").text
    assert page_table(compared, f"第{one.number}号 反応") == responses
    assert page_table(compared, "2つの号の比較")[2][2] == "2つ目の号のほうが高くなっています。"
    marks = trees.document_fromstring(client.get(f"/staff/issues/{one.id}/click-map/frame").text)
    drawn = {mark.get("data-link"): mark.text for mark in marks.iter("span")}
    links = {link.number: link.readers for link in report.links}
    for number in (1, 2):
        found = links[number]
        assert drawn[str(number)] == f"{found.readers}人［{found.at_least}〜{found.at_most}］"
    [cells] = [row for row in page_table(page, "リンク")[1:] if row[0] == "1"]
    assert cells[4] == written(links[1])
    lines = csv_rows(client, f"/staff/issues/{one.id}/report/letters.csv")
    assert {row["state"]: row["letters"] for row in lines}["accepted"] == "60"

    # Articles: as a ranking of the same period has them.
    for row in csv_rows(client, f"/staff/reports/tables/reading.csv?{PERIOD}"):
        place = places[row["article"]]
        wanted = (place.readers, place.at_least, place.at_most)
        assert tuple(int(row[name]) for name in ("readers", "readers_at_least", "readers_at_most")) == wanted


def test_letters_come_to_the_certificate_s_sum(client: FlaskClient, made: SampleNewsletter) -> None:
    log_in_as(client, Role.APPROVER)
    issue = made.issues[2]
    wanted = {"accepted": "58", "bounced": "2", "failed": "0", "unknown": "0", "suppressed": "0", "targeted": "60"}
    lines = csv_rows(client, f"/staff/issues/{issue.id}/report/letters.csv")
    assert {row["state"]: row["letters"] for row in lines} == wanted
    [lane] = csv_rows(client, f"/staff/issues/{issue.id}/report/lanes.csv")
    assert [lane[state] for state in ("targeted", "accepted", "bounced")] == ["60", "58", "2"]
    tree = trees.document_fromstring(client.get(f"/staff/issues/{issue.id}/certificate").text)
    certificate = {row[0].text_content(): row[1].text_content() for row in tree.iter("tr")}
    for row in page_table(client.get(f"/staff/issues/{issue.id}/report").text, "状態別の通数")[1:]:
        assert certificate[row[0]] == row[1]


def counted_by_the_worker() -> list[int]:
    """Count what is to be counted again, as the worker does each minute."""
    with db.session_scope() as session:
        found = issue_sums.stale(session)
    worker.count_for_reports()
    return found


def told_of_letters(client: FlaskClient, issue: int, number: int) -> set[tuple[int, int, int]]:
    """Accepted, suppressed and unknown letters of an issue, wherever they are told; alone where all agree."""
    states = ("accepted", "suppressed", "unknown")
    rows = csv_rows(client, f"/staff/issues/{issue}/report/letters.csv")
    report = {row["state"]: int(row["letters"]) for row in rows}
    lanes = csv_rows(client, f"/staff/issues/{issue}/report/lanes.csv")
    progress = client.get(f"/staff/issues/{issue}/progress.json").get_json()["counts"]
    tree = trees.document_fromstring(client.get(f"/staff/issues/{issue}/certificate").text)
    certificate = {row[0].text_content(): row[1].text_content() for row in tree.iter("tr")}
    page = client.get(f"/staff/issues/{issue}/report").text
    names = [row[0] for row in page_table(page, "状態別の通数")[1:]]
    by_name = dict(zip([row["state"] for row in rows], names, strict=True))
    [line] = [
        row for row in csv_rows(client, f"/staff/reports/tables/issues.csv?{PERIOD}") if row["issue"] == str(number)
    ]
    [printed] = [row for row in page_table(client.get("/staff/reports/month?month=2022-03").text, "配信した号")[1:]
                 if row[0] == str(number)]  # fmt: skip
    with Session(db.engine()) as session:
        received = issue_report.of_issue(session, issue).received
    assert {int(line["received"]), int(printed[3]), received} == {report["accepted"]}
    return {
        tuple(report.get(state, 0) for state in states),
        tuple(sum(int(lane[state]) for lane in lanes) for state in states),
        tuple(progress[state] for state in states),
        tuple(int(certificate.get(by_name[state], "0")) for state in states),
    }


def test_a_cancelled_issue_is_told_as_its_certificate_has_it(client: FlaskClient, made: SampleNewsletter) -> None:
    """It is counted while it goes out; then it is cancelled with ten letters on the wire, and read on."""
    one, left = made.issues[-1], made.readers[20:]
    of_issue = Delivery.issue_id == one.id
    with db.session_scope() as session:
        batch = Batch(issue_id=one.id, lane_id=1, number=1, size=READERS)
        session.add(batch)
        session.flush()
        issue = session.get_one(Issue, one.id)
        issue.state, issue.sent_at, batch_id = IssueState.SENDING, None, batch.id
        session.execute(update(Delivery).where(of_issue).values(batch_id=batch_id, attempts=1))
        for state, readers in ((DeliveryState.SENDING, left[:10]), (DeliveryState.QUEUED, left[10:])):
            session.execute(update(Delivery).where(of_issue, Delivery.subscriber_id.in_(readers)).values(state=state))
        held = lease.acquire(session, batch_id, "worker", 60)
        assert held is not None
        reach.refresh(session, [one.id])
        issue_sums.refresh(session, [one.id])
    log_in_as(client, Role.APPROVER)
    with db.session_scope() as session:
        workflow.cancel(session, session.get_one(Issue, one.id), "somebody")
    with db.session_scope() as session:
        accepted = [DeliveryResult(reader, 1, OutcomeKind.ACCEPTED, "dot", 250) for reader in left[:9]]
        lost = DeliveryResult(left[9], 1, OutcomeKind.UNKNOWN, "dot")
        outcome.record(session, held[0], [*accepted, lost], timedelta(days=1))
        claim.close_remaining(session, held[0])
        lease.release(session, held[0])
        assert not finish.finish(session, one.id)
        late = sample_newsletter.click(one.id, made.readers[0], 1, one.prepared_at + timedelta(hours=50))
        ingest.store_incoming(session, [late])
    assert told_of_letters(client, one.id, one.number) == {(29, 30, 1)}
    assert counted_by_the_worker() == [one.id]
    assert told_of_letters(client, one.id, one.number) == {(29, 30, 1)}
    assert not counted_by_the_worker(), "nothing has changed"
    assert "50" in {row["hour"] for row in csv_rows(client, f"/staff/issues/{one.id}/report/hours.csv")}
    with db.session_scope() as session:
        unknown.mark_accepted(session, session.get_one(Issue, one.id), left[9], by="somebody")
    assert told_of_letters(client, one.id, one.number) == {(30, 30, 0)}
    assert counted_by_the_worker() == [one.id]
    assert told_of_letters(client, one.id, one.number) == {(30, 30, 0)}


def test_months_are_the_month_before_plus_and_minus(client: FlaskClient, made: SampleNewsletter) -> None:
    log_in_as(client, Role.APPROVER)
    rows = csv_rows(client, f"/staff/reports/tables/months.csv?{PERIOD}")
    assert [row["month"] for row in rows][:2] == ["2021-04", "2021-05"]
    assert len(rows) == 12
    for before, row in itertools.pairwise(rows):
        change = int(row["joined"]) - int(row["left"])
        assert int(row["readers_at_end"]) == int(before["readers_at_end"]) + change
        assert int(row["change"]) == change
    assert rows[-1]["readers_at_end"] == "56"
    leaving = {row["month"]: row for row in csv_rows(client, f"/staff/reports/tables/leaving.csv?{PERIOD}")}
    assert [(row["left_unsubscribed"], row["left_bounced"]) for row in leaving.values() if row["left"] != "0"] == [
        ("2", "0"),
        ("1", "1"),
    ]
    for period in (PERIOD, "from=2000-01-01&until=2022-03-31", "from=2021-06-15&until=2022-03-31"):
        by_reason, by_month = (
            [(row["month"], row["left"]) for row in csv_rows(client, f"/staff/reports/tables/{table}.csv?{period}")]
            for table in ("leaving", "months")
        )
        assert by_reason == by_month  # a month before the newsletter, or one that is told of in part, has no row
        assert len(csv_rows(client, f"/staff/reports/tables/topics.csv?{period}")) <= 12
    page = page_table(client.get(f"/staff/reports?{PERIOD}").text, "月別の購読者数")
    assert [row[1] for row in page[1:]] == [row["readers_at_end"] for row in rows]
