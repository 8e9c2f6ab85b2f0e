"""Importing and exporting readers by pages without scripts: from the list to readers, and back into a file."""

from __future__ import annotations

import csv
from datetime import timedelta
from io import BytesIO, StringIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from flask.testing import FlaskClient
from lxml import html
from openpyxl import Workbook, load_workbook
from sqlalchemy import Engine, select
from werkzeug.test import TestResponse

from models.exports.reader_export import ExportState, ReaderExport
from models.imports.import_job import ImportJob, ImportState
from models.privacy import own_data
from models.readers.subscriber import find
from models.staff import member as members
from models.staff.audit import AuditEntry
from models.staff.permission import Role
from models.store import clock, db
from tests.sample import make_newsletter, make_reader
from tests.web.staff_login import address_of, csrf_token, log_in_as, make_staff, post
from worker import exports, imports

IMPORTS, EXPORTS = "/staff/newsletters/ict/imports", "/staff/newsletters/ict/exports"
EVIDENCE = "2026年4月12日の説明会の申込書"


@pytest.fixture
def office(database: Engine, redis_client: object, client: FlaskClient) -> FlaskClient:
    """A newsletter with a reader; an administrator has logged in."""
    with db.session_scope() as session:
        make_staff(session)
        newsletter = make_newsletter(session, fields=[{"name": "ward", "label": "区", "required": False}])
        make_reader(session, newsletter, "first@example.jp", name="=2+3", fields={"ward": "中央"})
        make_newsletter(session, "other")
    log_in_as(client, Role.ADMINISTRATOR)
    return client


def upload(client: FlaskClient, content: str | bytes, name: str = "名簿.csv", evidence: str = EVIDENCE) -> TestResponse:
    data = content.encode() if isinstance(content, str) else content
    form = {"csrf_token": csrf_token(client, IMPORTS), "evidence": evidence, "file": (BytesIO(data), name)}
    return client.post(IMPORTS, data=form, follow_redirects=True)


def workbook(spaces: int = 0) -> bytes:
    """A list of one reader as a workbook; so many spaces stand in its sheet, which take no place in the file."""
    book, kept, padded = Workbook(), BytesIO(), BytesIO()
    for row in (["メールアドレス"], ["a@example.jp"]):
        book.active.append(row)
    book.save(kept)
    with ZipFile(kept) as old, ZipFile(padded, "w", ZIP_DEFLATED) as new:
        for part in old.namelist():
            new.writestr(part, old.read(part) + b" " * (spaces if "sheet1" in part else 0))
    return padded.getvalue()


def marked(place: int, value: int) -> bytes:
    """A workbook whose parts say something else of themselves, at a place of their entry in the list of parts."""
    content = bytearray(workbook())
    at = content.find(b"PK\x01\x02")
    while at >= 0:
        content[at + place] = value
        at = content.find(b"PK\x01\x02", at + 1)
    return bytes(content)


def the_import() -> ImportJob:
    with db.session_scope() as session:
        job = session.scalars(select(ImportJob).order_by(ImportJob.id.desc())).first()
        assert job is not None
        return job


def selected(page: str) -> dict[str, str]:
    """What the lists of a page have chosen."""
    found = html.fromstring(page).xpath("//select")
    return {one.get("name"): next(iter(one.xpath("option[@selected]/@value")), "") for one in found}


def columns(client: FlaskClient, **form: str) -> TestResponse:
    job = the_import()
    page = f"{IMPORTS}/{job.id}"
    return post(client, f"{page}/columns", page, **{**selected(client.get(page).text), **form})


