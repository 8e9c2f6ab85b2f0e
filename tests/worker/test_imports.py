"""Imports as jobs: each step is taken by a page and a worker, and nothing is lost or doubled whatever dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import Workbook
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from models.imports import import_job, import_lease, import_steps, list_sweep, refused_rows, undo_import
from models.imports.import_job import ImportChange, ImportJob, ImportState
from models.issues import issue as issues
from models.issues.newsletter import Newsletter
from models.readers import suppression
from models.readers.consent import Consent, ConsentKind
from models.readers.subscriber import Subscriber, Subscription, SubscriptionState, find
from models.readers.suppression import SuppressionReason
from models.staff.member import Member
from models.store import clock, db, kept_file
from models.store.errors import Invalid, WrongState
from tests.sample import make_newsletter, make_reader
from worker import imports

EVIDENCE = "2026年4月の説明会の申込書"
HEADING = "メールアドレス,氏名,会社名\n"


def upload(content: bytes | str, name: str = "名簿.csv", slug: str = "ict") -> int:
    """Upload a list; returns the import's number."""
    with db.session_scope() as session:
        newsletter = session.scalar(select(Newsletter).where(Newsletter.slug == slug)) or make_newsletter(session, slug)
        person = session.scalar(select(Member)) or Member(address="clerk@example.lg.jp", name="職員", language="ja")
        session.add(person)
        session.flush()
        data = content.encode() if isinstance(content, str) else content
        return import_steps.upload(session, newsletter, person, name, BytesIO(data), EVIDENCE).id


def uploader(session: Session) -> Member:
    """Who has uploaded the lists."""
    return session.scalars(select(Member).order_by(Member.id).limit(1)).one()


def map_all(import_id: int, *columns: str, words: dict[str, dict[str, str]] | None = None) -> None:
    with db.session_scope() as session:
        job = session.get_one(ImportJob, import_id)
        person = uploader(session)
        import_steps.map_columns(session, job, person, columns or job.guesses, words or {}, "", "ja")


def act(import_id: int, step: Any) -> None:
    with db.session_scope() as session:
        step(
            session,
            session.get_one(ImportJob, import_id),
            uploader(session),
        )


def run(import_id: int) -> None:
    """Try the list and take it in."""
    map_all(import_id)
    imports.work(import_id)
    act(import_id, import_steps.start)
    imports.work(import_id)


def look(import_id: int) -> ImportJob:
    with db.session_scope() as session:
        return session.get_one(ImportJob, import_id)


def people(count: int, start: int = 0) -> str:
    return "".join(f"reader{n}@example.jp,山田 太郎,会社{n % 7}\n" for n in range(start, start + count))


def addresses() -> list[str]:
    with db.session_scope() as session:
        query = select(Subscriber.address).join(Subscription).where(Subscription.state == SubscriptionState.ACTIVE)
        return sorted(set(session.scalars(query)))


def test_a_list_goes_the_whole_way(database: Engine) -> None:
    one = upload(HEADING + people(3) + "broken,だれか,\nREADER1@example.jp,同じ人,\n")
    job = look(one)
    assert (job.state, job.found_encoding, job.guesses) == (
        ImportState.READ,
        "UTF-8",
        ["address", "name", "organisation"],
    )
    map_all(one)
    imports.work(one)
    job = look(one)
    assert job.state is ImportState.CHECKED
    wanted = {"added": 3, "known": 0, "suppressed": 0, "stopped": 0, "repeated": 1, "refused": 1}
    assert job.trial == wanted | {"filled": 0}
    assert [one[:2] for one in job.first_refused] == [[5, "broken"]]
    assert addresses() == []
    act(one, import_steps.start)
    imports.work(one)
    job = look(one)
    assert (job.state, job.counts, job.settled, job.records) == (ImportState.DONE, wanted, 5, 5)
    assert addresses() == ["reader0@example.jp", "reader1@example.jp", "reader2@example.jp"]
    with db.session_scope() as session:
        assert set(session.scalars(select(Consent.source))) == {EVIDENCE}
        job = session.get_one(ImportJob, one)
        assert [row[0] for row in refused_rows.rows(session, job)] == [5]


