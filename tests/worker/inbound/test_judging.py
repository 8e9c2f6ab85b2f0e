"""What goes wrong with one message: it concerns no other, and locks nobody out."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from models.bounces import bounce, judge, returned_mail
from models.bounces.bounce_reading import Reading
from models.bounces.returned_mail import ReturnedMail
from models.bounces.returned_message import ReturnedMessage
from models.deliveries.delivery import Delivery, DeliveryState
from models.deliveries.letters import return_path
from models.readers.subscriber import Subscriber
from models.readers.suppression import Suppression
from models.staff import audit
from models.staff.audit import AuditEntry
from models.store import db
from tests.models.bounces.returned_mail import fields, report
from tests.sample import make_newsletter, make_reader, make_sent
from worker.inbound import judging


def rows() -> dict[str, ReturnedMail]:
    with db.session_scope() as session:
        return {(one.message or b"").decode(): one for one in session.scalars(select(ReturnedMail))}


@pytest.fixture
def bad(database: Engine, monkeypatch: pytest.MonkeyPatch) -> str:
    """A portion of messages and two more; the first of them cannot be read."""
    monkeypatch.setattr(judge, "MOST_TRIES", 3)
    with db.session_scope() as session:
        make_reader(session, make_newsletter(session), "a@b.example")
        for number in range(judging.PORTION + 2):
            returned_mail.take_in(session, f"Subject: {number:02}\n\nx".encode(), way="lmtp")
    return "Subject: 00\n\nx"


def check_given_up_alone(bad: str) -> None:
    assert [raw for raw, one in rows().items() if one.rule == "it could not be read"] == [bad]
    assert {one.tries for raw, one in rows().items() if raw != bad} <= {1, 2}, "of ten of its own, none or one"


def test_a_bad_message_takes_no_other_with_it(bad: str, monkeypatch: pytest.MonkeyPatch) -> None:
    read = bounce.read_message
    waited: list[int] = []

    def failing(message: ReturnedMessage) -> Reading:
        with db.session_scope() as session:  # Nobody waits for whoever reads.
            session.scalars(select(ReturnedMail.digest).with_for_update(nowait=True)).all()
            session.scalars(select(Subscriber.id).with_for_update(nowait=True)).all()
            audit_lock = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = :lock")
            assert session.scalar(audit_lock, {"lock": audit._LOCK}) == 0
        if message.top.all("subject") == ["00"]:
            waited.append(rows()[bad].tries)
            raise OperationalError("x", None, ValueError()) if len(waited) == 1 else ValueError
        return read(message)

    monkeypatch.setattr(bounce, "read_message", failing)
    assert judging.judge_waiting() == judging.PORTION + 1
    assert {raw for raw, one in rows().items() if one.judged_at is None} == {bad}
    for _ in range(judge.MOST_TRIES):
        assert judging.judge_waiting() == 0
    assert waited == [1, *range(2, judge.MOST_TRIES + 2)], "once with others, then by its own tries alone"
    check_given_up_alone(bad)
    assert {one.tries for raw, one in rows().items() if raw != bad} == {1}


class Killed(BaseException):
    """What nobody catches, as a signal that cannot be caught."""


def test_a_message_that_kills_its_reader_spends_no_try_of_others(bad: str, monkeypatch: pytest.MonkeyPatch) -> None:
    read = bounce.read_message

    def killing(message: ReturnedMessage) -> Reading:
        if message.top.all("subject") == ["00"]:
            raise Killed
        return read(message)

    monkeypatch.setattr(bounce, "read_message", killing)
    deaths = 0
    for _ in range(10):
        try:
            judging.judge_waiting()
        except Killed:
            deaths += 1
    assert deaths == 1 + judge.MOST_TRIES, "with others once; it is the oldest, so each begins with it"
    check_given_up_alone(bad)
    assert all(one.judged_at for one in rows().values())


def test_two_at_once_share_the_work_and_undo_nothing_of_each_other(
    database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    count, portion = 3 * judging.PORTION, judging.PORTION
    with db.session_scope() as session:
        for number in range(count):
            returned_mail.take_in(session, f"Subject: {number:03}\n\nx".encode(), way="lmtp")
    read, other = bounce.read_message, list[int]()

    def meanwhile(message: ReturnedMessage) -> Reading:
        if not other:
            other.append(0)
            with ThreadPoolExecutor(1) as executor:
                other[0] = executor.submit(judging.judge_waiting).result()
        return read(message)

    monkeypatch.setattr(bounce, "read_message", meanwhile)
    assert judging.judge_waiting() == portion
    assert other == [count - portion]
    assert {one.tries for one in rows().values()} == {1}, "nobody has judged any alone"


def test_what_another_one_has_is_judged_one_by_one(database: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    with db.session_scope() as session:
        home = make_newsletter(session)
        issue = make_sent(session, home, "一")
        readers = [make_reader(session, home, f"reader{number}@example.jp") for number in range(3)]
        path = return_path.folded_maker(return_path.Purpose.RETURN, issue.id)
        for one in readers:
            delivery = Delivery(issue_id=issue.id, subscriber_id=one.subscriber_id, edition=1, lane_id=1, attempts=1)
            delivery.state, delivery.at = DeliveryState.ACCEPTED, issue.sent_at
            session.add(delivery)
            raw = report(fields(one.subscriber.address or "", "5.1.1", "550 5.1.1 User unknown"))
            to = [f"b+{path(one.subscriber_id)}@bounce.news.example"]
            returned_mail.take_in(session, raw, way="lmtp", recipients=to)
    alone: list[str] = []
    judge_alone = judge.judge

    def judging_alone(session: Session, digest: str) -> bool:
        alone.append(digest)
        held.rollback()
        return judge_alone(session, digest)

    monkeypatch.setattr(judge, "judge", judging_alone)
    with Session(db.engine()) as held:
        held.scalars(select(Subscriber.id).where(Subscriber.id == readers[1].subscriber_id).with_for_update()).one()
        assert judging.judge_waiting() == len(alone) == 3
    assert {one.consequence for one in rows().values()} == {"suppressed"}
    with db.session_scope() as session:
        assert session.scalar(select(func.count()).select_from(Suppression)) == 3
        assert session.scalar(select(func.count()).select_from(AuditEntry).where(AuditEntry.action == "suppress")) == 3


def test_tries_are_not_spent_by_whoever_comes_in_vain(database: Engine) -> None:
    with db.session_scope() as session:
        returned_mail.take_in(session, b"x", way="lmtp")
    [digest] = [one.digest for one in rows().values()]
    with db.session_scope() as session:
        assert judge.count_try(session, digest)
        assert judge.judge(session, digest)
        assert judging.judge_waiting() == 0, "another one does it"
    with db.session_scope() as session:
        assert not judge.count_try(session, digest)
    assert rows()["x"].tries == 1
