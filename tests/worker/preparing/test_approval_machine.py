"""No bytes leave that are not approved as they are: a machine of states does what people may do, in any order.

What must come of it says :mod:`.approval_oracle`, which works it out for itself. What the house does is asked of the
real database and the real worker, and the letters of a real SMTP server. Chance alone hardly gets an issue as far as a
reader, so some rules take the way that an issue goes, and others what people do next where it matters.
"""

from __future__ import annotations

import email
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from email import policy
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.issues import issue as issues
from models.issues import newsletter as newsletters
from models.issues import newsletter_edit, workflow
from models.issues import repair as repairs
from models.issues.article import Article
from models.issues.block import ArticleCard
from models.issues.issue import Issue
from models.issues.issue_state import IssueKind
from models.issues.newsletter import Newsletter
from models.issues.notifications import notification_events
from models.issues.notifications.notification import Notification, NotificationKind
from models.issues.review import route_edit, substitute
from models.issues.review.approval_route import ApprovalRoute, RouteStep
from models.issues.versions import content_version
from models.issues.writing import working_copy
from models.staff import member as members
from models.staff import membership
from models.staff.member import Member
from models.staff.permission import Role
from models.store import clock, db
from models.store.errors import Forbidden, Invalid, WrongState
from templates.content import change_effects, digest
from tests.sample import make_article, make_newsletter, make_reader
from tests.servers import SmtpCatcher
from worker.preparing import prepare, repair

from ..issue_sending import ChangeSettings, take_turns, take_turns_later
from .approval_oracle import OPEN, Content, Oracle, Route, Step, Substitution, Window

pytestmark = [pytest.mark.usefixtures("own_services"), pytest.mark.slow]

APPROVERS = ("ann", "ben", "cho", "dan")
WRITERS = ("wri", "xen")
"""Who write, and are approvers, too: their own is not theirs to approve."""
DECIDERS = (*APPROVERS, *WRITERS)
REFUSALS = (Forbidden, Invalid, WrongState)
ANY_TWO: Route = (Step(None, 2),)
IN_TURN: Route = (Step(frozenset({"ann"}), 1), Step(frozenset({"ben", "cho"}), 1))
BOTH: Route = (Step(frozenset({"ann", "ben"}), 2),)
ROUTES: tuple[Route, ...] = (
    ANY_TWO,
    IN_TURN,
    BOTH,
    (Step(None, 1),),
    (Step(frozenset({"ann", "ben"}), 1), Step(frozenset({"ben", "cho", "wri"}), 2)),
    (),
)
TAB = "a1b2c3d4"
DAY = timedelta(days=1)

A_WRITER, A_DECIDER = st.sampled_from(WRITERS), st.sampled_from(DECIDERS)
A_VALUE = st.sampled_from("012")
"""Few, so that contents come back that were approved before."""
A_PART = st.sampled_from(["title", "imprint", "sender"])
A_WINDOW = st.sampled_from(["none", "none", "today", "later"])


def waits(machine: Approval) -> bool:
    return machine.oracle.awaits


def has_a_yes(machine: Approval) -> bool:
    return machine.oracle.state in ("in_review", "approved", "scheduled") and bool(machine.oracle.said)


def in_state(*states: str) -> Callable[[Approval], bool]:
    return lambda machine: machine.oracle.state in states


