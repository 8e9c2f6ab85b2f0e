"""Delivering, in this process, to a server on a socket: who gets which letter, once, whatever is asked twice."""

from __future__ import annotations

import email
import re
import time
from collections import Counter
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import cast

import pytest
from sqlalchemy import func, select, update

from models.deliveries.delivery import Batch, BatchState, Delivery, DeliveryState
from models.deliveries.edition import Edition
from models.deliveries.preparation import Preparation
from models.issues.block import Only, Prose
from models.issues.issue import Issue
from models.issues.issue_state import IssueState
from models.issues.newsletter import Audience
from models.readers import erasure, unsubscribe
from models.readers.address_change import AddressChange
from models.readers.subscriber import Subscriber, Subscription
from models.readers.suppression import SuppressionReason, suppress
from models.store import db, enqueue
from models.store.clock import now
from web.app import create_app
from web.track.tracker import Tracker
from worker import sweep, timeouts
from worker.preparing import prepare
from worker.sending import deliver

from ...servers import SmtpCatcher
from ..issue_sending import (
    ChangeSettings,
    check_deliveries,
    counts,
    delivery_rows,
    issue_of,
    make_issue,
    open_batches,
    running_worker,
    send,
    smtp_server,
    state_of,
    take_turns,
    url,
    wait_for,
)
from ..smtp.server import Letter

pytestmark = pytest.mark.usefixtures("own_services")

BARE = ("SIZE 10485760", "8BITMIME", "ENHANCEDSTATUSCODES")


