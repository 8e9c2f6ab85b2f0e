"""Versions are listed, compared in words, and brought back as an edit like any other."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from models.issues import issue as issues
from models.issues import newsletter as newsletters
from models.issues.block import Block, Heading, Prose
from models.issues.issue_state import IssueState
from models.issues.versions import content_version
from models.staff.permission import Role
from models.store import db
from tests.sample import card, make_article
from tests.web.hidden_fields import hidden_fields
from tests.web.staff_login import csrf_token, log_in_as

FIRST = (Heading(text="予算"), Prose(text="令和八年度の予算です。"), Prose(text="結びの言葉。"))
SECOND = (Prose(text="結びの言葉。"), Heading(text="予算"), Prose(text="令和九年度の予算です。"), Prose(text="追伸。"))


@pytest.fixture
def issue_id(author: FlaskClient) -> int:
    """A draft that was saved twice."""
    with db.session_scope() as session:
        newsletter = newsletters.find(session, "ict")
        made = issues.create(session, newsletter, subject="八年度", preheader="p", blocks=FIRST)
        session.flush()
        edit(made, SECOND, subject="九年度")
        return made.id


def edit(made: Any, blocks: tuple[Block, ...], **content: Any) -> None:
    made.edit(blocks=blocks, **content)


def restore(client: FlaskClient, issue_id: int, number: int, **more: str) -> Any:
    page = client.get(f"/staff/issues/{issue_id}/versions")
    data = {**hidden_fields(page), **more}
    return client.post(f"/staff/issues/{issue_id}/versions/{number}/restore", data=data)


def test_both_versions_are_listed_and_compared_in_words(author: FlaskClient, issue_id: int) -> None:
    assert re.findall(r"<strong>版(\d)", author.get(f"/staff/issues/{issue_id}/versions").text) == ["2", "1"]
    page = re.sub(r"<span class=\"visually-hidden\">[^<]*</span>", "",
                  author.get(f"/staff/issues/{issue_id}/versions/compare").text)  # fmt: skip
    assert "<del>令和八年度</del>" in page
    assert "<ins>令和九年度</ins>" in page
    assert "<del>八年度</del>" in page
    assert "<ins>九年度</ins>" in page
    assert "<ins>追伸。</ins>" in page
    assert "3番目から1番目へ移動" in page
    assert "［追加:" in author.get(f"/staff/issues/{issue_id}/versions/compare?from=1&to=2").text
    backwards = author.get(f"/staff/issues/{issue_id}/versions/compare?from=2&to=1").text
    assert "追伸。" in backwards
    assert author.get(f"/staff/issues/{issue_id}/versions/compare?from=7").status_code == 404


def test_bringing_back_makes_a_version_and_voids_the_approval(author: FlaskClient, issue_id: int) -> None:
    with db.session_scope() as session:
        issues.get(session, issue_id).state = IssueState.APPROVED
    assert restore(author, issue_id, 1).status_code == 302
    with db.session_scope() as session:
        one = issues.get(session, issue_id)
        assert (one.subject, one.blocks, one.state) == ("八年度", FIRST, IssueState.DRAFT)
        last = content_version.get(session, one, 3)
        assert last.restored_from == 1
        assert last.member is not None
        assert last.member.name == "author"
        assert last.digest == content_version.get(session, one, 1).digest
    assert "版1に戻したもの" in author.get(f"/staff/issues/{issue_id}/versions").text
    again = author.post(
        f"/staff/issues/{issue_id}/versions/3/restore",
        data=hidden_fields(author.get(f"/staff/issues/{issue_id}/versions")), follow_redirects=True,
    )  # fmt: skip
    assert "変更はありません" in again.text


def test_whoever_was_slower_is_told(author: FlaskClient, issue_id: int) -> None:
    refused = restore(author, issue_id, 1, revision="1")
    assert refused.status_code == 409
    assert "ほかの人が保存しました" in refused.text


def test_what_is_gone_cannot_come_back_with_a_version(author: FlaskClient) -> None:
    with db.session_scope() as session:
        newsletter = newsletters.find(session, "ict")
        article = make_article(session, newsletter, "water", "水道", body="本文")
        made = issues.create(session, newsletter, subject="号", blocks=(card("water"),))
        session.flush()
        edit(made, (Prose(text="何もない"),))
        session.flush()
        session.delete(article)
        number = made.id
    refused = restore(author, number, 1)
    assert refused.status_code == 422
    assert "「water」" in refused.text
    assert "manuscript:" not in refused.text


def test_what_is_out_stays_and_readers_of_pages_only_look(author: FlaskClient, issue_id: int) -> None:
    approver = author.application.test_client()
    log_in_as(approver, Role.APPROVER)
    assert "版1に戻す" not in approver.get(f"/staff/issues/{issue_id}/versions").text
    token = {"csrf_token": csrf_token(approver, "/staff/account")}
    assert approver.post(f"/staff/issues/{issue_id}/versions/1/restore", data=token).status_code == 403
    with db.session_scope() as session:
        issues.get(session, issue_id).state = IssueState.SENT
    assert restore(author, issue_id, 1, revision="").status_code == 409
    with db.session_scope() as session:
        one = issues.get(session, issue_id)
        revision = str(one.revision)
    assert restore(author, issue_id, 1, revision=revision).status_code == 409


def test_who_gets_the_issue_is_compared_as_staff_would_say_it(author: FlaskClient, issue_id: int) -> None:
    group = {"match": "any", "of": [{"what": "topic", "how": "is", "values": ["dx"], "negated": True},
                                    {"what": "language", "how": "is", "values": ["en"]}]}  # fmt: skip
    for segment in ({"conditions": group}, {"languages": ["ja"], "topics": ["privacy"]}, {"prefecture": "例示県"}):
        with db.session_scope() as session:
            issues.get(session, issue_id).edit(segment=segment)
    shown = [re.sub(r"<[^>]+>", "", author.get(f"/staff/issues/{issue_id}/versions/compare{query}").text)
             for query in ("?from=2&to=3", "?from=3&to=4", "?from=4&to=5")]  # fmt: skip
    for page in shown:
        assert "読者の条件" in page
        assert "segment" not in page
        assert "conditions" not in page
    assert "DX推進" in shown[0]
    assert "個人情報" in shown[1]
    assert "prefecture" in shown[2], "what cannot be read stands there as it is"


def test_an_article_comes_back_too(author: FlaskClient) -> None:
    with db.session_scope() as session:
        newsletter = newsletters.find(session, "ict")
        article = make_article(session, newsletter, "water", "水道", body="はじめの文。\n\n二つ目。")
        session.flush()
        article.body, article.title = "はじめの文。\n\n別の二つ目。", "水道料金"
        number = article.id
    page = author.get(f"/staff/articles/{number}/versions/compare")
    assert "<ins>" in page.text
    assert "ブロックは同じ" in page.text
    listed = author.get(f"/staff/articles/{number}/versions")
    back = author.post(f"/staff/articles/{number}/versions/1/restore", data=hidden_fields(listed))
    assert back.status_code == 302
    assert "二つ目。" in author.get(f"/staff/articles/{number}").text
    assert "別の二つ目。" not in author.get(f"/staff/articles/{number}").text
