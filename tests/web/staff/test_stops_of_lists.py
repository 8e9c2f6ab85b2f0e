"""What a list has stopped is taken back: all of it with the list, or one person by staff; and pages say it truly."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select

from models.imports.import_job import ImportStop
from models.imports.left_readers import REASONS
from models.issues.newsletter import Newsletter
from models.privacy import own_data
from models.readers import suppression, unsubscribe
from models.readers.subscriber import Subscription, find
from models.readers.suppression import Suppression, SuppressionReason
from models.staff.permission import Role
from models.store import db
from tests.sample import make_newsletter
from tests.web.staff.test_undone_imports import undo
from tests.web.staff_login import log_in_as, make_staff, post
from tests.worker.test_imports import HEADING, addresses, look, people, run, upload
from web.staff.reports.report_words import COLUMNS

STATES = "メールアドレス,状態\n"
WORDS = ("退会", "エラー停止", "迷惑メール報告", "ブラックリスト")


def stop_list(*numbers: int) -> str:
    return STATES + "".join(f"reader{n}@example.jp,{WORDS[n % 4]}\n" for n in numbers)


def subscription(number: int) -> Subscription:
    with db.session_scope() as session:
        reader = find(session, f"reader{number}@example.jp")
        assert reader is not None
        _loaded = reader.subscriptions[0].newsletter
        return reader.subscriptions[0]


def suppressed() -> int:
    with db.session_scope() as session:
        return len(session.scalars(select(Suppression)).all())


@pytest.fixture
def readers(database: Engine) -> None:
    """Twelve readers of a list; a reader who left by themselves before."""
    with db.session_scope() as session:
        make_newsletter(session)
    run(upload(HEADING + people(12)))
    with db.session_scope() as session:
        reader = find(session, "reader11@example.jp")
        assert reader is not None
        unsubscribe.unsubscribe(session, reader.subscriptions[0], source="page")


@pytest.mark.usefixtures("readers")
def test_undoing_a_list_gives_back_whom_it_has_stopped() -> None:
    wrong, also = upload(stop_list(*range(12), 20, 21)), upload(stop_list(4, 20))
    run(wrong)
    run(also)
    assert (look(wrong).counts["stopped"], addresses(), suppressed()) == (14, [], 14)
    with db.session_scope() as session:
        newsletter = session.scalars(select(Newsletter)).one()
        left, complained, erased = (find(session, f"reader{n}@example.jp") for n in (0, 1, 3))
        assert left is not None
        assert erased is not None
        unsubscribe.unsubscribe(session, left.subscriptions[0], source="one-click")
        assert complained is not None
        assert complained.address_key is not None
        suppression.suppress(session, complained.address_key, SuppressionReason.COMPLAINED, newsletter_id=newsletter.id)
        own_data.erase(session, erased)
    undo(wrong)
    assert addresses() == sorted(f"reader{n}@example.jp" for n in (2, 5, 6, 7, 8, 9, 10))
    # Left, complained, erased (in all, and what the list had said), another list says so (two), left before.
    assert suppressed() == 7
    undo(also)  # the last list that says so gives them back, as the first one would have
    assert "reader4@example.jp" in addresses()
    assert suppressed() == 5
    with db.session_scope() as session:
        assert session.scalars(select(ImportStop)).all() == []


@pytest.mark.usefixtures("readers")
def test_who_came_by_an_undone_list_does_not_come_back_with_their_stop() -> None:
    added = upload(HEADING + people(3, start=30))
    run(added)
    stopped = upload(stop_list(30, 31))
    run(stopped)
    undo(added)
    undo(stopped)
    assert not [one for one in addresses() if one.startswith("reader3") and len(one) > len("reader3@example.jp")]


@pytest.mark.usefixtures("readers", "redis_client")
def test_staff_lift_the_stop_of_one_person_that_a_list_has_made(client: FlaskClient) -> None:
    run(upload(stop_list(0, 1, 2, 3, 4)))
    with db.session_scope() as session:
        make_staff(session)
        reader = find(session, "reader4@example.jp")
        assert reader is not None
        suppression.suppress(session, "reader4@example.jp", SuppressionReason.STAFF)
    log_in_as(client, Role.ADMINISTRATOR)

    def lift(number: int) -> str:
        page = f"/staff/newsletters/ict/readers/{subscription(number).subscriber_id}"
        return post(client, f"{page}/lift?lang=en", page, stop_note="名簿の列を取り違えた").text

    for number, status in enumerate(REASONS):
        page = f"/staff/newsletters/ict/readers/{subscription(number).subscriber_id}"
        assert subscription(number).ended_reason == status.value
        assert f"（{status.value}）" not in client.get(page).text
        assert f"left_{status.value}" in COLUMNS
        assert "Letters go to this reader again." in lift(number)
        assert f"reader{number}@example.jp" in addresses()
    assert "Letters go to this reader again." in lift(4)
    with db.session_scope() as session:  # staff's own stop of the kind that ends nothing, and a subscription that ended
        ended = find(session, "reader5@example.jp")
        assert ended is not None
        suppression.suppress(session, "reader5@example.jp", SuppressionReason.COMPLAINED)
        ended.subscriptions[0].end("complained")
    assert "The subscription has ended, though" in lift(5)
    # Who left by themselves is not brought back by staff.
    lift(11)
    assert {"reader5@example.jp", "reader11@example.jp"}.isdisjoint(addresses())
    assert suppressed() == 1
