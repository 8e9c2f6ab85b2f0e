"""Erasing a reader beside those who judge what came back: no circle of waiting, no reading of whole tables."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from threading import Thread

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from models.bounces import judge, returned_mail
from models.bounces.bounce_class import BounceClass
from models.bounces.events import provider_event
from models.bounces.events.event_reading import EventReading
from models.bounces.events.provider_event import ProviderEvent
from models.bounces.returned_mail import ReturnedMail
from models.deliveries.delivery import message_id_maker
from models.privacy import own_data
from models.readers import subscriber
from models.store import clock, db
from models.store.clock import now
from tests.models.bounces.test_consequences import deliver
from tests.sample import make_newsletter, make_reader, make_sent
from tests.worker.inbound import report_writer as writer
from worker import sweep

ADDRESS, OFFICE = "reader@example.jp", "ict@example.lg.jp"


def event(key: str, kind: BounceClass, message_id: str = "") -> EventReading:
    return EventReading(key, kind, now(), "{}", ADDRESS, (message_id,))


def judge_mail(session: Session) -> bool:
    return judge.judge(session, session.scalars(select(ReturnedMail.digest)).one())


def ask_to_leave(session: Session) -> bool:
    return judge_mail(session)


def follow_event(session: Session) -> bool:
    return provider_event.follow(session, session.scalars(select(ProviderEvent.id)).one())


@pytest.mark.parametrize("act", [judge_mail, ask_to_leave, follow_event])
def test_whoever_judges_waits_for_the_reader_first(database: Engine, act: Callable[[Session], bool]) -> None:
    with db.session_scope() as session:
        home = make_newsletter(session)
        reader = make_reader(session, home, ADDRESS)
        issue = deliver(session, make_sent(session, home, "一"), reader)
        message_id, reader_id = message_id_maker(issue)(reader.subscriber_id), reader.subscriber_id
        letter = f"From: {OFFICE}\nTo: {ADDRESS}\nMessage-ID: {message_id}\n\nx\n".encode()
        report = writer.bounce(letter, ADDRESS, to=OFFICE)
        if act is ask_to_leave:
            report = writer.mail(sender=ADDRESS, to=OFFICE, subject="配信停止をお願いします", text="配信停止")
        returned_mail.take_in(session, report, way="lmtp", sender=ADDRESS)
        provider_event.take_in(session, "brevo", [event("1", BounceClass.COMPLAINT, message_id)])
    done: list[bool] = []

    def follow() -> None:
        with db.session_scope() as session:
            done.append(act(session))

    thread = Thread(target=follow, name="judging")
    with db.session_scope() as session:
        erased = subscriber.lock(session, reader_id)
        assert erased is not None
        thread.start()
        with db.engine().connect() as looking:
            while not looking.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")):
                looking.rollback()
        own_data.erase(session, erased)
    thread.join()
    assert len(done) == 1, "neither was taken back by the database"
    with db.session_scope() as session:
        mail, told = session.scalars(select(ReturnedMail)).one(), session.scalars(select(ProviderEvent)).one()
        assert (mail.raw, mail.sender, mail.address, mail.judged_at is None) == (None, "", "", False)
        assert (told.raw, told.address, told.said) == (None, "", "")


def test_what_names_a_reader_is_found_by_indexes(session: Session) -> None:
    session.execute(text("SET LOCAL enable_seqscan = off"))
    found = []
    for statement in own_data._STATEMENTS:
        if "returned_mail" in statement.text or "provider_event" in statement.text:
            values = {"reader": 1, "address": ADDRESS}
            plan = "\n".join(session.scalars(text(f"EXPLAIN {statement.text}"), values))
            assert "Seq Scan" not in plan
            found += [word for word in plan.split() if word.startswith("ix_")]
    assert found == [
        "ix_returned_mail_subscriber_id", "ix_returned_mail_address", "ix_returned_mail_sender",
        "ix_provider_event_subscriber_id", "ix_provider_event_address",
    ]  # fmt: skip


def test_what_is_old_is_forgotten_in_portions_and_what_nothing_follows_from_wholly(database: Engine) -> None:
    kinds = [BounceClass.DELIVERED, BounceClass.OTHER, BounceClass.COMPLAINT, BounceClass.MAILBOX_FULL]
    with db.session_scope() as session:
        provider_event.take_in(session, "brevo", [event(kind.value, kind) for kind in kinds])
        for event_id in provider_event.begin(session, 3):
            provider_event.follow(session, event_id)
        for number in range(3):
            returned_mail.take_in(session, b"%d" % number, way="lmtp")
        for digest in judge.begin(session, 2).together:
            judge.judge(session, digest)
    with clock.moved(timedelta(days=31)):
        with db.session_scope() as session:
            session.execute(text("SET LOCAL enable_seqscan = off"))
            assert [returned_mail.forget_old(session, 1) for _ in range(3)] == [1, 1, 0], "one waits to be judged"
            assert [provider_event.forget_old(session, 3) for _ in range(3)] == [3, 1, 0]
            session.rollback()
        sweep.forget_returned_mail()
    with db.session_scope() as session:
        left = session.execute(select(ProviderEvent.kind, ProviderEvent.raw).order_by(ProviderEvent.id)).all()
        assert [tuple(one) for one in left] == [("complaint", None), ("mailbox_full", None)]
        assert len(session.scalars(select(ReturnedMail).where(ReturnedMail.raw.is_not(None))).all()) == 1
    with clock.moved(timedelta(days=401)):
        sweep.forget_returned_mail()
    with db.session_scope() as session:
        assert session.scalars(select(ProviderEvent)).all() == session.scalars(select(ReturnedMail)).all() == []
