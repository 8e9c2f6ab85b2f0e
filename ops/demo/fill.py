"""Filling an empty installation: each stage finds what is done already, so that a demo that was cut short goes on."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta
from typing import Protocol

from sqlalchemy import func, select

from models.issues import newsletter as newsletters
from models.issues.newsletter import Newsletter
from models.mailbox import Mailbox
from models.store import clock, db
from web import consent_text
from web.app import create_app

from . import circulation, mailing, past, past_sums, present, ranking_issue, seed, state, traffic, year
from .state import DemoState

Advance = Callable[[int], None]


class ShowProgress(Protocol):
    """Shows how far a stage is: a label, and how many steps it has."""

    def __call__(self, label: str, steps: int) -> AbstractContextManager[Advance]:
        """A context that hands out a function to call with the number of steps done."""
        ...


READERS = 300
LAST_READ = timedelta(minutes=5)
"""So long ago the last reader of the past has read: what comes later is live."""


def fill(show: ShowProgress, readers: int = READERS) -> DemoState | None:
    """Fill the database, beside the running worker, mail catcher and web server; takes a minute or two.

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
    mailbox = mailing.caught_letters()
    progress.today = progress.today or clock.today().isoformat()
    progress.save()
    today = date.fromisoformat(progress.today)
    if not progress.seeded:
        with past.uninterrupted():  # done twice, the audit log would go back to the first day
            _seed(progress, show, today)
            progress.seeded = True
            progress.save()
    _live_through_year(show, today, readers)
    ranked_at = ranking_issue.drawn_at(today)
    if not progress.read:
        _read_letters(mailbox, show, year.first_moment(today), ranked_at)
        progress.read = True
        progress.save()
    with show("The year's ranking, approved and mailed", 1), past.uninterrupted(), db.session_scope() as session:
        ranking_issue.mail(session, today)
    if not progress.ranking_read:
        _read_letters(mailbox, show, ranked_at, clock.now() - LAST_READ)
        progress.ranking_read = True
        progress.save()
    with show("Sums for reports", 1), db.session_scope() as session:
        past_sums.recount(session)
    _prepare_present(show)
    progress.finished = True
    progress.save()
    return progress


def _has_data() -> bool:
    with db.session_scope() as session:
        return bool(session.scalar(select(func.count()).select_from(Newsletter)))


def _seed(progress: DemoState, show: ShowProgress, today: date) -> None:
    files = seed.articles()
    with show("Newsletter, staff, articles", len(files) + 1) as advance, past.at(year.first_moment(today)):
        with db.session_scope() as session:
            seed.ensure_newsletter(session)
            seed.ensure_staff(session, progress)
        advance(1)
        for file in files:
            with db.session_scope() as session:
                seed.ensure_article(session, file, today)
            advance(1)


def _live_through_year(show: ShowProgress, today: date, readers: int) -> None:
    addresses, agreed = circulation.addresses(readers), _form_text()
    numbers = range(1, len(seed.issues()) + 1)
    with show("Twelve months: readers come, issues go out", len(numbers)) as advance:
        for number in numbers:
            year.live_month(number, today, addresses, agreed)
            advance(1)


def _form_text() -> str:
    """What the sign-up form asks readers to agree to."""
    with db.session_scope() as session, create_app().test_request_context("/", headers={"Accept-Language": "ja"}):
        return consent_text.full_text(newsletters.find(session, seed.SLUG))


def _read_letters(mailbox: Mailbox, show: ShowProgress, since: datetime, until: datetime) -> None:
    """Let the readers open their letters and follow links, from *since* on and before *until*."""
    with db.session_scope() as session:
        known = traffic.issue_contents(session, since)
    letters: list[traffic.CaughtCopy] = []
    with show("Readers open their letters", len(mailbox.entries())) as advance:
        letters += traffic.copies(mailbox, known, lambda: advance(1))
    before = traffic.stored_hits()
    requests = traffic.requests(letters, known, since, until)
    with show("They follow links, some by a gateway", len(requests)) as advance:
        traffic.send_requests(requests, lambda: advance(1))
    with show("What they did comes into the database", len(requests)) as advance:
        done = 0

        def tick() -> None:
            nonlocal done
            stored = min(len(requests), traffic.stored_hits() - before)
            advance(stored - done)
            done = stored

        traffic.wait_for_hits(before + len(requests), tick)
        tick()


def _prepare_present(show: ShowProgress) -> None:
    with show("What waits today", 2) as advance:
        with db.session_scope() as session:
            present.ensure_slot(session)
        advance(1)
        with db.session_scope() as session:
            present.ensure_waiting(session)
        advance(1)
