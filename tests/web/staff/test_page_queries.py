"""No page of staff asks the database more often the more rows there are; a page that is new is looked at by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from flask.testing import FlaskClient
from sqlalchemy import event, select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from models.bounces.alarms.complaint_alarm import ComplaintAlarm
from models.bounces.events.provider_event import ProviderEvent
from models.deliveries import lane as lanes
from models.deliveries.edition import Edition, Link
from models.deliveries.lease import Lease
from models.deliveries.letters import letter_tally
from models.deliveries.proposal import Proposal, ProposalKind
from models.issues import issue as issues
from models.issues.block import ArticleCard, Block, Button, Prose
from models.issues.issue import Issue
from models.issues.issue_state import IssueState
from models.issues.newsletter import Audience, Newsletter, Topic
from models.issues.notifications import notification
from models.issues.notifications.notification import NotificationKind
from models.issues.segments import saved_segment
from models.issues.starting import issue_template
from models.reports import reach
from models.reports.kept import issue_sums
from models.staff import audit, membership
from models.staff import member as members
from models.staff.member import Member
from models.staff.permission import Role
from models.store import clock, db
from tests.sample import make_article, make_newsletter, make_reader
from tests.web.staff.access.test_every_cell import (
    PREPARED,
    House,
    Visitor,
    address_of,
    make_house,
    make_person,
    returned_mail_of,
)
from tests.web.staff.account.test_notifications import HEALTH
from web.staff.access_table import RULES

MOST = 60
"""Queries of one page."""
FEW, MANY = 2, 8
WITHOUT_A_PAGE = frozenset({"staff.open_notification"})
"""What leads on to whatever its thing is."""


def grow(session: Session, house: House, first: int, last: int) -> None:
    """Add rows *first* to *last* of everything that pages list, and as many parts to every issue."""
    home = session.scalars(select(Newsletter).where(Newsletter.slug == house.slug)).one()
    person = session.scalars(select(Member).where(Member.address == "somebody@example.jp")).one()
    before = list(session.scalars(select(Issue).where(Issue.id.in_(house.issues.values()))))
    for n in range(first, last):
        article = make_article(session, home, f"article-{n}", f"記事{n}", body="本文", topics=list(home.topics[:2]))
        home.topics.append(Topic(slug=f"topic-{n}", name=f"題{n}", position=10 + n))
        home.audiences.append(Audience(slug=f"audience-{n}", name=f"区分{n}", position=10 + n))
        make_newsletter(session, f"more-{n}", name=f"別の{n}")
        made = members.create(session, f"colleague-{n}@example.jp", f"同僚{n}", set())
        membership.set_roles(session, made, {Role.AUTHOR, Role.APPROVER}, home.id, by="test")
        make_reader(session, home, f"reader-{n}@example.jp")
        returned_mail_of(session, home, f"message {n}")
        saved_segment.create(session, home, f"条件{n}", {"languages": ["ja"]}, "test", "")
        lane = lanes.add(session, f"lane-{n}", f"レーン{n}", [f"d{n}.example"], by="test")
        _add_alarms(session, home, n, before[n % len(before)], lane.id)
        for one in before:
            _add_parts(session, one, n, article.slug, made)
        _add_issues(session, home, n, article.id, person)
        issue_template.keep(session, before[0], f"月例{n}", person)
        audit.record(session, person, "save issue", f"issue/{before[0].id}")
        audit.record(session, made, "save newsletter", f"newsletter/{home.id}")
        notification.tell(session, NotificationKind.APPROVED, f"test/{n}", [person], issue=before[n % len(before)])
    session.flush()
    reach.refresh(session, session.scalars(select(Issue.id).where(Issue.state == IssueState.SENT)).all())
    issue_sums.refresh(session, session.scalars(select(Issue.id).where(Issue.prepared_at.is_not(None))).all())
    home.related_products = [{"name": f"品{n}", "address": "https://example.jp/"} for n in range(last)]
    home.fields = [{"name": f"field{n}", "label": f"欄{n}", "required": False} for n in range(last)]
    home.test_groups = [{"name": f"組{n}", "addresses": [f"t{n}@example.jp"]} for n in range(last)]


def _add_parts(session: Session, one: Issue, n: int, slug: str, colleague: Member) -> None:
    """A block, with what blocks lead to, a version, a link, an edition and a proposal."""
    more: list[Block] = [ArticleCard(article=slug), Prose(text=f"段落{n}。[記事](article:{slug})"),
                         Button(text="見る", address=f"https://example.jp/{n}")]  # fmt: skip
    one.blocks_json = [*one.blocks_json, *(block.model_dump(mode="json") for block in more)]
    session.add(Link(issue_id=one.id, number=10 + n, url=f"https://example.jp/{n}", kind="button"))
    session.add(Proposal(issue_id=one.id, kind=ProposalKind.NOTE, value=f"注記{n}", proposer=colleague))
    if one.state in PREPARED:
        session.add(
            Edition(issue_id=one.id, number=1 + n, frozen=b"", html="<p>本文</p>", text="本文", size=1, digest="0" * 64)
        )
    session.flush()


def _add_alarms(session: Session, home: Newsletter, n: int, one: Issue, lane: int) -> None:
    """What came back of letters by a lane, which is paused, and an event."""
    letter_tally.add(session, Lease(n, one.id, home.id, lane, 1), {"accepted": 5, "network": n})
    lanes.pause(session, lane, "休止", by="kairan test")
    session.add(ProviderEvent(
        provider="ses", key=f"event-{n}", at=clock.now(), kind="complaint", raw=None, address=f"r{n}@example.jp",
        message_ids=[], return_paths=[], status="", said="", newsletter_id=home.id, subscriber_id=n,
    ))  # fmt: skip


def _add_issues(session: Session, home: Newsletter, n: int, article: int, author: Member) -> None:
    for state in IssueState:
        one = issues.create(session, home, subject=f"号{n}", blocks=(Prose(text="本文"),), author_id=author.id)
        one.state = state
        if state in PREPARED:
            one.prepared_at = one.sent_at = clock.now()
        session.flush()
        session.add(Link(issue_id=one.id, number=1, url="https://example.jp/", kind="article", article_id=article))
        session.add(ComplaintAlarm(issue_id=one.id, complaints=n))


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that are sent meanwhile."""
    found: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not HEALTH.search(statement):
            found.append(re.sub(r"\s+", " ", statement))

    event.listen(db.engine(), "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(db.engine(), "before_cursor_execute", note)


def pages(client: FlaskClient) -> Iterator[Rule]:
    """Every page of the table of access, without those that a link in a letter leads to."""
    for rule in client.application.url_map.iter_rules():
        if rule.endpoint not in RULES or "GET" not in (rule.methods or ()) or rule.endpoint in WITHOUT_A_PAGE:
            continue
        if not {"key", "token", "link_token"} & rule.arguments:
            yield rule


def states(rule: Rule) -> tuple[IssueState, ...]:
    """A draft and an issue that is out; only where neither has the page, one that may be sent."""
    return (IssueState.DRAFT, IssueState.PAUSED, IssueState.APPROVED)[: 3 if "issue_id" in rule.arguments else 1]


def ask(client: FlaskClient, house: House) -> dict[str, list[str]]:
    """The statements of each page that is there."""
    found: dict[str, list[str]] = {}
    for rule in pages(client):
        for state in states(rule):
            if state is IssueState.APPROVED and any(name.startswith(f"{rule.endpoint},") for name in found):
                continue
            with counted() as statements:
                answer = client.get(address_of(rule, house, state))
                answer.get_data()  # of files, too, which are made while they are sent
            assert answer.status_code < 500, rule.endpoint
            if answer.status_code == 200:
                found[f"{rule.endpoint}, {state.value}"] = statements
    return found


def test_more_rows_make_no_more_queries(client: FlaskClient) -> None:
    house = make_house("own")
    make_person("somebody@example.jp", set(Role))
    with db.session_scope() as session:
        grow(session, house, 0, FEW)
    Visitor(client, "somebody@example.jp")
    few = ask(client, house)
    with db.session_scope() as session:
        grow(session, house, FEW, MANY)
    many = ask(client, house)
    assert few.keys() == many.keys()
    assert len(few) > 90
    more = {name: len(many[name]) - len(few[name]) for name in few if len(many[name]) > len(few[name])}
    assert more == {}, "\n".join(f"{name}\n{repeated(few[name], many[name])}" for name in more)
    assert {name: len(found) for name, found in few.items() if len(found) > MOST} == {}


def repeated(few: list[str], many: list[str]) -> str:
    """Which statements came more often with more rows."""
    rising = [one for one in dict.fromkeys(many) if many.count(one) > few.count(one)]
    return "\n".join(f"{few.count(one)} → {many.count(one)}: {one[:300]}" for one in rising)


def test_a_page_that_asks_for_each_row_shows(client: FlaskClient) -> None:
    """The test above would see it, and says which statement it is."""
    asked = []
    for rows in (FEW, MANY):
        with counted() as statements, db.session_scope() as session:
            for _ in range(rows):
                session.scalar(select(Newsletter.id))
        asked.append(statements)
    assert repeated(*asked).startswith(f"{FEW} → {MANY}: SELECT newsletter.id")
