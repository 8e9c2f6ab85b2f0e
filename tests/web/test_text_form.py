"""One form for texts, whatever door they come through: forms, search boxes, the editor; and pages valid anyway."""

from __future__ import annotations

from datetime import timedelta
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select
from werkzeug.test import TestResponse

from models.issues import issue as issues
from models.issues.article import Article
from models.issues.block import Heading, Prose, Table
from models.issues.issue import Issue
from models.issues.newsletter import Newsletter
from models.readers.subscriber import Subscription
from models.staff import member as members
from models.staff.permission import Role
from models.store import clock, db, input_rule
from tests.archive_sample import make_archive
from tests.sample import make_newsletter
from tests.web.hidden_fields import hidden_fields
from tests.web.staff_login import csrf_token, log_in_as, make_staff
from web.app import create_app

FEED = "{http://www.w3.org/2005/Atom}"
VOID = frozenset({"br", "hr", "img", "input", "link", "meta", "wbr", "source", "col"})


@pytest.fixture
def client(database: Engine, redis_client: object) -> FlaskClient:
    with db.session_scope() as session:
        newsletter = make_newsletter(session)
        make_archive(session, newsletter)
        make_staff(session)
        issues.create(session, newsletter, subject="下書き", blocks=(Prose(text="はじめの文。"),))
    return create_app().test_client()


def sign_up(client: FlaskClient, **typed: str) -> TestResponse:
    page = client.get("/subscribe/ict")
    form = {**hidden_fields(page), "address": "a@example.jp", "audience": "citizen", "agreed": "yes", **typed}
    with clock.moved(timedelta(seconds=5)):
        return client.post("/subscribe/ict", data=form)


def asked() -> dict[str, object]:
    with db.session_scope() as session:
        found = session.scalars(select(Subscription)).one()
        return dict(found.pending_answers)


def test_case_g10_names_of_a_mac_are_kept_in_one_piece(client: FlaskClient) -> None:
    assert sign_up(client, name="か\u3099とう \ufa1b", organisation="ハ\u309a社\u202e").status_code == 303
    answers = asked()
    assert (answers["name"], answers["organisation"]) == ("がとう \ufa1b", "パ社")


@pytest.mark.parametrize("wrong", ["山\ue000", "山\ufffe", "山\x0b", "山\u2028田", "a" + "\u0301" * 40], ids=ascii)
def test_case_g11_a_name_nobody_can_read_is_asked_for_again(client: FlaskClient, wrong: str) -> None:
    answer = sign_up(client, name=wrong)
    assert answer.status_code == 422
    assert input_rule.cleaned(wrong).replace("\n", " ") in answer.text, "what can be kept is shown again"
    assert ("外字" in answer.text) == (wrong == "山\ue000")


@pytest.mark.parametrize("typed", ["か\u3099", "が", "が\u200b", "が\ue000"], ids=ascii)
def test_case_g10_search_boxes_take_any_form(client: FlaskClient, typed: str) -> None:
    with db.session_scope() as session:
        article = session.scalars(select(Article).where(Article.slug == "elsewhere")).one()
        article.recap = "がの要点"
    answer = client.get("/archive/ict/search", query_string={"q": typed})
    assert answer.status_code == 200


def test_a_password_is_not_touched(client: FlaskClient) -> None:
    password = "か\u3099き\u3099 \u200bpassword \ue000"
    with db.session_scope() as session:
        members.create(session, "own@example.jp", "名", {Role.AUTHOR}, password)
    form = {"csrf_token": csrf_token(client, "/staff/login"), "address": "own@example.jp", "password": password}
    assert client.post("/staff/login", data=form).status_code == 302


def test_case_g22_editor_says_in_which_line_private_use_stands(client: FlaskClient) -> None:
    log_in_as(client, Role.AUTHOR)
    with db.session_scope() as session:
        number = session.scalars(select(Issue.id).where(Issue.subject == "下書き")).one()
    page = client.get(f"/staff/issues/{number}/edit")
    text = "---\nnewsletter: ict\nnumber: 2\nsubject: 下書き\n---\nか\u3099い\n\n外字\ue000\n"
    answer = client.post(f"/staff/issues/{number}/edit", data={**hidden_fields(page), "text": text})
    assert answer.status_code == 422
    assert ":8: " in answer.text
    assert "外字\ue000" in answer.text, "what was typed is there, to be mended"


def test_case_g10_editor_keeps_letters_in_one_piece(client: FlaskClient) -> None:
    log_in_as(client, Role.AUTHOR)
    with db.session_scope() as session:
        one = session.scalars(select(Issue).where(Issue.subject == "下書き")).one()
        number, text = one.id, f"---\nnewsletter: ict\nnumber: {one.number}\nsubject: か\u3099\n---\nハ\u309a\r\n"
    page = client.get(f"/staff/issues/{number}/edit")
    assert client.post(f"/staff/issues/{number}/edit", data={**hidden_fields(page), "text": text}).status_code == 302
    with db.session_scope() as session:
        one = issues.get(session, number)
        assert (one.subject, one.blocks) == ("が", (Prose(text="パ"),))


class _Balance(HTMLParser):
    """Elements that are open; an end without a beginning is an error."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: object) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def check_html(page: str) -> None:
    parser = _Balance()
    parser.feed(page)
    parser.close()
    assert parser.open == []
    assert input_rule.without_controls(page) == page


stored = st.text(
    st.one_of(
        st.characters(exclude_categories=["Cs"], exclude_characters="\0"),
        st.sampled_from(
            "\x01\x0b\x1b\x7f\x85\u2028\u202e\u200b\ufeff\ufffe\uffff\U0001fffe\ue000\u3099]]><!--&\"'\r\n"
        ),
    ),
    min_size=1,
    max_size=25,
)


@pytest.fixture
def filled(client: FlaskClient) -> FlaskClient:
    return client


@hypothesis_settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=stored, other=stored)
def test_case_g11_feed_and_pages_are_valid_whatever_is_stored(filled: FlaskClient, text: str, other: str) -> None:
    """Stored past the door, as an older version or a hand in the database may have done it."""
    with db.session_scope() as session:
        newsletter = session.scalars(select(Newsletter)).one()
        newsletter.description = newsletter.sender_name = text
        issue = session.scalars(select(Issue).where(Issue.number == 1)).one()
        issue.subject, issue.preheader = text, other
        blocks = (Heading(text=text), Prose(text=other), Table(header=(text, other), rows=((other, text),)))
        issue.blocks_json = [block.model_dump(mode="json") for block in blocks]
        article = session.scalars(select(Article).where(Article.slug == "hosted")).one()
        article.title, article.recap, article.body = text, other, text
    feed = filled.get("/archive/ict/feed.atom")
    assert feed.status_code == 200
    root = ElementTree.fromstring(feed.get_data())
    assert root.find(f"{FEED}entry") is not None
    for path in ("", "/1", "/articles/hosted", "/topics/dx", "/search?q=a"):
        answer = filled.get(f"/archive/ict{path}")
        assert answer.status_code == 200, path
        check_html(answer.text)