def test_the_dry_run_counts_what_the_run_does(database: Engine) -> None:
    with db.session_scope() as session:
        newsletter = make_newsletter(session)
        make_reader(session, newsletter, "reader0@example.jp")
        make_reader(session, newsletter, "reader1@example.jp", SubscriptionState.PENDING)
        make_reader(session, newsletter, "reader2@example.jp", SubscriptionState.ENDED, name="前の名前")
        suppression.suppress(session, "reader3@example.jp", SuppressionReason.BOUNCED)
    one = upload(HEADING + people(6))
    map_all(one)
    imports.work(one)
    trial = look(one).trial
    assert (trial["added"], trial["known"], trial["suppressed"], trial["filled"]) == (3, 2, 1, 3)
    act(one, import_steps.start)
    imports.work(one)
    assert look(one).counts == {name: number for name, number in trial.items() if name != "filled"}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp932", "euc_jp", "iso2022_jp", "utf-16"])
def test_each_encoding_is_read(database: Engine, encoding: str) -> None:
    one = upload((HEADING + people(2)).encode(encoding))
    assert look(one).sample[0] == ["reader0@example.jp", "山田 太郎", "会社0"]


def test_another_encoding_can_be_chosen(database: Engine) -> None:
    one = upload((HEADING + people(2)).encode("euc_jp"))
    with db.session_scope() as session:
        import_steps.choose_encoding(session, session.get_one(ImportJob, one), "Shift_JIS")
    assert look(one).sample[0][1] != "山田 太郎"
    with db.session_scope() as session:
        import_steps.choose_encoding(session, session.get_one(ImportJob, one), "EUC-JP")
    assert look(one).sample[0][1] == "山田 太郎"


def test_columns_are_remembered_for_the_next_list(database: Engine) -> None:
    first = upload("連絡先,だれ\na@example.jp,山田\n")
    map_all(first, "address", "name")
    second = upload("連絡先,だれ\nb@example.jp,山田\n")
    with db.session_scope() as session:
        job = session.get_one(ImportJob, second)
        assert import_job.remembered(session, job)["columns"] == ["address", "name"]


def test_a_list_without_headings(database: Engine) -> None:
    one = upload("a@example.jp,山田\nb@example.jp,鈴木\n")
    assert (look(one).headless, look(one).headings) == (True, ["(1)", "(2)"])
    map_all(one, "address", "name")
    imports.work(one)
    assert look(one).trial["added"] == 2


def test_status_words_that_nobody_knows_are_asked_about(database: Engine) -> None:
    one = upload("メールアドレス,配信状態\na@example.jp,保留中\nb@example.jp,配信中\n")
    map_all(one)
    imports.work(one)
    job = look(one)
    assert (job.state, job.asked) == (ImportState.READ, [[1, "保留中", "配信状態", "保留中", 1]])
    map_all(one, words={"1": {"保留中": "unsubscribed"}})
    imports.work(one)
    assert (look(one).trial["added"], look(one).trial["stopped"]) == (1, 1)


def workbook(*rows: list[Any]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    book.save(file := BytesIO())
    return file.getvalue()


def test_a_workbook_is_a_list(database: Engine) -> None:
    one = upload(
        workbook(["メールアドレス", "氏名", "日付"], ["a@example.jp", "山田\n太郎", 3.0], [], ["だめ", "x"]),
        "名簿.xlsx",
    )
    assert look(one).sample[0] == ["a@example.jp", "山田 太郎", "3"]
    map_all(one, "address", "name", "nothing")
    imports.work(one)
    assert look(one).trial["added"] == 1
    assert look(one).first_refused[0][0] == 4  # the row in Excel


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "old kind"),
        (b"<html><table><tr><td>a@example.jp</td></tr></table>", "web page"),
        (b"PK\x03\x04 and nothing behind it", "cannot be read"),
        (b"", "empty"),
        (("x," * 300 + "\n").encode(), "columns"),
        (workbook(["x"] * 300), "columns"),
    ],
)
def test_what_is_no_list_is_refused_in_words(database: Engine, content: bytes, said: str) -> None:
    with pytest.raises(Invalid, match=said):
        upload(content, "list.xls")
    with db.session_scope() as session:
        assert session.scalar(select(func.count()).select_from(ImportJob)) == 0


