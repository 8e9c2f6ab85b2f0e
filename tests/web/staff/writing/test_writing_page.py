"""Saving what the block editor sends: whole, checked, never over somebody else's text, and never lost."""

from __future__ import annotations

import gzip
import re
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import OperationalError

from models.issues import issue as issues
from models.issues.article import Article
from models.issues.block import ArticleCard, Block, Heading, Prose
from models.issues.versions import content_version
from models.manuscript import article_edit
from models.manuscript import edit as manuscript
from models.store import db
from tests.sample import make_article, make_newsletter
from tests.web.staff_login import EVERY_ROLE, PASSWORD, csrf_token, make_staff
from web.app import STATIC
from web.staff.writing import block_document, editor_bundle

TYPED = "私の文。"


@pytest.fixture
def issue_id(database: Engine, redis_client: object) -> int:
    with db.session_scope() as session:
        make_staff(session)
        newsletter = make_newsletter(session)
        make_article(session, newsletter, "cloud", "クラウドの費用")
        blocks = (Heading(text="窓口"), Prose(text="はじめの文。"))
        return issues.create(session, newsletter, subject="見本", blocks=blocks).id


@pytest.fixture
def author(issue_id: int) -> FlaskClient:
    from web.app import create_app

    app: Flask = create_app()
    app.testing = False
    client = app.test_client()
    login = {"csrf_token": csrf_token(client, "/staff/login"), "address": EVERY_ROLE, "password": PASSWORD}
    assert client.post("/staff/login", data=login).status_code == 302
    return client


def stored(issue_id: int) -> tuple[Block, ...]:
    with db.session_scope() as session:
        return issues.get(session, issue_id).blocks


def save(client: FlaskClient, issue_id: int, document: Any, **more: Any) -> Any:
    address = f"/staff/issues/{issue_id}/write"
    found = re.search(r'"csrf": "([^"]+)"', client.get(address).text)
    assert found
    with db.session_scope() as session:
        version = content_version.last_number(session, issues.get(session, issue_id))
    body = {"version": version, "tab": "a" * 24, "step": 1, "fields": {"subject": "見本"}, "document": document, **more}
    headers = {"X-CSRFToken": found[1], "Accept": "application/json", "Accept-Language": "ja"}
    return client.post(address, json=body, headers=headers)


def test_everything_that_is_wrong_is_told_at_its_block_and_field(author: FlaskClient, issue_id: int) -> None:
    document = block_document.of((Prose(text="[記事](article:nosuch)"), Heading(text="良い見出し")))
    document["content"] += [
        {"type": "article", "attrs": {"article": "nosuch"}, "content": [{"type": "paragraph"}]},
        {"type": "figure", "attrs": {"image": "0" * 64, "alt": ""}},
        {"type": "notice", "attrs": {"only": {"audiences": ["nosuch"], "topics": []}, "markdown": "外字"},
         "content": [{"type": "paragraph", "content": [{"type": "text", "text": "外字\ue000"}]}]},
    ]  # fmt: skip
    answer = save(author, issue_id, document, fields={"subject": " ", "dated": "2026-02-30"})
    assert answer.status_code == 422
    assert [problem["place"] for problem in answer.json["problems"]] == [[0], [2], [3], [4], [4]]
    assert all(re.search("[ぁ-ん]", problem["message"]) for problem in answer.json["problems"])
    assert set(answer.json["fields"]) == {"subject", "dated"}
    assert stored(issue_id) == (Heading(text="窓口"), Prose(text="はじめの文。"))


RANKING = {"type": "ranking", "attrs": {"place": 1, "article": "a"}, "content": []}


@pytest.mark.parametrize(
    "document",
    [None, [], {"content": "x"}, {"content": [{"type": "prose"}]}, {"content": [[]]}, {"content": [RANKING]}],
)
def test_nonsense_is_refused_in_words(author: FlaskClient, issue_id: int, document: Any) -> None:
    answer = save(author, issue_id, document)
    assert answer.status_code == 422
    assert answer.json.get("message") or answer.json["problems"]