def test_a_list_becomes_readers(office: FlaskClient) -> None:
    page = upload(office, "メールアドレス,氏名,区,社員番号\na@example.jp,山田,東,17\n悪い,鈴木,西,18\n".encode("cp932"))
    assert "Shift_JIS" in page.text
    assert "山田" in page.text
    chosen = selected(page.text)
    assert [chosen[f"column-{n}"] for n in range(4)] == ["address", "name", "ward", ""]
    asked = columns(office)
    assert asked.status_code == 422
    assert "column-3-error" in asked.text
    assert "column-3-error" not in columns(office, rest="nothing").text
    imports.work(the_import().id)
    address = f"{IMPORTS}/{the_import().id}"
    tried = office.get(address).text
    assert the_import().trial["added"] == 1
    assert "悪い" in tried
    again = post(office, f"{address}/run", address)
    assert "import-progress" in again.text
    assert office.get(f"{address}/progress.json").json == {"state": "running", "settled": 0, "records": 2}
    imports.work(the_import().id)
    assert the_import().state is ImportState.DONE
    with db.session_scope() as session:
        reader = find(session, "a@example.jp")
        assert reader is not None
        assert (reader.name, reader.fields) == ("山田", {"ward": "東"})
        acts = list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.number)))
        assert [one for one in acts if "import" in one] == ["try import", "start import", "import subscribers"]
    done = office.get(address).text
    assert "refused.xlsx" in done
    post(office, f"{address}/undo", address)
    imports.work(the_import().id)
    assert the_import().state is ImportState.UNDONE
    assert "名簿.csv" in office.get(IMPORTS).text


@pytest.mark.parametrize(
    ("content", "answers", "active"),
    [
        ("メールアドレス,配信停止,メルマガ希望\nhanako@example.jp,×,×\ntaro@example.jp,×,○\n", ["active"], ["taro"]),
        (
            "メールアドレス,状態,配信停止フラグ\ntaro@example.jp,有効,無効\nhanako@example.jp,有効,有効\n",
            ["active", "unsubscribed"],
            ["taro"],
        ),
        (
            "メールアドレス,配信停止,エラー停止\ntaro@example.jp,×,×\nhanako@example.jp, Ｘ,\njiro@example.jp,x,\n",
            ["active", "active", "unsubscribed"],
            ["taro"],
        ),
        (
            "メールアドレス,メルマガ希望,配信希望\ntaro@example.jp,,\n" + "長" * 300 + ",,\n",
            ["active", "active"],
            ["taro"],
        ),
        ("メールアドレス,状態\ntaro@example.jp," + "長 " * 150 + "\n", ["active"], ["taro"]),
    ],
)
def test_what_is_said_of_a_word_is_said_of_its_column_alone(
    office: FlaskClient, content: str, answers: list[str], active: list[str]
) -> None:
    upload(office, content)
    columns(office)
    imports.work(the_import().id)
    assert len(the_import().asked) == len(answers)
    told = columns(office, **{f"word-{at}": answer for at, answer in enumerate(answers)})
    assert told.status_code == 200
    imports.work(the_import().id)
    address = f"{IMPORTS}/{the_import().id}"
    assert the_import().state is ImportState.CHECKED
    post(office, f"{address}/run", address)
    imports.work(the_import().id)
    with db.session_scope() as session:
        found = [one for one in ("taro", "hanako", "jiro") if find(session, f"{one}@example.jp")]
    assert found == active
    upload(office, content)  # what was said is proposed for the next list with these headings
    columns(office)
    imports.work(the_import().id)
    chosen = selected(office.get(f"{IMPORTS}/{the_import().id}").text)
    assert [chosen[f"word-{at}"] for at in range(len(answers))] == answers


def test_refused_lines_come_back_as_a_list_that_can_be_imported(office: FlaskClient) -> None:
    upload(office, "メールアドレス,氏名\nbad at example.jp,=山田\nb@example.jp,鈴木\n")
    columns(office)
    imports.work(the_import().id)
    address = f"{IMPORTS}/{the_import().id}/refused"
    [heading, row] = csv.reader(StringIO(office.get(f"{address}.csv").data.decode("utf-8-sig")))
    assert heading == ["kairan_line", "kairan_problem", "メールアドレス", "氏名"]
    assert (row[0], row[2], row[3]) == ("2", "bad at example.jp", "'=山田")
    book = load_workbook(BytesIO(office.get(f"{address}.xlsx").data))
    rows = [[cell.value for cell in line] for line in book.active.rows]
    assert rows[1][3] == "'=山田"
    book.active["C2"] = "mended@example.jp"
    book.save(mended := BytesIO())
    page = upload(office, mended.getvalue(), "mended.xlsx")
    chosen = selected(page.text)
    assert [chosen[f"column-{n}"] for n in range(4)] == ["nothing", "nothing", "address", "name"]
    columns(office)
    imports.work(the_import().id)
    assert (the_import().trial["added"], the_import().trial["refused"]) == (1, 0)


