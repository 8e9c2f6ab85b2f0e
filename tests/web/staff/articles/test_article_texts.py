"""The texts of an article come from the block editor as documents, or from boxes; related articles by their names."""

from __future__ import annotations

import gzip
import html
import json
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from models.issues import newsletter as newsletters
from models.issues.article import Article
from models.issues.articles import article_use
from models.manuscript import article_edit, article_file, article_text
from models.store import db
from models.store.errors import Invalid
from tests.sample import make_article
from tests.web.hidden_fields import hidden_fields
from tests.web.staff.articles.test_articles import NEW, TYPED, send, stored, write
from web.staff.writing import article_document, editor_bundle

STATIC = Path(editor_bundle.FOLDER).parent
MOST_BYTES = 400 * 1024
BODY = "　字下げした段落。\n\n## 見出し\n\n- 一つ\n- 二つ\n\n> 引用\n\n| 年度 | 件数 |\n| :-- | --: |\n| 6 | 12 |"


def page_data(client: FlaskClient, address: str) -> Any:
    """What the scripts of a form get."""
    return json.loads(client.get(address).text.split('id="editor-data">')[1].split("</script>")[0])


def paragraph(words: str, **mark: Any) -> Any:
    text = {"type": "text", "text": words} | ({"marks": [{"type": "bold"}]} if mark else {})
    return {"type": "prose", "attrs": {"markdown": None}, "content": [{"type": "paragraph", "content": [text]}]}


def test_what_the_editor_does_not_touch_is_the_same_sign_by_sign(author: FlaskClient) -> None:
    number = write(author, body=BODY, recap="- 一つ\n* 二つ")
    assert stored(number).body == BODY, "what the first line begins with stays"
    address = f"/staff/articles/{number}/edit"
    data = page_data(author, address)
    assert data["documents"]["body"] == article_document.of(BODY)
    fields = {
        **hidden_fields(author.get(address)),
        **TYPED,
        "body": BODY.replace("\n", "\r\n"),
        "recap": "- 一つ\r\n* 二つ",
    }
    same = author.post(address, data={**fields, "written": json.dumps(data["documents"])})
    assert same.status_code == 302
    assert (stored(number).body, stored(number).recap, stored(number).revision) == (BODY, "- 一つ\n* 二つ", 1)
    data["documents"]["body"]["content"].append(paragraph("足した文", bold=True))
    changed = author.post(address, data={**fields, "written": json.dumps(data["documents"])},
                          headers={"Accept": "application/json"})  # fmt: skip
    assert changed.json == {"address": f"/staff/articles/{number}"}
    assert stored(number).body == f"{BODY}\n\n**足した文**"


def test_a_text_that_cannot_be_kept_is_shown_again_as_it_was_written(author: FlaskClient) -> None:
    heading = {"type": "heading", "attrs": {"level": 2}, "content": [{"type": "text", "text": "\\- 見出し"}]}
    document = {"type": "doc", "content": [paragraph("書いた文"), heading]}
    refused = send(author, NEW, body="", written=json.dumps({"body": document}), tab="a" * 24)
    assert refused.status_code == 422
    assert "保存できない記号" in html.unescape(refused.text)
    data = json.loads(refused.text.split('id="editor-data">')[1].split("</script>")[0])
    assert (data["documents"]["body"], data["tabs"]) == (document, ["a" * 24])


NUL, LONE, LONG = (
    json.dumps({"body": {"content": [paragraph(words)]}}) for words in ("a\0b", "\ud800", "長" * 200_001)
)
DEEP = f"""{{"body": {{"content": [{{"type": "prose", "content": [
    {'{"type": "bulletList", "content": [{"type": "listItem", "content": [' * 30}
    {json.dumps(paragraph("深い所の文")["content"][0])}{"]}]}" * 30}]}}]}}}}"""


@pytest.mark.parametrize("written", [
    "[]", "{", '{"body": 1}', '{"body": {"content": [1]}}', '{"recap": {"content": [{}]}}', NUL, LONE, LONG, DEEP,
])  # fmt: skip
def test_what_is_no_document_of_the_editor_is_refused(author: FlaskClient, written: str) -> None:
    assert send(author, NEW, written=written).status_code == 422


def test_a_text_that_cannot_be_shown_stays_a_box(author: FlaskClient) -> None:
    body = "[市][a]と[県][a]です。\n\n[a]: https://www.example.jp/"
    number = write(author, body=body)
    address = f"/staff/articles/{number}/edit"
    assert page_data(author, address)["documents"]["body"] is None
    fields = {**hidden_fields(author.get(address)), **TYPED, "body": body, "title": "別の題名"}
    assert author.post(address, data={**fields, "written": '{"recap": null}'}).status_code == 422
    assert author.post(address, data=fields).status_code == 302
    assert (stored(number).body, stored(number).title) == (body, "別の題名")


def test_related_articles_keep_their_order_and_are_held(author: FlaskClient) -> None:
    with db.session_scope() as session:
        newsletter = newsletters.find(session, "ict")
        for slug in ("bath", "park"):
            make_article(session, newsletter, slug, slug, body="本文")
    number = write(author, related="park\r\n\r\n bath \r\npark")
    assert stored(number).related == ["park", "bath"]
    with db.session_scope() as session:
        one = article_edit.get(session, number)
        text = article_edit.text_of(session, one)
        assert article_file.parse(text, "x.md", lambda name, _: name).related == ("park", "bath")
        assert article_text.of_article(one).related == ("park", "bath")
        bath = session.scalars(select(Article).where(Article.slug == "bath")).one()
        with pytest.raises(Invalid, match="in use"):
            article_use.check_unused(session, bath)
    for related, said in (("gone", "gone"), ("water", "記事自身"), ("\n".join(f"a{n}" for n in range(21)), "20件まで")):
        refused = send(author, f"/staff/articles/{number}/edit", related=related)
        assert refused.status_code == 422
        assert said in html.unescape(refused.text)
        assert 'href="#related"' in refused.text


def test_only_pages_with_an_editor_carry_it_and_they_are_small(author: FlaskClient) -> None:
    number = write(author)
    bundle = editor_bundle.find()
    assert bundle
    page = author.get(f"/staff/articles/{number}/edit")
    files = ["kairan.css", "staff.css", *bundle]
    assert all(name in page.text for name in bundle)
    size = len(gzip.compress(page.data)) + sum(len(gzip.compress((STATIC / name).read_bytes())) for name in files)
    assert size < MOST_BYTES
    for other in ("", "/manuscript", "/versions"):
        assert bundle.script not in author.get(f"/staff/articles/{number}{other}").text
