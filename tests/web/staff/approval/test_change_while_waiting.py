"""What an issue shows changes while it is decided on, or in the timetable: whoever waits hears of it at once."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models.issues import approval, workflow
from models.issues import issue as issues
from models.issues.article import Article
from models.issues.block import ArticleCard, Prose
from models.issues.issue import Issue
from models.issues.issue_state import IssueKind, IssueState
from models.issues.review import route_edit
from models.issues.review.approval_route import ApprovalRoute, RouteStep
from models.manuscript import article_edit
from models.staff import member as members
from models.staff.permission import EVERY_NEWSLETTER, Role
from models.store import db
from models.store.clock import now
from tests.sample import make_article, make_newsletter, make_reader
from tests.web.hidden_fields import hidden_fields
from tests.web.staff.approval.test_approval_pages import (
    CHIEF,
    DEPUTY,
    HEAD,
    approve,
    log_in,
    state,
    submit,
    waiting,
)
from tests.web.staff_login import EVERY_ROLE, PASSWORD, address_of, log_in_as, make_staff
from worker import sweep
from worker.preparing import prepare

SITE = "https://city.example.jp"
LINKS = f"[一]({SITE}/news/1)、[二]({SITE}/news/2)、[三]({SITE}/3)、[四](article:yon)もどうぞ。"


@pytest.fixture
def issue(database: Engine, redis_client: object) -> Issue:
    """On a route of two steps; it shows an article whose recap leads to another, and links to more in every way."""
    with db.session_scope() as session:
        make_staff(session)
        home = make_newsletter(session)
        make_reader(session, home)
        ids = [members.create(session, one, one, {Role.APPROVER}, PASSWORD).id for one in (CHIEF, DEPUTY, HEAD)]
        steps = RouteStep(name="係長", approvers=tuple(ids[:2])), RouteStep(name="課長", approvers=(ids[2],))
        route_edit.set_route(session, home, IssueKind.REGULAR, ApprovalRoute(steps=steps), "test")
        make_article(session, home, "ichi", "窓口の話", address=f"{SITE}/1", recap="[続き](article:ni)もどうぞ。")
        for number, slug in enumerate(("ni", "san", "yon"), 2):
            make_article(session, home, slug, f"記事{number}", address=f"{SITE}/{number}", recap="要約です。")
        author = members.find(session, address_of(Role.AUTHOR)).id
        return issues.create(session, home, subject="お知らせ", preheader="日程です", author_id=author,
                             blocks=(ArticleCard(article="ichi"), Prose(text=LINKS)))  # fmt: skip


def article(session: Session, slug: str) -> Article:
    return session.scalars(select(Article).where(Article.slug == slug)).one()


def rewrite(client: FlaskClient, slug: str, before: str, after: str) -> str:
    """Change an article on its page; returns the page that follows."""
    with Session(db.engine()) as session:
        one = article(session, slug)
        address, text = f"/staff/articles/{one.id}/manuscript", article_edit.text_of(session, one)
    assert before in text
    typed = {**hidden_fields(client.get(address)), "text": text.replace(before, after)}
    return client.post(address, data=typed, follow_redirects=True).text


def asked() -> list[str]:
    return [name for name in (CHIEF, DEPUTY, HEAD) if "approval_asked" in waiting(name)]


def set_silently(**values: str) -> None:
    """As an update of the program does, which no page tells of."""
    with db.session_scope() as session:
        for name, value in values.items():
            setattr(session.scalars(select(Issue)).one().newsletter, name, value)


def test_a_change_between_two_steps_asks_the_first_step_again(client: FlaskClient, issue: Issue) -> None:
    submit(client, issue)
    assert approve(client, issue, CHIEF) == 200
    assert asked() == [HEAD]
    log_in_as(client, Role.AUTHOR)
    rewrite(client, "san", "記事3", "三番目の記事")
    assert asked() == [HEAD], "that article's words are in no letter"
    rewrite(client, "ichi", "窓口の話", "窓口の新しい話")
    assert asked() == [CHIEF, DEPUTY]
    assert approve(client, issue, HEAD) == 409
    assert approve(client, issue, CHIEF) == 200
    assert asked() == [HEAD]
    set_silently(postal_address="別の住所")
    sweep.post_notifications()
    assert asked() == [CHIEF, DEPUTY]
    with Session(db.engine()) as session:  # rolled back
        for one in (CHIEF, DEPUTY):
            members.find(session, one).deactivate()
        assert [one.id for one in approval.list_stuck(session, EVERY_NEWSLETTER)] == [issue.id]
        session.rollback()
    set_silently(postal_address="〒000-0000 みなと市中央1-1")
    for _ in "12":
        sweep.post_notifications()
    assert asked() == [HEAD], "what the chief said yes to is back"
    assert approve(client, issue, HEAD) == 200
    assert state(issue) is IssueState.APPROVED


@pytest.fixture
def scheduled(client: FlaskClient, issue: Issue) -> Issue:
    """Approved, and due; an author is logged in."""
    submit(client, issue)
    assert [approve(client, issue, one) for one in (CHIEF, HEAD)] == [200, 200]
    with db.session_scope() as session:
        workflow.schedule(session, issues.get(session, issue.id), now(), "test")
    log_in_as(client, Role.AUTHOR)
    return issue


def test_what_is_only_linked_to_stops_no_issue(client: FlaskClient, scheduled: Issue) -> None:
    """The next issue is begun from the feed, and a piece that this one links to is mended."""
    new = "/staff/articles/new?newsletter=ict"
    typed = {"title": "新しい記事", "slug": "new", "language": "ja", "address": f"{SITE}/news/1"}
    assert client.post(new, data={**hidden_fields(client.get(new)), **typed}).status_code == 302
    start = hidden_fields(client.get("/staff/issues/new?newsletter=ict"))
    entry = {"subject": "次の号", "address-0": f"{SITE}/news/2", "title-0": "フィードの記事", "chosen-0": "yes"}
    taken = client.post("/staff/issues/new/feed/take?newsletter=ict", data={**start, **entry})
    assert taken.status_code == 302, taken.text
    for slug in ("san", "yon", "ni"):
        rewrite(client, slug, "要約です。", "別の要約です。")
        rewrite(client, slug, "記事", "新しい題の記事")
    assert state(scheduled) is IssueState.SCHEDULED
    prepare.prepare(scheduled.id)
    assert state(scheduled) is IssueState.SENDING


@pytest.mark.parametrize("slug", ["ni", "yon"])
def test_where_a_link_leads_is_told_at_once(client: FlaskClient, scheduled: Issue, slug: str) -> None:
    """Somebody else sees before they save it which issue that is, and its author hears of it."""
    log_in(client, EVERY_ROLE)
    with Session(db.engine()) as session:
        one = article(session, slug)
    assert f"/staff/issues/{scheduled.id}" in client.get(f"/staff/articles/{one.id}/edit").text
    saved = rewrite(client, slug, one.address, "https://elsewhere.example.jp/")
    assert "下書き" in saved
    assert state(scheduled) is IssueState.DRAFT
    assert "sent_back" in waiting(address_of(Role.AUTHOR))
