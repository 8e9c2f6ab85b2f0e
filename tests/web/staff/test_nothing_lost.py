"""What somebody typed is there after a login, a conflict, a refusal; a download is whole or an error."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO

import pytest
from flask import Blueprint, Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser
from sqlalchemy import Engine
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from models.issues import issue as issues
from models.issues import newsletter as newsletters
from models.issues.block import Prose
from models.staff.permission import Role
from models.store import clock, db
from tests.sample import make_newsletter
from tests.web.hidden_fields import hidden_fields
from tests.web.staff_login import EVERY_ROLE, PASSWORD, address_of, csrf_token, log_in_as, log_in_browser, make_staff
from web.staff.csv_download import csv_attachment


@pytest.fixture
def app(database: Engine, redis_client: object) -> Flask:
    from web.app import create_app

    with db.session_scope() as session:
        make_newsletter(session)
        make_staff(session)
    made = create_app()
    made.testing = False
    return made


@pytest.fixture
def edit(app: Flask) -> str:
    """The address at which a draft is edited."""
    with db.session_scope() as session:
        newsletter = newsletters.find(session, "ict")
        made = issues.create(session, newsletter, subject="窓口", preheader="p", blocks=(Prose(text="はじめの文。"),))
        return f"/staff/issues/{made.id}/edit"


@pytest.fixture
def author(app: Flask) -> FlaskClient:
    client = app.test_client()
    log_in_as(client, Role.AUTHOR)
    return client


def area(page: TestResponse, name: str = "text") -> str:
    found = re.search(rf'<textarea[^>]*(?:name|id)="{name}"[^>]*>\n?(.*?)</textarea>', page.text, re.DOTALL)
    assert found, page.text[:3000]
    return html.unescape(found[1])


def form(client: FlaskClient, edit: str, old: str = "", new: str = "") -> dict[str, str]:
    page = client.get(edit)
    return {**hidden_fields(page), "text": area(page).replace(old, new) if old else area(page)}


def stored(client: FlaskClient, edit: str) -> str:
    return area(client.get(edit))


def test_session_that_ended_while_writing_keeps_the_text_case_f5(author: FlaskClient, edit: str) -> None:
    typed = form(author, edit, "はじめの文。", "三時間かけて書いた文。")
    author.delete_cookie("kairan")
    asked = author.post(edit, data=typed)
    assert asked.status_code == 401
    login = {**hidden_fields(asked), "address": address_of(Role.AUTHOR)}
    wrong = author.post("/staff/login", data={**login, "password": "wrong"})
    assert wrong.status_code == 422
    again = author.post("/staff/login", data={**login, **hidden_fields(wrong), "password": PASSWORD})
    assert "三時間かけて書いた文。" in area(again)
    saved = author.post(edit, data={**hidden_fields(again), "text": area(again)})
    assert saved.status_code == 302
    assert "三時間かけて書いた文。" in stored(author, edit)


def log_in_with(client: FlaskClient, asked: TestResponse, role: Role) -> TestResponse:
    login = {**hidden_fields(asked), "address": address_of(role), "password": PASSWORD}
    return client.post("/staff/login", data=login)


def test_form_that_somebody_left_behind_is_not_sent_in_another_name(author: FlaskClient) -> None:
    """A machine that an office shares: the administrator logs in where an author had left a form."""
    left = {"csrf_token": csrf_token(author, "/staff/account"), "roles-all": "administrator", "seen": "author"}
    with clock.moved(timedelta(hours=13)):
        asked = author.post("/staff/people/1/roles", data=left)
        assert asked.status_code == 401
        assert "kept" in hidden_fields(asked)
        answer = log_in_with(author, asked, Role.ADMINISTRATOR)
    assert answer.status_code == 302
    assert "roles-all" not in answer.text


def test_form_that_nobody_knows_is_shown_whole_before_it_is_sent(author: FlaskClient) -> None:
    author.delete_cookie("kairan")
    asked = author.post("/staff/people/1/roles", data={"roles-all": "administrator", "text": "本文"})
    assert asked.status_code == 401
    answer = log_in_with(author, asked, Role.ADMINISTRATOR)
    shown = re.sub(r"\s+", "", answer.text)
    assert "<dt>roles-all</dt><dd>administrator</dd>" in shown
    assert "/staff/people/1/rolesに送る内容" in shown


def test_form_of_another_site_is_not_kept_case_f5(author: FlaskClient, edit: str) -> None:
    asked = author.post(edit, data={"text": "悪意のある文"}, headers={"Origin": "https://evil.example"})
    assert "悪意のある文" not in asked.text


def test_characters_that_no_text_has_are_taken_out_and_the_rest_is_kept_case_f1(author: FlaskClient, edit: str) -> None:
    typed = form(author, edit, "はじめの文。", "前\0後")
    refused = author.post(edit, data=typed)
    assert refused.status_code == 422
    assert "前後" in area(refused)
    assert author.post(edit, data={**hidden_fields(refused), "text": area(refused)}).status_code == 302


@pytest.mark.parametrize(
    "wrong",
    ["segment: {joined_from: 9999-99-99}", r'subject: "a\0b"', r'subject: "\ud800"', "segment: {x: %s}" % ("9" * 5000)],
    ids=["date", "nul", "surrogate", "digits"],
)
def test_manuscript_with_a_value_that_there_is_not_is_shown_again_case_f4(
    author: FlaskClient, edit: str, wrong: str
) -> None:
    typed = form(author, edit)
    key = wrong.partition(":")[0]
    kept = [line for line in typed["text"].split("\n") if not line.startswith(f"{key}:")]
    typed["text"] = "\n".join([kept[0], wrong, *kept[1:]])
    refused = author.post(edit, data=typed)
    assert refused.status_code == 422
    assert re.search(r"\b2: ", refused.text)
    assert area(refused) == typed["text"]


def send_multipart(client: FlaskClient, address: str, data: dict[str, object]) -> TestResponse:
    """As a browser sends a form with files. The client's own way leaves a temporary file open."""
    boundary, body = encode_multipart(data)
    return client.post(address, data=body, content_type=f"multipart/form-data; boundary={boundary}")