@pytest.mark.parametrize(
    ("content", "name", "evidence", "field"),
    [
        (b"<html><body><table>", "list.xls", EVIDENCE, "file"),
        (b"", "list.csv", EVIDENCE, "file"),
        (b"PK\x03\x04nothing", "list.xlsx", EVIDENCE, "file"),
        pytest.param(marked(8, 1), "list.xlsx", EVIDENCE, "file", id="with a password"),
        pytest.param(marked(10, 99), "list.xlsx", EVIDENCE, "file", id="packed in an unknown way"),
        (b"%PDF-1.7\n\xe2\xe3\xcf\xd3\n", "paper.csv", EVIDENCE, "file"),
        (b"address\na@example.jp\n", "list.csv", "はい", "evidence"),
    ],
)
def test_what_cannot_be_taken_is_said_beside_its_field(
    office: FlaskClient, content: bytes, name: str, evidence: str, field: str
) -> None:
    page = upload(office, content, name, evidence)
    assert page.status_code == 422
    assert f'id="{field}-error"' in page.text
    if field == "file":
        assert EVIDENCE in page.text  # nothing typed is lost
        assert not content or name in page.text


def test_a_workbook_that_unpacks_to_much_is_read_by_a_worker(office: FlaskClient) -> None:
    upload(office, workbook(), "list.xlsx")
    assert the_import().state is ImportState.READ
    upload(office, workbook(spaces=20_000_000), "bomb.xlsx")
    assert the_import().state is ImportState.UPLOADED
    book = Workbook()
    book.active.append(["メールアドレス"])
    book.active.cell(1_048_576, 1, "a@example.jp")  # an empty row takes no byte, and as long as any other
    book.save(far := BytesIO())
    upload(office, far.getvalue(), "far.xlsx")
    assert the_import().state is ImportState.UPLOADED


@pytest.mark.parametrize("heading", ["氏\x00名", "長" * 200_000])
def test_odd_headings_are_shown_and_cut(office: FlaskClient, heading: str) -> None:
    page = upload(office, f"メールアドレス,{heading}\na@example.jp,山田\n")
    assert page.status_code == 200
    assert heading.replace("\x00", "")[:500] in page.text
    assert len(page.text) < 100_000


def test_another_encoding_shows_other_letters(office: FlaskClient) -> None:
    upload(office, "メールアドレス,氏名\na@example.jp,山田太郎\n".encode("euc_jp"))
    page = f"{IMPORTS}/{the_import().id}"
    assert "山田太郎" in office.get(page).text
    assert "山田太郎" not in post(office, f"{page}/encoding", page, encoding="Shift_JIS").text
    assert "山田太郎" in post(office, f"{page}/encoding", page, encoding="EUC-JP").text
    assert post(office, f"{page}/encoding", page, encoding="Klingon").status_code == 422


def test_columns_that_say_the_same_are_refused(office: FlaskClient) -> None:
    upload(office, "メールアドレス,氏名,だれ\na@example.jp,山田,太郎\n")
    page = columns(office, **{"column-2": "name"})
    assert page.status_code == 422
    assert "columns" in html.fromstring(page.text).xpath("//*[@class='error-summary']//a/@href")[0]


def test_an_import_of_another_newsletter_is_not_there(office: FlaskClient) -> None:
    upload(office, "address\na@example.jp\n")
    assert office.get(f"/staff/newsletters/other/imports/{the_import().id}").status_code == 404


