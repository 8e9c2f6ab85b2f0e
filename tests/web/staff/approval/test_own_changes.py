"""Nobody says yes to what they have changed themselves since the submission, by whatever page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from models.issues import approval, choices, newsletter_edit, workflow
from models.issues import issue as issues
from models.issues.article import Article
from models.issues.block import ArticleCard, Heading, Prose
from models.issues.choices import TypedChoice
from models.issues.issue import Issue
from models.issues.issue_state import IssueState
from models.issues.newsletter import Newsletter, Topic
from models.manuscript import article_edit, article_text, edit
from models.staff import member as members
from models.staff.member import Member
from models.staff.permission import EVERY_NEWSLETTER, Role
from models.store import db
from models.store.errors import Forbidden
from templates.content import digest
from tests.sample import make_article, make_newsletter, make_reader
from tests.web.staff.approval.test_approval_pages import log_in
from tests.web.staff_login import EVERY_ROLE, address_of, log_in_as, make_staff


def change_newsletter(name: str, value: str) -> Callable[[Session, Newsletter, Member], None]:
    def change(session: Session, newsletter: Newsletter, by: Member) -> None:
        newsletter_edit.change(session, newsletter, {name: value}, by)

    return change


def rename_topic(session: Session, newsletter: Newsletter, by: Member) -> None:
    typed = [TypedChoice(one.slug, f"{one.name}（改）") for one in newsletter.topics]
    assert choices.save(session, newsletter, Topic, typed, by)


def move_article(slug: str) -> Callable[[Session, Newsletter, Member], None]:
    def change(session: Session, newsletter: Newsletter, by: Member) -> None:
        one = session.query(Article).filter_by(slug=slug).one()
        changed = replace(article_text.of_article(one), address="https://elsewhere.example.com/")
        article_edit.save(session, newsletter, one, changed, by)

    return change


@pytest.fixture
def issue(database: Engine, redis_client: object, client: FlaskClient) -> int:
    """In review; it shows one article, whose recap leads to a second, and leads to a third for some readers."""
    with db.session_scope() as session:
        make_staff(session)
        newsletter = make_newsletter(session)
        make_reader(session, newsletter)
        make_article(session, newsletter, "madoguchi", "窓口の話", recap="[続き](article:tsuzuki)もどうぞ。")
        make_article(session, newsletter, "tsuzuki", "続きの話")
        make_article(session, newsletter, "betsu", "別の話")
        text = Prose(text="お知らせです。{% if issue.number > 0 %}[こちら](article:betsu){% endif %}")
        blocks = Heading(text="今月の話題"), ArticleCard(article="madoguchi"), text
        author = members.find(session, address_of(Role.AUTHOR)).id
        made = issues.create(session, newsletter, subject="お知らせ", preheader="日程です", blocks=blocks,
                             author_id=author).id  # fmt: skip
    page = f"/staff/issues/{made}"
    log_in_as(client, Role.AUTHOR)
    with db.session_scope() as session:
        one = issues.get(session, made)
        workflow.submit(session, one, members.find(session, address_of(Role.AUTHOR)))
    assert client.get(page).status_code == 200
    return made


@pytest.mark.parametrize(
    "change",
    [
        change_newsletter("sender_address", "elsewhere@example.com"),
        change_newsletter("postal_address", "どこか"),
        rename_topic,
        move_article("tsuzuki"),
        move_article("betsu"),
    ],
    ids=["sender", "postal address", "topic", "article that a recap names", "article in a condition"],
)
def test_nobody_approves_what_they_changed_in_review(
    client: FlaskClient, issue: int, change: Callable[[Session, Newsletter, Member], None]
) -> None:
    page = f"/staff/issues/{issue}"
    with db.session_scope() as session:
        one = issues.get(session, issue)
        before = digest.of(session, one).whole
        change(session, one.newsletter, members.find(session, EVERY_ROLE))
        session.expire_all()
        content = digest.of(session, one)
        asked = [person.address for person in approval.asked(session, one, content)]
        with pytest.raises(Forbidden):
            workflow.approve(session, one, members.find(session, EVERY_ROLE), content)
    assert content.whole != before
    assert asked == [address_of(Role.APPROVER)]
    log_in(client, EVERY_ROLE)
    assert 'value="approve"' not in client.get(page).text


def test_who_changes_what_no_letter_shows_may_still_approve(issue: int) -> None:
    with db.session_scope() as session:
        one = issues.get(session, issue)
        newsletter_edit.change(session, one.newsletter, {"quiet_from": "22:00"}, members.find(session, EVERY_ROLE))
        asked = {person.address for person in approval.asked(session, one, digest.of(session, one))}
    assert asked == {address_of(Role.APPROVER), EVERY_ROLE}


def test_nobody_approves_their_part_of_a_repair_that_somebody_else_changed_last(issue: int) -> None:
    with db.session_scope() as session:
        one = session.get_one(Issue, issue)
        one.state, one.frozen_digest = IssueState.PAUSED, one.digest
        for by, subject in ((EVERY_ROLE, "書き換えた件名"), (address_of(Role.AUTHOR), "書き換えた件名。")):
            edit.save_content(session, one, {"subject": subject}, members.find(session, by))
            session.flush()
        assert one.in_repair
        asked = [person.address for person in approval.asked(session, one, digest.of(session, one))]
    assert asked == [address_of(Role.APPROVER)]


def test_nobody_approves_a_text_that_somebody_else_saved_last(client: FlaskClient, issue: int) -> None:
    """As where a slot opened the draft: one writes it, another puts in a comma and hands it in."""
    author, other, nobody = address_of(Role.AUTHOR), EVERY_ROLE, None
    with db.session_scope() as session:
        home = issues.get(session, issue).newsletter
        people = {one: members.find(session, one) for one in (author, other)}
        made = []
        for begun_by in (nobody, author):
            one = issues.create(session, home, subject="題名", author_id=begun_by and people[begun_by].id)
            session.flush()
            for by, subject in ((other, "窓口が変わります"), (author, "窓口が、変わります")):
                edit.save_content(session, one, {"subject": subject}, people[by])
                session.flush()
            workflow.submit(session, one, people[author])
            made.append(one.id)
    log_in(client, other)
    for number in made:
        with db.session_scope() as session:
            one = issues.get(session, number)
            content = digest.of(session, one)
            assert [person.address for person in approval.asked(session, one, content)] == [address_of(Role.APPROVER)]
            assert approval.stuck(session, one) == approval.list_stuck(session, EVERY_NEWSLETTER) == []
            with pytest.raises(Forbidden):
                workflow.approve(session, one, members.find(session, other), content)
        assert 'value="approve"' not in client.get(f"/staff/issues/{number}").text
    with db.session_scope() as session:
        members.find(session, address_of(Role.APPROVER)).deactivate()
        assert [one.id for one in approval.list_stuck(session, EVERY_NEWSLETTER)][-2:] == made


def test_who_saved_without_a_change_has_written_nothing(issue: int) -> None:
    with db.session_scope() as session:
        one, every = issues.get(session, issue), members.find(session, EVERY_ROLE)
        edit.save_content(session, one, {"subject": one.subject}, every)
        session.flush()
        one.editor_id = None
        assert every in approval.asked(session, one, digest.of(session, one))