def test_long_manuscript_and_large_picture_keep_the_text_case_f6(author: FlaskClient, edit: str) -> None:
    typed = form(author, edit, "はじめの文。", "あ" * 199_000)
    assert send_multipart(author, edit, {**typed}).status_code == 302
    typed = form(author, edit)
    longer = {**typed, "text": typed["text"] + "い" * 2000}
    refused = author.post(edit, data=longer)
    assert refused.status_code == 422
    assert area(refused) == longer["text"]
    picture = FileStorage(BytesIO(bytes(17_000_000)), "p.png")
    refused = send_multipart(author, edit, {**typed, "picture": picture})
    assert refused.status_code == 422
    assert area(refused) == typed["text"]


def test_second_of_two_people_sees_both_texts_and_chooses_case_f7(app: Flask, author: FlaskClient, edit: str) -> None:
    typed = form(author, edit, "はじめの文。", "私の文。")
    colleague = app.test_client()
    login = {"csrf_token": csrf_token(colleague, "/staff/login"), "address": EVERY_ROLE, "password": PASSWORD}
    assert colleague.post("/staff/login", data=login).status_code == 302
    assert colleague.post(edit, data=form(colleague, edit, "はじめの文。", "同僚の文。")).status_code == 302
    conflict = author.post(edit, data=typed)
    for _ in range(2):
        assert conflict.status_code == 409
        assert "私の文。" in area(conflict)
        assert "同僚の文。" in area(conflict, "theirs")
        assert "同僚の文。" in stored(author, edit)
        conflict = author.post(edit, data={**hidden_fields(conflict), "text": area(conflict)})
    chosen = re.search(r'name="overwrite" value="(\d+)"', conflict.text)
    assert chosen
    form_again = {**hidden_fields(conflict), "text": area(conflict), "overwrite": chosen[1]}
    assert author.post(edit, data=form_again).status_code == 302
    assert "私の文。" in stored(author, edit)


@pytest.mark.parametrize("file", ["clicks.csv", "ranking.csv", "evidence.json", "reach.json"])
@pytest.mark.parametrize("wrong", ["audience=nosuch", "topic=nosuch", "newsletter=nosuch", "audience=a%0d%0ab"])
def test_unknown_filter_of_a_download_is_not_found_case_f8(author: FlaskClient, file: str, wrong: str) -> None:
    assert author.get(f"/staff/rankings/{file}?{wrong}").status_code == 404