@pytest.mark.parametrize("words", ["半\ud83d", "長" * 200_001])
def test_what_no_text_holds_is_said_in_the_language_of_the_page(author: FlaskClient, issue_id: int, words: str) -> None:
    line = {"type": "paragraph", "content": [{"type": "text", "text": words}]}
    prose = {"type": "prose", "attrs": {"markdown": None, "only": None}, "content": [line]}
    [problem] = save(author, issue_id, {"type": "doc", "content": [prose]}).json["problems"]
    assert re.search("[ぁ-ん]", problem["message"])
    assert not re.search("valid string|unicode", problem["message"])
    assert len(problem["message"]) < 200


def test_an_article_is_not_deleted_while_it_is_placed(
    author: FlaskClient, issue_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = {"type": "article", "attrs": {"article": "cloud"}, "content": [{"type": "paragraph"}]}
    really = manuscript.save_content

    def save_late(*given: Any) -> Any:
        with db.session_scope() as session:
            session.execute(text("SET LOCAL lock_timeout = '200ms'"))
            with pytest.raises(OperationalError, match="lock timeout"):
                article_edit.delete(session, session.scalars(select(Article)).one(), given[3])
            session.rollback()
        return really(*given)

    monkeypatch.setattr(manuscript, "save_content", save_late)
    assert save(author, issue_id, {"type": "doc", "content": [card]}).status_code == 200
    assert stored(issue_id) == (ArticleCard(article="cloud"),)


def test_what_is_gone_is_told_without_names_of_the_manuscript(author: FlaskClient, issue_id: int) -> None:
    only = {"audiences": ["nosuch"], "topics": ["nosuch"]}
    card = {"type": "article", "attrs": {"article": "cloud-2", "only": only}, "content": [{"type": "paragraph"}]}
    answer = save(author, issue_id, {"type": "doc", "content": [card]})
    assert {problem["message"] for problem in answer.json["problems"]} == {
        "使われている記事が、その後に削除されたか、名前が変わりました。別の記事を選ぶか、取り除いてください",
        "選ばれている読者区分かテーマが、なくなっています。選び直してください",
    }


def test_five_hundred_blocks_are_saved(author: FlaskClient, issue_id: int) -> None:
    many = tuple(Prose(text=f"**{number}**つ目の文です。") for number in range(500))
    assert save(author, issue_id, block_document.of(many)).status_code == 200
    assert stored(issue_id) == many


def test_file_that_is_no_picture_is_refused_in_words(author: FlaskClient, issue_id: int) -> None:
    address = f"/staff/issues/{issue_id}/write"
    token = re.search(r'"csrf": "([^"]+)"', author.get(address).text)
    assert token
    answer = author.post(f"{address}/pictures", data={"picture": (BytesIO(b"no picture"), "a.png")},
                         headers={"X-CSRFToken": token[1], "Accept": "application/json"})  # fmt: skip
    assert answer.status_code == 422
    assert answer.json["message"]


def test_page_says_how_to_build_the_editor_where_it_is_not(
    author: FlaskClient, issue_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(editor_bundle, "FOLDER", STATIC / "nowhere")
    page = author.get(f"/staff/issues/{issue_id}/write")
    assert page.status_code == 200
    assert "scripts/build-editor" in page.text
    assert f"/staff/issues/{issue_id}/edit" in page.text


def test_editor_is_small_and_loaded_on_its_page_alone(author: FlaskClient, issue_id: int) -> None:
    bundle = editor_bundle.find()
    assert bundle
    packed = sum(len(gzip.compress((STATIC / name).read_bytes())) for name in bundle)
    assert packed <= 400 * 1024
    assert bundle.script in author.get(f"/staff/issues/{issue_id}/write").text
    assert bundle.script not in author.get(f"/staff/issues/{issue_id}/edit").text
