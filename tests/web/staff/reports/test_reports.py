"""Staff's reports: an issue's numbers, its certificate, rankings with what they stand on, hints for the next issue."""

from __future__ import annotations

import csv
import json
import re
from datetime import date, timedelta
from io import StringIO
from itertools import count

import pytest
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy import Engine, func, select, update
from sqlalchemy.orm import Session

from models.deliveries.delivery import Delivery, DeliveryState
from models.deliveries.preparation import Preparation
from models.issues.article import Article
from models.issues.block import RankingEntry
from models.issues.issue import Issue
from models.issues.issue_state import IssueKind
from models.issues.newsletter import Newsletter, Tracking
from models.reports import evidence, evidence_check, issue_report, reach
from models.reports.hit_export import HitRow
from models.reports.issue_report import Hits
from models.reports.tables.table import ColumnKind, ReportTable, TableColumn
from models.staff.audit import AuditEntry
from models.staff.permission import Role
from models.store import db
from models.tracking import ingest
from tests.models.tracking import sample_newsletter
from tests.models.tracking.sample_newsletter import SampleNewsletter
from tests.web.staff_login import log_in_as, make_staff, post
from web.staff.reports.issue_pages import MAX_DAYS, days_without_gap

YEAR = "/staff/rankings?newsletter=dx-letter&period=2021"
AT = "/staff/rankings"
ASKED = "?newsletter=dx-letter&period=2021&top=3"


def fill(session: Session) -> SampleNewsletter:
    """Two issues: people click on the articles in turn, and a scanner on every link."""
    made = sample_newsletter.create(session, reader_count=12)
    entries = []
    for reader, place in zip(made.readers[:11], count()):
        for link in range(1, 2 + place % 5):
            at = made.delivered(made.issues[0].id) + timedelta(hours=place + 1, minutes=7 * link)
            entries.append(sample_newsletter.click(made.issues[0].id, reader, link, at))
    for link in range(1, 9):
        at = made.delivered(made.issues[0].id) + timedelta(seconds=link)
        entries += [
            sample_newsletter.click(made.issues[0].id, made.readers[-1], link, at, client="192.0.2.7", method=method)
            for method in ("HEAD", "GET")
        ]
    ingest.lock(session)
    ingest.store_incoming(session, entries)
    reach.refresh(session, [issue.id for issue in made.issues])
    for issue in made.issues:
        session.add(Preparation(issue_id=issue.id, targeted=12, left_out=0, editions=1, batches=1))
    return made


@pytest.fixture
def made(database: Engine) -> SampleNewsletter:
    with db.session_scope() as session:
        make_staff(session)
        return fill(session)


def test_a_report_tells_people_and_total(client: FlaskClient, made: SampleNewsletter) -> None:
    log_in_as(client, Role.AUTHOR)
    shown = client.get(f"/staff/issues/{made.issues[0].id}/report").text
    human, total = re.findall(r"人 ([\d,]+)[^（]*（全体 ([\d,]+)）", shown)[1]
    with Session(db.engine()) as session:
        clicks = issue_report.of_issue(session, made.issues[0].id).clicks
    assert (int(human), int(total)) == (clicks.human, clicks.total)
    assert 0 < clicks.human < clicks.total
    assert "記事0" in shown
    assert "10人に満たない区分" in shown
    assert "自治体職員" not in shown
    assert "honeypot" not in shown
    assert f"/{made.issues[0].id}/report" in client.get(f"/staff/issues/{made.issues[0].id}").text