def opened(letter: Letter) -> EmailMessage:
    message = email.message_from_bytes(letter.data, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def text_of(letter: Letter) -> str:
    part = opened(letter).get_body(("plain",))
    assert part is not None
    return str(part.get_content())


@pytest.mark.parametrize("offered", [None, BARE], ids=["pipelining", "one by one"])
def test_everybody_gets_their_own_letter(offered: tuple[str, ...] | None, change_settings: ChangeSettings) -> None:
    with smtp_server(**({"offered": offered} if offered else {})) as server:
        change_settings(SMTP_URL=url(server))
        issue = make_issue(300, domains=("town.example", "docomo.ne.jp", "mail.example"))
        send(issue)
        assert check_deliveries(issue, server) == {DeliveryState.ACCEPTED: 300}
    assert state_of(issue) is IssueState.SENT
    for letter in server.accepted:
        assert opened(letter)["To"] == letter.recipient
        number = int(letter.recipient.split("@")[0].removeprefix("reader"))
        assert (f"\n読者{number}、" if number % 2 else "\n皆さま、") in text_of(letter)
    assert len({opened(letter)["Message-ID"] for letter in server.accepted}) == 300


def test_asked_for_three_times(change_settings: ChangeSettings, tmp_path: Path) -> None:
    """The same tasks again and again, by two processes at once."""
    with smtp_server() as server:
        change_settings(SMTP_URL=url(server), WINDOW_SIZE="50", BATCH_SIZE="300")
        issue = make_issue(900)
        for _ in range(3):
            prepare.prepare(issue)
        batches = open_batches(issue)
        assert len(batches) == 3
        with db.session_scope() as session:
            for batch in batches * 3:
                enqueue.enqueue(session, enqueue.DELIVER, batch)
                enqueue.enqueue(session, enqueue.PREPARE, issue)
        with running_worker(tmp_path, "worker", beat=False) as worker:
            wait_for(lambda: state_of(issue) is IssueState.SENT, worker=worker)
        take_turns(issue)
        assert check_deliveries(issue, server) == {DeliveryState.ACCEPTED: 900}
        with db.session_scope() as session:
            assert session.scalars(select(Preparation.targeted)).all() == [900]


def test_case_a1_letter_to_an_address_that_can_be_undone_tells_no_details(change_settings: ChangeSettings) -> None:
    """The new mailbox may be a stranger's."""
    text = "{{ reader.name | default('皆さま') }}、{{ reader.organisation | default('ご所属') }}"
    with smtp_server() as server:
        change_settings(SMTP_URL=url(server))
        issue = make_issue(3, blocks=[Prose(text=text)])
        with db.session_scope() as session:
            session.execute(update(Subscriber).values(name="花子", organisation="みなと商会"))
            new, undone, _ = session.scalars(select(Subscriber).order_by(Subscriber.id))
            for one, undone_at in ((new, None), (undone, now())):
                session.add(
                    AddressChange(subscriber=one, old_address="a@old.example", done_at=now(), undone_at=undone_at)
                )
        send(issue)
        assert check_deliveries(issue, server) == {DeliveryState.ACCEPTED: 3}
    told = {letter.recipient: "花子、みなと商会" in text_of(letter) for letter in server.accepted}
    assert told == {f"reader{number}@town.example": number > 0 for number in range(3)}
    assert "皆さま、ご所属" in "".join(text_of(letter) for letter in server.accepted)


def test_case_a3_view_in_a_browser_shows_the_own_copy_and_nobody_s_name(change_settings: ChangeSettings) -> None:
    """Also of an issue that is not public: the reader has the letter."""
    blocks = [Prose(text="{{ reader.name | default('皆さま') }}へ。[手引](https://city.example.jp/tebiki)"),
              Prose(text="職員だけの語", only=Only(audiences=("official",)))]  # fmt: skip
    with smtp_server() as server:
        change_settings(SMTP_URL=url(server))
        issue = make_issue(2, blocks=blocks, public_archive=False)
        with db.session_scope() as session:
            session.execute(update(Subscriber).values(name="花子"))
            official = session.scalars(select(Audience).where(Audience.slug == "official")).one()
            session.scalars(select(Subscription).order_by(Subscription.id).limit(1)).one().audience_id = official.id
        send(issue)
        assert check_deliveries(issue, server) == {DeliveryState.ACCEPTED: 2}
    letters = sorted(server.accepted, key=lambda one: one.recipient)
    links = [re.search(r"/v/\S+", text_of(letter)) for letter in letters]
    app = create_app()
    client = app.test_client(use_cookies=False)
    pages = [client.get(link[0]) for link in links if link]
    assert [page.status_code for page in pages] == [200, 200]
    assert ["職員だけの語" in page.text for page in pages] == [True, False]
    for page in pages:
        assert "皆さまへ" in page.text
        assert "https://city.example.jp/tebiki" in page.text
        assert not re.search(r"花子|/[pcuo]/[\w-]{32}", page.text)
        assert page.headers["Cache-Control"] == "no-store"
    with db.session_scope() as session:
        erasure.erase(session, session.scalars(select(Subscriber).order_by(Subscriber.id).limit(1)).one())
    assert [client.get(link[0]).status_code for link in links if link] == [404, 200]
    with db.session_scope() as session:
        session.get_one(Issue, issue).state = IssueState.CANCELLED
    assert [client.get(link[0]).status_code for link in links if link] == [404, 410]
    cast(Tracker, app.wsgi_app).close()


def test_who_left_after_preparing_gets_nothing(change_settings: ChangeSettings) -> None:
    with smtp_server() as server:
        change_settings(SMTP_URL=url(server))
        issue = make_issue(6)
        prepare.prepare(issue)
        with db.session_scope() as session:
            readers = session.scalars(select(Subscriber).order_by(Subscriber.id)).all()
            suppress(session, str(readers[0].address_key), SuppressionReason.COMPLAINED)
            erasure.erase(session, session.get_one(Subscriber, readers[1].id))
            first = session.scalars(select(Subscription).where(Subscription.subscriber_id == readers[2].id)).one()
            unsubscribe.unsubscribe(session, first, source="page")
        take_turns(issue)
        found = [(row.state, row.answer) for row in delivery_rows(issue)]
        assert check_deliveries(issue, server) == {DeliveryState.SUPPRESSED: 3, DeliveryState.ACCEPTED: 3}
    assert found[:3] == [
        (DeliveryState.SUPPRESSED, "suppressed: complained"),
        (DeliveryState.SUPPRESSED, "erased"),
        (DeliveryState.SUPPRESSED, "ended: unsubscribed"),
    ]
    assert [row.attempts for row in delivery_rows(issue)] == [0, 0, 0, 1, 1, 1]
    assert state_of(issue) is IssueState.SENT


NASTY = [
    "山田\r\nBcc: other@evil.example\r\n\r\n太郎",
    "\x00\x01\x1f",
    "<script>alert(1)</script>&amp;\"'",
    "長" * 10_000,
    "{{ 7 * 7 }} {% raw %} $name %s \\",
    ".\r\n.\r\nQUIT\r\n",
    "\u202e\u2028\U0001f600",
    "",
]


def test_values_of_every_kind_stay_inside_their_slots(change_settings: ChangeSettings) -> None:
    with smtp_server() as server:
        change_settings(SMTP_URL=url(server))
        greeting = Prose(text="{{ reader.organisation | default('御中') }}のみなさま、こんにちは。")
        issue = make_issue(len(NASTY), blocks=[greeting])
        with db.session_scope() as session:
            numbers = session.scalars(select(Subscriber.id).order_by(Subscriber.id)).all()
            for number, value in zip(numbers, NASTY, strict=True):
                session.execute(
                    update(Subscriber).where(Subscriber.id == number).values(organisation=value[:200].replace("\0", ""))
                )
        send(issue)
        assert check_deliveries(issue, server) == {DeliveryState.ACCEPTED: len(NASTY)}
    for letter in server.accepted:
        message = opened(letter)
        assert message["Bcc"] is None
        assert message.defects == []
        html = message.get_body(("html",))
        assert html is not None
        assert "<script" not in html.get_content()
        assert "こんにちは。" in text_of(letter).replace("\r\n", "")


def test_conditions_make_editions(change_settings: ChangeSettings) -> None:
    """One edition for each combination of conditions that occurs, and each reader in the right one."""
    blocks = [
        Prose(text="すべての方へ。"),
        Prose(text="職員の方へ。", only=Only(audiences=("official",))),
        Prose(text="個人情報に関心のある方へ。", only=Only(topics=("privacy",))),
    ]
    with smtp_server() as server:
        change_settings(SMTP_URL=url(server))
        issue = make_issue(6, blocks=blocks)
        with db.session_scope() as session:
            home = session.get_one(Issue, issue).newsletter
            official = session.scalars(select(Audience.id).where(Audience.slug == "official")).one()
            topics = {topic.slug: topic.id for topic in home.topics}
            chosen = [[], [topics["privacy"]], [topics["dx"]]]
            for place, one in enumerate(session.scalars(select(Subscription).order_by(Subscription.subscriber_id))):
                one.topic_ids = chosen[place % 3]
                one.audience_id = official if place < 3 else None
        send(issue)
        check_deliveries(issue, server)
        with db.session_scope() as session:
            assert session.scalar(select(func.count()).select_from(Edition)) == 4
    for letter in server.accepted:
        number, said = int(letter.recipient[6]), text_of(letter)
        assert "すべての方へ" in said
        assert ("職員の方へ" in said) is (number < 3)
        assert ("個人情報に" in said) is (number % 3 != 2)


def test_a_segment_is_kept_to(change_settings: ChangeSettings) -> None:
    with smtp_server() as server:
        change_settings(SMTP_URL=url(server))
        issue = make_issue(9, domains=("town.example", "city.example", "mail.city.example"))
        with db.session_scope() as session:
            session.execute(update(Issue).values(segment={"domains": ["city.example"]}))
        send(issue)
        assert check_deliveries(issue, server) == {DeliveryState.ACCEPTED: 6}
    assert Counter(letter.recipient.split("@")[1] for letter in server.accepted) == {
        "city.example": 3,
        "mail.city.example": 3,
    }


def test_an_issue_that_cannot_be_rendered_stays_unsent(change_settings: ChangeSettings) -> None:
    issue = make_issue(5, blocks=[Prose(text="[記事](article:no-such-article)")])
    prepare.prepare(issue)
    with db.session_scope() as session:
        found = session.get_one(Issue, issue)
        assert found.state is IssueState.DRAFT
        assert "no-such-article" in found.trouble
        for table in (Delivery, Batch, Edition, Preparation):
            assert session.scalar(select(func.count()).select_from(table)) == 0


def test_nobody_to_send_to_case_b3(change_settings: ChangeSettings) -> None:
    issue = make_issue(0)
    send(issue)
    sweep.sweep()
    assert state_of(issue) is IssueState.DRAFT
    assert "この号が届く人がいません" in issue_of(issue).trouble


def test_another_kind_of_server(smtp_catcher: SmtpCatcher, change_settings: ChangeSettings) -> None:
    """aiosmtpd, which offers no PIPELINING."""
    change_settings(SMTP_URL=smtp_catcher.address)
    issue = make_issue(100)
    send(issue)
    assert counts(issue) == {DeliveryState.ACCEPTED: 100}
    assert sorted(letter.recipients for letter in smtp_catcher.letters) == sorted(
        (f"reader{number}@town.example",) for number in range(100)
    )
    deliver.deliver(1)
    assert len(smtp_catcher.letters) == 100


def test_a_batch_begun_at_the_end_of_a_turn_is_not_put_off(
    change_settings: ChangeSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """None of its letters was answered yet, but there was no time either."""
    monkeypatch.setattr(deliver, "SPREAD", 0.0)

    def answer(_: str) -> bytes:
        time.sleep(timeouts.TURN * 0.22)
        return b"250 Ok\r\n"

    with smtp_server(recipient_answers=answer) as server:
        change_settings(SMTP_URL=url(server), CONNECTIONS="1", BATCH_SIZE="4")
        issue = make_issue(12)
        prepare.prepare(issue)
        deliver.deliver(open_batches(issue)[0])
        with db.session_scope() as session:
            left = session.scalars(select(Batch.id).where(Batch.state == BatchState.OPEN).order_by(Batch.id)).all()
        assert len(left) >= 2
        assert open_batches(issue) == left
