"""What is not there, newsletters without rows, and files that no spreadsheet runs."""

from __future__ import annotations

from io import BytesIO

from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import Engine, update

from models.issues.article import Article
from models.staff.permission import Role
from models.store import db
from tests.models.tracking import sample_newsletter
from tests.web.staff_login import log_in_as, make_staff


def test_what_is_wrong_is_told_and_nothing_breaks(client: FlaskClient, database: Engine) -> None:
    with db.session_scope() as session:
        make_staff(session)
    log_in_as(client, Role.AUTHOR)
    for page in ("reports", "reports/reading", "reports/compare", "reports/month"):
        assert "メールマガジンがまだありません" in client.get(f"/staff/{page}").text
    with db.session_scope() as session:
        made = sample_newsletter.create(session, issue_count=2, reader_count=12)
        first, second = (one.id for one in made.issues)
        session.execute(update(Article).values(title='=HYPERLINK("https://evil.example")\x0b'))
    for page in ("reports?period=x", "reports/reading?period=2021-13", "reports?from=2021-05-02&until=2021-05-01"):
        answer = client.get(f"/staff/{page}")
        assert (answer.status_code, 'role="alert"' in answer.text) == (422, True), page
    for page in (
        f"issues/{first}/report/none.csv", f"issues/{first}/report/links.pdf", "reports/tables/none.xlsx",
        "reports/month?month=2021", "reports/month?month=x", f"reports/compare?first={first}&second=99999",
        f"reports/compare.csv?first={first}", f"issues/{first}/click-map/frame", "issues/99999/click-map",
        "reports?newsletter=none",
    ):  # fmt: skip
        assert client.get(f"/staff/{page}").status_code in (404, 422), page
    for page in (
        f"issues/{first}/report", f"issues/{first}/click-map", "reports", "reports/reading?audience=citizen",
        f"reports/compare?first={first}&second={second}", "reports/month",
        f"reports/compare.xlsx?first={first}&second={second}", "reports/tables/cohorts.csv",
    ):  # fmt: skip
        assert client.get(f"/staff/{page}").status_code == 200, page
    sheet = load_workbook(BytesIO(client.get(f"/staff/issues/{first}/report/links.xlsx").data)).worksheets[0]
    assert {(cell.data_type, cell.value) for cell in sheet["D"][1:6]} == {
        ("s", '\'=HYPERLINK("https://evil.example")\ufffd')
    }
