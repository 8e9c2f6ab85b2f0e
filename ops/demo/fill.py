"""Filling an empty installation: each stage finds what is done already, so that a demo that was cut short goes on."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol

from sqlalchemy import func, select

import settings
from models.issues.issue_state import IssueState
from models.issues.newsletter import Newsletter
from models.mailbox import Mailbox
from models.store import db
from models.store.errors import Invalid

from . import approve, ranking_issue, seed, state, traffic
from .state import DemoState

Advance = Callable[[int], None]


class ShowProgress(Protocol):
    """Shows how far a stage is: a label, and how many steps it has."""

    def __call__(self, label: str, steps: int) -> AbstractContextManager[Advance]:
        """A context that hands out a function to call with the number of steps done."""
        ...


READERS = 300


def fill(show: ShowProgress, readers: int = READERS) -> DemoState | None:
    """Fill the database through the running worker, mail catcher and web server; takes a minute or two.

    Arguments:
        show: shows how far it is.
        readers: about how many readers there will be.

    Returns:
        What is there now; None where the database had data of its own, and nothing was done.

    Raises:
        Invalid: letters would go to a real server.
        Unavailable: worker or web server do not answer.
    """
    progress = state.load()
    if progress.finished or (_has_data() and not progress.begun):
        return None
    mailbox = caught_letters()
    progress.save()
    _seed(progress, show, readers)
    _send_monthly_issues(show)
    if not progress.read:
        _read_letters(mailbox, show)
        progress.read = True
        progress.save()
    _send_ranking_issue(show)
    progress.finished = True
    progress.save()
    return progress


def caught_letters() -> Mailbox:
    """Where letters are caught.

    Raises:
        Invalid: nothing catches them; the demo has invented readers, and nobody mails to these.
    """
    folder = settings.get().kairan_mailbox
    if not folder:
        raise Invalid("the demo is for an installation that catches its letters: start `kairan run` without SMTP_URL")
    return Mailbox(folder)


def _has_data() -> bool:
    with db.session_scope() as session:
        return bool(session.scalar(select(func.count()).select_from(Newsletter)))


def _seed(progress: DemoState, show: ShowProgress, readers: int) -> None:
    files = seed.articles()
    with show("Newsletter, staff, articles, readers", len(files) + 2) as advance:
        with db.session_scope() as session:
            seed.ensure_newsletter(session)
            seed.ensure_staff(session, progress)
        advance(1)
        for file in files:
            with db.session_scope() as session:
                seed.ensure_article(session, file)
            advance(1)
        with db.session_scope() as session:
            seed.ensure_readers(session, readers)
        advance(1)


def _send_monthly_issues(show: ShowProgress) -> None:
    files = seed.issues()
    with show("Monthly issues, approved and mailed", len(files)) as advance:
        for file in files:
            with db.session_scope() as session:
                issue = seed.ensure_draft(session, file)
                sent = issue.state is IssueState.SENT
                if not sent:
                    approve.approve(session, issue)
                issue_id = issue.id
            if not sent:
                approve.wait_until_sent(issue_id)
            advance(1)


def _read_letters(mailbox: Mailbox, show: ShowProgress) -> None:
    with db.session_scope() as session:
        known = traffic.issue_contents(session)
    letters: list[traffic.CaughtCopy] = []
    entries = len(mailbox.entries())
    with show("Readers open their letters", entries) as advance:
        letters += traffic.copies(mailbox, known, lambda: advance(1))
    before = traffic.stored_hits()
    machines, rounds = traffic.gateway_requests(letters), traffic.reader_requests(letters, known)
    with show("Mail gateways look at every link", len(machines)) as advance:
        traffic.send_requests(machines, lambda: advance(1))
    _wait_until_settled(show)
    with show("Readers follow links", sum(map(len, rounds))) as advance:
        for requests in rounds:
            traffic.send_requests(requests, lambda: advance(1))
            time.sleep(traffic.ROUND_SECONDS)
    requested = len(machines) + sum(map(len, rounds))
    with show("What they did comes into the database", requested) as advance:
        done = 0

        def tick() -> None:
            nonlocal done
            stored = min(requested, traffic.stored_hits() - before)
            advance(stored - done)
            done = stored

        traffic.wait_for_hits(before + requested, tick)
        tick()


def _wait_until_settled(show: ShowProgress) -> None:
    """Let some time pass, as people do: who follows a link at once is taken for a gateway."""
    seconds = max(0.0, traffic.SETTLE_SECONDS - traffic.last_delivery_age())
    with show("Some time passes", round(seconds * 10)) as advance:
        for _ in range(round(seconds * 10)):
            time.sleep(0.1)
            advance(1)


def _send_ranking_issue(show: ShowProgress) -> None:
    with show("The year's ranking, approved and mailed", 2) as advance:
        with db.session_scope() as session:
            issue = ranking_issue.ensure_ranking_issue(session)
            sent = issue.state is IssueState.SENT
            if not sent:
                approve.approve(session, issue)
            issue_id = issue.id
        advance(1)
        if not sent:
            approve.wait_until_sent(issue_id)
        advance(1)
