"""Issues in review that cannot get every yes: all are found as each is, in as many queries for one as for many."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event, select
from sqlalchemy.orm import Session

from models.issues import approval, newsletter_edit
from models.issues import issue as issues
from models.issues.approval import Approval, Decision
from models.issues.article import Article
from models.issues.block import Prose
from models.issues.issue import Issue
from models.issues.issue_state import IssueKind, IssueState
from models.issues.newsletter import Newsletter
from models.issues.review import approval_route, submission
from models.staff import audit_origin
from models.staff import member as members
from models.staff.audit_origin import Origin
from models.staff.member import Member
from models.staff.permission import EVERY_NEWSLETTER, Role, Scope
from tests.sample import card, make_article, make_newsletter

PEOPLE = ("first", "second", "third")
"""Who may approve."""


@contextmanager
def counted(session: Session) -> Iterator[list[str]]:
    found: list[str] = []
    event.listen(session.get_bind(), "before_cursor_execute", note := lambda *of: found.append(of[2]))
    try:
        yield found
    finally:
        event.remove(session.get_bind(), "before_cursor_execute", note)


def submit(session: Session, home: Newsletter, author: Member, subject: str, slug: str = "") -> Issue:
    blocks = (card(slug),) if slug else (Prose(text="本文"),)
    one = issues.create(session, home, subject=subject, blocks=blocks, author_id=author.id)
    one.state = IssueState.IN_REVIEW
    submission.open_one(session, one, author, "")
    return one


def decide(session: Session, one: Issue, by: Member, decision: Decision) -> None:
    submitted = submission.last(session, one)
    assert submitted is not None
    made = Approval(issue_id=one.id, submission_id=submitted.id, member_id=by.id, digest="a" * 64, decision=decision)
    session.add(made)
    session.flush()


def change(session: Session, by: Member, thing: Issue | Article | Newsletter, column: str, value: str) -> None:
    with audit_origin.acting(Origin(actor=by.address, member_id=by.id)):
        if isinstance(thing, Newsletter):
            newsletter_edit.change(session, thing, {column: value}, by)
        setattr(thing, column, value)
        session.flush()


def some_of_each(session: Session, home: Newsletter, other: Newsletter, people: list[Member], turn: int) -> list[Issue]:
    """Issues that two of three people must approve; returns those that cannot get two yeses."""
    author, first, second, third = people
    leads = make_article(session, home, f"leads-{turn}", "記事", body="本文")
    shows = make_article(session, home, f"shows-{turn}", "記事", body="本文", recap=f"[次](article:leads-{turn})")
    submit(session, home, author, "待っている")
    decide(session, submit(session, home, author, "一人が承認した"), first, Decision.APPROVED)
    again = submit(session, home, author, "差し戻されて出し直された")
    decide(session, again, second, Decision.RETURNED)
    submission.open_one(session, again, author, "")
    half_shown = submit(session, home, second, "承認者が書いた")
    written = submit(session, home, first, "承認者が書き、ほかの承認者が直した")
    shown = submit(session, home, author, "直された記事を見せる", f"shows-{turn}")
    elsewhere = submit(session, other, second, "別のメールマガジン")
    for one in (half_shown, written, shown):
        decide(session, one, third, Decision.APPROVED)
    change(session, second, written, "preheader", "前置き")
    change(session, first, leads, "body", "別の本文")
    change(session, second, shows, "body", "別の本文")
    change(session, first, other, "sender_name", f"差出人{turn}")
    return [written, shown, elsewhere]


def test_all_are_found_as_each_is(session: Session) -> None:
    names = ("author", *PEOPLE)
    people = [members.create(session, f"{one}@example.jp", one, {Role.APPROVER} if one in PEOPLE else {Role.AUTHOR})
              for one in names]  # fmt: skip
    routes = approval_route.with_kind({}, IssueKind.REGULAR, approval_route.of_number(2))
    home, other = (make_newsletter(session, slug, approval_routes=routes) for slug in ("ict", "other"))
    assert approval.list_stuck(session, EVERY_NEWSLETTER) == []
    stuck, queries = [], []
    for turn in range(3):
        stuck += some_of_each(session, home, other, people, turn)
        session.expire_all()
        with counted(session) as statements:
            found = approval.list_stuck(session, EVERY_NEWSLETTER)
        queries.append(len(statements))
        assert [one.id for one in found] == [one.id for one in stuck]
    assert len(set(queries)) == 1, queries
    waiting = session.scalars(select(Issue).where(Issue.state == IssueState.IN_REVIEW).order_by(Issue.id)).all()
    assert len(waiting) == 21
    assert [one for one in waiting if approval.stuck(session, one)] == stuck
    assert approval.list_stuck(session, Scope(every=False, newsletter_ids=frozenset({other.id}))) == stuck[2::3]
