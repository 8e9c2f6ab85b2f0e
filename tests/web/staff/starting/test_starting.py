"""A new issue begins on a page: empty, of an earlier issue, a template, a ranking or a feed."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from models.issues import issue as issues
from models.issues import newsletter as newsletters
from models.issues.article import Article
from models.issues.block import Prose
from models.issues.issue import Issue
from models.issues.starting.issue_template import IssueTemplate
from models.staff.permission import Role
from models.store import db
from tests.sample import make_newsletter, make_sent
from tests.web.staff_login import csrf_token, log_in_as, post

NEW = "/staff/issues/new?newsletter=ict"


def begin(client: FlaskClient, **form: Any) -> Any:
    return client.post(NEW, data={"csrf_token": csrf_token(client, NEW), **form})


def latest() -> Issue:
    with db.session_scope() as session:
        return session.scalars(select(Issue).order_by(Issue.id.desc()).limit(1)).one()


@pytest.fixture
def sent(author: FlaskClient) -> int:
    with db.session_scope() as session:
        made = make_sent(session, newsletters.find(session, "ict"), "だより 第1号", Prose(text="先月の本文"))
        return made.id


def test_an_empty_issue_begins_with_its_subject(author: FlaskClient) -> None:
    assert 'value="自治体ICTだより 第1号"' in author.get(NEW).text
    refused = begin(author, start="empty", subject="　")
    assert refused.status_code == 422
    assert "件名がありません" in refused.text
    made = begin(author, start="empty", subject="臨時号")
    assert made.status_code == 302
    assert made.headers["Location"] == f"/staff/issues/{latest().id}/write"
    assert latest().subject == "臨時号"


def test_the_last_issue_is_copied_with_its_number_moved(author: FlaskClient, sent: int) -> None:
    page = author.get(NEW).text
    assert "だより 第1号" in page
    assert "だより 第2号" in page
    assert begin(author, start="copy", issue=str(sent)).status_code == 302
    assert (latest().subject, latest().number, latest().blocks) == ("だより 第2号", 2, (Prose(text="先月の本文"),))
    for wrong in ("", "999999", "x"):
        assert begin(author, start="copy", issue=wrong).status_code == 422


def test_templates_are_kept_used_renamed_and_deleted(author: FlaskClient, sent: int) -> None:
    keep = f"/staff/issues/{sent}/template"
    assert "ひな形「毎月」を保存しました" in post(author, keep, keep, name="毎月").text
    twice = post(author, keep, keep, name="毎月")
    assert twice.status_code == 422
    assert "すでにあります" in twice.text
    with db.session_scope() as session:
        template = session.scalars(select(IssueTemplate.id)).one()
    assert begin(author, start="template", template=str(template)).status_code == 302
    assert latest().subject == "だより 第1号"
    listed = "/staff/issues/templates?newsletter=ict"
    assert "名前がありません" in post(author, f"/staff/issues/templates/{template}/rename", listed, name=" ").text
    assert "年末の号" in post(author, f"/staff/issues/templates/{template}/rename", listed, name="年末の号").text
    assert "削除しました" in post(author, f"/staff/issues/templates/{template}/delete", listed).text
    assert begin(author, start="template", template=str(template)).status_code == 422


def test_what_belongs_to_another_newsletter_is_not_there(author: FlaskClient) -> None:
    with db.session_scope() as session:
        other = make_newsletter(session, "other")
        foreign = make_sent(session, other, "よその号").id
    assert begin(author, start="copy", issue=str(foreign)).status_code == 422
    with db.session_scope() as session:
        assert session.scalars(select(Issue)).one().id == foreign


def test_a_feed_of_an_inner_network_is_not_asked(author: FlaskClient) -> None:
    token = csrf_token(author, NEW)
    for address, why in (
        ("http://169.254.169.254/feed", "非公開"), ("ftp://example.jp/", "https://"), ("", "https://"),
        ("http://user:secret@example.jp/", "@"),
    ):  # fmt: skip
        refused = author.post("/staff/issues/new/feed?newsletter=ict", data={"csrf_token": token, "feed": address})
        assert refused.status_code == 422, address
        assert 'href="#feed"' in refused.text
        assert why in refused.text or "ネットワーク" in refused.text


def test_only_chosen_entries_become_articles_and_a_draft(author: FlaskClient) -> None:
    form = {
        "csrf_token": csrf_token(author, NEW), "feed": "https://example.jp/feed", "subject": "新着のお知らせ",
        **{f"{name}-{at}": value for at, entry in enumerate((
            {"title": "一つ目", "address": "https://example.jp/1", "published": "2026-04-01", "recap": "要約"},
            {"title": "二つ目", "address": "https://example.jp/2", "published": "", "recap": ""},
            {"title": "三つ目", "address": "http://10.0.0.1/", "published": "", "recap": ""},
        )) for name, value in entry.items()},
    }  # fmt: skip
    take = "/staff/issues/new/feed/take?newsletter=ict"
    nothing = author.post(take, data=form)
    assert nothing.status_code == 422
    assert "1つ以上" in nothing.text
    wrong = author.post(take, data={**form, "chosen-0": "yes", "chosen-2": "yes"})
    assert wrong.status_code == 422
    assert 'href="#title-2"' in wrong.text
    assert "checked" in wrong.text
    with db.session_scope() as session:
        assert session.scalars(select(Article)).all() == []
    assert author.post(take, data={**form, "chosen-1": "yes"}).status_code == 302
    with db.session_scope() as session:
        assert session.scalars(select(Article.title)).all() == ["二つ目"]
        assert issues.get(session, latest().id).subject == "新着のお知らせ"


def test_who_may_not_write_begins_nothing(author: FlaskClient, sent: int) -> None:
    reader = author.application.test_client()
    log_in_as(reader, Role.APPROVER)
    assert "新しい号" not in reader.get("/staff/issues").text
    assert reader.get(NEW).status_code == 403
    assert reader.get("/staff/issues/templates").status_code == 200
    token = csrf_token(reader, "/staff/account")
    assert reader.post(f"/staff/issues/{sent}/template", data={"csrf_token": token, "name": "x"}).status_code == 403
