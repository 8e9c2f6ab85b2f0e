"""What a relay says about us and not about a reader: letters wait, the smallest thing that helps stops and says why."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import chain, repeat

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from models.deliveries import certificate, outcome, progress
from models.deliveries import lane as lanes
from models.deliveries.delivery import DeliveryState
from models.deliveries.lane import Lane
from models.deliveries.letters import failed
from models.issues import issue as issues
from models.issues import workflow
from models.issues.issue import Issue
from models.issues.issue_state import IssueState
from models.readers import suppression
from models.staff.audit import AuditEntry
from models.store import clock, db
from models.store.errors import Invalid, WrongState
from ops.cli import kairan
from worker import sweep
from worker.sending import deliver

from ..issue_sending import (
    ChangeSettings,
    check_deliveries,
    counts,
    delivery_rows,
    issue_of,
    make_issue,
    send,
    smtp_server,
    state_of,
    take_turns,
    take_turns_later,
    url,
)
from ..smtp.faults import Faults, fault
from ..smtp.server import OFFERED, Server

pytestmark = pytest.mark.usefixtures("own_services")

ACCEPTED, QUEUED, DEFERRED = DeliveryState.ACCEPTED, DeliveryState.QUEUED, DeliveryState.DEFERRED
BOUNCED, FAILED = DeliveryState.BOUNCED, DeliveryState.FAILED


def switch(**said: bytes) -> tuple[Iterator[Faults], dict[str, bool]]:
    """Letters that are refused until ``refusing["now"]`` is False."""
    refusing, wrong, right = {"now": True}, fault(**said), fault()
    return (wrong if refusing["now"] else right for _ in repeat(None)), refusing


def lane(slug: str = "other") -> Lane:
    with db.session_scope() as session:
        return session.scalars(select(Lane).where(Lane.slug == slug)).one()


def open_letters(issue: int) -> int:
    found = counts(issue)
    return found[QUEUED] + found[DEFERRED]


def resume_issue(issue: int) -> None:
    with db.session_scope() as session:
        workflow.resume(session, issues.get(session, issue, lock=True), "test")


def sums_to_zero(issue: int) -> bool:
    with db.session_scope() as session:
        return certificate.compute(session, issues.get(session, issue)).difference == 0


def run(*words: str) -> Result:
    result = CliRunner().invoke(kairan, words)
    assert result.exit_code == 0, f"{result.output}\n{result.exception!r}"
    return result


def finishes(issue: int, server: Server, readers: int) -> None:
    """After what was wrong is mended, everybody gets the letter once."""
    take_turns_later(issue)
    with clock.moved(timedelta(hours=5)):
        sweep.sweep()
        take_turns(issue)
    assert check_deliveries(issue, server) == {ACCEPTED: readers}
    assert state_of(issue) is IssueState.SENT
    assert sums_to_zero(issue)


def test_case_c1_a_letter_larger_than_the_relay_takes_stops_the_issue(change_settings: ChangeSettings) -> None:
    small = tuple("SIZE 5000" if one.startswith("SIZE") else one for one in OFFERED)
    with smtp_server(offered=small) as server:
        change_settings(SMTP_URL=url(server))
        issue = make_issue(8)
        send(issue)
        assert counts(issue) == {QUEUED: 8}
        assert not [line for line in server.commands if line[:4] in (b"MAIL", b"RCPT")]
        assert state_of(issue) is IssueState.PAUSED
        assert "more than the 5000 that the relay takes" in issue_of(issue).trouble
        server.offered = OFFERED
        deliver.close_sender()
        resume_issue(issue)
        assert issue_of(issue).trouble == ""
        finishes(issue, server, 8)


@pytest.mark.parametrize(
    ("stage", "said"),
    [
        ("dot", b"550 5.4.5 Daily user sending quota exceeded."),
        ("dot", b"550 5.1.90 Your message can't be sent because you've reached your daily limit for recipients"),
        ("dot", b"454 Throttling failure: Daily message quota exceeded."),
        ("mail", b"550 5.7.1 You have exceeded your hourly sending limit"),
        ("mail", b"452 4.5.3 Your plan's monthly quota is used up"),
        ("data", b"554 too many messages from you this hour"),
    ],
    ids=["case_c2", "case_c5", "case_c2-ses", "case_c2-mail", "case_c2-plan", "case_c2-data"],
)
def test_a_quota_of_ours_lets_the_lane_rest(stage: str, said: bytes, change_settings: ChangeSettings) -> None:
    letters, refusing = switch(**{stage: said})
    with smtp_server(letters=letters) as server:
        change_settings(SMTP_URL=url(server))
        issue = make_issue(9)
        send(issue)
        assert counts(issue) == {QUEUED: 9}
        resting = lane()
        assert resting.paused_at is not None
        assert resting.resume_at is not None
        assert timedelta(minutes=14) < resting.resume_at - clock.now() <= timedelta(minutes=15)
        assert said[4:].decode() in resting.pause_reason
        sweep.sweep()
        assert lane().paused_at is not None, "before its time"
        refusing["now"] = False
        finishes(issue, server, 9)
    assert lane().paused_at is None


def test_case_c2_each_rest_in_a_row_is_longer(change_settings: ChangeSettings) -> None:
    with smtp_server(letters=repeat(fault(dot=b"550 5.4.5 Daily user sending quota exceeded."))) as server:
        change_settings(SMTP_URL=url(server))
        issue = make_issue(9)
        send(issue)
        lengths, later = [], timedelta(0)
        for _ in range(3):
            resting = lane()
            assert resting.paused_at is not None
            assert resting.resume_at is not None
            lengths.append((resting.resume_at - resting.paused_at).total_seconds() / 60)
            later = resting.resume_at - clock.now() + timedelta(seconds=10)
            with clock.moved(later):
                sweep.sweep()
                assert lane().paused_at is None
                take_turns(issue)
        assert [round(length) for length in lengths] == [15, 30, 60]
        assert counts(issue) == {QUEUED: 9}


@pytest.mark.parametrize(
    ("stage", "said"),
    [
        ("dot", b"554 Message rejected: Email address is not verified."),
        ("mail", b"550 5.1.8 <news@city.example.jp>: Sender address rejected: Domain not found"),
        ("mail", b"553 5.7.1 <news@city.example.jp>: Sender address rejected: not owned by user kairan"),
        ("mail", b"553 news.example does not exist"),
        ("dot", b"554 5.2.252 SendAsDenied; kairan@example.jp not allowed to send as news@city.example.jp"),
        ("mail", b"552 5.3.4 Message size exceeds fixed limit"),
    ],
    ids=["case_c3", "case_c4", "case_c4-login", "case_c4-softbank", "case_c3-send-as", "case_c1-at-mail"],
)
def test_a_refusal_of_our_sender_stops_the_issue(stage: str, said: bytes, change_settings: ChangeSettings) -> None:
    letters, refusing = switch(**{stage: said})
    with smtp_server(letters=letters) as server:
        change_settings(SMTP_URL=url(server))
        issue = make_issue(9)
        send(issue)
        assert counts(issue) == {QUEUED: 9}
        assert state_of(issue) is IssueState.PAUSED
        assert said[4:].decode() in issue_of(issue).trouble
        assert lane().paused_at is None, "issues with another sender go on"
        refusing["now"] = False
        resume_issue(issue)
        finishes(issue, server, 9)


def test_case_c6_a_rate_under_the_code_of_an_unknown_user_is_no_bounce(change_settings: ChangeSettings) -> None:
    said = fault(rcpt=b"550 5.1.1 192.0.2.25 has sent to too many recipients this hour")
    with smtp_server(letters=[said]) as server:
        change_settings(SMTP_URL=url(server))
        issue = make_issue(7)
        send(issue)
        assert counts(issue) == {ACCEPTED: 6, DEFERRED: 1}
        assert lane().paused_at is None
        finishes(issue, server, 7)
    with db.session_scope() as session:
        assert not [row for row in delivery_rows(issue) if suppression.find(session, row.address or "")]


def test_case_c6_several_readers_told_so_let_the_lane_rest(change_settings: ChangeSettings) -> None:
    letters, refusing = switch(rcpt=b"550 5.1.1 192.0.2.25 has sent to too many recipients this hour")
    with smtp_server(letters=letters) as server:
        change_settings(SMTP_URL=url(server), CONNECTIONS="1")
        issue = make_issue(9)
        send(issue)
        assert open_letters(issue) == 9
        assert lane().resume_at is not None
        refusing["now"] = False
        finishes(issue, server, 9)


def only(reader: str, said: bytes) -> Callable[[str], bytes]:
    return lambda who: said + b"\r\n" if who.startswith(f"{reader}@") else b"250 2.1.5 Ok\r\n"


@pytest.mark.parametrize(
    ("said", "state"),
    [
        (b"550 5.7.1 RESOLVER.RST.NotAuthorized; not authorized", FAILED),
        (b"550 5.7.1 <x>: Recipient address rejected: refused by policy", DEFERRED),
        (b"554 5.1.8 Sender address rejected: Domain not found", DEFERRED),
    ],
    ids=["case_c7", "case_c7-policy", "case_c7-sender"],
)
def test_one_readers_refusal_stops_no_lane(said: bytes, state: DeliveryState, change_settings: ChangeSettings) -> None:
    with smtp_server(recipient_answers=only("reader3", said)) as server:
        change_settings(SMTP_URL=url(server))
        issue = make_issue(9)
        send(issue)
        assert check_deliveries(issue, server) == {ACCEPTED: 8, state: 1}
        assert lane().paused_at is None
        take_turns_later(issue)
        with clock.moved(timedelta(hours=1)):
            take_turns(issue)
            assert lane().paused_at is None
    assert counts(issue) == {ACCEPTED: 8, FAILED: 1}
    assert state_of(issue) is IssueState.SENT


@pytest.mark.parametrize(
    ("stage", "refused"), [("rcpt", 9), ("dot", 9), ("mail", 1), ("data", 1)], ids=lambda one: f"case_c7-{one}"
)
def test_several_readers_or_mail_or_data_refused_stop_the_lane(
    stage: str, refused: int, change_settings: ChangeSettings
) -> None:
    said = b"550 5.7.1 Service unavailable; client host blocked for its reputation"
    with smtp_server(letters=chain([fault(**{stage: said})] * refused, repeat(fault()))) as server:
        change_settings(SMTP_URL=url(server), CONNECTIONS="1")
        issue = make_issue(9)
        send(issue)
        stopped = lane()
        assert stopped.paused_at is not None
        assert stopped.resume_at is None
        assert "reputation" in stopped.pause_reason
        assert open_letters(issue) == 9
        with db.session_scope() as session:
            lanes.resume(session, lanes.find(session, "other"), by="test")
        with clock.moved(timedelta(minutes=10)):
            sweep.sweep()
            take_turns(issue)


def test_case_c7_a_refusal_of_all_for_no_known_reason_stops_before_all_have_failed(
    change_settings: ChangeSettings,
) -> None:
    with smtp_server(letters=repeat(fault(dot=b"554 transaction failed"))) as server:
        change_settings(SMTP_URL=url(server), CONNECTIONS="1")
        issue = make_issue(9)
        send(issue)
        assert counts(issue)[FAILED] < 6
        assert counts(issue)[QUEUED] > 3
        assert lane().resume_at is not None


@pytest.mark.parametrize(
    ("domain", "words"),
    [("docomo.ne.jp", b"550 Unknown user reader0@docomo.ne.jp"), ("ezweb.ne.jp", b"550 : User unknown")],
    ids=["case_c8-docomo", "case_c8-au"],
)
def test_a_carriers_filter_is_no_unknown_user(domain: str, words: bytes, change_settings: ChangeSettings) -> None:
    with smtp_server(letters=[fault(dot=words)]) as server:
        change_settings(SMTP_URL=url(server), CONNECTIONS="1")
        issue = make_issue(7, domains=[domain])
        send(issue)
        assert check_deliveries(issue, server) == {ACCEPTED: 6, FAILED: 1}
        with db.session_scope() as session:
            assert not suppression.find(session, f"reader0@{domain}")
            (tried,) = outcome.attempts(session, issue, delivery_rows(issue)[0].delivery.subscriber_id)
        assert tried.kind == "filtered"
    assert state_of(issue) is IssueState.SENT


@pytest.mark.parametrize(
    ("domain", "stage", "words"),
    [
        ("docomo.ne.jp", "rcpt", b"550 Unknown user reader0@docomo.ne.jp"),
        ("ezweb.ne.jp", "rcpt", b"550 <reader0@ezweb.ne.jp>: User unknown"),
        ("i.softbank.jp", "rcpt", b"550 Invalid recipient: <reader0@i.softbank.jp>"),
        ("yahoo.co.jp", "dot", b"554 delivery error: dd This user doesn't have a yahoo.co.jp account (reader0) [-5]"),
    ],
    ids=["case_c9-docomo", "case_c9-au", "case_c9-softbank", "case_c9-yahoo"],
)
def test_dead_addresses_at_carriers_are_retired(
    domain: str, stage: str, words: bytes, change_settings: ChangeSettings
) -> None:
    with smtp_server(letters=[fault(**{stage: words})]) as server:
        change_settings(SMTP_URL=url(server), CONNECTIONS="1")
        issue = make_issue(7, domains=[domain])
        send(issue)
        assert check_deliveries(issue, server) == {ACCEPTED: 6, BOUNCED: 1}
    with db.session_scope() as session:
        assert [row.address for row in delivery_rows(issue) if suppression.find(session, row.address or "")] == [
            f"reader0@{domain}"
        ]


def test_case_c9_a_closed_mailbox_is_not_retired(change_settings: ChangeSettings) -> None:
    with smtp_server(letters=[fault(rcpt=b"550 This mailbox has been disabled")]) as server:
        change_settings(SMTP_URL=url(server), CONNECTIONS="1")
        issue = make_issue(7)
        send(issue)
        assert counts(issue)[BOUNCED] == 1
    with db.session_scope() as session:
        assert not suppression.find(session, "reader0@town.example")


def test_case_c2_progress_says_when_a_lane_goes_on(change_settings: ChangeSettings) -> None:
    with smtp_server(letters=repeat(fault(dot=b"550 5.4.5 Daily user sending quota exceeded."))) as server:
        change_settings(SMTP_URL=url(server))
        issue = make_issue(7)
        send(issue)
        with db.session_scope() as session:
            (stopped,) = progress.read(session, issues.get(session, issue)).stopped_lanes
    assert (stopped.slug, stopped.resume_at) == ("other", lane().resume_at)


def failed_letters(issue: int) -> dict[str, int]:
    with db.session_scope() as session:
        return {one.slug: one.letters for one in failed.count_by_lane(session, issues.get(session, issue))}


def test_case_c10_failed_letters_are_sent_again_and_nobody_gets_two(change_settings: ChangeSettings) -> None:
    """By lane, then all; what failed by the reader's own filter stays."""
    broken = {"now": True}

    def answer(who: str) -> bytes:
        number = int(who[6:].split("@")[0])
        if number in (4, 5):
            return b"550 5.7.1 RESOLVER.RST.NotAuthorized; not authorized\r\n"
        return b"554 5.3.5 local configuration error\r\n" if broken["now"] and number < 4 else b"250 Ok\r\n"

    with smtp_server(recipient_answers=answer) as server:
        change_settings(SMTP_URL=url(server), CONNECTIONS="1")
        issue = make_issue(9, domains=["docomo.ne.jp", "town.example"])
        send(issue)
        assert counts(issue) == {ACCEPTED: 3, FAILED: 6}
        assert state_of(issue) is IssueState.SENT
        assert failed_letters(issue) == {"docomo": 2, "other": 2}
        assert json.loads(run("issue", "retry", str(issue), "--json").output.splitlines()[0])["letters"] == 2
        broken["now"] = False
        assert "2 letters" in run("issue", "retry", str(issue), "--lane", "docomo").output
        take_turns(issue)
        assert failed_letters(issue) == {"other": 2}
        assert "2 letters" in run("issue", "retry", str(issue), "--all", "--note", "mended").output
        take_turns(issue)
        assert failed_letters(issue) == {}
        again = CliRunner().invoke(kairan, ["issue", "retry", str(issue), "--all"])
        assert isinstance(again.exception, Invalid)
        take_turns(issue)
        assert check_deliveries(issue, server) == {ACCEPTED: 7, FAILED: 2}
    assert sums_to_zero(issue)
    with db.session_scope() as session:
        assert list(session.scalars(select(AuditEntry.action))).count("retry failed letters") == 2


