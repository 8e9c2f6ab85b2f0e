"""Who is mailed no more: the dead, though no code says so, and nobody alive because a relay is set up wrongly."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from models.deliveries.delivery import DeliveryState
from models.issues import issue as issues
from models.issues import workflow
from models.issues.block import Prose
from models.issues.issue import Issue
from models.issues.newsletter import Newsletter
from models.readers import suppression
from models.store import clock, db

from ..issue_sending import ChangeSettings, counts, delivery_rows, make_issue, send
from ..scripted_relay import Script, scripted_relay

pytestmark = pytest.mark.usefixtures("own_services")

ACCEPTED, BOUNCED = DeliveryState.ACCEPTED, DeliveryState.BOUNCED
UNKNOWN_USER = b"550 5.1.1 <x@y.example>: Recipient address rejected: User unknown in local recipient table\r\n"


def refusing(whom: Callable[[str], bool], said: bytes = UNKNOWN_USER) -> Script:
    return lambda stage, reader, _: said if stage == "rcpt" and whom(reader) else None


def retired(issue: int) -> set[str]:
    with db.session_scope() as session:
        rows = delivery_rows(issue)
        return {row.address for row in rows if row.address and suppression.find(session, row.address)}


def next_issue() -> int:
    """Another issue of the same newsletter."""
    with db.session_scope() as session:
        home = session.scalars(select(Newsletter)).one()
        issue: Issue = issues.create(session, home, subject="次の号", blocks=(Prose(text="こんにちは。"),))
        workflow.submit(session, issue, "test")
        workflow.schedule(session, issue, clock.now(), "test")
        return issue.id


def test_case_c9_a_relay_that_knows_nobody_retires_nobody(change_settings: ChangeSettings) -> None:
    with scripted_relay(refusing(lambda _: True)) as relay:
        change_settings(SMTP_URL=relay.url, CONNECTIONS="1")
        issue = make_issue(8, domains=["a.example", "b.example"])
        send(issue)
        assert counts(issue) == {BOUNCED: 8}
        assert retired(issue) == set()


def test_case_c9_a_domain_of_which_nobody_is_known_is_not_retired_at_once(change_settings: ChangeSettings) -> None:
    """As where the relay takes the town's own domain for one of its own, whose mailboxes have moved elsewhere."""
    with scripted_relay(refusing(lambda reader: reader.endswith("@city.example"))) as relay:
        change_settings(SMTP_URL=relay.url, CONNECTIONS="1")
        issue = make_issue(40, domains=["city.example", "a.example", "b.example", "c.example"])
        send(issue)
        assert counts(issue) == {ACCEPTED: 30, BOUNCED: 10}
        assert retired(issue) == set()


def test_case_c9_some_of_a_domain_are_retired_at_once(change_settings: ChangeSettings) -> None:
    dead = {"reader0@city.example", "reader4@city.example", "reader8@city.example"}
    with scripted_relay(refusing(dead.__contains__)) as relay:
        change_settings(SMTP_URL=relay.url, CONNECTIONS="1")
        issue = make_issue(40, domains=["city.example", "a.example", "b.example", "c.example"])
        send(issue)
        assert retired(issue) == dead


@pytest.mark.parametrize(
    "said",
    [
        b"550 5.4.1 Recipient address rejected: Access denied. AS(201806281)\r\n",
        b"550 5.2.1 The email account that you tried to reach is disabled.\r\n",
        b"550 no\r\n",
        UNKNOWN_USER,
    ],
    ids=lambda said: f"case_c9-{said[4:9].decode().strip()}",
)
def test_a_reader_whom_three_issues_over_a_month_do_not_reach_is_retired(
    said: bytes, change_settings: ChangeSettings
) -> None:
    """Whatever the code, and though nobody of that domain is known."""
    with scripted_relay(refusing(lambda reader: reader.endswith("@gone.example"), said)) as relay:
        change_settings(SMTP_URL=relay.url, CONNECTIONS="1")
        issue = make_issue(16, domains=["gone.example", "a.example", "b.example", "c.example"])
        for days, expected in ((0, 0), (15, 0), (31, 4)):
            with clock.moved(timedelta(days=days)):
                issue = issue if days == 0 else next_issue()
                send(issue)
                assert counts(issue) == {ACCEPTED: 12, BOUNCED: 4}
                assert len(retired(issue)) == expected, days
        with clock.moved(timedelta(days=32)):
            issue = next_issue()
            send(issue)
            assert counts(issue) == {ACCEPTED: 12}


def test_case_c9_a_reader_who_was_reached_in_between_stays(change_settings: ChangeSettings) -> None:
    closed = {"now": True}
    said = b"550 5.2.1 This mailbox is disabled\r\n"
    with scripted_relay(refusing(lambda who: closed["now"] and who.startswith("reader3@"), said)) as relay:
        change_settings(SMTP_URL=relay.url, CONNECTIONS="1")
        issue = make_issue(8)
        for days in (0, 15, 31, 40, 50):
            closed["now"] = days != 31
            with clock.moved(timedelta(days=days)):
                issue = issue if days == 0 else next_issue()
                send(issue)
                assert counts(issue)[BOUNCED] == closed["now"]
                assert retired(issue) == set()


def test_case_c9_a_daily_newsletter_waits_a_month_too(change_settings: ChangeSettings) -> None:
    said = b"550 5.2.1 This mailbox is disabled\r\n"
    with scripted_relay(refusing(lambda who: who.startswith("reader3@"), said)) as relay:
        change_settings(SMTP_URL=relay.url, CONNECTIONS="1")
        issue = make_issue(8)
        for days in (0, 1, 2, 3, 4):
            with clock.moved(timedelta(days=days)):
                issue = issue if days == 0 else next_issue()
                send(issue)
                assert counts(issue)[BOUNCED] == 1
                assert retired(issue) == set()
