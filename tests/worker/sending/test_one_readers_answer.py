"""One reader's or one office's own filter, in words that speak of us: the others get their letters all the same."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from models.deliveries import lane as lanes
from models.deliveries.delivery import DeliveryState
from models.deliveries.lane import Lane
from models.deliveries.letters import failed
from models.issues import issue as issues
from models.issues import workflow
from models.issues.issue_state import IssueState
from models.store import clock, db
from worker import sweep

from ..issue_sending import ChangeSettings, counts, make_issue, send, state_of, take_turns
from ..scripted_relay import ScriptedRelay, scripted_relay

pytestmark = pytest.mark.usefixtures("own_services")

ACCEPTED, DEFERRED, FAILED = DeliveryState.ACCEPTED, DeliveryState.DEFERRED, DeliveryState.FAILED


def lane() -> Lane:
    with db.session_scope() as session:
        return session.scalars(select(Lane).where(Lane.slug == "other")).one()


def go_on(issue: int) -> None:
    """What a sender does who sees that something has stopped: one press of a button."""
    with db.session_scope() as session:
        found = issues.get(session, issue, lock=True)
        if found.state is IssueState.PAUSED:
            workflow.resume(session, found, "test")
        lanes.resume(session, lanes.find(session, "other"), by="test")


def later(issue: int, hours: float) -> None:
    with clock.moved(timedelta(hours=hours)):
        sweep.sweep()
        take_turns(issue)


def nobody_twice(relay: ScriptedRelay, letters: int) -> bool:
    return len(relay.accepted) == len(set(relay.accepted)) == letters


@pytest.mark.parametrize(
    ("stage", "said"),
    [
        ("dot", b"554 5.7.1 Message rejected: sender is not verified, please confirm at https://x.example/"),
        ("dot", b"550 5.7.1 Your account is blocked by this user"),
        ("dot", b"530 5.7.1 Authentication required by this list"),
        ("data", b"550 5.7.1 Message refused by the user's policy"),
        ("dot", b"550 refused (a@b.example: 550 5.7.1 sending limit exceeded)"),
        ("rcpt", b"530 5.7.1 Authentication required to mail this list"),
        ("rcpt", b"535 not allowed"),
    ],
    ids=lambda one: f"case_c7-{one}" if isinstance(one, str) else "",
)
def test_a_reader_who_is_always_refused_stops_the_others_once_at_most(
    stage: str, said: bytes, change_settings: ChangeSettings
) -> None:
    def script(step: str, reader: str, _: int) -> bytes | None:
        return said + b"\r\n" if step == stage and reader.startswith("reader2@") else None

    with scripted_relay(script) as relay:
        change_settings(SMTP_URL=relay.url, CONNECTIONS="1")
        issue = make_issue(9)
        send(issue)
        go_on(issue)
        later(issue, 0.1)
        assert counts(issue) == {ACCEPTED: 8, DEFERRED: 1}
        assert lane().paused_at is None
        assert state_of(issue) is IssueState.SENDING
        later(issue, 96)
        later(issue, 120)
        assert counts(issue) == {ACCEPTED: 8, FAILED: 1}
        assert lane().paused_at is None
        assert state_of(issue) is IssueState.SENT
        assert nobody_twice(relay, 8)
    with db.session_scope() as session:
        assert [one.letters for one in failed.count_by_lane(session, issues.get(session, issue))] == [1]


def test_case_c7_the_last_letter_of_all_stops_its_lane_once_at_most(change_settings: ChangeSettings) -> None:
    """No other is left to compare it with."""

    def script(step: str, reader: str, _: int) -> bytes | None:
        return b"535 not allowed\r\n" if step == "dot" and reader.startswith("reader8@") else None

    with scripted_relay(script) as relay:
        change_settings(SMTP_URL=relay.url, CONNECTIONS="1")
        issue = make_issue(9)
        send(issue)
        go_on(issue)
        later(issue, 0.1)
        assert counts(issue) == {ACCEPTED: 8, DEFERRED: 1}
        assert lane().paused_at is None


def test_case_c7_a_quota_that_is_used_up_again_lets_the_lane_rest_again(change_settings: ChangeSettings) -> None:
    """That others were taken since the first rest does not make the quota the readers' matter."""
    quota = {"left": 10}

    def script(step: str, _: str, __: int) -> bytes | None:
        if step != "dot":
            return None
        quota["left"] -= 1
        return None if quota["left"] >= 0 else b"550 5.4.5 Daily user sending quota exceeded.\r\n"

    with scripted_relay(script) as relay:
        change_settings(SMTP_URL=relay.url, CONNECTIONS="1")
        issue = make_issue(30)
        send(issue)
        assert counts(issue)[ACCEPTED] == 10
        assert lane().resume_at is not None
        quota["left"] = 10
        later(issue, 1)
        assert counts(issue)[ACCEPTED] == 20
        assert lane().resume_at is not None
        quota["left"] = 100
        later(issue, 24)
        later(issue, 30)
        assert counts(issue) == {ACCEPTED: 30}
        assert nobody_twice(relay, 30)


def test_case_c7_one_offices_gateway_stops_no_lane(change_settings: ChangeSettings) -> None:
    """Ten readers of one domain are refused alike; the readers of other domains are not."""

    def script(step: str, reader: str, _: int) -> bytes | None:
        refused = step == "dot" and reader.endswith("@office.example")
        return b"550 5.7.1 Message rejected by content policy\r\n" if refused else None

    with scripted_relay(script) as relay:
        change_settings(SMTP_URL=relay.url, CONNECTIONS="1")
        issue = make_issue(40, domains=["a.example", "b.example", "office.example", "c.example"])
        send(issue)
        assert counts(issue) == {ACCEPTED: 30, DEFERRED: 10}
        assert lane().paused_at is None
        later(issue, 1)
        assert counts(issue) == {ACCEPTED: 30, FAILED: 10}
        assert lane().paused_at is None
        assert state_of(issue) is IssueState.SENT


def test_case_c7_readers_of_two_domains_refused_alike_stop_the_lane(change_settings: ChangeSettings) -> None:
    def script(step: str, reader: str, _: int) -> bytes | None:
        refused = step == "dot" and not reader.endswith("@a.example")
        return b"550 5.7.1 Message rejected for its reputation\r\n" if refused else None

    with scripted_relay(script) as relay:
        change_settings(SMTP_URL=relay.url, CONNECTIONS="1")
        issue = make_issue(40, domains=["a.example", "b.example", "office.example", "c.example"])
        send(issue)
        assert lane().paused_at is not None
        assert lane().resume_at is None