def test_case_c10_a_letter_sent_again_is_put_off_like_a_new_one(change_settings: ChangeSettings) -> None:
    """Its former tries do not count, though the first is longer ago than letters are tried for."""
    said = {"now": b"554 5.3.5 local configuration error\r\n"}

    def answer(who: str) -> bytes:
        return said["now"] if who.startswith("reader0") else b"250 Ok\r\n"

    with smtp_server(recipient_answers=answer) as server:
        change_settings(SMTP_URL=url(server), CONNECTIONS="1", RETRY_GIVE_UP_HOURS="1")
        issue = make_issue(7)
        send(issue)
        assert counts(issue) == {ACCEPTED: 6, FAILED: 1}
        with clock.moved(timedelta(hours=9)):
            said["now"] = b"450 4.2.0 greylisted\r\n"
            run("issue", "retry", str(issue), "--all")
            take_turns(issue)
            assert counts(issue) == {ACCEPTED: 6, DEFERRED: 1}
        said["now"] = b"250 Ok\r\n"
        with clock.moved(timedelta(hours=9, minutes=20)):
            take_turns(issue)
        assert check_deliveries(issue, server) == {ACCEPTED: 7}


def test_case_c10_a_cancelled_issue_is_not_sent_again(change_settings: ChangeSettings) -> None:
    with smtp_server(recipient_answers=only("reader0", b"554 5.3.5 local configuration error")) as server:
        change_settings(SMTP_URL=url(server), CONNECTIONS="1")
        issue = make_issue(7)
        send(issue)
    with db.session_scope() as session:
        session.get_one(Issue, issue).state = IssueState.CANCELLED
    said = CliRunner().invoke(kairan, ["issue", "retry", str(issue), "--all"])
    assert isinstance(said.exception, WrongState)