@pytest.mark.parametrize(("role", "reading", "writing"), [(Role.SENDER, 200, 403), (Role.AUTHOR, 403, 403)])
def test_who_may(office: FlaskClient, role: Role, reading: int, writing: int) -> None:
    log_in_as(office, role)
    assert (office.get(IMPORTS).status_code, office.get(EXPORTS).status_code) == (reading, writing)


def export(client: FlaskClient, kind: str, **form: str) -> str:
    """Ask for an export and have it written; returns the address of the file."""
    assert post(client, EXPORTS, EXPORTS, format=kind, **form).status_code == 200
    with db.session_scope() as session:
        number = max(session.scalars(select(ReaderExport.id)))
    exports.write(number)
    return f"{EXPORTS}/{number}/file"


def test_readers_become_a_file(office: FlaskClient) -> None:
    answer = office.get(export(office, "csv"))
    assert answer.data.startswith(b"\xef\xbb\xbf")
    [heading, row] = csv.reader(StringIO(answer.data.decode("utf-8-sig")))
    assert heading[0] in ("Email Address", "メールアドレス")
    assert (row[0], row[1], row[-1]) == ("first@example.jp", "'=2+3", "中央")
    book = load_workbook(BytesIO(office.get(export(office, "xlsx")).data))
    assert book.active["B2"].value == "'=2+3"
    assert book.active["B2"].data_type == "s"
    with db.session_scope() as session:
        acts = list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.number)))
        assert acts.count("export subscribers") == acts.count("download export") == 2
    told = office.get("/staff/audit?act=export+subscribers&lang=ja").text
    assert "書き出しの番号" in told
    assert "ファイルの種類" in told
    assert post(office, EXPORTS, EXPORTS, format="exe").status_code == 422
    assert post(office, EXPORTS, EXPORTS, format="csv", segment="99").status_code == 422


def test_a_file_is_for_the_one_who_asked_and_for_a_day(office: FlaskClient) -> None:
    address = export(office, "csv")
    with db.session_scope() as session:
        number = session.scalars(select(ReaderExport.id)).one()
        one = session.get_one(ReaderExport, number)
        asked = one.member_id
        one.member_id = members.find(session, address_of(Role.SENDER)).id
    assert office.get(address).status_code == 404
    with db.session_scope() as session:
        one = session.get_one(ReaderExport, number)
        one.member_id = asked
        one.ready_at = clock.now() - timedelta(hours=25)
    assert office.get(address).status_code == 404
    exports.forget_old()
    with db.session_scope() as session:
        one = session.get_one(ReaderExport, number)
        assert (one.state, one.file_id) == (ExportState.ENDED, None)
    assert office.get(EXPORTS).status_code == 200


def test_who_is_erased_is_in_no_file(office: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    address = export(office, "csv")
    with db.session_scope() as session:
        newsletter = session.scalars(select(ReaderExport)).one().newsletter
        make_reader(session, newsletter, "second@example.jp")
        own_data.erase(session, find(session, "first@example.jp"))  # type: ignore[arg-type]
    assert office.get(address).status_code == 404
    assert post(office, EXPORTS, EXPORTS, format="csv").status_code == 200
    with db.session_scope() as session:
        number = max(session.scalars(select(ReaderExport.id)))
    # Somebody is erased after the moment that the file shows, and before it is kept.
    written = exports.refused_rows.as_csv

    def erase_meanwhile(rows: object) -> object:
        pieces = list(written(rows))  # type: ignore[arg-type]
        with db.session_scope() as session:
            own_data.erase(session, find(session, "second@example.jp"))  # type: ignore[arg-type]
        return pieces

    monkeypatch.setattr(exports.refused_rows, "as_csv", erase_meanwhile)
    exports.write(number)
    monkeypatch.undo()
    with db.session_scope() as session:
        assert session.get_one(ReaderExport, number).state is ExportState.WAITING
    exports.write(number)
    assert b"second@" not in office.get(f"{EXPORTS}/{number}/file").data
