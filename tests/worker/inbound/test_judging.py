"""What goes wrong with one message: it concerns no other, and locks nobody out."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.exc import OperationalError

from models.bounces import bounce, judge, returned_mail
from models.bounces.bounce_reading import Reading
from models.bounces.returned_mail import ReturnedMail
from models.bounces.returned_message import ReturnedMessage
from models.readers.subscriber import Subscriber
from models.store import db
from tests.sample import make_newsletter, make_reader
from worker.inbound import judging


def rows() -> dict[str, ReturnedMail]:
    with db.session_scope() as session:
        return {(one.message or b"").decode(): one for one in session.scalars(select(ReturnedMail))}


def test_a_bad_message_takes_no_other_with_it(database: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judge, "MOST_TRIES", 3)
    with db.session_scope() as session:
        make_reader(session, make_newsletter(session), "a@b.example")
        for number in range(judging.PORTION + 2):
            returned_mail.take_in(session, f"Subject: {number:02}\n\nx".encode(), way="lmtp")
    read, bad = bounce.read_message, "Subject: 00\n\nx"
    waited: list[int] = []

    def failing(message: ReturnedMessage) -> Reading:
        with db.session_scope() as session:  # Nobody waits for whoever reads.
            session.scalars(select(ReturnedMail.digest).with_for_update(nowait=True)).all()
            session.scalars(select(Subscriber.id).with_for_update(nowait=True)).all()
            assert session.scalar(text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")) == 0
        if message.top.all("subject") == ["00"]:
            # Killed here, it takes no try of another with it.
            with db.session_scope() as session:
                query = select(func.sum(ReturnedMail.tries)).where(ReturnedMail.judged_at.is_(None))
                waited.append(session.scalar(query) or 0)
            raise OperationalError("x", None, ValueError()) if len(waited) == 1 else ValueError
        return read(message)

    monkeypatch.setattr(bounce, "read_message", failing)
    assert judging.judge_waiting() == judging.PORTION + 1
    assert {raw for raw, one in rows().items() if one.judged_at is None} == {bad}
    for _ in range(judge.MOST_TRIES):
        assert judging.judge_waiting() == 0
    assert waited == list(range(1, judge.MOST_TRIES + 1)), "its own tries alone, one each time"
    assert {one.tries for raw, one in rows().items() if raw != bad} == {1}
    assert [raw for raw, one in rows().items() if one.rule == "it could not be read"] == [bad]


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
