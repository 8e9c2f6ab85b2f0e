"""Whoever changes an article of an issue that is in review has written what would be mailed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from models.issues import approval
from models.issues import issue as issues
from models.issues.article import Article
from models.issues.block import ArticleCard, Heading
from models.issues.issue import Issue
from models.issues.issue_state import IssueState
from models.manuscript import article_edit, article_text
from models.staff import member as members
from models.staff.permission import Role
from models.store import db
from templates.content import digest
from tests.sample import make_newsletter, make_reader
from tests.web.staff.approval.test_approval_pages import log_in
from tests.web.staff.newsletters.page_form import fields_of
from tests.web.staff_login import EVERY_ROLE, address_of, log_in_as, make_staff, post


@pytest.fixture
def issue(database: Engine, redis_client: object) -> Issue:
    with db.session_scope() as session:
        make_staff(session)
        newsletter = make_newsletter(session)
        make_reader(session, newsletter)
        session.add(Article(newsletter_id=newsletter.id, slug="madoguchi", title="窓口の話", recap="予約なしで。",
                            address="https://www.example.jp/madoguchi"))  # fmt: skip
        session.flush()
        author = members.find(session, address_of(Role.AUTHOR)).id
        blocks = Heading(text="今月の話題"), ArticleCard(article="madoguchi")
        return issues.create(session, newsletter, subject="お知らせ", preheader="日程です", blocks=blocks,
                             author_id=author)  # fmt: skip


def change_recap(by: str) -> None:
    with db.session_scope() as session:
        one = session.query(Article).filter_by(slug="madoguchi").one()
        changed = replace(article_text.of_article(one), recap="書き換えた文。")
        newsletter = issues.get(session, session.query(Issue).one().id).newsletter
        article_edit.save(session, newsletter, one, changed, members.find(session, by))


def test_nobody_approves_an_article_that_they_changed_in_review(client: FlaskClient, issue: Issue) -> None:
    page = f"/staff/issues/{issue.id}"
    log_in_as(client, Role.AUTHOR)
    assert post(client, f"{page}/submit", page).status_code == 200
    change_recap(EVERY_ROLE)
    with db.session_scope() as session:
        one = issues.get(session, issue.id)
        content = digest.of(session, one)
        asked = [person.address for person in approval.asked(session, one, content)]
        seen = content.whole
    assert asked == [address_of(Role.APPROVER)]
    log_in(client, EVERY_ROLE)
    assert 'value="approve"' not in client.get(page).text
    assert post(client, f"{page}/decide", page, decision="approve", digest=seen).status_code == 409
    log_in(client, address_of(Role.APPROVER))
    assert 'value="approve"' in client.get(page).text
    assert post(client, f"{page}/decide", page, decision="approve", digest=seen).status_code == 200
    with db.session_scope() as session:
        assert issues.get(session, issue.id).state is IssueState.APPROVED


def test_an_article_changed_before_the_submission_is_answered_for_by_its_submitter(
    client: FlaskClient, issue: Issue
) -> None:
    change_recap(EVERY_ROLE)
    page = f"/staff/issues/{issue.id}"
    log_in_as(client, Role.AUTHOR)
    assert post(client, f"{page}/submit", page).status_code == 200
    with db.session_scope() as session:
        one = issues.get(session, issue.id)
        asked = {person.address for person in approval.asked(session, one, digest.of(session, one))}
    assert asked == {address_of(Role.APPROVER), EVERY_ROLE}


def test_nobody_submits_what_was_changed_since_they_looked_at_it(client: FlaskClient, issue: Issue) -> None:
    page = f"/staff/issues/{issue.id}"
    log_in_as(client, Role.AUTHOR)
    fields = next(form for place in range(9) if "submit_note" in (form := fields_of(client.get(page).text, place)))
    change_recap(EVERY_ROLE)
    refused = client.post(f"{page}/submit", data={**fields, "submit_note": "毎月の号です。"})
    assert refused.status_code == 409
    assert "毎月の号です。" in refused.text
    with db.session_scope() as session:
        assert issues.get(session, issue.id).state is IssueState.DRAFT
    fields = next(form for place in range(9) if "submit_note" in (form := fields_of(refused.text, place)))
    assert client.post(f"{page}/submit", data=fields).status_code == 302
