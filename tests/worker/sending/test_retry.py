"""What becomes of letters that a relay refuses, puts off or keeps silent about; the clock is moved, nothing else."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta

import pytest
from sqlalchemy import select

from models.deliveries import outcome
from models.deliveries.delivery import DeliveryState
from models.deliveries.lane import Lane
from models.issues.issue_state import IssueState
from models.readers import suppression
from models.readers.subscriber import Subscription, SubscriptionState
from models.readers.suppression import SuppressionReason
from models.staff.audit import AuditEntry
from models.store import clock, db
from worker import sweep

from ..issue_sending import (
    ChangeSettings,
    check_deliveries,
    counts,
    delivery_rows,
    make_issue,
    open_batches,
    send,
    smtp_server,
    state_of,
    take_turns,
    take_turns_later,
    url,
)
from ..smtp.faults import CLOSE, SILENCE, Faults, fault
from ..smtp.server import Server

pytestmark = pytest.mark.usefixtures("own_services")

MINUTE = timedelta(minutes=1)


def test_the_ladder(change_settings: ChangeSettings) -> None:
    """450 is tried again after 5, 15, 30 minutes, and 30 again (RETRY_MINUTES of these tests)."""
    asked: dict[str, int] = defaultdict(int)

    def answer(recipient: str) -> bytes:
        asked[recipient] += 1
        patience = {"reader0@town.example": 2, "reader1@town.example": 99}.get(recipient, 0)
        return b"450 4.2.0 greylisted\r\n" if asked[recipient] <= patience else b"250 2.1.5 Ok\r\n"

    with smtp_server(recipient_answers=answer) as server:
        change_settings(SMTP_URL=url(server), RETRY_GIVE_UP_HOURS="1.2")
        issue = make_issue(5)
        send(issue)
        assert counts(issue) == {DeliveryState.ACCEPTED: 3, DeliveryState.DEFERRED: 2}
        assert state_of(issue) is IssueState.SENDING
        first = delivery_rows(issue)[1].delivery.due_at
        assert first is not None
        assert timedelta(minutes=4.9) < first - clock.now() < timedelta(minutes=5.3)
        for minutes, tries in ((4, 1), (5.5, 2), (20, 2), (21, 3), (52, 4)):
            with clock.moved(minutes * MINUTE):
                take_turns(issue)
                assert asked["reader1@town.example"] == tries, minutes
        assert counts(issue) == {DeliveryState.ACCEPTED: 4, DeliveryState.DEFERRED: 1}
        with clock.moved(85 * MINUTE):
            take_turns(issue)
            assert counts(issue) == {DeliveryState.ACCEPTED: 4, DeliveryState.FAILED: 1}
        check_deliveries(issue, server)
    row = delivery_rows(issue)[1]
    assert (row.delivery.code, row.delivery.enhanced, row.answer) == (450, "4.2.0", "4.2.0 greylisted")
    assert (row.attempts, row.delivery.due_at) == (5, None)
    with db.session_scope() as session:
        tries = outcome.attempts(session, issue, row.delivery.subscriber_id)
    assert [(one.number, one.kind, one.stage, one.code) for one in tries] == [
        (number, "deferred", "rcpt", 450) for number in range(1, 6)
    ]
    assert state_of(issue) is IssueState.SENT


@pytest.mark.parametrize("stage", ["rcpt", "dot"])
def test_a_mailbox_that_is_not_there(stage: str, change_settings: ChangeSettings) -> None:
    """Bounced, the subscription ended, the address never mailed again."""
    with smtp_server(letters=[fault(**{stage: b"550 5.1.1 no such user"})]) as server:
        change_settings(SMTP_URL=url(server), CONNECTIONS="1")
        issue = make_issue(3)
        send(issue)
        assert check_deliveries(issue, server) == {DeliveryState.BOUNCED: 1, DeliveryState.ACCEPTED: 2}
    with db.session_scope() as session:
        ended = session.scalars(select(Subscription).where(Subscription.state == SubscriptionState.ENDED)).one()
        assert (ended.ended_reason, ended.subscriber.address) == ("bounced", "reader0@town.example")
        [kept] = suppression.find(session, "reader0@town.example")
        assert kept.reason is SuppressionReason.BOUNCED
        (tried,) = outcome.attempts(session, issue, ended.subscriber_id)
        assert (tried.kind, tried.stage, tried.enhanced) == ("bounced", stage, "5.1.1")
    assert state_of(issue) is IssueState.SENT


def test_nobody_is_given_up_while_one_of_two_codes_says_later(change_settings: ChangeSettings) -> None:
    answers = {
        "reader0@town.example": b"550 4.2.1 later, whatever my first digit says\r\n",
        "reader1@town.example": b"450 5.1.1 never, but my first digit says later\r\n",
        "reader2@town.example": b"552 5.2.2 full\r\n",
        "reader3@town.example": b"554 5.6.0 I do not like this message\r\n",
    }
    with smtp_server(recipient_answers=lambda who: answers.get(who, b"250 Ok\r\n")) as server:
        change_settings(SMTP_URL=url(server))
        issue = make_issue(4)
        send(issue)
        found = [row.state for row in delivery_rows(issue)]
        check_deliveries(issue, server)
    assert found == [DeliveryState.DEFERRED, DeliveryState.DEFERRED, DeliveryState.DEFERRED, DeliveryState.FAILED]
    with db.session_scope() as session:
        assert not suppression.find(session, "reader3@town.example")


def lane() -> Lane:
    with db.session_scope() as session:
        return session.scalars(select(Lane).where(Lane.slug == "other")).one()


def test_a_policy_stops_the_lane_and_condemns_nobody(change_settings: ChangeSettings) -> None:
    with smtp_server(letters=[fault(rcpt=b"550 5.7.1 blocked for bad reputation")] * 3) as server:
        change_settings(SMTP_URL=url(server), CONNECTIONS="1", WINDOW_SIZE="50")
        issue = make_issue(1000)
        send(issue)
        paused = lane()
        assert paused.paused_at is not None
        assert paused.pause_reason == "550 5.7.1 blocked for bad reputation"
        assert counts(issue)[DeliveryState.DEFERRED] == 3
        assert counts(issue)[DeliveryState.QUEUED] > 800, "the lane went on for longer than a window or two"
        with db.session_scope() as session:
            assert session.scalars(select(AuditEntry.action)).all().count("pause lane") == 1
            assert not suppression.find(session, "reader0@town.example")
        take_turns(issue)
        before = len(server.accepted)
        assert before == counts(issue)[DeliveryState.ACCEPTED]
        resume()
        take_turns_later(issue)
        assert counts(issue) == {DeliveryState.ACCEPTED: 997, DeliveryState.DEFERRED: 3}
        with clock.moved(20 * MINUTE):
            take_turns(issue)
        assert check_deliveries(issue, server) == {DeliveryState.ACCEPTED: 1000}


def resume() -> None:
    from models.deliveries import lane as lanes

    with db.session_scope() as session:
        lanes.resume(session, lanes.find(session, "other"), by="test")


def test_many_unknown_mailboxes_stop_the_lane(change_settings: ChangeSettings) -> None:
    """An old list, or a broken relay: before a provider notices, we do, and nobody is retired for it."""

    def answer(recipient: str) -> bytes:
        return b"550 5.1.1 nobody\r\n" if int(recipient[6:].split("@")[0]) % 5 == 0 else b"250 Ok\r\n"

    with smtp_server(recipient_answers=answer) as server:
        change_settings(SMTP_URL=url(server), WINDOW_SIZE="50")
        issue = make_issue(2000)
        send(issue)
        stopped = lane()
        assert "宛先不明" in stopped.pause_reason
        assert counts(issue)[DeliveryState.QUEUED] > 0
        resume()
        while open_batches(issue):
            resume()
            take_turns(issue)
        assert check_deliveries(issue, server) == {DeliveryState.ACCEPTED: 1600, DeliveryState.BOUNCED: 400}
    sweep.sweep()
    assert state_of(issue) is IssueState.SENT
    with db.session_scope() as session:
        assert not suppression.find(session, "reader0@town.example")


def unknowns(server: Server, issue: int) -> int:
    return check_deliveries(issue, server, unknown_at_most=10)[DeliveryState.UNKNOWN]


@pytest.mark.parametrize("accepted", [True, False])
def test_hung_up_after_the_dot(accepted: bool, change_settings: ChangeSettings) -> None:
    """Nobody can know: unknown, shown, and never sent again by itself."""
    with smtp_server(letters=[Faults({"dot": CLOSE}, accept=accepted)]) as server:
        change_settings(SMTP_URL=url(server), CONNECTIONS="1")
        issue = make_issue(10)
        send(issue)
        take_turns_later(issue)
        assert counts(issue) == {DeliveryState.ACCEPTED: 9, DeliveryState.UNKNOWN: 1}
        with clock.moved(timedelta(days=5)):
            take_turns(issue)
        assert unknowns(server, issue) == 1
        assert len(server.accepted) == 9 + accepted
    assert state_of(issue) is IssueState.SENT


@pytest.mark.parametrize("step", ["mail", "rcpt", "data"])
@pytest.mark.parametrize("said", [CLOSE, b"421 4.3.2 going down"], ids=["closes", "421"])
def test_hung_up_before_the_dot(step: str, said: bytes, change_settings: ChangeSettings) -> None:
    """Nothing happened: queued again, and sent."""
    with smtp_server(letters=[fault(**{step: said})]) as server:
        change_settings(SMTP_URL=url(server), CONNECTIONS="1")
        issue = make_issue(10)
        send(issue)
        take_turns_later(issue)
        assert counts(issue) == {DeliveryState.ACCEPTED: 10}
        assert unknowns(server, issue) == 0


def test_a_letter_that_always_ends_the_connection_is_put_off_and_the_others_go_out(
    change_settings: ChangeSettings,
) -> None:
    def answer(recipient: str) -> bytes:
        return CLOSE if recipient == "reader3@town.example" else b"250 Ok\r\n"

    with smtp_server(recipient_answers=answer) as server:
        change_settings(SMTP_URL=url(server), CONNECTIONS="1")
        issue = make_issue(10)
        send(issue)
        take_turns_later(issue, 5)
        assert counts(issue) == {DeliveryState.ACCEPTED: 9, DeliveryState.DEFERRED: 1}
        check_deliveries(issue, server)


def test_silence_after_the_dot(change_settings: ChangeSettings) -> None:
    with smtp_server(letters=[fault(dot=SILENCE)]) as server:
        change_settings(SMTP_URL=url(server), CONNECTIONS="1", SMTP_TIMEOUT_SECONDS="0.4")
        issue = make_issue(5)
        send(issue)
        take_turns_later(issue)
        assert counts(issue) == {DeliveryState.ACCEPTED: 4, DeliveryState.UNKNOWN: 1}


@pytest.mark.parametrize(
    "greeting",
    [b"HTTP/1.1 400 Bad Request", b"220", b"\xff\xfe\x00", b"554 5.7.1 no service here", SILENCE, CLOSE],
    ids=["http", "bare", "bytes", "refuses", "silent", "closes"],
)
def test_a_relay_that_is_none(greeting: bytes, change_settings: ChangeSettings) -> None:
    """Letters wait, and go out once it is one."""
    with smtp_server(connections=[fault(connect=greeting)] * 2) as server:
        change_settings(SMTP_URL=url(server), CONNECTIONS="1", SMTP_TIMEOUT_SECONDS="0.4")
        issue = make_issue(5)
        send(issue)
        take_turns_later(issue, 4)
        assert check_deliveries(issue, server) == {DeliveryState.ACCEPTED: 5}