def test_download_that_fails_in_the_middle_is_an_error_case_f8(app: Flask) -> None:
    room = Blueprint("probe", __name__)

    def rows() -> Iterator[tuple[str]]:
        yield ("1",)
        raise ZeroDivisionError

    room.add_url_rule("/probe/<any(whole, broken):which>", view_func=lambda which: csv_attachment(
        "a.csv", ("n",), rows() if which == "broken" else [("1",)]), endpoint="file")  # fmt: skip
    app.register_blueprint(room)
    assert app.test_client().get("/probe/broken").status_code == 500
    whole = app.test_client().get("/probe/whole")
    assert (whole.status_code, whole.content_length) == (200, len(whole.data))


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/staff/issues/2147483648", 404), ("/staff/issues/" + "9" * 5000, 404), ("/staff/issues?state=nosuch", 404),
        ("/staff/issues?page=9223372036854775808", 404), ("/archive/ict?page=" + "9" * 5000, 404),
    ],
    ids=["id", "digits", "state", "page", "page-digits"],
)  # fmt: skip
def test_number_that_no_table_has_is_not_found_case_f2(author: FlaskClient, address: str, status: int) -> None:
    assert author.get(address).status_code == status


@pytest.mark.parametrize(
    "address", ["/archive/%00", "/subscribe/%00", "/look/%00.css", "/i/a%0d%0ab", "/u/x?newsletter=%00"]
)
def test_control_characters_in_addresses_are_not_found_case_f3(author: FlaskClient, address: str) -> None:
    assert author.get(address).status_code == 404


def test_way_back_with_a_line_break_is_the_first_page_case_f3(app: Flask) -> None:
    client = app.test_client()
    way = "/staff/login?next=/staff%0d%0aX"
    login = {"csrf_token": csrf_token(client, way), "address": EVERY_ROLE, "password": PASSWORD}
    answer = client.post(way, data=login)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/staff/")


def test_both_texts_stand_side_by_side_where_there_is_room_case_f7(live_server: str, browser: Browser) -> None:
    with db.session_scope() as session:
        make_newsletter(session)
        make_staff(session)
        newsletter = newsletters.find(session, "ict")
        number = issues.create(session, newsletter, subject="窓口", blocks=(Prose(text="はじめの文。"),)).id
    pages = [browser.new_context(viewport={"width": 1280, "height": 900}).new_page() for _ in range(2)]
    for page in pages:
        log_in_browser(page, live_server)
        page.goto(f"{live_server}/staff/issues/{number}/edit")
    for page, whose in zip(pages, ("同僚", "私"), strict=True):
        page.fill("#text", page.input_value("#text").replace("はじめ", whose))
        with page.expect_navigation():
            page.click("main form button")
    mine, theirs = (pages[1].locator(box).bounding_box() for box in ("#text", "#theirs"))
    assert mine
    assert theirs
    assert (mine["y"], mine["x"] + mine["width"] < theirs["x"]) == (theirs["y"], True)
    for page in pages:
        page.context.close()


@pytest.mark.parametrize("value", ["{a: " * 250 + "}" * 250, "窓口\uffff", "窓口\x9b"])
def test_manuscript_that_yaml_cannot_read_is_shown_again_case_f4(author: FlaskClient, edit: str, value: str) -> None:
    typed = form(author, edit, "subject: 窓口", f"subject: {value}")
    again = author.post(edit, data=typed)
    assert again.status_code == 422
    assert "はじめの文。" in html.unescape(again.text)


@pytest.mark.parametrize("days", ["9999-12-31", "0001-01-01", "1999-12-31", "3000-01-01"])
@pytest.mark.parametrize("name", ["", "/ranking.csv", "/evidence", "/evidence.json", "/clicks.csv", "/reach.json"])
def test_ranking_of_days_that_no_calendar_holds_case_f2(author: FlaskClient, name: str, days: str) -> None:
    assert author.get(f"/staff/rankings{name}?from={days}&until={days}").status_code == 422


@pytest.mark.parametrize("period", ["２０２６", "2_026", "+2026", " 2026", "2026-+5", "2026-", "2026-q"])
def test_ranking_of_a_period_in_no_plain_digits_case_f2(author: FlaskClient, period: str) -> None:
    assert author.get("/staff/rankings", query_string={"period": period}).status_code == 422