def test_a_report_and_a_ranking_name_clicks_of_one_device_with_many_links(
    client: FlaskClient, made: SampleNewsletter
) -> None:
    issue, at = made.issues[1].id, made.delivered(made.issues[1].id) + timedelta(hours=9)
    with db.session_scope() as session:
        ingest.store_incoming(
            session,
            [
                sample_newsletter.click(issue, reader, 3, at + timedelta(seconds=n / 3), client="203.0.113.77")
                for n, reader in enumerate(made.readers)
            ],
        )
    log_in_as(client, Role.AUTHOR)
    report = client.get(f"/staff/issues/{issue}/report").text
    assert "多くの読者のリンクを開いたクリックが11件" in report
    assert "1台の端末が多くの読者のリンクを使用" in report
    ranked = client.get(AT + ASKED)
    assert "多くの読者のリンクを開いたクリックが11件" in ranked.text
    assert "11 clicks came from single devices" in client.get(AT + ASKED + "&lang=en").text
    assert "クリックが11件含まれています" in client.get(f"{AT}{ASKED}&policy=human%2Bunknown&lang=ja").text
    for untouched in (f"/staff/issues/{made.issues[0].id}/report", f"{AT}?newsletter=dx-letter&period=2021-04"):
        assert "多くの読者のリンク" not in client.get(untouched).text
    assert "203.0.113.77" not in report + ranked.text


def test_a_report_names_letters_that_were_passed_on(client: FlaskClient, made: SampleNewsletter) -> None:
    issue, at = made.issues[1].id, made.delivered(made.issues[1].id) + timedelta(hours=9)
    with db.session_scope() as session:
        hits = [
            sample_newsletter.click(issue, made.readers[0], 3, at + timedelta(seconds=seconds), client=f"203.0.113.{n}")
            for n, seconds in enumerate(sample_newsletter.moments(25, 60))
        ]
        ingest.store_incoming(session, hits)
    log_in_as(client, Role.AUTHOR)
    shown = client.get(f"/staff/issues/{issue}/report").text
    assert "1通のメールのリンクが、多数の端末（最大25台）から開かれました" in shown
    assert "人 1［0〜1］（全体 25）" in shown
    assert "多数の端末" not in client.get(f"/staff/issues/{made.issues[0].id}/report").text


def test_a_report_without_tracking_says_so(client: FlaskClient, made: SampleNewsletter) -> None:
    with db.session_scope() as session:
        session.execute(update(Newsletter).values(tracking=Tracking.OFF))
    log_in_as(client, Role.SENDER)
    assert "開封やクリックを記録していません" in client.get(f"/staff/issues/{made.issues[0].id}/report").text


def test_the_links_are_a_file_that_no_spreadsheet_runs(client: FlaskClient, made: SampleNewsletter) -> None:
    with db.session_scope() as session:
        session.get_one(Issue, made.issues[0].id)
        session.execute(update(type(made.articles[0])).values(title='=HYPERLINK("https://evil.example")'))
    log_in_as(client, Role.AUTHOR)
    answer = client.get(f"/staff/issues/{made.issues[0].id}/report.csv")
    assert answer.data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(StringIO(answer.data.decode("utf-8-sig"))))
    assert [row["kind"] for row in rows] == ["article"] * 5 + ["product"] * 2
    assert rows[0]["title"] == '\'=HYPERLINK("https://evil.example")'
    assert rows[0]["readers"] == "11"


def test_days_have_no_gap_and_late_ones_are_summed_up() -> None:
    first = sample_newsletter.PUBLISHED.date()

    def table(*days: tuple[date, int]) -> ReportTable:
        columns = (
            TableColumn("day", ColumnKind.DAY),
            TableColumn("clicks", ColumnKind.HITS),
            TableColumn("opens", ColumnKind.HITS),
        )
        return ReportTable("days", columns, [(day, Hits(0, 0, total), Hits()) for day, total in days])

    found = days_without_gap(table((first, 8), *((first + timedelta(days=MAX_DAYS + n), 1) for n in (0, 40))))
    assert found.column("day") == [*(first + timedelta(days=n) for n in range(MAX_DAYS)), None]
    assert [one.total for one in found.column("clicks") if one.total] == [8, 2]
    assert days_without_gap(table()).rows == []
    assert days_without_gap(table((first, 8))).column("day") == [first]


