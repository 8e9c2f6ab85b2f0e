"""Why letters wait, in words that whoever sends an issue understands, beside what the relay said."""

from __future__ import annotations

import html

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from models.deliveries import lane as lanes
from models.deliveries import progress
from models.deliveries.delivery import Attempt, Batch, BatchState, Delivery, DeliveryState
from models.issues import issue as issues
from models.issues.block import Prose
from models.issues.issue import Issue
from models.issues.issue_state import IssueState
from models.staff.permission import Role
from models.store import broker, db
from tests.sample import make_newsletter, make_reader

from ..staff_login import log_in_as, make_staff

QUOTA, SENDER, LOGIN = "一定時間に受け付ける通数", "差出人アドレスまたは送信アカウント", "ログインできません"
LETTER, RULE, LIST = "大きすぎるか形式が合わない", "規則や拒否リスト", "名簿が古いか"


def make_issue(session: Session, state: IssueState, trouble: str = "") -> Issue:
    make_staff(session)
    issue: Issue = issues.create(session, make_newsletter(session), subject="号", blocks=(Prose(text="こんにちは。"),))
    issue.state, issue.trouble = state, trouble
    return issue


def add_letters(session: Session, issue: Issue, count: int, code: int, enhanced: str, answer: str) -> None:
    lane = lanes.find(session, "other")
    batch = Batch(issue_id=issue.id, lane_id=lane.id, number=1, size=count, state=BatchState.OPEN)
    session.add(batch)
    session.flush()
    for number in range(count):
        reader = make_reader(session, issue.newsletter, f"reader{number}@town.example")
        said = {"issue_id": issue.id, "subscriber_id": reader.id, "code": code, "enhanced": enhanced, "answer": answer}
        session.add(Delivery(**said, batch_id=batch.id, edition=1, lane_id=lane.id, state=DeliveryState.DEFERRED,
                             attempts=1))  # fmt: skip
        session.add(Attempt(**said, number=1, kind="deferred", stage="dot"))


REASONS = {
    "550 5.4.5 Daily user sending quota exceeded": QUOTA,
    "454 Throttling failure: Daily message quota exceeded.": QUOTA,
    "554 Message rejected: Email address is not verified.": SENDER,
    "550 5.1.8 <a@news.example>: Sender address rejected: Domain not found": SENDER,
    "553 5.7.1 <a@news.example>: Sender address rejected: not owned by user kairan": SENDER,
    "535 5.7.8 Authentication failed": LOGIN,
    "530 5.7.0 Must issue a STARTTLS command first": LOGIN,
    "552 5.3.4 Message size exceeds fixed limit": LETTER,
    "554 5.7.1 Service unavailable; Client host [192.0.2.25] blocked using zen.spamhaus.org": RULE,
    "71 of the last 200 letters came back: no such mailbox": LIST,
    "直近の1,200通のうち171通が、宛先不明で戻りました": LIST,
    # What staff have typed themselves is not explained.
    "休ませます": "",
    "550": "",
    "5.1.1 no": "",
}


def test_case_c2_a_stopped_lane_says_why_in_plain_words(client: FlaskClient) -> None:
    with db.session_scope() as session:
        issue = make_issue(session, IssueState.SENDING)
        add_letters(session, issue, 1, 450, "4.7.1", "later")
        lanes.pause(session, lanes.find(session, "other").id, "", by="relay")
        number = issue.id
    log_in_as(client, Role.SENDER)
    for said, words in REASONS.items():
        with db.session_scope() as session:
            lanes.find(session, "other").pause_reason = said
        shown = client.get(f"/staff/issues/{number}/progress").text
        assert html.escape(said, quote=False).rpartition(" ")[2] in shown, said
        assert [one for one in (QUOTA, SENDER, LOGIN, LETTER, RULE, LIST) if one in shown] == [words] * bool(words), (
            said
        )


def test_case_c3_a_stopped_issue_says_why_on_both_pages(client: FlaskClient) -> None:
    with db.session_scope() as session:
        said = "554 Message rejected: Email address is not verified."
        issue = make_issue(session, IssueState.PAUSED, said)
        add_letters(session, issue, 1, 450, "4.7.1", "later")
        number = issue.id
    log_in_as(client, Role.SENDER)
    for page in (f"/staff/issues/{number}/progress", f"/staff/issues/{number}"):
        shown = client.get(page).text
        assert SENDER in shown, page
        assert "Email address is not verified" in shown, page


def test_case_c2_letters_that_wait_say_what_was_answered(client: FlaskClient) -> None:
    with db.session_scope() as session:
        issue = make_issue(session, IssueState.SENDING)
        add_letters(session, issue, 3, 451, "", "Maximum credits exceeded <script>")
        number = issue.id
    log_in_as(client, Role.SENDER)
    shown = client.get(f"/staff/issues/{number}/progress").text
    assert "3通" in shown
    assert "451 Maximum credits exceeded &lt;script&gt;" in shown


def test_case_c3_a_relay_that_refuses_our_login_says_so(client: FlaskClient) -> None:
    with db.session_scope() as session:
        number = make_issue(session, IssueState.SENDING).id
    progress.add_relay_error(broker.client(), "mail.example:587", "535 5.7.8 the relay refused our login: expired")
    log_in_as(client, Role.SENDER)
    assert LOGIN in client.get(f"/staff/issues/{number}/progress").text
