"""Undoing one of several lists: who and what another list names as well stays."""

from __future__ import annotations

from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models.imports import import_steps
from models.imports.import_job import ImportChange, ImportState
from models.readers import unsubscribe
from models.readers.by_staff import mail_stop
from models.readers.consent import Consent
from models.readers.subscriber import Subscriber, Subscription, SubscriptionState, find
from models.readers.suppression import SuppressionReason
from models.staff import member as members
from models.staff.permission import Role
from models.store import db
from tests.sample import make_newsletter, make_reader
from tests.web.hidden_fields import hidden_fields
from tests.web.staff_login import address_of, log_in_as, make_staff
from tests.worker.test_imports import HEADING, act, addresses, look, people, run, upload
from worker import imports

WITHOUT_NAMES = "メールアドレス\n"


def undo(import_id: int) -> None:
    act(import_id, import_steps.undo)
    imports.work(import_id)
    assert look(import_id).state is ImportState.UNDONE


def test_who_is_named_by_another_list_stays(database: Engine, redis_client: object, client: FlaskClient) -> None:
    with db.session_scope() as session:
        newsletter = make_newsletter(session)
        make_reader(session, newsletter, "reader1@example.jp", SubscriptionState.PENDING)
        make_reader(session, make_newsletter(session, "other"), "reader2@example.jp")
    wrong = upload(WITHOUT_NAMES + "".join(f"reader{n}@example.jp\n" for n in range(6)))
    run(wrong)
    right = upload(HEADING + people(8, start=1))
    run(right)
    assert (look(wrong).counts["added"], look(right).counts["added"], look(right).counts["known"]) == (6, 3, 5)
    with db.session_scope() as session:
        make_staff(session)
    log_in_as(client, Role.ADMINISTRATOR)
    assert "5 of them stay" in client.get(f"/staff/newsletters/ict/imports/{wrong}?lang=en").text
    assert "of them stay" not in client.get(f"/staff/newsletters/ict/imports/{right}?lang=en").text
    undo(wrong)
    assert addresses() == [f"reader{n}@example.jp" for n in range(1, 9)]
    assert look(wrong).counts["kept"] == 5
    assert "another list names them" in client.get(f"/staff/newsletters/ict/imports/{wrong}?lang=en").text
    with db.session_scope() as session:
        assert find(session, "reader0@example.jp") is None
        fifth = find(session, "reader5@example.jp")
        assert fifth is not None
        assert fifth.name == "山田 太郎"
        sources = select(Consent.source).where(Consent.subscriber_id == fifth.id).order_by(Consent.id)
        assert list(session.scalars(sources))[-1] == look(right).evidence
    undo(right)  # the last list that names them takes them along, as the first one would have
    assert addresses() == ["reader2@example.jp"]
    with db.session_scope() as session:
        assert set(session.scalars(select(Subscriber.address))) == {"reader1@example.jp", "reader2@example.jp"}
        first = find(session, "reader1@example.jp")
        assert first is not None
        assert first.subscriptions[0].state is SubscriptionState.PENDING
        assert session.scalars(select(ImportChange)).all() == []


def test_the_later_list_can_be_undone_first(database: Engine) -> None:
    first = upload(HEADING + people(3))
    run(first)
    again = upload(HEADING + people(3))
    run(again)
    undo(again)
    assert len(addresses()) == 3
    undo(first)
    assert addresses() == []
    with db.session_scope() as session:
        assert session.scalars(select(Subscription)).all() == []


def test_who_leaves_after_a_list_has_stopped_them_is_brought_back_by_nobody(
    database: Engine, redis_client: object, client: FlaskClient
) -> None:
    """Neither by staff who lift what the list has said, nor by undoing the list."""
    run(upload(HEADING + people(5)))
    with db.session_scope() as session:
        make_staff(session)
        unsubscribe.unsubscribe(session, subscription(session, 3), source="page")
    gone = upload("メールアドレス,配信状態\n" + "".join(f"reader{n}@example.jp,bounced\n" for n in range(5)))
    run(gone)
    with db.session_scope() as session:
        [stopped] = mail_stop.present(session, subscription(session, 3))
        assert stopped.reason is SuppressionReason.BOUNCED
        for number in (0, 1):
            unsubscribe.unsubscribe(session, subscription(session, number), source="one-click")
        told_by_telephone = subscription(session, 2).subscriber_id
    log_in_as(client, Role.ADMINISTRATOR)
    page = f"/staff/newsletters/ict/readers/{told_by_telephone}"
    shown = client.get(page)
    assert 'value="left"' in shown.text
    assert 'value="complained"' not in shown.text, "it is stopped already"
    typed = {**hidden_fields(shown), "reason": "left", "stop_note": "12月1日に電話"}
    assert client.post(f"{page}/stop", data=typed).status_code == 302
    assert 'value="left"' not in client.get(page).text
    with db.session_scope() as session:
        one, by = subscription(session, 0), members.find(session, address_of(Role.ADMINISTRATOR))
        mail_stop.lift(session, one, "届くようになった", by)
        assert not mail_stop.is_mailed(session, one)
    undo(gone)
    with db.session_scope() as session:
        mailed = [mail_stop.is_mailed(session, subscription(session, number)) for number in range(5)]
        [stopped] = mail_stop.present(session, subscription(session, 3))
    assert mailed == [False, False, False, False, True]
    assert (stopped.reason, stopped.note) == (SuppressionReason.UNSUBSCRIBED, ""), "who left before can sign up again"


def subscription(session: Session, number: int) -> Subscription:
    reader = find(session, f"reader{number}@example.jp")
    assert reader is not None
    return reader.subscriptions[0]