def test_a_certificate_is_noted_once_case_f10(client: FlaskClient, made: SampleNewsletter) -> None:
    log_in_as(client, Role.SENDER)
    address = f"/staff/issues/{made.issues[0].id}/certificate"
    for _ in range(2):
        shown = post(client, address, address)
        assert shown.status_code == 200
    digest = re.search(r"[0-9a-f]{64}", shown.text)
    assert digest

    def noted() -> list[str]:
        with Session(db.engine()) as session:
            query = select(AuditEntry.detail["digest"].as_string())
            return list(session.scalars(query.where(AuditEntry.action == "issue certificate")))

    assert noted() == [digest[0]]
    client.get(address)
    assert noted() == [digest[0]]
    assert "合計が合いません" not in shown.text
    with db.session_scope() as session:
        bounced = Delivery.subscriber_id == made.readers[0]
        session.execute(update(Delivery).where(bounced).values(state=DeliveryState.BOUNCED))
    client.get(address)
    assert len(noted()) == 1
    post(client, address, address)
    assert len(noted()) == 2
    lines = client.get(address + ".csv").data.decode().splitlines()
    assert len(lines) == 13


def test_what_has_not_gone_out_has_no_report(client: FlaskClient, made: SampleNewsletter) -> None:
    with db.session_scope() as session:
        draft = sample_newsletter.add_issue(session, made, sample_newsletter.PUBLISHED, [])
        draft.prepared_at = None
    log_in_as(client, Role.AUTHOR)
    for page in ("report", "report.csv", "certificate", "certificate.csv"):
        assert client.get(f"/staff/issues/{draft.id}/{page}").status_code == 404


def test_a_ranking_is_drawn_and_opened_to_its_clicks(client: FlaskClient, made: SampleNewsletter) -> None:
    log_in_as(client, Role.APPROVER)
    shown = client.get(AT + ASKED).text
    assert shown.index("記事0") < shown.index("記事1") < shown.index("記事2")
    assert "記事4" not in shown
    opened = client.get(f"{AT}/evidence{ASKED}").text
    assert "見出しだけの取得" in opened
    sheet = json.loads(client.get(f"{AT}/evidence.json{ASKED}").data)
    assert sheet["digest"] in opened
    lines = csv.reader(StringIO(client.get(f"{AT}/clicks.csv{ASKED}").data.decode()))
    next(lines)
    reach_file = client.get(f"{AT}/reach.json{ASKED}").get_json()
    published = client.get("/archive/dx-letter/ranking-key.pem").text
    keys = evidence_check.read_keys(published)
    done = evidence_check.verify(sheet, [HitRow(*line) for line in lines], reach_file, keys)
    assert (done.faults, done.unverified) == ([], [])
    assert list(keys) == [sheet["key"]]
    assert sheet["key"] in opened
    rows = list(csv.DictReader(StringIO(client.get(f"{AT}/ranking.csv{ASKED}").data.decode("utf-8-sig"))))
    assert [row["article"] for row in rows] == [f"article-{n}" for n in range(5)]
    assert all(int(row["at_least"]) <= int(row["readers"]) <= int(row["at_most"]) for row in rows)


def test_many_clicks_are_counted_when_asked(
    client: FlaskClient, made: SampleNewsletter, monkeypatch: pytest.MonkeyPatch
) -> None:
    log_in_as(client, Role.APPROVER)
    digest = json.loads(client.get(f"{AT}/evidence.json{ASKED}").data)["digest"]
    assert digest in client.get(f"{AT}/evidence{ASKED}").text, "few are counted at once"
    monkeypatch.setattr(evidence, "QUICK", 1)
    page = html.fromstring(client.get(f"{AT}/evidence{ASKED}").text)
    (asked,) = page.cssselect("[data-counted] [data-count] a")
    assert not page.cssselect("code.digest")
    whole = client.get(f"{AT}/evidence{asked.get('href')}").text
    assert digest in whole
    assert "data-count=" not in whole