def test_a_bomb_is_not_unpacked(database: Engine) -> None:
    with ZipFile(bomb := BytesIO(), "w", ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/sharedStrings.xml", "w") as part:
            for _ in range(70):
                part.write(b"0" * (1 << 20))
    with pytest.raises(Invalid, match="larger than"):
        upload(bomb.getvalue(), "bomb.xlsx")


def test_nul_characters_do_no_harm(database: Engine) -> None:
    one = upload(b"address,name\na@example.jp,Ya\0mada\nb\0@example.jp,\n" + b"c@example.jp,x\n" * 3000)
    run(one)
    assert look(one).state is ImportState.DONE
    assert look(one).counts["added"] >= 2


def test_consent_must_be_told(database: Engine) -> None:
    with db.session_scope() as session:
        newsletter, person = make_newsletter(session), Member(address="clerk@example.lg.jp", name="職員")
        session.add(person)
        session.flush()
        for said in ("", "はい", "窓口"):
            with pytest.raises(Invalid, match="at least 10 characters"):
                import_steps.upload(session, newsletter, person, "a.csv", BytesIO(b"address\na@example.jp\n"), said)


def test_a_second_import_at_once_is_refused(database: Engine) -> None:
    first, second = upload(HEADING + people(2)), upload(HEADING + people(2))
    for one in (first, second):
        map_all(one)
        imports.work(one)
    act(first, import_steps.start)
    with pytest.raises(WrongState, match="Wait until it has ended"):
        act(second, import_steps.start)
    imports.work(first)
    act(second, import_steps.start)
    imports.work(second)
    assert (look(first).counts["added"], look(second).counts["known"]) == (2, 2)


def test_of_two_that_begin_at_the_same_moment_one_is_refused(database: Engine) -> None:
    """Two clicks in two tabs: the second waits for the first, and is told so; no error of the database comes out."""
    first, second = upload(HEADING + people(2)), upload(HEADING + people(2))
    for one in (first, second):
        map_all(one)
        imports.work(one)
    with ThreadPoolExecutor(1) as beside:
        with db.session_scope() as session:
            import_steps.start(
                session,
                session.get_one(ImportJob, first),
                uploader(session),
            )
            session.flush()
            later = beside.submit(act, second, import_steps.start)
            waiting = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
            while not session.scalar(waiting) and not later.done():
                session.execute(text("SELECT pg_sleep(0.01), pg_stat_clear_snapshot()"))
        with pytest.raises(WrongState, match="Wait until it has ended"):
            later.result()


def test_cancelling_stops_the_worker_and_what_is_in_can_be_taken_back(
    database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.imports.subscribers.BATCH", 10)
    one = upload(HEADING + people(40))
    map_all(one)
    imports.work(one)
    act(one, import_steps.start)
    seen = []

    def cancel_soon(*arguments: Any) -> Any:
        seen.append(arguments)
        if len(seen) == 2:
            act(one, import_steps.cancel)
        return renew(*arguments)

    renew = import_lease.renew
    monkeypatch.setattr(import_lease, "renew", cancel_soon)
    imports.work(one)
    monkeypatch.setattr(import_lease, "renew", renew)
    job = look(one)
    assert job.state is ImportState.CANCELLED
    assert len(addresses()) == job.settled < 40


def test_undo_gives_back_what_was_before(database: Engine) -> None:
    with db.session_scope() as session:
        newsletter = make_newsletter(session)
        make_reader(session, newsletter, "reader0@example.jp", organisation="元の会社")
        make_reader(session, newsletter, "reader1@example.jp", SubscriptionState.PENDING, name="仮の人")
        make_reader(session, make_newsletter(session, "other"), "reader2@example.jp", name="他紙の人")
    one = upload(HEADING + people(5))
    run(one)
    assert len(addresses()) == 5
    with db.session_scope() as session:
        kinds = dict(session.execute(select(ImportChange.kind, func.count()).group_by(ImportChange.kind)).all())
        assert kinds == {"filled": 1, "agreed": 1, "subscription": 1, "reader": 2}
        someone = find(session, "reader4@example.jp")
        assert someone is not None
        session.add(Consent(subscriber_id=someone.id, newsletter_id=newsletter.id, address_hash=someone.address_hash,
                            kind=ConsentKind.CHANGED, text_digest=""))  # fmt: skip
    act(one, import_steps.undo)
    imports.work(one)
    job = look(one)
    assert (job.state, job.file_id, job.sample) == (ImportState.UNDONE, None, [])
    assert addresses() == ["reader0@example.jp", "reader2@example.jp", "reader4@example.jp"]
    with db.session_scope() as session:
        assert find(session, "reader3@example.jp") is None
        first, second, third = (find(session, f"reader{n}@example.jp") for n in range(3))
        assert first is not None
        assert second is not None
        assert third is not None
        assert (first.name, first.organisation) == ("", "元の会社")
        assert (second.name, second.organisation) == ("仮の人", "")
        assert second.subscriptions[0].state is SubscriptionState.PENDING
        assert [x.newsletter.slug for x in third.subscriptions] == ["other"]
        assert session.scalar(select(func.count()).select_from(ImportChange)) == 0
    again = upload(HEADING + people(5))
    run(again)
    assert look(again).counts["added"] == 3


def test_nothing_is_undone_once_a_letter_was_sent(database: Engine) -> None:
    one = upload(HEADING + people(2))
    run(one)
    with db.session_scope() as session:
        newsletter = session.scalars(select(Newsletter)).one()
        made = issues.create(session, newsletter, subject="号")
        made.prepared_at = clock.now()
        session.flush()
        session.execute(
            text(
                "INSERT INTO batch (issue_id, lane_id, number, size, state, due_at, epoch)"
                " SELECT :issue, id, 0, 1, 'open', now(), 0 FROM lane LIMIT 1"
            ),
            {"issue": made.id},
        )
        session.execute(
            text(
                "INSERT INTO delivery (issue_id, subscriber_id, batch_id, edition, lane_id, state, answer)"
                " SELECT :issue, (SELECT min(id) FROM subscriber), id, 1, lane_id, 'queued', '' FROM batch"
            ),
            {"issue": made.id},
        )
    with pytest.raises(WrongState, match="sent a letter"):
        act(one, import_steps.undo)
    with db.session_scope() as session:
        assert not undo_import.is_possible(session, session.get_one(ImportJob, one))


def test_lists_are_forgotten(database: Engine) -> None:
    one, two = upload(HEADING + people(2)), upload(HEADING + people(2))
    run(one)
    with db.session_scope() as session:
        old = clock.now() - timedelta(days=list_sweep.LIST_DAYS + 1)
        for each in (one, two):
            job = session.get_one(ImportJob, each)
            job.created_at, job.ended_at = old, old if job.ended_at else None
    imports.forget_old()
    assert (look(one).file_id, look(one).sample, look(two).state) == (None, [], ImportState.CANCELLED)
    with db.session_scope() as session:
        assert session.scalar(select(func.count()).select_from(kept_file.KeptPiece)) == 0


def test_killed_half_way_it_goes_on_and_loses_and_doubles_nothing(database: Engine) -> None:
    count = 3000
    one = upload(HEADING + people(count) + people(10))
    map_all(one)
    imports.work(one)
    act(one, import_steps.start)
    program = (
        "from models.imports import subscribers; subscribers.BATCH = 100\n"
        "import models.staff.member\nfrom worker import imports\n"
        f"imports.work({one})\n"
    )
    process = subprocess.Popen([sys.executable, "-c", program], env=os.environ)
    until = time.monotonic() + 60
    while look(one).settled < 300 and time.monotonic() < until:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    settled = look(one).settled
    assert 0 < settled < count
    assert len(addresses()) == settled
    imports.work(one)  # the dead worker's lease still lasts
    assert look(one).settled == settled
    with db.session_scope() as session:
        session.get_one(ImportJob, one).lease_until = None
    imports.work(one)
    job = look(one)
    assert (job.state, len(addresses())) == (ImportState.DONE, count)
    assert (job.counts["added"], job.counts["repeated"], job.settled) == (count, 10, count + 10)
    with db.session_scope() as session:
        assert session.scalar(select(func.count()).select_from(Consent)) == count