class Approval(RuleBasedStateMachine):
    """One newsletter with one issue at a time; rules are what people do."""

    number = 0
    catcher: SmtpCatcher

    def __init__(self) -> None:
        super().__init__()
        Approval.number += 1
        self.slug = f"machine{Approval.number}"
        self.before, self.began = clock._shift, clock.now()
        self.oracle = Oracle(clock.now, set(DECIDERS), (Step(None, 1),))
        self.typed: str | None = None
        """The subject in a tab that is not saved."""
        self.steps = 0
        self.catcher.letters.clear()
        with db.session_scope() as session:
            home = make_newsletter(session, self.slug, postal_address="住所0", sender_name="課0")
            for name in (*DECIDERS, "sen"):
                roles = {Role.SENDER} if name == "sen" else {Role.APPROVER}
                roles |= {Role.AUTHOR} if name in WRITERS else set()
                one = members.create(session, f"{name}@{self.slug}.example.jp", name, set())
                membership.set_roles(session, one, roles, home.id, by="test")
            make_reader(session, home, f"reader@{self.slug}.example.jp")
            make_article(session, home, "art", "記事0", address="https://city.example.jp/1")
        self.write_another()

    def teardown(self) -> None:
        """Nothing is left that a later run's worker would send."""
        if self.oracle.frozen is not None:
            self.attempt(lambda session, one: workflow.cancel(session, one, "test"))
        clock._shift = self.before

    # What is there

    def person(self, session: Session, name: str) -> Member:
        return members.find(session, f"{name}@{self.slug}.example.jp")

    def one(self, session: Session) -> Issue:
        return issues.get(session, self.issue_id, lock=True)

    def home(self, session: Session) -> Newsletter:
        return newsletters.find(session, self.slug)

    def window(self, name: str) -> Window:
        """The same one all day, so that an issue can be handed in again as it was."""
        start = self.began + (clock.now() - self.began) // DAY * DAY
        return {"none": OPEN, "today": (start - timedelta(hours=1), start + timedelta(hours=5)),
                "later": (start + timedelta(hours=30), None)}[name]  # fmt: skip

    def other(self, what: str) -> str:
        """A value that this part of the content has not now."""
        return str((int(getattr(self.oracle.content, what)) + 1) % 3)

    def attempt(self, act: Callable[[Session, Issue], Any]) -> bool:
        """Whether the house lets it be done."""
        try:
            with db.session_scope() as session:
                act(session, self.one(session))
        except REFUSALS:
            return False
        return True

    def write_another(self) -> None:
        """The next issue begins."""
        with db.session_scope() as session:
            subject, blocks = f"件名{self.oracle.content.subject}", (ArticleCard(article="art"),)
            made = issues.create(session, self.home(session), subject=subject, blocks=blocks,
                                 author_id=self.person(session, "wri").id)  # fmt: skip
            self.issue_id = made.id
        self.oracle.write_another("wri")
        self.typed = None

    # How a run begins: mostly in the midst of a route that wants more than one yes

    @initialize(route=st.sampled_from(ROUTES), name=A_WINDOW, yeses=st.integers(0, 2),
                away=st.sampled_from(["nobody", "from today", "from tomorrow", "until yesterday"]), who=A_WRITER,
                story=st.sampled_from(["none", "again", "edit", "change", "slip", "mend"]), what=A_PART)  # fmt: skip
    def begin(self, route: Route, name: str, yeses: int, away: str, who: str, story: str, what: str) -> None:
        self.change_route(route)
        if away != "nobody":
            self.appoint("ben", "dan", int(away == "from tomorrow"), 0)
        self.submit(who, name)
        self.say_yeses(yeses)
        if away != "nobody" and self.oracle.awaits:
            self.approve_as_substitute(away == "until yesterday", 0)
        if story in ("again", "edit") and has_a_yes(self):
            self.hand_in_again("edit" if story == "edit" else "withdraw", who, 1)
        if story == "change" and has_a_yes(self):
            self.change_and_tell(what, self.other(what), None)
        if story == "slip":
            self.say_yeses(3)
            self.slip_in(what, early=False)
        if story == "mend":
            self.say_yeses(3)
            self.slip_in("nothing", early=False)
            if self.oracle.state == "sending":
                self.mend("subject", who, yeses)

    # What writers do

    @rule(who=A_WRITER, subject=A_VALUE)
    def edit(self, who: str, subject: str) -> None:
        self.save(who, replace(self.oracle.content, subject=subject))

    @rule(who=A_WRITER)
    def edit_recipients(self, who: str) -> None:
        self.save(who, replace(self.oracle.content, for_ja=not self.oracle.content.for_ja))

    def save(self, who: str, after: Content) -> None:
        paused = self.oracle.state == "paused"
        values = {"subject": f"件名{after.subject}", "segment": {"languages": ["ja"]} if after.for_ja else {}}

        def act(session: Session, one: Issue) -> None:
            editor = self.person(session, who)
            content_version.saved_by(one, editor)
            repairs.change(one, **values) if paused else one.edit(**values)
            one.editor_id = editor.id

        assert self.attempt(act) == self.oracle.edit(who, after)

    @rule(subject=A_VALUE)
    def autosave(self, subject: str) -> None:
        """It is kept, and changes nothing."""
        self.steps += 1
        self.typed = subject
        assert self.attempt(lambda session, _: working_copy.keep(
            session, self.issue_id, self.person(session, "wri"), TAB, 1, self.steps, f"未保存{subject}"
        ))  # fmt: skip

    @precondition(lambda self: self.typed is not None)
    @rule()
    def save_working_copy(self) -> None:
        assert self.typed is not None
        self.save("wri", replace(self.oracle.content, subject=self.typed))
        self.attempt(lambda session, _: working_copy.saved(
            session, self.issue_id, self.person(session, "wri"), TAB, 2, self.steps
        ))  # fmt: skip
        self.typed = None

    @precondition(in_state("draft"))
    @rule(who=A_WRITER, name=A_WINDOW)
    def submit(self, who: str, name: str) -> None:
        times = self.window(name)
        done = self.attempt(lambda session, one: workflow.submit(
            session, one, self.person(session, who), "理由", *times
        ))  # fmt: skip
        assert done == self.oracle.submit(who, times)

    @precondition(in_state("in_review", "approved"))
    @rule(who=A_WRITER)
    def withdraw(self, who: str) -> None:
        done = self.attempt(lambda session, one: workflow.withdraw(session, one, self.person(session, who)))
        assert done == self.oracle.withdraw(who)

    @precondition(has_a_yes)
    @rule(how=st.sampled_from(["withdraw", "send back", "edit"]), who=A_WRITER, yeses=st.integers(0, 1))
    def hand_in_again(self, how: str, who: str, yeses: int) -> None:
        """As it was, so that earlier yeses are to the same content."""
        before, said = self.oracle.content, self.oracle.said[-1].who
        if how == "withdraw":
            self.withdraw("wri")
        elif how == "send back":
            self.send_back(said)
        else:
            self.edit(who, self.other("subject"))
            self.save(who, replace(self.oracle.content, subject=before.subject))
        for name in ("none", "today", "later"):
            if self.oracle.state == "draft" and self.window(name) == before.window:
                self.submit(who, name)
        self.say_yeses(yeses)

    # What approvers do

    @precondition(waits)
    @rule(who=A_DECIDER)
    def approve(self, who: str) -> None:
        done = self.attempt(lambda session, one: workflow.approve(
            session, one, self.person(session, who), digest.of(session, one)
        ))  # fmt: skip
        expected = self.oracle.approve(who)
        assert done == expected, (who, self.oracle)

    def say_yeses(self, number: int) -> None:
        """So many of them, one after another, of those who are asked."""
        for _ in range(number):
            able = [one for one in DECIDERS if self.oracle.awaits and self.oracle.place_for(one)]
            if able:
                self.approve(able[0])

    @precondition(lambda self: waits(self) and self.oracle.said)
    @rule()
    def approve_once_more(self) -> None:
        """Whoever has said yes says it again, as where the first one counts no more."""
        self.approve(self.oracle.said[-1].who)

    @precondition(waits)
    @rule(which=st.integers(0, 3))
    def approve_own_work(self, which: int) -> None:
        writers = sorted(self.oracle.writers)
        self.approve(writers[which % len(writers)])

    @precondition(waits)
    @rule(who=st.sampled_from(APPROVERS), what=A_PART)
    def mend_it_and_approve(self, who: str, what: str) -> None:
        """An approver changes what they read, and says yes to that."""
        self.change_beside_it(what, self.other(what), who)
        self.approve(who)

    @precondition(lambda self: waits(self) and self.oracle.substitutions)
    @rule(late=st.booleans(), which=st.sampled_from([0, -1]))
    def approve_as_substitute(self, late: bool, which: int) -> None:
        """On one of the days, or thereafter."""
        one = self.oracle.substitutions[which]
        if late and clock.now() < one.until:
            clock._shift += one.until - clock.now() + timedelta(minutes=1)
        self.approve(one.instead)

    @precondition(waits)
    @rule(who=A_DECIDER)
    def send_back(self, who: str) -> None:
        done = self.attempt(lambda session, one: workflow.send_back(
            session, one, self.person(session, who), digest.of(session, one), "直してください"
        ))  # fmt: skip
        assert done == self.oracle.send_back(who)

    # What goes on around it

    @rule(what=A_PART, to=A_VALUE, who=st.sampled_from([None, *DECIDERS]))
    def change_beside_it(self, what: str, to: str, who: str | None) -> None:
        def act(session: Session, one: Issue) -> None:
            by = self.person(session, who) if who else None
            if what == "title":
                article = session.scalars(select(Article).where(Article.newsletter_id == one.newsletter_id)).one()
                content_version.saved_by(article, by)
                article.title = f"記事{to}"
            else:
                values = {"imprint": {"postal_address": f"住所{to}"}, "sender": {"sender_name": f"課{to}"}}[what]
                newsletter_edit.change(session, self.home(session), values, by or "test")

        assert self.attempt(act)
        self.oracle.change_beside(who, replace(self.oracle.content, **{what: to}))

    @precondition(in_state("in_review", "approved", "scheduled"))
    @rule(what=A_PART, to=A_VALUE, who=st.sampled_from([None, *DECIDERS]))
    def change_and_tell(self, what: str, to: str, who: str | None) -> None:
        """As pages and commands do it: what is not approved any more is a draft, and who may decide is asked."""
        self.change_beside_it(what, to, who)

        def act(session: Session, one: Issue) -> None:
            change_effects.return_changed(session, "test", one.newsletter_id)
            notification_events.keep_asking(session)

        assert self.attempt(act)
        self.oracle.hear()
        if self.oracle.state == "in_review":
            assert self.asked() == {one for one in DECIDERS if self.oracle.place_for(one)}

    def asked(self) -> set[str]:
        """Whose bell asks for a yes, of those who are approvers still."""
        with db.session_scope() as session:
            waiting = select(Notification.member_id).where(
                Notification.issue_id == self.issue_id, Notification.kind == NotificationKind.APPROVAL_ASKED,
                Notification.ended_at.is_(None),
            )  # fmt: skip
            told = set(session.scalars(waiting))
            return {one for one in self.oracle.approvers if self.person(session, one).id in told}

    @rule(route=st.sampled_from(ROUTES))
    def change_route(self, route: Route) -> None:
        def act(session: Session, _: Issue) -> None:
            steps = tuple(
                RouteStep(needed=step.needed,
                          approvers=tuple(self.person(session, one).id for one in sorted(step.people or ())))
                for step in route
            )  # fmt: skip
            route_edit.set_route(session, self.home(session), IssueKind.REGULAR, ApprovalRoute(steps=steps), "test")

        assert self.attempt(act)
        self.oracle.route = route

    @rule(who=st.sampled_from(APPROVERS))
    def lose_or_get_role(self, who: str) -> None:
        self.oracle.approvers ^= {who}
        with db.session_scope() as session:
            roles = {Role.APPROVER} if who in self.oracle.approvers else set()
            membership.set_roles(session, self.person(session, who), roles, self.home(session).id, by="test")

    @rule(away=st.sampled_from(["ann", "ben"]), instead=st.sampled_from(["dan", "cho", "wri"]),
          first=st.integers(0, 1), length=st.integers(0, 1))  # fmt: skip
    def appoint(self, away: str, instead: str, first: int, length: int) -> None:
        """In whose place who says yes, from today or tomorrow, for a day or two."""
        begins = clock.today() + first * DAY
        days = begins, begins + length * DAY
        done = self.attempt(lambda session, _: substitute.appoint(
            session, self.home(session), self.person(session, away), self.person(session, instead), days, "test"
        ))  # fmt: skip
        assert done == (instead in self.oracle.approvers)
        if done:
            times = clock.start_of_day(days[0]), clock.start_of_day(days[1] + DAY)
            self.oracle.substitutions.append(Substitution(away, instead, *times))

    @rule(hours=st.sampled_from([6, 24]))
    def pass_time(self, hours: int) -> None:
        clock._shift += timedelta(hours=hours)

    # What senders do, and the worker

    @precondition(in_state("approved", "scheduled"))
    @rule(hours=st.sampled_from([0, 0, 2, 31]))
    def schedule(self, hours: int) -> None:
        at = clock.now() + timedelta(hours=hours)

        def act(session: Session, one: Issue) -> None:
            if digest.return_if_changed(session, one, "test"):
                return
            workflow.schedule(session, one, at, self.person(session, "sen"))

        self.attempt(act)
        self.oracle.schedule(at)

    @rule(step=st.sampled_from(["unschedule", "pause", "resume"]))
    def take_step(self, step: str) -> None:
        act: Any = getattr(workflow, step)
        done = self.attempt(lambda session, one: act(session, one, self.person(session, "sen")))
        assert done == getattr(self.oracle, step)()

    @precondition(in_state("scheduled"))
    @rule()
    def prepare(self) -> None:
        prepare.prepare(self.issue_id)
        self.oracle.prepare()

    @precondition(in_state("paused"))
    @rule()
    def repair(self) -> None:
        done = self.attempt(lambda session, one: repairs.request(
            session, one, self.person(session, "sen"), digest.of(session, one)
        ))  # fmt: skip
        assert done == self.oracle.repair("sen"), self.oracle
        repair.repair(self.issue_id)

    @precondition(lambda self: self.oracle.frozen is not None)
    @rule()
    def send(self) -> None:
        """What comes to the reader is what was approved; and nothing comes while the issue is paused.

        A batch that had its turn then rests for a while.
        """
        take_turns(self.issue_id)
        take_turns_later(self.issue_id)
        letters = [email.message_from_bytes(one.content, policy=policy.default) for one in self.catcher.letters]
        self.catcher.letters.clear()
        assert len(letters) <= (self.oracle.state == "sending"), self.oracle.state
        for letter in letters:
            right = self.oracle.frozen
            assert right is not None
            body = letter.get_body(("plain",))
            assert body is not None
            words = f"{letter['Subject']} {letter['From']} {body.get_content()}"
            for wanted in (f"件名{right.subject}", f"課{right.sender}", f"記事{right.title}", f"住所{right.imprint}"):
                assert wanted in words
            self.write_another()

    # The way of an issue

    @rule(steps=st.integers(1, 5), yeses=st.integers(1, 2))
    def go_on(self, steps: int, yeses: int) -> None:
        """So many steps of the way that an issue goes when nothing comes between."""
        for _ in range(steps):
            state = self.oracle.state
            if state == "draft":
                self.submit("wri", "none")
            elif self.oracle.awaits and not self.oracle.is_complete:
                self.say_yeses(yeses)
            elif state == "approved":
                self.schedule(0)
            elif state == "scheduled":
                self.prepare()
            elif state == "paused":
                self.repair()

    @precondition(has_a_yes)
    @rule(what=st.sampled_from(["title", "imprint", "sender", "hours", "nothing"]), early=st.booleans())
    def slip_in(self, what: str, early: bool) -> None:
        """Something changes between the yes and the worker's look, before or after the issue gets its time."""
        self.say_yeses(2)
        if not early and self.oracle.state == "approved":
            self.schedule(0)
        if what == "hours":
            self.pass_time(6)
        elif what != "nothing":
            self.change_beside_it(what, self.other(what), None)
        if early and self.oracle.state == "approved":
            self.schedule(0)
        if self.oracle.state == "scheduled":
            self.prepare()

    @precondition(in_state("sending", "paused"))
    @rule(what=st.sampled_from(["subject", "title", "sender"]), who=A_WRITER, yeses=st.integers(0, 2))
    def mend(self, what: str, who: str, yeses: int) -> None:
        """Stop it, change it, and put that into the letters, with some yeses or without."""
        if self.oracle.state == "sending":
            self.take_step("pause")
        if what == "subject":
            self.edit(who, self.other(what))
        else:
            self.change_beside_it(what, self.other(what), who)
        self.say_yeses(yeses)
        self.repair()

    @invariant()
    def all_is_as_the_oracle_says(self) -> None:
        with db.session_scope() as session:
            one, right = self.one(session), self.oracle
            assert (one.state.value, one.in_repair) == (right.state, right.in_repair), right
            title = session.scalar(select(Article.title).where(Article.newsletter_id == one.newsletter_id))
            assert (one.subject, title) == (f"件名{right.content.subject}", f"記事{right.content.title}")
        assert not self.catcher.letters


@pytest.fixture
def catcher(smtp_catcher: SmtpCatcher, change_settings: ChangeSettings) -> SmtpCatcher:
    """The server that letters of this test go to, and no other."""
    change_settings(SMTP_URL=smtp_catcher.address)
    return smtp_catcher


@pytest.mark.timeout(500)
def test_no_bytes_leave_that_are_not_approved_as_they_are(catcher: SmtpCatcher) -> None:
    Approval.catcher = catcher
    run_state_machine_as_test(
        Approval,
        settings=settings(max_examples=50, stateful_step_count=15,
                          suppress_health_check=list(HealthCheck)),
    )  # fmt: skip