@pytest.mark.parametrize("title", ['=HYPERLINK("https://evil.example")', "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_case_8_a_title_is_no_formula_in_a_spreadsheet(client: FlaskClient, made: SampleNewsletter, title: str) -> None:
    with db.session_scope() as session:
        session.execute(update(Article).where(Article.slug == "article-0").values(title=title))
    log_in_as(client, Role.APPROVER)
    content = client.get(f"{AT}/ranking.csv{ASKED}").data.decode("utf-8-sig")
    cells = [cell for row in csv.reader(StringIO(content, newline="")) for cell in row]
    assert "'" + title in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


@pytest.mark.parametrize(
    "more",
    [
        "&audience=official", "&topic=rpa", "&measure=rate", "&measure=early&first_days=3", "&policy=human%2Bunknown",
        "&period=2021-fiscal", "&period=2021-q2", "&period=2021-04", "&from=2021-04-01&until=2021-05-31", "&top=1",
        "&top=0", "&top=9999", "&top=x", "&lang=en",
    ],
)  # fmt: skip
def test_every_choice_is_answered(client: FlaskClient, made: SampleNewsletter, more: str) -> None:
    log_in_as(client, Role.AUTHOR)
    answer = client.get(f"{AT}?newsletter=dx-letter{more}" if "period" in more else YEAR + more)
    assert answer.status_code == 200
    assert "記事" in answer.text


@pytest.mark.parametrize(
    "wrong",
    ["period=20x1", "period=99999", "from=2021-05-01", "from=2021-05-02&until=2021-05-01", "measure=votes",
     "newsletter=none", "audience=none", "topic=none", "policy=all"],
)  # fmt: skip
def test_what_is_no_choice_is_told(client: FlaskClient, made: SampleNewsletter, wrong: str) -> None:
    log_in_as(client, Role.AUTHOR)
    answer = client.get(f"{AT}?{wrong}")
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text


def test_a_ranking_becomes_a_draft(client: FlaskClient, made: SampleNewsletter) -> None:
    log_in_as(client, Role.SENDER)
    assert post(client, f"{AT}/draft{ASKED}", AT + ASKED).status_code == 403
    log_in_as(client, Role.AUTHOR)
    answer = post(client, f"{AT}/draft{ASKED}", AT + ASKED)
    assert answer.status_code == 200
    with Session(db.engine()) as session:
        draft = session.scalars(select(Issue).where(Issue.kind == IssueKind.RANKING)).one()
    assert [block.place for block in draft.blocks if isinstance(block, RankingEntry)] == [3, 2, 1]
    assert draft.ranking["digest"] == json.loads(client.get(f"{AT}/evidence.json{ASKED}").data)["digest"]
    assert draft.author_id is not None
    empty = post(client, f"{AT}/draft?newsletter=dx-letter&period=2019", AT + ASKED)
    assert empty.status_code == 422
    with Session(db.engine()) as session:
        assert session.scalar(select(func.count()).where(Issue.kind == IssueKind.RANKING)) == 1


def test_without_a_newsletter_nothing_breaks(client: FlaskClient) -> None:
    with db.session_scope() as session:
        make_staff(session)
    log_in_as(client, Role.AUTHOR)
    for page in (AT, "/staff/briefing"):
        assert "メールマガジンがまだありません" in client.get(page).text


def test_hints_are_silent_where_few_have_read(client: FlaskClient, made: SampleNewsletter) -> None:
    log_in_as(client, Role.AUTHOR)
    answer = client.get("/staff/briefing?newsletter=dx-letter&last=3")
    assert "特に目立つテーマはありません" in answer.text
    assert client.get("/staff/briefing?newsletter=none").status_code == 404
    assert client.get("/staff/briefing?last=x").status_code == 200
