"""Complaints come in while an issue goes out: staff are warned, it pauses by itself, and goes on when they say so."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from models.deliveries import lease
from models.deliveries.delivery import Batch
from models.issues import issue as issues
from models.issues import workflow
from models.issues.issue_state import IssueState
from models.issues.notifications.notification import Notification, NotificationKind
from models.outbox.transactional import TransactionalLetter
from models.staff import member as members
from models.staff.audit import AuditEntry
from models.staff.permission import Role
from models.store import db
from worker import sweep

from ..issue_sending import ChangeSettings, issue_of, make_issue, running_worker, smtp_server, state_of, url, wait_for
from . import report_writer as writer
from .intake import DOMAIN, daemon, hand_over, wait_judged

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("own_services")]

READERS = 4000
STAFF = "haishin@example.jp"


def audited() -> list[str]:
    with db.session_scope() as session:
        wanted = AuditEntry.action.in_(["warn of complaints", "pause issue", "resume issue"])
        return list(session.scalars(select(AuditEntry.action).where(wanted).order_by(AuditEntry.number)))


def held(issue: int) -> bool:
    with db.session_scope() as session:
        query = select(Batch.id).where(Batch.issue_id == issue, Batch.worker.is_not(None))
        return session.scalar(query.limit(1)) is not None


def set_speed(issue: int, rate: float | None) -> None:
    with db.session_scope() as session:
        issues.get(session, issue, lock=True).rate = rate


def test_an_issue_pauses_in_the_middle_and_goes_on(change_settings: ChangeSettings, tmp_path: Path) -> None:
    with smtp_server() as server:
        change_settings(SMTP_URL=url(server), RETURN_DOMAIN=DOMAIN, CONNECTIONS="2", WINDOW_SIZE="100")
        issue = make_issue(READERS)
        set_speed(issue, 1000)
        with db.session_scope() as session:
            members.create(session, STAFF, "配信 担当", {Role.SENDER})
        with running_worker(tmp_path, "worker", beat=False) as worker, daemon(tmp_path, RETURN_DOMAIN=DOMAIN) as intake:
            child, port = intake
            sweep.sweep()
            wait_for(lambda: len(server.accepted) > 2600, worker=worker)
            set_speed(issue, 10)
            complaining = iter(list(server.accepted))

            def complain(count: int) -> None:
                for _ in range(count):
                    letter = next(complaining)
                    assert hand_over(port, writer.complaint(letter.data, letter.recipient, to=letter.sender),
                                     letter.sender) == {}  # fmt: skip

            complain(5)
            wait_judged(5, child)
            assert (audited(), state_of(issue)) == (["warn of complaints"], IssueState.SENDING)
            complain(15)
            wait_judged(20, child)
            assert (audited(), state_of(issue)) == (["warn of complaints", "pause issue"], IssueState.PAUSED)
            assert "迷惑メール" in issue_of(issue).trouble
            wait_for(lambda: not held(issue), worker=worker)
            stopped = len(server.accepted)
            assert stopped < READERS - 500, "it is in the middle"
            sweep.sweep()
            with db.session_scope() as session:
                assert lease.next_due(session, issue_id=issue) == [], "nobody takes it up"
            # One letter to staff, and the bell has what is so now: that it has stopped.
            sweep.post_notifications()
            sweep.sweep()
            wait_for(lambda: any(one.recipient == STAFF for one in server.accepted), worker=worker)
            sweep.post_notifications()
            with db.session_scope() as session:
                assert len(session.scalars(select(TransactionalLetter.id)).all()) == 1
                waiting = session.scalars(select(Notification.kind).where(Notification.ended_at.is_(None)))
                assert list(waiting) == [NotificationKind.ISSUE_STOPPED]
            complain(2)
            wait_judged(22, child)
            assert len(server.accepted) == stopped + 1, "not another letter has left"
            # Staff go on in the ordinary way, and what they know of does not pause it again.
            set_speed(issue, None)
            with db.session_scope() as session:
                workflow.resume(session, issues.get(session, issue, lock=True), "test")
            complain(2)
            wait_judged(24, child)
            wait_for(lambda: not held(issue) and len(server.accepted) >= READERS - 30, worker=worker)
            sweep.sweep()
            wait_for(lambda: state_of(issue) is IssueState.SENT, worker=worker)
        assert audited() == ["warn of complaints", "pause issue", "resume issue"]
        assert len({one.recipient for one in server.accepted}) == len(server.accepted) == READERS + 1
