"""The preview and the findings beside the editor: of a text that is not saved, and never becomes so."""

from __future__ import annotations

import json
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from lxml import html as trees
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from models.issues import issue as issues
from models.issues.block import ArticleCard, Block, Heading, Only, Prose
from models.issues.issue import Issue
from models.staff.permission import Role
from models.store import db
from tests.web.staff_login import csrf_token, log_in_as
from web.staff.writing import block_document

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)> [押す](javascript:alert(1))"


def ask(client: FlaskClient, issue_id: int, *blocks: Block, about: str = "preview", **more: Any) -> TestResponse:
    fields = {"subject": "書きかけの件名", "preheader": "", "audience": "", "dated": "", "public": ""}
    return send(
        client, issue_id, about, {"document": block_document.of(blocks), "fields": fields, "mode": "desktop"} | more
    )


def send(client: FlaskClient, issue_id: int, about: str, body: Any) -> TestResponse:
    page = f"/staff/issues/{issue_id}"
    data = body if isinstance(body, bytes) else json.dumps(body)
    headers = {"X-CSRFToken": csrf_token(client, page), "Accept": "application/json"}
    return client.post(f"{page}/live-{about}", data=data, headers=headers, content_type="application/json")


def said(answer: TestResponse) -> Any:
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_json()


def test_unsaved_text_is_shown_and_nothing_of_it_is_stored(author: FlaskClient, issue_id: int) -> None:
    with db.session_scope() as session:
        before = issues.get(session, issue_id)
        digest, revision, count = before.digest, before.revision, session.scalar(select(func.count(Issue.id)))
    for about in ("preview", "findings"):
        said(ask(author, issue_id, Prose(text="まだ保存していない文。"), about=about))
    shown = said(ask(author, issue_id, Heading(text="見出し"), Prose(text="まだ保存していない文。")))
    assert "まだ保存していない文。" in shown["html"]
    assert "書きかけの件名" in shown["html"]
    assert "保存された文" not in shown["html"]
    assert shown["places"] == [0, 1]
    with db.session_scope() as session:
        after = issues.get(session, issue_id)
        assert (after.digest, after.revision, session.scalar(select(func.count(Issue.id)))) == (digest, revision, count)


def test_each_view_shows_the_letter_of_the_chosen_reader(author: FlaskClient, issue_id: int) -> None:
    blocks = (
        Prose(text="皆に。"),
        Prose(text="職員に。", only=Only(audiences=("official",))),
        Heading(text="終わりに"),
    )
    assert said(ask(author, issue_id, *blocks))["places"] == [0, 2]
    assert said(ask(author, issue_id, *blocks, audience="official"))["places"] == [0, 1, 2]
    for mode in ("desktop", "phone", "dark", "no-images", "sanitised"):
        page = said(ask(author, issue_id, *blocks, mode=mode))["html"]
        marked = trees.document_fromstring(page).xpath("//*[@data-block]")
        assert [one.text_content().strip() for one in marked] == ["皆に。", "終わりに"], mode
    assert "prefers-color-scheme" not in said(ask(author, issue_id, *blocks, mode="dark"))["html"]
    assert "皆に。" in said(ask(author, issue_id, *blocks, mode="text"))["html"]
    assert "List-Unsubscribe" in said(ask(author, issue_id, *blocks, mode="raw"))["html"]
    assert ask(author, issue_id, *blocks, mode="nothing").status_code == 422


def test_blocks_that_cannot_be_shown_are_left_out_and_named(author: FlaskClient, issue_id: int) -> None:
    blocks = (ArticleCard(article="gone"), Prose(text="{{ reader.nothing }}"), Prose(text="残る文。"))
    shown = said(ask(author, issue_id, *blocks))
    assert shown["places"] == [2]
    assert [one["place"] for one in shown["problems"]] == [[0], [1]]
    found = said(ask(author, issue_id, *blocks, about="findings"))["findings"]
    assert {one["place"] for one in found if one["severity"] == "error"} >= {0, 1}


def test_findings_have_their_block_and_what_to_write_instead(author: FlaskClient, issue_id: int) -> None:
    figure = {"type": "figure", "attrs": {"image": "", "alt": ""}}
    document = block_document.of((Prose(text="ﾊﾟｿｺﾝと①と10m²。"), Heading(text="日 時")))
    document["content"].insert(0, figure)
    fields = {"subject": "㈱の話", "preheader": ""}
    found = said(send(author, issue_id, "findings", {"document": document, "fields": fields}))["findings"]
    by_place = {(one["rule"], one["place"], one["field"]): one["mends"] for one in found}
    assert by_place["words.kana", 1, ""] == [["ﾊﾟｿｺﾝ", "パソコン"]]
    assert by_place["words.enclosed", 1, ""] == [["①", "(1)"]]
    assert by_place["words.split", 2, ""] == [["日 時", "日時"]]
    assert by_place["words.enclosed", None, "subject"] == [["㈱", "(株)"]]
    assert by_place["preheader.missing", None, "preheader"] == []
    assert ("block", 0, "") in by_place


def test_what_is_hostile_is_shown_as_text_in_a_frame_where_nothing_runs(author: FlaskClient, issue_id: int) -> None:
    for mode in ("desktop", "text", "sanitised", "no-images", "raw"):
        page = said(ask(author, issue_id, Prose(text=HOSTILE), Heading(text=HOSTILE), mode=mode))["html"]
        tree = trees.document_fromstring(page)
        assert tree.xpath("//script | //@onerror | //img[@src='x'] | //a[starts-with(@href, 'javascript')]") == [], mode
    frame = author.get(f"/staff/issues/{issue_id}/live-preview/frame")
    policy = frame.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox allow-same-origin" in policy
    assert "script" not in policy


def test_what_the_editor_never_sends_is_refused(author: FlaskClient, issue_id: int) -> None:
    for body in (b"", b"{", b"[]", b'{"fields": {}}', b'{"fields": {}, "document": {"content": 3}}', b"[" * 90_000):
        for about in ("preview", "findings"):
            assert send(author, issue_id, about, body).status_code == 422


def test_ten_megabytes_are_refused(author: FlaskClient, issue_id: int) -> None:
    assert send(author, issue_id, "preview", b" " * 10_000_000).status_code == 413


def test_odd_fields_are_taken_as_they_are_stored(author: FlaskClient, issue_id: int) -> None:
    fields = {"subject": ["x"], "dated": "2026-99-99", "audience": "gone", "public": 3}
    answer = ask(author, issue_id, Prose(text="文。"), fields=fields, topics="dx", audience={"a": 1})
    assert "文。" in said(answer)["html"]


def test_only_those_who_may_write_see_an_unsaved_text(app: Flask, issue_id: int) -> None:
    client = app.test_client()
    log_in_as(client, Role.APPROVER)
    for about in ("preview", "findings"):
        assert ask(client, issue_id, Prose(text="文。"), about=about).status_code == 403
    assert client.get(f"/staff/issues/{issue_id}/live-preview/frame").status_code == 403


def test_without_a_token_nothing_is_answered(author: FlaskClient, issue_id: int) -> None:
    answer = author.post(f"/staff/issues/{issue_id}/live-preview", data="{}", content_type="application/json")
    assert answer.status_code == 400
