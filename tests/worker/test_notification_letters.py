"""Letters about what waits: at once or once a day, to whom it still concerns when they go, and to nobody twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import cast
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from models.deliveries import lane
from models.issues import issue as issues
from models.issues import newsletter as newsletters
from models.issues import workflow
from models.issues.content_digest import ContentDigest
from models.issues.issue import Issue
from models.issues.notifications import inbox, notification_letters
from models.issues.notifications.notification import Notification
from models.issues.notifications.notification import NotificationKind as K
from models.outbox.transactional import TransactionalLetter, TransactionalState
from models.staff import member as members
from models.staff import membership
from models.staff.member import Member, NotificationTiming
from models.staff.permission import Role
from models.store import clock, db
from tests.sample import make_newsletter
from worker import sweep
from worker.sending import transactional

from .issue_sending import ChangeSettings, smtp_server, url
from .smtp.server import Server

AUTHOR, APPROVER, SECOND, SENDER = "author@example.jp", "approver@example.jp", "second@example.jp", "sender@example.jp"
CONTENT = ContentDigest({"subject": "1" * 64})


@pytest.fixture
def server(change_settings: ChangeSettings) -> Iterator[Server]:
    """A relay, a newsletter, and who works for it: all that letters need."""
    with smtp_server() as started:
        change_settings(SMTP_URL=url(started), BASE_URL="https://news.example.jp")
        with db.session_scope() as session:
            make_newsletter(session)
            for address, roles in ((AUTHOR, {Role.AUTHOR}), (APPROVER, {Role.APPROVER}), (SENDER, {Role.SENDER})):
                members.create(session, address, address.partition("@")[0], roles)
        yield started


def mailed(server: Server) -> list[tuple[str, EmailMessage]]:
    """What is mailed by the next two looks, by address; what was mailed before is forgotten."""
    server.accepted.clear()
    for _ in "12":
        sweep.post_notifications()
        transactional.send()
    letters = [(one.recipient, message_from_bytes(one.data, policy=default)) for one in server.accepted]
    return sorted(letters, key=lambda letter: letter[0])


def addresses(server: Server) -> list[str]:
    return [address for address, _ in mailed(server)]


def text(letter: EmailMessage, kind: str = "plain") -> str:
    found = letter.get_body((kind,))
    assert found is not None
    return cast(bytes, found.get_payload(decode=True)).decode().replace("\r\n", "\n")


def submit(subject: str = "説明会のお知らせ") -> int:
    with db.session_scope() as session:
        one = issues.create(session, newsletters.single(session), subject=subject)
        workflow.submit(session, one, members.find(session, AUTHOR))
        return one.id


def tell(count: int, address: str = AUTHOR, subject: str = "号", kind: K = K.APPROVED) -> None:
    """So many things about one issue that is to go out, for one person."""
    with db.session_scope() as session:
        one = issues.create(session, newsletters.single(session), subject=subject)
        one.state = issues.S.SCHEDULED
        session.flush()
        common = {"member_id": members.find(session, address).id, "kind": kind, "newsletter_id": one.newsletter_id}
        rows = [{**common, "issue_id": one.id, "event": f"test/{one.id}/{place}"} for place in range(count)]
        session.execute(insert(Notification), rows)


def change(address: str, **values: object) -> None:
    with db.session_scope() as session:
        for name, value in values.items():
            setattr(members.find(session, address), name, value)


def test_each_step_is_told_at_once_in_the_persons_language_with_the_way_to_it(server: Server) -> None:
    change(SENDER, language="en")
    number = submit()
    ((to, asked),) = mailed(server)
    assert (to, asked["Subject"]) == (APPROVER, "【自治体ICTだより】決裁をお願いします：第1号「説明会のお知らせ」")
    assert "起案：author" in text(asked)
    assert f"\nhttps://news.example.jp/staff/issues/{number}\n" in text(asked)
    assert addresses(server) == [], "once"
    with db.session_scope() as session:
        workflow.approve(session, issues.get(session, number), members.find(session, APPROVER), CONTENT)
    (author, approved), (sender, ready) = mailed(server)
    assert (author, sender) == (AUTHOR, SENDER)
    assert approved["Subject"] == "【自治体ICTだより】決裁が済みました：第1号「説明会のお知らせ」"
    assert ready["Subject"] == "自治体ICTだより: No. 1, “説明会のお知らせ”, can be scheduled"
    assert "waits for somebody who chooses when it goes out" in text(ready).replace("\n", " ")
    with db.session_scope() as session:
        workflow.return_changed(session, issues.get(session, number), "test", "記事が変わりました")
    ((to, back),) = mailed(server)
    assert (to, "理由：記事が変わりました" in text(back)) == (AUTHOR, True)
    for letter in (asked, approved, ready, back):
        links = {one for one in text(letter, "html").split('"') if one.startswith("http")}
        assert links == {f"https://news.example.jp/staff/issues/{number}"}, "nothing counts who opens or clicks"
        assert "<img" not in text(letter, "html")
        assert (letter["Auto-Submitted"], letter["List-Unsubscribe"]) == ("auto-generated", None)


def test_a_lanes_alarm_goes_to_whoever_may_change_it(server: Server) -> None:
    with db.session_scope() as session:
        members.create(session, "admin@example.jp", "管理者", {Role.ADMINISTRATOR})
        lane.pause(session, lane.find(session, "docomo").id, "550 blocked for reader@example.jp", by="relay")
    ((to, alarm),) = mailed(server)
    assert (to, alarm["Subject"]) == ("admin@example.jp", "【自治体ICTだより】「NTTドコモ」への配信が止まりました")
    assert "\nhttps://news.example.jp/staff/lanes/docomo\n" in text(alarm)
    assert "reader@example.jp" not in text(alarm)


def _approver(session: Session) -> Member:
    return members.find(session, APPROVER)


def _lose_role(session: Session, _: Issue) -> None:
    membership.set_roles(session, _approver(session), set(), None, "test")


def _approve(session: Session, one: Issue) -> None:
    workflow.approve(session, one, members.find(session, SECOND), CONTENT)


def _shut_out(session: Session, _: Issue) -> None:
    membership.deactivate(session, _approver(session), "test")


def _end_term(session: Session, _: Issue) -> None:
    _approver(session).term_ends_on = clock.today() - timedelta(days=1)


def _read(session: Session, _: Issue) -> None:
    inbox.read_all(session, _approver(session), 2**31)


LATER: tuple[Callable[[Session, Issue], None], ...] = (
    _lose_role,
    _approve,
    lambda _, one: one.edit(subject="別の題名"),
    lambda session, one: workflow.cancel(session, one, "test"),
    _shut_out,
    _end_term,
    _read,
)
"""What may come between an event and its letter."""


@pytest.mark.parametrize("moment", ["before the letter is put into the outbox", "while it waits there"])
def test_what_does_not_concern_the_person_any_more_is_not_mailed_case_b10(server: Server, moment: str) -> None:
    with db.session_scope() as session:
        members.create(session, SECOND, "もう一人", {Role.APPROVER})
    for later in LATER:
        number = submit()
        if moment == "while it waits there":
            sweep.post_notifications()
        with db.session_scope() as session:
            later(session, issues.get(session, number))
        assert APPROVER not in addresses(server), later
        with db.session_scope() as session:
            again = _approver(session)
            again.active, again.term_ends_on = True, None
            membership.set_roles(session, again, {Role.APPROVER}, None, "test")
            inbox.read_all(session, again, 2**31)
    assert APPROVER not in addresses(server)
    with db.session_scope() as session:
        refused = set(session.scalars(select(TransactionalLetter.state).where(TransactionalLetter.address == APPROVER)))
    assert refused == ({TransactionalState.FAILED} if moment == "while it waits there" else set())
    submit()
    assert APPROVER in addresses(server), "otherwise they hear of it"


def test_a_worker_that_dies_between_letter_and_mark_leaves_neither_case_b10(server: Server) -> None:
    submit()

    def put(session: Session) -> bool:
        return notification_letters.post(session, _approver(session).id)

    with Session(db.engine()) as dying:
        assert put(dying)
    with db.session_scope() as session:
        assert session.scalars(select(TransactionalLetter)).all() == []
        assert put(session)
        with db.session_scope() as other:
            assert not put(other), "somebody else is at it"
    with db.session_scope() as session:
        assert not put(session)
    assert addresses(server) == [APPROVER]


def test_two_thousand_in_a_day_are_one_letter_of_bounded_length(server: Server) -> None:
    change(AUTHOR, notification_timing=NotificationTiming.DAILY)
    tell(2000, subject="題" * 300)
    with clock.moved(timedelta(days=1)):
        ((_, digest),) = mailed(server)
    assert digest["Subject"] == "【自治体ICTだより】お知らせが2000件あります"
    assert "ほかに1970件あります" in text(digest)
    assert text(digest).count("/staff/issues/") == 30
    assert "\nhttps://news.example.jp/staff/notifications\n" in text(digest)
    assert len(digest.as_bytes()) < 100_000


HOSTILE = {
    "header": "号\r\nBcc: x@example.jp\r\n\r\n<b>",
    "direction": "請求書\u202excod.exe\u2066",
    "link": "見て | https://evil.example/ <a href='https://evil.example/'>",
    "long": "長" * 500,
}


@pytest.mark.parametrize("title", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("count", [1, 2])
def test_a_title_stays_a_title_in_letters(server: Server, title: str, count: int) -> None:
    tell(count, subject=title)
    with db.session_scope() as session:
        members.find(session, AUTHOR).name = title[:200]
    ((_, letter),) = mailed(server)
    assert letter["Bcc"] is None
    assert not any(part.defects for part in letter.walk())
    html = text(letter, "html")
    assert not {"\u202e", "\u2066"} & set(html + text(letter) + letter["Subject"])
    assert "<b>" not in html
    assert 'href="https://evil' not in html
    assert "\nhttps://evil" not in text(letter)
    assert len(letter["Subject"]) < 300


def test_one_letter_a_day_at_its_time_whatever_clocks_do(server: Server, change_settings: ChangeSettings) -> None:
    change_settings(NOTIFICATION_DIGEST_TIME="08:30")
    change(AUTHOR, notification_timing=NotificationTiming.DAILY)
    morning = clock.start_of_day(clock.today() + timedelta(days=1)) + timedelta(hours=8, minutes=30) - clock.now()

    def at(**shift: float) -> list[str]:
        with clock.moved(morning + timedelta(**shift)):
            return addresses(server)

    with clock.moved(morning - timedelta(hours=1)):
        tell(1)
    assert at(minutes=-5) == []
    assert at(minutes=1) == [AUTHOR]
    with clock.moved(morning + timedelta(minutes=2)):
        tell(1)
    assert at(minutes=3) == at(hours=23) == [], "what comes after it waits for the next morning"
    assert at(days=-400) == [AUTHOR], "the clock was ahead and is put right: nothing waits for a year"
    with clock.moved(morning + timedelta(hours=1)):
        tell(1)
    change_settings(NOTIFICATION_DIGEST_TIME="17:00")
    assert at(hours=8) == []
    assert at(hours=9) == [AUTHOR], "another time is kept to from now on"
    with clock.moved(morning + timedelta(days=3)):
        tell(1)
        assert addresses(server) == []
        change(AUTHOR, notification_timing=NotificationTiming.NEVER)
        assert addresses(server) == []
        change(AUTHOR, notification_timing=NotificationTiming.AT_ONCE)
        assert addresses(server) == [], "what was left out is not sent after all"
        tell(1)
        assert addresses(server) == [AUTHOR]


BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("moment", "at", "zone", "due"),
    [
        ("2026-12-01T23:29Z", time(8, 30), clock.TOKYO, "2026-11-30T23:30Z"),
        ("2026-12-01T23:30Z", time(8, 30), clock.TOKYO, "2026-12-01T23:30Z"),
        # 29 March 2026: 02:00 becomes 03:00. 25 October 2026: 03:00 becomes 02:00.
        ("2026-03-29T00:45Z", time(2, 30), BERLIN, "2026-03-28T01:30Z"),
        ("2026-03-29T01:30Z", time(2, 30), BERLIN, "2026-03-29T01:30Z"),
        ("2026-10-25T00:30Z", time(2, 30), BERLIN, "2026-10-25T00:30Z"),
        ("2026-10-25T01:45Z", time(2, 30), BERLIN, "2026-10-25T00:30Z"),
    ],
)
def test_the_letter_of_the_day_is_due_once_a_day_by_the_clock_of_the_place(
    moment: str, at: time, zone: ZoneInfo, due: str
) -> None:
    found = notification_letters.last_digest_time(datetime.fromisoformat(moment), at, zone)
    assert found == datetime.fromisoformat(due)
    assert found.utcoffset() == UTC.utcoffset(None)


def test_old_ones_are_forgotten_on_the_way(server: Server) -> None:
    tell(1)
    with clock.moved(inbox.KEEP + timedelta(days=1)):
        assert addresses(server) == []
    with db.session_scope() as session:
        assert session.scalars(select(Notification.id)).all() == []
