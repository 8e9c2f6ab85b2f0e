"""No bytes leave that are not approved as they are: a machine of states does what staff may do, in any order.

The model is written from what the rules say, and knows nothing of how they are kept: it remembers who said yes to which
content since the issue was handed in, and works out for itself whether these are the yeses that the route wants. What
the house does is asked of the real database and the real worker.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.issues import issue as issues
from models.issues import newsletter as newsletters
from models.issues import repair as repairs
from models.issues import workflow
from models.issues.article import Article
from models.issues.block import ArticleCard
from models.issues.issue import Issue
from models.issues.issue_state import IssueKind, IssueState
from models.issues.newsletter import Newsletter
from models.issues.review import route_edit, substitute
from models.issues.review.approval_route import ApprovalRoute, RouteStep
from models.staff import member as members
from models.staff import membership
from models.staff.member import Member
from models.staff.permission import Role
from models.store import clock, db
from models.store.errors import Forbidden, Invalid, WrongState
from templates.content import digest
from tests.sample import make_article, make_newsletter, make_reader
from worker.preparing import prepare, repair

pytestmark = [pytest.mark.usefixtures("own_services"), pytest.mark.slow]

APPROVERS = ("ann", "ben", "cho", "dan")
WRITERS = ("wri", "xen")
"""Who write, and are approvers, too: their own is not theirs to approve."""
DECIDERS = (*APPROVERS, *WRITERS)
REFUSALS = (Forbidden, Invalid, WrongState)


class Step(NamedTuple):
    """Of these people (None: of all approvers) so many."""

    people: frozenset[str] | None
    needed: int


ROUTES: tuple[tuple[Step, ...], ...] = (
    (Step(None, 1),),
    (Step(None, 2),),
    (Step(frozenset({"ann"}), 1), Step(frozenset({"ben", "cho"}), 1)),
    (Step(frozenset({"ann", "ben"}), 2),),
    (Step(frozenset({"ann", "ben"}), 1), Step(frozenset({"ben", "cho", "wri"}), 2)),
    (),
)


class Said(NamedTuple):
    """A yes: by whom, in whose place (the own name: in the own), and to what."""

    who: str
    place: str
    content: tuple[Any, ...]


class Reference:
    """What the rules say, on plain values."""

    def __init__(self) -> None:
        self.subject = self.title = self.imprint = "0"
        self.segment: tuple[str, ...] = ()
        self.window: tuple[datetime | None, datetime | None] = (None, None)
        self.authors: dict[str, str] = {"author": "wri"}
        self.able = set(DECIDERS)
        self.route = ROUTES[0]
        """Of the newsletter now."""
        self.taken = ROUTES[0]
        """Of the issue, as it was handed in."""
        self.said: list[Said] = []
        self.substitutes: list[tuple[str, str, datetime]] = []
        """Who is away, who says yes, until when."""

    @property
    def content(self) -> tuple[Any, ...]:
        """Everything that is approved."""
        return (self.subject, self.title, self.imprint, self.segment, self.window)

    def filled(self, route: tuple[Step, ...]) -> list[list[Said]]:
        """Whose yes to the present content stands in which step."""
        found: list[list[Said]] = [[] for _ in route]
        for said in self.said:
            if said.content != self.content or said.who in self.authors.values():
                continue
            if any(said.who == other.who for step in found for other in step):
                continue  # one person, one yes
            at = self.open_step(route, found)
            if at is None or any(said.place == other.place for other in found[at]):
                continue
            if said.place in (route[at].people or {said.who}):
                found[at].append(said)
        return found

    @staticmethod
    def open_step(route: tuple[Step, ...], found: list[list[Said]]) -> int | None:
        return next((at for at, step in enumerate(route) if len(found[at]) < step.needed), None)

    def is_complete(self, route: tuple[Step, ...]) -> bool:
        return self.open_step(route, self.filled(route)) is None

    def place_for(self, who: str, route: tuple[Step, ...]) -> str | None:
        """In whose place this person may say yes now; None where nobody lets them."""
        found = self.filled(route)
        at = self.open_step(route, found)
        if at is None or who not in self.able or who in self.authors.values():
            return None
        if any(who == said.who for step in found for said in step):
            return None
        wanted, taken = route[at].people, {said.place for said in found[at]}
        if wanted is None or (who in wanted and who not in taken):
            return who
        places = [away for away, instead, until in self.substitutes
                  if instead == who and away in wanted - taken and clock.now() < until]  # fmt: skip
        return places[0] if places else None

    def in_window(self, at: datetime) -> bool:
        first, last = self.window
        return (first is None or first <= at) and (last is None or at <= last)


class Approval(RuleBasedStateMachine):
    """One newsletter with one issue at a time; rules are what people do."""

    number = 0

    def __init__(self) -> None:
        super().__init__()
        Approval.number += 1
        self.slug = f"machine{Approval.number}"
        self.model = Reference()
        self.versions = 0
        self.before = clock._shift
        with db.session_scope() as session:
            home = make_newsletter(session, self.slug, postal_address="0")
            for name in (*DECIDERS, "sen", "adm"):
                roles = {"sen": {Role.SENDER}, "adm": {Role.ADMINISTRATOR}}.get(name, {Role.APPROVER})
                if name in WRITERS:
                    roles = {Role.AUTHOR, Role.APPROVER}
                one = members.create(session, f"{name}@{self.slug}.example.jp", name, set())
                membership.set_roles(session, one, roles, home.id, by="test")
            make_reader(session, home, f"reader@{self.slug}.example.jp")
            make_article(session, home, "art", "0", address="https://city.example.jp/1")
            made = issues.create(session, home, subject="0", blocks=(ArticleCard(article="art"),),
                                 author_id=self.person(session, "wri").id)  # fmt: skip
            self.issue_id = made.id
        self.sent: tuple[Any, ...] | None = None
        self.state = IssueState.DRAFT
        """As it was after the last rule."""

    def teardown(self) -> None:
        clock._shift = self.before

    def person(self, session: Session, name: str) -> Member:
        return members.find(session, f"{name}@{self.slug}.example.jp")

    def one(self, session: Session) -> Issue:
        return issues.get(session, self.issue_id, lock=True)

    def home(self, session: Session) -> Newsletter:
        return newsletters.find(session, self.slug)

    def look(self) -> tuple[IssueState, bool]:
        with db.session_scope() as session:
            one = self.one(session)
            return one.state, one.in_repair

    def next(self) -> str:
        self.versions += 1
        return str(self.versions % 3)  # so that contents come back that were approved before

    @property
    def route_now(self) -> tuple[Step, ...]:
        return self.model.route if self.look()[1] else self.model.taken

    # What the author does

    @rule(who=st.sampled_from(WRITERS), what=st.sampled_from(["subject", "segment"]))
    def edit(self, who: str, what: str) -> None:
        state, _ = self.look()
        with db.session_scope() as session:
            one, editor = self.one(session), self.person(session, who)
            value = self.next() if what == "subject" else ("ja",) * (self.versions % 2)
            changed = value != getattr(self.model, what)
            content = {"subject": value} if what == "subject" else {"segment": {"languages": ["ja"]} if value else {}}
            try:
                if state is IssueState.PAUSED:
                    repairs.change(one, **content)
                else:
                    one.edit(**content)
            except REFUSALS:
                session.rollback()
                return
            one.editor_id = editor.id
        setattr(self.model, what, value)
        self.model.authors["editor"] = who
        if changed and state is not IssueState.PAUSED:
            self.model.said.clear()

    @rule(who=st.sampled_from(WRITERS), window=st.sampled_from(["none", "today", "later"]))
    def submit(self, who: str, window: str) -> None:
        now = clock.now()
        times = {"none": (None, None), "today": (now - timedelta(hours=1), now + timedelta(hours=4)),
                 "later": (now + timedelta(hours=30), None)}[window]  # fmt: skip
        if self.attempt(lambda session: workflow.submit(
            session, self.one(session), self.person(session, who), "理由", *times
        )):  # fmt: skip
            self.model.window, self.model.taken, self.model.said = times, self.model.route, []
            self.model.authors["submitter"] = who

    @rule(who=st.sampled_from(WRITERS))
    def withdraw(self, who: str) -> None:
        state, _ = self.look()
        done = self.attempt(lambda session: workflow.withdraw(session, self.one(session), self.person(session, who)))
        own = who in self.model.authors.values()
        assert done == (own and state in (IssueState.IN_REVIEW, IssueState.APPROVED))
        if done:
            self.model.said.clear()

    # What approvers do

    @rule(who=st.sampled_from(DECIDERS))
    def approve(self, who: str) -> None:
        state, in_repair = self.look()
        place = self.model.place_for(who, self.route_now)
        done = self.attempt(self.say_yes(who))
        waits = state is IssueState.IN_REVIEW or (state is IssueState.PAUSED and in_repair)
        assert done == (waits and place is not None), (who, place, state)
        if done and place is not None:
            self.model.said.append(Said(who, place, self.model.content))

    def say_yes(self, who: str) -> Any:
        def act(session: Session) -> None:
            one = self.one(session)
            workflow.approve(session, one, self.person(session, who), digest.of(session, one))

        return act

    @rule(who=st.sampled_from(DECIDERS))
    def send_back(self, who: str) -> None:
        def act(session: Session) -> None:
            one = self.one(session)
            workflow.send_back(session, one, self.person(session, who), digest.of(session, one), "直してください")

        if self.attempt(act):
            assert who in self.model.able
            assert who not in self.model.authors.values()
            self.model.said.clear()

    # What goes on around it

    @rule(what=st.sampled_from(["title", "imprint"]))
    def change_beside_it(self, what: str) -> None:
        value = self.next()
        with db.session_scope() as session:
            home = self.home(session)
            if what == "title":
                session.execute(update(Article).where(Article.newsletter_id == home.id).values(title=value))
            else:
                home.postal_address = value
        setattr(self.model, what, value)

    @rule(route=st.sampled_from(ROUTES))
    def change_route(self, route: tuple[Step, ...]) -> None:
        with db.session_scope() as session:
            steps = tuple(
                RouteStep(needed=step.needed,
                          approvers=tuple(self.person(session, one).id for one in sorted(step.people or ())))
                for step in route
            )  # fmt: skip
            route_edit.set_route(session, self.home(session), IssueKind.REGULAR, ApprovalRoute(steps=steps), "test")
        self.model.route = route

    @rule(who=st.sampled_from(APPROVERS))
    def lose_or_get_role(self, who: str) -> None:
        self.model.able ^= {who}
        with db.session_scope() as session:
            roles = {Role.APPROVER} if who in self.model.able else set()
            membership.set_roles(session, self.person(session, who), roles, self.home(session).id, by="test")

    @rule(away=st.sampled_from(["ann", "ben"]), instead=st.sampled_from(["dan", "cho", "wri"]))
    def appoint(self, away: str, instead: str) -> None:
        days = clock.today(), clock.today()
        if self.attempt(lambda session: substitute.appoint(
            session, self.home(session), self.person(session, away), self.person(session, instead), days, "adm"
        )):  # fmt: skip
            until = clock.start_of_day(clock.today() + timedelta(days=1))
            self.model.substitutes.append((away, instead, until))

    @rule()
    def pass_a_day(self) -> None:
        clock._shift += timedelta(days=1)

    # What senders do

    @rule(later=st.booleans())
    def schedule(self, later: bool) -> None:
        at = clock.now() + timedelta(hours=2 * later)

        def act(session: Session) -> None:
            one = self.one(session)
            digest.return_if_changed(session, one, "test")
            workflow.schedule(session, one, at, self.person(session, "sen"))

        if self.attempt(act):
            assert self.model.in_window(at)
            assert self.model.is_complete(self.model.taken)

    @rule(step=st.sampled_from([workflow.unschedule, workflow.pause, workflow.resume]))
    def take_step(self, step: Any) -> None:
        self.attempt(lambda session: step(session, self.one(session), self.person(session, "sen")))

    @rule(steps=st.integers(1, 9), who=st.sampled_from(WRITERS), window=st.sampled_from(["none", "today"]),
          slip=st.sampled_from(["", "", "withdraw", "title", "imprint", "hours"]))  # fmt: skip
    def go_on(self, steps: int, who: str, window: str, slip: str) -> None:
        """So many steps of the way that an issue goes when nothing comes between: chance alone hardly gets far.

        Or something slips in before the last look.
        """
        for _ in range(steps):
            state, in_repair = self.look()
            if state is IssueState.DRAFT:
                self.submit(who, window)
            elif state is IssueState.IN_REVIEW or (in_repair and not self.model.is_complete(self.route_now)):
                if slip == "withdraw" and self.model.said and not in_repair:
                    slip = ""
                    self.withdraw("wri")
                    continue
                able = [one for one in DECIDERS if self.model.place_for(one, self.route_now)]
                if not able:
                    return
                self.approve(able[steps % len(able)])
            elif state is IssueState.APPROVED:
                self.schedule(later=False)
            elif state is IssueState.SCHEDULED:
                self.let_slip(slip)
                self.prepare()
            elif state is IssueState.SENDING:
                self.take_step(workflow.pause)
                self.edit(who, "subject")
            elif state is IssueState.PAUSED:
                self.let_slip(slip)
                self.apply_repair()

    def let_slip(self, slip: str) -> None:
        if slip == "hours":
            clock._shift += timedelta(hours=5)
        elif slip in ("title", "imprint"):
            self.change_beside_it(slip)

    @precondition(lambda self: self.state is IssueState.SCHEDULED)
    @rule()
    def prepare(self) -> None:
        with db.session_scope() as session:
            at = self.one(session).scheduled_at
        assert at is not None
        due, missed = at <= clock.now(), at < clock.now() - timedelta(hours=6)
        right = self.model.is_complete(self.model.taken) and self.model.in_window(clock.now())
        prepare.prepare(self.issue_id)
        state, _ = self.look()
        assert (state is IssueState.SENDING) == (due and not missed and right), (due, missed, right)
        if state is IssueState.SENDING:
            self.sent = self.model.content

    @precondition(lambda self: self.state is IssueState.PAUSED)
    @rule()
    def apply_repair(self) -> None:
        in_repair, route = self.look()[1], self.route_now
        right = self.model.is_complete(route)

        def act(session: Session) -> None:
            one = self.one(session)
            repairs.request(session, one, self.person(session, "sen"), digest.of(session, one))

        if not self.attempt(act):
            assert not right
            return
        if not in_repair and not right:
            self.model.authors["submitter"] = "sen"
            return
        repair.repair(self.issue_id)
        with db.session_scope() as session:
            assert self.one(session).trouble == ""
        assert right
        self.sent = self.model.content

    @precondition(lambda self: self.state in (IssueState.SENDING, IssueState.PAUSED))
    @rule()
    def write_another(self) -> None:
        """The next issue begins: rules of before are for it, too."""
        with db.session_scope() as session:
            author, blocks = self.person(session, "wri").id, (ArticleCard(article="art"),)
            made = issues.create(session, self.home(session), subject=self.model.subject, blocks=blocks,
                                 author_id=author)  # fmt: skip
            self.issue_id = made.id
        self.model.authors, self.model.said, self.sent = {"author": "wri"}, [], None
        self.model.segment, self.model.window = (), (None, None)

    def attempt(self, act: Any) -> bool:
        try:
            with db.session_scope() as session:
                act(session)
        except REFUSALS:
            return False
        return True

    @invariant()
    def nothing_unapproved_is_frozen(self) -> None:
        """Whatever is frozen was, as it is, approved along its route: :meth:`prepare` has looked at that moment."""
        with db.session_scope() as session:
            one = self.one(session)
            self.state = one.state
            frozen = one.state in (IssueState.SENDING, IssueState.PAUSED)
            assert frozen == (self.sent is not None)
            title = session.scalar(select(Article.title).where(Article.newsletter_id == one.newsletter_id))
            assert (one.subject, title) == (self.model.subject, self.model.title)


def test_no_bytes_leave_that_are_not_approved_as_they_are() -> None:
    run_state_machine_as_test(
        Approval,
        settings=settings(max_examples=24, stateful_step_count=25, deadline=None,
                          suppress_health_check=list(HealthCheck)),
    )  # fmt: skip
